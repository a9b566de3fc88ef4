//! `cargo xtask weigh`: what generated crates cost to compile and to link.

use super::generate::folders;
use super::{Exit, print_problems, workspace};
use crate::folder::SpecFolder;
use crate::load;
use crate::package::Core;
use crate::pipeline::{Input, run};
use crate::problem::{Problem, ProblemKind};
use crate::text::{Terminal, json};
use crate::weigh::features::Wanted;
use crate::weigh::measure::{self, Options};
use crate::weigh::{REFINED, Weight, table};
use crate::write;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Weigh generated crates against what progenitor alone makes of the same documents
///
/// Both crates of a document are compiled in turns; of the rounds the least processor time counts, and the most memory.
/// A ratio is ours over progenitor's.
#[derive(Debug, Clone, clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
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
    /// Features to check alone: `all`, `median` (that one and the largest), `none`, or names with commas
    #[arg(long, value_name = "WHICH", default_value = "all")]
    pub features: Wanted,
    /// An operation that the programs call, by method name or operation id; may be repeated [default: three are chosen]
    #[arg(long, value_name = "NAME")]
    pub call: Vec<String>,
    /// Compile nothing with optimizations: neither the crates nor programs that make a few calls
    #[arg(long)]
    pub check_only: bool,
    /// Print JSON, one object a line for each document
    #[arg(long)]
    pub json: bool,
    /// Print a table in Markdown, a row for each document
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
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
    let options = options(arguments);
    let mut exit = Exit::Success;
    if arguments.markdown {
        writeln!(
            out,
            "{}\n\n{}",
            circumstances(),
            table::MARKDOWN_HEAD.trim_end()
        )?;
    }
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
        let told = |what: &str| tell(&name, what);
        match measure::weigh(&name, &output, &options, &told) {
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
        writeln!(out, "{}", json(weight)?)?;
    } else if arguments.markdown {
        out.write_all(table::markdown(weight).as_bytes())?;
    } else {
        out.write_all(table::plain(weight).as_bytes())?;
    }
    // A run takes minutes: each document is shown when it is done.
    out.flush()
}

/// Says on the error stream what is going on: a large document takes minutes.
fn tell(name: &str, what: &str) {
    // Progress that nobody reads is no failure.
    let _ = writeln!(Terminal::new(io::stderr()), "{name}: {what}");
}

fn inputs(arguments: &Arguments) -> Result<Vec<(String, Input)>, Vec<Problem>> {
    let mut inputs = Vec::new();
    // What is measured is built with the crates of this workspace.
    write::refuse_interrupted(&workspace()).map_err(|error| vec![error.into()])?;
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

fn options(arguments: &Arguments) -> Options {
    let root = workspace();
    Options {
        rounds: arguments.rounds,
        features: arguments.features.clone(),
        calls: arguments.call.clone(),
        release: !arguments.check_only,
        core: Core::Path(root.join("crates/rapid7-core").display().to_string()),
        lock: root.join("Cargo.lock"),
        scratch: arguments.scratch.clone().unwrap_or_else(default_scratch),
    }
}

/// `weigh` in the target directory of this workspace.
fn default_scratch() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target
        .unwrap_or_else(|| workspace().join("target"))
        .join("weigh")
}

/// The day, and what of the machine matters to the figures.
fn circumstances() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let memory = memory().map_or_else(String::new, |gib| format!(", {gib} GiB of memory"));
    format!(
        "{}: {cores} cores{memory}, {} on {}, {}.",
        jiff::Timestamp::now().strftime("%Y-%m-%d"),
        std::env::consts::ARCH,
        std::env::consts::OS,
        version.unwrap_or_else(|_| "an unknown compiler".to_owned()),
    )
}

/// Memory of the machine in GiB, where the system says.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib.div_ceil(1024 * 1024))
}
