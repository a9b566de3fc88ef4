//! Unions (`oneOf`, `anyOf`): an enum with a variant for each alternative, and one for what fits none.
//!
//! Which alternative a value is, is decided by its discriminator where there is one, else by its JSON kind and, among
//! objects, by the number of members that the alternative knows. The first that decodes would lose data.

use super::paths::shorten_type;
use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::generate::Generated;
use crate::names::{Taken, unique, variant_name};
use crate::schema::{Shape, component_name, components, shape, text};
use crate::unions::{Discriminator, alternatives, discriminator};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use std::collections::BTreeMap;
use syn::Ident;

/// Writes the types of all unions.
pub(super) fn apply(root: &Value, generated: &Generated, types: &mut Types) {
    for (name, schema) in components(root).into_iter().flatten() {
        if shape(schema) == Shape::Union {
            let union = Union::read(root, name, schema, generated);
            types.insert(name.clone(), Definition::new(union.write()));
        }
    }
}

struct Union {
    name: Ident,
    docs: TokenStream,
    variants: Vec<Variant>,
    discriminator: Option<Discriminator>,
    /// The variant for what fits no alternative.
    other: Ident,
}

struct Variant {
    name: Ident,
    /// The type inside, boxed where it is a named one: alternatives may contain the union again.
    ty: TokenStream,
    inner: TokenStream,
    boxed: bool,
    kind: Kind,
}

/// What the JSON of an alternative looks like.
enum Kind {
    /// An object with these members.
    Object(Vec<String>),
    /// A value that this test on `serde_json::Value` accepts.
    Test(TokenStream),
    /// Anything.
    Any,
}

impl Union {
    fn read(root: &Value, name: &str, schema: &Value, generated: &Generated) -> Self {
        let mut taken = Taken::default();
        let variants: Vec<Variant> = alternatives(schema)
            .iter()
            .filter_map(|alternative| variant(root, alternative, generated, &mut taken))
            .collect();
        let words = text(schema, "description").unwrap_or_else(|| format!("`{name}` of the API."));
        Self {
            name: format_ident!("{name}"),
            docs: doc(&words),
            discriminator: discriminator(root, schema)
                .filter(|found| found.values.len() == variants.len()),
            variants,
            other: format_ident!("{}", unique("Other", &mut taken)),
        }
    }

