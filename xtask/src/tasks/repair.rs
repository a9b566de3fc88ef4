//! `cargo xtask repair`: files as they were before an interrupted write, or as they are after it.

use super::{Exit, print_problems, workspace};
use crate::write::{self, Interrupted, Repaired};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Complete or undo a write that was interrupted
///
/// Every other command refuses to work with files of which some are old and some are new. When the write had begun to
/// replace files, the rest is replaced too, so that all are new; before that, all stay old. Temporary files are deleted.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The folder that was written to, as with `generate --out` [default: this workspace]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn repair(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let folder = arguments.folder.clone().unwrap_or_else(workspace);
    repair_folder(&folder, out)
}

/// The task for one folder.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn repair_folder(folder: &Path, out: &mut dyn Write) -> io::Result<Exit> {
    let Repaired {
        state,
        deleted,
        restored,
    } = match write::repair(folder) {
        Ok(repaired) => repaired,
        Err(error) => {
            print_problems(&[error.into()], out)?;
            return Ok(Exit::Failure);
        }
    };
    let what = match state {
        Some(Interrupted::Before) => "nothing was replaced, all files are old",
        Some(Interrupted::Between) => "the rest is replaced, all files are new",
        Some(_) => "all files were replaced, all are new",
        None if deleted.is_empty() && restored.is_empty() => "nothing to repair",
        None => "temporary files were left over",
    };
    writeln!(out, "{}: {what}", folder.display())?;
    for path in restored {
        writeln!(out, "put back {}", path.display())?;
    }
    for path in deleted {
        writeln!(out, "deleted {}", path.display())?;
    }
    Ok(Exit::Success)
}
