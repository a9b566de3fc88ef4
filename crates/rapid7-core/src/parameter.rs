//! Values of parameters: from any serialisable type to text on the wire.

mod fields;
mod node;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

pub(crate) use fields::{Field, fields};
pub(crate) use node::Node;

/// Everything but the characters that never need encoding (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// As above, but ids such as `divvyuser:2:` and `a@b.example` stay readable, as servers show them.
///
/// Nothing else is left raw: `;` starts matrix parameters for some servers, `+` is a space for others.
const ENCODED_IN_PATH: &AsciiSet = &ENCODED.remove(b':').remove(b'@');

/// `allowReserved`: what no server can take for syntax of the query stays readable too.
///
/// `&`, `=`, `+`, `#`, `[`, `]` and `%` would change what is asked, and `'` is encoded by URL parsers.
const ENCODED_BUT_RESERVED: &AsciiSet = &ENCODED_IN_PATH
    .remove(b'/')
    .remove(b'?')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// A comma between elements stays, and tells them from what they hold.
const SEPARATOR: &AsciiSet = &ENCODED.remove(b',');

/// How an array or object is written as a parameter (RFC 6570).
///
/// The forms shown are those in a query. In a path and in a header, [`Style::Comma`] is `1,2` and
/// `key,value`, and [`Style::Form`] is `1,2` and `key=value`. Styles that a place does not have are
/// written as [`Style::Comma`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// One pair per element, `a=1&a=2`; the members of an object as pairs of their own.
    Form,
    /// One pair, elements separated by commas: `a=1,2`; an object as `a=key,value`.
    Comma,
    /// One pair, elements separated by spaces: `a=1%202`.
    Space,
    /// One pair, elements separated by tabs: `a=1%092`.
    Tab,
    /// One pair, elements separated by `|`: `a=1%7C2`.
    Pipe,
    /// The members of an object as `a[key]=value`, those of objects within as `a[key][inner]=value`; an array
    /// as with [`Style::Form`].
    DeepObject,
    /// In a path: `.1,2`; an object as `.key,value`.
    Label,
    /// In a path: `.1.2`; an object as `.key=value`.
    LabelExploded,
    /// In a path: `;a=1,2`; an object as `;a=key,value`.
    Matrix,
    /// In a path: `;a=1;a=2`; an object as `;key=value`.
    MatrixExploded,
    /// The text of the value in JSON.
    Json,
}

impl Style {
    /// Whether the members of an object are written as `key=value`.
    fn explodes(self) -> bool {
        matches!(
            self,
            Self::Form | Self::LabelExploded | Self::MatrixExploded
        )
    }
}

/// Why a value cannot be written as a parameter; completes "parameter `x` ...".
pub(crate) type Problem = &'static str;

const TOO_DEEP: Problem = "is nested more deeply than its place in the request can hold";

const EMPTY: Problem = "is empty, which would call another path";

/// A path parameter, encoded so that it stays within one segment.
pub(crate) fn path_text(name: &str, node: Node, style: Style) -> Result<String, Problem> {
    match node {
        Node::Absent => Err("has no value"),
        Node::Scalar(text) | Node::Text(text) if text.is_empty() => Err(EMPTY),
        Node::Scalar(text) | Node::Text(text) if matches!(style, Style::Comma | Style::Json) => {
            Ok(encoded(text, ENCODED_IN_PATH))
        }
        node => styled_path_text(name, node, style),
    }
}

#[cold]
fn styled_path_text(name: &str, node: Node, style: Style) -> Result<String, Problem> {
    let encoded = |text: &String| encode(text, ENCODED_IN_PATH);
    let is_list = matches!(node, Node::List(_));
    let is_object = matches!(node, Node::Object(_));
    let parts: Vec<String> = match node {
        Node::Absent => Vec::new(),
        Node::Scalar(text) | Node::Text(text) => vec![encoded(&text)],
        Node::List(items) => scalars(items)?.iter().map(encoded).collect(),
        Node::Object(members) => {
            let pairs = pairs(members)?.into_iter();
            let separator = if style.explodes() { '=' } else { ',' };
            pairs
                .map(|(key, text)| format!("{}{separator}{}", encoded(&key), encoded(&text)))
                .collect()
        }
    };
    if parts.is_empty() {
        return Err(EMPTY);
    }
    Ok(match style {
        Style::Label => format!(".{}", parts.join(",")),
        Style::LabelExploded => format!(".{}", parts.join(".")),
        Style::MatrixExploded if is_list => {
            let name = format!(";{}=", encode(name, ENCODED));
            parts.iter().flat_map(|part| [&*name, part]).collect()
        }
        Style::MatrixExploded if is_object => {
            format!(";{}", parts.join(";"))
        }
        Style::Matrix | Style::MatrixExploded => {
            format!(";{}={}", encode(name, ENCODED), parts.join(","))
        }
        _ => parts.join(","),
    })
}

/// A header's value: a scalar as it is, an array or object with commas between its elements.
pub(crate) fn header_text(node: Node, style: Style) -> Result<Option<String>, Problem> {
    match node {
        Node::Absent => Ok(None),
        Node::Scalar(text) | Node::Text(text) => Ok(Some(text)),
        Node::List(items) => Ok(Some(scalars(items)?.join(","))),
        Node::Object(members) => {
            let separator = if style.explodes() { '=' } else { ',' };
            let pairs = pairs(members)?.into_iter();
            let pairs: Vec<String> = pairs
                .map(|(key, text)| format!("{key}{separator}{text}"))
                .collect();
            Ok(Some(pairs.join(",")))
        }
    }
}

