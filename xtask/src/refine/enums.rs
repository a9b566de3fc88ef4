//! Enums of strings and of integers, open: a value that the document does not list is kept, not refused.

use super::prose::{doc, markdown};
use super::types::{Definition, Types};
use crate::markdown::{code_span, labelled};
use crate::names::{Taken, unique, variant_name};
use crate::normalize::enums::NAMES;
use crate::schema::{Shape, components, list, shape, text};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde_json::{Map, Value};
use syn::Ident;

/// Writes the types of all enums.
pub(super) fn apply(root: &Value, types: &mut Types) {
    for (name, schema) in components(root).into_iter().flatten() {
        if shape(schema) == Shape::Enum {
            let definition = Enum::read(name, schema).write();
            types.insert(name.clone(), Definition::new(definition));
        }
    }
}

struct Enum {
    name: Ident,
    docs: TokenStream,
    known: Vec<Known>,
    /// The variant for all other values.
    unknown: Ident,
    integers: bool,
}

/// A listed value: its variant and what it is on the wire.
struct Known {
    variant: Ident,
    wire: TokenStream,
    docs: String,
}

impl Enum {
    fn read(name: &str, schema: &Value) -> Self {
        let mut taken = Taken::default();
        let words = text(schema, "description").unwrap_or_else(|| format!("`{name}` of the API."));
        let known = known(schema, &mut taken);
        Self {
            name: format_ident!("{name}"),
            docs: doc(&words),
            known,
            unknown: format_ident!("{}", unique("Unknown", &mut taken)),
            integers: schema["type"] == "integer",
        }
    }

    fn write(&self) -> TokenStream {
        let Self {
            name,
            docs,
            unknown,
            ..
        } = self;
        let declared = self.known.iter().map(|known| {
            let docs = markdown(&known.docs);
            let Known { variant, wire, .. } = known;
            quote! { #docs #[wire(#wire)] #variant, }
        });
        let held = if self.integers {
            quote!(i64)
        } else {
            quote!(String)
        };
        quote! {
            #docs
            ///
            /// Compared by the value on the wire.
            #[derive(Clone, Debug, OpenEnum)]
            #[non_exhaustive]
            pub enum #name {
                #(#declared)*
                /// A value that the document does not list, as it came.
                #unknown(#held),
            }
        }
    }
}

fn known(schema: &Value, taken: &mut Taken) -> Vec<Known> {
    let Some(object) = schema.as_object() else {
        return Vec::new();
    };
    let values = list(object, "enum");
    let (names, descriptions) = labels(object, values.len());
    let mut known = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let (name, wire, shown) = if let Some(text) = value.as_str() {
            (variant_name(text), text.to_token_stream(), code(text))
        } else if let Some(number) = value.as_i64() {
            let given = names.get(index).map(|name| variant_name(name));
            let name = given.unwrap_or_else(|| number_name(number));
            let wire = Literal::i64_unsuffixed(number).to_token_stream();
            (name, wire, format!("`{number}`"))
        } else {
            continue;
        };
        let docs = match descriptions.get(index).map(|text| text.trim()) {
            Some(words) if !words.is_empty() => labelled(&shown, words),
            _ => shown,
        };
        known.push(Known {
            variant: format_ident!("{}", unique(name, taken)),
            wire,
            docs,
        });
    }
    known
}

/// Names and descriptions of the values, where the document has as many as values.
fn labels(object: &Map<String, Value>, count: usize) -> (Vec<&str>, Vec<&str>) {
    let texts = |key: &str| -> Option<Vec<&str>> {
        let texts: Option<Vec<&str>> = list(object, key).iter().map(Value::as_str).collect();
        texts.filter(|texts| texts.len() == count)
    };
    let [varnames, numbered, described] = NAMES;
    let descriptions = texts(described).unwrap_or_default();
    // A description of a word or two is a name.
    let short = |text: &&str| (1..=2).contains(&text.split_whitespace().count());
    let names = texts(varnames).or_else(|| texts(numbered));
    let names = names.unwrap_or_else(|| {
        if descriptions.iter().all(short) {
            descriptions.clone()
        } else {
            Vec::new()
        }
    });
    (names, descriptions)
}

/// `N5` of 5, `Minus5` of -5.
fn number_name(number: i64) -> String {
    let size = number.unsigned_abs();
    if number < 0 {
        format!("Minus{size}")
    } else {
        format!("N{size}")
    }
}

/// The value as code, whatever it holds.
fn code(value: &str) -> String {
    if value.trim().is_empty() {
        return "Empty.".to_owned();
    }
    code_span(value)
}
