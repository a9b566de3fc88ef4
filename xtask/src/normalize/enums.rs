//! Splits enum values that were joined by commas into one string.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::edit_all;
use serde_json::Value;

const RULE: &str = "enums";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    edit_all(root, &mut |pointer, operation, schema| {
        if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
            && let Some(split) = split(values)
        {
            let what = format!("{} joined values split into {}", values.len(), split.len());
            *values = split;
            changes.push(lossless(RULE, pointer, operation, what));
        }
    });
    changes
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
