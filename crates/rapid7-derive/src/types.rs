//! Questions about fields and variants.

use quote::ToTokens;
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, Field, Fields, GenericArgument, Ident, LitStr, PathArguments, Result,
    Type, Variant,
};

/// `T` of `Wrapper<T>`, if that is what the type is.
pub(crate) fn argument<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// The one type that a variant holds.
pub(crate) fn held(variant: &Variant) -> Result<&Type> {
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(&fields.unnamed[0].ty),
        _ => Err(Error::new(
            variant.span(),
            "expected a variant with one value",
        )),
    }
}

/// What stands in `#[wire(..)]`.
pub(crate) fn wire(attributes: &[Attribute]) -> Result<Option<Expr>> {
    let mut attributes = attributes.iter();
    let attribute = attributes.find(|attribute| attribute.path().is_ident("wire"));
    attribute.map(Attribute::parse_args).transpose()
}

/// The name of a field on the wire: its own, or that of `#[wire(rename = "name")]`.
pub(crate) fn renamed(field: &Field) -> Result<String> {
    let name = field.ident.as_ref().map(ToString::to_string);
    let name = name.unwrap_or_default();
    let mut wire = name.strip_prefix("r#").unwrap_or(&name).to_owned();
    for attribute in &field.attrs {
        if attribute.path().is_ident("wire") {
            attribute.parse_nested_meta(|meta| {
                if !meta.path.is_ident("rename") {
                    return Err(meta.error("expected `rename`"));
                }
                wire = meta.value()?.parse::<LitStr>()?.value();
                Ok(())
            })?;
        }
    }
    Ok(wire)
}

/// The variants by the type that they hold: what is done with each is there once for all of a type.
pub(crate) fn by_type<'a>(
    variants: impl IntoIterator<Item = (&'a Ident, &'a Type)>,
) -> Vec<Vec<&'a Ident>> {
    let mut groups: BTreeMap<String, Vec<&Ident>> = BTreeMap::new();
    for (name, ty) in variants {
        let text = ty.to_token_stream().to_string();
        groups.entry(text).or_default().push(name);
    }
    groups.into_values().collect()
}
