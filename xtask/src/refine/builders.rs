//! Builders of the types that requests use: members one by one, required ones checked at the end.

use super::prose::markdown;
use super::types::is_marked;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Field, ItemStruct};

/// The builder of a struct with named members.
pub(super) fn write(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    let docs = markdown(&format!("Builder of [`types::{name}`]."));
    let fields = item.fields.iter().filter_map(field);
    quote! {
        #docs
        #[derive(Builder, Clone, Debug)]
        #[builds(crate::types::#name)]
        pub struct #name { #(#fields)* }
    }
}

/// A member that may be missing, and is no `Option`, says so.
fn field(field: &Field) -> Option<TokenStream> {
    let Field { ident, ty, .. } = field;
    let ident = ident.as_ref()?;
    let docs = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let has_default = ["default", "further"]
        .iter()
        .any(|name| is_marked(field, name));
    let mark = has_default.then(|| quote!(#[wire(default)]));
    Some(quote! { #(#docs)* #mark #ident: Given<#ty>, })
}

/// `types::X` in front of the types that stand next to the struct, since the builder stands elsewhere.
pub(super) fn qualified(
    mut item: ItemStruct,
    own: &std::collections::BTreeSet<String>,
) -> ItemStruct {
    struct Qualify<'a>(&'a std::collections::BTreeSet<String>);
    impl syn::visit_mut::VisitMut for Qualify<'_> {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            syn::visit_mut::visit_path_mut(self, path);
            let alone = path.segments.len() == 1 && path.leading_colon.is_none();
            if alone
                && path
                    .segments
                    .first()
                    .is_some_and(|first| self.0.contains(&first.ident.to_string()))
            {
                path.segments.insert(0, format_ident!("types").into());
            }
        }
    }
    for field in &mut item.fields {
        syn::visit_mut::VisitMut::visit_type_mut(&mut Qualify(own), &mut field.ty);
    }
    item
}
