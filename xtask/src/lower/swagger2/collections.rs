//! What is shared moves to `components`, and references follow it.

use super::super::nodes::{Kind, edit};
use super::super::report::Report;
use super::RULE;
use crate::schema::escape;
use serde_json::{Map, Value};

/// Members of the root, and of `components` in 3.0.
const COLLECTIONS: [(&str, &str); 4] = [
    ("definitions", "schemas"),
    ("parameters", "parameters"),
    ("responses", "responses"),
    ("securityDefinitions", "securitySchemes"),
];

/// Kinds of nodes that can be references.
const REFERABLE: [Kind; 5] = [
    Kind::Schema,
    Kind::Parameter,
    Kind::Response,
    Kind::Header,
    Kind::SecurityScheme,
];

pub(super) fn apply(root: &mut Value, report: &mut Report) {
    let mut moved = false;
    for (from, to) in COLLECTIONS {
        moved |= move_collection(root, from, to, report);
    }
    if !moved {
        return;
    }
    for kind in REFERABLE {
        edit(root, kind, &mut |_, value| {
            if let Some(target) = value.get_mut("$ref") {
                redirect(target);
            }
            let mapping = value.pointer_mut("/discriminator/mapping");
            let mapping = mapping.and_then(Value::as_object_mut);
            for (_, target) in mapping.into_iter().flatten() {
                redirect(target);
            }
        });
    }
}

fn move_collection(root: &mut Value, from: &str, to: &str, report: &mut Report) -> bool {
    let Some(members) = root.as_object_mut() else {
        return false;
    };
    if !members.get(from).is_some_and(Value::is_object) {
        return false;
    }
    let Some(Value::Object(collection)) = members.shift_remove(from) else {
        return false;
    };
    let components = members
        .entry("components")
        .or_insert_with(|| Value::Object(Map::new()));
    let there = components
        .as_object_mut()
        .map(|components| {
            components
                .entry(to)
                .or_insert_with(|| Value::Object(Map::new()))
        })
        .and_then(Value::as_object_mut);
    let Some(there) = there else {
        return false;
    };
    let count = collection.len();
    for (name, value) in collection {
        if there.contains_key(&name) {
            let pointer = format!("/{from}/{}", escape(&name));
            let what = format!("components.{to} has `{name}` too");
            report.loss(RULE, &pointer, what, "the one outside of components");
        } else {
            there.insert(name, value);
        }
    }
    let what = format!("{count} moved to components.{to}");
    report.note(RULE, &format!("/{from}"), what);
    report.moved([(format!("/{from}"), format!("/components/{to}"))]);
    true
}

fn redirect(target: &mut Value) {
    let Value::String(target) = target else {
        return;
    };
    for (from, to) in COLLECTIONS {
        if let Some(name) = target.strip_prefix(&format!("#/{from}/")) {
            *target = format!("#/components/{to}/{name}");
            return;
        }
    }
}
