//! The documents below some folders, each with a name for its crate.

use crate::load;
use crate::problem::{Problem, ProblemKind};
use crate::schema::{declared_version, operations};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Members at the root of which a document has one.
const ROOT_KEYS: [&str; 2] = ["openapi", "swagger"];

/// Longest name of a crate, without the prefix: files that cargo makes have longer names, and those have a bound.
const LONGEST: usize = 80;

/// What there is below the folders.
#[derive(Debug)]
pub(super) struct Corpus {
    pub(super) documents: Vec<Document>,
    /// Files that are no documents, by name.
    pub(super) others: Vec<String>,
}

/// One document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    /// The path below its folder; whole where two folders have the same.
    pub(super) name: String,
    pub(super) crate_name: String,
    /// As declared; `None` also where the text does not parse.
    pub(super) version: Option<String>,
    pub(super) operations: usize,
}

/// Finds the documents, folder by folder in the order of their paths.
///
/// # Errors
///
/// A folder that cannot be read.
pub(super) fn find(folders: &[PathBuf], only: &[String]) -> Result<Corpus, Problem> {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for folder in folders {
        for entry in WalkDir::new(folder) {
            let entry = entry.map_err(|error| {
                let message = format!("cannot read {}: {error}", folder.display());
                Problem::error(ProblemKind::Unreadable, message)
            })?;
            let path = entry.into_path();
            if !path.is_file() || !is_named_like_one(&path) {
                continue;
            }
            let name = match path.strip_prefix(folder) {
                Ok(below) if !below.as_os_str().is_empty() => below.display().to_string(),
                // The folder is itself a file.
                _ => path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            };
            if only.is_empty() || only.iter().any(|wanted| name.contains(wanted)) {
                files.entry(path).or_insert(name);
            }
        }
    }
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in files.values() {
        *times.entry(name).or_default() += 1;
    }
    let mut corpus = Corpus {
        documents: Vec::new(),
        others: Vec::new(),
    };
    let mut taken = BTreeSet::new();
    for (path, name) in &files {
        let shown = if times.get(name.as_str()) == Some(&1) {
            name.clone()
        } else {
            path.display().to_string()
        };
        let Some((version, operations)) = declared(path) else {
            corpus.others.push(shown);
            continue;
        };
        corpus.documents.push(Document {
            path: path.clone(),
            crate_name: crate_name(Path::new(name), &mut taken),
            name: shown,
            version,
            operations,
        });
    }
    Ok(corpus)
}

fn is_named_like_one(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["json", "yaml", "yml"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Version and number of operations; `None` for what is no document.
///
/// A text that cannot be read is one when it looks as if it had a root key: a broken document is to be counted.
fn declared(path: &Path) -> Option<(Option<String>, usize)> {
    if let Ok(document) = load::load(path) {
        let root = &document.root;
        return ROOT_KEYS
            .iter()
            .any(|key| root.get(key).is_some())
            .then(|| (declared_version(root), operations(root).len()));
    }
    let mut bytes = std::fs::read(path).unwrap_or_default();
    // So that UTF-16 can be searched too.
    bytes.retain(|byte| *byte != 0);
    has_root_key(&String::from_utf8_lossy(&bytes)).then_some((None, 0))
}

/// Whether a line or an object begins with one of the keys, quoted or not.
fn has_root_key(text: &str) -> bool {
    ROOT_KEYS.iter().any(|key| {
        text.match_indices(key).any(|(at, _)| {
            let before = text[..at].trim_end_matches(['"', '\'']);
            let after = text[at + key.len()..].trim_start_matches(['"', '\'']);
            let is_first = before.is_empty()
                || before.ends_with(['\n', '\u{feff}'])
                || before.trim_end().ends_with(['{', ',']);
            is_first && after.trim_start_matches([' ', '\t']).starts_with(':')
        })
    })
}

/// A legal name that no other crate has: of the corpus, by the prefix, nor of its dependencies.
fn crate_name(file: &Path, taken: &mut BTreeSet<String>) -> String {
    let stem = file.with_extension("");
    let words: Vec<String> = stem
        .to_string_lossy()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut base = words.join("-");
    base.truncate(LONGEST);
    let base = format!(
        "corpus-{}",
        if base.is_empty() { "document" } else { &base }
    );
    let base = base.trim_end_matches('-');
    let mut name = base.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_crates_are_legal_and_unique() {
        let mut taken = BTreeSet::new();
        let long = "x".repeat(200) + ".json";
        let names: Vec<String> = [
            "petstore.json",
            "petstore.yaml",
            "petstore-2.json",
            "a/Größe v1.2.json",
            "..json",
            "日本.yml",
            "serde.json",
            &long,
        ]
        .iter()
        .map(|file| crate_name(Path::new(file), &mut taken))
        .collect();
        let long = format!("corpus-{}", "x".repeat(LONGEST));
        assert_eq!(
            names,
            [
                "corpus-petstore",
                "corpus-petstore-2",
                "corpus-petstore-2-2",
                "corpus-a-gr-e-v1-2",
                "corpus-document",
                "corpus-document-2",
                "corpus-serde",
                &long,
            ]
        );
    }

    #[test]
    fn a_broken_text_with_a_root_key_is_a_document() {
        for (text, expected) in [
            ("openapi: 3.0.0\na: [", true),
            ("info: {}\n'swagger' : '2.0'\n\t", true),
            ("{\"info\": {}, \"openapi\": \"3.1.0\"", true),
            ("{\n  \"swagger\": 2", true),
            ("\u{feff}openapi: 3", true),
            ("# about openapi: all of it", false),
            ("dependencies:\n  openapi: 1", false),
            ("{\"name\": \"openapi\"", false),
            ("", false),
        ] {
            assert_eq!(has_root_key(text), expected, "{text}");
        }
    }
}
