//! The names under `paging` in `operations.toml` against the document.
//!
//! A name that is wrong would cut lists: a cursor that is not found reads like the end.

use super::{Api, Content, Operation, Outcome, ParameterPlace};
use crate::folder::{OperationsToml, PagingEntry, PagingStyle};
use crate::names::nearest;
use crate::problem::{Problem, ProblemKind};
use crate::schema::{Shape, resolve, shape};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a name must be found.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Body,
    Query,
    Answer,
}

impl Place {
    fn has_no(self, name: &str) -> String {
        match self {
            Self::Body => format!("the JSON body of the request has no member `{name}`"),
            Self::Query => format!("the request has no query parameter `{name}`"),
            Self::Answer => format!("the answer has no member `{name}`"),
        }
    }
}

/// A fault of an entry: kind, message, help.
type Fault = (ProblemKind, String, String);

/// Problems of the paging of operations: names that the document lacks, names that are needed and not given, names
/// that the style has no use for.
#[must_use]
pub fn check_paging(root: &Value, api: &Api, known: &OperationsToml) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in &api.operations {
        let Some(entry) = &operation.facts.paging else {
            continue;
        };
        let faults = unfit(entry)
            .into_iter()
            .chain(missing(root, operation, entry))
            .chain(not_found(root, operation, entry));
        problems.extend(faults.map(|(kind, message, help)| {
            known.problem_at(&operation.key, kind, message).help(help)
        }));
    }
    problems
}

/// Takes the paging off operations whose entry does not fit a document that was obtained, and says so: their lists
/// are then read with the plain method, until the entry is corrected.
#[must_use]
pub fn without_unfit_paging(root: &Value, api: &mut Api, known: &OperationsToml) -> Vec<Problem> {
    let problems = check_paging(root, api, known);
    let unfit: BTreeSet<&str> = problems
        .iter()
        .filter_map(|problem| problem.operation.as_deref())
        .collect();
    for operation in &mut api.operations {
        if unfit.contains(operation.key.as_str()) {
            operation.facts.paging = None;
        }
    }
    problems.into_iter().map(Problem::warning).collect()
}

