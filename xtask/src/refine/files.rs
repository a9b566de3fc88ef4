//! The files of `src/generated/`: head, imports, items, no file too long.

use super::Naming;
use super::imports::imports;
use super::layout::Place;
use super::modules::{self, Module, Tree};
use crate::model::Api;
use crate::names::{Taken, unique};
use crate::write::FileSet;
use proc_macro2::TokenStream;
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;

/// Lines after which a file of types is continued in another one.
const MAX_LINES: usize = 2_900;

/// Files under construction.
pub(super) struct Files {
    head: String,
    /// Files by path without extension, each of groups of items that stay together.
    items: BTreeMap<String, Vec<Vec<Item>>>,
    /// When files are compiled in, where that is not always.
    conditions: BTreeMap<String, Condition>,
    /// Files that are no Rust.
    plain: BTreeMap<String, String>,
}

/// The features of which one is enough for a module to be compiled in; without any, it always is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Condition(Vec<String>);

impl Condition {
    /// Whatever the features.
    pub(super) const ALWAYS: Self = Self(Vec::new());

    /// With this feature.
    pub(super) fn feature(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// With any of these.
    pub(super) fn any(features: impl Iterator<Item = String>) -> Self {
        let mut features: Vec<String> = features.collect();
        features.sort();
        Self(features)
    }

    /// Holds where the other one does, too.
    pub(super) fn widen(&mut self, other: &Self) {
        if self.0.is_empty() || other.0.is_empty() {
            *self = Self::ALWAYS;
        } else {
            self.0.extend(other.0.iter().cloned());
            self.0.sort();
            self.0.dedup();
        }
    }

    pub(super) fn features(&self) -> &[String] {
        &self.0
    }
}

impl Files {
    pub(super) fn new(naming: &Naming) -> Self {
        Self {
            head: naming.head(),
            items: BTreeMap::new(),
            conditions: BTreeMap::new(),
            plain: BTreeMap::new(),
        }
    }

    /// Adds items to the file `path` (without extension).
    pub(super) fn add(&mut self, path: &str, tokens: TokenStream) {
        self.add_items(path.to_owned(), super::parse(tokens));
    }

    /// Adds a file that is no Rust.
    pub(super) fn add_plain(&mut self, path: &str, text: String) {
        self.plain.insert(path.to_owned(), text);
    }

    /// Adds a type to its file.
    pub(super) fn add_type(&mut self, place: &Place, items: Vec<Item>) {
        self.add_at(format!("types/{}", place.path), place, items);
    }

    /// Adds the builder of a type to its file.
    pub(super) fn add_builder(&mut self, place: &Place, items: Vec<Item>) {
        self.add_at(format!("types/builder/{}", place.path), place, items);
    }

    fn add_at(&mut self, path: String, place: &Place, items: Vec<Item>) {
        self.conditions
            .insert(path.clone(), place.condition.clone());
        self.add_items(path, items);
    }

    /// Items of the module `types` itself.
    pub(super) fn add_common(&mut self, items: Vec<Item>) {
        self.add_items("types/mod".to_owned(), items);
    }

    fn add_items(&mut self, path: String, items: Vec<Item>) {
        self.items.entry(path).or_default().push(items);
    }

    /// Files of operations are compiled in with the feature of their tag.
    pub(super) fn split_by_feature(&mut self, api: &Api) {
        for tag in &api.tags {
            let condition = Condition::feature(&tag.feature);
            let table = format!("operations/{}", tag.module);
            self.conditions.insert(table, condition.clone());
            self.conditions.insert(tag.module.clone(), condition);
        }
    }

    /// The items that a file has so far.
    pub(super) fn items(&self, path: &str) -> impl Iterator<Item = &Item> {
        self.items.get(path).into_iter().flatten().flatten()
    }

    fn type_names(&self) -> BTreeSet<String> {
        self.items
            .iter()
            .filter(|(path, _)| path.starts_with("types/") && !path.starts_with("types/builder/"))
            .flat_map(|(_, groups)| groups.iter().flat_map(|items| super::types::names(items)))
            .collect()
    }

    /// Formats everything, adds the `mod` files, and gives the finished files.
    pub(super) fn finish(mut self, api: &Api) -> FileSet {
        let mut files = FileSet::default();
        let mut tree = Tree::default();
        let type_names = self.type_names();
        let mut taken: Taken = self.items.keys().cloned().collect();
        for (path, groups) in std::mem::take(&mut self.items) {
            if path.ends_with("/mod") {
                tree.add_own(&path, groups.into_iter().flatten().collect());
                continue;
            }
            let condition = self.conditions.get(&path).cloned().unwrap_or_default();
            let split = split(&path, groups, &mut taken);
            let is_continued = split.len() > 1;
            for Part {
                name, text, items, ..
            } in split
            {
                // What is continued elsewhere is found through the module above, where all parts come together.
                let others = match path.split_once('/') {
                    None => "use super::builder::*;",
                    Some(_) => "use super::*;",
                };
                let in_operations = path.starts_with("operations/");
                let others = (is_continued && name == path).then_some(others);
                let others = others.filter(|_| in_operations || !path.contains('/'));
                let imports = imports(&name, &items, &type_names, others);
                files.insert(
                    format!("{name}.rs"),
                    format!("{}{imports}{text}", self.head),
                );
                tree.add(Module::new(&name, &path, condition.clone()).of(&items));
            }
        }
        for (path, text) in modules::write(api, &tree) {
            files.insert(path, format!("{}{text}", self.head));
        }
        for (path, text) in self.plain {
            files.insert(path, text);
        }
        files
    }
}

/// One of the files that some items are split into.
struct Part {
    /// Path without extension.
    name: String,
    text: String,
    /// Of the text.
    lines: usize,
    items: Vec<Item>,
}

/// One file, or several when it would be too long.
fn split(path: &str, groups: Vec<Vec<Item>>, taken: &mut Taken) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for group in groups {
        let (text, group) = formatted(group);
        let lines = text.lines().count();
        if let Some(part) = parts.last_mut()
            && part.lines + lines <= MAX_LINES
        {
            part.text.push('\n');
            part.text.push_str(&text);
            part.lines += 1 + lines;
            part.items.extend(group);
            continue;
        }
        let name = match parts.len() {
            0 => path.to_owned(),
            before => continuation(path, before + 1, taken),
        };
        parts.push(Part {
            name,
            text,
            lines,
            items: group,
        });
    }
    parts
}

/// A name for a further file that no other file has.
fn continuation(path: &str, number: usize, taken: &mut Taken) -> String {
    let name = format!("{path}_{number}");
    if taken.insert(name.as_str()) {
        return name;
    }
    unique(format!("{name}_"), taken)
}

/// The items as a person would lay them out: an empty line between items and between methods.
pub(super) fn format(items: &[Item]) -> String {
    formatted(items.to_vec()).0
}

/// As [`format`], and gives the items back: there are many, and the formatter takes whole files.
fn formatted(items: Vec<Item>) -> (String, Vec<Item>) {
    let mut texts = Vec::with_capacity(items.len());
    let items = items.into_iter().flat_map(|item| {
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: vec![item],
        };
        texts.push(space_methods(&prettyplease::unparse(&file)));
        file.items
    });
    let items = items.collect();
    (texts.join("\n"), items)
}

/// An empty line after each method of an `impl` block but the last.
fn space_methods(text: &str) -> String {
    let in_block = text.lines().any(|line| line.starts_with("impl"));
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let ends = in_block && line == "    }";
        if ends && lines.peek().is_some_and(|next| next.starts_with("    ")) {
            out.push('\n');
        }
    }
    out
}
