//! The report as an object, for programs.

use super::{Detail, Summary, counts, told};
use crate::change::Change;
use crate::pipeline::{Stage, Trace};
use crate::problem::{Problem, ProblemKind, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

/// All that is told of one run. Its members are flat, so that a line of `jq` gets at each.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// The figures.
    #[serde(flatten)]
    pub summary: Summary,
    /// Whether there is a client; operations may be left out of it.
    pub generated: bool,
    /// The stage that ended the run before its time, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Stage>,
    /// How many changes each rule made.
    pub rules: BTreeMap<&'a str, usize>,
    /// The changes, those without loss only where they are asked for.
    pub changes: Vec<&'a Change>,
    /// How many problems there are of each kind.
    pub kinds: Vec<KindCount>,
    /// The problems, with their places.
    pub problems: &'a [Problem],
}

/// How often problems of a kind were found with a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// How much they matter.
    pub severity: Severity,
    /// What sort they are.
    pub kind: ProblemKind,
    /// How many there are.
    pub count: usize,
}

impl<'a> Report<'a> {
    /// The report of a run that made a client, or ended with problems.
    #[must_use]
    pub fn new(
        summary: Summary,
        generated: bool,
        changes: &'a [Change],
        problems: &'a [Problem],
        detail: Detail,
    ) -> Self {
        Self {
            summary,
            generated,
            stopped_at: None,
            rules: counts(changes),
            changes: told(changes, detail).collect(),
            kinds: kind_counts(problems),
            problems,
        }
    }

    /// The report of a run whose trace was kept.
    #[must_use]
    pub fn of_trace(summary: Summary, generated: bool, trace: &'a Trace, detail: Detail) -> Self {
        Self {
            stopped_at: (!generated).then_some(trace.stage),
            ..Self::new(summary, generated, &trace.changes, &trace.problems, detail)
        }
    }
}

/// Counts by severity, the worst first, and kind.
#[must_use]
pub fn kind_counts(problems: &[Problem]) -> Vec<KindCount> {
    let mut counts = BTreeMap::new();
    for problem in problems {
        *counts.entry((problem.severity, problem.kind)).or_insert(0) += 1;
    }
    counts
        .into_iter()
        .map(|((severity, kind), count)| KindCount {
            severity,
            kind,
            count,
        })
        .collect()
}
