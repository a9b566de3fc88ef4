//! Objects whose one varying member is named by another, as `{"resource_type": "instance", "instance": {..}}`.
//!
//! A struct with a member for each of the known names would be mostly empty: they become an enum instead, and names that
//! the document does not list keep their value.

use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::generate::KEYED_BY;
use crate::names::{unique, value_name, variant_name};
use crate::schema::{component_name, components, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::Ident;

/// Writes the types of all keyed schemas.
pub(super) fn apply(root: &Value, types: &mut Types) {
    for (name, schema) in components(root).into_iter().flatten() {
        if let Some(keyed) = Keyed::read(name, schema) {
            types.insert(name.clone(), Definition::new(keyed.write()));
        }
    }
}

struct Keyed {
    name: Ident,
    /// The enum of known members.
    value: Ident,
    description: Option<String>,
    /// Wire name and Rust name of the member that names the other.
    key: (String, Ident),
    members: Vec<Member>,
}

struct Member {
    variant: Ident,
    wire: String,
    ty: Ident,
}

impl Keyed {
    fn read(name: &str, schema: &Value) -> Option<Self> {
        let key = schema.get(KEYED_BY)?.as_str()?.to_owned();
        let mut taken = BTreeSet::from(["Other".to_owned()]);
        let members = schema
            .get("properties")?
            .as_object()?
            .iter()
            .filter(|(wire, _)| **wire != key)
            .filter_map(|(wire, member)| {
                let ty = format_ident!("{}", component_name(member)?);
                // The type's name says more than the wire name, which runs words together.
                let own = ty.to_string();
                let stem = own
                    .strip_suffix("Resource")
                    .filter(|stem| stem.eq_ignore_ascii_case(&variant_name(wire)));
                let variant = unique(
                    stem.map_or_else(|| variant_name(wire), str::to_owned),
                    &mut taken,
                );
                Some(Member {
                    variant: format_ident!("{variant}"),
                    wire: wire.clone(),
                    ty,
                })
            })
            .collect();
        Some(Self {
            name: format_ident!("{name}"),
            value: format_ident!("{name}Value"),
            description: text(schema, "description"),
            key: (key.clone(), format_ident!("{}", value_name(&key))),
            members,
        })
    }

    fn write(&self) -> TokenStream {
        let declaration = self.declaration();
        let wire = self.wire_impls();
        quote! { #declaration #wire }
    }

    fn declaration(&self) -> TokenStream {
        let Self {
            name,
            value,
            key: (wire_key, key),
            ..
        } = self;
        let docs = doc(self.description.as_deref().unwrap_or_default());
        let key_docs = markdown(&format!(
            "`{wire_key}`: the name of the member that holds [`value`](Self::value)."
        ));
        let value_docs = markdown(&format!(
            "What a [`{name}`] holds, by the name of its member."
        ));
        let variants = self.members.iter().map(|Member { variant, wire, ty }| {
            let docs = markdown(&format!("`{wire}`"));
            quote! { #docs #variant(Box<#ty>), }
        });
        quote! {
            #docs
            #[derive(Clone, Debug, Default, PartialEq)]
            #[non_exhaustive]
            pub struct #name {
                #key_docs
                pub #key: Option<String>,
                /// The member so named.
                pub value: Option<#value>,
                /// Further members, as they came.
                pub others: serde_json::Map<String, serde_json::Value>,
            }

            #value_docs
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum #value {
                #(#variants)*
                /// A member that the document does not list, or whose value has another shape.
                Other(String, serde_json::Value),
            }
        }
    }

    fn wire_impls(&self) -> TokenStream {
        let Self {
            name,
            value,
            key: (wire_key, key),
            ..
        } = self;
        let variants: Vec<&Ident> = self.members.iter().map(|member| &member.variant).collect();
        let wires: Vec<&String> = self.members.iter().map(|member| &member.wire).collect();
        quote! {
            impl #value {
                /// The name of the member on the wire.
                pub fn key(&self) -> &str {
                    match self {
                        #(Self::#variants(_) => #wires,)*
                        Self::Other(key, _) => key,
                    }
                }

                fn read(key: String, value: serde_json::Value) -> Self {
                    let known = match key.as_str() {
                        #(#wires => serde::Deserialize::deserialize(&value).map(Self::#variants).ok(),)*
                        _ => None,
                    };
                    known.unwrap_or(Self::Other(key, value))
                }
            }

            impl serde::Serialize for #value {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#variants(value) => serde::Serialize::serialize(value, serializer),)*
                        Self::Other(_, value) => serde::Serialize::serialize(value, serializer),
                    }
                }
            }

            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let mut map = serde::Serializer::serialize_map(serializer, None)?;
                    if let Some(key) = &self.#key {
                        serde::ser::SerializeMap::serialize_entry(&mut map, #wire_key, key)?;
                    }
                    if let Some(value) = &self.value {
                        serde::ser::SerializeMap::serialize_entry(&mut map, value.key(), value)?;
                    }
                    for (key, value) in &self.others {
                        serde::ser::SerializeMap::serialize_entry(&mut map, key, value)?;
                    }
                    serde::ser::SerializeMap::end(map)
                }
            }

            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let mut others: serde_json::Map<String, serde_json::Value> = serde::Deserialize::deserialize(deserializer)?;
                    let #key = match others.remove(#wire_key) {
                        Some(serde_json::Value::String(key)) => Some(key),
                        Some(serde_json::Value::Null) | None => None,
                        Some(other) => Some(other.to_string()),
                    };
                    let named = #key.as_ref().and_then(|key| others.remove_entry(key));
                    let value = named.map(|(key, value)| #value::read(key, value));
                    Ok(Self { #key, value, others })
                }
            }
        }
    }
}
