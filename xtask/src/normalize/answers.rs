//! Makes answers lenient: any member may be missing, a list or map may be null.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{
    Place, SCHEMAS, Shape, components_mut, edit_operations, edit_schemas, escape, list,
    operation_pointer, shape, walk_mut,
};
use crate::usage::usage;
use serde_json::Value;
use std::collections::HashSet;

const RULE: &str = "answers";

/// Extension of an object: members that answers are known to hold always.
const ALWAYS_PRESENT: &str = "x-always-present";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let usages = usage(root);
    let mut changes = Vec::new();
    edit_operations(root, &mut |path, method, operation| {
        let base = operation_pointer(path, method);
        edit_schemas(operation, &mut |place, pointer, schema| {
            if matches!(place, Place::Answer(_)) {
                loosen_all(schema, &format!("{base}{pointer}"), &mut changes);
            }
        });
    });
    for (name, schema) in components_mut(root).into_iter().flatten() {
        if usages.get(name).is_some_and(|usage| usage.answer) {
            loosen_all(schema, &format!("{SCHEMAS}/{}", escape(name)), &mut changes);
        }
    }
    changes
}

fn loosen_all(schema: &mut Value, pointer: &str, changes: &mut Vec<Change>) {
    walk_mut(schema, pointer, &mut |pointer, schema| {
        let optional = loosen(schema);
        if optional > 0 {
            let what = format!("{optional} members made optional");
            changes.push(lossless(RULE, pointer, None, what));
        }
    });
}

/// Loosens one schema; gives the number of members that became optional.
fn loosen(schema: &mut Value) -> usize {
    let kind = shape(schema);
    let Some(object) = schema.as_object_mut() else {
        return 0;
    };
    if matches!(kind, Shape::Array | Shape::Map) {
        // Null decodes as empty, so there is no third state to represent.
        object.shift_remove("nullable");
    }
    let always: HashSet<Value> = list(object, ALWAYS_PRESENT).iter().cloned().collect();
    let Some(Value::Array(required)) = object.get_mut("required") else {
        return 0;
    };
    let before = required.len();
    required.retain(|name| always.contains(name));
    let removed = before - required.len();
    if required.is_empty() {
        object.shift_remove("required");
    }
    removed
}