    fn write(&self) -> TokenStream {
        let declaration = self.declaration();
        let conversions = self.conversions();
        let debug = self.debug();
        let serialize = self.serialize();
        let deserialize = self.deserialize();
        quote! { #declaration #conversions #debug #serialize #deserialize }
    }

    fn declaration(&self) -> TokenStream {
        let Self {
            name, docs, other, ..
        } = self;
        let variants = self.variants.iter().map(
            |Variant {
                 name, ty, inner, ..
             }| {
                let docs = markdown(&format!("`{}`", inner.to_string().replace(' ', "")));
                quote! { #docs #name(#ty), }
            },
        );
        quote! {
            #docs
            #[derive(Clone, PartialEq)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// What fits none of the documented forms, as it came.
                #other(serde_json::Value),
            }
        }
    }

    /// `From` each type that only one variant holds.
    fn conversions(&self) -> TokenStream {
        let name = &self.name;
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for variant in &self.variants {
            *uses.entry(variant.inner.to_string()).or_default() += 1;
        }
        let conversions = self.variants.iter().filter(|variant| {
            let inner = variant.inner.to_string();
            uses.get(&inner) == Some(&1) && inner != quote!(serde_json::Value).to_string()
        });
        let conversions = conversions.map(
            |Variant {
                 name: variant,
                 inner,
                 boxed,
                 ..
             }| {
                let value = if *boxed {
                    quote!(Box::new(value))
                } else {
                    quote!(value)
                };
                quote! {
                    impl From<#inner> for #name {
                        fn from(value: #inner) -> Self {
                            Self::#variant(#value)
                        }
                    }
                }
            },
        );
        quote! { #(#conversions)* }
    }

    /// What fits no alternative may hold a secret under any name: `Debug` does not show it.
    fn debug(&self) -> TokenStream {
        let Self { name, other, .. } = self;
        let variants = self.variants.iter().map(|variant| &variant.name);
        let texts = self.variants.iter().map(|variant| variant.name.to_string());
        let other_text = format!("{other}(..)");
        quote! {
            impl std::fmt::Debug for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match self {
                        #(Self::#variants(value) => f.debug_tuple(#texts).field(value).finish(),)*
                        Self::#other(_) => f.write_str(#other_text),
                    }
                }
            }
        }
    }

    fn serialize(&self) -> TokenStream {
        let Self { name, other, .. } = self;
        let variants = self.variants.iter().map(|variant| &variant.name);
        quote! {
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#variants(value) => serde::Serialize::serialize(value, serializer),)*
                        Self::#other(value) => serde::Serialize::serialize(value, serializer),
                    }
                }
            }
        }
    }

    fn deserialize(&self) -> TokenStream {
        let Self { name, other, .. } = self;
        let choice = match &self.discriminator {
            Some(discriminator) => self.by_discriminator(discriminator),
            None => self.by_shape(),
        };
        quote! {
            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
                    let known = { #choice };
                    Ok(known.unwrap_or(Self::#other(value)))
                }
            }
        }
    }

    fn by_discriminator(&self, discriminator: &Discriminator) -> TokenStream {
        let member = &discriminator.member;
        let arms = self
            .variants
            .iter()
            .zip(&discriminator.values)
            .map(|(variant, values)| {
                let decode = decode(&variant.name);
                quote! { #(Some(#values))|* => #decode, }
            });
        quote! {
            match value.get(#member).and_then(serde_json::Value::as_str) {
                #(#arms)*
                _ => None,
            }
        }
    }

    /// Objects by the members they know, most first; then the alternatives of other kinds.
    fn by_shape(&self) -> TokenStream {
        let objects: Vec<(&Ident, &Vec<String>)> = self
            .variants
            .iter()
            .filter_map(|variant| match &variant.kind {
                Kind::Object(members) => Some((&variant.name, members)),
                _ => None,
            })
            .collect();
        let tests = self.variants.iter().filter_map(|variant| {
            let decode = decode(&variant.name);
            match &variant.kind {
                Kind::Test(test) => {
                    Some(quote! { if known.is_none() && #test { known = #decode; } })
                }
                Kind::Any => Some(quote! { if known.is_none() { known = #decode; } }),
                Kind::Object(_) => None,
            }
        });
        let members = objects
            .iter()
            .map(|(_, members)| quote! { &[#(#members),*] });
        let arms = objects.iter().enumerate().map(|(index, (name, _))| {
            let decode = decode(name);
            quote! { #index => #decode, }
        });
        let objects = (!objects.is_empty()).then(|| {
            quote! {
                for index in rapid7_core::most_recognised(&value, &[#(#members),*]) {
                    known = match index { #(#arms)* _ => None };
                    if known.is_some() {
                        break;
                    }
                }
            }
        });
        quote! {
            let mut known = None;
            #objects
            #(#tests)*
            known
        }
    }
}

fn decode(variant: &Ident) -> TokenStream {
    quote! { rapid7_core::decode::from_value(&value).map(Self::#variant).ok() }
}

fn variant(
    root: &Value,
    alternative: &Value,
    generated: &Generated,
    taken: &mut Taken,
) -> Option<Variant> {
    let mut inner = generated.type_of(alternative)?.clone();
    shorten_type(&mut inner);
    let inner = inner.into_token_stream();
    let target = crate::schema::resolve(root, alternative).unwrap_or(alternative);
    let kind = kind(target);
    let boxed = component_name(alternative).is_some() && shape(target) != Shape::Enum;
    let ty = if boxed {
        quote!(Box<#inner>)
    } else {
        inner.clone()
    };
    let name = variant_label(alternative, target);
    Some(Variant {
        name: format_ident!("{}", unique(name, taken)),
        ty,
        inner,
        boxed,
        kind,
    })
}

fn variant_label(alternative: &Value, target: &Value) -> String {
    if let Some(name) = component_name(alternative) {
        return variant_name(&name);
    }
    match (shape(target), target.get("type").and_then(Value::as_str)) {
        (Shape::Array, _) => "List",
        (Shape::Map, _) => "Map",
        (_, Some("string")) => "String",
        (_, Some("integer")) => "Integer",
        (_, Some("number")) => "Number",
        (_, Some("boolean")) => "Boolean",
        _ => "Value",
    }
    .to_owned()
}

fn kind(target: &Value) -> Kind {
    match (shape(target), target.get("type").and_then(Value::as_str)) {
        (Shape::Struct, _) => {
            let members = target.get("properties").and_then(Value::as_object);
            Kind::Object(
                members
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.clone())
                    .collect(),
            )
        }
        (Shape::Map, _) => Kind::Test(quote!(value.is_object())),
        (Shape::Array, _) => Kind::Test(quote!(value.is_array())),
        (Shape::Enum, _) | (_, Some("string")) => Kind::Test(quote!(value.is_string())),
        (_, Some("integer")) => Kind::Test(quote!(value.is_i64())),
        (_, Some("number")) => Kind::Test(quote!(value.is_number())),
        (_, Some("boolean")) => Kind::Test(quote!(value.is_boolean())),
        _ => Kind::Any,
    }
}
