//! `cargo xtask diff`: what a new document means for callers, on one page.

use super::{Exit, workspace};
use crate::diff::sides::Sides;
use crate::diff::verdict::Bump;
use crate::diff::{Review, page::page, review};
use crate::problem::{Problem, ProblemKind};
use crate::report::{Detail, Form, Reporter};
use crate::text::json;
use crate::write::{FileSet, write};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Say what a new document means for callers of the crate: one page to review, with versions and changelog
///
/// Both documents go through the pipeline, and the Rust code that it gives is compared. A change breaks when code that
/// compiled no longer does, or when a call that worked is refused before it is sent.
///
/// Each document is a file, a folder as in specs/, or either at a git revision, as HEAD~1:specs/insightcloudsec-v2. A
/// file is read with what is known of the other document (names, overlay as far as it fits), as if it took its place.
///
/// Exit code: 0 when nothing differs for callers, 5 when nothing breaks, 6 when something does, 1 when a document
/// cannot be read.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The two documents; with --api at most the new one
    #[arg(value_name = "OLD NEW", num_args = 0..=2, required_unless_present = "api")]
    pub documents: Vec<String>,
    /// Compare with the committed specs/NAME; the new document is specs/NAME as it is on disk, unless given
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write the page there instead
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn diff(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let root = workspace();
    let made = documents(arguments, &root)
        .map_err(|problem| vec![problem])
        .and_then(|[old, new]| Sides::read(&old, &new, &root))
        .and_then(|sides| review(&sides, &root));
    let mut reporter = Reporter {
        out,
        form: Form::json_if(arguments.json),
        detail: Detail::Summary,
    };
    match made {
        Ok(review) => tell(&review, arguments, &mut reporter),
        Err(problems) => {
            reporter.problems(&problems)?;
            Ok(Exit::Failure)
        }
    }
}

/// The old document and the new one.
fn documents(arguments: &Arguments, root: &Path) -> Result<[String; 2], Problem> {
    let wrong = |message: &str| {
        Problem::error(ProblemKind::InvalidValue, message)
            .help("cargo xtask diff OLD NEW, or cargo xtask diff --api NAME [NEW]")
    };
    match (&arguments.api, arguments.documents.as_slice()) {
        (None, [old, new]) => Ok([old.clone(), new.clone()]),
        (None, _) => Err(wrong("two documents are compared")),
        (Some(name), given) => {
            let committed = format!("HEAD:specs/{name}");
            match given {
                [] => {
                    let current = root.join("specs").join(name);
                    Ok([committed, current.display().to_string()])
                }
                [new] => Ok([committed, new.clone()]),
                _ => Err(wrong(
                    "with --api there is one document to give, the new one",
                )),
            }
        }
    }
}

fn tell(review: &Review, arguments: &Arguments, reporter: &mut Reporter<'_>) -> io::Result<Exit> {
    let exit = match review.bump {
        None => Exit::Success,
        Some(Bump::Patch | Bump::Minor) => Exit::Compatible,
        Some(Bump::Major) => Exit::Breaking,
    };
    let text = if arguments.json {
        json(review)? + "\n"
    } else {
        page(review)
    };
    let Some(file) = &arguments.out else {
        reporter.out.write_all(text.as_bytes())?;
        return Ok(exit);
    };
    match save(file, text) {
        Ok(()) => Ok(exit),
        Err(problem) => {
            reporter.problems(&[problem])?;
            Ok(Exit::Failure)
        }
    }
}

fn save(file: &Path, text: String) -> Result<(), Problem> {
    let mut files = FileSet::default();
    let folder = file.parent().unwrap_or(Path::new(""));
    files.insert(file.file_name().unwrap_or_default(), text);
    Ok(write(folder, &[], &files)?)
}
