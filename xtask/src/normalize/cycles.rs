//! Takes a schema out of its own composition: as one of its parts, or of its alternatives, it says nothing.

use super::{Facts, lossless};
use crate::change::Change;
use crate::graph::{Edges, cycles};
use crate::schema::{SCHEMAS, component_name, components_mut, escape};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "cycles";

/// Keywords that compose a schema of others, without a member or an item between.
const COMPOSERS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let Some(all) = components_mut(root) else {
        return Vec::new();
    };
    let mut edges: Edges = all
        .iter()
        .map(|(name, schema)| (name.clone(), composed_of(schema)))
        .collect();
    let places: BTreeMap<String, usize> = all.keys().cloned().zip(0..).collect();
    let mut groups = cycles(&edges, &all.keys().cloned().collect());
    let mut changes = BTreeMap::new();
    while let Some(group) = groups.pop() {
        // The first in the document gives way; what is left of its group may hold further cycles.
        let first = group.iter().min_by_key(|name| places.get(*name));
        let Some((name, schema)) = first.and_then(|name| Some((name, all.get_mut(name)?))) else {
            continue;
        };
        let count = cut(&group, schema);
        let pointer = format!("{SCHEMAS}/{}", escape(name));
        let what = format!("{count} references that lead back to it taken out");
        changes.insert(places.get(name), lossless(RULE, &pointer, None, what));
        edges.insert(name.clone(), composed_of(schema));
        groups.extend(cycles(&edges, &group));
    }
    changes.into_values().collect()
}

/// Takes out what leads into the group; gives the number of references.
fn cut(group: &BTreeSet<String>, schema: &mut Value) -> usize {
    if leads_into(group, schema) {
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
        parts.retain(|part| !leads_into(group, part));
        let removed = before - parts.len();
        count += removed;
        for part in parts.iter_mut() {
            count += cut(group, part);
        }
        if removed > 0 && parts.is_empty() {
            object.shift_remove(key);
        }
    }
    count
}

fn leads_into(group: &BTreeSet<String>, reference: &Value) -> bool {
    component_name(reference).is_some_and(|name| group.contains(&name))
}

/// The components that a schema is, or is composed of.
fn composed_of(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut queue = vec![schema];
    while let Some(schema) = queue.pop() {
        if let Some(name) = component_name(schema) {
            found.push(name);
            continue;
        }
        for key in COMPOSERS {
            let parts = schema.get(key).and_then(Value::as_array);
            queue.extend(parts.into_iter().flatten());
        }
    }
    found
}
