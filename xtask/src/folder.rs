//! A specification folder: one document, and what we know beyond it.

mod api;
mod key;
mod operations;
mod toml_problem;
mod types;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::load;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Document, Format, Source, sha256};

pub use api::{ApiToml, AuthFamily, Provenance, ProvenanceKind};
pub use key::{KeyError, OperationKey, erase};
pub use operations::{
    BodyNote, Confidence, Effect, OperationEntry, OperationsToml, PagingEntry, PagingStyle,
    Stability,
};
pub use types::TypesToml;

/// Names that the document of a folder may have; a folder has exactly one of them.
pub const DOCUMENT_NAMES: &[&str] = &[
    "openapi.yaml",
    "openapi.yml",
    "openapi.json",
    "swagger.yaml",
    "swagger.yml",
    "swagger.json",
];

/// Names that the overlay of a folder may have; a folder has at most one of them.
pub const OVERLAY_NAMES: &[&str] = &["overlay.yaml", "overlay.yml", "overlay.json"];

/// A specification folder, read.
#[derive(Clone, Debug)]
pub struct SpecFolder {
    /// The folder, as the user gave it.
    pub dir: PathBuf,
    /// `api.toml`.
    pub api: ApiToml,
    /// `operations.toml`; empty when absent.
    pub operations: OperationsToml,
    /// `types.toml`; empty when absent.
    pub types: TypesToml,
    /// The overlay, when there is one.
    pub overlay: Option<Document>,
    /// The document.
    pub document: Document,
}

impl SpecFolder {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in any of the files, not only the first; each with its line.
    pub fn open(dir: &Path) -> Result<Self, Vec<Problem>> {
        if !dir.is_dir() {
            let message = format!("{} is not a folder", dir.display());
            return Err(vec![Problem::error(ProblemKind::Unreadable, message)]);
        }
        let mut problems = Vec::new();
        let api = keep(
            &mut problems,
            read_toml(&dir.join("api.toml"))
                .map_err(one)
                .and_then(|s| ApiToml::parse(&s)),
        );
        let operations = keep(
            &mut problems,
            optional(&dir.join("operations.toml"), OperationsToml::parse),
        );
        let types = keep(
            &mut problems,
            optional(&dir.join("types.toml"), TypesToml::parse),
        );
        let overlay = keep(&mut problems, open_overlay(dir).map_err(one));
        let document = keep(&mut problems, open_document(dir).map_err(one));
        if let Some(Err(problem)) = api.as_ref().map(|api| check_hash(dir, api)) {
            // A byte that makes it unreadable is one more that is not as it was.
            problems.push(problem);
        }
        match (api, operations, types, overlay, document) {
            (Some(api), Some(operations), Some(types), Some(overlay), Some(document))
                if problems.is_empty() =>
            {
                Ok(Self {
                    dir: dir.to_owned(),
                    api,
                    operations,
                    types,
                    overlay,
                    document,
                })
            }
            _ => Err(problems),
        }
    }
}

/// What a folder holds beside its document, which may be missing or about to be replaced.
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// The folder.
    pub dir: PathBuf,
    /// `api.toml`.
    pub api: ApiToml,
    /// `operations.toml`; empty when absent.
    pub operations: OperationsToml,
    /// The overlay, when there is one.
    pub overlay: Option<Document>,
}

impl Knowledge {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in any of the files.
    pub fn open(dir: &Path) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let api = read_toml(&dir.join("api.toml"));
        let api = keep(
            &mut problems,
            api.map_err(one).and_then(|source| ApiToml::parse(&source)),
        );
        let operations = keep(
            &mut problems,
            optional(&dir.join("operations.toml"), OperationsToml::parse),
        );
        let overlay = keep(&mut problems, open_overlay(dir).map_err(one));
        match (api, operations, overlay) {
            (Some(api), Some(operations), Some(overlay)) => Ok(Self {
                dir: dir.to_owned(),
                api,
                operations,
                overlay,
            }),
            _ => Err(problems),
        }
    }

    /// The document's file; `None` where there is none, or more than one.
    #[must_use]
    pub fn document_path(&self) -> Option<PathBuf> {
        match present(&self.dir, DOCUMENT_NAMES).as_slice() {
            [name] => Some(self.dir.join(name)),
            _ => None,
        }
    }
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

fn keep<T>(problems: &mut Vec<Problem>, result: Result<T, Vec<Problem>>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

fn read_toml(path: &Path) -> Result<Arc<Source>, Problem> {
    Ok(Arc::new(Source::new(path, load::read(path)?, Format::Text)))
}

/// Parses a file, or the empty text when there is no such file.
fn optional<T>(
    path: &Path,
    parse: fn(&Arc<Source>) -> Result<T, Vec<Problem>>,
) -> Result<T, Vec<Problem>> {
    if path.exists() {
        parse(&read_toml(path).map_err(one)?)
    } else {
        parse(&Arc::new(Source::new(path, "", Format::Text)))
    }
}

fn open_document(dir: &Path) -> Result<Document, Problem> {
    let found = present(dir, DOCUMENT_NAMES);
    match found.as_slice() {
        [name] => load::load_with_files(&dir.join(name), None),
        [] => {
            let message = format!("{} has no document", dir.display());
            Err(
                Problem::error(ProblemKind::DocumentChoice, message).help(format!(
                    "put the document there as one of {}",
                    DOCUMENT_NAMES.join(", ")
                )),
            )
        }
        several => {
            let message = format!(
                "{} has several documents: {}",
                dir.display(),
                several.join(", ")
            );
            Err(Problem::error(ProblemKind::DocumentChoice, message)
                .help("keep the one that the crate is made from"))
        }
    }
}

fn open_overlay(dir: &Path) -> Result<Option<Document>, Problem> {
    match present(dir, OVERLAY_NAMES).as_slice() {
        [] => Ok(None),
        [name] => load::load(&dir.join(name)).map(Some),
        several => {
            let message = format!(
                "{} has several overlays: {}",
                dir.display(),
                several.join(", ")
            );
            Err(Problem::error(ProblemKind::DocumentChoice, message)
                .help("join them into one file"))
        }
    }
}

fn present(dir: &Path, names: &[&'static str]) -> Vec<&'static str> {
    names
        .iter()
        .copied()
        .filter(|name| dir.join(name).is_file())
        .collect()
}

/// Compares the document with the hash in `api.toml`, when there is one. It need not be readable for that.
fn check_hash(dir: &Path, api: &ApiToml) -> Result<(), Problem> {
    let names = present(dir, DOCUMENT_NAMES);
    let (Some(expected), [name]) = (&api.provenance.sha256, names.as_slice()) else {
        return Ok(());
    };
    let Ok(bytes) = fs::read(dir.join(name)) else {
        // Reading the document says so.
        return Ok(());
    };
    let actual = sha256(&bytes);
    if actual.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let message = format!("{name} has the hash {actual}, but `provenance.sha256` is {expected}");
    let mut problem = Problem::error(ProblemKind::HashMismatch, message)
        .in_file(&api.source)
        .help("restore the document, or record the new hash if it was replaced on purpose");
    problem.span.clone_from(&api.sha256_span);
    Err(problem)
}

#[cfg(test)]
mod tests;
