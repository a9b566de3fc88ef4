//! Structural checks of a document, before and after it is repaired.
//!
//! A problem is an error only when the pipeline cannot go on. The rest are warnings: later rules repair much of it, and
//! a second diagnosis shows what they left.
//!
//! To add a check, write a function and name it in `NODE_CHECKS` or `DOCUMENT_CHECKS`.

mod operations;
mod references;
mod root;
mod schemas;
mod shape;
pub(crate) mod walk;

use std::sync::Arc;

use crate::load::locate::Tree;
use crate::problem::{HasSource, Problem, ProblemKind};
use crate::source::{Document, Source, operation_at};

use walk::{Kind, Node, Walk};

type NodeCheck = fn(&Context<'_>, &Node<'_>, &mut Vec<Problem>);

/// Checks of single nodes, by the kind that each is for.
const NODE_CHECKS: &[(Kind, NodeCheck)] = &[
    (Kind::Info, root::check_info),
    (Kind::Paths, operations::check_paths),
    (Kind::PathItem, operations::check_path_item),
    (Kind::Operation, operations::check_responses),
    (Kind::Operation, operations::check_parameters),
    (Kind::Operation, operations::check_path_parameters),
    (Kind::Parameter, operations::check_parameter),
    (Kind::SecurityRequirement, operations::check_security),
    (Kind::Schema, schemas::check_type),
    (Kind::Schema, schemas::check_items),
];

/// Checks that look at the document as a whole.
const DOCUMENT_CHECKS: &[fn(&Context<'_>, &mut Vec<Problem>)] = &[
    shape::check_shapes,
    references::check_references,
    operations::check_any_operation,
    operations::check_operation_ids,
    operations::check_equal_paths,
];

/// What the checks look at.
struct Context<'a> {
    document: &'a Document,
    walk: Walk<'a>,
}

impl Context<'_> {
    /// A warning at a node, or at a member of it (`/name`).
    fn warning(
        &self,
        kind: ProblemKind,
        node: &Node<'_>,
        member: &str,
        message: impl Into<String>,
    ) -> Problem {
        self.problem(
            kind,
            format!("{}{member}", self.walk.pointer(node)),
            message,
        )
        .warning()
    }

    fn problem(&self, kind: ProblemKind, pointer: String, message: impl Into<String>) -> Problem {
        let problem = Problem::error(kind, message);
        let problem = match operation_at(&pointer) {
            Some(operation) => problem.operation(operation),
            None => problem,
        };
        problem.at(self.document, pointer)
    }
}

/// Everything that is wrong with the structure of a document, in the order of the text as far as it is known.
///
/// Never panics and never recurses, whatever the document holds. When the document is no `OpenAPI` document at all,
/// that is the only problem.
pub fn diagnose(document: &Document) -> Vec<Problem> {
    let mut problems = root::check_root(document);
    if problems.iter().any(Problem::is_error) {
        return problems;
    }
    let context = Context {
        document,
        walk: Walk::new(&document.root),
    };
    for check in DOCUMENT_CHECKS {
        check(&context, &mut problems);
    }
    for node in context.walk.nodes() {
        for (kind, check) in NODE_CHECKS {
            if *kind == node.kind {
                check(&context, node, &mut problems);
            }
        }
    }
    problems
}

/// A warning for each member name that stands twice in one mapping of a text, at the one that is ignored.
///
/// It is about the texts and not about the value, so it is asked for once and not with every diagnosis.
pub fn duplicate_keys(document: &Document) -> Vec<Problem> {
    let others = document.files.all().iter().map(|file| &file.source);
    std::iter::once(&document.source)
        .chain(others)
        .flat_map(duplicate_keys_of)
        .collect()
}

fn duplicate_keys_of(source: &Arc<Source>) -> Vec<Problem> {
    let duplicates = source.tree().map(Tree::duplicate_keys).unwrap_or_default();
    duplicates
        .into_iter()
        .map(|(pointer, span)| {
            let name = pointer
                .rsplit('/')
                .next()
                .map(crate::source::unescape_segment)
                .unwrap_or_default();
            let problem = Problem::error(
                ProblemKind::DuplicateKey,
                format!("`{name}` stands here more than once"),
            )
            .warning()
            .at(source.source(), pointer.clone())
            .span(span)
            .help("the last one counts, this one is ignored");
            match operation_at(&pointer) {
                Some(operation) => problem.operation(operation),
                None => problem,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
