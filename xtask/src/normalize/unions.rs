//! Reduces unions to alternatives that are types, each once, and more than one.

use super::{Facts, Fresh, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, component_name, edit_all, resolve, shape};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const RULE: &str = "unions";

/// Rounds of reducing; in the last one nothing more is brought in from elsewhere.
const MAX_ROUNDS: usize = 5;

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    // A union inside a union is reduced first where it stands; what is left of it may be reduced once more.
    // Alternatives are taken from the document as it was: from one that has grown, they would double in each round.
    let whole = root.clone();
    for round in 1..=MAX_ROUNDS {
        let source = (round < MAX_ROUNDS).then_some(&whole);
        let before = changes.len();
        let mut fresh = Fresh::default();
        edit_all(root, &mut |pointer, operation, schema| {
            if shape(schema) == Shape::Union && !fresh.holds(pointer) {
                if schema.as_object().is_some_and(own_members) {
                    fresh.put(pointer);
                }
                reduce(source, schema, &mut |what, loss| {
                    changes.push(match loss {
                        None => lossless(RULE, pointer, operation, what),
                        Some(loss) => lossy(RULE, pointer, operation, what, loss),
                    });
                });
            }
        });
        if changes.len() == before {
            break;
        }
    }
    changes
}

fn reduce(
    root: Option<&Value>,
    schema: &mut Value,
    report: &mut dyn FnMut(String, Option<String>),
) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let key = if object.contains_key("oneOf") {
        "oneOf"
    } else {
        "anyOf"
    };
    if key == "oneOf" && object.shift_remove("anyOf").is_some() {
        report(
            "anyOf beside oneOf left out".to_owned(),
            Some("the alternatives under anyOf".to_owned()),
        );
    }
    let Some(Value::Array(parts)) = object.get(key).cloned() else {
        return;
    };
    let (types, nullable) = types(&parts);
    if nullable {
        object.insert("nullable".to_owned(), true.into());
    }
    let own = own_members(object);
    match (types.as_slice(), own) {
        // Alternatives that only say which members go together are no types.
        ([], _) => {
            object.shift_remove(key);
            report(format!("{key} without types left out"), None);
        }
        (several, true) => share_members(root, object, key, several, report),
        ([single], false) => {
            *object = replacement(object, single);
            report(format!("{key} with one type replaced by it"), None);
        }
        (several, false) => {
            let stray = remove_all(object, &[&MEMBERS[..], &["items"]].concat());
            if several.len() < parts.len() || stray > 0 {
                object.insert(key.to_owned(), several.to_vec().into());
                report(format!("{key} reduced to {} types", several.len()), None);
            }
        }
    }
}

/// Keywords that describe the members of an object.
const MEMBERS: [&str; 4] = ["properties", "required", "type", "additionalProperties"];

/// Puts the members beside a union into each of its alternatives, where all are objects.
fn share_members(
    root: Option<&Value>,
    object: &mut Map<String, Value>,
    key: &str,
    alternatives: &[Value],
    report: &mut dyn FnMut(String, Option<String>),
) {
    let merged: Option<Vec<Value>> = alternatives
        .iter()
        .map(|part| merge(root?, object, part))
        .collect();
    if let Some(merged) = merged {
        remove_all(object, &MEMBERS);
        object.insert(key.to_owned(), merged.into());
        report(
            format!("members beside {key} put into each alternative"),
            None,
        );
    } else {
        object.shift_remove(key);
        object.insert("additionalProperties".to_owned(), true.into());
        let loss = "the alternatives' own types".to_owned();
        report(format!("{key} beside members left out"), Some(loss));
    }
}

/// The only alternative, with the words of the union.
fn replacement(object: &Map<String, Value>, single: &Value) -> Map<String, Value> {
    let mut replaced = single.as_object().cloned().unwrap_or_default();
    for word in ["description", "nullable"] {
        if let Some(value) = object.get(word) {
            replaced.insert(word.to_owned(), value.clone());
        }
    }
    replaced
}

/// Removes keywords; gives how many were there.
fn remove_all(object: &mut Map<String, Value>, words: &[&str]) -> usize {
    words
        .iter()
        .filter(|word| object.shift_remove(**word).is_some())
        .count()
}

/// Whether the object has members beside its alternatives.
fn own_members(object: &Map<String, Value>) -> bool {
    let members = object.get("properties").and_then(Value::as_object);
    members.is_some_and(|members| !members.is_empty())
}

/// The parts that are types, each once; whether null is among the parts.
fn types(parts: &[Value]) -> (Vec<Value>, bool) {
    let mut types: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut nullable = false;
    for part in parts {
        if is_null(part) {
            nullable = true;
        } else if is_type(part) && seen.insert(rust_type(part)) {
            types.push(part.clone());
        }
    }
    (types, nullable)
}

fn is_null(part: &Value) -> bool {
    let only_null = part
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| values.iter().all(Value::is_null));
    part.get("type").and_then(Value::as_str) == Some("null")
        || only_null && part.get("enum").is_some()
}

/// Something other than a constraint on what stands beside the union.
fn is_type(part: &Value) -> bool {
    const WORDS: [&str; 9] = [
        "$ref",
        "type",
        "properties",
        "enum",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
    ];
    part.as_object().is_some_and(|object| {
        object.is_empty() || WORDS.iter().any(|word| object.contains_key(*word))
    })
}

/// What is equal for alternatives that become one Rust type.
fn rust_type(part: &Value) -> (Option<String>, String) {
    match component_name(part) {
        Some(name) => (Some(name), String::new()),
        None if shape(part) == Shape::Scalar => (None, part["type"].to_string()),
        None => {
            let mut sorted = part.clone();
            sorted.sort_all_objects();
            (None, sorted.to_string())
        }
    }
}

/// An alternative with the members that stand beside the union.
fn merge(root: &Value, base: &Map<String, Value>, part: &Value) -> Option<Value> {
    let target = resolve(root, part)?.as_object()?;
    let mut merged = target.clone();
    let mut members = base.get("properties")?.as_object()?.clone();
    if !matches!(
        shape(&Value::Object(target.clone())),
        Shape::Struct | Shape::Map
    ) {
        return None;
    }
    members.extend(
        target
            .get("properties")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
    );
    merged.insert("properties".to_owned(), members.into());
    let mut required = base
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    required.extend(
        target
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default(),
    );
    required.dedup();
    if !required.is_empty() {
        merged.insert("required".to_owned(), required.into());
    }
    if let Some(name) = component_name(part) {
        merged
            .entry("title".to_owned())
            .or_insert_with(|| name.into());
    }
    Some(Value::Object(merged))
}
