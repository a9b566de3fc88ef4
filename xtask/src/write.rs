//! Puts generated files into place, or compares them with what is there.

mod leftovers;
mod ours;
mod transaction;

pub use leftovers::{Repaired, refuse_interrupted, refuse_interrupted_above, repair};
pub use ours::{GENERATED, Owner, head, is_generated, owner};
pub use transaction::{Change, Interrupted, commit};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::problem::{Problem, ProblemKind};
use serde::Serialize;
use similar::TextDiff;

/// Lines of a diff that a report shows for one file.
const DIFF_LINES: usize = 20;

/// Files to write: path relative to the root, and content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet(pub BTreeMap<PathBuf, String>);

impl FileSet {
    /// Adds a file, in place of one of that path.
    pub fn insert(&mut self, path: impl Into<PathBuf>, content: impl Into<String>) {
        self.0.insert(path.into(), content.into());
    }

    /// The same files, all inside `folder`.
    #[must_use]
    pub fn under(self, folder: impl AsRef<Path>) -> Self {
        let folder = folder.as_ref();
        Self(
            self.0
                .into_iter()
                .map(|(path, content)| (folder.join(path), content))
                .collect(),
        )
    }
}

/// Why files were not written, or not read.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, `replace` or `remove`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A path that is absolute, empty, or has `..` in it.
    #[error("cannot write {}: the path leads out of the folder that is written to", path.display())]
    Outside {
        /// The path.
        path: PathBuf,
    },
    /// A symbolic link, which may lead anywhere.
    #[error("{} is a symbolic link, which is not followed: put what it leads to in its place", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A folder in the place of a file, or the other way round.
    #[error("{} is in the way: a {expected} belongs there", path.display())]
    InTheWay {
        /// What is there.
        path: PathBuf,
        /// What is to be there.
        expected: &'static str,
    },
    /// Files among the generated ones that the generator did not write.
    #[error(
        "{} not written by the generator, which would replace or delete {}: move {} out of {GENERATED}",
        Foreign(paths),
        pronoun(paths),
        pronoun(paths)
    )]
    Foreign {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// An earlier write to the folder did not end.
    #[error("an earlier write to {} was interrupted {state}; run: {}", root.display(), repair_command(root))]
    Interrupted {
        /// The folder.
        root: PathBuf,
        /// How far it got.
        state: Interrupted,
    },
    /// Another process is writing.
    #[error("another command is writing to {}: wait until it ends", root.display())]
    Running {
        /// The folder.
        root: PathBuf,
    },
    /// A temporary file of an earlier write.
    #[error("{} is left over from a write that was interrupted; run: {}", path.display(), repair_command(root))]
    LeftOver {
        /// The file or folder.
        path: PathBuf,
        /// The folder that was written to.
        root: PathBuf,
    },
    /// A file that an interrupted write is to replace, and that changed since.
    #[error("{} was changed after the write was interrupted: move it away, or put back what it held, and repair again", path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// A write that failed between its first file and its last.
    #[error(
        "{source}; some files are replaced and some are not: remove the cause, then run: {}",
        repair_command(root)
    )]
    Incomplete {
        /// The folder that was written to.
        root: PathBuf,
        /// What went wrong.
        source: Box<Self>,
    },
}

impl WriteError {
    fn interrupted(root: &Path, state: Interrupted) -> Self {
        let root = root.to_owned();
        match state {
            Interrupted::Running => Self::Running { root },
            state => Self::Interrupted { root, state },
        }
    }

    fn incomplete(self, root: &Path) -> Self {
        Self::Incomplete {
            root: root.to_owned(),
            source: Box::new(self),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        let kind = match &error {
            WriteError::Interrupted { .. }
            | WriteError::Running { .. }
            | WriteError::LeftOver { .. }
            | WriteError::Edited { .. }
            | WriteError::Incomplete { .. } => ProblemKind::Interrupted,
            _ => ProblemKind::Unwritable,
        };
        Self::error(kind, error.to_string())
    }
}

pub(crate) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> WriteError + use<> {
    let path = path.to_owned();
    move |source| WriteError::Io {
        action,
        path,
        source,
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before it replaced the first file: all files are old",
            Self::Between => {
                "between its first file and its last: some files are old, some are new"
            }
            Self::After => "after it replaced the last file: all files are new",
            Self::Running => "by nothing: it is under way",
        })
    }
}

/// Some files in a sentence, with its verb.
struct Foreign<'a>(&'a [PathBuf]);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Most that are named.
        const NAMED: usize = 3;
        let names: Vec<String> = self
            .0
            .iter()
            .take(NAMED)
            .map(|path| path.display().to_string())
            .collect();
        f.write_str(&names.join(", "))?;
        match self.0.len() {
            0 | 1 => f.write_str(" was"),
            count if count > NAMED => write!(f, " and {} more were", count - NAMED),
            _ => f.write_str(" were"),
        }
    }
}

const fn pronoun(paths: &[PathBuf]) -> &'static str {
    if paths.len() == 1 { "it" } else { "them" }
}

/// The command that repairs a folder, as it is typed in a shell.
fn repair_command(root: &Path) -> String {
    let path = match root.to_string_lossy() {
        path if path.is_empty() => ".".to_owned(),
        path => path.into_owned(),
    };
    let is_plain = path
        .chars()
        .all(|c| c.is_alphanumeric() || "/\\.:-_+,@".contains(c));
    if is_plain {
        format!("cargo xtask repair {path}")
    } else {
        format!("cargo xtask repair '{}'", path.replace('\'', "'\\''"))
    }
}

