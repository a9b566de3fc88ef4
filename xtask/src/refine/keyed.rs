//! Objects whose one varying member is named by another, as `{"resource_type": "instance", "instance": {..}}`.
//!
//! A struct with a member for each of the known names would be mostly empty: they become an enum instead, and names that
//! the document does not list keep their value.

use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::generate::KEYED_BY;
use crate::markdown::code_span;
use crate::names::{Taken, member_names, unique, value_name, variant_name};
use crate::schema::{component_name, components, list, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::Ident;

/// Writes the types of all keyed schemas.
pub(super) fn apply(root: &Value, types: &mut Types) {
    let mut taken: Taken = components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for (name, schema) in components(root).into_iter().flatten() {
        if let Some(keyed) = Keyed::read(root, name, schema, &mut taken) {
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
    /// Rust name and type of members that all of the types have.
    shared: Vec<(Ident, Ident)>,
}

/// The Rust name of the member that names the other, beside `value` and `others`.
fn key_name(wire: &str) -> String {
    let mut taken = Taken::from_iter(["value", "others"]);
    unique(value_name(wire), &mut taken)
}

struct Member {
    variant: Ident,
    wire: String,
    ty: Ident,
}

impl Keyed {
    fn read(root: &Value, name: &str, schema: &Value, names: &mut Taken) -> Option<Self> {
        let key = schema.get(KEYED_BY)?.as_str()?.to_owned();
        let mut taken = Taken::from_iter(["Other"]);
        let members: Vec<Member> = schema
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
            value: format_ident!("{}", unique(format!("{name}Value"), names)),
            description: text(schema, "description"),
            key: (key.clone(), format_ident!("{}", key_name(&key))),
            shared: shared(root, &members),
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
            "{}: the name of the member that holds [`value`](Self::value).",
            code_span(wire_key)
        ));
        let value_docs = markdown(&format!(
            "What a [`{name}`] holds, by the name of its member."
        ));
        let variants = self.members.iter().map(|Member { variant, wire, ty }| {
            let docs = markdown(&code_span(wire));
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
        let accessors = self.shared.iter().map(|(member, ty)| {
            let docs = markdown(&format!(
                "The `{member}` of whatever it is; `None` for an unlisted one."
            ));
            quote! {
                #docs
                pub fn #member(&self) -> Option<&#ty> {
                    match self {
                        #(Self::#variants(value) => value.#member.as_ref(),)*
                        Self::Other(..) => None,
                    }
                }
            }
        });
        quote! {
            impl #value {
                /// The name of the member on the wire.
                pub fn key(&self) -> &str {
                    match self {
                        #(Self::#variants(_) => #wires,)*
                        Self::Other(key, _) => key,
                    }
                }

                #(#accessors)*

                fn read(key: String, value: serde_json::Value) -> Self {
                    let known = match key.as_str() {
                        #(#wires => rapid7_core::decode::from_value(&value).map(Self::#variants).ok(),)*
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

/// Members that every one of the types has as an optional one of the same named type.
fn shared(root: &Value, members: &[Member]) -> Vec<(Ident, Ident)> {
    let mut sets = members.iter().map(|member| named_members(root, &member.ty));
    let first = sets.next().unwrap_or_default();
    let shared = sets.fold(first, |shared, set| {
        shared.intersection(&set).cloned().collect()
    });
    shared
        .into_iter()
        .map(|(name, ty)| (format_ident!("{name}"), format_ident!("{ty}")))
        .collect()
}

/// Rust name and type of the optional members of a component that are components themselves.
fn named_members(root: &Value, component: &Ident) -> BTreeSet<(String, String)> {
    let Some(schema) = components(root).and_then(|all| all.get(&component.to_string())) else {
        return BTreeSet::new();
    };
    let required = schema
        .as_object()
        .map(|object| list(object, "required"))
        .unwrap_or_default();
    let required: BTreeSet<&str> = required.iter().filter_map(Value::as_str).collect();
    member_names(schema)
        .into_iter()
        .filter(|(_, wire)| !required.contains(wire.as_str()))
        .filter_map(|(name, wire)| {
            let member = schema.get("properties")?.get(&wire)?;
            Some((name, component_name(member)?))
        })
        .collect()
}
