//! Makes path templates and path parameters agree.

use super::{Facts, lossless, lossy};
use crate::change::Change;
use crate::names::value_name;
use crate::schema::{METHODS, edit_operations, operation_pointer, text};
use indexmap::IndexSet;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet, VecDeque};

const RULE: &str = "path_parameters";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    repair_templates(root, &mut changes);
    edit_operations(root, &mut |path, method, operation| {
        let key = format!("{} {path}", method.to_uppercase());
        let pointer = format!("{}/parameters", operation_pointer(path, method));
        let wanted = template_names(path);
        for (declared, name) in rename_strangers(operation, &wanted) {
            let what = format!("path parameter {declared} is the {name} of the path");
            changes.push(lossless(RULE, &pointer, Some(&key), what));
        }
        if let Some(moved) = move_strangers(operation, &wanted) {
            let what = format!("parameters that the path does not name go into the query: {moved}");
            changes.push(lossless(RULE, &pointer, Some(&key), what));
        }
        for name in missing(operation, &wanted) {
            let what = format!("path parameter {name} added as text");
            add(operation, &name);
            changes.push(lossless(RULE, &pointer, Some(&key), what));
        }
    });
    changes
}

/// The names between braces.
fn template_names(path: &str) -> IndexSet<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
        .collect()
}

/// `{{int: id}}` and `{id:int}`, as some routers write them, become `{id}`.
fn repair_templates(root: &mut Value, changes: &mut Vec<Change>) {
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    if paths.keys().all(|path| repaired(path) == *path) {
        return;
    }
    let mut renamed = Map::new();
    for (path, item) in std::mem::take(paths) {
        let new = repaired(&path);
        if new != path {
            let pointer = format!("/paths/{}", crate::schema::escape(&path));
            changes.push(lossless(
                RULE,
                &pointer,
                None,
                format!("path template written {new}"),
            ));
        }
        for method in merge(&mut renamed, &new, item) {
            let pointer = operation_pointer(&path, &method);
            let method = method.to_uppercase();
            let what = format!("stands in the document as {method} {new} too");
            let key = format!("{method} {path}");
            let loss = "what the second says of it";
            changes.push(lossy(RULE, &pointer, Some(&key), what, loss));
        }
    }
    *paths = renamed;
}

/// Two templates may be one after the repair: their methods are put together, the first of a method wins. Gives the
/// methods that were there already.
fn merge(paths: &mut Map<String, Value>, path: &str, item: Value) -> Vec<String> {
    let Some(there) = paths.get_mut(path).and_then(Value::as_object_mut) else {
        paths.insert(path.to_owned(), item);
        return Vec::new();
    };
    let mut dropped = Vec::new();
    for (key, value) in item.as_object().into_iter().flatten() {
        if !there.contains_key(key) {
            there.insert(key.clone(), value.clone());
        } else if METHODS.contains(&key.as_str()) {
            dropped.push(key.clone());
        }
    }
    dropped
}

fn repaired(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let braces = rest[open..].chars().take_while(|c| *c == '{').count();
        let Some(length) = rest[open..].find('}') else {
            break;
        };
        out.push_str(&rest[..open]);
        let inner = &rest[open + braces..open + length];
        let after = rest[open + length..].trim_start_matches('}');
        out.push('{');
        out.push_str(&parameter_name(inner));
        out.push('}');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `int: id` names its type first, `id:int` last; the type is a known word.
fn parameter_name(inner: &str) -> String {
    const TYPES: [&str; 9] = [
        "int", "integer", "str", "string", "float", "path", "uuid", "number", "any",
    ];
    match inner.split_once(':') {
        Some((first, second)) if TYPES.contains(&first.trim()) => second.trim().to_owned(),
        Some((first, _)) => first.trim().to_owned(),
        None => inner.trim().to_owned(),
    }
}

fn is_path(parameter: &Value) -> bool {
    text(parameter, "in").as_deref() == Some("path")
}

fn missing(operation: &Value, wanted: &IndexSet<String>) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let there: HashSet<&str> = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| is_path(parameter))
        .filter_map(|parameter| parameter.get("name")?.as_str())
        .collect();
    let missing = wanted.iter().filter(|name| !there.contains(name.as_str()));
    missing.cloned().collect()
}

fn add(operation: &mut Value, name: &str) {
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        let schema = json!({ "type": "string" });
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
}

/// A declared parameter is meant by a name of the template that is the same but for case and separators, or when one
/// of each is left. Gives both names.
fn rename_strangers(operation: &mut Value, wanted: &IndexSet<String>) -> Vec<(String, String)> {
    let missing = missing(operation, wanted);
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    let strangers: Vec<(String, &mut Value)> = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| is_path(parameter))
        .filter_map(|parameter| Some((text(parameter, "name")?, parameter)))
        .filter(|(name, _)| !wanted.contains(name))
        .collect();
    let only = missing.len() == 1 && strangers.len() == 1;
    let folded = |name: &str| {
        if only {
            String::new()
        } else {
            value_name(name)
        }
    };
    let mut by_name: HashMap<String, VecDeque<(String, &mut Value)>> = HashMap::new();
    for stranger in strangers {
        let same = by_name.entry(folded(&stranger.0)).or_default();
        same.push_back(stranger);
    }
    let mut renamed = Vec::new();
    for name in &missing {
        let same = by_name.get_mut(&folded(name));
        if let Some((declared, parameter)) = same.and_then(VecDeque::pop_front) {
            parameter["name"] = name.as_str().into();
            renamed.push((declared, name.clone()));
        }
    }
    renamed
}

/// Path parameters that the template does not name become optional ones of the query: what a path cannot carry can
/// still be sent. Those whose name the query has already go. Gives their names.
fn move_strangers(operation: &mut Value, wanted: &IndexSet<String>) -> Option<String> {
    let parameters = operation.get_mut("parameters")?.as_array_mut()?;
    let name_of = |parameter: &Value| text(parameter, "name").unwrap_or_default();
    let mut queried: HashSet<String> = parameters
        .iter()
        .filter(|parameter| text(parameter, "in").as_deref() == Some("query"))
        .map(name_of)
        .collect();
    let mut moved = Vec::new();
    parameters.retain_mut(|parameter| {
        let name = name_of(parameter);
        if !is_path(parameter) || wanted.contains(&name) {
            return true;
        }
        moved.push(name.clone());
        let new = !queried.contains(&name);
        if let Some(parameter) = parameter.as_object_mut().filter(|_| new) {
            parameter.insert("in".to_owned(), "query".into());
            parameter.shift_remove("required");
            parameter.shift_remove("style");
            queried.insert(name);
        }
        new
    });
    (!moved.is_empty()).then(|| moved.join(", "))
}
