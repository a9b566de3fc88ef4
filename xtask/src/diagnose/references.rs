//! Does every reference lead somewhere?

use indexmap::IndexMap;
use serde_json::Value;

use super::Context;
use super::walk::Node;
use crate::names::nearest;
use crate::problem::{Problem, ProblemKind};
use crate::source::unescape_segment;

/// References that are followed one after another before it counts as a circle.
const MAX_HOPS: usize = 32;

/// Missing targets for which a similar name is looked for, among all names beside each: where more are missing, the document
/// was cut and not misspelt.
const MAX_LOOKUPS: usize = 20;

/// One problem for each target that is not there, at the first reference to it.
pub(super) fn check_references(context: &Context<'_>, problems: &mut Vec<Problem>) {
    let mut by_target: IndexMap<&str, Vec<&Node<'_>>> = IndexMap::new();
    for node in context.walk.nodes() {
        match node.get("$ref") {
            Some(Value::String(target)) => by_target.entry(target).or_default().push(node),
            Some(other) => {
                let message = format!("`$ref` is {}, not a string", super::root::describe(other));
                problems.push(context.warning(ProblemKind::WrongType, node, "/$ref", message));
            }
            None => {}
        }
    }
    let mut lookups = 0;
    for (target, users) in by_target {
        let Some(node) = users.first() else { continue };
        let Err(fault) = resolve(&context.document.root, target) else {
            continue;
        };
        let times = match users.len() {
            1 => String::new(),
            n => format!(" ({n} references)"),
        };
        let problem = match fault {
            Fault::Missing => {
                let message = format!("`{target}` is not there{times}");
                let problem =
                    context.warning(ProblemKind::DanglingReference, node, "/$ref", message);
                lookups += 1;
                let closest = (lookups <= MAX_LOOKUPS)
                    .then(|| closest(&context.document.root, target))
                    .flatten();
                match closest {
                    Some(name) => problem.help(format!("did you mean `{name}`?")),
                    None => problem,
                }
            }
            Fault::Circle => {
                let message =
                    format!("`{target}` leads back to itself and never to a value{times}");
                context.warning(ProblemKind::DanglingReference, node, "/$ref", message)
            }
            // Bundling has said so.
            Fault::External => continue,
        };
        problems.push(problem);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    Circle,
    External,
}

/// Follows a reference to what is no reference itself.
pub(super) fn resolve<'a>(root: &'a Value, target: &str) -> Result<&'a Value, Fault> {
    let mut target = target;
    for _ in 0..MAX_HOPS {
        let fragment = target.strip_prefix('#').ok_or(Fault::External)?;
        let value = root
            .pointer(&decode_percent(fragment))
            .ok_or(Fault::Missing)?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(next) => target = next,
            None => return Ok(value),
        }
    }
    Err(Fault::Circle)
}

/// The node itself, or what its reference leads to.
pub(super) fn resolve_node<'a>(root: &'a Value, value: &'a Value) -> Option<&'a Value> {
    match value.get("$ref").and_then(Value::as_str) {
        Some(target) => resolve(root, target).ok(),
        None => Some(value),
    }
}

/// A fragment is part of a URI: `#/paths/~1x~1%7Bid%7D`.
fn decode_percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A name beside the missing one that is almost the same.
fn closest<'a>(root: &'a Value, target: &str) -> Option<&'a str> {
    let (parent, name) = target.strip_prefix('#')?.rsplit_once('/')?;
    let name = unescape_segment(&decode_percent(name));
    let siblings = root.pointer(&decode_percent(parent))?.as_object()?;
    nearest(&name, siblings.keys().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed() {
        let root = json!({
            "a": {"x/y": {"$ref": "#/a/{id}"}, "{id}": {"type": "string"}, "ä": {}},
            "loop": {"$ref": "#/pool"}, "pool": {"$ref": "#/loop"}, "self": {"$ref": "#/self"}
        });
        for (target, expected) in [
            ("#/a/x~1y", Ok(json!({"type": "string"}))),
            ("#/a/%7Bid%7D", Ok(json!({"type": "string"}))),
            ("#/a/%C3%A4", Ok(json!({}))),
            ("#/a/100%", Err(Fault::Missing)),
            ("#/a/%zz", Err(Fault::Missing)),
            ("#/a/%é", Err(Fault::Missing)),
            ("#/b", Err(Fault::Missing)),
            ("#b", Err(Fault::Missing)),
            ("#/loop", Err(Fault::Circle)),
            ("#/self", Err(Fault::Circle)),
            ("", Err(Fault::External)),
            ("b.yaml#/a", Err(Fault::External)),
        ] {
            assert_eq!(resolve(&root, target).cloned(), expected, "{target}");
        }
        assert_eq!(resolve(&root, "#"), Ok(&root));
    }
}
