//! What the pipeline says about a run: counts, and everything lost in full.

use crate::change::Change;
use crate::pipeline::Output;
use crate::problem::{Problem, ProblemKind, render};
use crate::schema::{declared_version, operations};
use crate::source::Document;
use crate::text::shortened;
use crate::untyped::{Untyped, untyped};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

mod json;
mod reporter;

pub use json::{KindCount, Report, kind_counts};
pub use reporter::{Form, Reporter};

/// How much of a run to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Counts, losses, skips.
    Summary,
    /// Every change too.
    All,
}

impl Detail {
    /// The detail that `--changes` chooses.
    #[must_use]
    pub const fn all_if(all: bool) -> Self {
        if all { Self::All } else { Self::Summary }
    }
}

/// What a run is about, known before it begins.
#[derive(Debug, Clone)]
pub struct Subject {
    name: String,
    version: Option<String>,
    operations: usize,
    started: Instant,
}

impl Subject {
    /// A document that could not be read, or is not read yet.
    #[must_use]
    pub fn unread(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: None,
            operations: 0,
            started: Instant::now(),
        }
    }

    /// Takes up what the document declares.
    pub fn read(&mut self, document: &Document) {
        self.version = declared_version(&document.root);
        self.operations = operations(&document.root).len();
    }
}

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The crate, or the file where none is made.
    pub name: String,
    /// The declared version, as `3.1`.
    pub version: Option<String>,
    /// Operations in the document.
    pub operations: usize,
    /// Methods in the client; none where none is made.
    pub methods: usize,
    /// Operations without a method.
    pub skipped: usize,
    /// Changes that lose information.
    pub lossy: usize,
    /// Members whose type the document states, parameters and bodies among them.
    pub stated_members: usize,
    /// Those of them that became any JSON value, or bytes.
    pub untyped_members: usize,
    /// A way to each of those, from the operation that uses it.
    pub untyped: Vec<String>,
    /// Wall-clock time of the run.
    pub seconds: f64,
}

impl Summary {
    /// The figures now; without an output, those of a run that failed.
    #[must_use]
    pub fn new(subject: &Subject, output: Option<&Output>) -> Self {
        let operations = output.map_or(subject.operations, |output| output.operations_in);
        let methods = output.map_or(0, Output::methods);
        let changes = output.map_or(&[][..], |output| &output.changes);
        let seconds = subject.started.elapsed().as_secs_f64();
        let members = output.map_or_else(Untyped::default, |output| {
            untyped(&output.patched, &output.normalized)
        });
        Self {
            name: subject.name.clone(),
            version: subject.version.clone(),
            operations,
            methods,
            skipped: operations - methods,
            lossy: changes
                .iter()
                .filter(|change| !change.is_lossless())
                .count(),
            stated_members: members.stated,
            untyped_members: members.untyped.len(),
            untyped: members.untyped,
            seconds,
        }
    }
}

/// The report of one API.
#[must_use]
pub fn report(name: &str, output: &Output, detail: Detail) -> String {
    let mut text = String::new();
    text.push_str(&changes(name, &output.changes, detail));
    text.push_str(&problems(&output.problems));
    let _ = writeln!(
        text,
        "{}",
        line(
            name,
            output.operations_in,
            output.methods(),
            output.skipped()
        )
    );
    text
}

/// How many changes each rule made, and the changes that are told.
#[must_use]
pub fn changes(name: &str, changes: &[Change], detail: Detail) -> String {
    let mut text = String::new();
    let rules = counts(changes);
    if !rules.is_empty() {
        let rules: Vec<String> = rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        let _ = writeln!(text, "{name}: changes by rule: {}", rules.join(", "));
    }
    for change in told(changes, detail) {
        let _ = writeln!(text, "  {}", shortened(&change.to_string()));
    }
    text
}

fn told(changes: &[Change], detail: Detail) -> impl Iterator<Item = &Change> {
    changes
        .iter()
        .filter(move |change| detail == Detail::All || !change.is_lossless())
}

/// Warnings of one kind that are shown; the others are counted.
const MOST_OF_A_KIND: usize = 10;

/// Errors in full, and of many warnings of one kind the first.
fn problems(all: &[Problem]) -> String {
    let mut warnings: BTreeMap<ProblemKind, usize> = BTreeMap::new();
    let shown: Vec<Problem> = all
        .iter()
        .filter(|problem| {
            let count = warnings.entry(problem.kind).or_insert(0);
            *count += usize::from(!problem.is_error());
            problem.is_error() || *count <= MOST_OF_A_KIND
        })
        .cloned()
        .collect();
    let mut text = if shown.is_empty() {
        String::new()
    } else {
        render(&shown, false)
    };
    for (kind, count) in warnings {
        let hidden = count.saturating_sub(MOST_OF_A_KIND);
        if hidden > 0 {
            let _ = writeln!(
                text,
                "warning[{kind}]: {hidden} more of this kind; cargo xtask diagnose shows them\n"
            );
        }
    }
    text
}

/// The one line that says whether anything is missing.
#[must_use]
pub fn line(name: &str, operations: usize, methods: usize, skipped: usize) -> String {
    format!("{name}: {operations} operations in, {methods} methods out, {skipped} skipped")
}

fn counts(changes: &[Change]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry(change.rule).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_all_shown_and_warnings_counted() {
        let error = || Problem::error(ProblemKind::DanglingReference, "broken");
        let warning = || Problem::error(ProblemKind::InvalidPath, "odd").warning();
        let mut all: Vec<Problem> = (0..15).map(|_| warning()).collect();
        all.extend((0..12).map(|_| error()));
        let text = problems(&all);
        assert_eq!(text.matches("odd").count(), MOST_OF_A_KIND, "{text}");
        assert_eq!(text.matches("broken").count(), 12, "{text}");
        assert!(
            text.contains("warning[invalid-path]: 5 more of this kind"),
            "{text}"
        );
        assert_eq!(problems(&[]), "");
    }
}
