//! `#[derive(RedactedDebug)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Result, Variant};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let shown = match &input.data {
        Data::Struct(data) => {
            let name = name.to_string();
            let fields = data.fields.iter().map(field).collect::<Result<Vec<_>>>()?;
            quote! { f.debug_struct(#name)#(.field(#fields))*.finish() }
        }
        Data::Enum(data) => {
            let variants = data.variants.iter().map(variant);
            let arms = variants.collect::<Result<Vec<_>>>()?;
            quote! { match self { #(#arms)* } }
        }
        Data::Union(_) => return Err(Error::new(input.span(), "expected a struct or an enum")),
    };
    Ok(quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #shown
            }
        }
    })
}

/// Name and value of a field.
fn field(field: &Field) -> Result<TokenStream> {
    let Some(ident) = &field.ident else {
        return Err(Error::new(field.span(), "expected named members"));
    };
    let text = ident.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    Ok(if is_further(field)? {
        quote! { #text, &::rapid7_core::object::names(&self.#ident) }
    } else {
        quote! { #text, &self.#ident }
    })
}

/// Whether a field is marked `#[wire(further)]`.
fn is_further(field: &Field) -> Result<bool> {
    let mut is_further = false;
    for attribute in &field.attrs {
        if attribute.path().is_ident("wire") {
            attribute.parse_nested_meta(|meta| {
                is_further |= meta.path.is_ident("further");
                // What else there is, other derives read.
                if let Ok(value) = meta.value() {
                    value.parse::<syn::Expr>()?;
                }
                Ok(())
            })?;
        }
    }
    Ok(is_further)
}

/// A variant that is not marked `#[wire(..)]` does not show the last of what it holds.
fn variant(variant: &Variant) -> Result<TokenStream> {
    let Fields::Unnamed(fields) = &variant.fields else {
        return Err(Error::new(
            variant.span(),
            "expected a variant that holds values",
        ));
    };
    let (name, text) = (&variant.ident, variant.ident.to_string());
    let held = (0..fields.unnamed.len()).map(|index| format_ident!("held{index}"));
    let mut shown: Vec<_> = held.collect();
    let is_known = variant
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("wire"));
    Ok(if is_known {
        quote! {
            Self::#name(#(#shown),*) => f.debug_tuple(#text)#(.field(#shown))*.finish(),
        }
    } else {
        shown.pop();
        quote! {
            Self::#name(#(#shown,)* _) => f.debug_tuple(#text)#(.field(#shown))*.finish_non_exhaustive(),
        }
    })
}
