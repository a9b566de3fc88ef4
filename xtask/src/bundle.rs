//! Makes one document of the files that it is spread over.
//!
//! What a reference into another file names becomes a component of the document; what has no place among the
//! components is copied to where the reference stands. The files were read with the document: nothing is read here.

mod copy;
mod names;
mod sources;

use crate::load::MAX_DEPTH;
use crate::load::files::MAIN;
use crate::overlay::depth;
use crate::problem::{Problem, ProblemKind};
use crate::schema::named_mut;
use crate::source::{Document, operation_at};
use copy::{Bundler, Faulted};
use serde_json::Value;
use sources::{Fault, Sources};
use std::collections::BTreeSet;

/// Bundles a document; one that refers to no other file is left as it is.
///
/// The problems are those of references that lead nowhere, as warnings: such a reference stays and is repaired like
/// any other that dangles. Errors are only about limits, and the document is left as it was then.
pub fn bundle(document: &mut Document) -> Vec<Problem> {
    if !refers_elsewhere(&document.root) {
        return Vec::new();
    }
    let sources = Sources::of(document);
    let mut bundler = Bundler::new(sources);
    let mut root = bundler.document();
    for (home, name, value) in std::mem::take(&mut bundler.components) {
        if let Some(named) = named_mut(&mut root, home) {
            named.insert(name, value);
        }
    }
    let too_deep = bundler.is_too_deep || depth(&root) > MAX_DEPTH;
    if bundler.is_exhausted() || too_deep {
        return vec![over_limit(document, too_deep)];
    }
    let problems = problems(document, &bundler);
    let parts = std::mem::take(&mut bundler.parts);
    drop(bundler);
    document.root = root;
    document.parts = parts;
    problems
}

/// Whether there is a reference that does not begin with `#`.
fn refers_elsewhere(root: &Value) -> bool {
    let mut queue = vec![root];
    while let Some(value) = queue.pop() {
        let is_elsewhere =
            |value: &Value| value.as_str().is_some_and(|text| !text.starts_with('#'));
        match value {
            Value::Object(members) => {
                let mapping = value.pointer("/discriminator/mapping");
                let mut mapped = mapping.and_then(Value::as_object).into_iter().flatten();
                if members.get("$ref").is_some_and(is_elsewhere)
                    || mapped.any(|(_, value)| is_elsewhere(value))
                {
                    return true;
                }
                queue.extend(members.values());
            }
            Value::Array(items) => queue.extend(items),
            _ => {}
        }
    }
    false
}

fn over_limit(document: &Document, too_deep: bool) -> Problem {
    if too_deep {
        let message = format!(
            "with the files that it refers to, the document nests deeper than {MAX_DEPTH} levels"
        );
        return Problem::error(ProblemKind::TooDeep, message).in_file(document);
    }
    let message = "with the files that it refers to, the document is too large";
    Problem::error(ProblemKind::TooLarge, message)
        .in_file(document)
        .help(
            "files that are copied into each other grow without bound: refer to components instead",
        )
}

/// One problem for each target that cannot be had, at the first reference to it; before them, what is wrong inside of
/// the files.
fn problems(document: &Document, bundler: &Bundler<'_>) -> Vec<Problem> {
    let mut causes = Vec::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for ((file, target), faulted) in &bundler.faults {
        if let Fault::Unread(unread) = &faulted.fault
            && let Some(cause) = &unread.cause
            && seen.insert(cause.to_string())
        {
            causes.push(Problem::clone(cause));
        }
        found.push(problem(document, *file, target, faulted));
    }
    causes.extend(found);
    causes
}

fn problem(document: &Document, file: usize, target: &str, faulted: &Faulted) -> Problem {
    let times = match faulted.pointers.len() {
        0 | 1 => String::new(),
        n => format!(" ({n} references)"),
    };
    let (kind, help) = match &faulted.fault {
        Fault::Missing | Fault::Circle | Fault::Mismatch => (ProblemKind::DanglingReference, None),
        Fault::WholeDocument => (
            ProblemKind::DanglingReference,
            Some("name a part of it, such as `#/components/schemas/...`".to_owned()),
        ),
        Fault::NotRead => (
            ProblemKind::Unsupported,
            Some("load the document together with its files".to_owned()),
        ),
        Fault::Unread(unread) => (unread.kind, unread.help.clone()),
    };
    let message = format!("`{target}` {}{times}", faulted.fault);
    let pointer = format!("{}/$ref", faulted.first);
    let problem = Problem::error(kind, message).warning();
    let mut problem = match document.files.get(file) {
        Some(other) if file != MAIN => problem.at(&other.source, pointer),
        _ => problem.at(&document.source, pointer),
    };
    problem.help = help.map(String::into_boxed_str);
    match operation_at(&faulted.out) {
        Some(operation) => problem.operation(operation),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
