//! The files that a document refers to, read before anything is made of them.
//!
//! Only files below one folder are read, links resolved, and none over the network.

use super::{MAX_BYTES, load};
use crate::problem::{Problem, ProblemKind};
use crate::source::Document;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Most files that one document may consist of; the largest published ones have some thousand.
const MAX_FILES: usize = 10_000;

/// The document itself, among its files.
pub(crate) const MAIN: usize = 0;

/// The files that a document refers to, directly or through others.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// From number 1 on: the document itself is number 0.
    read: Vec<Document>,
    /// By the file that holds the reference, and the part of it before the `#`.
    links: HashMap<(usize, String), Result<usize, Arc<Unread>>>,
}

/// Why a file was not read.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) kind: ProblemKind,
    /// What follows the reference in a sentence.
    pub(crate) reason: String,
    pub(crate) help: Option<String>,
    /// What is wrong inside the file.
    pub(crate) cause: Option<Arc<Problem>>,
}

impl Unread {
    fn new(kind: ProblemKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            help: None,
            cause: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Files {
    /// Reads what `document` refers to, below `root`: by default the folder of the document.
    ///
    /// A file that cannot be read is no error here: it is reported where a reference needs it.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Unreadable`] when `root` is no folder, or one that the document is not in.
    pub fn read(document: &Document, root: Option<&Path>) -> Result<Self, Problem> {
        let mut files = Self::default();
        if root.is_none() && linked_paths(&document.root).is_empty() {
            return Ok(files);
        }
        let mut reader = Reader::new(document, root)?;
        let mut next = MAIN;
        while let Some(value) = files.root(&document.root, next) {
            let paths = linked_paths(value);
            for path in paths {
                let link = reader.link(next, &path, &mut files.read);
                files.links.insert((next, path), link.map_err(Arc::new));
            }
            next += 1;
        }
        Ok(files)
    }

    /// The value of a file; `main` is that of the document itself.
    pub(crate) fn root<'a>(&'a self, main: &'a Value, file: usize) -> Option<&'a Value> {
        match file.checked_sub(1) {
            None => Some(main),
            Some(index) => self.read.get(index).map(|document| &document.root),
        }
    }

    /// A file other than the document itself.
    pub(crate) fn get(&self, file: usize) -> Option<&Document> {
        self.read.get(file.checked_sub(1)?)
    }

    /// The files other than the document itself.
    pub(crate) fn all(&self) -> &[Document] {
        &self.read
    }

    /// The file that `path` names in a reference that stands in the file `from`; `None` when nobody looked.
    pub(crate) fn linked(&self, from: usize, path: &str) -> Option<Result<usize, Arc<Unread>>> {
        self.links.get(&(from, path.to_owned())).cloned()
    }
}

/// The parts before the `#` of whatever may be a reference, wherever it stands.
fn linked_paths(root: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut add = |target: &str| {
        let path = target.split('#').next().unwrap_or_default();
        if !path.is_empty() {
            paths.insert(path.to_owned());
        }
    };
    let mut queue = vec![root];
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    add(target);
                }
                let mapping = value.pointer("/discriminator/mapping");
                for target in mapping.and_then(Value::as_object).into_iter().flatten() {
                    if let Some(target) = target.1.as_str() {
                        add(target);
                    }
                }
                queue.extend(members.values());
            }
            Value::Array(items) => queue.extend(items),
            _ => {}
        }
    }
    paths
}

struct Reader {
    /// As the user gave it, for messages.
    root: PathBuf,
    real_root: PathBuf,
    /// The folder of each file.
    folders: Vec<PathBuf>,
    /// What became of each file, by its place on disk.
    known: HashMap<PathBuf, Result<usize, Unread>>,
    bytes: usize,
}

