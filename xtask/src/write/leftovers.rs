//! What an interrupted write left in a folder: found by every command, and repaired by one.

use super::transaction::{self, Interrupted};
use super::{GENERATED, WriteError, io_error};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// What commands write to the folder of a specification.
const SPECIFICATIONS: [&str; 9] = [
    "openapi.yaml",
    "openapi.yml",
    "openapi.json",
    "swagger.yaml",
    "swagger.yml",
    "swagger.json",
    "api.toml",
    "operations.toml",
    "types.toml",
];

/// What they write to the folder of a crate, beside what is in [`GENERATED`].
const CRATES: [&str; 3] = ["Cargo.toml", "src/lib.rs", GENERATED];

/// Refuses a folder to which an earlier write did not end.
///
/// # Errors
///
/// The state of the folder, and the command that repairs it.
pub fn refuse_interrupted(root: &Path) -> Result<(), WriteError> {
    if let Some(state) = transaction::interrupted(root) {
        return Err(WriteError::interrupted(root, state));
    }
    match left_over(root).next() {
        None => Ok(()),
        Some(path) => Err(WriteError::LeftOver {
            path,
            root: root.to_owned(),
        }),
    }
}

/// Refuses a file in a folder to which an earlier write did not end: the folder of the file, or one above it.
///
/// # Errors
///
/// As [`refuse_interrupted`].
pub fn refuse_interrupted_above(file: &Path) -> Result<(), WriteError> {
    let file = std::path::absolute(file).map_err(io_error("read", file))?;
    for folder in file.ancestors().skip(1) {
        if let Some(state) = transaction::interrupted(folder) {
            return Err(WriteError::interrupted(folder, state));
        }
        if folder.join("specs").is_dir() {
            refuse_interrupted(folder)?;
        }
    }
    Ok(())
}

/// What was done to a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// How far the write got that was interrupted.
    pub state: Option<Interrupted>,
    /// Temporary files that were deleted.
    pub deleted: Vec<PathBuf>,
    /// Files and folders that were put back, because nothing was in their place.
    pub restored: Vec<PathBuf>,
}

/// Brings the files of a folder to what they were before an interrupted write, or to what they are after it.
///
/// # Errors
///
/// A write that is under way, a file that was edited since, and whatever the operating system refuses.
pub fn repair(root: &Path) -> Result<Repaired, WriteError> {
    let mut repaired = Repaired {
        state: transaction::repair(root)?,
        ..Repaired::default()
    };
    let all: Vec<PathBuf> = left_over(root).collect();
    for path in all {
        let place = place_of(&path).map(|name| path.with_file_name(name));
        let is_old = path.extension() == Some(OsStr::new("old"));
        match place {
            Some(place) if is_old && place.symlink_metadata().is_err() => {
                fs::rename(&path, &place).map_err(io_error("replace", &place))?;
                repaired.restored.push(place);
            }
            _ => {
                let removed = if path.is_dir() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
                removed.map_err(io_error("remove", &path))?;
                repaired.deleted.push(path);
            }
        }
    }
    Ok(repaired)
}

/// Files and folders called `.NAME.new` or `.NAME.old` beside the place of what a command writes. `root` is a crate, or a
/// workspace of crates and specifications; only there is looked, since it may be anything.
fn left_over(root: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let specifications = entries(&root.join("specs"), 1)
        .flat_map(|folder| SPECIFICATIONS.map(|name| folder.join(name)));
    let crates = entries(root, 1).chain(entries(&root.join("crates"), 1));
    let crates = crates.chain([root.to_owned()]);
    let (places, generated): (Vec<_>, Vec<_>) = crates
        .map(|folder| (CRATES.map(|name| folder.join(name)), folder.join(GENERATED)))
        .unzip();
    let beside = specifications
        .chain(places.into_iter().flatten())
        .flat_map(|place| ["new", "old"].map(|suffix| temporary(&place, suffix)))
        .filter(|path| path.symlink_metadata().is_ok());
    let inside = generated
        .into_iter()
        .flat_map(|folder| entries(&folder, usize::MAX))
        .filter(|path| place_of(path).is_some());
    let all: BTreeSet<PathBuf> = beside.chain(inside).collect();
    all.into_iter()
}

/// What is in a folder, and in those in it. What cannot be read is found by whoever reads it.
fn entries(folder: &Path, depth: usize) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = WalkDir::new(folder).min_depth(1).max_depth(depth);
    entries.into_iter().flatten().map(DirEntry::into_path)
}

/// The name of a temporary file beside a place.
fn temporary(place: &Path, suffix: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{suffix}"))
}

/// The name of what a temporary file is to replace, or was.
fn place_of(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?.strip_prefix('.')?;
    let place = name
        .strip_suffix(".new")
        .or_else(|| name.strip_suffix(".old"))?;
    (!place.is_empty()).then_some(place)
}
