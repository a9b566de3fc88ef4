//! `cargo xtask find`: the operations that have some words in common with what one looks for.

use super::generate::folders;
use super::{Exit, print_problems, workspace};
use crate::folder::{OperationKey, SpecFolder, Stability};
use crate::overlay;
use crate::problem::Problem;
use crate::schema::operations;
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

/// Find operations by words in method name, path, tag or summary
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Parts of words, in any case; an operation must have all of them
    #[arg(required = true, value_name = "WORD")]
    pub words: Vec<String>,
}

/// Runs the task. Nothing found is a failure.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn find(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    find_in(&workspace().join("specs"), &arguments.words, out)
}

/// What is printed of an operation.
struct Row {
    name: String,
    stability: &'static str,
    key: OperationKey,
}

fn find_in(specs: &Path, words: &[String], out: &mut dyn Write) -> io::Result<Exit> {
    let words: Vec<String> = words
        .iter()
        .flat_map(|word| word.split_whitespace())
        .map(str::to_lowercase)
        .collect();
    let read = folders(specs, &[])
        .map_err(|problem| vec![problem])
        .and_then(|folders| {
            let read = folders.iter().map(|folder| matches(folder, &words));
            read.collect::<Result<Vec<_>, _>>()
        });
    let found = match read {
        Ok(found) => found,
        Err(problems) => {
            print_problems(&problems, out)?;
            return Ok(Exit::Failure);
        }
    };
    let rows = || found.iter().flat_map(|(_, _, rows)| rows);
    let all: usize = found.iter().map(|(_, count, _)| count).sum();
    if rows().next().is_none() {
        writeln!(
            out,
            "none of {all} operations has all of these in method name, path, tag or summary: {}",
            words.join(" ")
        )?;
        writeln!(out, "try fewer words, or parts of words")?;
        return Ok(Exit::Failure);
    }
    let width = rows().map(|row| row.name.len()).max().unwrap_or_default();
    for (crate_name, _, rows) in &found {
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "{crate_name}")?;
        for Row {
            name,
            stability,
            key,
        } in rows
        {
            writeln!(out, "  {name:width$}  {stability:9}  {key}")?;
        }
    }
    writeln!(out, "{} of {all} operations", rows().count())?;
    Ok(Exit::Success)
}

/// Crate name, number of operations, and those that have all words.
fn matches(folder: &Path, words: &[String]) -> Result<(String, usize, Vec<Row>), Vec<Problem>> {
    let SpecFolder {
        api,
        operations: known,
        overlay,
        mut document,
        ..
    } = SpecFolder::open(folder)?;
    if let Some(overlay) = overlay {
        overlay::apply(&overlay, &mut document)?;
    }
    let all = operations(&document.root);
    let rows = all.iter().filter_map(|operation| {
        let key = OperationKey::new(operation.method, operation.path);
        let entry = known.get(&key);
        let text = |member| operation.value.get(member).and_then(Value::as_str);
        // An operation without entry gets one, and its name, by the next generation.
        let name = entry.map_or("-", |entry| entry.name.as_str());
        let tag = operation.value.pointer("/tags/0").and_then(Value::as_str);
        let places = [
            name,
            operation.path,
            tag.unwrap_or_default(),
            text("summary").unwrap_or_default(),
            text("operationId").unwrap_or_default(),
        ]
        .map(str::to_lowercase);
        let has = |word: &String| places.iter().any(|place| place.contains(word.as_str()));
        words.iter().all(has).then(|| Row {
            name: name.to_owned(),
            stability: stability(entry.map(|entry| entry.stability)),
            key,
        })
    });
    let rows = rows.collect();
    Ok((api.crate_name, all.len(), rows))
}

const fn stability(stability: Option<Stability>) -> &'static str {
    match stability {
        Some(Stability::Public) => "public",
        Some(Stability::Prototype) => "prototype",
        Some(Stability::Other) => "other",
        None => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::sha256;
    use std::fs;

    const V2: &str = r#"
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /v2/public/exemptions/list:
    post: {operationId: a, tags: [Exemptions], summary: List them, responses: {"200": {description: ok}}}
  /v2/prototype/clouds/{id}/purge:
    post: {operationId: b, tags: [Clouds], summary: Remove a cloud, responses: {"200": {description: ok}}}
"#;
    const V3: &str = r#"
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /v3/clouds:
    get: {operationId: listThings, summary: List Clouds, responses: {"200": {description: ok}}}
"#;
    const KNOWN: &str = r#"
["POST /v2/prototype/clouds/{}/purge"]
name = "delete_cloud"
effect = "write"
stability = "prototype"

["POST /v2/public/exemptions/list"]
name = "list_exemptions"
effect = "read"
stability = "public"
"#;

    fn run(words: &[&str]) -> (Exit, String) {
        let root = tempfile::tempdir().unwrap();
        let specs = root.path().join("specs");
        for (name, document, known) in [("x-v2", V2, KNOWN), ("x-v3", V3, "")] {
            let folder = specs.join(name);
            fs::create_dir_all(&folder).unwrap();
            let hash = sha256(document.as_bytes());
            let api = format!(
                "crate = \"{name}\"\ntitle = \"T\"\nauth = \"document\"\n[provenance]\nkind = \"compiled\"\nsha256 = \"{hash}\"\n"
            );
            fs::write(folder.join("api.toml"), api).unwrap();
            fs::write(folder.join("openapi.yaml"), document).unwrap();
            fs::write(folder.join("operations.toml"), known).unwrap();
        }
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let mut out = Vec::new();
        let exit = find_in(&specs, &words, &mut out).unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[test]
    fn prints_name_stability_and_path_in_columns() {
        let (exit, text) = run(&["LIST"]);
        assert_eq!(exit, Exit::Success);
        assert_eq!(
            text,
            "x-v2\n  list_exemptions  public     POST /v2/public/exemptions/list\n\
             x-v3\n  -                -          GET /v3/clouds\n\
             2 of 3 operations\n"
        );
    }

    #[test]
    fn every_word_must_occur_somewhere() {
        for (words, expected) in [
            (&["cloud"][..], 2),
            (&["cloud", "purge"], 1),
            (&["cloud remove"], 1),
            (&["Exemptions", "them"], 1),
            (&["listthings"], 1),
            (&["prototype/clouds/{id}"], 1),
        ] {
            let (_, text) = run(words);
            assert!(
                text.ends_with(&format!("\n{expected} of 3 operations\n")),
                "{words:?}: {text}"
            );
        }
    }

    #[test]
    fn nothing_found_is_a_failure() {
        let (exit, text) = run(&["cloud", "exemption"]);
        assert_eq!(exit, Exit::Failure);
        assert!(
            text.starts_with("none of 3 operations has all of these"),
            "{text}"
        );
        assert!(text.contains(": cloud exemption\n"), "{text}");
    }
}
