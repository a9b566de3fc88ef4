//! Takes a schema out of its own composition: as one of its parts, or of its alternatives, it says nothing.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{SCHEMAS, component_name, components, components_mut, escape};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const RULE: &str = "cycles";

/// Keywords that compose a schema of others, without a member or an item between.
const COMPOSERS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let names: Vec<String> = components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let mut changes = Vec::new();
    for name in names {
        let Some(schema) = components(root).and_then(|all| all.get(&name)) else {
            continue;
        };
        let mut schema = schema.clone();
        let cut = cut(root, &name, &mut schema);
        if cut > 0 {
            let pointer = format!("{SCHEMAS}/{}", escape(&name));
            let what = format!("{cut} references that lead back to it taken out");
            changes.push(lossless(RULE, &pointer, None, what));
            if let Some(all) = components_mut(root) {
                all.insert(name, schema);
            }
        }
    }
    changes
}

/// Takes out what leads back to the component `name`; gives the number of references.
fn cut(root: &Value, name: &str, schema: &mut Value) -> usize {
    if leads_back(root, name, schema) {
        *schema = Value::Object(Map::new());
        return 1;
    }
    let Some(object) = schema.as_object_mut() else {
        return 0;
    };
    let mut count = 0;
    for key in COMPOSERS {
        let Some(Value::Array(parts)) = object.get_mut(key) else {
            continue;
        };
        let before = parts.len();
        parts.retain(|part| !leads_back(root, name, part));
        let removed = before - parts.len();
        count += removed;
        for part in parts.iter_mut() {
            count += cut(root, name, part);
        }
        if removed > 0 && parts.is_empty() {
            object.shift_remove(key);
        }
    }
    count
}

/// Whether a reference comes back to the component `name` by references and composition alone.
fn leads_back(root: &Value, name: &str, reference: &Value) -> bool {
    let all = components(root);
    let mut seen = BTreeSet::new();
    let mut queue: Vec<String> = component_name(reference).into_iter().collect();
    while let Some(next) = queue.pop() {
        if next == name {
            return true;
        }
        if seen.insert(next.clone())
            && let Some(schema) = all.and_then(|all| all.get(&next))
        {
            composed_of(schema, &mut queue);
        }
    }
    false
}

/// The components that a schema is, or is composed of.
fn composed_of(schema: &Value, found: &mut Vec<String>) {
    if let Some(name) = component_name(schema) {
        found.push(name);
        return;
    }
    for key in COMPOSERS {
        let parts = schema.get(key).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            composed_of(part, found);
        }
    }
}
