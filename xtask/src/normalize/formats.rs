//! Moves formats, bounds and defaults from the schema's keywords into its description.
//!
//! The server decides what it accepts and sends; the client must be able to hold and say it.

use super::{Facts, lossless, scalars};
use crate::change::Change;
use crate::schema::{edit_all, is_empty_object, text};
use serde_json::Value;

const RULE: &str = "formats";

/// Dates and times in whatever form.
pub(crate) const TIMESTAMP: &str = "x-timestamp";

/// Formats that stay: each has a Rust type of its own that holds any text.
const KEPT: [&str; 5] = [
    "password",
    TIMESTAMP,
    scalars::INTEGER_OR_TEXT,
    scalars::FLAG,
    scalars::PERCENTAGE,
];

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    edit_all(root, &mut |pointer, operation, schema| {
        let moved = move_to_description(schema, is_parameter(pointer));
        if !moved.is_empty() {
            let what = format!("described instead of enforced: {}", moved.join(", "));
            changes.push(lossless(RULE, pointer, operation, what));
        }
    });
    changes
}

/// Whether a schema is that of a parameter: there the caller writes a date as the operation wants it.
fn is_parameter(pointer: &str) -> bool {
    pointer.starts_with("/paths/") && pointer.split('/').nth(4) == Some("parameters")
}

/// Removes the keywords; gives their names.
fn move_to_description(schema: &mut Value, parameter: bool) -> Vec<String> {
    let mut moved = Vec::new();
    let mut notes = Vec::new();
    let format = text(schema, "format").unwrap_or_default();
    let is_text = schema["type"] == "string";
    let kept_format = KEPT.contains(&format.as_str()) && !(parameter && format == TIMESTAMP);
    let is_date = is_text && !parameter && format == "date-time";
    let stays_empty = is_empty_object(schema);
    let Some(object) = schema.as_object_mut() else {
        return moved;
    };
    for (key, wording) in KEYWORDS {
        if *key == "format" && kept_format {
            continue;
        }
        let Some(value) = object.shift_remove(*key) else {
            continue;
        };
        moved.push((*key).to_owned());
        notes.extend(note(wording, &value));
    }
    if is_date {
        object.insert("format".to_owned(), TIMESTAMP.into());
    }
    if !stays_empty && object.get("additionalProperties") == Some(&Value::Bool(false)) {
        object.shift_remove("additionalProperties");
        moved.push("additionalProperties".to_owned());
    }
    if !notes.is_empty() {
        let mut description = text(schema, "description").unwrap_or_default();
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(&notes.join(" "));
        schema["description"] = description.into();
    }
    moved
}

/// Keyword and how a description words it; `{}` is the value. An empty wording is not worth a reader's time.
const KEYWORDS: &[(&str, &str)] = &[
    ("format", "Format: `{}`."),
    ("pattern", "Pattern: `{}`."),
    ("minLength", "At least {} characters."),
    ("maxLength", "At most {} characters."),
    ("minimum", "At least {}."),
    ("maximum", "At most {}."),
    ("exclusiveMinimum", ""),
    ("exclusiveMaximum", ""),
    ("multipleOf", "A multiple of {}."),
    ("minItems", "At least {} items."),
    ("maxItems", "At most {} items."),
    ("uniqueItems", ""),
    ("minProperties", ""),
    ("maxProperties", ""),
    ("default", "Default: `{}`."),
];

/// Widths say nothing that the Rust type does not.
const WIDTHS: [&str; 7] = [
    "int32", "int64", "float", "double", "string", "uint64", TIMESTAMP,
];

fn note(wording: &str, value: &Value) -> Option<String> {
    let value = match value {
        Value::String(text) if text.is_empty() || WIDTHS.contains(&text.as_str()) => return None,
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!wording.is_empty()).then(|| wording.replace("{}", &value))
}
