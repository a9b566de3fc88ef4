//! Makes each schema say one thing that Rust has a type for.
//!
//! Misnamed types get their right name, lists without items hold anything, boolean schemas and keywords of other kinds of
//! schema go.

use super::{Facts, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, edit_all, list, shape};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const RULE: &str = "shapes";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    edit_all(root, &mut |pointer, operation, schema| {
        for done in repair(schema) {
            changes.push(match done {
                Done::Kept(what) => lossless(RULE, pointer, operation, what),
                Done::Lost(what, loss) => lossy(RULE, pointer, operation, what, loss),
            });
        }
    });
    changes
}

enum Done {
    Kept(String),
    Lost(String, String),
}

/// Repairs one schema; its members come later, one by one.
fn repair(schema: &mut Value) -> Vec<Done> {
    let mut done = Vec::new();
    boolean_schemas(schema, &mut done);
    rename_type(schema, &mut done);
    infer_type(schema, &mut done);
    items(schema, &mut done);
    required(schema);
    keywords(schema, &mut done);
    done
}

/// `true` stands for any value; `false` for none, which no answer keeps to.
fn boolean_schemas(schema: &mut Value, done: &mut Vec<Done>) {
    let Some(object) = schema.as_object_mut() else {
        done.push(Done::Kept("no schema, read as any value".to_owned()));
        *schema = json!({});
        return;
    };
    if let Some(Value::Object(members)) = object.get_mut("properties") {
        for (name, member) in members {
            if !member.is_object() {
                done.push(Done::Kept(format!(
                    "member {name} has no schema, read as any value"
                )));
                *member = json!({});
            }
        }
    } else if object.contains_key("properties") {
        object.shift_remove("properties");
        done.push(Done::Kept(
            "properties that are no members left out".to_owned(),
        ));
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        match object.get_mut(key) {
            Some(Value::Array(parts)) => {
                parts.retain(Value::is_object);
                if parts.is_empty() {
                    object.shift_remove(key);
                }
            }
            Some(_) => {
                object.shift_remove(key);
            }
            None => {}
        }
    }
}

/// Words that other languages and older versions have for the six types.
const MISNAMED: [(&str, &str); 18] = [
    ("int", "integer"),
    ("int32", "integer"),
    ("int64", "integer"),
    ("long", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("bool", "boolean"),
    ("str", "string"),
    ("text", "string"),
    ("date", "string"),
    ("datetime", "string"),
    ("date-time", "string"),
    ("uuid", "string"),
    ("file", "string"),
    ("list", "array"),
    ("dict", "object"),
    ("map", "object"),
];

fn rename_type(schema: &mut Value, done: &mut Vec<Done>) {
    let Some(kind) = schema.get("type").cloned() else {
        return;
    };
    let right = match kind.as_str().map(str::to_ascii_lowercase) {
        Some(kind)
            if ["string", "integer", "number", "boolean", "object", "array"]
                .contains(&kind.as_str()) =>
        {
            Some(kind)
        }
        Some(kind) => MISNAMED
            .iter()
            .find(|(wrong, _)| *wrong == kind)
            .map(|(_, right)| (*right).to_owned()),
        None => None,
    };
    match right {
        Some(right) if kind == right.as_str() => {}
        Some(right) => {
            done.push(Done::Kept(format!("type {kind} read as {right}")));
            schema["type"] = right.into();
        }
        None => {
            if let Some(object) = schema.as_object_mut() {
                object.shift_remove("type");
            }
            done.push(Done::Lost(
                format!("type {kind} read as any value"),
                format!("the type {kind}"),
            ));
        }
    }
}

/// A schema with members is an object, one with items an array, whatever it forgot to say.
fn infer_type(schema: &mut Value, done: &mut Vec<Done>) {
    let combined = ["$ref", "allOf", "oneOf", "anyOf", "enum"]
        .iter()
        .any(|key| schema.get(key).is_some());
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let kind = object
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    if let Some(kind) = kind {
        let members = object
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|members| !members.is_empty());
        if members && kind != "object" {
            object.insert("type".to_owned(), "object".into());
            done.push(Done::Kept(format!("{kind} with members read as object")));
        }
        return;
    }
    if combined {
        return;
    }
    let inferred = if object.contains_key("properties")
        || object
            .get("additionalProperties")
            .is_some_and(Value::is_object)
    {
        "object"
    } else if object.contains_key("items") {
        "array"
    } else {
        return;
    };
    object.insert("type".to_owned(), inferred.into());
}

