//! Merges `allOf` into one schema.

use super::{Facts, Fresh, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, component_name, edit_all, resolve, shape};
use indexmap::IndexSet;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const RULE: &str = "all_of";

/// How deep parts of parts are followed; what lies deeper is reported as lost with the whole.
const MAX_DEPTH: usize = 100;

/// Rounds of merging: a merged object may bring in another composed one.
const MAX_ROUNDS: usize = 32;

/// Merges after the first round, and as many more for each of the first: members that are composed of types with such
/// members would double in each round.
const MOST_AGAIN: usize = 10_000;
const MOST_AGAIN_FOR_EACH: usize = 20;

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut most = usize::MAX;
    // Parts are taken from the document as it was: taken from one that has grown, they would double in each round.
    let whole = root.clone();
    for round in 0..MAX_ROUNDS {
        let before = changes.len();
        let mut fresh = Fresh::default();
        edit_all(root, &mut |pointer, operation, schema| {
            if fresh.holds(pointer) || shape(schema) != Shape::Composed {
                return;
            }
            let endless = changes.len() >= most || round + 1 == MAX_ROUNDS;
            let merged = if endless { None } else { merge(&whole, schema) };
            changes.push(change(pointer, operation, merged.is_some(), endless));
            *schema = merged.unwrap_or_else(|| any(schema));
            fresh.put(pointer);
        });
        if changes.len() == before {
            break;
        }
        if round == 0 {
            most = MOST_AGAIN + changes.len().saturating_mul(1 + MOST_AGAIN_FOR_EACH);
        }
    }
    edit_all(root, &mut |_, _, schema| required(schema));
    changes
}

/// Names under `required` that are no members have nothing to require.
fn required(schema: &mut Value) {
    if shape(schema) == Shape::Union {
        // The members are those of its alternatives.
        return;
    }
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let Some(Value::Array(mut names)) = object.shift_remove("required") else {
        return;
    };
    let members = object.get("properties").and_then(Value::as_object);
    names.retain(|name| {
        let members = name.as_str().zip(members);
        members.is_some_and(|(name, members)| members.contains_key(name))
    });
    if !names.is_empty() {
        object.insert("required".to_owned(), names.into());
    }
}

fn change(pointer: &str, operation: Option<&str>, is_merged: bool, endless: bool) -> Change {
    if is_merged {
        return lossless(RULE, pointer, operation, "allOf merged".to_owned());
    }
    let reason = if endless {
        "bring in ever more"
    } else {
        "exclude each other"
    };
    let what = format!("allOf of types that {reason} read as any value");
    lossy(RULE, pointer, operation, what, "their types")
}

/// Any value, with the words of the schema.
fn any(schema: &Value) -> Value {
    let words = ["description", "nullable"];
    let kept = words
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone())));
    Value::Object(kept.collect())
}

/// The one schema that an `allOf` stands for; `None` when its parts exclude each other.
fn merge(root: &Value, schema: &Value) -> Option<Value> {
    let mut own = schema.as_object()?.clone();
    let Some(Value::Array(parts)) = own.shift_remove("allOf") else {
        return Some(Value::Object(own));
    };
    let own_type = says_type(&own);
    let (typed, plain): (Vec<&Value>, Vec<&Value>) = parts
        .iter()
        .partition(|part| part.as_object().is_some_and(says_type));
    if let ([single], false) = (typed.as_slice(), own_type) {
        return Some(with_words(single, &plain, &own));
    }
    let mut flat = Vec::new();
    let mut seen = BTreeSet::new();
    for part in &parts {
        flatten(root, part, 0, &mut seen, &mut flat)?;
    }
    flat.push(Value::Object(own));
    merge_flat(&flat)
}

/// Whether the object says of what type a value is, rather than only words about it.
fn says_type(object: &Map<String, Value>) -> bool {
    const WORDS: [&str; 10] = [
        "$ref",
        "type",
        "properties",
        "enum",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "required",
    ];
    WORDS.iter().any(|word| object.contains_key(*word))
}

/// The only typed part, with the words of the others: they serve to add a description or `nullable`.
fn with_words(single: &Value, plain: &[&Value], own: &Map<String, Value>) -> Value {
    let mut merged = single.as_object().cloned().unwrap_or_default();
    for words in plain
        .iter()
        .filter_map(|part| part.as_object())
        .chain([own])
    {
        merged.extend(words.clone());
    }
    Value::Object(merged)
}

