//! Alternatives of a union and what tells them apart.

use crate::schema::{component_name, list, resolve, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// What tells the alternatives of a union apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// The member that holds it.
    pub member: String,
    /// Its values, for each alternative in order.
    pub values: Vec<Vec<String>>,
}

/// The alternatives of a `oneOf` or `anyOf`.
#[must_use]
pub fn alternatives(schema: &Value) -> &[Value] {
    let Some(object) = schema.as_object() else {
        return &[];
    };
    match list(object, "oneOf") {
        [] => list(object, "anyOf"),
        found => found,
    }
}

/// The documented discriminator, else a member that is one different constant in each alternative.
#[must_use]
pub fn discriminator(root: &Value, schema: &Value) -> Option<Discriminator> {
    let alternatives = alternatives(schema);
    let found = documented(schema, alternatives).or_else(|| implied(root, alternatives))?;
    let all: Vec<&String> = found.values.iter().flatten().collect();
    let distinct: BTreeSet<&&String> = all.iter().collect();
    let complete = found.values.iter().all(|values| !values.is_empty());
    (complete && distinct.len() == all.len()).then_some(found)
}

fn documented(schema: &Value, alternatives: &[Value]) -> Option<Discriminator> {
    let discriminator = schema.get("discriminator")?;
    let member = text(discriminator, "propertyName")?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let values = alternatives
        .iter()
        .map(|alternative| {
            let name = component_name(alternative).unwrap_or_default();
            let mapped: Vec<String> = mapping
                .into_iter()
                .flatten()
                .filter(|(_, target)| target.as_str().is_some_and(|target| names(target, &name)))
                .map(|(value, _)| value.clone())
                .collect();
            // Without a mapping, the value is the name of the schema.
            if mapped.is_empty() && !name.is_empty() {
                vec![name]
            } else {
                mapped
            }
        })
        .collect();
    Some(Discriminator { member, values })
}

/// A mapping's target is a reference or a bare name.
fn names(target: &str, component: &str) -> bool {
    target == component || target.rsplit('/').next() == Some(component)
}

/// A member that has one value in each alternative, and another in each.
fn implied(root: &Value, alternatives: &[Value]) -> Option<Discriminator> {
    let objects: Option<Vec<&Value>> = alternatives
        .iter()
        .map(|alternative| resolve(root, alternative))
        .collect();
    let objects = objects?;
    let first = objects.first()?.get("properties")?.as_object()?;
    first.keys().find_map(|member| {
        let values: Option<Vec<Vec<String>>> = objects
            .iter()
            .map(|object| {
                constant(root, object.get("properties")?.get(member)?).map(|value| vec![value])
            })
            .collect();
        let values = values?;
        let distinct: BTreeSet<&Vec<String>> = values.iter().collect();
        (values.len() > 1 && distinct.len() == values.len()).then(|| Discriminator {
            member: member.clone(),
            values: values.clone(),
        })
    })
}

fn constant(root: &Value, schema: &Value) -> Option<String> {
    match resolve(root, schema)?.get("enum")?.as_array()?.as_slice() {
        [Value::String(value)] => Some(value.clone()),
        _ => None,
    }
}
