//! Values of parameters: from any serialisable type to text on the wire.

mod fields;
mod node;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use node::Node;
use serde::Serialize;

pub(crate) use fields::{Field, fields};

/// Everything but the characters that never need encoding (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A comma between elements stays, and tells them from what they hold.
const SEPARATOR: &AsciiSet = &ENCODED.remove(b',');

/// As above, but ids such as `divvyuser:2:` and `a@b.example` stay readable, as servers show them.
///
/// Nothing else is left raw: `;` starts matrix parameters for some servers, `+` is a space for others.
const ENCODED_IN_PATH: &AsciiSet = &ENCODED.remove(b':').remove(b'@');

/// How an array or object is written into a query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// One pair per element, `a=1&a=2`; the members of an object as pairs of their own.
    Form,
    /// One pair, elements separated by commas: `a=1,2`; an object as `a=key,value`.
    Comma,
    /// One pair, elements separated by spaces: `a=1%202`.
    Space,
    /// One pair, elements separated by `|`: `a=1%7C2`.
    Pipe,
    /// The members of an object as `a[key]=value`; an array as with [`Style::Form`].
    DeepObject,
    /// One pair, the array or object as JSON.
    Json,
}

/// Why a value cannot be written as a parameter; completes "parameter `x` ...".
pub(crate) type Problem = &'static str;

const TOO_DEEP: Problem = "is nested more deeply than its place in the request can hold";

/// A path parameter, encoded so that it stays within one segment.
pub(crate) fn path_text<T: Serialize>(value: &T) -> Result<String, Problem> {
    match Node::of(value)? {
        Node::Scalar(text) | Node::Text(text) if text.is_empty() => {
            Err("is empty, which would call another path")
        }
        Node::Scalar(text) | Node::Text(text) => Ok(encode(&text, ENCODED_IN_PATH)),
        Node::Absent => Err("has no value"),
        Node::List(_) | Node::Object(_) => Err("must be a string, number, boolean or enum value"),
    }
}

/// A header's value: a scalar as it is, an array with commas between its elements.
pub(crate) fn header_text<T: Serialize>(value: &T) -> Result<Option<String>, Problem> {
    match Node::of(value)? {
        Node::Absent => Ok(None),
        Node::Scalar(text) | Node::Text(text) => Ok(Some(text)),
        Node::List(items) => Ok(Some(scalars(items)?.join(","))),
        Node::Object(_) => Err(TOO_DEEP),
    }
}

/// A cookie's value, percent-encoded.
pub(crate) fn cookie_text<T: Serialize>(value: &T) -> Result<Option<String>, Problem> {
    Ok(header_text(value)?.map(|text| encode(&text, ENCODED)))
}

/// Appends a parameter to a query string, encoded; an absent one adds nothing.
pub(crate) fn push_query<T: Serialize>(
    query: &mut String,
    name: &str,
    value: &T,
    style: Style,
) -> Result<(), Problem> {
    match (Node::of(value)?, style) {
        (Node::Absent, _) => {}
        (Node::Scalar(text) | Node::Text(text), _) => push_pair(query, name, &text),
        (node, Style::Json) => push_pair(query, name, &node.json()),
        (Node::List(items), Style::Form | Style::DeepObject) => {
            scalars(items)?
                .iter()
                .for_each(|item| push_pair(query, name, item));
        }
        (Node::Object(members), Style::Form) => push_members(query, members, str::to_owned)?,
        (Node::Object(members), Style::DeepObject) => {
            push_members(query, members, |key| format!("{name}[{key}]"))?;
        }
        (Node::List(items), style) => push_joined(query, name, &scalars(items)?, style),
        (Node::Object(members), style) => push_joined(query, name, &flattened(members)?, style),
    }
    Ok(())
}

/// A body of the type `application/x-www-form-urlencoded`, with the styles of some members; `None` for an absent one.
pub(crate) fn form_text<T: Serialize>(
    value: &T,
    styles: &[(&str, Style)],
) -> Result<Option<String>, Problem> {
    let members = match Node::of(value)? {
        Node::Absent => return Ok(None),
        Node::Object(members) => members,
        Node::Scalar(_) | Node::Text(_) | Node::List(_) => {
            return Err("must be an object to be sent as a form");
        }
    };
    let mut form = String::new();
    for (key, value) in members {
        let stated = styles.iter().find(|(name, _)| *name == key);
        let style = stated.map(|(_, style)| *style);
        fields::push_node(&key, value, style, &mut |name, field| match field {
            Field::Text(text) | Field::Json(text) => push_pair(&mut form, &name, &text),
            Field::Joined(items, style) => push_joined(&mut form, &name, &items, style),
        })?;
    }
    Ok(Some(form))
}

/// One pair of encoded name and value.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend([&encode(name, ENCODED), "=", &encode(value, ENCODED)]);
}

fn push_members(
    query: &mut String,
    members: Vec<(String, Node)>,
    name: impl Fn(&str) -> String,
) -> Result<(), Problem> {
    for (key, value) in members {
        let name = name(&key);
        match value {
            Node::Absent => {}
            Node::Scalar(text) | Node::Text(text) => push_pair(query, &name, &text),
            Node::List(items) => {
                scalars(items)?
                    .iter()
                    .for_each(|item| push_pair(query, &name, item));
            }
            Node::Object(_) => return Err(TOO_DEEP),
        }
    }
    Ok(())
}

/// Elements are encoded and the separator is added after that, so an element may contain it.
fn push_joined(query: &mut String, name: &str, items: &[String], style: Style) {
    if items.is_empty() {
        return;
    }
    let separator = encode(separator(style), SEPARATOR);
    let items: Vec<_> = items.iter().map(|item| encode(item, ENCODED)).collect();
    push_pair(query, name, "");
    query.push_str(&items.join(&separator));
}

/// What stands between the elements of an array.
fn separator(style: Style) -> &'static str {
    match style {
        Style::Space => " ",
        Style::Pipe => "|",
        Style::Comma | Style::Form | Style::DeepObject | Style::Json => ",",
    }
}

fn flattened(members: Vec<(String, Node)>) -> Result<Vec<String>, Problem> {
    let mut items = Vec::with_capacity(members.len() * 2);
    for (key, value) in members {
        match value {
            Node::Absent => {}
            Node::Scalar(text) | Node::Text(text) => items.extend([key, text]),
            Node::List(_) | Node::Object(_) => return Err(TOO_DEEP),
        }
    }
    Ok(items)
}

fn scalars(items: Vec<Node>) -> Result<Vec<String>, Problem> {
    items
        .into_iter()
        .filter_map(|item| match item {
            Node::Absent => None,
            Node::Scalar(text) | Node::Text(text) => Some(Ok(text)),
            Node::List(_) | Node::Object(_) => Some(Err(TOO_DEEP)),
        })
        .collect()
}

fn encode(text: &str, set: &'static AsciiSet) -> String {
    percent_encode(text.as_bytes(), set).to_string()
}
