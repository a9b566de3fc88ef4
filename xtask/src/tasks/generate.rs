//! `cargo xtask generate`: the client crates, from the specifications.

use super::{Exit, workspace};
use crate::crate_names;
use crate::folder::SpecFolder;
use crate::load;
use crate::package::{Core, features, member, standalone};
use crate::parallel;
use crate::pipeline::{Input, Output, run};
use crate::problem::{Problem, ProblemKind};
use crate::report::{Detail, Form, Reporter, Subject, line};
use crate::write::{self, FileSet, GENERATED, Stale, StaleKind};
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

mod crate_folder;
mod manifests;

use crate_folder::CrateFolder;
use manifests::HandedOn;

/// Generate the client crates from the specifications
#[derive(Debug, Clone, clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct Arguments {
    /// Write nothing; fail with exit code 4 when a committed file is not what its inputs give
    #[arg(long)]
    pub check: bool,
    /// Only this specification folder; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "spec")]
    pub api: Vec<String>,
    /// Print every change that a rule made to the document
    #[arg(long)]
    pub changes: bool,
    /// Print JSON, one object a line: the report of each API, then files that are stale (`stale`) and problems that
    /// belong to no API (`problems`), if any
    #[arg(long)]
    pub json: bool,
    /// Pass over overlay actions that the document no longer needs, and report them
    #[arg(long)]
    pub accept_stale: bool,
    /// A document outside of `specs/`, for a crate outside of this workspace
    #[arg(long, value_name = "FILE", requires_all = ["out", "crate_name"], conflicts_with = "check")]
    pub spec: Option<PathBuf>,
    /// Folder that the document's references to other files may not leave [default: the document's folder]
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub root: Option<PathBuf>,
    /// Folder of the crate to write: a new one, or one that this command has written. What people edit there is kept
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    /// Name of the crate to write
    #[arg(long = "crate", value_name = "NAME", requires = "spec")]
    pub crate_name: Option<String>,
    /// The runtime that a new crate depends on: a folder, or a version requirement [default: this workspace's folder]
    #[arg(long, value_name = "PATH|VERSION", requires = "spec")]
    pub core: Option<String>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn generate(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    match (&arguments.spec, &arguments.out, &arguments.crate_name) {
        (Some(spec), Some(folder), Some(name)) => one_document(arguments, spec, folder, name, out),
        _ => specification_folders(arguments, &workspace(), out),
    }
}

fn reporter<'a>(arguments: &Arguments, out: &'a mut dyn Write) -> Reporter<'a> {
    Reporter {
        out,
        form: Form::json_if(arguments.json),
        detail: Detail::all_if(arguments.changes),
    }
}

/// A crate of its own from one document.
fn one_document(
    arguments: &Arguments,
    spec: &Path,
    folder: &Path,
    name: &str,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let mut reporter = reporter(arguments, out);
    let core = match &arguments.core {
        Some(core) => Core::parse(core),
        None => Core::Path(workspace().join("crates/rapid7-core").display().to_string()),
    };
    let mut subject = Subject::unread(name);
    let made = crate_folder_to_write(folder, name).and_then(|crate_folder| {
        let document = load::load_with_files(spec, arguments.root.as_deref()).map_err(one)?;
        subject.read(&document);
        let output = run(Input::from_document(document, name))?;
        let files = crate_folder
            .files(standalone(name, &output.api, &core), &output)
            .map_err(one)?;
        Ok((output, files))
    });
    let (output, files) = match made {
        Ok(made) => made,
        Err(problems) => {
            reporter.failed(&subject, &problems)?;
            return Ok(Exit::Failure);
        }
    };
    reporter.generated(&subject, &output)?;
    match write::write(folder, &[PathBuf::from(GENERATED)], &files) {
        Ok(()) => Ok(Exit::Success),
        Err(error) => failed(error, &mut reporter),
    }
}

/// The folder of a crate of its own, if the crate can be written there.
fn crate_folder_to_write<'a>(
    folder: &'a Path,
    name: &'a str,
) -> Result<CrateFolder<'a>, Vec<Problem>> {
    crate_names::check_generated(name).map_err(|error| {
        let problem = Problem::error(ProblemKind::InvalidName, error.to_string());
        one(problem.help(error.help()))
    })?;
    write::refuse_interrupted(folder).map_err(|error| one(error.into()))?;
    CrateFolder::open(folder, Path::new(""), name).map_err(one)
}

