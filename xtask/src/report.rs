//! What the pipeline says about a run: counts, and everything lost in full.

use crate::change::Change;
use crate::pipeline::Output;
use crate::problem::render;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How much of a run to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Counts, losses, skips.
    Summary,
    /// Every change too.
    All,
}

/// The report of one API.
#[must_use]
pub fn report(name: &str, output: &Output, detail: Detail) -> String {
    let mut text = String::new();
    let rules = counts(&output.changes);
    if !rules.is_empty() {
        let rules: Vec<String> = rules
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        let _ = writeln!(text, "{name}: changes by rule: {}", rules.join(", "));
    }
    for change in &output.changes {
        if detail == Detail::All || change.loss.is_some() {
            let _ = writeln!(text, "  {change}");
        }
    }
    if !output.problems.is_empty() {
        text.push_str(&render(&output.problems, false));
    }
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