/// What an entry can say, with the places of its names by style.
fn names(entry: &PagingEntry) -> [(&'static str, Option<&String>, Option<Place>); 9] {
    use PagingStyle::{CursorBody, CursorQuery, OffsetBody, PageAnswer, PageQuery};
    use Place::{Answer, Body, Query};
    let request = |body: &[PagingStyle], query: &[PagingStyle]| {
        let is_body = body.contains(&entry.style).then_some(Body);
        is_body.or(query.contains(&entry.style).then_some(Query))
    };
    let answer = |styles: &[PagingStyle]| styles.contains(&entry.style).then_some(Answer);
    let page = request(&[], &[PageQuery]).or(answer(&[PageAnswer]));
    [
        (
            "limit",
            entry.limit.as_ref(),
            request(&[OffsetBody, CursorBody], &[CursorQuery]),
        ),
        ("offset", entry.offset.as_ref(), request(&[OffsetBody], &[])),
        ("page", entry.page.as_ref(), page),
        (
            "page_size",
            entry.page_size.as_ref(),
            request(&[], &[PageQuery]),
        ),
        (
            "cursor",
            entry.cursor.as_ref(),
            request(&[CursorBody], &[CursorQuery]),
        ),
        ("items", entry.items.as_ref(), Some(Answer)),
        ("total", entry.total.as_ref(), Some(Answer)),
        (
            "next",
            entry.next.as_ref(),
            answer(&[CursorBody, CursorQuery]),
        ),
        (
            "total_pages",
            entry.total_pages.as_ref(),
            answer(&[PageQuery, PageAnswer]),
        ),
    ]
}

/// What has no meaning in the style.
fn unfit(entry: &PagingEntry) -> Vec<Fault> {
    let is_cursor = matches!(
        entry.style,
        PagingStyle::CursorBody | PagingStyle::CursorQuery
    );
    let mut unfit: Vec<&str> = names(entry)
        .into_iter()
        .filter(|(_, name, place)| name.is_some() && place.is_none())
        .map(|(key, ..)| key)
        .collect();
    if entry.next_unknown && (!is_cursor || entry.next.is_some()) {
        unfit.push("next_unknown");
    }
    unfit
        .into_iter()
        .map(|key| {
            let style = entry.style.as_str();
            let message = format!("`{key}` says nothing in `paging` of the style `{style}`");
            (
                ProblemKind::UnknownField,
                message,
                "remove it, or correct the style".to_owned(),
            )
        })
        .collect()
}

/// What reading page by page cannot do without.
fn missing(root: &Value, operation: &Operation, entry: &PagingEntry) -> Vec<Fault> {
    let answer = Answered::of(root, operation);
    let mut missing: Vec<(&str, &str)> = Vec::new();
    let mut need = |key, is_given: bool, why| {
        if !is_given {
            missing.push((key, why));
        }
    };
    match entry.style {
        PagingStyle::OffsetBody => need("offset", entry.offset.is_some(), ASKS),
        PagingStyle::PageQuery => need("page", entry.page.is_some(), ASKS),
        PagingStyle::CursorBody | PagingStyle::CursorQuery => {
            need("cursor", entry.cursor.is_some(), ASKS);
            let is_given = entry.next.is_some() || entry.next_unknown;
            need("next", is_given || answer == Answered::Unknown, CURSOR);
        }
        PagingStyle::PageAnswer => {
            let is_given = entry.total_pages.is_some() || entry.total.is_some();
            need(
                "total_pages",
                is_given,
                "that says whether there are more pages",
            );
        }
    }
    if matches!(answer, Answered::Members(_)) {
        need("items", entry.items.is_some(), "that holds the rows");
    }
    missing
        .into_iter()
        .map(|(key, why)| {
            let message =
                format!("`paging` lacks `{key}`, the name of the member or parameter {why}");
            let help = if why == CURSOR {
                "name it, or write `next_unknown = true` where nobody has recorded it"
            } else {
                "name it, or remove `paging`"
            };
            (ProblemKind::MissingField, message, help.to_owned())
        })
        .collect()
}

const ASKS: &str = "that asks for another page";
const CURSOR: &str = "in the answer that holds the cursor of the next page";

/// Names that nothing in the document has.
fn not_found(root: &Value, operation: &Operation, entry: &PagingEntry) -> Vec<Fault> {
    let answer = Answered::of(root, operation);
    let mut faults = Vec::new();
    for (key, name, place) in names(entry) {
        let (Some(name), Some(place)) = (name, place) else {
            continue;
        };
        let present: Vec<&str> = match (place, &answer) {
            (Place::Body, _) => body_members(root, operation),
            (Place::Query, _) => query_parameters(operation),
            (Place::Answer, Answered::Members(members)) => members.clone(),
            (Place::Answer, Answered::List) => Vec::new(),
            (Place::Answer, Answered::Unknown) => continue,
        };
        if present.contains(&name.as_str()) {
            continue;
        }
        let message = format!("{}, which `paging.{key}` names", place.has_no(name));
        let help = match nearest(name, present.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if present.is_empty() => "there is none at all; remove the name".to_owned(),
            None => format!("there are `{}`", present.join("`, `")),
        };
        faults.push((ProblemKind::MissingField, message, help));
    }
    faults
}

/// What an answer is, as far as names in it can be checked.
#[derive(PartialEq)]
enum Answered<'a> {
    /// An object with these members.
    Members(Vec<&'a str>),
    /// The rows themselves.
    List,
    /// Undocumented, or of another kind.
    Unknown,
}

impl<'a> Answered<'a> {
    fn of(root: &'a Value, operation: &'a Operation) -> Self {
        let (Outcome::One(response) | Outcome::OneOrNothing(response)) = operation.outcome() else {
            return Self::Unknown;
        };
        let Content::Json(schema) = &response.content else {
            return Self::Unknown;
        };
        let Some(schema) = resolve(root, schema) else {
            return Self::Unknown;
        };
        match shape(schema) {
            Shape::Array => Self::List,
            Shape::Struct => Self::Members(members(schema)),
            _ => Self::Unknown,
        }
    }
}

fn members(schema: &Value) -> Vec<&str> {
    let members = schema.get("properties").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

fn body_members<'a>(root: &'a Value, operation: &'a Operation) -> Vec<&'a str> {
    let body = operation.body.as_ref().map(|body| &body.content);
    match body {
        Some(Content::Json(schema)) => resolve(root, schema).map(members).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn query_parameters(operation: &Operation) -> Vec<&str> {
    operation
        .parameters
        .iter()
        .filter(|parameter| matches!(parameter.place, ParameterPlace::Query(_)))
        .map(|parameter| parameter.wire_name.as_str())
        .collect()
}
