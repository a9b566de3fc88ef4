//! `pages()` and `items()`, on the builders of paged operations.

use super::prose::markdown;
use super::{builders, paths, types};
use crate::folder::{OperationKey, OperationsToml, PagingEntry, PagingStyle};
use crate::generate::Generated;
use crate::markdown::code_span;
use crate::model::{Api, Content, Operation, Outcome};
use crate::names::member_names;
use crate::problem::{Problem, ProblemKind};
use crate::schema::{components, resolve};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeMap;
use syn::{Fields, Ident, Item, Type};

/// How the pages of each operation are read whose builder can do so.
#[derive(Debug, Clone, Default)]
pub struct Streams(BTreeMap<OperationKey, Stream>);

/// How the pages of one operation are read.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// Type of an answer.
    answer: TokenStream,
    /// Type of a row.
    item: TokenStream,
    /// The `PageShape`.
    shape: TokenStream,
}

impl Streams {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, operation: &Operation) -> Option<&Stream> {
        self.0.get(&operation.key)
    }
}

/// Decides how pages are read; paged operations whose answers are of no kind that has rows are reported.
#[must_use]
pub fn streams(
    root: &Value,
    api: &Api,
    generated: &Generated,
    known: &OperationsToml,
) -> (Streams, Vec<Problem>) {
    let mut streams = Streams::default();
    let mut problems = Vec::new();
    for operation in &api.operations {
        let Some(entry) = &operation.facts.paging else {
            continue;
        };
        match stream(root, operation, entry, generated) {
            Ok(stream) => drop(streams.0.insert(operation.key.clone(), stream)),
            Err(reason) => {
                let message = format!("`{}` gets no stream of its pages: {reason}", operation.name);
                let problem = known.problem_at(&operation.key, ProblemKind::Unsupported, message);
                problems.push(problem.warning().help(
                    "describe the answer as one object with a list in it, or as a list; or remove `paging`",
                ));
            }
        }
    }
    (streams, problems)
}

