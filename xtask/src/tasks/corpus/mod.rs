//! `cargo xtask corpus`: the pipeline tried on many documents, each in a process of its own.

mod attempt;
mod compile;
mod documents;
mod outcome;
mod print;

use super::{Exit, workspace};
use crate::limit::IS_LIMITED;
use crate::problem::{Problem, ProblemKind};
use crate::report::{Detail, Form, Reporter};
use crate::write;
use attempt::{Attempt, Runner, attempt_all};
use compile::{Compilation, compile};
use documents::{Corpus, find};
use outcome::Outcome;
use print::{Totals, tell};
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{PathBuf, absolute};
use std::time::Duration;

/// Try the pipeline on all documents below some folders
///
/// Each document is generated in a process of its own, within limits. Files that are no OpenAPI or Swagger documents
/// are listed and not counted.
///
/// Exit code: 0 when a client was generated from every document, and compiles where that is asked for; else 1.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Folders with JSON and YAML files, at any depth; or such files
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Check all crates with cargo too, in one workspace
    #[arg(long)]
    pub compile: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Only documents with this in their path below the folder; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Wall-clock time that a document may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub time_limit: u64,
    /// Address space that a document may take, beside its stack; kept on Linux only
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    pub memory_limit: u64,
    /// Documents tried at one time [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
    /// Where the crates go, below `crates/`; what cargo makes of them, below `target/` [default: target/corpus]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The program that generates [default: this one]
    #[arg(long, hide = true)]
    pub program: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn corpus(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let mut reporter = Reporter {
        out,
        form: Form::json_if(arguments.json),
        detail: Detail::Summary,
    };
    match run(arguments) {
        Ok(run) => {
            tell(&run, &mut reporter)?;
            Ok(run.exit())
        }
        Err(problem) => {
            reporter.problems(&[problem])?;
            Ok(Exit::Failure)
        }
    }
}

/// All that was tried.
struct Run {
    attempts: Vec<Attempt>,
    /// Files that are no documents.
    others: Vec<String>,
    /// What cargo says, where it was asked.
    compilation: Option<Compilation>,
    memory_is_limited: bool,
}

impl Run {
    /// Whether the client of a document compiles; `None` where there is none, or nobody asked.
    fn compiles(&self, attempt: &Attempt) -> Option<bool> {
        let compilation = self.compilation.as_ref()?;
        let crates = &compilation.crates;
        crates
            .get(&attempt.crate_name)
            .map(|verdict| verdict.compiled)
    }

    fn exit(&self) -> Exit {
        let totals = Totals::of(self);
        let is_good = totals.generated == totals.documents
            && totals
                .compiled
                .is_none_or(|compiled| compiled == totals.documents);
        if is_good {
            Exit::Success
        } else {
            Exit::Failure
        }
    }
}

fn run(arguments: &Arguments) -> Result<Run, Problem> {
    write::refuse_interrupted(&workspace())?;
    let Corpus { documents, others } = find(&arguments.folders, &arguments.only)?;
    if documents.is_empty() {
        let message = "there is no OpenAPI document among the files";
        let problem = Problem::error(ProblemKind::DocumentChoice, message);
        return Err(problem.help("a document has `openapi` or `swagger` at its root"));
    }
    let folder = match &arguments.out {
        // Cargo runs in there, and a relative path would be another.
        Some(folder) => absolute(folder).map_err(|error| unusable("the folder", &error))?,
        None => workspace().join("target/corpus"),
    };
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().map_err(|error| unusable("this program", &error))?,
    };
    let processors = || std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let jobs = arguments.jobs.unwrap_or_else(processors).get();
    let runner = Runner {
        program,
        folder: folder.clone(),
        time_limit: Duration::from_secs(arguments.time_limit),
        memory_limit: arguments.memory_limit,
    };
    let attempts = attempt_all(&runner, &documents, jobs)?;
    let compilation = if arguments.compile {
        let generated = attempts
            .iter()
            .filter(|attempt| attempt.outcome == Outcome::Generated);
        let names: Vec<&str> = generated
            .map(|attempt| attempt.crate_name.as_str())
            .collect();
        Some(compile(&folder, &names, jobs)?)
    } else {
        None
    };
    Ok(Run {
        attempts,
        others,
        compilation,
        memory_is_limited: IS_LIMITED,
    })
}

fn unusable(what: &str, error: &io::Error) -> Problem {
    Problem::error(
        ProblemKind::Unreadable,
        format!("cannot use {what}: {error}"),
    )
}
