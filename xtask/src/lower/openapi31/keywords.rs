//! Keywords of JSON Schema that 3.0 lacks, or words otherwise.

use super::super::Version;
use super::Notes;
use indexmap::IndexSet;
use serde_json::{Map, Value, json};

/// Schemas defined inside a schema: those that anything refers to are components by now.
pub(super) fn definitions(schema: &mut Map<String, Value>, notes: &mut Notes) {
    for key in ["$defs", "definitions"] {
        if schema.get(key).is_some_and(Value::is_object) {
            schema.shift_remove(key);
            notes.done(format!(
                "{key} taken out, what is used of it is a component"
            ));
        }
    }
}

/// Keywords that add to what a reference names, where its neighbours count.
const STRUCTURAL: [&str; 8] = [
    "properties",
    "required",
    "items",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "enum",
];

/// In 3.1 the neighbours of a `$ref` count: structure is composed with what is named.
pub(super) fn beside_reference(
    schema: &mut Map<String, Value>,
    version: Version,
    notes: &mut Notes,
) {
    let adds = STRUCTURAL.iter().any(|key| schema.contains_key(*key));
    if version != Version::V31 || !adds {
        return;
    }
    let Some(reference) = schema.shift_remove("$ref") else {
        return;
    };
    let mut own = Map::new();
    for key in STRUCTURAL {
        if let Some(value) = schema.shift_remove(key) {
            own.insert(key.to_owned(), value);
        }
    }
    if let Some(kind) = schema.shift_remove("type") {
        own.insert("type".to_owned(), kind);
    }
    // It was no schema of its own until now.
    super::rewrite(&mut own, version, notes);
    schema.insert("allOf".to_owned(), json!([{ "$ref": reference }, own]));
    notes.done("what stands beside `$ref` is composed with it");
}

/// An exclusive bound that is a number of its own.
pub(super) fn exclusive_bounds(schema: &mut Map<String, Value>, notes: &mut Notes) {
    for (exclusive, inclusive, stricter) in [
        (
            "exclusiveMinimum",
            "minimum",
            f64::gt as fn(&f64, &f64) -> bool,
        ),
        ("exclusiveMaximum", "maximum", f64::lt),
    ] {
        let Some(bound @ Value::Number(_)) = schema.get(exclusive).cloned() else {
            continue;
        };
        let other = schema.get(inclusive).and_then(Value::as_f64);
        let wins = match (bound.as_f64(), other) {
            (Some(bound), Some(other)) => bound.eq(&other) || stricter(&bound, &other),
            _ => true,
        };
        if wins {
            schema.insert(inclusive.to_owned(), bound);
            schema.insert(exclusive.to_owned(), true.into());
        } else {
            schema.shift_remove(exclusive);
        }
        notes.done(format!("{exclusive} is `{inclusive}`, exclusive"));
    }
}

/// The content of a string becomes its format.
pub(super) fn encoding(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let encoding = schema.shift_remove("contentEncoding");
    let media_type = schema.shift_remove("contentMediaType");
    let content = schema.shift_remove("contentSchema");
    if encoding.is_none() && media_type.is_none() && content.is_none() {
        return;
    }
    let text = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let media_type = text(&media_type);
    let format = match text(&encoding).as_str() {
        "base64" | "base64url" => Some("byte"),
        "" | "binary" if is_binary(&media_type) => Some("binary"),
        "binary" => Some("binary"),
        _ => None,
    };
    schema.entry("type").or_insert_with(|| "string".into());
    if let Some(format) = format {
        schema.entry("format").or_insert_with(|| format.into());
        notes.done(format!(
            "the content of the string is its format, `{format}`"
        ));
    } else {
        notes.lost("the content of the string is text", "what the text holds");
    }
}

/// What is surely text may stand in a JSON string as it is.
fn is_binary(media_type: &str) -> bool {
    let is_text = media_type.starts_with("text/")
        || ["json", "xml", "yaml", "jwt"]
            .iter()
            .any(|name| media_type.ends_with(name));
    !media_type.is_empty() && !is_text
}

