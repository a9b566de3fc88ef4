//! Enums of strings, open: a value that the document does not list is kept, not refused.

use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::names::{unique, variant_name};
use crate::schema::{Shape, components, shape, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::Ident;

/// Writes the types of all enums.
pub(super) fn apply(root: &Value, types: &mut Types) {
    for (name, schema) in components(root).into_iter().flatten() {
        if shape(schema) == Shape::Enum {
            types.insert(name.clone(), Definition::new(write(name, schema)));
        }
    }
}

/// A listed value: its variant and its text on the wire.
struct Known {
    variant: Ident,
    wire: String,
}

fn known(schema: &Value, taken: &mut BTreeSet<String>) -> Vec<Known> {
    let values = schema.get("enum").and_then(Value::as_array);
    values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|wire| Known {
            variant: format_ident!("{}", unique(variant_name(wire), taken)),
            wire: wire.to_owned(),
        })
        .collect()
}

fn write(name: &str, schema: &Value) -> TokenStream {
    let docs = doc(&text(schema, "description").unwrap_or_else(|| format!("`{name}` of the API.")));
    let name = format_ident!("{name}");
    let mut taken = BTreeSet::new();
    let known = known(schema, &mut taken);
    let unknown = format_ident!("{}", unique("Unknown", &mut taken));
    let declared = known.iter().map(|Known { variant, wire }| {
        let docs = markdown(&code(wire));
        quote! { #docs #variant, }
    });
    let variants: Vec<&Ident> = known.iter().map(|known| &known.variant).collect();
    let wires: Vec<&String> = known.iter().map(|known| &known.wire).collect();
    quote! {
        #docs
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

/// The value in backticks, whatever it holds.
fn code(value: &str) -> String {
    if value.trim().is_empty() {
        return "Empty.".to_owned();
    }
    let value = value.replace(['\n', '\r'], " ");
    if value.contains('`') {
        format!("`` {value} ``")
    } else {
        format!("`{value}`")
    }
}
