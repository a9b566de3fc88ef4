//! Merges `allOf` of objects into one object.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{Shape, edit_all, resolve, shape};
use serde_json::{Map, Value};

const RULE: &str = "all_of";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    // A merged object may bring in another composed one: repeat until nothing is left to merge.
    for _ in 0..16 {
        let whole = root.clone();
        let before = changes.len();
        edit_all(root, &mut |pointer, operation, schema| {
            if let Some(merged) = merge(&whole, schema) {
                *schema = merged;
                changes.push(lossless(RULE, pointer, operation, "allOf merged".into()));
            }
        });
        if changes.len() == before {
            break;
        }
    }
    changes
}

/// The one schema that an `allOf` stands for; `None` when the parts are not all objects.
fn merge(root: &Value, schema: &Value) -> Option<Value> {
    let parts = schema.get("allOf")?.as_array()?;
    let mut own = schema.as_object()?.clone();
    own.shift_remove("allOf");
    if let [single] = parts.as_slice()
        && let Some(merged) = single_part(single, &own)
    {
        return Some(merged);
    }
    let mut merged = Map::new();
    for part in parts {
        add(&mut merged, object_part(root, part)?)?;
    }
    let own = Value::Object(own);
    add(&mut merged, own.as_object()?)?;
    merged.insert("type".into(), "object".into());
    Some(Value::Object(merged))
}

/// `allOf` around one reference only serves to add a description or `nullable`.
fn single_part(part: &Value, own: &Map<String, Value>) -> Option<Value> {
    let plain = own.keys().all(|key| {
        [
            "description",
            "title",
            "nullable",
            "readOnly",
            "writeOnly",
            "deprecated",
            "example",
            "default",
        ]
        .contains(&key.as_str())
    });
    if !plain || part.get("$ref").is_none() {
        return None;
    }
    let mut merged = part.as_object()?.clone();
    merged.extend(own.clone());
    Some(Value::Object(merged))
}

/// The object that a part of an `allOf` describes.
fn object_part<'a>(root: &'a Value, part: &'a Value) -> Option<&'a Map<String, Value>> {
    let target = resolve(root, part)?;
    match shape(target) {
        Shape::Struct | Shape::Map => target.as_object(),
        Shape::Any if target.get("required").is_some() || target.get("description").is_some() => {
            target.as_object()
        }
        _ => None,
    }
}

/// Adds the keywords of `part`; `None` when they contradict what is there.
fn add(merged: &mut Map<String, Value>, part: &Map<String, Value>) -> Option<()> {
    for (key, value) in part {
        match (key.as_str(), merged.get_mut(key), value) {
            ("properties", Some(Value::Object(there)), Value::Object(more)) => {
                for (name, member) in more {
                    there.insert(name.clone(), member.clone());
                }
            }
            ("required", Some(Value::Array(there)), Value::Array(more)) => {
                let new: Vec<_> = more
                    .iter()
                    .filter(|name| !there.contains(name))
                    .cloned()
                    .collect();
                there.extend(new);
            }
            (_, None, _) => {
                merged.insert(key.clone(), value.clone());
            }
            (
                "description" | "title" | "type" | "example" | "nullable" | "discriminator",
                Some(there),
                _,
            ) => {
                *there = value.clone();
            }
            (_, Some(there), value) if there == value => {}
            _ => return None,
        }
    }
    Some(())
}
