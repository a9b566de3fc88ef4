//! `#[derive(Object)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Result, Type};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "an object is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "an object has named members"));
    };
    let members = fields.named.iter().map(Member::read);
    let members: Vec<Member> = members.collect::<Result<_>>()?;
    if let Some(second) = members.iter().filter(|member| member.is_further()).nth(1) {
        let message = "only one member takes what no other takes";
        return Err(Error::new(second.field.span(), message));
    }
    let deserialize = deserialize(&input.ident, &members);
    let serialize = serialize(&input.ident, &members);
    Ok(quote! { #deserialize #serialize })
}

/// A field, and what it is on the wire.
struct Member<'a> {
    field: &'a Field,
    name: &'a Ident,
    wire: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Must be there.
    Required,
    /// `Option`: may be missing or null.
    Optional,
    /// May be missing or null, which is the default value.
    Default,
    /// Takes what no other field takes.
    Further,
}

impl<'a> Member<'a> {
    fn read(field: &'a Field) -> Result<Self> {
        let Some(name) = &field.ident else {
            return Err(Error::new(field.span(), "an object has named members"));
        };
        let text = name.to_string();
        let mut wire = text.strip_prefix("r#").unwrap_or(&text).to_owned();
        let mut kind = if is_option(&field.ty) {
            Kind::Optional
        } else {
            Kind::Required
        };
        for attribute in &field.attrs {
            if !attribute.path().is_ident("wire") {
                continue;
            }
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    wire = meta.value()?.parse::<LitStr>()?.value();
                } else if meta.path.is_ident("required") {
                    kind = Kind::Required;
                } else if meta.path.is_ident("default") {
                    kind = Kind::Default;
                } else if meta.path.is_ident("further") {
                    kind = Kind::Further;
                } else {
                    return Err(meta.error("expected `rename`, `required`, `default` or `further`"));
                }
                Ok(())
            })?;
        }
        Ok(Self {
            field,
            name,
            wire,
            kind,
        })
    }

    fn is_further(&self) -> bool {
        self.kind == Kind::Further
    }
}

fn is_option(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "Option")
}

fn deserialize(ident: &Ident, members: &[Member]) -> TokenStream {
    let name = ident.to_string();
    let further = members.iter().find(|member| member.is_further());
    let named: Vec<&Member> = members
        .iter()
        .filter(|member| !member.is_further())
        .collect();
    let wires = named.iter().map(|member| &member.wire);
    let slots: Vec<Ident> = (0..named.len())
        .map(|index| format_ident!("member{index}"))
        .collect();
    let declared = named.iter().zip(&slots).map(|(member, slot)| {
        let ty = &member.field.ty;
        match member.kind {
            Kind::Required => quote! { let mut #slot: ::core::option::Option<#ty> = ::core::option::Option::None; },
            _ => quote! { let mut #slot: #ty = ::core::default::Default::default(); },
        }
    });
    let arms = named
        .iter()
        .zip(&slots)
        .enumerate()
        .map(|(index, (member, slot))| {
            let read = match member.kind {
                Kind::Required => quote!(some),
                Kind::Default => quote!(or_default),
                Kind::Optional | Kind::Further => quote!(value),
            };
            quote! { #index => members.#read(&mut #slot), }
        });
    let rest = match further {
        Some(_) => quote! { _ => members.further(&mut further), },
        None => quote! { _ => members.pass(), },
    };
    let values = named
        .iter()
        .zip(&slots)
        .enumerate()
        .map(|(index, (member, slot))| {
            let name = member.name;
            match member.kind {
                Kind::Required => quote! { #name: members.required(#slot, #index)?, },
                _ => quote! { #name: #slot, },
            }
        });
    let further_slot = further.map(|member| {
        let ty = &member.field.ty;
        quote! { let mut further: #ty = ::core::default::Default::default(); }
    });
    let further_value = further.map(|member| {
        let name = member.name;
        quote! { #name: further, }
    });
    let keeps_all = further.is_some();
    quote! {
        #[automatically_derived]
        impl ::rapid7_core::object::Object for #ident {
            const NAME: &'static str = #name;
            const MEMBERS: &'static [&'static str] = &[#(#wires),*];
            const KEEPS_ALL: bool = #keeps_all;

            fn read<'de, A: ::rapid7_core::object::MapAccess<'de>>(
                members: &mut ::rapid7_core::object::Members<A>,
            ) -> ::core::result::Result<Self, A::Error> {
                #(#declared)*
                #further_slot
                while let ::core::option::Option::Some(index) = members.next()? {
                    match index { #(#arms)* #rest }?
                }
                ::core::result::Result::Ok(Self { #(#values)* #further_value })
            }
        }

        #[automatically_derived]
        impl<'de> ::rapid7_core::object::Deserialize<'de> for #ident {
            fn deserialize<D: ::rapid7_core::object::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                ::rapid7_core::object::read(deserializer)
            }
        }
    }
}

fn serialize(ident: &Ident, members: &[Member]) -> TokenStream {
    let written = members.iter().map(|member| {
        let (name, wire) = (member.name, &member.wire);
        match member.kind {
            Kind::Required => quote! { object.member(#wire, &self.#name); },
            Kind::Optional => quote! { object.optional(#wire, &self.#name); },
            Kind::Default => quote! { object.unless_empty(#wire, &self.#name); },
            Kind::Further => quote! { object.further(&self.#name); },
        }
    });
    let mutable = (!members.is_empty()).then(|| quote!(mut));
    quote! {
        #[automatically_derived]
        impl ::rapid7_core::object::Serialize for #ident {
            fn serialize<S: ::rapid7_core::object::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let #mutable object = ::rapid7_core::object::Writer::new(serializer);
                #(#written)*
                object.end()
            }
        }
    }
}
