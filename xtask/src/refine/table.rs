//! `operations/`: what is known of each operation, as data.

use super::files::Files;
use super::prose::markdown;
use crate::folder::{Confidence, Effect, PagingEntry, PagingStyle, Stability};
use crate::model::{Access, Api, Content, Operation, Response};
use indexmap::IndexSet;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The static of an operation.
pub(super) fn constant(operation: &Operation) -> syn::Ident {
    format_ident!("{}", operation.constant)
}

/// Writes `operations/`, a file a tag, and the list of all operations that are compiled in.
pub(super) fn write(api: &Api, files: &mut Files) {
    let mut lists = Vec::new();
    let by_tag = api.by_tag();
    for (index, tag) in api.used_tags() {
        let path = format!("operations/{}", tag.module);
        let own = || by_tag[index].iter().map(|at| &api.operations[*at]);
        let names = own().map(constant);
        files.add(
            &path,
            quote! { pub(super) const OPERATIONS: &[&Operation] = &[#(&#names),*]; },
        );
        for operation in own() {
            files.add(&path, entry(api, operation));
        }
        let feature = &tag.feature;
        let module = format_ident!("{}", tag.module);
        lists.push(quote! { #[cfg(feature = #feature)] #module::OPERATIONS });
    }
    files.add(
        "operations/mod",
        quote! {
            const BY_TAG: &[&[&Operation]] = &[#(#lists),*];

            /// The operations of this crate whose features are on: by tag, the tags and the operations of each in the
            /// order of the document.
            pub static OPERATIONS: &[&Operation] =
                &Operation::join::<{ Operation::count(BY_TAG) }>(BY_TAG);
        },
    );
}

fn entry(api: &Api, operation: &Operation) -> TokenStream {
    let constant = constant(operation);
    let docs = markdown(&format!(
        "[`Client::{0}`](crate::Client::{0})",
        operation.name
    ));
    let Operation {
        name,
        id,
        path,
        summary,
        ..
    } = operation;
    let tag = &api.tags[operation.tag].name;
    let method = method(&operation.method);
    let effect = effect(operation);
    let stability = stability(operation);
    let unusual = unusual(operation);
    quote! {
        #docs
        pub static #constant: Operation = Operation {
            name: #name,
            id: #id,
            method: #method,
            path: #path,
            tag: #tag,
            summary: #summary,
            effect: #effect,
            stability: #stability,
            #(#unusual,)*
            ..Operation::USUAL
        };
    }
}

/// The fields in which an operation differs from `Operation::USUAL`.
fn unusual(operation: &Operation) -> Vec<TokenStream> {
    let mut fields = Vec::new();
    if let Some(confidence) = confidence(operation) {
        fields.push(quote!(confidence: Some(#confidence)));
    }
    if operation.access != Access::Credentials {
        let access = access(operation);
        fields.push(quote!(access: #access));
    }
    let accept = accept(operation);
    if accept != "application/json" {
        fields.push(quote!(accept: #accept));
    }
    let success = &operation.facts.success;
    if !success.is_empty() {
        fields.push(quote!(success: &[#(#success),*]));
    }
    let session_ended = &operation.facts.session_ended;
    if !session_ended.is_empty() {
        fields.push(quote!(session_ended: &[#(#session_ended),*]));
    }
    if let Some(paging) = operation.facts.paging.as_ref().map(paging) {
        fields.push(quote!(paging: Some(#paging)));
    }
    fields
}

fn effect(operation: &Operation) -> TokenStream {
    match operation.facts.effect {
        Effect::Read => quote!(Effect::Read),
        Effect::Idempotent => quote!(Effect::Idempotent),
        Effect::Write => quote!(Effect::Write),
    }
}

fn stability(operation: &Operation) -> TokenStream {
    match operation.facts.stability {
        Stability::Public => quote!(Stability::Public),
        Stability::Prototype => quote!(Stability::Prototype),
        Stability::Other => quote!(Stability::Other),
    }
}

fn confidence(operation: &Operation) -> Option<TokenStream> {
    Some(match operation.facts.confidence? {
        Confidence::High => quote!(Confidence::High),
        Confidence::Medium => quote!(Confidence::Medium),
        Confidence::Low => quote!(Confidence::Low),
    })
}

fn access(operation: &Operation) -> TokenStream {
    match &operation.access {
        Access::Credentials => quote!(Access::Credentials),
        Access::Anonymous => quote!(Access::Anonymous),
        Access::Optional => quote!(Access::Optional),
        Access::Session => quote!(Access::Session),
        Access::SessionQuery(name) => quote!(Access::SessionQuery(#name)),
    }
}

fn method(method: &str) -> TokenStream {
    let name = format_ident!("{method}");
    quote!(Method::#name)
}

/// What to accept: the media types of the documented bodies, results first.
fn accept(operation: &Operation) -> String {
    let undocumented = |response: &Response| response.content == Content::Unknown;
    let responses = operation.results.iter().chain(&operation.errors);
    let types = responses.filter_map(|response| response.media_type.as_deref());
    let types: IndexSet<&str> = types.collect();
    if types.is_empty() || operation.results.iter().any(undocumented) {
        return "application/json, */*;q=0.5".to_owned();
    }
    types.into_iter().collect::<Vec<_>>().join(", ")
}

fn paging(entry: &PagingEntry) -> TokenStream {
    let optional = |name: &Option<String>| {
        if let Some(name) = name {
            quote!(Some(#name))
        } else {
            quote!(None)
        }
    };
    let [
        limit,
        offset,
        page,
        page_size,
        cursor,
        items,
        total,
        next,
        total_pages,
    ] = [
        &entry.limit,
        &entry.offset,
        &entry.page,
        &entry.page_size,
        &entry.cursor,
        &entry.items,
        &entry.total,
        &entry.next,
        &entry.total_pages,
    ]
    .map(optional);
    match entry.style {
        PagingStyle::OffsetBody => {
            quote!(Paging::OffsetBody { limit: #limit, offset: #offset, items: #items, total: #total })
        }
        PagingStyle::PageQuery => {
            quote!(Paging::PageQuery { page: #page, page_size: #page_size, items: #items, total: #total, total_pages: #total_pages })
        }
        PagingStyle::CursorBody => {
            quote!(Paging::CursorBody { cursor: #cursor, limit: #limit, items: #items, next: #next, total: #total })
        }
        PagingStyle::CursorQuery => {
            quote!(Paging::CursorQuery { cursor: #cursor, limit: #limit, items: #items, next: #next, total: #total })
        }
        PagingStyle::PageAnswer => {
            quote!(Paging::PageAnswer { page: #page, items: #items, total: #total, total_pages: #total_pages })
        }
    }
}