/// The crates of the workspace at `root`: all inputs are read before anything is written.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn specification_folders(
    arguments: &Arguments,
    root: &Path,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let mut reporter = reporter(arguments, out);
    let folders = match folders(&root.join("specs"), &arguments.api) {
        Ok(folders) => folders,
        Err(problem) => {
            reporter.problems(&[problem])?;
            return Ok(Exit::Failure);
        }
    };
    let mut all = All::default();
    for attempt in parallel::map(&folders, |folder| attempt(arguments, folder, root)) {
        let Attempt { told, made } = attempt?;
        reporter.out.write_all(&told)?;
        match made {
            Some(made) => all.add(made),
            None => all.failed += 1,
        }
    }
    if all.failed > 0 {
        reporter.text(&format!(
            "nothing written: {} of {} specifications have errors\n",
            all.failed,
            folders.len()
        ))?;
        return Ok(Exit::Failure);
    }
    if let Err(problem) = manifests::hand_on(root, &all.handed_on, &mut all.files) {
        reporter.problems(&[problem])?;
        return Ok(Exit::Failure);
    }
    if folders.len() > 1 {
        let [operations, methods, skipped] = all.totals;
        reporter.text(&(line("total", operations, methods, skipped) + "\n"))?;
    }
    if arguments.check {
        return check(root, &all.owned, &all.files, &mut reporter);
    }
    match write::write(root, &all.owned, &all.files) {
        Ok(()) => Ok(Exit::Success),
        Err(error) => failed(error, &mut reporter),
    }
}

