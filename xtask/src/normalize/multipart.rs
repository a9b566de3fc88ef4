//! Takes the schema of a multipart body apart: its members are the parts of a form.
//!
//! The form itself needs no Rust type, since the builder of the operation has a setter for each part; a file needs
//! one that no schema describes, so its schema becomes [`PART`].

use super::media_types::{essence, is_parts};
use super::{Facts, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, edit_operations, flag, list, operation_pointer, resolve, shape, text};
use indexmap::IndexSet;
use serde_json::{Map, Value, json};
use std::cell::Cell;

const RULE: &str = "multipart";

/// Extension of the schema of a form in parts.
pub const FORM: &str = "x-parts";

/// Extension of the schema of a part that is written as the caller made it: [`FILE`] or [`ANY`].
pub const PART: &str = "x-part";

/// Bytes under a file name.
pub const FILE: &str = "file";

/// A file or a text, as the caller has it.
pub const ANY: &str = "any";

/// References and compositions followed before a schema is taken as it stands.
const MAX_DEPTH: usize = 16;

/// Schemas entered for one body: compositions that share parts double with each level.
const MAX_SCHEMAS: usize = 4_096;

/// A document, and how many of its schemas may yet be entered.
struct Schemas<'a> {
    root: &'a Value,
    left: Cell<usize>,
}

impl<'a> Schemas<'a> {
    fn new(root: &'a Value) -> Self {
        Self {
            root,
            left: Cell::new(MAX_SCHEMAS),
        }
    }

    /// What the schema is or refers to; `None` where that is nowhere, or too far away.
    fn enter(&self, schema: &'a Value, depth: usize) -> Option<&'a Value> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        resolve(self.root, schema).filter(|_| depth < MAX_DEPTH)
    }
}

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let whole = root.clone();
    edit_operations(root, &mut |path, method, operation| {
        let content = operation
            .pointer_mut("/requestBody/content")
            .and_then(Value::as_object_mut);
        let Some((media_type, body)) = content.and_then(|content| content.iter_mut().next()) else {
            return;
        };
        let schema = body.get("schema").unwrap_or(&Value::Null);
        if !is_parts(&essence(media_type)) || !body.is_object() || schema.get(FORM).is_some() {
            return;
        }
        let form = Form::read(&whole, schema, &body["encoding"]);
        let pointer = format!("{}/requestBody/content", operation_pointer(path, method));
        let key = format!("{} {path}", method.to_uppercase());
        let what = match form.members.len() {
            0 => format!("{media_type} of parts that the caller names"),
            1 => format!("{media_type} of 1 part"),
            count => format!("{media_type} of {count} parts"),
        };
        changes.push(if form.lost.is_empty() {
            lossless(RULE, &pointer, Some(&key), what)
        } else {
            lossy(
                RULE,
                &pointer,
                Some(&key),
                what,
                form.lost.iter().cloned().collect::<Vec<_>>().join(", "),
            )
        });
        body["schema"] = form.into_schema();
    });
    changes
}

/// Whether a body of this schema has a part that is a file.
pub(super) fn has_file(root: &Value, schema: &Value) -> bool {
    let form = Form::read(root, schema, &Value::Null);
    let is_file = |member: &Value| match member.get("items") {
        Some(items) => items[PART] == FILE,
        None => member[PART] == FILE,
    };
    form.members.values().any(is_file)
}

/// The parts that a schema describes.
#[derive(Default)]
struct Form {
    members: Map<String, Value>,
    required: IndexSet<Value>,
    /// Parts of other names may be there.
    open: bool,
    lost: IndexSet<String>,
}

impl Form {
    fn read(root: &Value, schema: &Value, encoding: &Value) -> Self {
        let schemas = Schemas::new(root);
        let mut form = Self::of(&schemas, schema, 0);
        form.members.retain(|_, member| !flag(member, "readOnly"));
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        form.open |= form.members.is_empty() && !is_closed;
        for (name, member) in &mut form.members {
            let encoding = encoding.get(name).unwrap_or(&Value::Null);
            if let Some(part) = ready_made(root, member, encoding, &mut form.lost) {
                *member = part;
            }
            if has_headers(encoding) {
                form.lost
                    .insert(format!("the headers of the part `{name}`"));
            }
        }
        form
    }

