//! Finding the nodes of a document by kind, and changing them by pointer.

use crate::diagnose::walk::Walk;
use serde_json::Value;

pub(super) use crate::diagnose::walk::Kind;

/// The pointers of all nodes of a kind, each before those of the nodes inside it.
pub(super) fn pointers(root: &Value, kind: Kind) -> Vec<String> {
    let walk = Walk::new(root);
    let found = walk.of_kind(kind).map(|node| walk.pointer(node));
    found.collect()
}

/// Calls `edit` with each node of a kind, those inside others first: what an edit does to a node moves no node that is
/// still to come.
pub(super) fn edit(root: &mut Value, kind: Kind, edit: &mut dyn FnMut(&str, &mut Value)) {
    for pointer in pointers(root, kind).iter().rev() {
        if let Some(value) = root.pointer_mut(pointer) {
            edit(pointer, value);
        }
    }
}

/// Takes out the value at a pointer, from an array or an object.
pub(super) fn remove(root: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&crate::schema::unescape(name));
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = name.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}
