//! Lists of types.

use super::Notes;
use super::values::scalar_type;
use serde_json::{Map, Value};

/// The types that together allow any value.
const ALL: [&str; 5] = ["string", "number", "boolean", "object", "array"];

/// Keywords that speak of values of one type only.
const OF_TYPE: &[(&str, &[&str])] = &[
    ("string", &["format", "minLength", "maxLength", "pattern"]),
    (
        "number",
        &[
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
    ),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
        ],
    ),
];

/// One type stays, null becomes `nullable`, several become alternatives.
pub(super) fn type_lists(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let (mut types, was_list) = match schema.get("type") {
        Some(Value::String(name)) if name == "null" => (vec![name.clone()], false),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            (names.map(str::to_owned).collect(), true)
        }
        _ => return,
    };
    let nullable = types.iter().any(|name| name == "null");
    types.retain(|name| name != "null");
    if types.iter().any(|name| name == "number") {
        types.retain(|name| name != "integer");
    }
    types.dedup();
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    match types.as_slice() {
        [] => {
            schema.shift_remove("type");
            if nullable {
                notes.lost(
                    "the type null is `nullable`",
                    "that nothing else is allowed",
                );
            } else {
                notes.done("an empty list of types taken out");
            }
        }
        [only] => {
            schema.insert("type".to_owned(), only.as_str().into());
            if was_list {
                let also = if nullable { ", `nullable`" } else { "" };
                notes.done(format!("a list of types is `{only}`{also}"));
            }
        }
        several => alternatives(schema, several, notes),
    }
}

fn alternatives(schema: &mut Map<String, Value>, types: &[String], notes: &mut Notes) {
    schema.shift_remove("type");
    let listed = types.join(", ");
    if ALL
        .iter()
        .all(|name| types.iter().any(|there| there == name))
    {
        notes.done("all types are any JSON");
        return;
    }
    let is_taken = ["anyOf", "oneOf", "allOf", "$ref"]
        .iter()
        .any(|key| schema.contains_key(*key));
    if is_taken {
        notes.lost(
            format!("types {listed} taken out beside a combination"),
            "the types",
        );
        return;
    }
    let values = match schema.shift_remove("enum") {
        Some(Value::Array(values)) => Some(values),
        _ => None,
    };
    let mut several: Vec<Value> = Vec::new();
    for name in types {
        let mut one = Map::new();
        one.insert("type".to_owned(), name.as_str().into());
        for key in keywords(name) {
            if let Some(value) = schema.get(*key) {
                one.insert((*key).to_owned(), value.clone());
            }
        }
        if let Some(values) = &values {
            let own: Vec<Value> = values
                .iter()
                .filter(|value| fits(value, name))
                .cloned()
                .collect();
            if own.is_empty() {
                continue;
            }
            one.insert("enum".to_owned(), own.into());
        }
        several.push(Value::Object(one));
    }
    for (_, keys) in OF_TYPE {
        for key in *keys {
            schema.shift_remove(*key);
        }
    }
    match (several.len(), several.pop()) {
        (1, Some(Value::Object(only))) => schema.extend(only),
        (_, Some(last)) => {
            several.push(last);
            schema.insert("anyOf".to_owned(), several.into());
        }
        (_, None) => {}
    }
    notes.done(format!("types {listed} are alternatives"));
}

fn keywords(name: &str) -> &'static [&'static str] {
    let name = if name == "integer" { "number" } else { name };
    OF_TYPE
        .iter()
        .find(|(kind, _)| *kind == name)
        .map_or(&[], |(_, keys)| keys)
}

fn fits(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
        scalar => {
            let kind = scalar_type(scalar);
            kind == Some(name) || (kind == Some("integer") && name == "number")
        }
    }
}