/// A cookie's value, percent-encoded: raw commas and quotes are not legal in one (RFC 6265).
pub(crate) fn cookie_text(node: Node, style: Style) -> Result<Option<String>, Problem> {
    Ok(header_text(node, style)?.map(|text| encode(&text, ENCODED)))
}

/// How a query parameter is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    style: Style,
    encoded: &'static AsciiSet,
}

impl Written {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            style,
            encoded: ENCODED,
        }
    }

    /// Reserved characters stay readable.
    pub(crate) fn reserved(style: Style) -> Self {
        Self {
            style,
            encoded: ENCODED_BUT_RESERVED,
        }
    }
}

/// Appends a parameter to a query string, encoded; an absent one adds nothing.
pub(crate) fn push_query(
    query: &mut String,
    name: &str,
    node: Node,
    written: Written,
) -> Result<(), Problem> {
    let Written { style, encoded } = written;
    match (node, style) {
        (Node::Absent, _) => {}
        (Node::Scalar(text) | Node::Text(text), _) => push_value(query, name, &text, encoded),
        (Node::List(items), Style::Form | Style::DeepObject) => {
            for item in scalars(items)? {
                push_value(query, name, &item, encoded);
            }
        }
        (Node::Object(members), Style::Form) => {
            for (key, value) in members {
                if matches!(value, Node::Object(_)) {
                    return Err(TOO_DEEP);
                }
                push_query(query, &key, value, written)?;
            }
        }
        (Node::Object(members), Style::DeepObject) => {
            for (key, value) in members {
                push_query(query, &format!("{name}[{key}]"), value, written)?;
            }
        }
        (Node::List(items), _) => push_joined(query, name, &scalars(items)?, written),
        (Node::Object(members), _) => {
            let pairs = pairs(members)?.into_iter();
            let items: Vec<String> = pairs.flat_map(<[String; 2]>::from).collect();
            push_joined(query, name, &items, written);
        }
    }
    Ok(())
}

/// A body of the type `application/x-www-form-urlencoded`, with the styles of some members; `None` for an absent one.
pub(crate) fn form_text(node: Node, styles: &[(&str, Style)]) -> Result<Option<String>, Problem> {
    let members = match node {
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
        fields::fields(&key, value, style, &mut |name, field| match field {
            Field::Text(text) | Field::Json(text) => push_pair(&mut form, &name, &text),
            Field::Joined(items, style) => {
                push_joined(&mut form, &name, &items, Written::new(style));
            }
        })?;
    }
    Ok(Some(form))
}

/// One pair of encoded name and value.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    push_value(query, name, value, ENCODED);
}

fn push_value(query: &mut String, name: &str, value: &str, encoded: &'static AsciiSet) {
    if !query.is_empty() {
        query.push('&');
    }
    push_encoded(query, name, ENCODED);
    query.push('=');
    push_encoded(query, value, encoded);
}

fn push_encoded(query: &mut String, text: &str, set: &'static AsciiSet) {
    if text.bytes().all(is_unreserved) {
        // Most names and values; the general way looks at each byte more closely.
        query.push_str(text);
    } else {
        query.extend(percent_encode(text.as_bytes(), set));
    }
}

/// What no set encodes (RFC 3986, section 2.3).
#[inline]
pub(crate) fn is_unreserved(byte: u8) -> bool {
    UNRESERVED[usize::from(byte)]
}

/// A table, since every byte of every address is looked at.
static UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        byte += 1;
    }
    table
};

/// Elements are encoded and the separator is added after that, so an element may contain it.
fn push_joined(query: &mut String, name: &str, items: &[String], written: Written) {
    if items.is_empty() {
        return;
    }
    let separator = encode(separator(written.style), SEPARATOR);
    // Among reserved characters a comma in an element would be one more separator.
    let items: Vec<_> = items
        .iter()
        .map(|item| encode(item, written.encoded).replace(',', "%2C"))
        .collect();
    push_pair(query, name, "");
    query.push_str(&items.join(&separator));
}

/// What stands between the elements of an array.
fn separator(style: Style) -> &'static str {
    match style {
        Style::Space => " ",
        Style::Tab => "\t",
        Style::Pipe => "|",
        _ => ",",
    }
}

fn pairs(members: Vec<(String, Node)>) -> Result<Vec<(String, String)>, Problem> {
    let mut pairs = Vec::with_capacity(members.len());
    for (key, value) in members {
        match value {
            Node::Absent => {}
            Node::Scalar(text) | Node::Text(text) => pairs.push((key, text)),
            Node::List(_) | Node::Object(_) => return Err(TOO_DEEP),
        }
    }
    Ok(pairs)
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

/// The text itself where nothing in it has to be encoded.
fn encoded(text: String, set: &'static AsciiSet) -> String {
    if text.bytes().all(is_unreserved) {
        text
    } else {
        encode(&text, set)
    }
}

fn encode(text: &str, set: &'static AsciiSet) -> String {
    Cow::from(percent_encode(text.as_bytes(), set)).into_owned()
}