/// A committed file that is not what its inputs give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// Path relative to the root.
    pub path: PathBuf,
    /// How it differs.
    pub kind: StaleKind,
    /// The first 20 lines of a unified diff from what is there to what should be; empty unless the file differs.
    pub diff_head: String,
}

/// How a committed file differs from what its inputs give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaleKind {
    /// It should be there and is not.
    Missing,
    /// It should not be there.
    Extra,
    /// Its content is another.
    Differs,
}

/// Puts the files into place under `root`: all, or none.
///
/// In the folders in `owned`, what the generator wrote and is not in `files` goes. What has the right content already is
/// not touched and keeps its time stamp.
///
/// # Errors
///
/// A file in an owned folder that the generator did not write, and all of [`commit`].
pub fn write(root: &Path, owned: &[PathBuf], files: &FileSet) -> Result<(), WriteError> {
    let changes: Vec<Change> = plan(root, owned, files)?
        .into_iter()
        .map(|planned| planned.change)
        .collect();
    commit(root, &changes)
}

/// Compares the files with what is there. Returns what is stale, sorted by path.
///
/// # Errors
///
/// As of [`write()`], with nothing written.
pub fn check(root: &Path, owned: &[PathBuf], files: &FileSet) -> Result<Vec<Stale>, WriteError> {
    let stale = |Planned { change, current }: Planned| {
        let (kind, diff_head) = match (current, change.content) {
            (_, None) => (StaleKind::Extra, String::new()),
            (None, Some(_)) => (StaleKind::Missing, String::new()),
            (Some(old), Some(new)) => {
                let [old, new] = [&old, &new].map(|text| String::from_utf8_lossy(text));
                (StaleKind::Differs, diff_head(&old, &new))
            }
        };
        Stale {
            path: change.path,
            kind,
            diff_head,
        }
    };
    let mut all: Vec<Stale> = plan(root, owned, files)?.into_iter().map(stale).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// A change, and what the file holds now.
struct Planned {
    change: Change,
    current: Option<Vec<u8>>,
}

/// What is to change below `root`. Nothing that the generator did not write changes in folders of generated files.
fn plan(root: &Path, owned: &[PathBuf], files: &FileSet) -> Result<Vec<Planned>, WriteError> {
    let mut planned = Vec::new();
    for (path, content) in &files.0 {
        let current = place(root, path)?;
        if current.as_deref() != Some(content.as_bytes()) {
            planned.push(Planned {
                change: Change {
                    path: path.clone(),
                    content: Some(content.clone().into_bytes()),
                },
                current,
            });
        }
    }
    let mut foreign = Vec::new();
    for path in extra_files(root, owned, files)? {
        match place(root, &path) {
            Ok(current) => planned.push(Planned {
                change: Change {
                    path,
                    content: None,
                },
                current,
            }),
            // Links and the like.
            Err(_) => foreign.push(root.join(path)),
        }
    }
    let is_foreign = |Planned { change, current }: &Planned| {
        let is_generated = |content| is_generated(&change.path, content);
        ours::is_in_generated(&change.path) && !current.as_deref().is_none_or(is_generated)
    };
    let in_place = planned.iter().filter(|planned| is_foreign(planned));
    foreign.extend(in_place.map(|planned| root.join(&planned.change.path)));
    foreign.sort();
    if foreign.is_empty() {
        Ok(planned)
    } else {
        Err(WriteError::Foreign { paths: foreign })
    }
}

/// Checks that a path leads to a place below the folder that it is joined to.
fn check_path(path: &Path) -> Result<(), WriteError> {
    let is_inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if is_inside && !path.as_os_str().is_empty() {
        return Ok(());
    }
    Err(WriteError::Outside {
        path: path.to_owned(),
    })
}

/// What the file at a path below `root` holds; `None` where a file can be made. No link is followed below `root`.
fn place(root: &Path, path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    check_path(path)?;
    let mut at = root.to_owned();
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let kind = match fs::symlink_metadata(&at) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("read", &at)(error)),
        };
        if kind.is_symlink() {
            return Err(WriteError::Link { path: at });
        }
        let (is_expected, expected) = match parts.peek() {
            Some(_) => (kind.is_dir(), "folder"),
            None => (kind.is_file(), "file"),
        };
        if !is_expected {
            return Err(WriteError::InTheWay { path: at, expected });
        }
    }
    read_if_there(&at)
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

/// Puts the names in a folder on the disk. Where a folder cannot be flushed, the files are.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(path) {
        let _ = folder.sync_all();
    }
}

/// Files in the owned folders that are not among `files`, relative to the root. Links are not followed.
fn extra_files(
    root: &Path,
    owned: &[PathBuf],
    files: &FileSet,
) -> Result<BTreeSet<PathBuf>, WriteError> {
    let mut extra = BTreeSet::new();
    let mut folders: Vec<PathBuf> = owned.to_vec();
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(io_error("read", &path))?;
            let relative = folder.join(entry.file_name());
            let file_type = entry.file_type().map_err(io_error("read", &path))?;
            if file_type.is_dir() {
                folders.push(relative);
            } else if !files.0.contains_key(&relative) {
                extra.insert(relative);
            }
        }
    }
    Ok(extra)
}

fn diff_head(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(2).to_string();
    text.lines()
        .take(DIFF_LINES)
        .fold(String::new(), |head, line| head + line + "\n")
}

#[cfg(test)]
mod tests;