fn items(schema: &mut Value, done: &mut Vec<Done>) {
    if schema.get("type").and_then(Value::as_str) != Some("array")
        || schema.get("items").is_some_and(Value::is_object)
    {
        return;
    }
    match schema.get("items") {
        None | Some(Value::Bool(_)) => done.push(Done::Kept(
            "array without items, read as any values".to_owned(),
        )),
        Some(_) => done.push(Done::Lost(
            "items of different kinds read as any values".to_owned(),
            "their types".to_owned(),
        )),
    }
    schema["items"] = json!({});
}

/// Names under `required` that are no members have nothing to require.
fn required(schema: &mut Value) {
    let members: BTreeSet<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let named: Vec<Value> = list(object, "required")
        .iter()
        .filter(|name| name.as_str().is_some_and(|name| members.contains(name)))
        .cloned()
        .collect();
    // Where there are no members of its own, a composed schema may still mean those of its parts.
    let composed = ["allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| object.contains_key(*key));
    if object.contains_key("required") && !composed {
        if named.is_empty() {
            object.shift_remove("required");
        } else {
            object.insert("required".to_owned(), named.into());
        }
    }
}

/// Keywords that each kind of schema may keep.
fn allowed(kind: Shape) -> &'static [&'static str] {
    match kind {
        Shape::Reference => &["$ref"],
        Shape::Struct => &["type", "properties", "required", "additionalProperties"],
        Shape::Map => &["type", "additionalProperties"],
        Shape::Array => &["type", "items"],
        Shape::Enum => &["type", "enum"],
        Shape::Union => &[
            "oneOf",
            "anyOf",
            "discriminator",
            "properties",
            "required",
            "type",
            "additionalProperties",
        ],
        Shape::Composed => &[
            "allOf",
            "properties",
            "required",
            "type",
            "additionalProperties",
            "discriminator",
        ],
        Shape::Scalar => &["type"],
        Shape::Any => &[],
    }
}

/// Keywords that any schema may keep; those that bound a value are the business of another rule.
const COMMON: [&str; 25] = [
    "description",
    "title",
    "nullable",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "examples",
];

fn keywords(schema: &mut Value, done: &mut Vec<Done>) {
    let allowed = allowed(shape(schema));
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let mut kept = Map::new();
    let mut dropped = Vec::new();
    for (key, value) in std::mem::take(object) {
        let stays = allowed.contains(&key.as_str())
            || COMMON.contains(&key.as_str())
            || key.starts_with("x-");
        let valued = key != "additionalProperties" || value.is_boolean() || value.is_object();
        if stays && valued {
            kept.insert(key, value);
        } else if ![
            "type",
            "items",
            "properties",
            "required",
            "additionalProperties",
            "enum",
        ]
        .contains(&key.as_str())
        {
            dropped.push(key);
        }
    }
    *object = kept;
    if dropped.iter().any(|key| key == "patternProperties") {
        dropped.retain(|key| key != "patternProperties");
        done.push(Done::Lost(
            "patternProperties left out".to_owned(),
            "the types of members known by pattern".to_owned(),
        ));
    }
    if !dropped.is_empty() {
        done.push(Done::Kept(format!(
            "keywords without effect on a type left out: {}",
            dropped.join(", ")
        )));
    }
    for key in ["description", "title", "format"] {
        if object.get(key).is_some_and(|value| !value.is_string()) {
            object.shift_remove(key);
        }
    }
    if object
        .get("nullable")
        .is_some_and(|value| !value.is_boolean())
    {
        object.shift_remove("nullable");
    }
}
