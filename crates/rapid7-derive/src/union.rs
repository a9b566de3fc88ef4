//! `#[derive(Union)]`.

use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::{BinOp, Data, DeriveInput, Error, Expr, ExprLit, Ident, Lit, LitStr, Result, Type};

use crate::impls;
use crate::types::{argument, by_type, held, wire};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.span(), "a union is an enum"));
    };
    let mut variants = Vec::new();
    let mut other = None;
    for variant in &data.variants {
        let ty = held(variant)?;
        match (wire(&variant.attrs)?, &other) {
            (Some(form), _) => variants.push(Variant {
                name: &variant.ident,
                ty,
                form: form_of(&form)?,
            }),
            (None, None) => other = Some(&variant.ident),
            (None, Some(_)) => {
                let message = "only one variant holds what is no alternative";
                return Err(Error::new(variant.span(), message));
            }
        }
    }
    let Some(other) = other else {
        let message = "a union has a variant for what is no alternative";
        return Err(Error::new(input.span(), message));
    };
    let union = Union {
        name: &input.ident,
        discriminator: discriminator(input)?,
        variants,
        other,
    };
    Ok(union.expand())
}

struct Union<'a> {
    name: &'a Ident,
    /// Empty where there is none.
    discriminator: String,
    variants: Vec<Variant<'a>>,
    /// The variant for what is no alternative.
    other: &'a Ident,
}

struct Variant<'a> {
    name: &'a Ident,
    ty: &'a Type,
    form: Form,
}

enum Form {
    /// The values of the discriminator.
    Tagged(Vec<LitStr>),
    Object,
    /// The name of one of the others in `rapid7_core::unions::Alternative`.
    Other(Ident),
}

fn discriminator(input: &DeriveInput) -> Result<String> {
    let mut discriminator = String::new();
    for attribute in &input.attrs {
        if attribute.path().is_ident("wire") {
            attribute.parse_nested_meta(|meta| {
                if !meta.path.is_ident("discriminator") {
                    return Err(meta.error("expected `discriminator`"));
                }
                discriminator = meta.value()?.parse::<LitStr>()?.value();
                Ok(())
            })?;
        }
    }
    Ok(discriminator)
}

fn form_of(form: &Expr) -> Result<Form> {
    if let Expr::Path(path) = form
        && let Some(word) = path.path.get_ident()
    {
        let name = match word.to_string().as_str() {
            "object" => return Ok(Form::Object),
            "map" => "Map",
            "list" => "List",
            "text" => "Text",
            "integer" => "Integer",
            "number" => "Number",
            "flag" => "Flag",
            "any" => "Any",
            _ => return Err(unknown_form(form)),
        };
        return Ok(Form::Other(Ident::new(name, word.span())));
    }
    let mut values = Vec::new();
    values_of(form, &mut values)?;
    Ok(Form::Tagged(values))
}

/// The texts in `"a" | "b"`.
fn values_of(expression: &Expr, values: &mut Vec<LitStr>) -> Result<()> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(value),
            ..
        }) => {
            values.push(value.clone());
            Ok(())
        }
        Expr::Binary(either) if matches!(either.op, BinOp::BitOr(_)) => {
            values_of(&either.left, values)?;
            values_of(&either.right, values)
        }
        _ => Err(unknown_form(expression)),
    }
}

fn unknown_form(form: &Expr) -> Error {
    let message = "expected values of the discriminator, `object`, `map`, `list`, `text`, `integer`, `number`, `flag` or `any`";
    Error::new(form.span(), message)
}

impl Variant<'_> {
    /// What the variant holds, without the box around it.
    fn inner(&self) -> &Type {
        argument(self.ty, "Box").unwrap_or(self.ty)
    }

    fn alternative(&self) -> TokenStream {
        let inner = self.inner();
        let form = match &self.form {
            Form::Tagged(values) => quote! { Tagged(&[#(#values),*]) },
            Form::Object => quote! { Object(<#inner as ::rapid7_core::object::Object>::MEMBERS) },
            Form::Other(name) => quote! { #name },
        };
        quote! { ::rapid7_core::unions::Alternative::#form }
    }
}

impl Union<'_> {
    fn expand(&self) -> TokenStream {
        let conversions = self.conversions();
        let serialize = self.serialize();
        let deserialize = self.deserialize();
        quote! { #conversions #serialize #deserialize }
    }

    /// `From` each type that only one variant holds.
    fn conversions(&self) -> TokenStream {
        let name = self.name;
        let text = |variant: &Variant<'_>| {
            let inner = variant.inner();
            quote!(#inner).to_string()
        };
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for variant in &self.variants {
            *uses.entry(text(variant)).or_default() += 1;
        }
        let any = quote!(serde_json::Value).to_string();
        let single = self.variants.iter().filter(|variant| {
            let text = text(variant);
            uses.get(&text) == Some(&1) && text != any
        });
        let conversions = single.map(|variant| {
            let (inner, held) = (variant.inner(), variant.name);
            let value = if argument(variant.ty, "Box").is_some() {
                quote!(::std::boxed::Box::new(value))
            } else {
                quote!(value)
            };
            quote! {
                #[automatically_derived]
                impl ::core::convert::From<#inner> for #name {
                    fn from(value: #inner) -> Self {
                        Self::#held(#value)
                    }
                }
            }
        });
        quote! { #(#conversions)* }
    }

    fn serialize(&self) -> TokenStream {
        let variants = self.variants.iter();
        let groups = by_type(variants.map(|variant| (variant.name, variant.ty)));
        let other = self.other;
        let held = quote! {
            match self {
                #(#(Self::#groups(value))|* => ::rapid7_core::object::Serialize::serialize(value, serializer),)*
                Self::#other(value) => ::rapid7_core::object::Serialize::serialize(value, serializer),
            }
        };
        impls::serialize(self.name, &held)
    }

    fn deserialize(&self) -> TokenStream {
        let Self {
            name,
            discriminator,
            other,
            ..
        } = self;
        let alternatives = self.variants.iter().map(Variant::alternative);
        let variants = self.variants.iter().map(|variant| variant.name);
        let indices = 0..self.variants.len();
        let read = quote! { ::rapid7_core::unions::read(deserializer) };
        let deserialize = impls::deserialize(name, &read);
        quote! {
            #[automatically_derived]
            impl ::rapid7_core::unions::Union for #name {
                const DISCRIMINATOR: &'static str = #discriminator;
                const ALTERNATIVES: &'static [::rapid7_core::unions::Alternative] = &[#(#alternatives),*];

                fn read(index: usize, text: &str) -> ::core::option::Option<Self> {
                    match index {
                        #(#indices => ::rapid7_core::unions::held(text).map(Self::#variants),)*
                        _ => ::core::option::Option::None,
                    }
                }

                fn other(value: ::rapid7_core::object::Value) -> Self {
                    Self::#other(value)
                }
            }

            #deserialize
        }
    }
}
