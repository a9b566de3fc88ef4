//! `allOf`, `anyOf` and `oneOf` with parts that 3.0 has no words for.

use super::Notes;
use serde_json::{Map, Value, json};

/// Parts of an `allOf` that say nothing.
pub(super) fn empty_parts(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(Value::Array(parts)) = schema.get_mut("allOf") else {
        return;
    };
    let is_empty = |part: &Value| part.as_object().is_some_and(Map::is_empty);
    let empty = parts.iter().filter(|part| is_empty(part)).count();
    if empty == 0 {
        return;
    }
    parts.retain(|part| !is_empty(part));
    if parts.is_empty() {
        schema.shift_remove("allOf");
    }
    notes.done("parts of allOf that say nothing taken out");
}

/// Null as an alternative becomes `nullable`; one alternative that is left is the schema itself.
pub(super) fn null_alternatives(schema: &mut Map<String, Value>, notes: &mut Notes) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(alternatives)) = schema.get_mut(key) else {
            continue;
        };
        let before = alternatives.len();
        alternatives.retain(|alternative| !is_null(alternative));
        if alternatives.len() == before {
            continue;
        }
        let mut left = std::mem::take(alternatives);
        schema.insert("nullable".to_owned(), true.into());
        notes.done(format!("null in {key} is `nullable`"));
        match (left.len(), left.pop()) {
            (_, None) => {
                schema.shift_remove(key);
            }
            (1, Some(only)) => replace(schema, key, only),
            (_, Some(last)) => {
                left.push(last);
                schema.insert(key.to_owned(), left.into());
            }
        }
    }
}

/// Whether the schema at a pointer is null as an alternative, which is for the schema around it to say.
pub(super) fn is_null_alternative(pointer: &str, schema: &Value) -> bool {
    let mut names = pointer.rsplit('/').skip(1);
    names
        .next()
        .is_some_and(|list| ["anyOf", "oneOf"].contains(&list))
        && is_null(schema)
}

/// Whether a schema allows null and says nothing else.
fn is_null(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else {
        return false;
    };
    let says_null = members
        .iter()
        .any(|(key, value)| match (key.as_str(), value) {
            ("nullable", Value::Bool(nullable)) => *nullable,
            ("type", Value::String(kind)) => kind == "null",
            ("type" | "enum", Value::Array(values)) => {
                !values.is_empty()
                    && values
                        .iter()
                        .all(|value| value.is_null() || value == "null")
            }
            ("const", value) => value.is_null(),
            _ => false,
        });
    let wanted = ["nullable", "type", "enum", "const"];
    let is_typed = members
        .get("type")
        .is_some_and(|kind| kind != "null" && kind.as_array().is_none_or(|kinds| kinds.len() != 1));
    says_null
        && (!is_typed || members.contains_key("enum") || members.contains_key("const"))
        && members
            .keys()
            .all(|key| is_prose(key) || wanted.contains(&key.as_str()))
        && members.get("enum").is_none_or(|values| {
            values
                .as_array()
                .is_some_and(|values| values.iter().all(Value::is_null))
        })
}

/// Puts the one alternative in the place of the list; words at the schema itself win.
fn replace(schema: &mut Map<String, Value>, key: &str, only: Value) {
    schema.shift_remove(key);
    let fits = |members: &Map<String, Value>| {
        let free = |name: &String| is_prose(name) || !schema.contains_key(name);
        !members.contains_key("$ref") && members.keys().all(free)
    };
    match only {
        Value::Object(members) if fits(&members) => {
            for (name, value) in members {
                schema.entry(name).or_insert(value);
            }
        }
        only => {
            // In 3.0 nothing beside a `$ref` counts.
            let parts = schema.entry("allOf").or_insert_with(|| json!([]));
            if let Some(parts) = parts.as_array_mut() {
                parts.push(only);
            }
        }
    }
}

fn is_prose(name: &str) -> bool {
    [
        "title",
        "description",
        "default",
        "example",
        "deprecated",
        "nullable",
    ]
    .contains(&name)
}
