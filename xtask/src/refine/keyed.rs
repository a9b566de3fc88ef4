//! Objects whose one varying member is named by another, as `{"resource_type": "instance", "instance": {..}}`.
//!
//! A struct with a member for each of the known names would be mostly empty: they become an enum instead, and names that
//! the document does not list keep their value.

use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::generate::KEYED_BY;
use crate::names::{member_names, unique, value_name, variant_name};
use crate::schema::{component_name, components, list, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::Ident;

/// Writes the types of all keyed schemas.
pub(super) fn apply(root: &Value, types: &mut Types) {
    let mut taken: BTreeSet<String> = components(root)
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
    let mut taken = BTreeSet::from(["value", "others"].map(str::to_owned));
    unique(value_name(wire), &mut taken)
}

struct Member {
    variant: Ident,
    wire: String,
    ty: Ident,
}

impl Keyed {
    fn read(
        root: &Value,
        name: &str,
        schema: &Value,
        names: &mut BTreeSet<String>,
    ) -> Option<Self> {
        let key = schema.get(KEYED_BY)?.as_str()?.to_owned();
        let mut taken = BTreeSet::from(["Other".to_owned()]);
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
        let renamed = (key != wire_key).then(|| quote! { #[wire(rename = #wire_key)] });
        let value_docs = markdown(&format!(
            "What a [`{name}`] holds, by the name of its member."
        ));
        let shared = self.shared.iter().map(|(member, ty)| quote!(#member = #ty));
        let shared = (!self.shared.is_empty()).then(|| quote! { #[shared(#(#shared),*)] });
        let variants = self.members.iter().map(|Member { variant, wire, ty }| {
            let docs = markdown(&format!("`{wire}`"));
            quote! { #docs #[wire(#wire)] #variant(Box<#ty>), }
        });
        quote! {
            #docs
            #[derive(Clone, Default, Keyed, PartialEq, RedactedDebug)]
            #[non_exhaustive]
            pub struct #name {
                #key_docs
                #renamed
                pub #key: Option<String>,
                /// The member so named.
                pub value: Option<#value>,
                /// Further members, as they came.
                #[wire(further)]
                pub others: serde_json::Map<String, serde_json::Value>,
            }

            #value_docs
            #[derive(Clone, KeyedValue, PartialEq, RedactedDebug)]
            #shared
            #[non_exhaustive]
            pub enum #value {
                #(#variants)*
                /// A member that the document does not list, or whose value has another shape.
                Other(String, serde_json::Value),
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
    // What the derive calls the name of the member.
    let shared = shared.into_iter().filter(|(name, _)| name != "key");
    shared
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
    member_names(schema)
        .into_iter()
        .filter(|(_, wire)| !required.iter().any(|name| name == wire))
        .filter_map(|(name, wire)| {
            let member = schema.get("properties")?.get(&wire)?;
            Some((name, component_name(member)?))
        })
        .collect()
}
