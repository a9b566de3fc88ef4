//! What `cargo xtask` can do, one file a task.

pub mod conformance;
pub mod corpus;
pub mod diagnose;
pub mod diff;
pub mod find;
pub mod generate;
pub mod mutate;
pub mod pull;
pub mod record;
pub mod repair;
pub mod weigh;

use crate::problem::{Problem, render};
use std::io::{self, Write};
use std::path::PathBuf;

/// How a task ended, as the process tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Success,
    /// Something is wrong with an input, or could not be read or written.
    Failure,
    /// `--check` found files that are not what their inputs give.
    Stale,
    /// `diff` found differences that break no caller.
    Compatible,
    /// `diff` found differences that break callers.
    Breaking,
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Stale => 4,
            Self::Compatible => 5,
            Self::Breaking => 6,
        }
    }
}

/// The exit code of a process that panicked, which is a fault of the pipeline and not of its input.
pub const PANICKED: u8 = 101;

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .map_or_else(|| manifest.clone(), std::path::Path::to_path_buf)
}

/// Prints problems the way rustc prints them.
fn print_problems(problems: &[Problem], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(render(problems, false).as_bytes())
}
