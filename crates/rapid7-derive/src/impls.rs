//! The impls that several derives write.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// `Serialize`, with a body that gives `serializer` what `self` is.
pub(crate) fn serialize(name: &Ident, body: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::rapid7_core::object::Serialize for #name {
            fn serialize<S: ::rapid7_core::object::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                #body
            }
        }
    }
}

/// `Deserialize`, with a body that reads `deserializer`.
pub(crate) fn deserialize(name: &Ident, body: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl<'de> ::rapid7_core::object::Deserialize<'de> for #name {
            fn deserialize<D: ::rapid7_core::object::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #body
            }
        }
    }
}
