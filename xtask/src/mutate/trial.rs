//! One document through all that `cargo xtask generate` does with it, and what must hold afterwards.

use crate::load::load_text;
use crate::pipeline::{Input, Output, run};
use crate::problem::{Problem, ProblemKind, render};
use crate::report::{Detail, report};
use crate::source::Document;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The crate that trials make.
const NAME: &str = "mutant";

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A client was made, with this many operations left out.
    Generated {
        /// Operations without a method.
        skipped: usize,
    },
    /// There is no client to make, and problems say why.
    Refused,
    /// The pipeline panicked, with this message.
    Panicked(String),
    /// Something does not hold that must.
    Broken(String),
}

/// A trial that came to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// How it ended.
    pub outcome: Outcome,
    /// The generator failed on a part of the document, and the pipeline caught it.
    pub generator_failed: bool,
}

/// Tries a text. `twice` also checks that a second run gives the same.
///
/// A stack that overflows, memory that runs out, and a run without end are for the caller to notice.
#[must_use]
pub fn trial(text: &str, twice: bool) -> Trial {
    catch_unwind(AssertUnwindSafe(|| attempt(text, twice))).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        Trial {
            outcome: Outcome::Panicked(message.unwrap_or("without a message").to_owned()),
            generator_failed: false,
        }
    })
}

fn attempt(text: &str, twice: bool) -> Trial {
    let result = load_text(Path::new("openapi.json"), text.to_owned())
        .map_err(|problem| vec![problem])
        .and_then(|document| {
            let again = twice.then(|| document.clone());
            let output = run(Input::from_document(document, NAME))?;
            Ok((output, again))
        });
    match result {
        Ok((output, again)) => Trial {
            outcome: check(&output, again),
            generator_failed: has_failure(&output.problems),
        },
        Err(problems) => Trial {
            outcome: check_refusal(&problems),
            generator_failed: has_failure(&problems),
        },
    }
}

fn has_failure(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.kind == ProblemKind::Generator)
}

fn check(output: &Output, again: Option<Document>) -> Outcome {
    let broken = |what: String| Outcome::Broken(what);
    if output.methods() > output.operations_in {
        return broken(format!(
            "{} methods for {} operations",
            output.methods(),
            output.operations_in
        ));
    }
    let named: BTreeSet<&str> = output
        .problems
        .iter()
        .filter(|problem| problem.is_error())
        .filter_map(|problem| problem.operation.as_deref())
        .collect();
    if named.len() != output.skipped() {
        return broken(format!(
            "{} operations are left out, {} named",
            output.skipped(),
            named.len()
        ));
    }
    if let Some(what) = unsaid(&output.problems) {
        return broken(what);
    }
    let mut files = output.files.0.iter();
    if let Some((path, _)) = files.find(|(_, text)| text.contains("compile_error!")) {
        return broken(format!("{} is not Rust", path.display()));
    }
    let _printed = report(NAME, output, Detail::All);
    let differs =
        again.and_then(|document| difference(output, run(Input::from_document(document, NAME))));
    match differs {
        Some(what) => broken(what),
        None => Outcome::Generated {
            skipped: output.skipped(),
        },
    }
}

fn check_refusal(problems: &[Problem]) -> Outcome {
    if problems.is_empty() {
        return Outcome::Broken("refused without a problem".to_owned());
    }
    unsaid(problems).map_or(Outcome::Refused, Outcome::Broken)
}

/// A problem without words, or problems that cannot be printed.
fn unsaid(problems: &[Problem]) -> Option<String> {
    if let Some(problem) = problems
        .iter()
        .find(|problem| problem.message.trim().is_empty())
    {
        return Some(format!("a problem without a message: {problem:?}"));
    }
    (!problems.is_empty() && render(problems, false).trim().is_empty())
        .then(|| "problems that print as nothing".to_owned())
}

/// What differs between two runs on one document.
fn difference(first: &Output, second: Result<Output, Vec<Problem>>) -> Option<String> {
    let Ok(second) = second else {
        return Some("the second run made nothing".to_owned());
    };
    let file = first
        .files
        .0
        .iter()
        .find(|(path, text)| second.files.0.get(*path) != Some(text))
        .map(|(path, _)| format!("{} differs in the second run", path.display()));
    let count = first.files.0.len() != second.files.0.len();
    file.or_else(|| count.then(|| "the second run made other files".to_owned()))
        .or_else(|| {
            (first.types != second.types || first.calls != second.calls)
                .then(|| "the second run made other types or calls".to_owned())
        })
}