/// The parts of a part: references followed, each once, and nested `allOf` opened.
fn flatten(
    root: &Value,
    part: &Value,
    depth: usize,
    seen: &mut BTreeSet<String>,
    flat: &mut Vec<Value>,
) -> Option<()> {
    // Parts that share parts would otherwise double with each level.
    if component_name(part).is_some_and(|name| !seen.insert(name)) {
        return Some(());
    }
    let Some(target) = resolve(root, part).and_then(Value::as_object) else {
        return Some(());
    };
    if depth > MAX_DEPTH {
        return None;
    }
    let mut rest = target.clone();
    if let Some(Value::Array(parts)) = rest.shift_remove("allOf") {
        for part in &parts {
            flatten(root, part, depth + 1, seen, flat)?;
        }
    }
    // The name of a part is not the name of the whole.
    rest.shift_remove("title");
    flat.push(Value::Object(rest));
    Some(())
}

fn merge_flat(parts: &[Value]) -> Option<Value> {
    let typed: Vec<&Value> = parts
        .iter()
        .filter(|part| part.as_object().is_some_and(says_type))
        .collect();
    let objects = typed
        .iter()
        .all(|part| matches!(shape(part), Shape::Struct | Shape::Map | Shape::Any));
    let unions = typed
        .iter()
        .filter(|part| shape(part) == Shape::Union)
        .count();
    let rest_are_objects = typed.iter().all(|part| {
        matches!(
            shape(part),
            Shape::Struct | Shape::Map | Shape::Any | Shape::Union
        )
    });
    if objects || unions == 1 && rest_are_objects {
        let mut merged = Map::new();
        for part in parts.iter().filter_map(Value::as_object) {
            add(&mut merged, part);
        }
        if unions == 0 {
            merged.insert("type".to_owned(), "object".into());
        }
        return Some(Value::Object(merged));
    }
    most_specific(&typed, parts)
}

/// Parts of one simple type: the one that lists values, else the last.
fn most_specific(typed: &[&Value], parts: &[Value]) -> Option<Value> {
    let kind = |part: &Value| part.get("type").and_then(Value::as_str).map(str::to_owned);
    let kinds: Vec<String> = typed.iter().filter_map(|part| kind(part)).collect();
    // A part that only lists required members, say, leaves the type to the others.
    let typed: Vec<&&Value> = typed
        .iter()
        .filter(|part| shape(part) != Shape::Any)
        .collect();
    let simple = typed
        .iter()
        .all(|part| matches!(shape(part), Shape::Scalar | Shape::Enum | Shape::Array));
    if !simple || kinds.windows(2).any(|pair| pair[0] != pair[1]) {
        return None;
    }
    let chosen = typed
        .iter()
        .find(|part| shape(part) == Shape::Enum)
        .or(typed.last())?;
    let mut merged = chosen.as_object()?.clone();
    for key in ["description", "nullable"] {
        if let Some(value) = parts.iter().rev().find_map(|part| part.get(key)) {
            merged.insert(key.to_owned(), value.clone());
        }
    }
    Some(Value::Object(merged))
}

/// Adds the keywords of a part; where two say something of one thing, the later wins.
fn add(merged: &mut Map<String, Value>, part: &Map<String, Value>) {
    for (key, value) in part {
        match (key.as_str(), merged.get_mut(key), value) {
            ("properties", Some(Value::Object(there)), Value::Object(more)) => {
                add_members(there, more);
            }
            ("required", Some(Value::Array(there)), Value::Array(more)) => {
                let all: IndexSet<Value> = there.drain(..).chain(more.iter().cloned()).collect();
                there.extend(all);
            }
            // Members that two parts describe differently may hold anything.
            ("additionalProperties", Some(there @ Value::Object(_)), Value::Object(_)) => {
                if there != value {
                    *there = true.into();
                }
            }
            // One part that is open leaves the whole open.
            ("additionalProperties", Some(Value::Object(_)), Value::Bool(_)) => {}
            _ => {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
}

/// A member that two parts describe is described by both.
fn add_members(there: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (name, member) in more {
        let known = there
            .get(name)
            .filter(|known| *known != member && composable(known, member));
        let member = match known {
            Some(known) => json!({ "allOf": [known, member] }),
            None => member.clone(),
        };
        there.insert(name.clone(), member);
    }
}

/// Whether a value can be both: two objects, or something of which one of the two does not say the type.
fn composable(known: &Value, member: &Value) -> bool {
    let object = |member: &Value| {
        matches!(
            shape(member),
            Shape::Struct | Shape::Reference | Shape::Composed
        )
    };
    shape(known) == Shape::Any || shape(member) == Shape::Any || object(known) && object(member)
}
