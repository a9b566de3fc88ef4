//! Leaves enums only where each value is a different string, or each a different integer.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{edit_all, text};
use indexmap::IndexSet;
use serde_json::Value;
use std::collections::HashMap;

const RULE: &str = "enums";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    edit_all(root, &mut |pointer, operation, schema| {
        // A member may be called `enum`; the keyword is a list.
        if !schema.get("enum").is_some_and(Value::is_array) {
            return;
        }
        for what in repair(schema) {
            changes.push(lossless(RULE, pointer, operation, what));
        }
    });
    changes
}

/// Repairs one schema that has an enum; says what was done.
fn repair(schema: &mut Value) -> Vec<String> {
    let mut done = Vec::new();
    let mut values = schema["enum"].as_array().cloned().unwrap_or_default();
    if let Some(split) = split(&values) {
        done.push(format!(
            "{} joined values split into {}",
            values.len(),
            split.len()
        ));
        values = split;
    }
    let before = values.len();
    values.retain(|value| !value.is_null());
    if values.len() < before {
        schema["nullable"] = true.into();
        done.push("null among the values means nullable".to_owned());
    }
    let distinct: IndexSet<Value> = values.into_iter().collect();
    let distinct: Vec<Value> = distinct.into_iter().collect();
    let kind = text(schema, "type");
    if let Some(stays) = enumerable(&distinct, kind.as_deref()) {
        if schema["enum"].as_array() != Some(&distinct) {
            keep_names(schema, &distinct);
            schema["enum"] = distinct.into();
            if done.is_empty() {
                done.push("repeated values left out".to_owned());
            }
        }
        if kind.is_none() {
            schema["type"] = stays.into();
        }
        return done;
    }
    if distinct.is_empty() {
        if let Some(object) = schema.as_object_mut() {
            object.shift_remove("enum");
        }
        done.push("enum without values left out".to_owned());
        return done;
    }
    if kind.is_none()
        && let Some(kind) = common_type(&distinct)
    {
        schema["type"] = kind.into();
    }
    describe(schema, &distinct);
    done.push(format!(
        "{} values described instead of enumerated",
        distinct.len()
    ));
    done
}

/// The type of the values, where they can be the variants of an enum.
fn enumerable(values: &[Value], kind: Option<&str>) -> Option<&'static str> {
    let all = |is: fn(&Value) -> bool| !values.is_empty() && values.iter().all(is);
    let found = if all(Value::is_string) {
        "string"
    } else if all(Value::is_i64) {
        "integer"
    } else {
        return None;
    };
    kind.is_none_or(|kind| kind == found).then_some(found)
}

/// Leaves out the names of values that are left out: the lists go by position.
fn keep_names(schema: &mut Value, kept: &[Value]) {
    let before = schema["enum"].as_array().cloned().unwrap_or_default();
    // Of equal values the first counts, which is the last to be put in.
    let places = before.iter().enumerate().rev();
    let places: HashMap<&Value, usize> = places.map(|(at, value)| (value, at)).collect();
    for key in NAMES {
        let Some(Value::Array(names)) = schema.get_mut(key) else {
            continue;
        };
        if names.len() == before.len() {
            *names = kept
                .iter()
                .filter_map(|value| names.get(*places.get(value)?).cloned())
                .collect();
        }
    }
}

/// Extensions that name the values of an enum, or describe them.
pub(crate) const NAMES: [&str; 3] = ["x-enum-varnames", "x-enumNames", "x-enum-descriptions"];

/// The type that all values have.
fn common_type(values: &[Value]) -> Option<&'static str> {
    let all = |is: fn(&Value) -> bool| values.iter().all(is);
    if all(Value::is_boolean) {
        Some("boolean")
    } else if all(|value| value.is_i64() || value.is_u64()) {
        Some("integer")
    } else if all(Value::is_number) {
        Some("number")
    } else {
        None
    }
}

/// Fractions and mixtures have no names for variants: the values go into the description.
fn describe(schema: &mut Value, values: &[Value]) {
    let listed: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    let mut description = text(schema, "description").unwrap_or_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str("Values: ");
    description.push_str(&listed.join(", "));
    description.push('.');
    if let Some(object) = schema.as_object_mut() {
        object.shift_remove("enum");
        object.insert("description".to_owned(), description.into());
    }
}

/// The separate values, when there is one string that lists several words.
fn split(values: &[Value]) -> Option<Vec<Value>> {
    let [Value::String(joined)] = values else {
        return None;
    };
    let words: Vec<&str> = joined.split(',').map(str::trim).collect();
    let plain = |word: &&str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    (words.len() > 1 && words.iter().all(plain))
        .then(|| words.into_iter().map(Value::from).collect())
}
