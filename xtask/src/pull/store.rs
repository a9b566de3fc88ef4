//! Puts documents into their folders: all of them, or none.

use crate::folder::{Provenance, ProvenanceKind};
use crate::problem::{Problem, ProblemKind};
use crate::source::Source;
use crate::write::{WriteError, sibling};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table, value};

/// A file and what it is to hold; `None` for one that is to go.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Option<Vec<u8>>,
}

/// Replaces files, all or none.
///
/// Each is written beside its place and flushed to the disk before the first takes its place by a rename. Should one of
/// the renames fail, those before it are undone.
///
/// # Errors
///
/// What the operating system refuses. The files are then as they were.
pub fn replace(files: &[Replacement]) -> Result<(), WriteError> {
    let result = files
        .iter()
        .try_for_each(stage)
        .and_then(|()| exchange(files));
    for Replacement { path, .. } in files {
        // What is left of it; most often nothing.
        let _ = fs::remove_file(sibling(path, "new"));
        let _ = fs::remove_file(sibling(path, "old"));
    }
    result
}

/// Writes a file, and a copy of what it is to replace, beside its place.
fn stage(Replacement { path, bytes }: &Replacement) -> Result<(), WriteError> {
    if let Some(bytes) = bytes {
        let new = sibling(path, "new");
        let mut file = File::create(&new).map_err(WriteError::new("create", &new))?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(WriteError::new("write", &new))?;
    }
    let old = sibling(path, "old");
    match fs::copy(path, &old) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::remove_file(&old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(WriteError::new("remove", &old)(error))
            }
            _ => Ok(()),
        },
        Err(error) => Err(WriteError::new("read", path)(error)),
    }
}

fn exchange(files: &[Replacement]) -> Result<(), WriteError> {
    for (done, Replacement { path, bytes }) in files.iter().enumerate() {
        let result = match bytes {
            Some(_) => fs::rename(sibling(path, "new"), path),
            None => fs::remove_file(path),
        };
        if let Err(error) = result {
            files.iter().take(done).for_each(restore);
            return Err(WriteError::new("replace", path)(error));
        }
    }
    for Replacement { path, .. } in files {
        // The names are on the disk too; where a folder cannot be flushed, the files are.
        if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
    }
    Ok(())
}

/// The error that is reported is the first one.
fn restore(Replacement { path, .. }: &Replacement) {
    let old = sibling(path, "old");
    let _ = if old.exists() {
        fs::rename(old, path)
    } else {
        fs::remove_file(path)
    };
}

/// `api.toml` with another provenance; all else, comments included, stays.
///
/// # Errors
///
/// A text that is no TOML.
pub fn provenance_text(source: &Source, provenance: &Provenance) -> Result<String, Problem> {
    let mut document: DocumentMut =
        source.text.parse().map_err(|error: toml_edit::TomlError| {
            let message = error.message().to_owned();
            Problem::error(ProblemKind::Syntax, message)
        })?;
    let mut table = Table::new();
    if let Some(old) = document.get("provenance").and_then(Item::as_table) {
        *table.decor_mut() = old.decor().clone();
        table.set_position(old.position());
    }
    let kind = match provenance.kind {
        ProvenanceKind::Compiled => "compiled",
        ProvenanceKind::Instance => "instance",
        ProvenanceKind::Published => "published",
        ProvenanceKind::File => "file",
    };
    table.insert("kind", value(kind));
    for (name, text) in [
        ("url", &provenance.url),
        ("retrieved", &provenance.retrieved),
        ("sha256", &provenance.sha256),
    ] {
        if let Some(text) = text {
            table.insert(name, value(text));
        }
    }
    document.insert("provenance", Item::Table(table));
    Ok(document.to_string())
}

/// Where a document is put: the file that is there, unless its name promises JSON and it holds none.
pub(crate) fn place(
    dir: &Path,
    current: Option<PathBuf>,
    is_json: bool,
) -> (PathBuf, Option<PathBuf>) {
    let promises_json = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    };
    match current {
        Some(path) if is_json || !promises_json(&path) => (path, None),
        Some(path) => (path.with_extension("yaml"), Some(path)),
        None if is_json => (dir.join("openapi.json"), None),
        None => (dir.join("openapi.yaml"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn holds(path: PathBuf, text: &str) -> Replacement {
        Replacement {
            path,
            bytes: Some(text.as_bytes().to_vec()),
        }
    }

    fn files(folder: &Path) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn all_are_replaced_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a"), "old a").unwrap();
        fs::write(at("c"), "old c").unwrap();
        // A folder that is not empty cannot be replaced by a file.
        fs::create_dir_all(at("d/e")).unwrap();
        let before = files(folder.path());
        for blocked in [at("d"), at("missing/f")] {
            let set = [
                holds(at("a"), "new a"),
                holds(at("b"), "new b"),
                Replacement {
                    path: at("c"),
                    bytes: None,
                },
                holds(blocked, "x"),
            ];
            replace(&set).unwrap_err();
            assert_eq!(files(folder.path()), before);
        }
        let set = [
            holds(at("a"), "new a"),
            holds(at("b"), "new b"),
            Replacement {
                path: at("c"),
                bytes: None,
            },
        ];
        replace(&set).unwrap();
        let after = [("a", "new a"), ("b", "new b")];
        assert_eq!(
            files(folder.path()),
            after.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }

    #[test]
    fn the_rest_of_api_toml_stays() {
        let text = "# head\ncrate = \"a\" # name\n\n[provenance]\n# ours\nkind = \"compiled\"\nretrieved = \"2020-01-01\"\n\n[rules]\n# why\nanswers = false\n";
        let source = Source::new("api.toml", text, Format::Text);
        let provenance = Provenance {
            kind: ProvenanceKind::Instance,
            url: Some("https://acme.example/docs".to_owned()),
            retrieved: Some("2026-11-22".to_owned()),
            sha256: Some("00".to_owned()),
        };
        assert_eq!(
            provenance_text(&source, &provenance).unwrap(),
            "# head\ncrate = \"a\" # name\n\n[provenance]\nkind = \"instance\"\nurl = \"https://acme.example/docs\"\nretrieved = \"2026-11-22\"\nsha256 = \"00\"\n\n[rules]\n# why\nanswers = false\n"
        );
    }

    #[test]
    fn a_document_keeps_its_file_where_the_name_is_no_lie() {
        let dir = Path::new("s");
        let at = |name: &str| dir.join(name);
        for (current, is_json, expected) in [
            (None, true, (at("openapi.json"), None)),
            (None, false, (at("openapi.yaml"), None)),
            (Some("openapi.yaml"), true, (at("openapi.yaml"), None)),
            (Some("swagger.json"), true, (at("swagger.json"), None)),
            (
                Some("swagger.json"),
                false,
                (at("swagger.yaml"), Some(at("swagger.json"))),
            ),
        ] {
            assert_eq!(place(dir, current.map(at), is_json), expected);
        }
    }
}
