//! The Rust types of what an operation answers.
//!
//! One body: its type. Nothing beside it: `Option`. Several bodies, or a result outside of 2xx: an enum with a variant
//! per documented status, chosen by status.

use super::prose::markdown;
use super::types::{Definition, Types};
use crate::generate::Generated;
use crate::markdown::{code_span, labelled};
use crate::model::outcome::distinct;
use crate::model::{Api, Content, Operation, Outcome, Response};
use crate::names::{Taken, type_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Ident;

/// The answers of all operations, in their order.
pub(super) struct Answers(Vec<OperationAnswers>);

impl Answers {
    /// In the order of the operations.
    pub(super) fn operations(&self) -> &[OperationAnswers] {
        &self.0
    }
}

/// What one operation answers.
pub(super) struct OperationAnswers {
    /// Type of a result.
    pub(super) result: Decided,
    /// Type of a failure.
    pub(super) error: Decided,
}

/// A type, and how to decode it.
pub(super) struct Decided {
    /// As it stands in a signature.
    pub(super) ty: TokenStream,
    /// Path of the decoding function.
    pub(super) decode: TokenStream,
    /// The enum to write, if the type is one made here.
    variants: Option<(Ident, Vec<Variant>)>,
}

struct Variant {
    name: Ident,
    status: String,
    description: Option<String>,
    body: Plain,
}

/// A type without alternatives.
#[derive(Clone)]
struct Plain {
    ty: TokenStream,
    decode: TokenStream,
}

/// Decides all types.
pub(super) fn decide(root: &Value, api: &Api, generated: &Generated) -> Answers {
    let mut taken: Taken = crate::schema::components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    taken.extend(super::types::names(&generated.types));
    let decided = api
        .operations
        .iter()
        .map(|operation| OperationAnswers {
            result: result(operation, generated, &mut taken),
            error: error(operation, generated, &mut taken),
        })
        .collect();
    Answers(decided)
}

fn result(operation: &Operation, generated: &Generated, taken: &mut Taken) -> Decided {
    match operation.outcome() {
        Outcome::Undocumented => plain_body().into(),
        Outcome::Nothing => Plain {
            ty: quote!(()),
            decode: quote!(decode::empty),
        }
        .into(),
        Outcome::OneOrNothing(only) => optional(only, generated).into(),
        Outcome::One(only) => plain(only, generated).into(),
        Outcome::ByStatus => by_status(operation, "Answer", &operation.results, generated, taken),
    }
}

fn error(operation: &Operation, generated: &Generated, taken: &mut Taken) -> Decided {
    let typed = |content: &Content| matches!(content, Content::Json(_));
    let bodies = distinct(&operation.errors, typed);
    match bodies.as_slice() {
        [] => plain_body().into(),
        [only] => plain(only, generated).into(),
        _ => {
            let typed: Vec<Response> = operation
                .errors
                .iter()
                .filter(|response| typed(&response.content))
                .cloned()
                .collect();
            by_status(operation, "Error", &typed, generated, taken)
        }
    }
}

impl From<Plain> for Decided {
    fn from(plain: Plain) -> Self {
        Self {
            ty: plain.ty,
            decode: plain.decode,
            variants: None,
        }
    }
}

fn plain_body() -> Plain {
    Plain {
        ty: quote!(Body),
        decode: quote!(decode::body),
    }
}

fn plain(response: &Response, generated: &Generated) -> Plain {
    match &response.content {
        Content::Empty => Plain {
            ty: quote!(()),
            decode: quote!(decode::empty),
        },
        Content::Json(schema) => match generated.type_of(schema) {
            Some(ty) => {
                let mut ty = ty.clone();
                super::paths::shorten_type(&mut ty);
                Plain {
                    ty: quote!(#ty),
                    decode: quote!(decode::json),
                }
            }
            None => plain_body(),
        },
        Content::Raw
            if response
                .media_type
                .as_deref()
                .is_some_and(|name| name.starts_with("text/")) =>
        {
            Plain {
                ty: quote!(String),
                decode: quote!(decode::text),
            }
        }
        Content::Raw | Content::Form(..) | Content::Multipart(_) | Content::Unknown => plain_body(),
    }
}

/// A body or none; bytes and text can be empty by themselves.
fn optional(response: &Response, generated: &Generated) -> Plain {
    let plain = plain(response, generated);
    if !matches!(response.content, Content::Json(_)) {
        return plain;
    }
    let ty = plain.ty;
    Plain {
        ty: quote!(Option<#ty>),
        decode: quote!(decode::optional),
    }
}

fn by_status(
    operation: &Operation,
    suffix: &str,
    responses: &[Response],
    generated: &Generated,
    taken: &mut Taken,
) -> Decided {
    let name = crate::names::unique(format!("{}{suffix}", operation.builder), taken);
    let name = format_ident!("{name}");
    let mut names = Taken::default();
    let variants = responses
        .iter()
        .map(|response| Variant {
            name: format_ident!(
                "{}",
                crate::names::unique(status_name(&response.status), &mut names)
            ),
            status: response.status.clone(),
            description: response.description.clone(),
            body: plain(response, generated),
        })
        .collect();
    Decided {
        ty: quote!(types::#name),
        decode: quote!(types::#name::decode),
        variants: Some((name, variants)),
    }
}

/// `NotFound` for `404`, `ClientError` for `4XX`, `Other` for `default`.
fn status_name(status: &str) -> String {
    let code = status
        .parse()
        .ok()
        .and_then(|code: u16| http::StatusCode::from_u16(code).ok());
    let reason = code.and_then(|code| code.canonical_reason());
    match (reason, status.to_ascii_uppercase().as_str()) {
        (Some("OK"), _) => "Ok".to_owned(),
        (Some(reason), _) => type_name(&reason.replace('\'', "")),
        (None, "1XX") => "Informational".to_owned(),
        (None, "2XX") => "Success".to_owned(),
        (None, "3XX") => "Redirection".to_owned(),
        (None, "4XX") => "ClientError".to_owned(),
        (None, "5XX") => "ServerError".to_owned(),
        (None, "DEFAULT") => "Other".to_owned(),
        (None, other) => type_name(&format!("Status{other}")),
    }
}

/// Adds the enums to the types.
pub(super) fn add_types(answers: &Answers, types: &mut Types) {
    for operation in answers.operations() {
        for decided in [&operation.result, &operation.error] {
            if let Some((name, variants)) = &decided.variants {
                types.insert(name.to_string(), write_enum(name, variants));
            }
        }
    }
}

fn write_enum(name: &Ident, variants: &[Variant]) -> Definition {
    let declared = variants.iter().map(
        |Variant {
             name,
             status,
             description,
             body,
         }| {
            let ty = &body.ty;
            let docs = match description {
                Some(description) => markdown(&labelled(&code_span(status), description)),
                None => markdown(&format!("{}.", code_span(status))),
            };
            if body.decode.to_string() == quote!(decode::empty).to_string() {
                quote! { #docs #name, }
            } else {
                quote! { #docs #name(#ty), }
            }
        },
    );
    let mut ordered: Vec<&Variant> = variants.iter().collect();
    ordered.sort_by_key(|variant| {
        (
            variant.status.parse::<u16>().is_err(),
            variant.status == "default",
        )
    });
    let arms = ordered.iter().map(
        |Variant {
             name, status, body, ..
         }| {
            let pattern = status_pattern(status);
            let decode = &body.decode;
            if decode.to_string() == quote!(decode::empty).to_string() {
                quote! { #pattern => Ok(Self::#name), }
            } else {
                quote! { #pattern => #decode(received).map(Self::#name), }
            }
        },
    );
    let fallback = (!variants.iter().any(|variant| variant.status == "default")).then(|| {
        quote! { _ => Err(Misfit::new("the document describes no body for this status")), }
    });
    Definition::new(quote! {
        /// One variant for each documented status.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#declared)* }
        impl #name {
            #[inline]
            pub(crate) fn decode(received: &Received) -> Result<Self, Misfit> {
                match received.status().as_u16() { #(#arms)* #fallback }
            }
        }
    })
}

fn status_pattern(status: &str) -> TokenStream {
    if let Ok(code) = status.parse::<u16>() {
        let code = proc_macro2::Literal::u16_unsuffixed(code);
        return quote!(#code);
    }
    let class = status
        .chars()
        .next()
        .and_then(|c| c.to_digit(10))
        .filter(|_| status != "default");
    if let Some(class) = class.and_then(|class| u16::try_from(class).ok()) {
        let first = proc_macro2::Literal::u16_unsuffixed(class * 100);
        let last = proc_macro2::Literal::u16_unsuffixed(class * 100 + 99);
        quote!(#first..=#last)
    } else {
        quote!(_)
    }
}
