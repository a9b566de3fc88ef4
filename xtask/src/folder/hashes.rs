//! The hashes in `api.toml`: of the document, and of the other files that it consists of.

use super::{ApiToml, DOCUMENT_NAMES, present};
use crate::problem::{Problem, ProblemKind};
use crate::source::{Document, Source, Span, sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use toml_edit::{DocumentMut, Item, Table, value};

/// The hashes of the files that a document consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// SHA-256 of the document, in hexadecimal digits.
    pub document: String,
    /// SHA-256 of each file that its references lead to, by the path below its folder.
    pub files: BTreeMap<String, String>,
}

impl Hashes {
    /// The hashes of a document that was read with its files.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let folder = document.path().parent().unwrap_or(Path::new(""));
        let files = document.files.all().iter();
        Self {
            document: document.sha256.clone(),
            files: files
                .map(|file| (name_below(folder, file.path()), file.sha256.clone()))
                .collect(),
        }
    }

    /// `api.toml` with these hashes; all else, comments included, stays.
    ///
    /// # Errors
    ///
    /// A text that is no TOML.
    pub fn record(&self, api: &Source) -> Result<String, Problem> {
        let mut document = parse(&api.text)?;
        let provenance = document
            .entry("provenance")
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(table) = provenance.as_table_like_mut() else {
            let message = "`provenance` is not a table";
            return Err(Problem::error(ProblemKind::WrongType, message));
        };
        table.insert("sha256", value(self.document.as_str()));
        if self.files.is_empty() {
            table.remove("files");
        } else {
            let mut files = Table::new();
            for (name, hash) in &self.files {
                files.insert(name, value(hash.as_str()));
            }
            table.insert("files", Item::Table(files));
        }
        Ok(document.to_string())
    }
}

/// A TOML file, to be changed.
pub(crate) fn parse(text: &str) -> Result<DocumentMut, Problem> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let message = error.message().to_owned();
        Problem::error(ProblemKind::Syntax, message)
    })
}

/// A path below a folder, with `/` on every system.
fn name_below(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Compares what is on the disk with what `api.toml` records, if it records anything. Nothing is parsed for that, so that
/// a file that is cut off is found too.
pub(super) fn check_recorded(dir: &Path, api: &ApiToml) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let (Some((hash, span)), [name]) = (&api.sha256, present(dir, DOCUMENT_NAMES).as_slice()) {
        let key = "`provenance.sha256`";
        problems.extend(check_file(dir, api, name, key, hash, span));
        for (name, (hash, span)) in &api.files {
            let key = "the hash in `provenance.files`";
            problems.extend(check_file(dir, api, name, key, hash, span));
        }
    }
    problems
}

fn check_file(
    dir: &Path,
    api: &ApiToml,
    name: &str,
    key: &str,
    hash: &str,
    span: &Span,
) -> Option<Problem> {
    let message = match fs::read(dir.join(name)) {
        Ok(bytes) => {
            let actual = sha256(&bytes);
            if actual.eq_ignore_ascii_case(hash) {
                return None;
            }
            format!("{name} has the hash {actual}, but {key} is {hash}")
        }
        Err(error) => format!("{name} has a recorded hash, but cannot be read: {error}"),
    };
    Some(mismatch(dir, api, message).span(span.clone()))
}

/// Compares the files of a document with those whose hashes `api.toml` has to record.
pub(super) fn check_complete(dir: &Path, api: &ApiToml, document: &Document) -> Option<Problem> {
    if api.sha256.is_none() {
        let message = format!("no hash of {} is recorded", file_name(document.path()));
        return Some(mismatch(dir, api, message));
    }
    let Hashes { files, .. } = Hashes::of(document);
    let unrecorded = files.keys().find(|name| !api.files.contains_key(*name))?;
    let message = format!("the document refers to {unrecorded}, whose hash is not recorded");
    Some(mismatch(dir, api, message))
}

fn mismatch(dir: &Path, api: &ApiToml, message: String) -> Problem {
    let name = file_name(dir);
    Problem::error(ProblemKind::HashMismatch, message)
        .in_file(&api.source)
        .help(format!(
            "if you changed it on purpose, run `cargo xtask record --api {name}`; otherwise restore the recorded file"
        ))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
