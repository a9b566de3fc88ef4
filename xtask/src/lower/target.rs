//! What a reference leads to.

use crate::schema::{escape, reference_pointer, unescape};
use serde_json::Value;
use std::fmt;

/// References followed one after another before it counts as a circle.
const MAX_HOPS: usize = 32;

/// Why a reference leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    Missing,
    External,
    Circle,
    /// It is there, but is something else.
    Mismatch,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is not there",
            Self::External => "leads into another file",
            Self::Circle => "leads back to itself",
            Self::Mismatch => "is something else",
        })
    }
}

/// The reference that stands in place of a value.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// The pointer of what a reference names, which may be a reference again. References on the way are followed.
pub(super) fn locate(root: &Value, reference: &str) -> Result<String, Fault> {
    let fragment = reference.strip_prefix('#').ok_or(Fault::External)?;
    let decoded = reference_pointer(reference).ok_or(Fault::External)?;
    match walk_to(root, &decoded) {
        // A name may hold a percent sign of its own.
        Err(Fault::Missing) if decoded != fragment => walk_to(root, fragment),
        found => found,
    }
}

/// As [`locate`], to what is no reference.
pub(super) fn locate_value(root: &Value, reference: &str) -> Result<String, Fault> {
    let mut pointer = locate(root, reference)?;
    for _ in 0..MAX_HOPS {
        let Some(next) = root.pointer(&pointer).and_then(self::reference) else {
            return Ok(pointer);
        };
        pointer = locate(root, next)?;
    }
    Err(Fault::Circle)
}

/// The place that a pointer has without the references on its way.
fn walk_to(root: &Value, pointer: &str) -> Result<String, Fault> {
    let mut wanted: Vec<String> = segments(pointer)?;
    wanted.reverse();
    let mut at = String::new();
    let mut value = root;
    let mut hops = 0;
    while let Some(segment) = wanted.pop() {
        if let Some(next) = member(value, &segment) {
            at.push('/');
            at.push_str(&escape(&segment));
            value = next;
            continue;
        }
        let Some(onward) = reference(value).and_then(reference_pointer) else {
            return Err(Fault::Missing);
        };
        hops += 1;
        if hops > MAX_HOPS {
            return Err(Fault::Circle);
        }
        wanted.push(segment);
        wanted.extend(segments(&onward)?.into_iter().rev());
        at.clear();
        value = root;
    }
    Ok(at)
}

fn segments(pointer: &str) -> Result<Vec<String>, Fault> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let rest = pointer.strip_prefix('/').ok_or(Fault::Missing)?;
    Ok(rest.split('/').map(unescape).collect())
}

fn member<'a>(value: &'a Value, segment: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(segment),
        Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
        _ => None,
    }
}
