//! What a crate exports, read from its source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::{Attribute, Ident, Item, ItemEnum, ItemStruct, ItemType, ItemUnion, UseTree, Visibility};

/// The public names of a crate, by kind. Functions, traits and constants are left out.
#[derive(Default)]
pub(crate) struct Exports {
    /// Structs and enums; of enums, the variants.
    pub(crate) types: BTreeMap<String, BTreeSet<String>>,
    pub(crate) aliases: BTreeSet<String>,
    /// Names of other crates, passed on.
    pub(crate) foreign: BTreeSet<String>,
}

struct Module {
    items: Vec<Item>,
    children: BTreeMap<String, Module>,
}

impl Exports {
    /// Those of the crate whose `lib.rs` is in this folder.
    pub(crate) fn of(src: &Path) -> Self {
        let root = Module::read(&src.join("lib.rs"), src);
        let mut exports = Self::default();
        exports.collect(&root, &root);
        exports
    }

    /// What a public module shows.
    fn collect(&mut self, root: &Module, module: &Module) {
        for item in &module.items {
            if let Item::Macro(call) = item {
                let defines_rules = call.mac.path.is_ident("macro_rules");
                assert!(defines_rules, "a macro may define public types unseen");
            }
            match item {
                Item::Use(item) if is_public(&item.vis) => {
                    for (path, name) in flat(&item.tree) {
                        assert_ne!(name, "*", "what a glob exports cannot be told");
                        self.add(&name, find(root, module, &path));
                    }
                }
                Item::Mod(item) if is_public(&item.vis) => {
                    self.collect(root, &module.children[&item.ident.to_string()]);
                }
                Item::Struct(ItemStruct { vis, .. })
                | Item::Union(ItemUnion { vis, .. })
                | Item::Enum(ItemEnum { vis, .. })
                | Item::Type(ItemType { vis, .. })
                    if is_public(vis) =>
                {
                    let (name, found) = definition(item).expect("it is one of those");
                    self.add(&name.to_string(), found);
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, name: &str, found: Found) {
        let name = name.to_owned();
        match found {
            Found::Type(variants) => _ = self.types.insert(name, variants),
            Found::Alias => _ = self.aliases.insert(name),
            Found::Foreign => _ = self.foreign.insert(name),
            Found::Other => {}
        }
    }
}

/// What a name stands for.
enum Found {
    Type(BTreeSet<String>),
    Alias,
    Foreign,
    Other,
}

/// What an item defines under its name.
fn definition(item: &Item) -> Option<(&Ident, Found)> {
    Some(match item {
        Item::Struct(item) => (&item.ident, Found::Type(BTreeSet::new())),
        Item::Union(item) => (&item.ident, Found::Type(BTreeSet::new())),
        Item::Enum(item) => {
            let variants = item.variants.iter().map(|one| one.ident.to_string());
            (&item.ident, Found::Type(variants.collect()))
        }
        Item::Type(item) => (&item.ident, Found::Alias),
        Item::Trait(item) => (&item.ident, Found::Other),
        _ => return None,
    })
}

/// Follows a path from a module to where its last name is defined.
fn find(root: &Module, from: &Module, path: &[String]) -> Found {
    let (last, parents) = path.split_last().expect("a path has a name");
    let mut module = from;
    for (at, parent) in parents.iter().enumerate() {
        module = match (parent.as_str(), module.children.get(parent)) {
            ("crate", _) => root,
            ("self", _) => module,
            (_, Some(child)) => child,
            (_, None) if at == 0 => return Found::Foreign,
            (_, None) => panic!("no module `{parent}` of {}", path.join("::")),
        };
    }
    for item in &module.items {
        if let Some((name, found)) = definition(item)
            && name == last
        {
            return found;
        }
        if let Item::Use(item) = item
            && let Some((path, _)) = flat(&item.tree).into_iter().find(|(_, name)| name == last)
            && path.len() > 1
        {
            return find(root, module, &path);
        }
    }
    // What is left is a function, a constant, or of a macro's making: a type, if it has the name of one.
    let is_type = last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase);
    if parents.is_empty() {
        Found::Foreign
    } else if is_type {
        Found::Type(BTreeSet::new())
    } else {
        Found::Other
    }
}

impl Module {
    fn read(file: &Path, folder: &Path) -> Self {
        let text = std::fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self::of(syn::parse_file(&text).unwrap().items, folder)
    }

    fn of(items: Vec<Item>, folder: &Path) -> Self {
        let mut children = BTreeMap::new();
        for item in &items {
            let Item::Mod(item) = item else { continue };
            if is_for_tests(&item.attrs) {
                continue;
            }
            let name = item.ident.to_string();
            let within = folder.join(&name);
            let child = match &item.content {
                Some((_, items)) => Self::of(items.clone(), &within),
                None => Self::read(&file_of(folder, &name), &within),
            };
            children.insert(name, child);
        }
        Self { items, children }
    }
}

fn file_of(folder: &Path, module: &str) -> PathBuf {
    let beside = folder.join(format!("{module}.rs"));
    if beside.exists() {
        return beside;
    }
    folder.join(module).join("mod.rs")
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|cfg| cfg.tokens.to_string() == "test")
    })
}

/// Every name that a `use` brings, with its path.
fn flat(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    match tree {
        UseTree::Path(path) => {
            let mut all = flat(&path.tree);
            for (names, _) in &mut all {
                names.insert(0, path.ident.to_string());
            }
            all
        }
        UseTree::Name(name) => vec![(vec![name.ident.to_string()], name.ident.to_string())],
        UseTree::Rename(name) => vec![(vec![name.ident.to_string()], name.rename.to_string())],
        UseTree::Group(group) => group.items.iter().flat_map(flat).collect(),
        // Within private modules only, since what it brings cannot be told.
        UseTree::Glob(_) => vec![(vec!["*".to_owned()], "*".to_owned())],
    }
}
