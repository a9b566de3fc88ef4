//! `cargo xtask weigh`: what generated crates cost to compile and to link.

use super::generate::folders;
use super::{Exit, print_problems, workspace};
use crate::folder::SpecFolder;
use crate::load;
use crate::package::{Core, standalone};
use crate::pipeline::{Input, Output, run};
use crate::problem::{Problem, ProblemKind};
use crate::weigh::unrefined::unrefined;
use crate::weigh::workshop::{Mode, Selection, WeighError, Workshop};
use crate::weigh::wrapper::Cost;
use crate::weigh::{Pair, REFINED, UNREFINED, Weight, table};
use crate::write::FileSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Weigh generated crates against what progenitor alone makes of the same documents
///
/// Both crates of a document are compiled in turns; of the rounds the least processor time counts, and the most memory.
/// A ratio is ours over progenitor's.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// This specification folder; may be repeated
    #[arg(long, value_name = "NAME", required_unless_present = "spec")]
    pub api: Vec<String>,
    /// A document outside of `specs/`; may be repeated
    #[arg(long, value_name = "FILE")]
    pub spec: Vec<PathBuf>,
    /// How often each crate is compiled
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Compile with optimizations too, once
    #[arg(long)]
    pub release: bool,
    /// Print JSON, one object a line for each document
    #[arg(long)]
    pub json: bool,
    /// Fail when a ratio is above its limit
    #[arg(long)]
    pub limits: bool,
    /// Folder for the crates and what is built of them [default: `weigh` in the target directory]
    #[arg(long, value_name = "DIR")]
    pub scratch: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn weigh(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let inputs = match inputs(arguments) {
        Ok(inputs) => inputs,
        Err(problems) => {
            print_problems(&problems, out)?;
            return Ok(Exit::Failure);
        }
    };
    let mut exit = Exit::Success;
    for (name, input) in inputs {
        tell(&name, "generating");
        let output = match run(input) {
            Ok(output) => output,
            Err(problems) => {
                print_problems(&problems, out)?;
                exit = Exit::Failure;
                continue;
            }
        };
        match weigh_one(arguments, &name, &output) {
            Ok(weight) => {
                print(arguments, &weight, out)?;
                if arguments.limits && !weight.exceeded().is_empty() {
                    exit = Exit::Failure;
                }
            }
            Err(error) => {
                writeln!(out, "{name}: {error}")?;
                exit = Exit::Failure;
            }
        }
    }
    Ok(exit)
}

fn print(arguments: &Arguments, weight: &Weight, out: &mut dyn Write) -> io::Result<()> {
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(weight)?)?;
    } else {
        out.write_all(table::plain(weight).as_bytes())?;
    }
    // A run takes minutes: each document is shown when it is done.
    out.flush()
}

/// Says on the error stream what is going on: a large document takes minutes.
fn tell(name: &str, what: &str) {
    // Progress that nobody reads is no failure.
    let _ = writeln!(io::stderr(), "{name}: {what}");
}

fn inputs(arguments: &Arguments) -> Result<Vec<(String, Input)>, Vec<Problem>> {
    let mut inputs = Vec::new();
    if !arguments.api.is_empty() {
        let specs = workspace().join("specs");
        for folder in folders(&specs, &arguments.api).map_err(|problem| vec![problem])? {
            let opened = SpecFolder::open(&folder)?;
            inputs.push((opened.api.crate_name.clone(), Input::from_folder(opened)));
        }
    }
    for path in &arguments.spec {
        let document = load::load_with_files(path, None).map_err(|problem| vec![problem])?;
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .ok_or_else(|| unnamed(path))?;
        inputs.push((name, Input::from_document(document, REFINED)));
    }
    Ok(inputs)
}

fn unnamed(path: &Path) -> Vec<Problem> {
    let message = format!("{} is no file", path.display());
    vec![Problem::error(ProblemKind::Unreadable, message)]
}

fn weigh_one(arguments: &Arguments, name: &str, output: &Output) -> Result<Weight, WeighError> {
    tell(name, "generating with progenitor alone");
    let root = workspace();
    let theirs =
        unrefined(&output.normalized, &output.api, UNREFINED).map_err(WeighError::Progenitor)?;
    let core = Core::Path(root.join("crates/rapid7-core").display().to_string());
    let mut ours = output.files.clone().under("src/generated");
    ours.0
        .extend(standalone(REFINED, &output.api.title, &core).0);
    let lines = Pair {
        refined: lines(&ours),
        unrefined: lines(&theirs.files),
    };
    let scratch = arguments.scratch.clone().unwrap_or_else(default_scratch);
    let workshop = Workshop::build(
        &scratch.join(name),
        &scratch.join("target"),
        &root.join("Cargo.lock"),
        vec![(REFINED, ours), (UNREFINED, theirs.files)],
    )?;
    let check = compare(&workshop, name, Mode::Check, arguments.rounds)?;
    let release = arguments
        .release
        .then(|| compare(&workshop, name, Mode::Release, 1))
        .transpose()?;
    Ok(Weight {
        name: name.to_owned(),
        operations: Pair {
            refined: output.methods(),
            unrefined: theirs.operations.len(),
        },
        left_out: theirs.left_out,
        lines,
        check,
        release,
    })
}

/// `weigh` in the target directory of this workspace.
fn default_scratch() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target
        .unwrap_or_else(|| workspace().join("target"))
        .join("weigh")
}

/// Compiles both crates in turns.
fn compare(
    workshop: &Workshop,
    name: &str,
    mode: Mode,
    rounds: u32,
) -> Result<Pair<Cost>, WeighError> {
    tell(name, "compiling dependencies");
    workshop.prepare(mode)?;
    let mut costs: Option<Pair<Cost>> = None;
    for round in 1..=rounds {
        let measure = |member: &str| {
            tell(
                name,
                &format!("{mode:?} of {member}, round {round} of {rounds}"),
            );
            workshop.measure(member, mode, Selection::Default)
        };
        let refined = measure(REFINED)?;
        let unrefined = measure(UNREFINED)?;
        costs = Some(match costs {
            None => Pair { refined, unrefined },
            Some(known) => Pair {
                refined: known.refined.better(refined),
                unrefined: known.unrefined.better(unrefined),
            },
        });
    }
    costs.ok_or_else(|| WeighError::Unmeasured(name.to_owned(), "there was no round".to_owned()))
}

/// Lines of all Rust files.
fn lines(files: &FileSet) -> usize {
    files
        .0
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|(_, text)| text.lines().count())
        .sum()
}
