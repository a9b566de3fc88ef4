//! `#[derive(Builder)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Ident, Path, Result, Type};

use crate::types::argument;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "a builder is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "a builder has named members"));
    };
    let built = input
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("builds"))
        .ok_or_else(|| Error::new(input.span(), "expected `#[builds(Type)]`"))?
        .parse_args::<Path>()?;
    let members = fields.named.iter().map(Member::read);
    let members: Vec<Member> = members.collect::<Result<_>>()?;
    let setters = setters(&input.ident, &members);
    let conversions = conversions(&input.ident, &built, &members);
    let finish = build(&input.ident, &built, &members);
    let start = start(&input.ident, &built);
    Ok(quote! { #start #setters #finish #conversions })
}

struct Member<'a> {
    name: &'a Ident,
    /// `T` of `Given<T>`.
    ty: &'a Type,
    docs: Vec<&'a Attribute>,
    begins: Begins,
}

/// What a member is before anything is given.
enum Begins {
    Missing,
    None,
    Default,
}

impl<'a> Member<'a> {
    fn read(field: &'a Field) -> Result<Self> {
        let span = field.span();
        let (Some(name), Some(ty)) = (&field.ident, argument(&field.ty, "Given")) else {
            return Err(Error::new(span, "expected a member of the type `Given<T>`"));
        };
        let of = |name: &'static str| {
            let attributes = field.attrs.iter();
            attributes.filter(move |attribute| attribute.path().is_ident(name))
        };
        let mut begins = if argument(ty, "Option").is_some() {
            Begins::None
        } else {
            Begins::Missing
        };
        for attribute in of("wire") {
            attribute.parse_nested_meta(|meta| {
                if !meta.path.is_ident("default") {
                    return Err(meta.error("expected `default`"));
                }
                begins = Begins::Default;
                Ok(())
            })?;
        }
        Ok(Self {
            name,
            ty,
            docs: of("doc").collect(),
            begins,
        })
    }

    fn setter(&self) -> TokenStream {
        let Self { name, ty, docs, .. } = self;
        let own = format!("Sets `{name}`.");
        let docs = if docs.is_empty() {
            quote!(#[doc = #own])
        } else {
            quote!(#(#docs)*)
        };
        let inner = argument(ty, "Option");
        if let Some(item) = argument(inner.unwrap_or(ty), "Vec") {
            // `Some`, so that an empty list that is set is told from none.
            let keep = inner.map(|_| quote!(.map(::core::option::Option::Some)));
            return quote! {
                #docs
                #[must_use]
                pub fn #name(
                    mut self,
                    values: impl ::core::iter::IntoIterator<
                        Item: ::core::convert::TryInto<#item, Error: ::std::string::ToString>,
                    >,
                ) -> Self {
                    self.#name = ::rapid7_core::given::each(values)#keep;
                    self
                }
            };
        }
        let (inner, keep) = match inner {
            Some(inner) => (inner, quote!(option)),
            None => (*ty, quote!(value)),
        };
        quote! {
            #docs
            #[must_use]
            pub fn #name(
                mut self,
                value: impl ::core::convert::TryInto<#inner, Error: ::std::string::ToString>,
            ) -> Self {
                self.#name = ::rapid7_core::given::#keep(value);
                self
            }
        }
    }
}

fn setters(builder: &Ident, members: &[Member]) -> TokenStream {
    let setters = members.iter().map(Member::setter);
    let initial = members
        .iter()
        .map(|Member { name, begins, .. }| match begins {
            Begins::Missing => quote! { #name: ::rapid7_core::given::required(), },
            Begins::None => {
                quote! { #name: ::core::result::Result::Ok(::core::option::Option::None), }
            }
            Begins::Default => {
                quote! { #name: ::core::result::Result::Ok(::core::default::Default::default()), }
            }
        });
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #builder {
            fn default() -> Self {
                Self { #(#initial)* }
            }
        }

        #[automatically_derived]
        impl #builder {
            #(#setters)*
        }
    }
}

/// How one comes from a type to its builder.
fn start(builder: &Ident, built: &Path) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #built {
            /// A builder: members one by one, required ones checked at the end.
            pub fn builder() -> #builder {
                ::core::default::Default::default()
            }
        }
    }
}

/// A member of this name has the better claim to it; `try_into` does the same.
fn build(builder: &Ident, built: &Path, members: &[Member]) -> Option<TokenStream> {
    if members.iter().any(|member| member.name == "build") {
        return None;
    }
    Some(quote! {
        #[automatically_derived]
        impl #builder {
            /// The finished value.
            ///
            /// # Errors
            ///
            /// Names the first member that is required and missing, or that could not be converted.
            pub fn build(self) -> ::core::result::Result<#built, ::rapid7_core::ConversionError> {
                ::core::convert::TryFrom::try_from(self)
            }
        }
    })
}

/// All members are taken at once: one after the other, each could fail with another part of the rest to be dropped.
fn conversions(builder: &Ident, built: &Path, members: &[Member]) -> TokenStream {
    let names: Vec<&Ident> = members.iter().map(|member| member.name).collect();
    // A member can be called like anything else here.
    let values: Vec<Ident> = (0..names.len())
        .map(|index| format_ident!("value{index}"))
        .collect();
    let texts = names.iter().map(|name| {
        let text = name.to_string();
        text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
    });
    // Without members, nothing can be wrong.
    let problem = (!members.is_empty()).then(|| {
        quote! {
            builder => ::core::result::Result::Err(::rapid7_core::given::problem(&[
                #((#texts, builder.#names.as_ref().err()),)*
            ])),
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::TryFrom<#builder> for #built {
            type Error = ::rapid7_core::ConversionError;

            #[inline]
            fn try_from(
                builder: #builder,
            ) -> ::core::result::Result<Self, ::rapid7_core::ConversionError> {
                match builder {
                    #builder { #(#names: ::core::result::Result::Ok(#values),)* } => {
                        ::core::result::Result::Ok(Self { #(#names: #values,)* })
                    }
                    #problem
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<#built> for #builder {
            fn from(value: #built) -> Self {
                Self { #(#names: ::core::result::Result::Ok(value.#names),)* }
            }
        }
    }
}
