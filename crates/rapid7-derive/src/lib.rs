//! Derive macros of the types in the Rapid7 API clients, which `rapid7-core` exports.
//!
//! They write less than serde's own: the code that is the same for all types is generic and stands in
//! `rapid7_core::object`, `unions` and `keyed`, so that a type costs the compiler a few lines and not a few hundred.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod builder;
mod impls;
mod keyed;
mod object;
mod open_enum;
mod redacted_debug;
mod types;
mod union;

/// What a derive writes, or the error where it stands in the source.
fn derived(
    input: TokenStream,
    expand: fn(&DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

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
    derived(input, object::expand)
}

/// What an open enum is: conversions from and to the value on the wire, comparison by it, `Serialize` and `Deserialize`.
///
/// `#[wire("ON")]` or `#[wire(5)]` gives the value of a variant; one variant without it holds all other values, as
/// `String` or `i64`.
#[proc_macro_derive(OpenEnum, attributes(wire))]
pub fn open_enum(input: TokenStream) -> TokenStream {
    derived(input, open_enum::expand)
}

/// The builder of a struct: a setter for each member, `Default`, `build`, and the conversions from and to the struct,
/// which `#[builds(Type)]` names.
///
/// Its fields are called like those of the struct and have the type `rapid7_core::Given<T>`. A setter has the words of
/// its field and takes what converts into the value: of `Option<T>` a `T`, of `Vec<T>` any number of them. A field that is
/// no `Option` has to be set, unless it is marked `#[wire(default)]`.
#[proc_macro_derive(Builder, attributes(builds, wire))]
pub fn builder(input: TokenStream) -> TokenStream {
    derived(input, builder::expand)
}

/// `Debug` without what no document lists, since any of it may be a secret.
///
/// Of a member with `#[wire(further)]` only the names are shown, and of a variant without `#[wire(..)]` not the last of
/// what it holds.
#[proc_macro_derive(RedactedDebug, attributes(wire))]
pub fn redacted_debug(input: TokenStream) -> TokenStream {
    derived(input, redacted_debug::expand)
}

/// What a union is: `Serialize`, `Deserialize`, and `From` each type that only one variant holds.
///
/// A variant says what the JSON of its alternative looks like: `#[wire(object)]`, which is told by the members that it
/// knows, `map`, `list`, `text`, `integer`, `number`, `flag` or `any`; or, where `#[wire(discriminator = "type")]` on
/// the enum names a member, the values of that, `#[wire("a" | "b")]`. One variant without it holds a
/// `serde_json::Value`: what fits none of the others.
#[proc_macro_derive(Union, attributes(wire))]
pub fn union(input: TokenStream) -> TokenStream {
    derived(input, union::expand)
}

/// `Serialize` and `Deserialize` of an object whose one varying member is named by another, as
/// `{"resource_type": "instance", "instance": {..}}`.
///
/// The struct has a field for the name, an `Option<String>`; `value`, an `Option` of an enum that derives
/// [`KeyedValue`](macro@KeyedValue); and `others`, which takes all other members.
#[proc_macro_derive(Keyed, attributes(wire))]
pub fn keyed(input: TokenStream) -> TokenStream {
    derived(input, keyed::object)
}

/// What the varying member of an object may hold: `Serialize`, and the name of the member, `key()`.
///
/// `#[wire("instance")]` gives the name for a variant; one variant without it holds name and value of all others.
/// `#[shared(common = Common)]` on the enum adds `common()`, a member that is optional in all known types.
#[proc_macro_derive(KeyedValue, attributes(wire, shared))]
pub fn keyed_value(input: TokenStream) -> TokenStream {
    derived(input, keyed::value)
}