fn stream(
    root: &Value,
    operation: &Operation,
    entry: &PagingEntry,
    generated: &Generated,
) -> Result<Stream, String> {
    let response = match operation.outcome() {
        Outcome::Undocumented => return Ok(untyped()),
        Outcome::One(response) | Outcome::OneOrNothing(response)
            if response.content == Content::Unknown =>
        {
            return Ok(untyped());
        }
        Outcome::One(response) => response,
        Outcome::OneOrNothing(_) => return Err("its answer may have no body".to_owned()),
        Outcome::Nothing => return Err("its answer has no body".to_owned()),
        Outcome::ByStatus => return Err("its answers differ by status".to_owned()),
    };
    let Content::Json(schema) = &response.content else {
        return Err("its answer is not JSON".to_owned());
    };
    let answer = generated.type_of(schema).cloned();
    let mut answer = answer.ok_or("its answer has no type")?;
    paths::shorten_type(&mut answer);
    if let Some(item) = argument(&answer, "Vec") {
        return Ok(Stream {
            item: quote!(#item),
            shape: shape(&quote!(answer), &quote!(answer), &[]),
            answer: quote!(#answer),
        });
    }
    of_struct(root, schema, entry, generated, &answer)
}

/// Of answers that nobody has documented.
fn untyped() -> Stream {
    Stream {
        answer: quote!(Body),
        item: quote!(serde_json::Value),
        shape: quote!(paging::PageShape::UNTYPED),
    }
}

/// Of objects with a list in them.
fn of_struct(
    root: &Value,
    schema: &Value,
    entry: &PagingEntry,
    generated: &Generated,
    answer: &Type,
) -> Result<Stream, String> {
    let fields = fields(root, generated, answer).ok_or("its answer is no object with members")?;
    let names = resolve(root, schema).map(member_names).unwrap_or_default();
    let find = |wire: &str| {
        let (name, _) = names.iter().find(|(_, other)| other == wire)?;
        fields.iter().find(|(field, _)| field == name)
    };
    let items = entry
        .items
        .as_deref()
        .ok_or("no member is named that holds its rows")?;
    let (rows, ty) = find(items).ok_or_else(|| format!("its answer has no `{items}`"))?;
    let optional = argument(ty, "Option");
    let is_optional = optional.is_some();
    let item = argument(&optional.unwrap_or_else(|| ty.clone()), "Vec");
    let item = item.ok_or_else(|| format!("`{items}` of its answer is no list"))?;
    let (taken, seen) = if is_optional {
        (
            quote!(answer.#rows.unwrap_or_default()),
            quote!(answer.#rows.as_deref().unwrap_or_default()),
        )
    } else {
        (quote!(answer.#rows), quote!(&answer.#rows))
    };
    // The number of a page is read where the answer alone tells it.
    let page = entry
        .page
        .as_ref()
        .filter(|_| entry.style == PagingStyle::PageAnswer);
    let marks: Vec<(&str, &Ident)> = [
        ("next", entry.next.as_ref()),
        ("total", entry.total.as_ref()),
        ("page", page),
        ("total_pages", entry.total_pages.as_ref()),
    ]
    .into_iter()
    .filter_map(|(mark, wire)| Some((mark, &find(wire?)?.0)))
    .collect();
    Ok(Stream {
        answer: quote!(#answer),
        item: quote!(#item),
        shape: shape(&taken, &seen, &marks),
    })
}

/// How rows are taken out of an answer, how they are seen in it, and the members that say more.
fn shape(taken: &TokenStream, seen: &TokenStream, marks: &[(&str, &Ident)]) -> TokenStream {
    let marks = marks.iter().map(|(mark, field)| {
        let mark = format_ident!("{mark}");
        quote!(.#mark(&answer.#field))
    });
    quote! {
        paging::PageShape {
            rows: |answer, _| #taken,
            marks: |answer, _| paging::Marks::of(#seen)#(#marks)*,
        }
    }
}

/// Name and type of the members of a struct among the generated types, as they are written outside of `types`.
fn fields(root: &Value, generated: &Generated, ty: &Type) -> Option<Vec<(Ident, Type)>> {
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    let found = generated.types.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == *name => Some(item.clone()),
        _ => None,
    })?;
    let mut own = types::names(&generated.types);
    own.extend(
        components(root)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone()),
    );
    let Fields::Named(fields) = builders::qualified(found, &own).fields else {
        return None;
    };
    let fields = fields.named.into_iter().filter_map(|field| {
        let mut ty = field.ty;
        paths::shorten_type(&mut ty);
        Some((field.ident?, ty))
    });
    Some(fields.collect())
}

/// `T` of `Wrapper<T>`.
fn argument(ty: &Type, wrapper: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == wrapper)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    })
}

/// The two methods.
pub(super) fn methods(
    operation: &Operation,
    stream: &Stream,
    result_decode: &TokenStream,
    (error_type, error_decode): (&TokenStream, &TokenStream),
) -> TokenStream {
    let Stream {
        answer,
        item,
        shape,
    } = stream;
    let about = operation
        .facts
        .paging
        .as_ref()
        .map(about)
        .unwrap_or_default();
    let items_docs = markdown(&format!(
        "The items of all pages, fetched as they are read; [`rapid7_core::paging`] says what is promised.\n\n{about}"
    ));
    let pages_docs = markdown(
        "The pages, fetched as they are read: for what an answer says besides its items. As [`items`](Self::items) otherwise.",
    );
    quote! {
        #items_docs
        #[inline]
        pub fn items(self) -> paging::Items<#answer, #item, #error_type> {
            self.pages().into_items()
        }

        #pages_docs
        #[inline]
        pub fn pages(self) -> paging::Pages<#answer, #item, #error_type> {
            paging::Pages::new(&self.client.connection, self.request(), #result_decode, #error_decode, #shape)
        }
    }
}

/// What `items` does, in a few words.
pub(super) fn summary(entry: &PagingEntry) -> String {
    match (entry.style, &entry.next) {
        (PagingStyle::PageAnswer, _) => {
            "reads the list, and fails where it has more than one page".to_owned()
        }
        (PagingStyle::CursorBody | PagingStyle::CursorQuery, None) => {
            "reads the first page, and fails where there may be more".to_owned()
        }
        _ => format!(
            "reads the whole list, page after page {}",
            style(entry.style)
        ),
    }
}

fn style(style: PagingStyle) -> &'static str {
    match style {
        PagingStyle::OffsetBody => "by offset in the body",
        PagingStyle::PageQuery => "by number in the query",
        PagingStyle::CursorBody => "by cursor in the body",
        PagingStyle::CursorQuery => "by cursor in the query",
        PagingStyle::PageAnswer => "as the answer numbers them",
    }
}

/// How the pages come, and by what their end is told.
fn about(entry: &PagingEntry) -> String {
    let code = |name: &Option<String>| name.as_ref().map(|name| code_span(name));
    let size = code(&entry.limit).or(code(&entry.page_size));
    let size = match size {
        Some(name) => format!(", their size by {name}"),
        None => String::new(),
    };
    let (page, cursor) = (code(&entry.page), code(&entry.cursor));
    let asked = match entry.style {
        PagingStyle::OffsetBody => code(&entry.offset),
        PagingStyle::PageQuery => page,
        PagingStyle::CursorBody | PagingStyle::CursorQuery => cursor,
        PagingStyle::PageAnswer => None,
    };
    let asked = asked
        .map(|name| format!(", {name}{size}"))
        .unwrap_or_default();
    let end = match (entry.style, code(&entry.next), code(&entry.total), code(&entry.total_pages)) {
        (PagingStyle::PageAnswer, ..) => {
            "A list of more than one page ends in an error, \
             [`StopReason::MorePages`](rapid7_core::paging::StopReason::MorePages)."
                .to_owned()
        }
        (PagingStyle::CursorBody | PagingStyle::CursorQuery, Some(next), ..) => {
            format!("The list ends where {next} of the answer is null, missing or empty.")
        }
        (PagingStyle::CursorBody | PagingStyle::CursorQuery, None, ..) => {
            "Nobody has recorded which member of the answer holds the next cursor: after a first page that has items, \
             reading ends in an error, [`StopReason::MorePages`](rapid7_core::paging::StopReason::MorePages), since \
             there may be more. Where an answer shows the cursor, set it on the next request."
                .to_owned()
        }
        (.., Some(total_pages)) => format!("The list ends after as many pages as {total_pages} of the answer says."),
        (_, _, Some(total), None) => {
            format!("The list ends after as many items as {total} of the answer says, or with an empty page.")
        }
        (_, _, None, None) => "The list ends with an empty page.".to_owned(),
    };
    format!("Pages come {}{asked}. {end}", style(entry.style))
}
