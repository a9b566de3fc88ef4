//! Arrays whose elements differ by position.

use super::Notes;
use serde_json::{Map, Value, json};

/// `prefixItems`, and `items` as a list, become `items` that allow what any position allows.
pub(super) fn tuples(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let listed = schema.get("items").is_some_and(Value::is_array);
    let positions = if listed {
        schema.shift_remove("items")
    } else {
        schema.shift_remove("prefixItems")
    };
    let Some(positions) = positions else {
        if schema.shift_remove("additionalItems").is_some() {
            notes.done("additionalItems without positions taken out");
        }
        return;
    };
    let further = schema.shift_remove(if listed { "additionalItems" } else { "items" });
    let mut allowed: Vec<Value> = Vec::new();
    let positions = positions.as_array().cloned().unwrap_or_default();
    // Elements past the last position may be anything unless the schema says what they are.
    for position in positions.into_iter().chain(further) {
        let position = if position.is_object() {
            position
        } else {
            continue;
        };
        if !allowed.contains(&position) {
            allowed.push(position);
        }
    }
    let items = match (allowed.len(), allowed.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            allowed.push(last);
            json!({ "anyOf": allowed })
        }
        (_, None) => json!({}),
    };
    schema.insert("items".to_owned(), items);
    notes.lost(
        "elements by position are elements of one kind",
        "which stands where",
    );
}
