//! The `use` lines of a generated file.

use quote::ToTokens;
use std::collections::BTreeSet;
use syn::Item;
use syn::visit::{self, Visit};

/// Names of the runtime that generated code uses unqualified.
const IMPORTS: &[&str] = &[
    "Access",
    "Answer",
    "AuthScheme",
    "Body",
    "CallOptions",
    "Confidence",
    "Connection",
    "Effect",
    "Error",
    "Given",
    "KeyPlacement",
    "Method",
    "Misfit",
    "Operation",
    "Paging",
    "Received",
    "Request",
    "SessionScheme",
    "Specification",
    "SpecificationKind",
    "Stability",
    "Style",
    "decode",
    "given",
    "paging",
];

/// Those that types use.
const IN_TYPES: &[&str] = &["Body", "Given", "Misfit", "Received", "decode"];

/// Its derive macros.
const DERIVES: [&str; 3] = ["Builder", "Object", "OpenEnum"];

/// The `use` lines of a file: what its items mention and do not define.
pub(super) fn imports(
    path: &str,
    items: &[Item],
    type_names: &BTreeSet<String>,
    more: Option<&str>,
) -> String {
    let used = mentioned(items);
    let defined = super::types::names(items);
    let in_types = path.starts_with("types/") && !path.starts_with("types/builder/");
    let mut lines: Vec<String> = more.into_iter().map(str::to_owned).collect();
    if !path.contains('/') && path != "client" && used.contains("Client") {
        lines.push("use super::client::Client;".to_owned());
    }
    if !path.contains('/') && used.contains("operations") {
        lines.push("use super::operations;".to_owned());
    }
    let others = in_types
        && type_names
            .iter()
            .any(|name| used.contains(name) && !defined.contains(name));
    match (used.contains("types"), others) {
        (true, true) => lines.push("use crate::types::{self, *};".to_owned()),
        (true, false) => lines.push("use crate::types;".to_owned()),
        (false, true) => lines.push("use crate::types::*;".to_owned()),
        (false, false) => {}
    }
    lines.extend(of_the_runtime(path, items, &used, &defined));
    if used.contains("BTreeMap") {
        lines.push("use std::collections::BTreeMap;".to_owned());
    }
    let derived: Vec<&str> = ["Deserialize", "Serialize"]
        .into_iter()
        .filter(|name| derives(items, name))
        .collect();
    if !derived.is_empty() {
        lines.push(format!("use serde::{{{}}};", derived.join(", ")));
    }
    lines.sort();
    if lines.is_empty() {
        String::new()
    } else {
        format!("{}\n\n", lines.join("\n"))
    }
}

/// The line for what `rapid7_core` has.
fn of_the_runtime(
    path: &str,
    items: &[Item],
    used: &BTreeSet<String>,
    defined: &BTreeSet<String>,
) -> Option<String> {
    // Inside `types`, `Error` is an associated type; only answer enums use the runtime there.
    let candidates = if path.starts_with("types/") {
        IN_TYPES
    } else {
        IMPORTS
    };
    let mut names: Vec<&str> = candidates
        .iter()
        .copied()
        .filter(|name| used.contains(*name) && !defined.contains(*name))
        .collect();
    names.extend(DERIVES.into_iter().filter(|name| derives(items, name)));
    names.sort_unstable();
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("use rapid7_core::{only};")),
        several => Some(format!("use rapid7_core::{{{}}};", several.join(", "))),
    }
}

fn derives(items: &[Item], name: &str) -> bool {
    let attributes = items.iter().flat_map(|item| match item {
        Item::Struct(item) => item.attrs.as_slice(),
        Item::Enum(item) => item.attrs.as_slice(),
        _ => &[],
    });
    attributes
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| attribute.to_token_stream().to_string().contains(name))
}

/// The first names of all paths in the items.
pub(super) fn mentioned(items: &[Item]) -> BTreeSet<String> {
    #[derive(Default)]
    struct Mentioned(BTreeSet<String>);
    impl<'a> Visit<'a> for Mentioned {
        fn visit_path(&mut self, path: &'a syn::Path) {
            if let Some(first) = path
                .segments
                .first()
                .filter(|_| path.leading_colon.is_none())
            {
                self.0.insert(first.ident.to_string());
            }
            visit::visit_path(self, path);
        }
    }
    let mut visitor = Mentioned::default();
    for item in items {
        visitor.visit_item(item);
    }
    visitor.0
}
