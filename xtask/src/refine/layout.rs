//! Which file a type goes to, and which its builder, by the features that need it.
//!
//! A feature needs the types that the code of its operations names, and what these name in turn. That is read from the
//! code and not from the document: what is compiled in must not name what is not. It needs the builders of those that
//! its requests hold: what answers hold is not built.

use super::files::{Condition, Files};
use super::types::Types;
use crate::model::{Api, Tag};
use crate::names::{Taken, module_name};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;
use syn::visit::{self, Visit};

/// Folder of the types that several features need, a file for each set of features.
pub(super) const SHARED: &str = "shared";

/// The file of each type, below `types/`, and of its builder, below `types/builder/`.
pub(super) struct Layout {
    types: BTreeMap<String, Place>,
    builders: BTreeMap<String, Place>,
}

/// A file of types, or of builders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Path without extension.
    pub(super) path: String,
    /// When it is compiled in.
    pub(super) condition: Condition,
}

impl Layout {
    /// The place of a type; none when no operation needs it.
    pub(super) fn place(&self, name: &str) -> Option<&Place> {
        self.types.get(name)
    }

    /// The place of a type's builder; none when no request holds the type.
    pub(super) fn builder_place(&self, name: &str) -> Option<&Place> {
        self.builders.get(name)
    }
}

/// Places the types, by the operations that are in `files` already.
pub(super) fn place_types(api: &Api, files: &Files, types: &Types) -> Layout {
    let names: BTreeSet<&str> = types.iter().map(|(name, _)| name.as_str()).collect();
    let needs: Needs = types
        .iter()
        .map(|(name, definition)| {
            let mut needed = Named::by_type(&names, &definition.items);
            needed.extend(Named::elsewhere(&names, &definition.builder));
            (name.as_str(), needed)
        })
        .collect();
    let needed_by = |tag: &Tag, wanted: fn(&Item) -> bool| {
        let items = files.items(&tag.module).filter(|item| wanted(item));
        Named::elsewhere(&names, items)
    };
    // A request under construction is a struct of what it holds; its methods give answers.
    let is_request = |item: &Item| matches!(item, Item::Struct(_));
    Layout {
        types: places(api, &users(api, &needs, |tag| needed_by(tag, |_| true))),
        builders: places(api, &users(api, &needs, |tag| needed_by(tag, is_request))),
    }
}

/// What the code of each type names.
type Needs<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// The tags that need each type, by what their code names.
fn users<'a>(
    api: &Api,
    needs: &'a Needs,
    named: impl Fn(&Tag) -> BTreeSet<String>,
) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let mut users: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, tag) in api.used_tags() {
        let mut queue = Vec::from_iter(named(tag));
        while let Some(name) = queue.pop() {
            let Some((name, needed)) = needs.get_key_value(name.as_str()) else {
                continue;
            };
            if users.entry(name).or_default().insert(index) {
                queue.extend(needed.iter().cloned());
            }
        }
    }
    users
}

/// A file for each set of tags that need the same types.
fn places(api: &Api, users: &BTreeMap<&str, BTreeSet<usize>>) -> BTreeMap<String, Place> {
    let features = api.used_tags().count();
    let mut by_users: BTreeMap<&BTreeSet<usize>, Vec<&str>> = BTreeMap::new();
    for (name, users) in users {
        by_users.entry(users).or_default().push(name);
    }
    let mut groups: Vec<(&BTreeSet<usize>, Vec<&str>)> = by_users.into_iter().collect();
    // Files are named in the order of their types, whatever the order of the tags.
    groups.sort_by(|a, b| a.1.cmp(&b.1));
    let mut taken = Taken::default();
    let mut places = BTreeMap::new();
    for (users, group) in groups {
        let place = place(api, users, users.len() == features, &group, &mut taken);
        for name in group {
            places.insert(name.to_owned(), place.clone());
        }
    }
    places
}

/// The file of the types that this set of tags uses.
fn place(
    api: &Api,
    users: &BTreeSet<usize>,
    is_all: bool,
    group: &[&str],
    taken: &mut Taken,
) -> Place {
    let tags: Vec<_> = users.iter().map(|index| &api.tags[*index]).collect();
    match tags.as_slice() {
        [tag] => Place {
            path: tag.module.clone(),
            condition: Condition::feature(&tag.feature),
        },
        several => {
            let first = group.first().copied().unwrap_or_default();
            let name = module_name(first, taken);
            let features = several.iter().map(|tag| tag.feature.clone());
            Place {
                path: format!("{SHARED}/{name}"),
                // What every feature needs is there without any: a list of all would say no more.
                condition: if is_all {
                    Condition::ALWAYS
                } else {
                    Condition::any(features)
                },
            }
        }
    }
}

/// The types that some code names.
struct Named<'a> {
    types: &'a BTreeSet<&'a str>,
    /// Whether the types are in scope by their bare names.
    bare: bool,
    /// Type parameters of the item, which hide types.
    parameters: BTreeSet<String>,
    found: BTreeSet<String>,
}

/// The type parameters of an item and of what is in it.
#[derive(Default)]
struct Parameters(BTreeSet<String>);

impl Visit<'_> for Parameters {
    fn visit_type_param(&mut self, parameter: &syn::TypeParam) {
        self.0.insert(parameter.ident.to_string());
    }
}

impl<'a> Named<'a> {
    /// By code in the module of the types.
    fn by_type<'i>(
        types: &'a BTreeSet<&'a str>,
        items: impl IntoIterator<Item = &'i Item>,
    ) -> BTreeSet<String> {
        Self::find(types, true, items)
    }

    /// By code in other modules, where a bare name is another item's.
    fn elsewhere<'i>(
        types: &'a BTreeSet<&'a str>,
        items: impl IntoIterator<Item = &'i Item>,
    ) -> BTreeSet<String> {
        Self::find(types, false, items)
    }

    fn find<'i>(
        types: &'a BTreeSet<&'a str>,
        bare: bool,
        items: impl IntoIterator<Item = &'i Item>,
    ) -> BTreeSet<String> {
        let mut named = Self {
            types,
            bare,
            parameters: BTreeSet::new(),
            found: BTreeSet::new(),
        };
        for item in items {
            let mut parameters = Parameters::default();
            parameters.visit_item(item);
            named.parameters = parameters.0;
            named.visit_item(item);
        }
        named.found
    }

    fn path(&mut self, names: &[String]) {
        let name = match names {
            // `types::X`, `types::X::new`, `types::builder::X`
            [module, builder, name, ..] if module == "types" && builder == "builder" => name,
            [module, name, ..] if module == "types" => name,
            [name, ..] if self.bare && !self.parameters.contains(name) => name,
            _ => return,
        };
        if self.types.contains(name.as_str()) {
            self.found.insert(name.clone());
        }
    }

    /// The arguments of a macro are whatever it makes of them: each path counts.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut goes_on = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if !goes_on {
                        self.path(&std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    goes_on = false;
                }
                TokenTree::Punct(punct) => goes_on = punct.as_char() == ':',
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(_) => goes_on = false,
            }
        }
        self.path(&path);
    }
}

impl Visit<'_> for Named<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .skip_while(|name| name == "crate")
                .collect();
            self.path(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    // Neither docs nor the arguments of derives name types.
    fn visit_attribute(&mut self, _: &syn::Attribute) {}
}
