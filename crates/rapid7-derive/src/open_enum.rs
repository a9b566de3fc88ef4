//! `#[derive(OpenEnum)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Expr, Fields, Ident, Lit, Result, Type, UnOp, Variant};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.span(), "an open enum is an enum"));
    };
    let mut known = Vec::new();
    let mut unknown = None;
    for variant in &data.variants {
        match (&variant.fields, wire(variant)?) {
            (Fields::Unit, Some(value)) => known.push((&variant.ident, value)),
            (Fields::Unnamed(fields), None) if fields.unnamed.len() == 1 && unknown.is_none() => {
                unknown = Some((&variant.ident, &fields.unnamed[0].ty));
            }
            _ => {
                let message = "expected `#[wire(\"value\")]` on a variant without fields, or one variant that holds other values";
                return Err(Error::new(variant.span(), message));
            }
        }
    }
    let Some((unknown, held)) = unknown else {
        let message = "an open enum has a variant for other values";
        return Err(Error::new(input.span(), message));
    };
    let name = &input.ident;
    let own = if is_string(held) {
        of_text(name, &known, unknown)
    } else {
        of_integers(name, &known, unknown)
    };
    Ok(own)
}

/// The value of a variant.
fn wire(variant: &Variant) -> Result<Option<Expr>> {
    let attribute = variant
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("wire"));
    let Some(attribute) = attribute else {
        return Ok(None);
    };
    let value: Expr = attribute.parse_args()?;
    let literal = match &value {
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => &*negative.expr,
        value => value,
    };
    match literal {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_) | Lit::Int(_)) => Ok(Some(value)),
        _ => Err(Error::new(
            attribute.span(),
            "expected a text or an integer",
        )),
    }
}

fn is_string(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "String")
}

fn of_text(name: &Ident, known: &[(&Ident, Expr)], unknown: &Ident) -> TokenStream {
    let variants: Vec<&Ident> = known.iter().map(|(variant, _)| *variant).collect();
    let wires: Vec<&Expr> = known.iter().map(|(_, wire)| wire).collect();
    let indices = 0..known.len();
    let wire = on_the_wire(name, &quote!(as_str), &quote!(serialize_str), &quote!(text));
    quote! {
        #[automatically_derived]
        impl #name {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wires,)*
                    Self::#unknown(value) => value,
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<&str> for #name {
            fn from(value: &str) -> Self {
                // A match on texts is long machine code, one on numbers a table.
                match ::rapid7_core::object::position(&[#(#wires),*], value) {
                    #(#indices => Self::#variants,)*
                    _ => Self::#unknown(value.to_owned()),
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<::std::string::String> for #name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for #name {
            type Err = ::core::convert::Infallible;
            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self::from(value))
            }
        }

        #wire
    }
}

fn of_integers(name: &Ident, known: &[(&Ident, Expr)], unknown: &Ident) -> TokenStream {
    let variants: Vec<&Ident> = known.iter().map(|(variant, _)| *variant).collect();
    let wires: Vec<&Expr> = known.iter().map(|(_, wire)| wire).collect();
    let wire = on_the_wire(
        name,
        &quote!(as_i64),
        &quote!(serialize_i64),
        &quote!(integer),
    );
    quote! {
        #[automatically_derived]
        impl #name {
            /// The value on the wire.
            #[must_use]
            pub fn as_i64(&self) -> i64 {
                match self {
                    #(Self::#variants => #wires,)*
                    Self::#unknown(value) => *value,
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<i64> for #name {
            fn from(value: i64) -> Self {
                match value {
                    #(#wires => Self::#variants,)*
                    value => Self::#unknown(value),
                }
            }
        }

        // What a plain number is to the compiler.
        #[automatically_derived]
        impl ::core::convert::From<i32> for #name {
            fn from(value: i32) -> Self {
                Self::from(::core::convert::Into::<i64>::into(value))
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for #name {
            type Err = ::core::num::ParseIntError;
            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                value.parse::<i64>().map(Self::from)
            }
        }

        #wire
    }
}

/// Text, serde and comparison by the value that the method `value` gives.
fn on_the_wire(
    name: &Ident,
    value: &TokenStream,
    serialize: &TokenStream,
    read: &TokenStream,
) -> TokenStream {
    let compared = compared(name, value);
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.#value(), f)
            }
        }

        #[automatically_derived]
        impl ::rapid7_core::object::Serialize for #name {
            fn serialize<S: ::rapid7_core::object::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.#serialize(self.#value())
            }
        }

        #[automatically_derived]
        impl<'de> ::rapid7_core::object::Deserialize<'de> for #name {
            fn deserialize<D: ::rapid7_core::object::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                ::rapid7_core::object::#read(deserializer)
            }
        }

        #compared
    }
}

/// An unknown value that a variant stands for after all is equal to that variant.
fn compared(name: &Ident, value: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                self.#value() == other.#value()
            }
        }

        #[automatically_derived]
        impl ::core::cmp::Eq for #name {}

        #[automatically_derived]
        impl ::core::cmp::PartialOrd for #name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(::core::cmp::Ord::cmp(self, other))
            }
        }

        #[automatically_derived]
        impl ::core::cmp::Ord for #name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                ::core::cmp::Ord::cmp(&self.#value(), &other.#value())
            }
        }

        #[automatically_derived]
        impl ::core::hash::Hash for #name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash(&self.#value(), state);
            }
        }
    }
}
