//! Settles references to everything but schemas: what is shared stays in `components`, the rest is written out where
//! it is used.

use super::nodes::{Kind, remove};
use super::report::Report;
use super::target::{Fault, locate, locate_value};
use crate::diagnose::walk::Walk;
use serde_json::{Value, json};

const RULE: &str = "references_elsewhere";

/// What is to become of one reference.
enum Repair {
    /// It becomes a copy of what it names, which stands at this pointer.
    WriteOut(Value, String),
    /// It names nothing that can stand here.
    GiveUp(Fault),
}

/// Kinds in an order in which a copy brings in references only of later kinds, and where shared ones live.
const KINDS: [(Kind, &[&str]); 6] = [
    (Kind::PathItem, &[]),
    (
        Kind::Parameter,
        &["/components/parameters/", "/parameters/"],
    ),
    (Kind::RequestBody, &["/components/requestBodies/"]),
    (Kind::Response, &["/components/responses/", "/responses/"]),
    (Kind::Header, &["/components/headers/"]),
    (
        Kind::SecurityScheme,
        &["/components/securitySchemes/", "/securityDefinitions/"],
    ),
];

pub(super) fn apply(root: &mut Value, report: &mut Report) {
    for (kind, homes) in KINDS {
        let repairs = repairs(root, kind, homes);
        let start = report.len();
        let mut copies = Vec::new();
        // From the end: taking out an element of an array moves those after it.
        for (pointer, target, repair) in repairs.into_iter().rev() {
            match repair {
                Repair::WriteOut(value, from) => {
                    if let Some(place) = root.pointer_mut(&pointer) {
                        *place = value;
                        report.note(RULE, &pointer, format!("`{target}` written out"));
                        copies.push((from, pointer));
                    }
                }
                Repair::GiveUp(fault) => give_up(root, kind, &pointer, &target, fault, report),
            }
        }
        report.reverse_since(start);
        report.moved(copies);
    }
}

fn repairs(root: &Value, kind: Kind, homes: &[&str]) -> Vec<(String, String, Repair)> {
    let walk = Walk::new(root);
    walk.of_kind(kind)
        .filter_map(|node| {
            let target = node.reference()?;
            let repair = repair(root, kind, homes, node.value, target)?;
            Some((walk.pointer(node), target.to_owned(), repair))
        })
        .collect()
}

/// `None` when the reference can stay.
fn repair(root: &Value, kind: Kind, homes: &[&str], node: &Value, target: &str) -> Option<Repair> {
    let value_pointer = match locate_value(root, target) {
        Ok(pointer) => pointer,
        Err(fault) => {
            let elsewhere = other_home(root, homes, target);
            return Some(elsewhere.unwrap_or(Repair::GiveUp(fault)));
        }
    };
    let value = root.pointer(&value_pointer)?;
    let fitting = fitting(kind, &value_pointer, value, target);
    let Some(mut copy) = fitting else {
        return Some(Repair::GiveUp(Fault::Mismatch));
    };
    let stays = locate(root, target).is_ok_and(|first| in_home(homes, &first));
    if stays && copy == *value {
        return None;
    }
    // A description beside the reference is meant for this place.
    for key in ["summary", "description"] {
        if let (Some(text @ Value::String(_)), Some(members)) =
            (node.get(key), copy.as_object_mut())
        {
            members.insert(key.to_owned(), text.clone());
        }
    }
    Some(Repair::WriteOut(copy, value_pointer))
}

fn in_home(homes: &[&str], pointer: &str) -> bool {
    let name = homes.iter().find_map(|home| pointer.strip_prefix(home));
    name.is_some_and(|name| !name.contains('/'))
}

/// What the last segment of a reference names in the other version's place.
fn other_home(root: &Value, homes: &[&str], target: &str) -> Option<Repair> {
    let name = homes
        .iter()
        .find_map(|home| target.strip_prefix('#')?.strip_prefix(home))?;
    homes
        .iter()
        .filter_map(|home| locate_value(root, &format!("#{home}{name}")).ok())
        .find_map(|pointer| Some(Repair::WriteOut(root.pointer(&pointer)?.clone(), pointer)))
}

/// The value, when it can stand where a node of this kind is wanted. A schema can stand for a body.
fn fitting(kind: Kind, pointer: &str, value: &Value, target: &str) -> Option<Value> {
    let is_schema = ["/components/schemas/", "/definitions/"]
        .iter()
        .any(|home| pointer.starts_with(home));
    let content = || json!({ "application/json": { "schema": { "$ref": target } } });
    match kind {
        Kind::Response if is_schema => Some(json!({ "description": "", "content": content() })),
        Kind::RequestBody if is_schema => Some(json!({ "content": content() })),
        Kind::Parameter => value
            .get("in")
            .is_some_and(Value::is_string)
            .then(|| value.clone()),
        _ if is_schema || !value.is_object() => None,
        _ => Some(value.clone()),
    }
}

fn give_up(
    root: &mut Value,
    kind: Kind,
    pointer: &str,
    target: &str,
    fault: Fault,
    report: &mut Report,
) {
    let (instead, loss) = match kind {
        Kind::Response => (Some(json!({ "description": "" })), "what the answer holds"),
        Kind::RequestBody => (
            Some(json!({ "content": { "application/json": { "schema": {} } } })),
            "what the body holds",
        ),
        Kind::PathItem => (Some(json!({})), "the operations of the path"),
        Kind::Parameter => (None, "the parameter"),
        Kind::Header => (None, "the header"),
        _ => (None, "the scheme"),
    };
    report.loss(RULE, pointer, format!("`{target}` {fault}"), loss);
    match instead {
        Some(value) => {
            if let Some(place) = root.pointer_mut(pointer) {
                *place = value;
            }
        }
        None => remove(root, pointer),
    }
}
