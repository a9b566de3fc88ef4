//! Which named schemas requests and answers reach.

use crate::schema::{Place, component_name, components, operations, schemas_of, walk};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How a named schema is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Reached from a parameter or a request body.
    pub request: bool,
    /// Reached from an answer.
    pub answer: bool,
}

/// The usage of every named schema of a document.
#[must_use]
pub fn usage(root: &Value) -> BTreeMap<String, Usage> {
    let mut request = Vec::new();
    let mut answer = Vec::new();
    for operation in operations(root) {
        for (place, _, schema) in schemas_of(operation.value) {
            let found = if place.is_request() {
                &mut request
            } else {
                &mut answer
            };
            found.extend(references(schema));
        }
    }
    let (request, answer) = (reachable(root, request), reachable(root, answer));
    components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| {
            let usage = Usage {
                request: request.contains(name),
                answer: answer.contains(name),
            };
            (name.clone(), usage)
        })
        .collect()
}

/// The components that a schema refers to directly, at any depth inside it.
#[must_use]
pub fn references(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(schema, "", &mut |_, inner| {
        found.extend(component_name(inner));
    });
    found
}

/// All components reached from `start`, itself included.
pub fn reachable(root: &Value, start: Vec<String>) -> BTreeSet<String> {
    let all = components(root);
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from(start);
    while let Some(name) = queue.pop_front() {
        if seen.insert(name.clone()) {
            queue.extend(
                all.and_then(|all| all.get(&name))
                    .map(references)
                    .unwrap_or_default(),
            );
        }
    }
    seen
}

/// Components reached from one place of an operation.
pub fn reached_from(
    root: &Value,
    operation: &Value,
    wanted: fn(&Place) -> bool,
) -> BTreeSet<String> {
    let start = schemas_of(operation)
        .into_iter()
        .filter(|(place, ..)| wanted(place))
        .flat_map(|(.., schema)| references(schema))
        .collect();
    reachable(root, start)
}
