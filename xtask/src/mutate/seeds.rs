//! The documents that mutants are made from.

use crate::load::load;
use crate::problem::Problem;
use crate::schema::METHODS;
use crate::source::Document;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

/// Most operations of a seed: what a trial costs grows with them, what it finds hardly does.
const MOST_OPERATIONS: usize = 5;

/// Most named schemas, parameters and so on of a seed.
const MOST_COMPONENTS: usize = 40;

/// Longest text of a seed, in bytes: prose has no part in what breaks.
const LONGEST_TEXT: usize = 200;

/// Largest seed, in bytes of JSON.
const MOST_BYTES: usize = 12 * 1024;

/// Cuts made of one document, each of other operations.
const CUTS: usize = 3;

/// Members of the root that hold named parts.
const HOLDERS: [&str; 5] = [
    "components",
    "definitions",
    "parameters",
    "responses",
    "securityDefinitions",
];

/// The committed ones: small, and together they have all that the pipeline has a word for.
#[must_use]
pub fn committed() -> Vec<Value> {
    const TEXTS: [&str; 3] = [
        include_str!("../../seeds/swagger-2.0.yaml"),
        include_str!("../../seeds/openapi-3.0.yaml"),
        include_str!("../../seeds/openapi-3.1.yaml"),
    ];
    TEXTS
        .iter()
        .filter_map(|text| parse(Path::new("seed.yaml"), (*text).to_owned()).ok())
        .collect()
}

fn parse(path: &Path, text: String) -> Result<Value, Problem> {
    crate::load::load_text(path, text).map(|document| document.root)
}

/// Those of a folder and of the folders in it: each document cut to a few operations and what they reach.
///
/// What cannot be read as a document is passed over.
///
/// # Errors
///
/// When a folder cannot be listed.
pub fn from_folder(folder: &Path) -> io::Result<Vec<Value>> {
    let mut found = Vec::new();
    for path in files(folder)? {
        if let Ok(Document { root, .. }) = load(&path) {
            let cuts = (0..CUTS).filter_map(|round| cut(&root, round));
            found.extend(cuts.filter(|cut| cut.to_string().len() <= MOST_BYTES));
        }
    }
    found.dedup();
    Ok(found)
}

/// The files below a folder with the extension of a document, sorted.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut queue = VecDeque::from([folder.to_owned()]);
    while let Some(folder) = queue.pop_front() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                queue.push_back(path);
            } else if path.extension().is_some_and(|extension| {
                ["json", "yaml", "yml"]
                    .iter()
                    .any(|known| extension == *known)
            }) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A document with a few operations of another, and the named parts that those reach; `None` without operations.
fn cut(root: &Value, round: usize) -> Option<Value> {
    let paths = some_paths(root, round)?;
    let mut cut: Map<String, Value> = root
        .as_object()?
        .iter()
        .filter(|(key, _)| {
            *key != "paths" && *key != "webhooks" && !HOLDERS.contains(&key.as_str())
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut queue = VecDeque::new();
    targets(&paths, &mut queue);
    cut.insert("paths".to_owned(), paths);
    for schemes in [
        ["securityDefinitions"].as_slice(),
        &["components", "securitySchemes"],
    ] {
        queue.extend(under(root, schemes));
    }
    let mut cut = Value::Object(cut);
    let mut seen = BTreeSet::new();
    while let Some(keys) = queue.pop_front() {
        if seen.len() < MOST_COMPONENTS && seen.insert(keys.clone()) {
            copy(root, &keys, &mut cut, &mut queue);
        }
    }
    shorten(&mut cut);
    Some(cut)
}

fn some_paths(root: &Value, round: usize) -> Option<Value> {
    let paths = root.get("paths")?.as_object()?;
    let mut left = [MOST_OPERATIONS, 2, 1][round % CUTS];
    let mut kept = Map::new();
    for (path, item) in paths.iter().skip(round * paths.len() / CUTS) {
        let mut item = item.as_object()?.clone();
        item.retain(|key, _| {
            let is_operation = METHODS.contains(&key.as_str());
            let kept = !is_operation || left > 0;
            left -= usize::from(is_operation && kept);
            kept
        });
        kept.insert(path.clone(), Value::Object(item));
        if left == 0 {
            break;
        }
    }
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// The keys of all members of an object.
fn under(root: &Value, keys: &[&str]) -> Vec<Vec<String>> {
    let holder = keys.iter().try_fold(root, |value, key| value.get(key));
    let names = holder.and_then(Value::as_object).into_iter().flatten();
    names
        .map(|(name, _)| {
            let keys = keys.iter().map(|key| (*key).to_owned());
            keys.chain([name.clone()]).collect()
        })
        .collect()
}

/// The named parts that the references inside a value lead into.
fn targets(value: &Value, found: &mut VecDeque<Vec<String>>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let mut keys: Vec<String> = reference
                    .split('/')
                    .skip(1)
                    .map(crate::source::unescape_segment)
                    .collect();
                let first = keys.first().map(String::as_str).unwrap_or_default();
                let length = if first == "components" { 3 } else { 2 };
                if HOLDERS.contains(&first) && keys.len() >= length {
                    keys.truncate(length);
                    found.push_back(keys);
                }
            }
            members.values().for_each(|value| targets(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| targets(value, found)),
        _ => {}
    }
}

fn copy(root: &Value, keys: &[String], cut: &mut Value, queue: &mut VecDeque<Vec<String>>) {
    let Some(part) = keys.iter().try_fold(root, |value, key| value.get(key)) else {
        return;
    };
    targets(part, queue);
    let mut holder = cut;
    for key in keys {
        let Some(members) = holder.as_object_mut() else {
            return;
        };
        holder = members
            .entry(key.clone())
            .or_insert_with(|| Value::Object(Map::new()));
    }
    *holder = part.clone();
}

/// Takes out long prose.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) => {
            let end = text
                .char_indices()
                .map(|(at, _)| at)
                .find(|at| *at >= LONGEST_TEXT);
            text.truncate(end.unwrap_or(text.len()));
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_committed_seeds_are_documents() {
        assert_eq!(committed().len(), 3);
    }

    #[test]
    fn a_cut_has_what_its_operations_reach() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let document = json!({
            "openapi": "3.0.3",
            "paths": {
                "/a": { "summary": "kept", "get": { "x": to("A") }, "put": {}, "post": {}, "delete": {} },
                "/b": { "get": {}, "put": { "x": to("C") }, "post": { "x": to("D") } },
            },
            "components": {
                "schemas": { "A": { "items": to("B") }, "B": { "title": "é".repeat(150) }, "C": {}, "D": {} },
                "securitySchemes": { "key": {} },
            },
        });
        assert_eq!(
            cut(&document, 0),
            Some(json!({
                "openapi": "3.0.3",
                "paths": {
                    "/a": { "summary": "kept", "get": { "x": to("A") }, "put": {}, "post": {}, "delete": {} },
                    "/b": { "get": {} },
                },
                "components": {
                    "schemas": { "A": { "items": to("B") }, "B": { "title": "é".repeat(100) } },
                    "securitySchemes": { "key": {} },
                },
            }))
        );
        assert_eq!(cut(&json!({ "openapi": "3.0.3" }), 0), None);
    }
}
