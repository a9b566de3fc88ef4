//! The two documents of a comparison, from wherever they are, through the pipeline.

use crate::folder::SpecFolder;
use crate::load;
use crate::pipeline::{Input, Output, run};
use crate::problem::{Problem, ProblemKind};
use crate::source::Document;
use crate::write::refuse_interrupted;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// Both, generated.
#[derive(Debug)]
pub struct Sides {
    /// What there was.
    pub old: Side,
    /// What there is.
    pub new: Side,
    /// The crate that one of them is the document of.
    pub package: Option<Package>,
}

/// One document, and the code that it gives.
#[derive(Debug)]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// SHA-256 of the document, in hexadecimal digits.
    pub sha256: String,
    /// What the pipeline made.
    pub output: Output,
}

/// The crate of a specification folder.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The crate that embeds the document.
    pub mock: Option<String>,
}

impl Sides {
    /// Reads and generates both. Each is a file, a specification folder, or either at a revision of the repository at
    /// `root`, as `HEAD~3:specs/insightcloudsec-v2`.
    ///
    /// A document by itself is read with what is known of the other one, as if it took that one's place: its overlay
    /// as far as it fits, names of operations and types, rules. The document of a specification folder brings its own.
    ///
    /// # Errors
    ///
    /// What leaves no client to make of one of them.
    pub fn read(old: &str, new: &str, root: &Path) -> Result<Self, Vec<Problem>> {
        refuse_interrupted(root).map_err(|error| one(error.into()))?;
        let old_source = open(find(old, root).map_err(one)?)?;
        let new_source = open(find(new, root).map_err(one)?)?;
        let folder = [&new_source, &old_source]
            .into_iter()
            .find_map(Opened::folder)
            .cloned();
        let old_side = Side::generate(old, old_source.input(folder.as_ref()))?;
        let mut input = new_source.input(folder.as_ref());
        if new_source.folder().is_none() {
            input.operations = old_side.output.operations.clone();
            input.types = old_side.output.types.clone();
        }
        Ok(Self {
            new: Side::generate(new, input)?,
            old: old_side,
            package: folder.map(|folder| Package {
                name: folder.api.crate_name,
                mock: folder.api.mock,
            }),
        })
    }
}

impl Side {
    /// Generates the code of a document.
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub fn generate(name: &str, mut input: Input) -> Result<Self, Vec<Problem>> {
        // The page is there to say what no longer fits.
        input.accept_stale = true;
        let sha256 = input.document.sha256.clone();
        Ok(Self {
            name: name.to_owned(),
            sha256,
            output: run(input)?,
        })
    }
}

/// A document, read.
enum Opened {
    Folder(Box<SpecFolder>),
    File(Document),
}

impl Opened {
    fn folder(&self) -> Option<&SpecFolder> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::File(_) => None,
        }
    }

    fn input(&self, known: Option<&SpecFolder>) -> Input {
        match (self, known) {
            (Self::Folder(folder), _) => Input::from_folder((**folder).clone()),
            (Self::File(document), Some(folder)) => Input {
                document: document.clone(),
                obtained: true,
                ..Input::from_folder(folder.clone())
            },
            (Self::File(document), None) => Input {
                obtained: true,
                ..Input::from_document(document.clone(), "client")
            },
        }
    }
}

/// Where a document is on disk.
enum Found {
    /// Where somebody put it.
    OnDisk(PathBuf),
    /// Where it was checked out to. What a commit holds does not change, and may be older than the hashes in `api.toml`.
    Committed(PathBuf),
}

fn find(argument: &str, root: &Path) -> Result<Found, Problem> {
    let path = PathBuf::from(argument);
    if path.exists() {
        return Ok(Found::OnDisk(path));
    }
    match argument.split_once(':') {
        Some((revision, path)) if !revision.is_empty() && !path.is_empty() => {
            check_out(root, revision, path).map(Found::Committed)
        }
        _ => Err(unreadable(format!("there is no {argument}"))
            .help("a file, a folder as in specs/, or REVISION:PATH")),
    }
}

fn open(found: Found) -> Result<Opened, Vec<Problem>> {
    type Open = fn(&Path) -> Result<SpecFolder, Vec<Problem>>;
    let (path, open): (_, Open) = match found {
        Found::OnDisk(path) => (path, SpecFolder::open),
        Found::Committed(path) => (path, SpecFolder::open_unchecked),
    };
    if path.is_dir() {
        return open(&path).map(|folder| Opened::Folder(Box::new(folder)));
    }
    // The document of a folder is read with the rest of it.
    if let Some(parent) = path.parent()
        && parent.join("api.toml").is_file()
    {
        let folder = open(parent)?;
        if folder.document.path() == path {
            return Ok(Opened::Folder(Box::new(folder)));
        }
    }
    load::load_with_files(&path, None)
        .map(Opened::File)
        .map_err(one)
}

/// Writes what a commit has at a path below `target/diff/`; of a file, what lies beside it too, since it may refer to
/// that.
fn check_out(root: &Path, revision: &str, path: &str) -> Result<PathBuf, Problem> {
    let path = path.trim_end_matches('/');
    let is_inside = |path: &str| {
        let mut parts = Path::new(path).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    };
    if !is_inside(path) {
        return Err(unreadable(format!(
            "{path} is no path inside of the repository"
        )));
    }
    let commit = git(
        root,
        &[
            "rev-parse",
            "--verify",
            "--end-of-options",
            &format!("{revision}^{{commit}}"),
        ],
    )?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let kind = git(root, &["cat-file", "-t", &format!("{commit}:{path}")])?;
    let folder = if kind == b"tree\n" {
        path
    } else {
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    };
    let place = root.join("target/diff").join(&commit);
    let tree = format!("{commit}:{folder}");
    let names = git(
        root,
        &["ls-tree", "-r", "-z", "--name-only", "--full-tree", &tree],
    )?;
    for name in String::from_utf8_lossy(&names).split_terminator('\0') {
        let name = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        let content = git(root, &["cat-file", "blob", &format!("{commit}:{name}")])?;
        let target = place.join(&name);
        write(&target, &content)
            .map_err(|error| unreadable(format!("cannot write {}: {error}", target.display())))?;
    }
    Ok(relative(place.join(path)))
}

/// As seen from here, where that is shorter.
fn relative(path: PathBuf) -> PathBuf {
    match std::env::current_dir() {
        Ok(here) => path.strip_prefix(here).map(Path::to_owned).unwrap_or(path),
        Err(_) => path,
    }
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content)
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, Problem> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .map_err(|error| unreadable(format!("cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let message = format!("git {}: {}", arguments.join(" "), said.trim());
    Err(unreadable(message).help("REVISION:PATH, with the path from the root of the repository"))
}

fn unreadable(message: String) -> Problem {
    Problem::error(ProblemKind::Unreadable, message)
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}
