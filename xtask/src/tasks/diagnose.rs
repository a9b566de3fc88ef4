//! `cargo xtask diagnose`: all that the pipeline would say about a document, with nothing written.

use super::Exit;
use crate::load;
use crate::pipeline::{Input, Stage, Trace, run_traced};
use crate::problem::{Problem, Severity, render};
use crate::report::{Detail, Form, Report, Reporter, Subject, Summary, changes, kind_counts, line};
use crate::write::refuse_interrupted_above;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

/// Say all that is wrong with a document, and what would be changed in it; write nothing
///
/// The document is taken as it stands: overlay and other files of a specification folder are not read, the hash in
/// `api.toml` included.
///
/// Exit code: 0 when there is no error, 1 when there is one. An operation that would be left out is an error.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The document, JSON or YAML
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print every change that a rule would make, not only those that lose something
    #[arg(long)]
    pub changes: bool,
    /// End with exit code 1 when there is a warning
    #[arg(long)]
    pub deny_warnings: bool,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn diagnose(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let mut reporter = Reporter {
        out,
        form: Form::json_if(arguments.json),
        detail: Detail::all_if(arguments.changes),
    };
    let name = arguments.file.display().to_string();
    let mut subject = Subject::unread(&name);
    let mut trace = Trace::default();
    let whole = refuse_interrupted_above(&arguments.file).map_err(Problem::from);
    let output = match whole.and_then(|()| load::load_with_files(&arguments.file, None)) {
        Ok(document) => {
            subject.read(&document);
            run_traced(Input::from_document(document, "client"), &mut trace).ok()
        }
        Err(problem) => {
            trace.problems.push(problem);
            None
        }
    };
    let summary = Summary::new(&subject, output.as_ref());
    let is_complete = output.is_some();
    match reporter.form {
        Form::Text => {
            let text = text(&summary, is_complete, &trace, reporter.detail);
            reporter.text(&text)?;
        }
        Form::Json => {
            let report = Report::of_trace(summary, is_complete, &trace, reporter.detail);
            reporter.object(&report)?;
        }
    }
    Ok(exit(&trace.problems, arguments.deny_warnings))
}

fn exit(problems: &[Problem], deny_warnings: bool) -> Exit {
    let fails = |problem: &Problem| match problem.severity {
        Severity::Error => true,
        Severity::Warning => deny_warnings,
        Severity::Note => false,
    };
    if problems.iter().any(fails) {
        Exit::Failure
    } else {
        Exit::Success
    }
}

fn text(summary: &Summary, is_complete: bool, trace: &Trace, detail: Detail) -> String {
    let name = &summary.name;
    let mut text = render(&trace.problems, false);
    text += &kinds(name, &trace.problems);
    text += &changes(name, &trace.changes, detail);
    if is_complete {
        let Summary {
            operations,
            methods,
            skipped,
            ..
        } = summary;
        return text + &line(name, *operations, *methods, *skipped) + "\n";
    }
    let after = Stage::ALL.iter().filter(|stage| **stage > trace.stage);
    let after: Vec<String> = after.map(ToString::to_string).collect();
    let stage = trace.stage;
    match after.as_slice() {
        [] => text + &format!("{name}: the run ended in {stage}\n"),
        _ => {
            text + &format!(
                "{name}: the run ended in {stage}; these stages did not run: {}\n",
                after.join(", ")
            )
        }
    }
}

/// One line for each severity: how many problems there are of each kind.
fn kinds(name: &str, problems: &[Problem]) -> String {
    let counts = kind_counts(problems);
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let kinds: Vec<String> = counts
            .iter()
            .filter(|count| count.severity == severity)
            .map(|count| format!("{} {}", count.kind, count.count))
            .collect();
        if !kinds.is_empty() {
            let _ = writeln!(text, "{name}: {severity}s by kind: {}", kinds.join(", "));
        }
    }
    text
}
