//! Where documents are put, and what is recorded of them.

use crate::folder::{Provenance, ProvenanceKind, parse_toml};
use crate::problem::Problem;
use crate::source::Source;
use std::path::{Path, PathBuf};
use toml_edit::{Item, Table, value};

/// `api.toml` with another provenance; all else, comments included, stays.
///
/// # Errors
///
/// A text that is no TOML.
pub fn provenance_text(source: &Source, provenance: &Provenance) -> Result<String, Problem> {
    let mut document = parse_toml(&source.text)?;
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
