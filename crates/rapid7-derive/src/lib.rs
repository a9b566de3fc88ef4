//! Derive macros of the types in the Rapid7 API clients, which `rapid7-core` exports.
//!
//! They write less than serde's own: the code that is the same for all types is generic and stands in
//! `rapid7_core::object`, so that a type costs the compiler a few lines and not a few hundred.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod builder;
mod object;
mod open_enum;
mod types;

/// `Serialize` and `Deserialize` of a struct that is a JSON object.
///
/// | member | read | written |
/// |---|---|---|
/// | `Option<T>` | may be missing or null | unless `None` |
/// | `Option<T>` with `#[wire(required)]` | may be null | always |
/// | a list or map with `#[wire(default)]` | may be missing or null | unless empty |
/// | a map with `#[wire(further)]` | takes all members that no other field takes | flat |
/// | any other | must be there | always |
///
/// `#[wire(rename = "type")]` gives the name on the wire. Members may come in any order, of two with one name the last
/// counts, and unknown ones are passed over.
#[proc_macro_derive(Object, attributes(wire))]
pub fn object(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    object::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// What an open enum is: conversions from and to the value on the wire, comparison by it, `Serialize` and `Deserialize`.
///
/// `#[wire("ON")]` or `#[wire(5)]` gives the value of a variant; one variant without it holds all other values, as
/// `String` or `i64`.
#[proc_macro_derive(OpenEnum, attributes(wire))]
pub fn open_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    open_enum::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The builder of a struct: a setter for each member, `Default`, `build`, and the conversions from and to the struct,
/// which `#[builds(Type)]` names.
///
/// Its fields are called like those of the struct and have the type `rapid7_core::Given<T>`. A setter has the words of
/// its field and takes what converts into the value: of `Option<T>` a `T`, of `Vec<T>` any number of them. A field that is
/// no `Option` has to be set, unless it is marked `#[wire(default)]`.
#[proc_macro_derive(Builder, attributes(builds, wire))]
pub fn builder(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    builder::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
