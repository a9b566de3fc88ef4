//! The `mod` files: which modules there are, when they are compiled in, and what they give.

use super::files::{Condition, format};
use super::layout::SHARED;
use crate::model::Api;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use syn::{Item, Visibility};

/// Longest line of a condition.
const MAX_WIDTH: usize = 100;

/// A module that has a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    folder: String,
    name: String,
    /// The file that it is, or that it continues; without extension.
    origin: String,
    condition: Condition,
    /// Whether there is anything in it to re-export.
    has_names: bool,
}

impl Module {
    /// The module of the file `path`, which is `origin` or a continuation of it.
    pub(super) fn new(path: &str, origin: &str, condition: Condition) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            origin: origin.to_owned(),
            condition,
            has_names: true,
        }
    }

    /// The same with these items, of which some may only be implementations.
    pub(super) fn of(mut self, items: &[Item]) -> Self {
        self.has_names = items.iter().any(is_public);
        self
    }
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Const(item) => &item.vis,
        Item::Type(item) => &item.vis,
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}

/// All modules of a crate.
#[derive(Default)]
pub(super) struct Tree {
    folders: BTreeMap<String, Vec<Module>>,
    /// What stands in a `mod` file besides, by folder.
    own: BTreeMap<String, Vec<Item>>,
}

impl Tree {
    /// Adds a module to its folder, and the folder of what is shared to the one above.
    pub(super) fn add(&mut self, module: Module) {
        let above = module.folder.strip_suffix(SHARED);
        if let Some(above) = above.and_then(|path| path.strip_suffix('/')) {
            let folder = &module.folder;
            let above = self.folders.entry(above.to_owned()).or_default();
            // An empty module would have nothing to re-export.
            match above.iter_mut().find(|known| known.origin == *folder) {
                Some(shared) => shared.condition.widen(&module.condition),
                None => above.push(Module::new(folder, folder, module.condition.clone())),
            }
        }
        self.folders
            .entry(module.folder.clone())
            .or_default()
            .push(module);
    }

    /// Adds items to the `mod` file `path`.
    pub(super) fn add_own(&mut self, path: &str, items: Vec<Item>) {
        let folder = path.strip_suffix("/mod").unwrap_or_default();
        self.own.entry(folder.to_owned()).or_default().extend(items);
    }

    fn modules(&self, folder: &str) -> &[Module] {
        self.folders
            .get(folder)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn has(&self, folder: &str) -> bool {
        self.folders.contains_key(folder)
    }
}

/// The `mod` files with their paths.
pub(super) fn write(api: &Api, tree: &Tree) -> Vec<(String, String)> {
    let builders = "types/builder";
    let has_builders = tree.has(builders) || tree.has(&format!("{builders}/{SHARED}"));
    let mut files = vec![
        ("mod.rs".to_owned(), root(api, tree.modules(""))),
        ("types/mod.rs".to_owned(), types(tree, has_builders)),
        ("operations/mod.rs".to_owned(), operations(tree)),
    ];
    let about = "//! Builders of the types that requests use.\n\n";
    if has_builders {
        let modules = tree.modules(builders);
        files.push((format!("{builders}/mod.rs"), flat(about, modules)));
    }
    for (folder, about) in [
        (
            "types",
            "//! Types that several features use, a file for each set of features.\n\n",
        ),
        (
            builders,
            "//! Builders of types that several features use.\n\n",
        ),
    ] {
        let folder = format!("{folder}/{SHARED}");
        if tree.has(&folder) {
            let text = flat(about, tree.modules(&folder));
            files.push((format!("{folder}/mod.rs"), text));
        }
    }
    files
}

/// Modules whose content stands in the one above.
fn flat(about: &str, modules: &[Module]) -> String {
    format!("{about}{}\n{}", declarations(modules), exports(modules, ""))
}

fn types(tree: &Tree, has_builders: bool) -> String {
    let modules = tree.modules("types");
    let builder = if has_builders {
        "/// Builders of the types that requests use.\npub mod builder;\n"
    } else {
        ""
    };
    let mut text = format!(
        "//! Types that requests and answers hold.\n\n{builder}{}\n{}",
        declarations(modules),
        exports(modules, "")
    );
    if let Some(own) = tree.own.get("types") {
        let _ = write!(text, "\n{}", format(own));
    }
    text
}

fn operations(tree: &Tree) -> String {
    let modules = tree.modules("operations");
    let own = tree.own.get("operations").map(Vec::as_slice);
    format!(
        "//! What is known of each operation, as data.\n\n{}\nuse rapid7_core::Operation;\n{}\n{}",
        declarations(modules),
        exports(modules, ""),
        format(own.unwrap_or_default())
    )
}

fn root(api: &Api, modules: &[Module]) -> String {
    let tags: BTreeSet<&str> = api.tags.iter().map(|tag| tag.module.as_str()).collect();
    let of_tags: Vec<Module> = modules
        .iter()
        .filter(|module| tags.contains(module.origin.as_str()))
        .cloned()
        .collect();
    format!(
        "{}pub mod operations;\npub mod types;\n\n\
         pub use client::{{AUTH, Client}};\n\
         pub use specification::SPECIFICATION;\n\
         pub use operations::OPERATIONS;\n\n\
         /// Requests under construction, one type for each operation.\n\
         pub mod builder {{\n{}}}\n",
        declarations(modules),
        exports(&of_tags, "super::")
    )
}

fn declarations(modules: &[Module]) -> String {
    let mut text = String::new();
    for Module {
        name, condition, ..
    } in modules
    {
        let _ = writeln!(text, "{}mod {name};", attribute(condition, ""));
    }
    text
}

/// The lines that give everything in the modules, which are in `place`.
fn exports(modules: &[Module], place: &str) -> String {
    let indent = if place.is_empty() { "" } else { "    " };
    let mut text = String::new();
    for Module {
        name, condition, ..
    } in modules.iter().filter(|module| module.has_names)
    {
        let condition = attribute(condition, indent);
        let _ = writeln!(text, "{condition}{indent}pub use {place}{name}::*;");
    }
    text
}

/// The line, or the lines, that say when an item is compiled in.
fn attribute(condition: &Condition, indent: &str) -> String {
    let features: Vec<String> = condition
        .features()
        .iter()
        .map(|feature| format!("feature = \"{feature}\""))
        .collect();
    match features.as_slice() {
        [] => String::new(),
        [feature] => format!("{indent}#[cfg({feature})]\n"),
        several => {
            let line = format!("{indent}#[cfg(any({}))]\n", several.join(", "));
            if line.len() <= MAX_WIDTH {
                return line;
            }
            format!(
                "{indent}#[cfg(any(\n{}{indent}))]\n",
                filled(several, indent)
            )
        }
    }
}

/// As many words a line as fit.
fn filled(words: &[String], indent: &str) -> String {
    let mut text = String::new();
    let mut width = MAX_WIDTH;
    for word in words {
        if width + word.len() + 2 > MAX_WIDTH {
            if !text.is_empty() {
                text.push('\n');
            }
            let _ = write!(text, "{indent}    {word},");
            width = indent.len() + 4 + word.len() + 1;
        } else {
            let _ = write!(text, " {word},");
            width += word.len() + 2;
        }
    }
    text + "\n"
}
