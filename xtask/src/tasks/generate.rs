//! `cargo xtask generate`: the client crates, from the specifications.

use super::{Exit, print_problems, workspace};
use crate::folder::{AuthFamily, OperationsToml, SpecFolder, TypesToml};
use crate::load;
use crate::package::{Core, member, standalone};
use crate::pipeline::{Input, Output, run};
use crate::problem::{Problem, ProblemKind};
use crate::refine::Naming;
use crate::report::{Detail, line, report};
use crate::write::{self, FileSet, Stale, StaleKind};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where generated code goes inside a crate.
const GENERATED: &str = "src/generated";

/// Generate the client crates from the specifications
#[derive(Debug, Clone, clap::Args)]
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
    /// A document outside of `specs/`, for a crate outside of this workspace
    #[arg(long, value_name = "FILE", requires_all = ["out", "crate_name"], conflicts_with = "check")]
    pub spec: Option<PathBuf>,
    /// Folder that the document's references to other files may not leave [default: the document's folder]
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub root: Option<PathBuf>,
    /// Folder of the crate to write
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    /// Name of the crate to write
    #[arg(long = "crate", value_name = "NAME", requires = "spec")]
    pub crate_name: Option<String>,
    /// The runtime that the crate depends on: a folder, or a version requirement [default: this workspace's folder]
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

fn detail(arguments: &Arguments) -> Detail {
    if arguments.changes {
        Detail::All
    } else {
        Detail::Summary
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
    let core = match &arguments.core {
        Some(core) => Core::parse(core),
        None => Core::Path(workspace().join("crates/rapid7-core").display().to_string()),
    };
    let output = load::load_with_files(spec, arguments.root.as_deref())
        .map_err(|problem| vec![problem])
        .and_then(|document| {
            check_crate_name(name)?;
            run(Input {
                operations: OperationsToml::empty(Path::new("operations.toml")),
                types: TypesToml::default(),
                rules: BTreeMap::new(),
                overlay: None,
                auth: AuthFamily::Document,
                naming: Naming {
                    crate_name: name.to_owned(),
                    command: format!("cargo xtask generate --spec FILE --out DIR --crate {name}"),
                },
                document,
            })
        });
    let output = match output {
        Ok(output) => output,
        Err(problems) => {
            print_problems(&problems, out)?;
            return Ok(Exit::Failure);
        }
    };
    out.write_all(report(name, &output, detail(arguments)).as_bytes())?;
    let mut files = output.files.under(GENERATED);
    files.0.extend(standalone(name, &output.api.title, &core).0);
    match write::write(folder, &[PathBuf::from(GENERATED)], &files) {
        Ok(()) => Ok(Exit::Success),
        Err(error) => failed(&error, out),
    }
}

fn check_crate_name(name: &str) -> Result<(), Vec<Problem>> {
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if legal {
        return Ok(());
    }
    let message = format!("`{name}` is not the name of a crate");
    Err(vec![
        Problem::error(ProblemKind::InvalidName, message)
            .help("lower-case letters, digits, `-` and `_`, a letter first"),
    ])
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
    let folders = match folders(&root.join("specs"), &arguments.api) {
        Ok(folders) => folders,
        Err(problem) => {
            print_problems(&[problem], out)?;
            return Ok(Exit::Failure);
        }
    };
    let mut files = FileSet::default();
    let mut owned = Vec::new();
    let mut totals = [0, 0, 0];
    let mut failed_folders = 0;
    for folder in &folders {
        match generate_folder(folder, root) {
            Ok((name, output, made)) => {
                out.write_all(report(&name, &output, detail(arguments)).as_bytes())?;
                for (total, count) in totals.iter_mut().zip([
                    output.operations_in,
                    output.methods(),
                    output.skipped(),
                ]) {
                    *total += count;
                }
                if output.skipped() > 0 {
                    failed_folders += 1;
                }
                owned.push(Path::new("crates").join(&name).join(GENERATED));
                files.0.extend(made.0);
            }
            Err(problems) => {
                print_problems(&problems, out)?;
                failed_folders += 1;
            }
        }
    }
    if failed_folders > 0 {
        writeln!(
            out,
            "nothing written: {failed_folders} of {} specifications have errors",
            folders.len()
        )?;
        return Ok(Exit::Failure);
    }
    if folders.len() > 1 {
        writeln!(out, "{}", line("total", totals[0], totals[1], totals[2]))?;
    }
    if arguments.check {
        return check(root, &owned, &files, out);
    }
    match write::write(root, &owned, &files) {
        Ok(()) => Ok(Exit::Success),
        Err(error) => failed(&error, out),
    }
}

/// The folders under `specs/`, or the ones asked for.
pub(super) fn folders(specs: &Path, wanted: &[String]) -> Result<Vec<PathBuf>, Problem> {
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
    let name = |path: &PathBuf| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let names: Vec<String> = found.iter().map(name).collect();
    if let Some(missing) = wanted.iter().find(|wanted| !names.contains(wanted)) {
        let message = format!("there is no specification folder `{missing}`");
        return Err(Problem::error(ProblemKind::Unreadable, message)
            .help(format!("there are: {}", names.join(", "))));
    }
    found.retain(|path| wanted.is_empty() || wanted.contains(&name(path)));
    Ok(found)
}

/// All files that one folder decides, relative to the workspace.
fn generate_folder(folder: &Path, root: &Path) -> Result<(String, Output, FileSet), Vec<Problem>> {
    let opened = SpecFolder::open(folder)?;
    let name = opened.api.crate_name.clone();
    let title = opened.api.title.clone();
    let mock = opened.api.mock.clone();
    let calls = opened.api.calls.clone();
    check_folder_name(folder, &opened)?;
    let output = run(Input::from_folder(opened))?;
    let crate_folder = Path::new("crates").join(&name);
    let mut files = output.files.clone().under(crate_folder.join(GENERATED));
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
    // Manifest and lib.rs start from a template and are edited by hand afterwards.
    for (path, text) in member(&name, &title).under(&crate_folder).0 {
        if !root.join(&path).exists() {
            files.insert(path, text);
        }
    }
    Ok((name, output, files))
}

fn check_folder_name(folder: &Path, opened: &SpecFolder) -> Result<(), Vec<Problem>> {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
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

fn check(root: &Path, owned: &[PathBuf], files: &FileSet, out: &mut dyn Write) -> io::Result<Exit> {
    let stale = match write::check(root, owned, files) {
        Ok(stale) => stale,
        Err(error) => return failed(&error, out),
    };
    if stale.is_empty() {
        return Ok(Exit::Success);
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
        writeln!(out, "{} {what}", path.display())?;
        out.write_all(diff_head.as_bytes())?;
    }
    writeln!(
        out,
        "{} files are not what the specifications give; run: cargo xtask generate",
        stale.len()
    )?;
    Ok(Exit::Stale)
}

fn failed(error: &write::WriteError, out: &mut dyn Write) -> io::Result<Exit> {
    print_problems(
        &[Problem::error(ProblemKind::Unwritable, error.to_string())],
        out,
    )?;
    Ok(Exit::Failure)
}
