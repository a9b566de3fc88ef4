//! Replaces references to named scalars, arrays and maps by what they name.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{
    SCHEMAS, Shape, children, component_name, components, components_mut, edit_all, escape, shape,
    walk,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "aliases";

/// Lists and maps inside one another; deeper ones stay named types, so that nothing that walks the document recurses
/// without bound.
const MAX_DEPTH: usize = 32;

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let aliases = acyclic_aliases(root);
    let mut changes = Vec::new();
    edit_all(root, &mut |_, _, schema| expand(&aliases, schema));
    if let Some(all) = components_mut(root) {
        for name in aliases.keys() {
            all.shift_remove(name);
            let pointer = format!("{SCHEMAS}/{}", escape(name));
            changes.push(lossless(
                RULE,
                &pointer,
                None,
                "written out where it is used".into(),
            ));
        }
    }
    changes
}

/// The aliases that end in something other than themselves, and soon; the rest stay named types.
fn acyclic_aliases(root: &Value) -> BTreeMap<String, Value> {
    let mut aliases: BTreeMap<String, Value> = components(root)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| is_alias(schema))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    let cyclic: Vec<String> = aliases
        .keys()
        .filter(|name| reaches_itself(&aliases, name))
        .cloned()
        .collect();
    for name in cyclic {
        aliases.remove(&name);
    }
    let depths = depths(&aliases);
    aliases.retain(|name, _| depths.get(name).is_none_or(|depth| *depth <= MAX_DEPTH));
    aliases
}

/// How deep each alias nests lists and maps when it is written out, as far as it matters.
fn depths(aliases: &BTreeMap<String, Value>) -> BTreeMap<String, usize> {
    let mut depths = BTreeMap::new();
    for _ in 0..=MAX_DEPTH {
        depths = aliases
            .iter()
            .map(|(name, schema)| (name.clone(), depth(schema, &depths)))
            .collect();
    }
    depths
}

fn depth(schema: &Value, known: &BTreeMap<String, usize>) -> usize {
    match component_name(schema) {
        Some(name) => known.get(&name).copied().unwrap_or(0),
        None => children(schema)
            .iter()
            .map(|(_, child)| 1 + depth(child, known))
            .max()
            .unwrap_or(0),
    }
}

fn reaches_itself(aliases: &BTreeMap<String, Value>, start: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut queue = vec![start.to_owned()];
    while let Some(name) = queue.pop() {
        for next in aliases.get(&name).map(references).unwrap_or_default() {
            if next == start {
                return true;
            }
            if seen.insert(next.clone()) {
                queue.push(next);
            }
        }
    }
    false
}

/// The components that a schema refers to, at any depth.
fn references(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(schema, "", &mut |_, inner| {
        found.extend(component_name(inner));
    });
    found
}

fn is_alias(schema: &Value) -> bool {
    match shape(schema) {
        Shape::Scalar | Shape::Any | Shape::Reference | Shape::Array | Shape::Map => true,
        Shape::Struct | Shape::Enum | Shape::Union | Shape::Composed => false,
    }
}

/// Follows a reference through aliases; description and `nullable` at the place of use win.
fn expand(aliases: &BTreeMap<String, Value>, schema: &mut Value) {
    while let Some(target) = component_name(schema).and_then(|name| aliases.get(&name)) {
        let mut expanded = target.clone();
        for key in ["description", "nullable"] {
            if let (Some(value), Some(object)) = (schema.get(key), expanded.as_object_mut()) {
                object.insert(key.to_owned(), value.clone());
            }
        }
        *schema = expanded;
    }
}
