//! `Debug` of structs that keep members that the document does not list: any of them may be a secret, so that only their
//! names are shown.

use super::types::{Types, is_further};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Field, Item, ItemStruct, Type, parse_quote};

/// Writes `Debug` of all such structs, and gives a default value to those that can have one.
pub(super) fn apply(types: &mut Types) {
    for (_, definition) in types.iter_mut() {
        let items = &mut definition.items;
        let found = items.iter_mut().find_map(|item| match item {
            Item::Struct(item) if item.fields.iter().any(is_further) => Some(item),
            _ => None,
        });
        let Some(item) = found else { continue };
        let hides = item.fields.iter().any(is_extra);
        let with_default = has_default(item);
        for attribute in &mut item.attrs {
            derive(attribute, hides, with_default);
        }
        if hides {
            let debug = super::parse(debug(item));
            items.splice(1..1, debug);
        }
    }
}

/// Whether [`apply`] gives a default value to a struct: the generator leaves it out beside further members.
pub(super) fn has_default(item: &ItemStruct) -> bool {
    item.fields.iter().any(is_further) && item.fields.iter().all(may_be_missing)
}

/// Whether a field holds whatever else there is.
fn is_extra(field: &Field) -> bool {
    is_further(field) && field.ty.to_token_stream().to_string().replace(' ', "") == ANY_MAP
}

/// How the type of further members is written.
const ANY_MAP: &str = "serde_json::Map<String,serde_json::Value>";

/// Whether a field has a value without anyone giving one.
fn may_be_missing(field: &Field) -> bool {
    let Type::Path(path) = &field.ty else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| {
        ["Option", "Vec", "BTreeMap", "Map"]
            .iter()
            .any(|name| last.ident == name)
    })
}

/// Takes `Debug` out of the derived traits where it is written, and puts `Default` in.
fn derive(attribute: &mut Attribute, hides: bool, with_default: bool) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    let mut derived = Vec::new();
    let read = attribute.parse_nested_meta(|derive| {
        derived.extend(derive.path.get_ident().cloned());
        Ok(())
    });
    if read.is_ok() {
        derived.retain(|name| !hides || name != "Debug");
        if with_default && !derived.iter().any(|name| name == "Default") {
            derived.push(format_ident!("Default"));
            derived.sort();
        }
        *attribute = parse_quote!(#[derive(#(#derived),*)]);
    }
}

fn debug(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    let text = name.to_string();
    let fields = item.fields.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        // `r#type` is shown as derived code shows it.
        let text = ident.to_string();
        let text = text.trim_start_matches("r#");
        Some(if is_extra(field) {
            quote! { .field(#text, &self.#ident.keys().collect::<Vec<_>>()) }
        } else {
            quote! { .field(#text, &self.#ident) }
        })
    });
    quote! {
        /// Of further members only the names.
        impl std::fmt::Debug for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}
