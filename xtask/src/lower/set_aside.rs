//! Sets aside what an operation says of calls that the server makes, or of calls that may follow.

use super::report::Report;
use crate::schema::{escape, operation_pointer, operations};
use serde_json::{Map, Value};

const RULE: &str = "set_aside";

/// Renames `callbacks` of operations and `links` of answers to extensions, so that nothing is made of them.
///
/// Runs last: until then references may lead into them.
pub(super) fn apply(root: &mut Value, report: &mut Report) {
    let pointers: Vec<String> = operations(root)
        .iter()
        .map(|operation| operation_pointer(operation.path, operation.method))
        .collect();
    for pointer in pointers {
        let Some(operation) = root.pointer_mut(&pointer).and_then(Value::as_object_mut) else {
            continue;
        };
        if let Some(callbacks) = rename(operation, "callbacks") {
            let what = format!("callbacks set aside: {callbacks}");
            report.loss(RULE, &pointer, what, "calls that the server makes");
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        let links: Vec<String> = answers.map(links).unwrap_or_default();
        if !links.is_empty() {
            let what = format!("links set aside: {}", links.join(", "));
            report.note(RULE, &pointer, what);
        }
    }
    let shared = root.pointer_mut("/components/responses");
    for (name, answer) in shared.and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(links) = answer
            .as_object_mut()
            .and_then(|answer| rename(answer, "links"))
        {
            let pointer = format!("/components/responses/{}", escape(name));
            report.note(RULE, &pointer, format!("links set aside: {links}"));
        }
    }
}

/// The names of the links of some answers, which are set aside.
fn links(answers: &mut Map<String, Value>) -> Vec<String> {
    let answers = answers.values_mut().filter_map(Value::as_object_mut);
    answers
        .filter_map(|answer| rename(answer, "links"))
        .collect()
}

/// Makes a member an extension; the names in it, or `None` when there is nothing in it.
fn rename(holder: &mut Map<String, Value>, key: &str) -> Option<String> {
    let value = holder.shift_remove(key)?;
    let names: Vec<&str> = match &value {
        Value::Object(members) => members.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let names = names.join(", ");
    holder.insert(format!("x-{key}"), value);
    (!names.is_empty()).then_some(names)
}
