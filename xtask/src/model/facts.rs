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
    let present: BTreeSet<OperationKey> = operations(root)
        .into_iter()
        .map(|operation| OperationKey::new(operation.method, operation.path))
        .collect();
    let absent: Vec<&OperationKey> = known
        .entries
        .keys()
        .filter(|key| !present.contains(key))
        .collect();
    if obtained {
        let unnamed = secrets(root, known).map(|problem| {
            problem.warning().help(
                "nothing of that name is redacted here; see whether the secret has another name now",
            )
        });
        return kept(known, &absent).into_iter().chain(unnamed).collect();
    }
    let absent = absent.into_iter().map(|key| {
        let name = known.get(key).map_or("", |entry| &entry.name);
        let message = format!("the document has no operation {key} (`{name}`)");
        known
            .problem_at(key, ProblemKind::UnknownOperation, message)
            .help("remove the entry, or correct its method and path")
    });
    let unnamed = secrets(root, known).map(|problem| {
        problem
            .help("a name under `secrets` is the wire name of a parameter or member, or `$answer`")
    });
    absent.chain(unnamed).collect()
}

/// One warning for all operations that an obtained document lacks.
fn kept(known: &OperationsToml, absent: &[&OperationKey]) -> Option<Problem> {
    let names: Vec<&str> = absent
        .iter()
        .filter_map(|key| known.get(key))
        .map(|entry| entry.name.as_str())
        .collect();
    let count = names.len();
    let message = format!(
        "the document lacks {count} known operations: {}",
        names.join(", ")
    );
    (count > 0).then(|| {
        Problem::error(ProblemKind::UnknownOperation, message)
            .warning()
            .in_file(&known.source)
            .help("their entries are kept for a document that has them again")
    })
}

/// Names of secrets that nothing in the operation has.
fn secrets<'a>(root: &'a Value, known: &'a OperationsToml) -> impl Iterator<Item = Problem> + 'a {
    operations(root).into_iter().flat_map(move |operation| {
        let key = OperationKey::new(operation.method, operation.path);
        let names = known
            .get(&key)
            .map(|entry| unmatched_secrets(root, operation.value, entry))
            .unwrap_or_default();
        names
            .into_iter()
            .map(|name| {
                let message = format!("no parameter or member is named `{name}`");
                known.problem_at(&key, ProblemKind::MissingField, message)
            })
            .collect::<Vec<Problem>>()
    })
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
