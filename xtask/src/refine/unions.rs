//! Unions (`oneOf`, `anyOf`): an enum with a variant for each alternative, and one for what fits none.
//!
//! Which alternative a value is, is decided by its discriminator where there is one, else by its JSON kind and, among
//! objects, by the number of members that the alternative knows. The first that decodes would lose data.

use super::paths::shorten_type;
use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::generate::Generated;
use crate::names::{unique, variant_name};
use crate::schema::{Shape, component_name, components, shape, text};
use crate::unions::{Discriminator, alternatives, discriminator};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::Ident;

/// Writes the types of all unions.
pub(super) fn apply(root: &Value, generated: &Generated, types: &mut Types) {
    for (name, schema) in components(root).into_iter().flatten() {
        if shape(schema) == Shape::Union {
            let union = Union::read(root, name, schema, generated, types);
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
    /// What its JSON looks like, in the words of `#[derive(Union)]`.
    form: &'static str,
}

impl Union {
    fn read(
        root: &Value,
        name: &str,
        schema: &Value,
        generated: &Generated,
        types: &Types,
    ) -> Self {
        let mut taken = BTreeSet::new();
        let variants: Vec<Variant> = alternatives(schema)
            .iter()
            .filter_map(|alternative| variant(root, alternative, generated, types, &mut taken))
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
        let Self {
            name, docs, other, ..
        } = self;
        let discriminator = self.discriminator.as_ref().map(|discriminator| {
            let member = &discriminator.member;
            quote! { #[wire(discriminator = #member)] }
        });
        let variants = self.variants.iter().zip(self.forms());
        let variants = variants.map(|(variant, form)| {
            let Variant {
                name, ty, inner, ..
            } = variant;
            let docs = markdown(&format!("`{}`", inner.to_string().replace(' ', "")));
            quote! { #docs #[wire(#form)] #name(#ty), }
        });
        quote! {
            #docs
            #[derive(Clone, PartialEq, RedactedDebug, Union)]
            #discriminator
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// What fits none of the documented forms, as it came.
                #other(serde_json::Value),
            }
        }
    }

    /// By what each variant is told: the values of the discriminator, or its form.
    fn forms(&self) -> Vec<TokenStream> {
        if let Some(discriminator) = &self.discriminator {
            let values = discriminator.values.iter();
            return values.map(|values| quote! { #(#values)|* }).collect();
        }
        let forms = self.variants.iter().map(|variant| {
            let form = format_ident!("{}", variant.form);
            quote!(#form)
        });
        forms.collect()
    }
}

fn variant(
    root: &Value,
    alternative: &Value,
    generated: &Generated,
    types: &Types,
    taken: &mut BTreeSet<String>,
) -> Option<Variant> {
    let mut inner = generated.type_of(alternative)?.clone();
    shorten_type(&mut inner);
    let inner = inner.into_token_stream();
    let target = crate::schema::resolve(root, alternative).unwrap_or(alternative);
    let boxed = component_name(alternative).is_some() && shape(target) != Shape::Enum;
    let ty = if boxed {
        quote!(Box<#inner>)
    } else {
        inner.clone()
    };
    let is_object = component_name(alternative).is_some_and(|name| types.is_object(&name));
    let name = variant_label(alternative, target);
    Some(Variant {
        name: format_ident!("{}", unique(name, taken)),
        ty,
        inner,
        form: form(target, is_object),
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

/// A schema may have members and be generated as something else: by them only a type that has them can be told.
fn form(target: &Value, is_object: bool) -> &'static str {
    let kind = target.get("type").and_then(Value::as_str);
    match (shape(target), kind) {
        (Shape::Struct, _) if is_object => "object",
        (Shape::Map, _) | (Shape::Struct, None | Some("object")) => "map",
        (Shape::Array, _) => "list",
        (Shape::Enum, _) | (_, Some("string")) => "text",
        (_, Some("integer")) => "integer",
        (_, Some("number")) => "number",
        (_, Some("boolean")) => "flag",
        _ => "any",
    }
}
