//! `cargo xtask record`: the hashes of documents that were changed by hand.

use super::generate::folders;
use super::{Exit, print_problems, workspace};
use crate::folder::{Hashes, SpecFolder};
use crate::problem::Problem;
use crate::write::{self, FileSet};
use std::io::{self, Write};
use std::path::Path;

/// Record the hashes of documents that were changed by hand
///
/// Every other command refuses a document, or a file that it refers to, that is not what `api.toml` records: it may be
/// half of a release, or cut off. After a change that is meant, this command writes the new hashes to `api.toml`.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Only this specification folder; may be repeated
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn record(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    record_in(&workspace(), &arguments.api, out)
}

/// The task for the workspace at `root`.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn record_in(root: &Path, names: &[String], out: &mut dyn Write) -> io::Result<Exit> {
    match files(root, names).and_then(|files| replace(root, &files)) {
        Ok(changed) if changed.is_empty() => {
            writeln!(out, "all hashes are recorded")?;
            Ok(Exit::Success)
        }
        Ok(changed) => {
            for path in changed {
                writeln!(out, "recorded new hashes in {path}")?;
            }
            Ok(Exit::Success)
        }
        Err(problems) => {
            print_problems(&problems, out)?;
            Ok(Exit::Failure)
        }
    }
}

/// Each `api.toml`, with the hashes of the document beside it.
fn files(root: &Path, names: &[String]) -> Result<FileSet, Vec<Problem>> {
    let mut files = FileSet::default();
    for folder in folders(&root.join("specs"), names).map_err(|problem| vec![problem])? {
        let SpecFolder { api, document, .. } = SpecFolder::open_unchecked(&folder)?;
        let text = Hashes::of(&document).record(&api.source);
        let path = api
            .source
            .path
            .strip_prefix(root)
            .unwrap_or(&api.source.path);
        files.insert(path, text.map_err(|problem| vec![problem])?);
    }
    Ok(files)
}

/// Writes what differs, and says what that was.
fn replace(root: &Path, files: &FileSet) -> Result<Vec<String>, Vec<Problem>> {
    let stale = write::check(root, &[], files);
    let stale = stale.and_then(|stale| write::write(root, &[], files).map(|()| stale));
    let stale = stale.map_err(|error| vec![error.into()])?;
    let paths = stale.iter().map(|stale| stale.path.display().to_string());
    Ok(paths.collect())
}
