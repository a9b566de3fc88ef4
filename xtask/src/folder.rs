//! A specification folder: one document, and what we know beyond it.

mod api;
mod hashes;
mod key;
mod operations;
mod toml_problem;
mod types;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::load;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Document, Format, Source};

pub use api::{ApiToml, AuthFamily, Provenance, ProvenanceKind};
pub use hashes::Hashes;
pub(crate) use hashes::parse as parse_toml;
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
    /// Reads a folder, whose document must be the one that `api.toml` records.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in any of the files, not only the first; each with its line.
    pub fn open(dir: &Path) -> Result<Self, Vec<Problem>> {
        let opened = Self::open_unchecked(dir);
        let api = read_toml(&dir.join("api.toml")).map_err(one);
        let Ok(api) = api.and_then(|source| ApiToml::parse(&source)) else {
            return opened;
        };
        let mut mismatches = hashes::check_recorded(dir, &api);
        if let Ok(folder) = &opened {
            mismatches.extend(hashes::check_complete(dir, &api, &folder.document));
        }
        match opened {
            opened if mismatches.is_empty() => opened,
            Ok(_) => Err(mismatches),
            Err(mut problems) => {
                // A byte that makes it unreadable is one more that is not as it was.
                problems.extend(mismatches);
                Err(problems)
            }
        }
    }

    /// Reads a folder, whatever hashes its `api.toml` records: to record others, or from a commit, which cannot change.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_unchecked(dir: &Path) -> Result<Self, Vec<Problem>> {
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
    /// Reads a folder. A document in it must be the one that `api.toml` records, if that records any.
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
        if let Some(api) = &api {
            problems.extend(hashes::check_recorded(dir, api));
        }
        match (api, operations, overlay) {
            (Some(api), Some(operations), Some(overlay)) if problems.is_empty() => Ok(Self {
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

#[cfg(test)]
mod tests;
