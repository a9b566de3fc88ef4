//! Keywords about single values: booleans in place of schemas, constants, null among the values, examples.

use super::Notes;
use serde_json::{Map, Value, json};

/// Keywords whose value is one schema and may be a boolean only in 3.1.
const SINGLE: [&str; 2] = ["items", "not"];

/// Makes schemas of the booleans that are no nodes of their own.
pub(super) fn boolean_schemas(schema: &mut Map<String, Value>, notes: &mut Notes) {
    // Below `prefixItems` it says that there are no further elements.
    let closes_tuple = schema.contains_key("prefixItems");
    for key in SINGLE {
        if key == "items" && closes_tuple {
            continue;
        }
        if let Some(value @ Value::Bool(_)) = schema.get_mut(key) {
            note_boolean(value == &Value::Bool(true), key, notes);
            *value = json!({});
        }
    }
}

/// Reports that `true` or `false` became the schema of any JSON.
pub(super) fn note_boolean(allowed: bool, key: &str, notes: &mut Notes) {
    let at = if key.is_empty() {
        String::new()
    } else {
        format!("{key}: ")
    };
    if allowed {
        notes.done(format!("{at}`true` is any JSON"));
    } else {
        notes.lost(
            format!("{at}`false` is any JSON"),
            "that nothing is allowed",
        );
    }
}

/// `const` becomes an `enum` of one value.
pub(super) fn constant(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(value) = schema.shift_remove("const") else {
        return;
    };
    let Some(kind) = scalar_type(&value) else {
        if value.is_null() {
            schema.insert("type".to_owned(), "null".into());
            notes.done("const null is the type null");
        } else {
            let kind = if value.is_array() { "array" } else { "object" };
            schema.entry("type").or_insert_with(|| kind.into());
            notes.lost("const taken out", "the constant");
        }
        return;
    };
    // A list of types beside it allows no more than the constant.
    if schema.get("type").is_none_or(|there| !there.is_string()) {
        schema.insert("type".to_owned(), kind.into());
    }
    notes.done("const is an enum of one value");
    schema.insert("enum".to_owned(), json!([value]));
}

/// The type of a scalar value; `None` for null, arrays and objects.
pub(super) fn scalar_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Null among the values of an `enum` becomes `nullable`.
pub(super) fn null_in_enum(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    if values.len() == before {
        return;
    }
    if values.is_empty() {
        schema.shift_remove("enum");
        schema.insert("type".to_owned(), "null".into());
        notes.done("an enum of null is the type null");
        return;
    }
    schema.insert("nullable".to_owned(), true.into());
    notes.done("null in enum is `nullable`");
}

/// The first of `examples` becomes the `example`. Gives the number of the others; `None` when there is no list.
pub(super) fn examples(schema: &mut Map<String, Value>) -> Option<usize> {
    schema.get("examples")?.as_array()?;
    let Some(Value::Array(examples)) = schema.shift_remove("examples") else {
        return None;
    };
    let others = examples.len().saturating_sub(1);
    if let Some(first) = examples.into_iter().next() {
        schema.entry("example").or_insert(first);
    }
    Some(others)
}
