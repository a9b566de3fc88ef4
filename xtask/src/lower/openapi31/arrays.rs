//! Arrays whose elements differ by position.

use super::Notes;
use super::combinations::null_alternatives;
use serde_json::{Map, Value, json};

/// `prefixItems`, and `items` as a list, become `items` that allow what any position allows.
pub(super) fn tuples(schema: &mut Map<String, Value>, notes: &mut Notes) {
    let listed = schema.get("items").is_some_and(Value::is_array);
    let older = listed.then(|| schema.shift_remove("items")).flatten();
    let newer = schema.shift_remove("prefixItems");
    if older.is_none() && newer.is_none() {
        if schema.shift_remove("additionalItems").is_some() {
            notes.done("additionalItems without positions taken out");
        }
        return;
    }
    let further = [
        schema.shift_remove("items"),
        schema.shift_remove("additionalItems"),
    ];
    let positions = [newer, older]
        .into_iter()
        .flatten()
        .flat_map(|positions| match positions {
            Value::Array(positions) => positions,
            _ => Vec::new(),
        });
    let mut allowed: Vec<Value> = Vec::new();
    // What stands after the last position may be anything, unless the schema says what it is.
    for position in positions.chain(further.into_iter().flatten()) {
        if !position.is_object() {
            continue;
        }
        if !allowed.contains(&position) {
            allowed.push(position);
        }
    }
    let items = match (allowed.len(), allowed.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            allowed.push(last);
            let mut any = Map::new();
            any.insert("anyOf".to_owned(), allowed.into());
            null_alternatives(&mut any, notes);
            Value::Object(any)
        }
        (_, None) => json!({}),
    };
    schema.insert("items".to_owned(), items);
    notes.lost(
        "elements by position are elements of one kind",
        "which stands where",
    );
}
