//! How a process ended, and what it said.

use crate::problem::printable;
use crate::report::Summary;
use crate::tasks::PANICKED;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::process::ExitStatus;

/// How a document ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// There is a client.
    Generated,
    /// There is none, and the pipeline says why.
    Failed,
    /// The pipeline panicked.
    Panicked,
    /// It recursed too deeply.
    StackOverflow,
    /// It needed more memory than it may have.
    OutOfMemory,
    /// It took longer than it may.
    TimedOut,
    /// It ended in another way.
    Crashed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Generated => "generated",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::StackOverflow => "stack overflow",
            Self::OutOfMemory => "out of memory",
            Self::TimedOut => "timed out",
            Self::Crashed => "crashed",
        })
    }
}

/// A process that ended, or was ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// `None` when its time was up.
    pub(super) status: Option<ExitStatus>,
    /// Its standard output.
    pub(super) report: String,
    /// Its standard error.
    pub(super) messages: String,
}

/// What a process came to.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
    pub(super) skips: Vec<Said>,
    pub(super) summary: Option<Summary>,
}

/// A problem as a report has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Said {
    severity: String,
    kind: String,
    message: String,
    operation: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.severity, self.kind)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, " at {line}:{column}")?;
        }
        if let Some(operation) = &self.operation {
            write!(f, " in {}", printable(operation))?;
        }
        write!(f, ": {}", printable(&self.message))
    }
}

/// A line of a report: that of the document, or further problems.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(flatten)]
    summary: Option<Summary>,
    #[serde(default)]
    generated: bool,
    #[serde(default)]
    problems: Vec<Said>,
}

/// Tells how a process ended from its status and its words.
pub(super) fn read(ended: &Ended) -> Ending {
    let lines: Vec<Line> = ended
        .report
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let is_generated = lines.iter().any(|line| line.generated);
    let (outcome, reason) = verdict(ended, &lines, is_generated);
    let summary = lines.iter().find_map(|line| line.summary.clone());
    let skips = if outcome == Outcome::Generated {
        errors(&lines).cloned().collect()
    } else {
        Vec::new()
    };
    Ending {
        outcome,
        reason,
        skips,
        // A client that could not be written has no methods to count.
        summary: summary.filter(|_| outcome == Outcome::Generated || !is_generated),
    }
}

fn verdict(ended: &Ended, lines: &[Line], is_generated: bool) -> (Outcome, Option<String>) {
    let messages = &ended.messages;
    let Some(status) = ended.status else {
        return (Outcome::TimedOut, None);
    };
    match status.code() {
        Some(0) if is_generated => (Outcome::Generated, None),
        Some(code) if code == i32::from(PANICKED) => (Outcome::Panicked, panic_message(messages)),
        Some(1) if errors(lines).next().is_some() => (Outcome::Failed, first_error(lines)),
        None if messages.contains("has overflowed its stack") => (Outcome::StackOverflow, None),
        None if messages.contains("memory allocation of") => (Outcome::OutOfMemory, None),
        _ => (Outcome::Crashed, Some(last_words(status, messages))),
    }
}

fn errors(lines: &[Line]) -> impl Iterator<Item = &Said> {
    lines
        .iter()
        .flat_map(|line| &line.problems)
        .filter(|problem| problem.severity == "error")
}

fn first_error(lines: &[Line]) -> Option<String> {
    let mut errors = errors(lines);
    let first = errors.next()?;
    Some(match errors.count() {
        0 => first.to_string(),
        more => format!("{first} (and {more} more)"),
    })
}

/// The message of the last panic, with its place in our code.
fn panic_message(messages: &str) -> Option<String> {
    let (_, panic) = messages.rsplit_once("panicked at ")?;
    let (place, message) = panic.split_once('\n').unwrap_or((panic, ""));
    let message = message.lines().next().unwrap_or_default();
    Some(printable(&format!(
        "{message} ({})",
        place.trim_end_matches(':')
    )))
}

fn last_words(status: ExitStatus, messages: &str) -> String {
    match messages.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => format!("{status}: {}", printable(line)),
        None => status.to_string(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    /// What the process is said to have come to: `status` is that of `wait`, the code in its second byte.
    fn told(status: Option<i32>, report: &str, messages: &str) -> String {
        let ending = read(&Ended {
            status: status.map(ExitStatus::from_raw),
            report: report.to_owned(),
            messages: messages.to_owned(),
        });
        match ending.reason {
            Some(reason) => format!("{}: {reason}", ending.outcome),
            None => ending.outcome.to_string(),
        }
    }

    #[test]
    fn endings_are_told_apart() {
        let error = |message: &str| {
            serde_json::json!({
                "severity": "error", "kind": "syntax", "message": message,
                "line": 3, "column": 4, "operation": "GET /a",
            })
        };
        let generated = r#"{"generated": true, "problems": []}"#;
        let failed =
            serde_json::json!({ "problems": [error("one\u{1b}"), error("two")] }).to_string();
        let panic = "thread '<unnamed>' (7) panicked at xtask/src/a.rs:1:2:\nindex out of range\nnote: run with";
        let overflow =
            "\nthread '<unnamed>' has overflowed its stack\nfatal runtime error: stack overflow";
        let memory = "memory allocation of 9 bytes failed\n";
        let code = |code: i32| Some(code << 8);
        for (status, report, messages, expected) in [
            (code(0), generated, "", "generated"),
            (
                code(1),
                &failed,
                "",
                "failed: error[syntax] at 3:4 in GET /a: one\\u{1b} (and 1 more)",
            ),
            (
                code(101),
                generated,
                panic,
                "panicked: index out of range (xtask/src/a.rs:1:2)",
            ),
            (Some(6), "", overflow, "stack overflow"),
            (Some(6), "", memory, "out of memory"),
            (Some(9), "", "", "crashed: signal: 9 (SIGKILL)"),
            (None, generated, "", "timed out"),
            (code(0), "", "", "crashed: exit status: 0"),
            (code(1), "{\"a", "no\n", "crashed: exit status: 1: no"),
        ] {
            assert_eq!(told(status, report, messages), expected);
        }
    }
}
