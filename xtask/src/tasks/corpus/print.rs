//! What is told of a corpus: a table, the reasons, and one line of totals.

use super::Run;
use super::attempt::Attempt;
use super::outcome::Outcome;
use crate::problem::printable;
use crate::report::{Form, Reporter};
use serde::Serialize;
use serde_json::json;
use std::fmt::{self, Write as _};
use std::io;

/// The sums over all documents.
#[derive(Debug, Default, Serialize)]
pub(super) struct Totals {
    pub(super) documents: usize,
    pub(super) generated: usize,
    /// `None` where nobody asked.
    pub(super) compiled: Option<usize>,
    operations: usize,
    methods: usize,
    skipped: usize,
    untyped_members: usize,
    stated_members: usize,
    panics: usize,
}

impl Totals {
    pub(super) fn of(run: &Run) -> Self {
        let attempts = &run.attempts;
        let count = |outcome| {
            let ended = attempts.iter().filter(|attempt| attempt.outcome == outcome);
            ended.count()
        };
        let compiles = |attempt: &&Attempt| run.compiles(attempt) == Some(true);
        let mut totals = Self {
            documents: attempts.len(),
            generated: count(Outcome::Generated),
            compiled: run
                .compilation
                .as_ref()
                .map(|_| attempts.iter().filter(compiles).count()),
            panics: count(Outcome::Panicked),
            ..Self::default()
        };
        for Attempt { summary, .. } in attempts {
            totals.operations += summary.operations;
            totals.methods += summary.methods;
            totals.skipped += summary.skipped;
            totals.untyped_members += summary.untyped_members;
            totals.stated_members += summary.stated_members;
        }
        totals
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            documents,
            generated,
            compiled,
            operations,
            methods,
            skipped,
            untyped_members,
            stated_members,
            panics,
        } = self;
        let compiled = compiled.map_or_else(|| "-".to_owned(), |count| count.to_string());
        write!(
            f,
            "documents {documents} generated {generated} compiled {compiled} operations {operations} \
             methods {methods} skipped {skipped} untyped {untyped_members} of {stated_members} panics {panics}"
        )
    }
}

/// Tells all of a run.
pub(super) fn tell(run: &Run, reporter: &mut Reporter<'_>) -> io::Result<()> {
    match reporter.form {
        Form::Text => reporter.text(&text(run)),
        Form::Json => reporter.object(&json!({
            "documents": run.attempts.iter().map(|attempt| {
                let verdict = verdict(run, attempt);
                json!({
                    "attempt": attempt,
                    "compiled": run.compiles(attempt),
                    "compile_errors": verdict.map(|verdict| verdict.errors),
                    "first_compile_errors": verdict.map(|verdict| &verdict.first_errors),
                })
            }).collect::<Vec<_>>(),
            "no_documents": run.others,
            "memory_is_limited": run.memory_is_limited,
            "warnings": run.compilation.as_ref().map(|compilation| compilation.warnings),
            "totals": Totals::of(run),
        })),
    }
}

fn verdict<'a>(run: &'a Run, attempt: &Attempt) -> Option<&'a super::compile::Verdict> {
    run.compilation.as_ref()?.crates.get(&attempt.crate_name)
}

fn text(run: &Run) -> String {
    let mut text = table(&rows(run));
    for name in &run.others {
        let _ = writeln!(text, "no document: {}", printable(name));
    }
    if !run.memory_is_limited {
        text.push_str("memory is not limited on this system\n");
    }
    for attempt in &run.attempts {
        let document = printable(&attempt.document);
        if attempt.outcome != Outcome::Generated {
            let _ = write!(text, "\n{document}: {}", attempt.outcome);
            if let Some(reason) = &attempt.reason {
                let _ = write!(text, ": {reason}");
            }
            text.push('\n');
        }
        for skip in &attempt.skips {
            let _ = writeln!(text, "\n{document}: skipped: {skip}");
        }
        if let Some(verdict) = verdict(run, attempt)
            && !verdict.compiled
        {
            let errors = verdict.errors;
            let _ = writeln!(text, "\n{document}: does not compile, errors: {errors}");
            for error in &verdict.first_errors {
                text.push_str(error);
            }
        }
    }
    if let Some(compilation) = &run.compilation {
        let _ = writeln!(
            text,
            "\nwarnings in generated crates: {}",
            compilation.warnings
        );
    }
    let _ = writeln!(text, "\n{}", Totals::of(run));
    text
}

const COLUMNS: [&str; 10] = [
    "document",
    "version",
    "operations",
    "methods",
    "skipped",
    "lossy",
    "untyped",
    "time",
    "generated",
    "compiled",
];

fn rows(run: &Run) -> Vec<[String; 10]> {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let row = |attempt: &Attempt| {
        let summary = &attempt.summary;
        let version = summary.version.clone();
        [
            printable(&attempt.document),
            version.map_or_else(|| "-".to_owned(), |version| printable(&version)),
            summary.operations.to_string(),
            summary.methods.to_string(),
            summary.skipped.to_string(),
            summary.lossy.to_string(),
            format!("{}/{}", summary.untyped_members, summary.stated_members),
            format!("{:.1}", summary.seconds),
            yes(attempt.outcome == Outcome::Generated),
            run.compiles(attempt).map_or_else(|| "-".to_owned(), yes),
        ]
    };
    std::iter::once(COLUMNS.map(str::to_owned))
        .chain(run.attempts.iter().map(row))
        .collect()
}

/// Columns as wide as their widest cell; all but the first are flush right.
fn table(rows: &[[String; 10]]) -> String {
    let mut widths = [0; 10];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            let _ = if index == 0 {
                write!(line, "{cell:width$}")
            } else {
                write!(line, "  {cell:>width$}")
            };
        }
        let _ = writeln!(text, "{line}");
    }
    text
}
