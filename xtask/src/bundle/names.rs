//! Readable names for what comes from other files.

use super::sources::Spot;
use crate::names::{Taken, unique};
use heck::ToPascalCase;
use std::path::Path;

/// Segments of pointers that say where something stands and not what it is.
const PLACES: [&str; 19] = [
    "components",
    "schemas",
    "schema",
    "definitions",
    "$defs",
    "models",
    "parameters",
    "responses",
    "requestBodies",
    "headers",
    "properties",
    "patternProperties",
    "content",
    "application/json",
    "allOf",
    "anyOf",
    "oneOf",
    "paths",
    "default",
];

/// Names of files that say nothing; their folder does.
const FILES: [&str; 7] = [
    "index", "_index", "schema", "main", "model", "openapi", "swagger",
];

/// A name from the last words of the fragment, or from the file; with the file's name before it, or with a number,
/// where it is taken. Names that differ in case only would give one Rust type: those that are taken are in lower case.
pub(super) fn choose(spot: &Spot, file: &Path, taken: &mut Taken) -> String {
    let stem = stem(file);
    let words = words(&spot.pointer);
    let name = match words.as_slice() {
        [] => stem.clone(),
        [word] => word.clone(),
        several => several.join(" ").to_pascal_case(),
    };
    let folder = file.parent().and_then(Path::file_name);
    let folder = folder.unwrap_or_default().to_string_lossy();
    let qualifier = if words.is_empty() {
        &folder
    } else {
        stem.as_str()
    };
    let longer = format!("{qualifier} {name}").to_pascal_case();
    let free = [legal(&name), legal(&longer)]
        .into_iter()
        .find(|name| !taken.contains(&name.to_lowercase()));
    if let Some(name) = free {
        taken.insert(name.to_lowercase());
        return name;
    }
    let name = legal(&name);
    let lower = name.to_lowercase();
    let number = unique(lower.as_str(), taken);
    format!("{name}{}", &number[lower.len()..])
}

/// The words of a pointer that name things.
fn words(pointer: &str) -> Vec<String> {
    let segments = pointer.split('/').skip(1).map(crate::schema::unescape);
    segments
        .filter(|segment| !PLACES.contains(&segment.as_str()) && segment.parse::<u16>().is_err())
        .map(|segment| match segment.as_str() {
            "items" => "item".to_owned(),
            "additionalProperties" => "value".to_owned(),
            _ => segment,
        })
        .collect()
}

/// `pet` for `schemas/pet.schema.yaml` as for `pet/index.yaml`.
fn stem(file: &Path) -> String {
    let text = |name: Option<&std::ffi::OsStr>| {
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let name = text(file.file_name());
    let folder = text(file.parent().and_then(Path::file_name));
    if FILES.contains(&name.to_lowercase().as_str()) && !folder.is_empty() {
        folder
    } else {
        name
    }
}

/// The name in the letters that a component's name may have.
fn legal(name: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name: String = name
        .chars()
        .map(|c| if legal(c) { c } else { '_' })
        .collect();
    if name.chars().all(|c| c == '_') {
        "Unnamed".to_owned()
    } else {
        name
    }
}