/// The folders under `specs/`, or the ones asked for, unless an earlier write to the workspace was interrupted.
pub(super) fn folders(specs: &Path, wanted: &[String]) -> Result<Vec<PathBuf>, Problem> {
    let root = specs.parent().unwrap_or(specs);
    write::refuse_interrupted(root)?;
    let unreadable = |error: io::Error| {
        Problem::error(
            ProblemKind::Unreadable,
            format!("cannot read {}: {error}", specs.display()),
        )
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(specs).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    let names: Vec<String> = found.iter().map(|path| folder_name(path)).collect();
    if let Some(missing) = wanted.iter().find(|wanted| !names.contains(wanted)) {
        let message = format!("there is no specification folder `{missing}`");
        return Err(Problem::error(ProblemKind::Unreadable, message)
            .help(format!("there are: {}", names.join(", "))));
    }
    found.retain(|path| wanted.is_empty() || wanted.contains(&folder_name(path)));
    Ok(found)
}

fn folder_name(folder: &Path) -> String {
    folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What one specification folder gives.
struct Made {
    /// Name of the crate.
    name: String,
    /// The crate that hands on its features.
    facade: Option<String>,
    output: Output,
    /// All files that the folder alone decides, relative to the workspace.
    files: FileSet,
}

/// What all specification folders give.
#[derive(Default)]
struct All {
    files: FileSet,
    /// Folders with nothing but generated files.
    owned: Vec<PathBuf>,
    /// Features for the manifests of facades.
    handed_on: Vec<HandedOn>,
    /// Operations, methods and operations without one.
    totals: [usize; 3],
    /// Folders that failed.
    failed: usize,
}

impl All {
    fn add(&mut self, made: Made) {
        let Made {
            name,
            facade,
            output,
            files,
        } = made;
        let counts = [output.operations_in, output.methods(), output.skipped()];
        for (total, count) in self.totals.iter_mut().zip(counts) {
            *total += count;
        }
        if output.skipped() > 0 {
            self.failed += 1;
        }
        self.owned
            .push(Path::new("crates").join(&name).join(GENERATED));
        self.files.0.extend(files.0);
        self.handed_on.extend(facade.map(|facade| HandedOn {
            features: features::of_facade(&facade, &name, &output.api),
            facade,
            crate_name: name,
        }));
    }
}

/// One specification folder, done.
struct Attempt {
    /// What the reporter says of it.
    told: Vec<u8>,
    /// Nothing when it has errors.
    made: Option<Made>,
}

/// Generates one folder, and keeps what there is to tell until the folders before it are told.
fn attempt(arguments: &Arguments, folder: &Path, root: &Path) -> io::Result<Attempt> {
    let mut told = Vec::new();
    let mut reporter = reporter(arguments, &mut told);
    let mut subject = Subject::unread(&folder_name(folder));
    let made = match generate_folder(folder, root, arguments.accept_stale, &mut subject) {
        Ok(made) => {
            reporter.generated(&subject, &made.output)?;
            Some(made)
        }
        Err(problems) => {
            reporter.failed(&subject, &problems)?;
            None
        }
    };
    Ok(Attempt { told, made })
}

/// Runs the pipeline on one folder.
fn generate_folder(
    folder: &Path,
    root: &Path,
    accept_stale: bool,
    subject: &mut Subject,
) -> Result<Made, Vec<Problem>> {
    let opened = SpecFolder::open(folder)?;
    subject.read(&opened.document);
    let name = opened.api.crate_name.clone();
    let title = opened.api.title.clone();
    let mock = opened.api.mock.clone();
    let calls = opened.api.calls.clone();
    let facade = opened.api.facade.clone();
    check_folder_name(folder, &opened)?;
    let place = Path::new("crates").join(&name);
    let crate_folder = CrateFolder::open(root, &place, &name).map_err(one)?;
    let output = run(Input {
        accept_stale,
        ..Input::from_folder(opened)
    })?;
    let mut files = crate_folder
        .files(member(&name, &title, &output.api), &output)
        .map_err(one)?;
    let specs = folder.strip_prefix(root).unwrap_or(folder);
    if output.operations.is_changed() {
        files.insert(specs.join("operations.toml"), output.operations.to_string());
    }
    files.insert(specs.join("types.toml"), output.types.to_string());
    if let Some(mock) = mock {
        // Where a crate can include it: a published crate has no `specs/`.
        let path = Path::new("crates")
            .join(mock)
            .join(format!("{GENERATED}/{name}.json"));
        files.insert(path, format!("{:#}\n", output.patched));
    }
    if let Some(calls) = calls {
        let module = name.replace('-', "_");
        let path = Path::new(&calls).join(format!("{GENERATED}/{module}.rs"));
        files.insert(path, output.calls.clone());
    }
    Ok(Made {
        name,
        facade,
        output,
        files,
    })
}

fn check_folder_name(folder: &Path, opened: &SpecFolder) -> Result<(), Vec<Problem>> {
    let name = folder_name(folder);
    if name == opened.api.crate_name {
        return Ok(());
    }
    let message = format!(
        "the folder is `{name}`, but `crate` is `{}`",
        opened.api.crate_name
    );
    Err(vec![
        Problem::error(ProblemKind::InvalidName, message)
            .in_file(&opened.api.source)
            .help("a specification folder is called like its crate"),
    ])
}

fn check(
    root: &Path,
    owned: &[PathBuf],
    files: &FileSet,
    reporter: &mut Reporter<'_>,
) -> io::Result<Exit> {
    let stale = match write::check(root, owned, files) {
        Ok(stale) => stale,
        Err(error) => return failed(error, reporter),
    };
    if stale.is_empty() {
        return Ok(Exit::Success);
    }
    if reporter.form == Form::Json {
        reporter.object(&json!({ "stale": stale }))?;
        return Ok(Exit::Stale);
    }
    for Stale {
        path,
        kind,
        diff_head,
    } in &stale
    {
        let what = match kind {
            StaleKind::Missing => "is missing",
            StaleKind::Extra => "should not be there",
            StaleKind::Differs => "is stale",
        };
        reporter.text(&format!("{} {what}\n{diff_head}", path.display()))?;
    }
    reporter.text(&format!(
        "{} files are not what the specifications give; run: cargo xtask generate\n",
        stale.len()
    ))?;
    Ok(Exit::Stale)
}

fn failed(error: write::WriteError, reporter: &mut Reporter<'_>) -> io::Result<Exit> {
    reporter.problems(&[error.into()])?;
    Ok(Exit::Failure)
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}
