//! The groups of operations: one file of the generated crate each.

use super::{Operation, Tag};
use crate::names::{Taken, feature_name, module_name, unique};
use crate::schema::text;
use serde_json::Value;
use std::collections::BTreeMap;

/// Modules that every generated crate has, and crates that its `use` lines name.
const MODULES: [&str; 12] = [
    "types",
    "operations",
    "client",
    "specification",
    "shared",
    "builder",
    "mod",
    "error",
    "std",
    "serde",
    "serde_json",
    "rapid7_core",
];

/// The tags in the order in which operations name them.
pub(super) struct Tags {
    named: Vec<Tag>,
    /// Index of each tag by its name.
    by_name: BTreeMap<String, usize>,
    /// Modules that are taken.
    modules: Taken,
    /// Cargo features that are taken.
    features: Taken,
}

impl Tags {
    pub(super) fn new() -> Self {
        Self {
            named: Vec::new(),
            by_name: BTreeMap::new(),
            modules: Taken::from_iter(MODULES),
            features: Taken::default(),
        }
    }

    /// The tag of an operation, which is the first that it names.
    pub(super) fn index(&mut self, operation: &Value) -> usize {
        let name = operation
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .map(one_line)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "default".to_owned());
        if let Some(index) = self.by_name.get(&name) {
            return *index;
        }
        self.by_name.insert(name.clone(), self.named.len());
        self.named.push(Tag {
            module: module_name(&name, &mut self.modules),
            feature: unique(feature_name(&name), &mut self.features),
            name,
            description: None,
        });
        self.named.len() - 1
    }

    /// The tags with their descriptions, in the order in which the document lists them, unlisted ones last.
    pub(super) fn finish(mut self, root: &Value, operations: &mut [Operation]) -> Vec<Tag> {
        let mut ranks = vec![usize::MAX; self.named.len()];
        let listed = root.get("tags").and_then(Value::as_array);
        for (rank, value) in listed.into_iter().flatten().enumerate() {
            let name = text(value, "name").map(|name| one_line(&name));
            if let Some(index) = name.and_then(|name| self.by_name.get(&name).copied()) {
                ranks[index] = ranks[index].min(rank);
                self.named[index].description = text(value, "description");
            }
        }
        let mut sorted: Vec<(usize, Tag)> = self.named.into_iter().enumerate().collect();
        sorted.sort_by_key(|(before, _)| ranks[*before]);
        let mut places = vec![0; sorted.len()];
        for (place, (before, _)) in sorted.iter().enumerate() {
            places[*before] = place;
        }
        for operation in operations {
            operation.tag = places[operation.tag];
        }
        sorted.into_iter().map(|(_, tag)| tag).collect()
    }
}

/// A title, without the line breaks that would end a comment or a table.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
