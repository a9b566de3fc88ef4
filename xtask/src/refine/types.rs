//! The type definitions that progenitor wrote, one by one, and the files they go to.

use super::extra::has_default;
use super::files::Files;
use super::layout::Layout;
use super::remarks::with_remarks;
use super::{builders, paths, prose};
use crate::markdown::code_span;
use crate::names::member_names;
use crate::normalize::type_names;
use crate::schema::{components, text};
use crate::usage::usage;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use std::collections::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, Item, ItemImpl, Meta, Token, Type, parse_quote};

/// The types by name.
#[derive(Default)]
pub(super) struct Types {
    definitions: BTreeMap<String, Definition>,
    /// Items that belong to no type: the conversion error.
    common: Vec<Item>,
}

/// A type with its impls and its builder.
#[derive(Default)]
pub(super) struct Definition {
    /// The struct or enum, then its impls.
    pub(super) items: Vec<Item>,
    /// Builder struct and impls, for `types::builder`.
    pub(super) builder: Vec<Item>,
}

impl Definition {
    /// Parses what `quote` wrote.
    pub(super) fn new(tokens: TokenStream) -> Self {
        Self {
            items: super::parse(tokens),
            builder: Vec::new(),
        }
    }
}

impl Types {
    /// Adds a type written by another pass, or replaces one.
    pub(super) fn insert(&mut self, name: String, definition: Definition) {
        self.definitions.insert(name, definition);
    }

    /// All definitions, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Definition)> {
        self.definitions.iter()
    }

    /// All definitions, by name, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut Definition)> {
        self.definitions.iter_mut()
    }
}

/// Names of the types among the items.
pub(super) fn names(items: &[Item]) -> BTreeSet<String> {
    items.iter().filter_map(type_ident).collect()
}

fn type_ident(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// Sorts progenitor's items by type; only types that requests use keep a builder.
pub(super) fn collect(root: &Value, items: Vec<Item>) -> Types {
    let usages = usage(root);
    // A struct without members needs no builder.
    let members = |name: &str| {
        components(root)?
            .get(name)?
            .get("properties")?
            .as_object()
            .map(serde_json::Map::len)
    };
    let built = |name: &str| {
        usages.get(name).is_some_and(|usage| usage.request)
            && members(name).is_some_and(|count| count > 0)
    };
    let defined = names(&items);
    let mut types = Types {
        common: super::parse(quote! {
            /// Errors of conversions.
            pub mod error {
                pub use rapid7_core::ConversionError;
            }
        }),
        ..Types::default()
    };
    for item in items {
        match item {
            // The error of its conversions is the runtime's.
            Item::Mod(_) => {}
            item => {
                if let Some(name) = owner(&item, &defined)
                    && keep(&item, &name)
                {
                    types.definitions.entry(name).or_default().items.push(item);
                }
            }
        }
    }
    let places: BTreeMap<String, String> = type_names::places(root)
        .into_iter()
        .map(|(place, name)| (name, place))
        .collect();
    let all: BTreeSet<String> = components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .chain(defined)
        .collect();
    for (name, definition) in &mut types.definitions {
        let place = places.get(name).map(String::as_str);
        tidy(name, definition, root, place);
        let usage = usages.get(name).copied().unwrap_or_default();
        if usage.request && !usage.answer {
            keep_empty(definition);
        }
        if built(name) {
            definition.builder = builder(definition, &all);
        }
    }
    types
}

/// The type that an item defines or implements something for: with `impl From<X> for Vec<X>`, it is `X`.
fn owner(item: &Item, defined: &BTreeSet<String>) -> Option<String> {
    let Item::Impl(block) = item else {
        return type_ident(item);
    };
    // `impl From<super::X> for X` and `impl TryFrom<X> for super::X` both belong to X.
    let for_type = last_ident(&block.self_ty)?;
    if defined.contains(&for_type) {
        return Some(for_type);
    }
    let (path, _) = block.trait_.as_ref()?;
    let syn::PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return Some(for_type);
    };
    let converted = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => last_ident(ty).filter(|name| defined.contains(name)),
        _ => None,
    });
    Some(converted.unwrap_or(for_type))
}