    fn of<'a>(schemas: &Schemas<'a>, schema: &'a Value, depth: usize) -> Self {
        let Some(object) = schemas.enter(schema, depth).and_then(Value::as_object) else {
            return Self::default();
        };
        let properties = object.get("properties").and_then(Value::as_object);
        let extra = object.get("additionalProperties");
        let mut form = Self {
            members: properties.cloned().unwrap_or_default(),
            required: list(object, "required").iter().cloned().collect(),
            open: extra.is_some_and(|extra| *extra != Value::Bool(false)),
            lost: IndexSet::new(),
        };
        for part in list(object, "allOf") {
            form.merge(Self::of(schemas, part, depth + 1));
        }
        let alternatives = list(object, "oneOf").iter().chain(list(object, "anyOf"));
        let mut alternatives =
            alternatives.map(|alternative| Self::of(schemas, alternative, depth + 1));
        if let Some(first) = alternatives.next() {
            form.merge(alternatives.fold(first, |one, other| one.or(schemas.root, other)));
        }
        form
    }

    /// Adds what another schema says of the same form.
    fn merge(&mut self, other: Self) {
        for (name, member) in other.members {
            self.members.entry(name).or_insert(member);
        }
        self.required.extend(other.required);
        self.open |= other.open;
        self.lost.extend(other.lost);
    }

    /// One form or another: all parts of both, and only those demanded that both demand.
    fn or(mut self, root: &Value, other: Self) -> Self {
        self.lose("which parts go together".to_owned());
        self.required.retain(|name| other.required.contains(name));
        for (name, member) in other.members {
            let Some(known) = self
                .members
                .get_mut(&name)
                .filter(|known| **known != member)
            else {
                self.members.entry(name).or_insert(member);
                continue;
            };
            let kinds = (
                kind(&Schemas::new(root), known, 0),
                kind(&Schemas::new(root), &member, 0),
            );
            if kinds.0 == kinds.1 && kinds.0.0 == Kind::File {
                continue;
            }
            let texts = ((Kind::Text, false), (Kind::Text, false));
            *known = if kinds == texts {
                json!({ "type": "string" })
            } else {
                json!({})
            };
            self.lose(format!("the types of the part `{name}`"));
        }
        self.open |= other.open;
        self
    }

    fn lose(&mut self, what: String) {
        self.lost.insert(what);
    }

    fn into_schema(self) -> Value {
        let required: Vec<Value> = self
            .required
            .into_iter()
            .filter(|name| {
                name.as_str()
                    .is_some_and(|name| self.members.contains_key(name))
            })
            .collect();
        let mut schema = json!({ "type": "object", "properties": self.members, FORM: true });
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        if self.open {
            schema["additionalProperties"] = true.into();
        }
        schema
    }
}

/// The schema of a part that the caller makes, if this is one: a file, or what no text or JSON stands for.
fn ready_made(
    root: &Value,
    member: &Value,
    encoding: &Value,
    lost: &mut IndexSet<String>,
) -> Option<Value> {
    let content_type = text(encoding, "contentType").unwrap_or_default();
    let (mut kind, many) = kind(&Schemas::new(root), member, 0);
    if kind == Kind::Text && is_binary(&content_type) {
        kind = Kind::File;
    } else if kind == Kind::Json && !content_type.is_empty() && !content_type.contains("json") {
        lost.insert(format!("the type of a part that is {content_type}"));
        kind = Kind::Any;
    }
    let name = match kind {
        Kind::File => FILE,
        Kind::Any => ANY,
        Kind::Text | Kind::Json => return None,
    };
    let mut part = json!({ PART: name });
    if many {
        part = json!({ "type": "array", "items": part });
    }
    let described = resolve(root, member).unwrap_or(member);
    if let Some(words) = text(member, "description").or_else(|| text(described, "description")) {
        part["description"] = words.into();
    }
    Some(part)
}

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Any,
    Text,
    Json,
}

/// The kind of a part or of its elements, and whether there may be several.
fn kind<'a>(schemas: &Schemas<'a>, schema: &'a Value, depth: usize) -> (Kind, bool) {
    let Some(schema) = schemas.enter(schema, depth) else {
        return (Kind::Json, false);
    };
    let each = |key: &str| -> Vec<(Kind, bool)> {
        let parts = schema.get(key).and_then(Value::as_array);
        let parts = parts.into_iter().flatten();
        parts.map(|part| kind(schemas, part, depth + 1)).collect()
    };
    match shape(schema) {
        Shape::Array => match schema.get("items") {
            Some(items) => (kind(schemas, items, depth + 1).0, true),
            None => (Kind::Any, true),
        },
        Shape::Scalar if is_file(schema) => (Kind::File, false),
        Shape::Scalar | Shape::Enum => (Kind::Text, false),
        Shape::Any => (Kind::Any, false),
        Shape::Composed => each("allOf")
            .into_iter()
            .find(|(kind, _)| *kind != Kind::Any)
            .unwrap_or((Kind::Any, false)),
        Shape::Union => either(&[each("oneOf"), each("anyOf")].concat()),
        Shape::Struct | Shape::Map | Shape::Reference => (Kind::Json, false),
    }
}

/// Alternatives of which some are files: the caller says which.
fn either(alternatives: &[(Kind, bool)]) -> (Kind, bool) {
    let many = alternatives.iter().any(|(_, many)| *many);
    let is = |wanted: Kind| move |(kind, _): &(Kind, bool)| *kind == wanted;
    let kind = if alternatives.iter().all(is(Kind::File)) {
        Kind::File
    } else if alternatives.iter().any(is(Kind::File)) || alternatives.iter().all(is(Kind::Any)) {
        Kind::Any
    } else if alternatives.iter().all(is(Kind::Text)) {
        Kind::Text
    } else {
        Kind::Json
    };
    (kind, many)
}

fn is_file(schema: &Value) -> bool {
    schema["type"] == "string" && (schema["format"] == "binary" || schema["format"] == "file")
}

/// Whether none of the content types is one of text, so that a string would not hold it.
fn is_binary(content_types: &str) -> bool {
    let is_text = |name: String| {
        name.starts_with("text/")
            || name == "*/*"
            || ["json", "xml", "yaml", "jwt", "urlencoded"]
                .iter()
                .any(|kind| name.ends_with(kind))
    };
    !content_types.is_empty() && !content_types.split(',').map(essence).any(is_text)
}

/// Headers other than those that every part may have.
fn has_headers(encoding: &Value) -> bool {
    let headers = encoding.get("headers").and_then(Value::as_object);
    headers.into_iter().flatten().any(|(name, _)| {
        !["content-type", "content-disposition"].contains(&name.to_ascii_lowercase().as_str())
    })
}
