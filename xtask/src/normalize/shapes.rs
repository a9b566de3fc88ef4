//! Makes each schema say one thing that Rust has a type for.
//!
//! Misnamed types get their right name, lists without items hold anything, boolean schemas and keywords of other kinds of
//! schema go.

use super::{Facts, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, edit_all, shape};
use serde_json::{Map, Value, json};

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
    lift_type(schema, &mut done);
    rename_type(schema, &mut done);
    infer_type(schema, &mut done);
    list_of_values(schema, &mut done);
    items(schema, &mut done);
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
    for key in ["enum", "required"] {
        // Not only is it meaningless: it would fail all schemas around it.
        if object.get(key).is_some_and(|value| !value.is_array()) {
            object.shift_remove(key);
            done.push(Done::Kept(format!("{key} that is no list left out")));
        }
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

/// A schema that stands one level too deep, under its own `type`, is the schema.
fn lift_type(schema: &mut Value, done: &mut Vec<Done>) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let inner = object.get("type").and_then(Value::as_object);
    let Some(inner) = inner.filter(|inner| inner.get("type").is_some_and(Value::is_string)) else {
        return;
    };
    let inner = inner.clone();
    object.extend(inner);
    done.push(Done::Kept(
        "the schema that stands under `type` is the schema".to_owned(),
    ));
}

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
    } else if ["pattern", "minLength", "maxLength"]
        .iter()
        .any(|key| object.contains_key(*key))
        || object.get("format").is_some_and(is_text_format)
    {
        "string"
    } else {
        return;
    };
    object.insert("type".to_owned(), inferred.into());
}

/// Formats that only text has.
fn is_text_format(format: &Value) -> bool {
    const FORMATS: [&str; 12] = [
        "date",
        "date-time",
        "time",
        "duration",
        "uuid",
        "uri",
        "url",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "password",
    ];
    format
        .as_str()
        .is_some_and(|format| FORMATS.contains(&format))
}

/// Values listed for an array are those of its items.
fn list_of_values(schema: &mut Value, done: &mut Vec<Done>) {
    if schema.get("type").and_then(Value::as_str) != Some("array") {
        return;
    }
    let Some(Value::Array(values)) = schema
        .as_object_mut()
        .and_then(|object| object.shift_remove("enum"))
    else {
        return;
    };
    let items = schema
        .as_object_mut()
        .map(|object| object.entry("items").or_insert_with(|| json!({})));
    match items.and_then(Value::as_object_mut) {
        Some(items)
            if !values
                .iter()
                .any(|value| value.is_array() || value.is_object())
                && !items.contains_key("enum")
                && !items.contains_key("$ref") =>
        {
            items.insert("enum".to_owned(), values.into());
            done.push(Done::Kept(
                "values of the array are those of its items".to_owned(),
            ));
        }
        Some(items) if items.get("enum").and_then(Value::as_array) == Some(&values) => {}
        _ => done.push(Done::Lost(
            "values of the whole array left out".to_owned(),
            "which arrays there may be".to_owned(),
        )),
    }
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
        // It may be a part of a composed schema, whose other parts have the members.
        Shape::Any => &["required"],
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
