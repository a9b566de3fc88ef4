//! `#[derive(Keyed)]` and `#[derive(KeyedValue)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Expr, Field, Fields, Ident, MetaNameValue, Result, Token, Type,
};

use crate::impls;
use crate::types::{by_type, held, renamed, wire};

pub(crate) fn object(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "a keyed object is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "a keyed object has named members"));
    };
    let is_fixed = |field: &&Field| {
        let name = field.ident.as_ref();
        name.is_some_and(|name| name == "value" || name == "others")
    };
    let mut keys = fields.named.iter().filter(|field| !is_fixed(field));
    let (Some(key), None, 3) = (keys.next(), keys.next(), fields.named.len()) else {
        let message = "a keyed object has a member for the key, `value` and `others`";
        return Err(Error::new(input.span(), message));
    };
    let (name, wire, key) = (&input.ident, renamed(key)?, &key.ident);
    let write = quote! {
        ::rapid7_core::keyed::write(serializer, #wire, &self.#key, &self.value, &self.others)
    };
    let read = quote! {
        let (#key, value, others) = ::rapid7_core::keyed::read(deserializer, #wire)?;
        ::core::result::Result::Ok(Self { #key, value, others })
    };
    let (serialize, deserialize) = (
        impls::serialize(name, &write),
        impls::deserialize(name, &read),
    );
    Ok(quote! { #serialize #deserialize })
}

pub(crate) fn value(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        let message = "the value of a keyed object is an enum";
        return Err(Error::new(input.span(), message));
    };
    let mut known = Vec::new();
    let mut other = None;
    for variant in &data.variants {
        match wire(&variant.attrs)? {
            Some(key) => known.push(Known {
                name: &variant.ident,
                ty: held(variant)?,
                key,
            }),
            None if variant.fields.len() == 2 && other.is_none() => other = Some(&variant.ident),
            None => {
                let message =
                    "expected `#[wire(\"name\")]`, or one variant for members of other names";
                return Err(Error::new(variant.span(), message));
            }
        }
    }
    let Some(other) = other else {
        let message = "the value of a keyed object has a variant for members of other names";
        return Err(Error::new(input.span(), message));
    };
    let value = KeyedValue {
        name: &input.ident,
        known,
        other,
    };
    let inherent = value.inherent(&shared(input)?);
    let read = value.read();
    let serialize = value.serialize();
    Ok(quote! { #inherent #read #serialize })
}

struct KeyedValue<'a> {
    name: &'a Ident,
    known: Vec<Known<'a>>,
    /// The variant for members of other names.
    other: &'a Ident,
}

struct Known<'a> {
    name: &'a Ident,
    ty: &'a Type,
    /// The name of the member.
    key: Expr,
}

/// The members that `#[shared(common = Common)]` names.
fn shared(input: &DeriveInput) -> Result<Vec<MetaNameValue>> {
    let mut shared = Vec::new();
    for attribute in &input.attrs {
        if attribute.path().is_ident("shared") {
            let members = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
            shared.extend(attribute.parse_args_with(members)?);
        }
    }
    Ok(shared)
}

impl KeyedValue<'_> {
    fn keys(&self) -> impl Iterator<Item = &Expr> {
        self.known.iter().map(|known| &known.key)
    }

    fn variants(&self) -> impl Iterator<Item = &Ident> {
        self.known.iter().map(|known| known.name)
    }

    fn by_type(&self) -> Vec<Vec<&Ident>> {
        by_type(self.known.iter().map(|known| (known.name, known.ty)))
    }

    /// What callers see.
    fn inherent(&self, shared: &[MetaNameValue]) -> TokenStream {
        let Self { name, other, .. } = self;
        let (variants, keys) = (self.variants(), self.keys());
        let accessors = shared.iter().map(|shared| self.accessor(shared));
        quote! {
            #[automatically_derived]
            impl #name {
                /// The name of the member on the wire.
                #[must_use]
                pub fn key(&self) -> &str {
                    match self {
                        #(Self::#variants(_) => #keys,)*
                        Self::#other(key, _) => key,
                    }
                }

                #(#accessors)*
            }
        }
    }

    fn accessor(&self, shared: &MetaNameValue) -> TokenStream {
        let (member, ty) = (shared.path.get_ident(), &shared.value);
        let docs = member
            .map(|member| format!("The `{member}` of whatever it is; `None` for an unlisted one."));
        let (groups, other) = (self.by_type(), self.other);
        quote! {
            #[doc = #docs]
            #[must_use]
            pub fn #member(&self) -> ::core::option::Option<&#ty> {
                match self {
                    #(#(Self::#groups(value))|* => value.#member.as_ref(),)*
                    Self::#other(..) => ::core::option::Option::None,
                }
            }
        }
    }

    fn read(&self) -> TokenStream {
        let Self { name, other, .. } = self;
        let (variants, keys) = (self.variants(), self.keys());
        let indices = 0..self.known.len();
        quote! {
            #[automatically_derived]
            impl ::rapid7_core::keyed::KeyedValue for #name {
                fn read(key: &str, text: &str) -> ::core::option::Option<Self> {
                    match ::rapid7_core::object::position(&[#(#keys),*], key) {
                        #(#indices => ::rapid7_core::unions::held(text).map(Self::#variants),)*
                        _ => ::core::option::Option::None,
                    }
                }

                fn other(key: ::std::string::String, value: ::rapid7_core::object::Value) -> Self {
                    Self::#other(key, value)
                }

                fn name(&self) -> &str {
                    self.key()
                }
            }
        }
    }

    fn serialize(&self) -> TokenStream {
        let (groups, other) = (self.by_type(), self.other);
        let held = quote! {
            match self {
                #(#(Self::#groups(value))|* => ::rapid7_core::object::Serialize::serialize(value, serializer),)*
                Self::#other(_, value) => ::rapid7_core::object::Serialize::serialize(value, serializer),
            }
        };
        impls::serialize(self.name, &held)
    }
}
