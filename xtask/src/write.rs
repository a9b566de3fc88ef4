//! Puts generated files into place, or compares them with what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

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

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct WriteError {
    /// What was tried: `read`, `write`, `create`, `replace` or `remove`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

impl WriteError {
    pub(crate) fn new(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self {
            action,
            path: path.to_owned(),
            source,
        }
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

/// Puts the files into place under `root`.
///
/// The folders in `owned` are wholly ours: each is written anew beside the old one and takes its place by a rename,
/// so that what is not in `files` is gone and nobody sees half of it. The other files are each written beside their
/// place and renamed. What has the right content already is not touched and keeps its time stamp.
///
/// Nothing is replaced before everything is written, so that a full disk leaves the old state.
///
/// # Errors
///
/// A path that leads out of `root`, and whatever the operating system refuses. Temporary files are removed again.
pub fn write(root: &Path, owned: &[PathBuf], files: &FileSet) -> Result<(), WriteError> {
    for path in owned.iter().chain(files.0.keys()) {
        if path.as_os_str().is_empty()
            || !path
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
        {
            let error = io::Error::new(
                io::ErrorKind::InvalidInput,
                "the path leads out of the root",
            );
            return Err(WriteError::new("write", path)(error));
        }
    }
    let mut staged = Vec::new();
    let result = stage(root, owned, files, &mut staged)
        .and_then(|()| staged.iter().try_for_each(Staged::replace));
    if result.is_err() {
        staged.iter().for_each(Staged::discard);
    }
    result
}

/// Compares the files with what is there. Returns what is stale, sorted by path.
///
/// # Errors
///
/// A file or folder that cannot be read.
pub fn check(root: &Path, owned: &[PathBuf], files: &FileSet) -> Result<Vec<Stale>, WriteError> {
    let mut stale = Vec::new();
    for (path, content) in &files.0 {
        let (kind, diff_head) = match read_if_there(&root.join(path))? {
            Some(old) if old == content.as_bytes() => continue,
            Some(old) => (
                StaleKind::Differs,
                diff_head(&String::from_utf8_lossy(&old), content),
            ),
            None => (StaleKind::Missing, String::new()),
        };
        stale.push(Stale {
            path: path.clone(),
            kind,
            diff_head,
        });
    }
    for path in extra_files(root, owned, files)? {
        stale.push(Stale {
            path,
            kind: StaleKind::Extra,
            diff_head: String::new(),
        });
    }
    stale.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(stale)
}

/// A file or folder that waits beside its place.
struct Staged {
    target: PathBuf,
    temporary: PathBuf,
    /// Where the old folder goes while the new one takes its place; files replace in one step.
    retired: Option<PathBuf>,
}

impl Staged {
    fn file(target: PathBuf) -> Self {
        let temporary = sibling(&target, "new");
        Self {
            target,
            temporary,
            retired: None,
        }
    }

    fn folder(target: PathBuf) -> Self {
        let temporary = sibling(&target, "new");
        let retired = Some(sibling(&target, "old"));
        Self {
            target,
            temporary,
            retired,
        }
    }

    fn replace(&self) -> Result<(), WriteError> {
        let Some(retired) = &self.retired else {
            return fs::rename(&self.temporary, &self.target)
                .map_err(WriteError::new("replace", &self.target));
        };
        // Left over from a run that was killed.
        remove(retired)?;
        let had_old = fs::symlink_metadata(&self.target).is_ok();
        if had_old {
            fs::rename(&self.target, retired).map_err(WriteError::new("replace", &self.target))?;
        }
        if let Err(error) = fs::rename(&self.temporary, &self.target) {
            if had_old {
                // The error that is reported is the first one.
                let _ = fs::rename(retired, &self.target);
            }
            return Err(WriteError::new("replace", &self.target)(error));
        }
        remove(retired)
    }

    /// Removes what was not put into place.
    fn discard(&self) {
        let _ = remove(&self.temporary);
    }
}

fn stage(
    root: &Path,
    owned: &[PathBuf],
    files: &FileSet,
    staged: &mut Vec<Staged>,
) -> Result<(), WriteError> {
    for folder in owned {
        let content: BTreeMap<&Path, &String> = files
            .0
            .iter()
            .filter_map(|(path, content)| Some((path.strip_prefix(folder).ok()?, content)))
            .collect();
        if is_current(root, folder, files)? {
            continue;
        }
        let folder = Staged::folder(root.join(folder));
        let temporary = folder.temporary.clone();
        staged.push(folder);
        // Left over from a run that was killed.
        remove(&temporary)?;
        fs::create_dir_all(&temporary).map_err(WriteError::new("create", &temporary))?;
        for (path, content) in content {
            write_new(&temporary.join(path), content)?;
        }
    }
    for (path, content) in &files.0 {
        if owned.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let target = root.join(path);
        if read_if_there(&target)?.is_some_and(|old| old == content.as_bytes()) {
            continue;
        }
        let file = Staged::file(target);
        let temporary = file.temporary.clone();
        staged.push(file);
        write_new(&temporary, content)?;
    }
    Ok(())
}

/// Whether an owned folder holds its files and nothing else.
fn is_current(root: &Path, folder: &Path, files: &FileSet) -> Result<bool, WriteError> {
    for (path, content) in files.0.iter().filter(|(path, _)| path.starts_with(folder)) {
        if read_if_there(&root.join(path))?.is_none_or(|old| old != content.as_bytes()) {
            return Ok(false);
        }
    }
    Ok(root.join(folder).is_dir() && extra_files(root, &[folder.to_owned()], files)?.is_empty())
}

fn write_new(path: &Path, content: &str) -> Result<(), WriteError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(WriteError::new("create", parent))?;
    }
    fs::write(path, content).map_err(WriteError::new("write", path))
}

/// A hidden name beside a path, on the same file system, so that a rename is one step.
pub(crate) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{suffix}"))
}