fn last_ident(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// Leaves out conversions that nobody needs.
fn keep(item: &Item, name: &str) -> bool {
    match item {
        Item::Impl(block) => !converts_from_own_reference(block, name),
        _ => true,
    }
}

/// `impl From<&X> for X` is `clone` by another name.
fn converts_from_own_reference(block: &ItemImpl, name: &str) -> bool {
    let Some((path, _)) = &block.trait_ else {
        return false;
    };
    let text = path.to_token_stream().to_string().replace(' ', "");
    text.ends_with(&format!("From<&{name}>"))
}

/// Rewrites attributes, docs and paths of one definition.
fn tidy(name: &str, definition: &mut Definition, root: &Value, place: Option<&str>) {
    for item in &mut definition.items {
        match item {
            Item::Struct(item) => {
                redocument(&mut item.attrs, &described(root, name, place));
                let is_object = matches!(item.fields, Fields::Named(_));
                rederive(&mut item.attrs, is_object);
                if is_object {
                    // A later document may add a member.
                    item.attrs.push(parse_quote!(#[non_exhaustive]));
                    // An object that is documented without members may get some.
                    item.attrs
                        .retain(|attribute| !attribute.path().is_ident("serde"));
                }
                item.fields.iter_mut().for_each(tidy_field);
                describe_members(&mut item.fields, root, name);
            }
            Item::Enum(item) => {
                redocument(&mut item.attrs, &described(root, name, place));
                rederive(&mut item.attrs, false);
                for variant in &mut item.variants {
                    let own = own_words(&variant.attrs);
                    redocument(&mut variant.attrs, &prose::doc(&own));
                    variant.fields.iter_mut().for_each(tidy_field);
                }
            }
            _ => {}
        }
    }
    paths::shorten(&mut definition.items);
}

/// Makes lists and maps that may be left out an `Option`: an empty one that is set is sent, since it may mean "none of them".
fn keep_empty(definition: &mut Definition) {
    for item in &mut definition.items {
        let Item::Struct(item) = item else { continue };
        for field in &mut item.fields {
            if !is_marked(field, "default") {
                continue;
            }
            let ty = &field.ty;
            field.ty = parse_quote!(Option<#ty>);
            let said = field.attrs.iter().filter_map(wire_arguments).flatten();
            let rest = said.filter(|argument| !argument.path().is_ident("default"));
            rewire(field, &rest.collect());
        }
    }
}

/// What the document says of a type, else where it is used first.
fn described(root: &Value, name: &str, place: Option<&str>) -> TokenStream {
    let schema = components(root).and_then(|all| all.get(name));
    match (
        schema.and_then(|schema| crate::schema::text(schema, "description")),
        place,
    ) {
        (Some(text), _) => prose::doc(&text),
        (None, Some(place)) => prose::markdown(&format!("In {}.", code_span(place))),
        (None, None) => prose::markdown(&format!("`{name}` of the API.")),
    }
}

/// Says in serde's terms what each member is called on the wire, and in its docs what else the document says of it.
fn describe_members(fields: &mut Fields, root: &Value, name: &str) {
    let schema = components(root).and_then(|all| all.get(name));
    let names: HashMap<String, String> = schema
        .map(member_names)
        .unwrap_or_default()
        .into_iter()
        .collect();
    for field in fields {
        let Some(ident) = field.ident.as_ref().map(ToString::to_string) else {
            continue;
        };
        let Some(wire) = names.get(&ident) else {
            continue;
        };
        if *wire != ident.trim_start_matches("r#") {
            rename(field, wire);
        }
        let member = schema.and_then(|schema| schema.get("properties")?.get(wire));
        let words = member.and_then(|member| text(member, "description"));
        if let Some(member) = member {
            let words = with_remarks(root, member, &words.unwrap_or_default());
            redocument(&mut field.attrs, &prose::markdown(&words));
        }
    }
}

/// Says what a field is called on the wire.
fn rename(field: &mut Field, wire: &str) {
    let mut arguments: Punctuated<Meta, Token![,]> = Punctuated::new();
    arguments.push(parse_quote!(rename = #wire));
    arguments.extend(field.attrs.iter().filter_map(wire_arguments).flatten());
    rewire(field, &arguments);
}

/// Replaces what is said of a field on the wire.
fn rewire(field: &mut Field, arguments: &Punctuated<Meta, Token![,]>) {
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("wire"));
    if !arguments.is_empty() {
        field.attrs.push(parse_quote!(#[wire(#arguments)]));
    }
}

/// The words of the document, and the generator's serde arguments in the terms of `rapid7_core::Object`.
fn tidy_field(field: &mut Field) {
    let words = own_words(&field.attrs);
    redocument(&mut field.attrs, &prose::doc(&words));
    let serde = field.attrs.iter().filter_map(serde_arguments).flatten();
    let said: Vec<Meta> = serde.collect();
    let says = |name: &str| said.iter().any(|argument| argument.path().is_ident(name));
    let mut arguments: Punctuated<Meta, Token![,]> = Punctuated::new();
    if says("flatten") {
        arguments.push(parse_quote!(further));
    } else if says("default") {
        arguments.push(parse_quote!(default));
    } else if says("deserialize_with") {
        // An `Option` that may be null and not missing.
        arguments.push(parse_quote!(required));
    }
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    rewire(field, &arguments);
}

/// The text of doc attributes, without progenitor's copy of the schema.
fn own_words(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    let text = lines.join("\n");
    let end = text.find("<details>").unwrap_or(text.len());
    text[..end].trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Replaces the doc attributes.
fn redocument(attributes: &mut Vec<Attribute>, docs: &TokenStream) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let holder: Result<syn::ItemStruct, _> = syn::parse2(quote! { #docs struct Holder; });
    let docs = holder.map(|holder| holder.attrs).unwrap_or_default();
    attributes.splice(0..0, docs);
}

/// One order of derives everywhere, and `PartialEq` on all.
fn rederive(attributes: &mut Vec<Attribute>, is_object: bool) {
    let mut derived = BTreeSet::from(["Clone", "Debug", "PartialEq"]);
    if is_object {
        derived.insert("Object");
    } else {
        derived.extend(["Deserialize", "Serialize"]);
    }
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let text = attribute.to_token_stream().to_string();
        for name in ["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"] {
            let named = |word: &str| word == name;
            if text.split(|c: char| !c.is_alphanumeric()).any(named) {
                derived.insert(name);
            }
        }
    }
    attributes.retain(|attribute| !attribute.path().is_ident("derive"));
    let derived = derived.iter().map(|name| format_ident!("{name}"));
    let at = attributes
        .iter()
        .take_while(|attribute| attribute.path().is_ident("doc"))
        .count();
    attributes.insert(at, parse_quote!(#[derive(#(#derived),*)]));
}

/// The arguments of a serde attribute, or none if it is another attribute.
fn serde_arguments(attribute: &Attribute) -> Option<Punctuated<Meta, Token![,]>> {
    arguments(attribute, "serde")
}

/// What is said of a field on the wire, or nothing if it is another attribute.
fn wire_arguments(attribute: &Attribute) -> Option<Punctuated<Meta, Token![,]>> {
    arguments(attribute, "wire")
}

fn arguments(attribute: &Attribute, name: &str) -> Option<Punctuated<Meta, Token![,]>> {
    attribute
        .path()
        .is_ident(name)
        .then(|| attribute.parse_args_with(Punctuated::parse_terminated).ok())?
}

/// Whether a field takes the members that no other takes, as the generator says it or as we do.
pub(super) fn is_further(field: &Field) -> bool {
    let mut serde = field.attrs.iter().filter_map(serde_arguments).flatten();
    is_marked(field, "further") || serde.any(|argument| argument.path().is_ident("flatten"))
}

/// Whether a field is marked so in the terms of `rapid7_core::Object`.
pub(super) fn is_marked(field: &Field, name: &str) -> bool {
    let mut arguments = field.attrs.iter().filter_map(wire_arguments).flatten();
    arguments.any(|argument| argument.path().is_ident(name))
}

/// The builder of a definition that is a struct with members.
fn builder(definition: &Definition, all: &BTreeSet<String>) -> Vec<Item> {
    let found = definition.items.iter().find_map(|item| match item {
        Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => Some(item.clone()),
        _ => None,
    });
    found
        .map(|item| Definition::new(builders::write(&builders::qualified(item, all))).items)
        .unwrap_or_default()
}

/// Writes the types that operations need, and their builders, to their files.
pub(super) fn write(types: Types, layout: &Layout, files: &mut Files) {
    for (name, definition) in types.definitions {
        let Some(place) = layout.place(&name) else {
            continue;
        };
        files.add_type(place, definition.items);
        if !definition.builder.is_empty() {
            let place = layout.builder_place(&name).unwrap_or(place);
            files.add_builder(place, definition.builder);
        }
    }
    files.add_common(types.common);
}

/// Names of the types that have a default value.
pub(super) fn with_default(items: &[Item]) -> BTreeSet<String> {
    let derives = |attributes: &[Attribute]| {
        attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"))
            .any(|attribute| attribute.to_token_stream().to_string().contains("Default"))
    };
    items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) if derives(&item.attrs) || has_default(item) => {
                Some(item.ident.to_string())
            }
            Item::Impl(block) => {
                let (path, _) = block.trait_.as_ref()?;
                let is_default = path
                    .segments
                    .last()
                    .is_some_and(|segment| segment.ident == "Default");
                is_default.then(|| last_ident(&block.self_ty))?
            }
            _ => None,
        })
        .collect()
}
