//! Replaces references to named scalars, arrays and maps by what they name.

use super::{Facts, lossless};
use crate::change::Change;
use crate::graph::{Edges, cycles};
use crate::schema::{
    SCHEMAS, Shape, children, component_name, components, components_mut, edit_all, escape, shape,
};
use crate::usage::references;
use serde_json::Value;
use std::collections::BTreeMap;

const RULE: &str = "aliases";

/// Lists and maps inside one another; deeper ones stay named types, so that nothing that walks the document recurses
/// without bound.
const MAX_DEPTH: usize = 32;

/// Schemas in one; larger ones stay named too, since aliases of several aliases would double with each level.
const MAX_SCHEMAS: usize = 500;

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
    let edges: Edges = aliases
        .iter()
        .map(|(name, schema)| (name.clone(), references(schema)))
        .collect();
    let cyclic = cycles(&edges, &aliases.keys().cloned().collect());
    for name in cyclic.iter().flatten() {
        aliases.remove(name);
    }
    let extents = extents(&aliases);
    aliases.retain(|name, _| {
        extents
            .get(name)
            .is_none_or(|extent| extent.depth <= MAX_DEPTH && extent.schemas <= MAX_SCHEMAS)
    });
    aliases
}

/// What an alias is when it is written out.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// Lists and maps inside one another.
    depth: usize,
    /// Schemas in it.
    schemas: usize,
}

/// The extent of each alias, as far as it matters.
fn extents(aliases: &BTreeMap<String, Value>) -> BTreeMap<String, Extent> {
    let mut extents = BTreeMap::new();
    for _ in 0..=MAX_DEPTH {
        extents = aliases
            .iter()
            .map(|(name, schema)| (name.clone(), extent(schema, &extents)))
            .collect();
    }
    extents
}

fn extent(schema: &Value, known: &BTreeMap<String, Extent>) -> Extent {
    if let Some(name) = component_name(schema) {
        return known.get(&name).copied().unwrap_or_default();
    }
    let own = Extent {
        depth: 0,
        schemas: 1,
    };
    children(schema).iter().fold(own, |own, (_, child)| {
        let below = extent(child, known);
        Extent {
            depth: own.depth.max(1 + below.depth),
            schemas: own.schemas.saturating_add(below.schemas),
        }
    })
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