fn remove(path: &Path) -> Result<(), WriteError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(WriteError::new("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        // A file where a folder must be, or the other way round, is to be replaced like a missing one.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::IsADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(WriteError::new("read", path)(error)),
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
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                continue;
            }
            Err(error) => return Err(WriteError::new("read", &path)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(WriteError::new("read", &path))?;
            let relative = folder.join(entry.file_name());
            let file_type = entry.file_type().map_err(WriteError::new("read", &path))?;
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
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> FileSet {
        let mut files = FileSet::default();
        for (path, content) in list {
            files.insert(*path, *content);
        }
        files
    }

    /// All files under a folder with their content, hidden ones too.
    fn tree(root: &Path) -> BTreeMap<PathBuf, String> {
        extra_files(root, &[PathBuf::new()], &FileSet::default())
            .unwrap()
            .into_iter()
            .map(|path| (path.clone(), fs::read_to_string(root.join(path)).unwrap()))
            .collect()
    }

    fn owned() -> Vec<PathBuf> {
        vec!["c/src/generated".into()]
    }

    #[test]
    fn writes_and_then_finds_nothing_stale() {
        let root = tempfile::tempdir().unwrap();
        let set = files(&[
            ("c/src/generated/a.rs", "a\n"),
            ("c/src/generated/t/b.rs", "b\n"),
            ("c/Cargo.toml", "c\n"),
        ]);
        assert_eq!(check(root.path(), &owned(), &set).unwrap().len(), 3);
        write(root.path(), &owned(), &set).unwrap();
        assert_eq!(tree(root.path()), set.0);
        assert_eq!(check(root.path(), &owned(), &set).unwrap(), []);
    }

    #[test]
    fn removes_leftovers_from_owned_folders_only() {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files(&[
            ("c/src/generated/old/x.rs", "x"),
            ("c/src/lib.rs", "l"),
            ("c/src/generated/a.rs", "a\n"),
        ])
        .0
        {
            write_new(&root.path().join(path), &content).unwrap();
        }
        let set = files(&[("c/src/generated/a.rs", "a\n")]);
        let stale = check(root.path(), &owned(), &set).unwrap();
        assert_eq!(stale.len(), 1);
        assert_eq!(
            (stale[0].path.to_str().unwrap(), stale[0].kind),
            ("c/src/generated/old/x.rs", StaleKind::Extra)
        );
        write(root.path(), &owned(), &set).unwrap();
        assert_eq!(
            tree(root.path()),
            files(&[("c/src/generated/a.rs", "a\n"), ("c/src/lib.rs", "l")]).0
        );
        assert!(!root.path().join("c/src/generated/old").exists());
    }

    #[test]
    fn what_is_right_is_not_touched() {
        let root = tempfile::tempdir().unwrap();
        let set = files(&[("c/src/generated/a.rs", "a\n"), ("c/Cargo.toml", "c\n")]);
        write(root.path(), &owned(), &set).unwrap();
        let past = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        for path in set.0.keys() {
            fs::File::options()
                .write(true)
                .open(root.path().join(path))
                .unwrap()
                .set_modified(past)
                .unwrap();
        }
        write(root.path(), &owned(), &set).unwrap();
        for path in set.0.keys() {
            assert_eq!(
                fs::metadata(root.path().join(path))
                    .unwrap()
                    .modified()
                    .unwrap(),
                past,
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn shows_the_head_of_a_diff() {
        let root = tempfile::tempdir().unwrap();
        let old: String = (0..100).fold(String::new(), |old, n| old + &format!("old {n}\n"));
        fs::write(root.path().join("a.rs"), &old).unwrap();
        let stale = check(
            root.path(),
            &[],
            &files(&[("a.rs", &old.replace("old 50", "new 50"))]),
        )
        .unwrap();
        assert_eq!(
            stale[0].diff_head,
            "@@ -49,5 +49,5 @@\n old 48\n old 49\n-old 50\n+new 50\n old 51\n old 52\n"
        );
        let stale = check(
            root.path(),
            &[],
            &files(&[("a.rs", &old.replace("old", "new"))]),
        )
        .unwrap();
        assert_eq!(stale[0].diff_head.lines().count(), DIFF_LINES);
    }

    #[test]
    fn a_failure_leaves_the_old_state_and_no_temporary_files() {
        let root = tempfile::tempdir().unwrap();
        write_new(&root.path().join("c/src/generated/a.rs"), "old").unwrap();
        write_new(
            &root.path().join("blocked"),
            "a file where a folder must be",
        )
        .unwrap();
        let before = tree(root.path());
        let error = write(
            root.path(),
            &owned(),
            &files(&[("c/src/generated/a.rs", "new"), ("blocked/b.rs", "b")]),
        )
        .unwrap_err();
        assert!(error.to_string().starts_with("cannot create "), "{error}");
        assert_eq!(tree(root.path()), before);
        assert!(!root.path().join("c/src/.generated.new").exists());
    }

    #[test]
    fn no_path_leads_out_of_the_root() {
        let root = tempfile::tempdir().unwrap();
        for path in ["../a", "/a", "a/../../b", "", "."] {
            let error = write(root.path(), &[], &files(&[(path, "x")])).unwrap_err();
            assert_eq!(error.action, "write", "{path:?}");
            assert!(
                write(root.path(), &[path.into()], &FileSet::default()).is_err(),
                "{path:?}"
            );
        }
        assert_eq!(tree(root.path()), BTreeMap::new());
    }

    #[test]
    fn an_interrupted_run_is_cleaned_up_by_the_next() {
        let root = tempfile::tempdir().unwrap();
        write_new(&root.path().join("c/src/.generated.new/half.rs"), "half").unwrap();
        write_new(&root.path().join("c/src/.generated.old/a.rs"), "old").unwrap();
        let set = files(&[("c/src/generated/a.rs", "a\n")]);
        write(root.path(), &owned(), &set).unwrap();
        assert_eq!(tree(root.path()), set.0);
    }

    #[test]
    fn an_owned_folder_without_files_is_left_empty() {
        let root = tempfile::tempdir().unwrap();
        write_new(&root.path().join("c/src/generated/a.rs"), "old").unwrap();
        write(root.path(), &owned(), &FileSet::default()).unwrap();
        assert_eq!(tree(root.path()), BTreeMap::new());
    }
}
