//! Forms: the members of a body and how each is written.

use super::styles::style;
use super::{Content, Multipart, Part, PartKind, Style};
use crate::names::{Taken, unique, value_name};
use crate::normalize::media_types::{essence, is_json};
use crate::normalize::multipart::{ANY, FILE, FORM, PART};
use crate::schema::{Shape, flag, list, resolve, shape, text};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The form in parts that a media type describes, if it does; setters are told from those in `taken`.
pub(super) fn multipart(media_type: &Value, taken: &mut Taken) -> Option<Content> {
    let schema = media_type.get("schema")?;
    if !flag(schema, FORM) {
        return None;
    }
    let empty = Map::new();
    let required = list(schema.as_object().unwrap_or(&empty), "required");
    let required: HashSet<&str> = required.iter().filter_map(Value::as_str).collect();
    let members = schema.get("properties").and_then(Value::as_object);
    let parts = members.unwrap_or(&empty).iter().map(|(wire_name, schema)| {
        let encoding = media_type
            .pointer("/encoding")
            .and_then(|all| all.get(wire_name));
        Part {
            name: unique(value_name(wire_name), taken),
            wire_name: wire_name.clone(),
            required: required.contains(wire_name.as_str()),
            kind: kind(schema, encoding),
            content_types: content_types(encoding),
            description: text(schema, "description"),
            schema: schema.clone(),
        }
    });
    let parts = parts.collect();
    let open = flag(schema, "additionalProperties").then(|| unique("part", taken));
    Some(Content::Multipart(Multipart { parts, open }))
}

fn kind(schema: &Value, encoding: Option<&Value>) -> PartKind {
    let many = schema.get("items").is_some();
    let part = schema.get("items").unwrap_or(schema).get(PART);
    match part.and_then(Value::as_str) {
        Some(FILE) => PartKind::File { many },
        Some(ANY) => PartKind::Any { many },
        _ => PartKind::Value(encoding.and_then(stated_style)),
    }
}

/// The content types that an encoding lists, those of a kind (`image/*`) too.
fn content_types(encoding: Option<&Value>) -> Vec<String> {
    let listed = encoding.and_then(|encoding| text(encoding, "contentType"));
    let listed = listed.unwrap_or_default();
    let names = listed
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The members of a URL-encoded form that have a style of their own.
pub(super) fn styles(root: &Value, media_type: &Value) -> Vec<(String, Style)> {
    let schema = media_type
        .get("schema")
        .and_then(|schema| resolve(root, schema));
    let properties = schema.and_then(|schema| schema.get("properties"));
    let encoding = media_type.get("encoding").and_then(Value::as_object);
    let members = encoding
        .into_iter()
        .flatten()
        .filter_map(|(name, encoding)| {
            let member = properties.and_then(|all| all.get(name));
            let is_array = member.is_some_and(|member| shape(member) == Shape::Array);
            let is_whole = is_array
                && text(encoding, "contentType").is_some_and(|name| is_json(&essence(&name)));
            let style = stated_style(encoding).or(is_whole.then_some(Style::Json))?;
            Some((name.clone(), style))
        });
    members.collect()
}

/// The style that an encoding states; without a word about it, the content decides.
fn stated_style(encoding: &Value) -> Option<Style> {
    let says = |key: &str| encoding.get(key).is_some_and(|value| !value.is_null());
    (says("style") || says("explode")).then(|| style(encoding))
}