impl Reader {
    fn new(document: &Document, root: Option<&Path>) -> Result<Self, Problem> {
        let folder = match document.path().parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let root = root.unwrap_or(folder);
        let real = |path: &Path| {
            path.canonicalize().map_err(|error| {
                let message = format!("cannot read {}: {error}", path.display());
                Problem::error(ProblemKind::Unreadable, message)
            })
        };
        let (real_root, real_folder) = (real(root)?, real(folder)?);
        if !real_folder.starts_with(&real_root) {
            let message = format!("{} is not in {}", document.path().display(), root.display());
            return Err(Problem::error(ProblemKind::Unreadable, message)
                .help("give a folder that holds the document and all that it refers to"));
        }
        // A document that is about to be put there is not there yet.
        let main = document
            .path()
            .canonicalize()
            .unwrap_or_else(|_| real_folder.join(document.path().file_name().unwrap_or_default()));
        Ok(Self {
            root: root.to_owned(),
            real_root,
            folders: vec![real_folder],
            known: HashMap::from([(main, Ok(MAIN))]),
            bytes: document.source.text.len(),
        })
    }

    /// The file that `path` names in the file `from`, read if it is new.
    fn link(&mut self, from: usize, path: &str, read: &mut Vec<Document>) -> Result<usize, Unread> {
        if is_url(path) {
            return Err(
                Unread::new(ProblemKind::Unsupported, "is not on this machine")
                    .help("nothing is read over the network: download it, and refer to the file"),
            );
        }
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let spellings = [decoded.as_ref(), path, &decoded.replace('\\', "/")].map(str::to_owned);
        let mut result = Err(Unread::new(ProblemKind::Unreadable, "is not there"));
        for spelling in spellings {
            result = self.find(from, &spelling);
            if result.is_ok() {
                break;
            }
        }
        let file = result?;
        if let Some(known) = self.known.get(&file) {
            return known.clone();
        }
        let outcome = self.load(&file, read);
        self.known.insert(file, outcome.clone());
        outcome
    }

    /// The place on disk of an existing file below the root.
    fn find(&self, from: usize, path: &str) -> Result<PathBuf, Unread> {
        let outside = || {
            let reason = format!("is outside of {}", self.root.display());
            Unread::new(ProblemKind::Unreadable, reason)
                .help("name a folder that holds the document and this file with `--root DIR`")
        };
        let folder = self.folders.get(from).unwrap_or(&self.real_root);
        // By its name first: whether a file outside exists is nobody's business.
        let place = normalized(&folder.join(path));
        if !place.starts_with(&self.real_root) {
            return Err(outside());
        }
        let real = place.canonicalize().map_err(|error| {
            let reason = format!("cannot be read: {error}");
            Unread::new(ProblemKind::Unreadable, reason)
        })?;
        if !real.starts_with(&self.real_root) {
            return Err(outside());
        }
        if !real.is_file() {
            return Err(Unread::new(ProblemKind::Unreadable, "is not a file"));
        }
        Ok(real)
    }

    fn load(&mut self, file: &Path, read: &mut Vec<Document>) -> Result<usize, Unread> {
        if read.len() >= MAX_FILES {
            let reason = format!("is not read: there are more than {MAX_FILES} files");
            return Err(Unread::new(ProblemKind::TooLarge, reason));
        }
        let below = file.strip_prefix(&self.real_root).unwrap_or(file);
        let document = load(&self.root.join(below)).map_err(|problem| Unread {
            cause: Some(Arc::new(problem.warning())),
            ..Unread::new(ProblemKind::Unreadable, "cannot be read")
        })?;
        self.bytes = self.bytes.saturating_add(document.source.text.len());
        if self.bytes > MAX_BYTES {
            let limit = MAX_BYTES / 1024 / 1024;
            let reason = format!("is not read: the files have more than {limit} MiB together");
            return Err(Unread::new(ProblemKind::TooLarge, reason));
        }
        let folder = file.parent().unwrap_or(&self.real_root);
        self.folders.push(folder.to_owned());
        read.push(document);
        Ok(read.len())
    }
}

/// Whether a reference begins like `https:` or `//host`.
fn is_url(path: &str) -> bool {
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |text: &str| {
        // A single letter is a drive.
        text.len() > 1
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    path.starts_with("//") || scheme.is_some_and(is_scheme)
}

/// The path without `.` and `..`, by its text alone.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
