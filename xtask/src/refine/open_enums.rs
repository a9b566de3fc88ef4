//! Opens enums of strings: a value that the document does not list is kept, not refused.

use super::types::{Definition, Types, serde_arguments};
use crate::names::unique;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{Attribute, Ident, Item, ItemEnum, Meta};

/// Opens every enum whose variants hold nothing.
pub(super) fn apply(types: &mut Types) {
    for (_, definition) in types.iter_mut() {
        let opened = definition.items.iter().find_map(|item| match item {
            Item::Enum(item) => open(item),
            _ => None,
        });
        if let Some(opened) = opened {
            *definition = Definition::new(opened);
        }
    }
}

/// A known value: its variant, its docs and its text on the wire.
struct Known {
    variant: Ident,
    docs: Vec<Attribute>,
    wire: String,
}

fn open(item: &ItemEnum) -> Option<TokenStream> {
    let plain = item
        .variants
        .iter()
        .all(|variant| variant.fields.is_empty());
    let tagged = item
        .attrs
        .iter()
        .any(|attribute| serde_arguments(attribute).is_some());
    if !plain || tagged || item.variants.is_empty() {
        return None;
    }
    let known: Vec<Known> = item
        .variants
        .iter()
        .map(|variant| Known {
            wire: wire_name(&variant.attrs).unwrap_or_else(|| variant.ident.to_string()),
            docs: variant
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("doc"))
                .cloned()
                .collect(),
            variant: variant.ident.clone(),
        })
        .collect();
    Some(write(item, &known))
}

fn wire_name(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .filter_map(serde_arguments)
        .flatten()
        .find_map(|argument| match argument {
            Meta::NameValue(pair) if pair.path.is_ident("rename") => match pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
}

fn write(item: &ItemEnum, known: &[Known]) -> TokenStream {
    let name = &item.ident;
    let docs = item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let mut taken: BTreeSet<String> = known
        .iter()
        .map(|known| known.variant.to_string())
        .collect();
    let unknown = format_ident!("{}", unique("Unknown".to_owned(), &mut taken));
    let declared = known.iter().map(
        |Known {
             variant,
             docs,
             wire,
         }| {
            let docs = if docs.is_empty() {
                super::prose::doc(&format!("`{wire}`"))
            } else {
                quote! { #(#docs)* }
            };
            quote! { #docs #variant, }
        },
    );
    let variants: Vec<&Ident> = known.iter().map(|known| &known.variant).collect();
    let wires: Vec<&String> = known.iter().map(|known| &known.wire).collect();
    quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#declared)*
            /// A value that the document does not list, as it came.
            #unknown(String),
        }
        impl #name {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wires,)*
                    Self::#unknown(value) => value,
                }
            }
        }
        impl From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#wires => Self::#variants,)*
                    value => Self::#unknown(value.to_owned()),
                }
            }
        }
        impl From<String> for #name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }
        impl std::str::FromStr for #name {
            type Err = std::convert::Infallible;
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }
        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    }
}
