//! `cargo xtask conformance`: every operation through its generated client, against a validator that is not ours.
//!
//! The driver is in the package `tests`, which can depend on the clients; here are the documents and the validators.

mod prism;

use super::generate::folders;
use super::{Exit, print_problems, workspace};
use crate::bundle::bundle;
use crate::folder::SpecFolder;
use crate::overlay;
use crate::problem::Problem;
use prism::{Prism, Process};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Call every operation through its client, against Prism, which checks requests and makes up answers
///
/// Documents are served with their overlays. Installs Prism with npm below `target/ci/prism` unless it is there. What is
/// known not to hold stands in `tests/conformance.toml`.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Only this specification folder; may be repeated
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
    /// Use this program instead of installing one
    #[arg(long, value_name = "PATH")]
    pub prism: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn conformance(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let root = workspace();
    let documents = match documents(&root, &arguments.api) {
        Ok(documents) => documents,
        Err(problems) => {
            print_problems(&problems, out)?;
            return Ok(Exit::Failure);
        }
    };
    match run(&root, &documents, arguments.prism.as_deref(), out) {
        Ok(exit) => Ok(exit),
        Err(error) => {
            writeln!(out, "conformance: {error}")?;
            Ok(Exit::Failure)
        }
    }
}

/// A document as the validator gets it.
struct Served {
    crate_name: String,
    /// Written as JSON, overlay applied.
    text: String,
}

fn documents(root: &Path, wanted: &[String]) -> Result<Vec<Served>, Vec<Problem>> {
    let folders = folders(&root.join("specs"), wanted).map_err(|problem| vec![problem])?;
    folders.iter().map(|folder| served(folder)).collect()
}

fn served(folder: &Path) -> Result<Served, Vec<Problem>> {
    let mut opened = SpecFolder::open(folder)?;
    bundle(&mut opened.document);
    if let Some(overlay) = &opened.overlay {
        overlay::apply(overlay, &mut opened.document)?;
    }
    Ok(Served {
        crate_name: opened.api.crate_name,
        text: opened.document.root.to_string(),
    })
}

/// Starts a validator for each document, then the driver; all end with this function.
fn run(
    root: &Path,
    documents: &[Served],
    program: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let program = match program {
        Some(path) => path.to_owned(),
        None => prism::installed(root)?,
    };
    let folder = root.join("target/conformance");
    std::fs::create_dir_all(&folder)?;
    let mut validators = Vec::new();
    let mut driver = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    driver
        .args(["run", "--quiet", "--package", "tests"])
        .args(["--bin", "conformance", "--"])
        .arg(root.join("tests/conformance.toml"))
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    for Served { crate_name, text } in documents {
        let path = folder.join(crate_name).with_extension("json");
        std::fs::write(&path, text)?;
        let validator = Prism::start(&program, &path)?;
        driver.args([crate_name.as_ref(), path.as_os_str()]);
        driver.arg(&validator.address);
        validators.push(validator);
    }
    let mut driver = Process(driver.spawn()?);
    if let Some(mut lines) = driver.0.stdout.take() {
        io::copy(&mut lines, out)?;
    }
    let status = driver.0.wait()?;
    if !validators.iter_mut().all(Prism::is_running) {
        return Err(io::Error::other("prism ended before the last operation"));
    }
    Ok(if status.success() {
        Exit::Success
    } else {
        Exit::Failure
    })
}
