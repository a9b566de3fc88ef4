//! Puts shared parameters, bodies and answers where they are used.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{METHODS, edit_operations, escape, operation_pointer, resolve};
use serde_json::Value;

const RULE: &str = "references";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    inline_path_items(root, &mut changes);
    move_path_parameters(root, &mut changes);
    let whole = root.clone();
    edit_operations(root, &mut |path, method, operation| {
        let pointer = operation_pointer(path, method);
        let mut inlined = 0;
        for value in referable(operation) {
            inlined += usize::from(inline(&whole, value));
        }
        if inlined > 0 {
            let what =
                format!("{inlined} references to shared parameters, bodies or answers resolved");
            let key = format!("{} {path}", method.to_uppercase());
            changes.push(lossless(RULE, &pointer, Some(&key), what));
        }
    });
    changes
}

/// The values of an operation that may be references to something other than a schema.
fn referable(operation: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    let Some(operation) = operation.as_object_mut() else {
        return found;
    };
    for (key, value) in operation {
        match (key.as_str(), value) {
            ("parameters", Value::Array(parameters)) => found.extend(parameters),
            ("requestBody", body) => found.push(body),
            ("responses", Value::Object(answers)) => {
                found.extend(answers.iter_mut().map(|(_, answer)| answer));
            }
            _ => {}
        }
    }
    found
}

fn inline(root: &Value, value: &mut Value) -> bool {
    if value.get("$ref").is_none() {
        return false;
    }
    let Some(target) = resolve(root, value).cloned() else {
        return false;
    };
    *value = target;
    true
}

/// Whether a path item of the document has the member.
fn any_path_item(root: &Value, member: &str) -> bool {
    let paths = root.get("paths").and_then(Value::as_object);
    let mut items = paths.into_iter().flatten();
    items.any(|(_, item)| item.get(member).is_some())
}

fn inline_path_items(root: &mut Value, changes: &mut Vec<Change>) {
    if !any_path_item(root, "$ref") {
        return;
    }
    let whole = root.clone();
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        if inline(&whole, item) {
            let pointer = format!("/paths/{}", escape(path));
            changes.push(lossless(
                RULE,
                &pointer,
                None,
                "path item reference resolved".into(),
            ));
        }
    }
}

/// Parameters of a path item become those of each of its operations, unless the operation has its own.
fn move_path_parameters(root: &mut Value, changes: &mut Vec<Change>) {
    if !any_path_item(root, "parameters") {
        return;
    }
    let whole = root.clone();
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let Some(Value::Array(shared)) = item.shift_remove("parameters") else {
            continue;
        };
        for (method, operation) in item.iter_mut() {
            if METHODS.contains(&method.as_str()) && operation.is_object() {
                add_missing(&whole, operation, &shared);
            }
        }
        let pointer = format!("/paths/{}/parameters", escape(path));
        let what = format!(
            "{} parameters of the path moved to its operations",
            shared.len()
        );
        changes.push(lossless(RULE, &pointer, None, what));
    }
}

fn add_missing(root: &Value, operation: &mut Value, shared: &[Value]) {
    let identity = |parameter: &Value| {
        let parameter = resolve(root, parameter).unwrap_or(parameter);
        (parameter.get("name").cloned(), parameter.get("in").cloned())
    };
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    let own = operation
        .entry("parameters")
        .or_insert_with(|| Value::Array(Vec::new()));
    let Some(own) = own.as_array_mut() else {
        return;
    };
    let present: Vec<_> = own.iter().map(identity).collect();
    let missing: Vec<_> = shared
        .iter()
        .filter(|parameter| !present.contains(&identity(parameter)))
        .cloned()
        .collect();
    own.splice(0..0, missing);
}
