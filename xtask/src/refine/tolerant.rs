//! Lets a null stand for an empty list or map in the types of answers.

use super::types::{Types, serde_arguments};
use crate::usage::usage;
use serde_json::Value;
use syn::{Field, Item, Type, parse_quote};

/// Rewrites the list and map members of all types that answers reach.
pub(super) fn apply(root: &Value, types: &mut Types) {
    let usages = usage(root);
    for (name, definition) in types.iter_mut() {
        if !usages.get(name).is_some_and(|usage| usage.answer) {
            continue;
        }
        for item in &mut definition.items {
            if let Item::Struct(item) = item {
                item.fields.iter_mut().for_each(tolerate);
            }
        }
    }
}

fn tolerate(field: &mut Field) {
    if !is_collection(&field.ty) {
        return;
    }
    for attribute in &mut field.attrs {
        let Some(mut arguments) = serde_arguments(attribute) else {
            continue;
        };
        let has = |name: &str| {
            let mut arguments = arguments.iter();
            arguments.any(|argument| argument.path().is_ident(name))
        };
        if has("flatten") && is_typed_map(&field.ty) {
            arguments.push(parse_quote!(
                deserialize_with = "rapid7_core::further_members"
            ));
            *attribute = parse_quote!(#[serde(#arguments)]);
        } else if has("default") {
            arguments.push(parse_quote!(deserialize_with = "rapid7_core::null_default"));
            *attribute = parse_quote!(#[serde(#arguments)]);
        }
    }
}

/// Whether the type is a map of values that say their type: any value takes null as it is.
fn is_typed_map(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "BTreeMap")
}

/// Whether the type is a list or a map.
pub(super) fn is_collection(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| {
        segment.ident == "Vec" || segment.ident == "BTreeMap" || segment.ident == "Map"
    })
}
