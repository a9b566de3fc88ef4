//! The committed knowledge against the document.

use crate::folder::{OperationEntry, OperationKey, OperationsToml};
use crate::problem::{Problem, ProblemKind};
use crate::schema::{operations, schemas_of, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// Problems of the committed knowledge: operations that the document lacks, secrets that no member is called.
///
/// Of a document that we wrote they are errors, since one of the two is wrong. One that was obtained may be of a
/// release that lacks an operation which the next one has again: what is known stays, and they are warnings.
#[must_use]
pub fn check_facts(root: &Value, known: &OperationsToml, obtained: bool) -> Vec<Problem> {
    let problems = faults(root, known, obtained);
    if obtained {
        problems.into_iter().map(Problem::warning).collect()
    } else {
        problems
    }
}

fn faults(root: &Value, known: &OperationsToml, obtained: bool) -> Vec<Problem> {
    let (absent, no_member) = if obtained {
        (
            "the entry is kept for a document that has the operation again",
            "nothing of that name is redacted here; see whether the secret has another name now",
        )
    } else {
        (
            "remove the entry, or correct its method and path",
            "a name under `secrets` is the wire name of a parameter or member, or `$answer`",
        )
    };
    let mut problems = Vec::new();
    let present: BTreeSet<OperationKey> = operations(root)
        .into_iter()
        .map(|operation| OperationKey::new(operation.method, operation.path))
        .collect();
    for (key, (entry, _)) in &known.entries {
        if !present.contains(key) {
            let message = format!("the document has no operation {key} (`{}`)", entry.name);
            problems.push(
                known
                    .problem_at(key, ProblemKind::UnknownOperation, message)
                    .help(absent),
            );
        }
    }
    for operation in operations(root) {
        let key = OperationKey::new(operation.method, operation.path);
        if let Some(entry) = known.get(&key) {
            for name in unmatched_secrets(root, operation.value, entry) {
                let message = format!("no parameter or member is named `{name}`");
                problems.push(
                    known
                        .problem_at(&key, ProblemKind::MissingField, message)
                        .help(no_member),
                );
            }
        }
    }
    problems
}

fn unmatched_secrets<'a>(
    root: &Value,
    operation: &Value,
    entry: &'a OperationEntry,
) -> Vec<&'a str> {
    if entry.secrets.is_empty() {
        return Vec::new();
    }
    let reached = crate::usage::reached_from(root, operation, |_| true);
    let mut names = BTreeSet::from(["$answer".to_owned()]);
    let mut collect = |schema: &Value| {
        crate::schema::walk(schema, "", &mut |_, inner| {
            let members = inner.get("properties").and_then(Value::as_object);
            names.extend(members.into_iter().flatten().map(|(name, _)| name.clone()));
        });
    };
    for (.., schema) in schemas_of(operation) {
        collect(schema);
    }
    for name in reached {
        if let Some(schema) = crate::schema::components(root).and_then(|all| all.get(&name)) {
            collect(schema);
        }
    }
    for value in operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        names.extend(text(value, "name"));
    }
    entry
        .secrets
        .iter()
        .filter(|name| !names.contains(*name))
        .map(String::as_str)
        .collect()
}
