//! How much of a generated crate its features compile, counted in its files.

use crate::model::Api;
use crate::write::FileSet;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta, Token, punctuated::Punctuated};

/// Where the modules of a generated crate start.
const ROOT: &str = "src/generated";

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

/// Counts what modules of these files hold, as their `cfg` says.
#[must_use]
pub fn of_crate(files: &FileSet, api: &Api) -> Extents {
    let mut walk = Walk {
        files,
        api,
        found: Vec::new(),
    };
    walk.folder(Path::new(ROOT), &Gate::Open);
    let mut extents = Extents::default();
    for (gate, extent) in &walk.found {
        extents.full += *extent;
        if let (Gate::Features(names), true) = (gate, extent.operations > 0) {
            let names = names.iter().cloned();
            extents
                .by_feature
                .extend(names.map(|name| (name, Extent::default())));
        }
    }
    for (name, sum) in &mut extents.by_feature {
        let compiled = walk.found.iter().filter(|(gate, _)| gate.opens(name));
        compiled.for_each(|(_, extent)| *sum += *extent);
    }
    extents
}

/// What lets a module in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Gate {
    Open,
    /// Any of these features; none at all where it is another condition than features.
    Features(BTreeSet<String>),
}

impl Gate {
    fn opens(&self, feature: &str) -> bool {
        match self {
            Self::Open => true,
            Self::Features(names) => names.contains(feature),
        }
    }

    /// This one, and behind it what the attributes say.
    fn and(&self, attributes: &[Attribute]) -> Self {
        let conditions = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        conditions.fold(self.clone(), |gate, attribute| {
            let condition = attribute.parse_args::<Meta>();
            let names = condition
                .map(|condition| features(&condition))
                .unwrap_or_default();
            Self::Features(match gate {
                Self::Open => names,
                Self::Features(outer) => &outer & &names,
            })
        })
    }
}

/// The names in `feature = "name"`, and in `any` of such.
fn features(condition: &Meta) -> BTreeSet<String> {
    match condition {
        Meta::NameValue(pair) if pair.path.is_ident("feature") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(name) => BTreeSet::from([name.value()]),
                _ => BTreeSet::new(),
            },
            _ => BTreeSet::new(),
        },
        Meta::List(list) if list.path.is_ident("any") => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            parts.iter().flatten().flat_map(features).collect()
        }
        _ => BTreeSet::new(),
    }
}

struct Walk<'a> {
    files: &'a FileSet,
    api: &'a Api,
    found: Vec<(Gate, Extent)>,
}

impl Walk<'_> {
    /// A folder with its `mod.rs`.
    fn folder(&mut self, folder: &Path, gate: &Gate) {
        let Some(text) = self.files.0.get(&folder.join("mod.rs")) else {
            return;
        };
        self.found.push((gate.clone(), lines(text)));
        for module in items(text).iter().filter_map(declared) {
            self.module(folder, module, &gate.and(&module.attrs));
        }
    }

    fn module(&mut self, folder: &Path, module: &ItemMod, gate: &Gate) {
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        let path = folder.join(format!("{name}.rs"));
        let Some(text) = self.files.0.get(&path) else {
            return self.folder(&folder.join(name), gate);
        };
        let mut extent = lines(text);
        if folder == Path::new(ROOT) {
            extent.operations = self.operations(name);
        }
        if are_types(folder) {
            extent.types = items(text).iter().filter(|item| is_type(item)).count();
        }
        self.found.push((gate.clone(), extent));
    }

    /// Operations of the tag with this module.
    fn operations(&self, module: &str) -> usize {
        let tags = self.api.operations.iter().map(|operation| operation.tag);
        tags.filter(|tag| {
            self.api
                .tags
                .get(*tag)
                .is_some_and(|tag| tag.module == module)
        })
        .count()
    }
}

fn lines(text: &str) -> Extent {
    Extent {
        lines: text.lines().count(),
        ..Extent::default()
    }
}

fn items(text: &str) -> Vec<Item> {
    syn::parse_file(text)
        .map(|file| file.items)
        .unwrap_or_default()
}

/// A module in a file of its own.
fn declared(item: &Item) -> Option<&ItemMod> {
    match item {
        Item::Mod(module) if module.content.is_none() => Some(module),
        _ => None,
    }
}

/// Whether the files of this folder hold types of the API, and not their builders.
fn are_types(folder: &Path) -> bool {
    let types: PathBuf = [ROOT, "types"].iter().collect();
    folder.starts_with(&types) && !folder.starts_with(types.join("builder"))
}

fn is_type(item: &Item) -> bool {
    matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Type(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(text: &str) -> Gate {
        let item: ItemMod = syn::parse_str(&format!("{text} mod m;")).unwrap();
        Gate::Open.and(&item.attrs)
    }

    fn names(names: &[&str]) -> Gate {
        Gate::Features(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn only_features_let_in() {
        assert_eq!(gate("#[cfg(feature = \"a-b\")]"), names(&["a-b"]));
        let any = gate("#[cfg(any(feature = \"a\", feature = \"b\",))]");
        assert_eq!(any, names(&["a", "b"]));
        assert_eq!(gate("#[cfg(test)]"), names(&[]));
        assert_eq!(gate("#[cfg(target_os = \"linux\")]"), names(&[]));
        assert_eq!(gate("#[doc = \"x\"]"), Gate::Open);
    }

    #[test]
    fn a_gate_behind_a_gate_lets_in_what_both_do() {
        let inner: ItemMod =
            syn::parse_str("#[cfg(any(feature = \"b\", feature = \"c\"))] mod m;").unwrap();
        let outer = names(&["a", "b"]);
        assert_eq!(outer.and(&inner.attrs), names(&["b"]));
    }
}
