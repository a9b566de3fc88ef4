//! Moves `nullable` from named types to the places that hold them.
//!
//! A Rust type is not null; an `Option` of it is. Left on the type, it would make a wrapper with a name of its own.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{
    SCHEMAS, Shape, component_name, components, components_mut, edit_all, escape, flag, shape,
};
use serde_json::Value;
use std::collections::BTreeSet;

const RULE: &str = "nullable";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let nullable: BTreeSet<String> = components(root)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| flag(schema, "nullable") && is_type(schema))
        .map(|(name, _)| name.clone())
        .collect();
    if nullable.is_empty() {
        return Vec::new();
    }
    if let Some(all) = components_mut(root) {
        for name in &nullable {
            if let Some(schema) = all.get_mut(name).and_then(Value::as_object_mut) {
                schema.shift_remove("nullable");
            }
        }
    }
    edit_all(root, &mut |_, _, schema| {
        if component_name(schema).is_some_and(|name| nullable.contains(&name)) {
            schema["nullable"] = true.into();
        }
    });
    nullable
        .iter()
        .map(|name| {
            let pointer = format!("{SCHEMAS}/{}", escape(name));
            let what = "nullable where it is used, not by itself".to_owned();
            lossless(RULE, &pointer, None, what)
        })
        .collect()
}

fn is_type(schema: &Value) -> bool {
    matches!(shape(schema), Shape::Struct | Shape::Enum | Shape::Union)
}
