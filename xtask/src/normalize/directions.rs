//! Splits a named schema that requests and answers share, when the answer rules would loosen it.
//!
//! The answers keep the name; requests get a copy named `...Input` that stays strict. A member that only the server
//! sets (`readOnly`) is never required of a request, and one that it never shows (`writeOnly`) not of an answer.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{
    SCHEMAS, component_name, components, components_mut, edit_operations, edit_schemas, escape,
    flag, list, operation_pointer, reference_to, walk, walk_mut,
};
use crate::usage::{Usage, usage};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "directions";

/// Members that only answers have.
const READ_ONLY: &str = "readOnly";

/// Members that only requests have.
const WRITE_ONLY: &str = "writeOnly";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let usages = usage(root);
    let strict = strict(root);
    let split: BTreeMap<String, String> = usages
        .iter()
        .filter(|(name, usage)| usage.request && usage.answer && strict.contains(*name))
        .map(|(name, _)| (name.clone(), free_name(root, name)))
        .collect();
    let mut changes = if split.is_empty() {
        Vec::new()
    } else {
        split_components(root, &usages, &split)
    };
    loosen_one_way(root, &mut changes);
    changes
}

fn split_components(
    root: &mut Value,
    usages: &BTreeMap<String, Usage>,
    split: &BTreeMap<String, String>,
) -> Vec<Change> {
    copy_components(root, split);
    edit_operations(root, &mut |_, _, operation| {
        edit_schemas(operation, &mut |place, _, schema| {
            if place.is_request() {
                redirect(schema, split);
            }
        });
    });
    for (name, schema) in components_mut(root).into_iter().flatten() {
        let usage = usages.get(name).copied().unwrap_or_default();
        if usage.request && !usage.answer {
            redirect(schema, split);
        }
    }
    split
        .iter()
        .map(|(name, input)| {
            let pointer = format!("{SCHEMAS}/{}", escape(name));
            lossless(
                RULE,
                &pointer,
                None,
                format!("requests use the strict copy {input}"),
            )
        })
        .collect()
}

/// Takes members out of `required` where their direction rules them out.
fn loosen_one_way(root: &mut Value, changes: &mut Vec<Change>) {
    let usages = usage(root);
    edit_operations(root, &mut |path, method, operation| {
        let base = operation_pointer(path, method);
        edit_schemas(operation, &mut |place, pointer, schema| {
            let pointer = format!("{base}{pointer}");
            let flag = if place.is_request() {
                READ_ONLY
            } else {
                WRITE_ONLY
            };
            loosen(schema, &pointer, flag, changes);
        });
    });
    for (name, schema) in components_mut(root).into_iter().flatten() {
        let pointer = format!("{SCHEMAS}/{}", escape(name));
        match usages.get(name) {
            Some(usage) if usage.request && !usage.answer => {
                loosen(schema, &pointer, READ_ONLY, changes);
            }
            Some(usage) if usage.answer && !usage.request => {
                loosen(schema, &pointer, WRITE_ONLY, changes);
            }
            _ => {}
        }
    }
}

fn loosen(schema: &mut Value, pointer: &str, direction: &str, changes: &mut Vec<Change>) {
    walk_mut(schema, pointer, &mut |pointer, inner| {
        let Some(object) = inner.as_object_mut() else {
            return;
        };
        let Some(Value::Array(mut required)) = object.get("required").cloned() else {
            return;
        };
        let before = required.len();
        let properties = object.get("properties");
        required.retain(|name| {
            let member = name.as_str().and_then(|name| properties?.get(name));
            !member.is_some_and(|member| flag(member, direction))
        });
        let count = before - required.len();
        if count == 0 {
            return;
        }
        if required.is_empty() {
            object.shift_remove("required");
        } else {
            object.insert("required".to_owned(), required.into());
        }
        let what = format!("{count} {direction} members made optional");
        changes.push(lossless(RULE, pointer, None, what));
    });
}

/// The schemas that have members that a request must give, or reach one that has.
fn strict(root: &Value) -> BTreeSet<String> {
    let mut holders: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    let mut queue = Vec::new();
    for (name, schema) in components(root).into_iter().flatten() {
        walk(schema, "", &mut |_, inner| {
            if let Some(held) = component_name(inner) {
                holders.entry(held).or_default().push(name);
            }
            let object = inner.as_object();
            if object.is_some_and(|object| !list(object, "required").is_empty()) {
                queue.push(name);
            }
        });
    }
    let mut strict = BTreeSet::new();
    while let Some(name) = queue.pop() {
        if strict.insert(name.clone()) {
            queue.extend(holders.get(name).into_iter().flatten());
        }
    }
    strict
}

fn free_name(root: &Value, name: &str) -> String {
    let all = components(root);
    let mut candidate = format!("{name}Input");
    while all.is_some_and(|all| all.contains_key(&candidate)) {
        candidate.push_str("Value");
    }
    candidate
}

fn copy_components(root: &mut Value, split: &BTreeMap<String, String>) {
    let Some(all) = components_mut(root) else {
        return;
    };
    for (name, input) in split {
        if let Some(mut copy) = all.get(name).cloned() {
            redirect(&mut copy, split);
            all.insert(input.clone(), copy);
        }
    }
}

fn redirect(schema: &mut Value, split: &BTreeMap<String, String>) {
    walk_mut(schema, "", &mut |_, inner| {
        if let Some(input) = component_name(inner).and_then(|name| split.get(&name)) {
            inner["$ref"] = reference_to(input)["$ref"].clone();
        }
    });
}
