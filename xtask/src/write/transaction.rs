//! Replaces files below one folder, all or none, however the process ends.
//!
//! ```text
//! .xtask-transaction/          made first; whoever finds it knows that a write is under way or was interrupted
//!     lock                     locked while the writer runs
//!     0, 1, ..                 the new files, flushed to the disk
//!     journal                  what to replace; it appears by a rename when all of the above is on the disk
//! .xtask-transaction.done/     the same folder, renamed when everything is in place
//! ```
//!
//! Before the journal is there, the files are old; after the folder is renamed, they are new. In between,
//! [`repair`] completes what the journal lists.

use super::{WriteError, check_path, io_error, place, read_if_there, sync_folder};
use crate::source::sha256;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of a write that is under way, in the folder that it writes to.
pub(super) const TRANSACTION: &str = ".xtask-transaction";

/// The same folder when all files are in place.
const DONE: &str = ".xtask-transaction.done";

const JOURNAL: &str = "journal";

/// What a file is to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path relative to the folder that is written to.
    pub path: PathBuf,
    /// Its bytes; `None` for a file that is to go.
    pub content: Option<Vec<u8>>,
}

/// What an interrupted write left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// It had replaced nothing.
    Before,
    /// It had replaced some files.
    Between,
    /// It had replaced all files, but not removed its own folder.
    After,
    /// It is under way in another process.
    Running,
}

/// One line of the journal: a file, by the hashes of what it held and of what it is to hold.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    old: Option<String>,
    new: Option<String>,
}

/// Makes all changes, or none.
///
/// Files that hold what they are to hold are not touched.
///
/// # Errors
///
/// A path that leads out of the folder, a place that is not a file's, and whatever the operating system refuses. The
/// files are then as they were, except after [`WriteError::Incomplete`].
pub fn commit(root: &Path, changes: &[Change]) -> Result<(), WriteError> {
    if let Some(state) = interrupted(root) {
        return Err(WriteError::interrupted(root, state));
    }
    let mut entries = Vec::new();
    let mut contents = Vec::new();
    for Change { path, content } in changes {
        let old = place(root, path)?;
        if old != *content {
            entries.push(Entry {
                path: path.clone(),
                old: old.as_deref().map(sha256),
                new: content.as_deref().map(sha256),
            });
            contents.push(content.as_deref());
        }
    }
    if entries.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(root).map_err(io_error("create", root))?;
    let folder = root.join(TRANSACTION);
    step();
    fs::create_dir(&folder).map_err(io_error("create", &folder))?;
    let lock = match stage(root, &folder, &entries, &contents) {
        Ok(lock) => lock,
        Err(error) => {
            // The error that is reported is the first one.
            let _ = fs::remove_dir_all(&folder);
            return Err(error);
        }
    };
    let replaced = replace(root, &entries);
    // Windows renames no folder in which a file is open.
    drop(lock);
    replaced
        .and_then(|()| finish(root))
        .map_err(|error| error.incomplete(root))
}

/// Puts everything on the disk that is needed to replace the files. The last step decides that they are replaced.
fn stage(
    root: &Path,
    folder: &Path,
    entries: &[Entry],
    contents: &[Option<&[u8]>],
) -> Result<File, WriteError> {
    let lock = folder.join("lock");
    step();
    let lock = File::create(&lock).map_err(io_error("create", &lock))?;
    // Some file systems have no locks: two commands at one time then see an interrupted write.
    let _ = lock.try_lock();
    let numbered = || contents.iter().enumerate();
    let staged = || numbered().filter_map(|(number, content)| Some((number, (*content)?)));
    for (number, content) in staged() {
        write(&folder.join(number.to_string()), content)?;
    }
    // Once all are written: the disk is then waited for once, more or less.
    for (number, _) in staged() {
        let file = folder.join(number.to_string());
        flush(&file)?;
        if let Ok(old) = fs::metadata(root.join(&entries[number].path)) {
            fs::set_permissions(&file, old.permissions()).map_err(io_error("write", &file))?;
        }
    }
    let journal = folder.join(JOURNAL);
    let text = serde_json::to_vec_pretty(entries)
        .map_err(|error| io_error("write", &journal)(error.into()))?;
    let unnamed = folder.join("journal.new");
    write(&unnamed, &text)?;
    flush(&unnamed)?;
    sync_folder(folder);
    sync_folder(root);
    step();
    fs::rename(&unnamed, &journal).map_err(io_error("write", &journal))?;
    sync_folder(folder);
    Ok(lock)
}

