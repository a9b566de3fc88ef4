//! Builders of the types that requests use: members one by one, required ones checked at the end.

use super::prose::markdown;
use super::types::serde_arguments;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Field, GenericArgument, Ident, ItemStruct, PathArguments, Type};

/// The builder of a struct with named members.
pub(super) fn write(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    let members: Vec<Member> = item.fields.iter().filter_map(Member::read).collect();
    let docs = markdown(&format!("Builder of [`types::{name}`]."));
    let fields = members
        .iter()
        .map(|Member { name, ty, .. }| quote! { #name: Result<#ty, String>, });
    let initial = members.iter().map(Member::initial);
    let setters = members.iter().map(Member::setter);
    // A member of this name has the better claim to it; `try_into` does the same.
    let build = (!members.iter().any(|member| member.name == "build")).then(|| {
        quote! {
            /// The finished value.
            ///
            /// # Errors
            ///
            /// Names the first member that is required and missing, or that could not be converted.
            pub fn build(self) -> Result<types::#name, types::error::ConversionError> {
                self.try_into()
            }
        }
    });
    let names: Vec<&Ident> = members.iter().map(|member| &member.name).collect();
    let texts = names.iter().map(ToString::to_string);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name { #(#fields)* }

        impl Default for #name {
            fn default() -> Self {
                Self { #(#initial)* }
            }
        }

        impl #name {
            #(#setters)*

            #build
        }

        impl TryFrom<#name> for types::#name {
            type Error = types::error::ConversionError;
            fn try_from(builder: #name) -> Result<Self, Self::Error> {
                Ok(Self {
                    #(#names: builder.#names.map_err(|problem| format!("{}: {problem}", #texts))?,)*
                })
            }
        }

        impl From<types::#name> for #name {
            fn from(value: types::#name) -> Self {
                Self { #(#names: Ok(value.#names),)* }
            }
        }
    }
}

struct Member {
    name: Ident,
    ty: Type,
    docs: Vec<Attribute>,
    required: bool,
}

impl Member {
    fn read(field: &Field) -> Option<Self> {
        let has_default = field
            .attrs
            .iter()
            .filter_map(serde_arguments)
            .flatten()
            .any(|argument| {
                ["default", "flatten"]
                    .iter()
                    .any(|name| argument.path().is_ident(name))
            });
        Some(Self {
            name: field.ident.clone()?,
            required: !has_default && argument(&field.ty, "Option").is_none(),
            ty: field.ty.clone(),
            docs: field
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("doc"))
                .cloned()
                .collect(),
        })
    }

    fn initial(&self) -> TokenStream {
        let name = &self.name;
        if self.required {
            quote! { #name: Err("required and not given".to_owned()), }
        } else {
            quote! { #name: Ok(Default::default()), }
        }
    }

    fn setter(&self) -> TokenStream {
        let Self { name, ty, docs, .. } = self;
        let own = markdown(&format!("Sets `{name}`."));
        let docs = if docs.is_empty() {
            own
        } else {
            quote! { #(#docs)* }
        };
        if let Some(item) = argument(ty, "Vec") {
            return quote! {
                #docs
                pub fn #name<V>(mut self, values: impl IntoIterator<Item = V>) -> Self
                where
                    V: TryInto<#item, Error: std::fmt::Display>,
                {
                    let values = values.into_iter().map(V::try_into).collect::<Result<_, _>>();
                    self.#name = values.map_err(|error| error.to_string());
                    self
                }
            };
        }
        let (inner, wrap) = match argument(ty, "Option") {
            Some(inner) => (inner, Some(quote! { .map(Some) })),
            None => (ty, None),
        };
        quote! {
            #docs
            pub fn #name<V>(mut self, value: V) -> Self
            where
                V: TryInto<#inner, Error: std::fmt::Display>,
            {
                self.#name = value.try_into()#wrap.map_err(|error| error.to_string());
                self
            }
        }
    }
}

/// `T` of `Wrapper<T>`, if that is what the type is.
fn argument<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
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