/// Keywords whose schemas hold under a condition, and hold further members.
const CONDITIONAL: [&str; 3] = ["then", "else", "dependentSchemas"];

/// Members that an object has under a condition become optional ones.
pub(super) fn conditions(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let mut found = Vec::new();
    let mut members: Vec<(String, Value)> = Vec::new();
    for key in CONDITIONAL {
        let Some(value) = schema.shift_remove(key) else {
            continue;
        };
        found.push(key);
        let holders: Vec<&Value> = match key {
            "dependentSchemas" => value
                .as_object()
                .into_iter()
                .flat_map(Map::values)
                .collect(),
            _ => vec![&value],
        };
        for holder in holders {
            let more = holder.get("properties").and_then(Value::as_object);
            members.extend(
                more.into_iter()
                    .flatten()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
    }
    for key in ["if", "dependentRequired", "dependencies"] {
        if schema.shift_remove(key).is_some() {
            found.push(key);
        }
    }
    if found.is_empty() {
        return;
    }
    if !members.is_empty() {
        let own = schema.entry("properties").or_insert_with(|| json!({}));
        if let Some(own) = own.as_object_mut() {
            for (name, value) in members {
                own.entry(name).or_insert(value);
            }
        }
    }
    notes.lost(
        format!("{} taken out, members are optional", found.join(", ")),
        "the condition",
    );
}

/// Members named by a pattern become further members.
pub(super) fn pattern_members(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(patterns) = schema.shift_remove("patternProperties") else {
        return;
    };
    let patterns = patterns.as_object().into_iter().flat_map(Map::values);
    let mut kinds: IndexSet<Value> = patterns.cloned().collect();
    if let Some(further @ Value::Object(_)) = schema.get("additionalProperties") {
        kinds.insert(further.clone());
    }
    let kinds: Vec<Value> = kinds.into_iter().collect();
    let value = match kinds.as_slice() {
        [only] if only.is_object() => only.clone(),
        _ => json!({}),
    };
    schema.entry("type").or_insert_with(|| "object".into());
    schema.insert("additionalProperties".to_owned(), value);
    notes.lost(
        "patternProperties are additionalProperties",
        "the patterns of the names",
    );
}

/// Keywords without effect on what a client can send or hold.
const WITHOUT_EFFECT: [&str; 8] = [
    "$id",
    "$schema",
    "$anchor",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$vocabulary",
    "$comment",
    "id",
];

/// Keywords that restrict values in a way that 3.0 cannot say.
const RESTRICTIONS: [&str; 5] = [
    "propertyNames",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
];

/// Takes out what is left.
pub(super) fn dropped(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let mut gone = Vec::new();
    for key in WITHOUT_EFFECT {
        // `id` is a keyword of old drafts, and only as a text.
        if schema
            .get(key)
            .is_some_and(|value| key != "id" || value.is_string())
            && schema.shift_remove(key).is_some()
        {
            gone.push(key);
        }
    }
    if !gone.is_empty() {
        notes.done(format!("{} taken out", gone.join(", ")));
    }
    let mut restrictions = Vec::new();
    for key in RESTRICTIONS {
        if schema.shift_remove(key).is_some() {
            restrictions.push(key);
        }
    }
    match schema.shift_remove("unevaluatedProperties") {
        Some(value @ Value::Object(_)) if !schema.contains_key("additionalProperties") => {
            schema.insert("additionalProperties".to_owned(), value);
            notes.done("unevaluatedProperties are additionalProperties");
        }
        Some(Value::Bool(true)) | None => {}
        Some(_) => restrictions.push("unevaluatedProperties"),
    }
    if !restrictions.is_empty() {
        notes.lost(
            format!("{} taken out", restrictions.join(", ")),
            "the restriction",
        );
    }
}
