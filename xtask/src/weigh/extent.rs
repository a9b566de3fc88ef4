//! How much of a generated crate its features compile, counted in its files.

use crate::conditions::Conditions;
use crate::model::Api;
use crate::write::FileSet;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use syn::Item;

/// Operations, types and lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Methods of the client.
    pub operations: usize,
    /// Structs, enums and aliases, without builders.
    pub types: usize,
    /// Lines of Rust.
    pub lines: usize,
}

impl AddAssign for Extent {
    fn add_assign(&mut self, other: Self) {
        self.operations += other.operations;
        self.types += other.types;
        self.lines += other.lines;
    }
}

/// The extent of a crate, and what each of its features that have operations compiles alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extents {
    /// With all features.
    pub full: Extent,
    /// By feature.
    pub by_feature: BTreeMap<String, Extent>,
}

/// Counts what the files of `src/generated/` hold.
#[must_use]
pub fn of_crate(files: &FileSet, api: &Api) -> Extents {
    let mut conditions = Conditions::default();
    let mut found = Vec::new();
    for (path, text) in &files.0 {
        let path = path.to_string_lossy().replace('\\', "/");
        let Some(module) = path.strip_suffix(".rs") else {
            continue;
        };
        // A file that is not Rust fails where it is compiled.
        let items = syn::parse_file(text).map(|file| file.items);
        let items = items.unwrap_or_default();
        conditions.read(&path, &items);
        found.push((extent(module, text, &items, api), path));
    }
    let mut extents = Extents::default();
    let mut by_condition: BTreeMap<BTreeSet<String>, Extent> = BTreeMap::new();
    for (extent, path) in found {
        extents.full += extent;
        *by_condition.entry(conditions.of(&path)).or_default() += extent;
    }
    for tag in api.used_tags().map(|(_, tag)| &tag.feature) {
        let mut alone = Extent::default();
        for (features, extent) in &by_condition {
            if features.is_empty() || features.contains(tag) {
                alone += *extent;
            }
        }
        extents.by_feature.insert(tag.clone(), alone);
    }
    extents
}

/// What the file of a module holds.
fn extent(module: &str, text: &str, items: &[Item], api: &Api) -> Extent {
    let are_types = module.starts_with("types/") && !module.starts_with("types/builder/");
    let is_type = |item: &&Item| matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Type(_));
    let tags = api.operations.iter().map(|operation| operation.tag);
    let is_own = |tag: &usize| api.tags.get(*tag).is_some_and(|tag| tag.module == module);
    Extent {
        operations: tags.filter(is_own).count(),
        types: if are_types {
            items.iter().filter(is_type).count()
        } else {
            0
        },
        lines: text.lines().count(),
    }
}