fn write(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    step();
    let mut file = File::create(path).map_err(io_error("create", path))?;
    step();
    file.write_all(content).map_err(io_error("write", path))
}

fn flush(path: &Path) -> Result<(), WriteError> {
    // Some systems flush only what may be written.
    let file = File::options().write(true).open(path);
    file.and_then(|file| file.sync_all())
        .map_err(io_error("write", path))
}

/// Does what is left to do of the journal, in any state between the first step and the last.
fn replace(root: &Path, entries: &[Entry]) -> Result<(), WriteError> {
    let numbered = || entries.iter().enumerate();
    // A folder may take the place of a file that goes.
    for (_, entry) in numbered().filter(|(_, entry)| entry.new.is_none()) {
        if is_to_do(root, entry)? {
            let target = root.join(&entry.path);
            step();
            fs::remove_file(&target).map_err(io_error("remove", &target))?;
        }
        remove_empty_folders(root, &entry.path);
    }
    for (number, entry) in numbered().filter(|(_, entry)| entry.new.is_some()) {
        if is_to_do(root, entry)? {
            let target = root.join(&entry.path);
            if let Some(parent) = target.parent() {
                step();
                fs::create_dir_all(parent).map_err(io_error("create", parent))?;
            }
            let staged = root.join(TRANSACTION).join(number.to_string());
            step();
            fs::rename(staged, &target).map_err(io_error("replace", &target))?;
        }
    }
    for folder in entries.iter().filter_map(|entry| entry.path.parent()) {
        sync_folder(&root.join(folder));
    }
    Ok(())
}

/// Says that all files are in place, and cleans up.
fn finish(root: &Path) -> Result<(), WriteError> {
    let (folder, done) = (root.join(TRANSACTION), root.join(DONE));
    step();
    fs::rename(&folder, &done).map_err(io_error("replace", &folder))?;
    clear(&done)
}

/// Whether a file holds what it held before, and not yet what it is to hold.
fn is_to_do(root: &Path, entry: &Entry) -> Result<bool, WriteError> {
    let current = place(root, &entry.path)?.as_deref().map(sha256);
    if current == entry.new {
        return Ok(false);
    }
    if current == entry.old {
        return Ok(true);
    }
    // Edited since: it may hold work that is nowhere else.
    Err(WriteError::Edited {
        path: root.join(&entry.path),
    })
}

fn remove_empty_folders(root: &Path, path: &Path) {
    for folder in path.ancestors().skip(1) {
        // One that is not empty stays.
        if folder.as_os_str().is_empty() || fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
}

fn clear(folder: &Path) -> Result<(), WriteError> {
    step();
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

/// What an earlier write to a folder left, if it did not end well.
pub(super) fn interrupted(root: &Path) -> Option<Interrupted> {
    let exists = |path: &Path| path.symlink_metadata().is_ok();
    if exists(&root.join(DONE)) {
        return Some(Interrupted::After);
    }
    let folder = root.join(TRANSACTION);
    if !exists(&folder) {
        return None;
    }
    let is_running = File::open(folder.join("lock"))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    Some(if is_running {
        Interrupted::Running
    } else if exists(&folder.join(JOURNAL)) {
        Interrupted::Between
    } else {
        Interrupted::Before
    })
}

/// Brings a folder from the middle of a write to its start or its end, and returns the state that it was in.
///
/// # Errors
///
/// A write that is under way, a file that was edited since, and whatever the operating system refuses.
pub(super) fn repair(root: &Path) -> Result<Option<Interrupted>, WriteError> {
    let state = interrupted(root);
    match state {
        None => {}
        Some(Interrupted::Running) => {
            return Err(WriteError::interrupted(root, Interrupted::Running));
        }
        Some(Interrupted::Before) => clear(&root.join(TRANSACTION))?,
        Some(Interrupted::After) => clear(&root.join(DONE))?,
        Some(Interrupted::Between) => {
            replace(root, &journal(root)?)?;
            finish(root)?;
        }
    }
    Ok(state)
}

/// The journal, in which nothing leads out of the folder.
fn journal(root: &Path) -> Result<Vec<Entry>, WriteError> {
    let path = root.join(TRANSACTION).join(JOURNAL);
    let unreadable = |error| io_error("read", &path)(error);
    let text = read_if_there(&path)?.unwrap_or_default();
    let entries: Vec<Entry> =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
    for entry in &entries {
        check_path(&entry.path)?;
    }
    Ok(entries)
}

/// Called before each step that another process could see; tests end a write there.
#[cfg(not(test))]
const fn step() {}

#[cfg(test)]
use tests::step;

#[cfg(test)]
mod tests;
