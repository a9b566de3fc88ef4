//! `#[derive(Object)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Result};

use crate::types::argument;

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
        let mut kind = if argument(&field.ty, "Option").is_some() {
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

fn deserialize(ident: &Ident, members: &[Member]) -> TokenStream {
    let name = ident.to_string();
    let named = members.iter().filter(|member| !member.is_further());
    let wires = named.map(|member| &member.wire);
    let keeps_all = members.iter().any(Member::is_further);
    let read = read(members);
    quote! {
        #[automatically_derived]
        impl ::rapid7_core::object::Object for #ident {
            const NAME: &'static str = #name;
            const MEMBERS: &'static [&'static str] = &[#(#wires),*];
            const KEEPS_ALL: bool = #keeps_all;

            fn read<'de, A: ::rapid7_core::object::MapAccess<'de>>(
                members: &mut ::rapid7_core::object::Members<A>,
            ) -> ::core::result::Result<Self, A::Error> {
                #read
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

/// A slot for each member, filled as they come.
fn read(members: &[Member]) -> TokenStream {
    let mut slots = Vec::new();
    let mut arms = Vec::new();
    let mut values = Vec::new();
    let mut required = Vec::new();
    let mut rest = quote!(members.pass());
    let mut index = 0_usize;
    for Member {
        field, name, kind, ..
    } in members
    {
        let ty = &field.ty;
        // A member can be called like anything else here.
        let slot = format_ident!("slot{}", slots.len());
        let empty = quote! { let mut #slot: #ty = ::core::default::Default::default(); };
        let mut value = slot.clone();
        let mut declared = empty;
        match kind {
            Kind::Required => {
                declared = quote! {
                    let mut #slot: ::core::option::Option<#ty> = ::core::option::Option::None;
                };
                arms.push(quote! { #index => members.some(&mut #slot), });
                value = format_ident!("value{}", slots.len());
                required.push((slot.clone(), value.clone(), index));
            }
            Kind::Optional => arms.push(quote! { #index => members.value(&mut #slot), }),
            Kind::Default => arms.push(quote! { #index => members.or_default(&mut #slot), }),
            Kind::Further => rest = quote!(members.further(&mut #slot)),
        }
        index += usize::from(*kind != Kind::Further);
        slots.push(declared);
        values.push(quote! { #name: #value, });
    }
    let finished = quote! { ::core::result::Result::Ok(Self { #(#values)* }) };
    let finished = finish(&required, &finished);
    quote! {
        #(#slots)*
        while let ::core::option::Option::Some(index) = members.name()? {
            match index { #(#arms)* _ => #rest, }?
        }
        #finished
    }
}

/// The end, where the slots of required members have to be full: all are taken at once, since one after the other each could
/// fail with another part of the rest to be dropped.
fn finish(required: &[(Ident, Ident, usize)], finished: &TokenStream) -> TokenStream {
    if required.is_empty() {
        return finished.clone();
    }
    let slots: Vec<&Ident> = required.iter().map(|(slot, ..)| slot).collect();
    let values = required.iter().map(|(_, value, _)| value);
    let indices = required.iter().map(|(.., index)| index);
    quote! {
        match (#(#slots,)*) {
            (#(::core::option::Option::Some(#values),)*) => #finished,
            (#(#slots,)*) => ::core::result::Result::Err(
                members.missing(&[#((#indices, #slots.is_none()),)*]),
            ),
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
