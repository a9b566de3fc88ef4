//! Leaves one media type per body.
//!
//! The names of the others stay under `x-also`: the operation's builder sends and receives those as bytes.

use super::multipart::has_file;
use super::{Facts, lossless, lossy};
use crate::change::Change;
use crate::schema::{Shape, edit_operations, escape, operation_pointer, shape};
use serde_json::{Map, Value};

const RULE: &str = "media_types";

/// Extension of a body: its media types besides the one in `content`.
pub const ALSO: &str = "x-also";

/// Extension of a media type that says nothing of structure, under which a schema with members stands: it is JSON.
pub const JSON: &str = "x-json";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let whole = root.clone();
    edit_operations(root, &mut |path, method, operation| {
        let base = operation_pointer(path, method);
        let mut at = At {
            key: format!("{} {path}", method.to_uppercase()),
            changes: &mut changes,
        };
        if let Some(body) = operation.get_mut("requestBody") {
            at.request(&whole, body, &format!("{base}/requestBody/content"));
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, answer) in answers.into_iter().flatten() {
            let pointer = format!("{base}/responses/{}/content", escape(status));
            at.answer(status, answer, &pointer);
        }
    });
    changes
}

/// The operation at hand, and what was done to it.
struct At<'a> {
    key: String,
    changes: &'a mut Vec<Change>,
}

impl At<'_> {
    fn request(&mut self, whole: &Value, body: &mut Value, pointer: &str) {
        if let Some(wrong) = rename_form(body) {
            let what = format!("{wrong} read as multipart/form-data");
            self.kept(pointer, what);
        }
        let kept = keep_one(body, &mut |name, value| {
            let schema = value.get("schema").unwrap_or(&Value::Null);
            // A file is written in one form only, whatever else is named.
            let misfit = !is_parts(&essence(name)) && has_file(whole, schema);
            (misfit, rank(name))
        });
        if let Some((kept, others)) = kept {
            let what = format!("{kept} typed; {} sent as bytes", others.join(", "));
            self.kept(pointer, what);
            body[ALSO] = Value::from(others);
        }
        match structure(body, is_bare) {
            Structure::Json(name) => self.kept(pointer, format!("{name} sent as JSON")),
            Structure::Lost(name) => {
                self.lost(
                    pointer,
                    format!("{name} sent as bytes that the caller makes"),
                );
            }
            Structure::Plain => {}
        }
    }

    fn answer(&mut self, status: &str, answer: &mut Value, pointer: &str) {
        if let Some((kept, others)) = keep_one(answer, &mut |name, _| {
            // Nobody takes an answer in parts apart.
            (is_parts(&essence(name)), rank(name))
        }) {
            let what = format!("{kept} typed; {} received as bytes", others.join(", "));
            self.kept(pointer, what);
            answer[ALSO] = Value::from(others);
        }
        // A failure has not the form of the file that was asked for.
        let json = if status.starts_with(['4', '5']) {
            |name: &str| !is_markup(name)
        } else {
            |name: &str| name == "text/plain"
        };
        match structure(answer, json) {
            Structure::Json(name) => self.kept(pointer, format!("{name} read as JSON")),
            Structure::Lost(name) => self.lost(pointer, format!("{name} received as bytes")),
            Structure::Plain => {}
        }
    }

    fn kept(&mut self, pointer: &str, what: String) {
        self.changes
            .push(lossless(RULE, pointer, Some(&self.key), what));
    }

    fn lost(&mut self, pointer: &str, what: String) {
        let loss = "the types of what it holds";
        self.changes
            .push(lossy(RULE, pointer, Some(&self.key), what, loss));
    }
}

/// What a body of a media type without a structure of its own is.
enum Structure {
    /// Nothing to decide: text, bytes, or a media type that has a structure.
    Plain,
    /// JSON, since its schema has members.
    Json(String),
    /// Bytes; the schema is gone.
    Lost(String),
}

/// Decides whether a schema with members describes JSON; no Rust type can serve XML and its kin.
fn structure(holder: &mut Value, is_json_too: impl Fn(&str) -> bool) -> Structure {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    let Some((media_type, value)) = content.and_then(|content| content.iter_mut().next()) else {
        return Structure::Plain;
    };
    let name = essence(media_type);
    if is_json(&name) || is_parts(&name) || value.get(JSON).is_some() {
        return Structure::Plain;
    }
    if name == "*/*" || name == "application/x-www-form-urlencoded" {
        return Structure::Plain;
    }
    // Text and files are bytes anyway.
    let plain = value
        .get("schema")
        .is_none_or(|schema| matches!(shape(schema), Shape::Scalar | Shape::Enum | Shape::Any));
    let Some(value) = value.as_object_mut().filter(|_| !plain) else {
        return Structure::Plain;
    };
    if is_json_too(&name) {
        value.insert(JSON.to_owned(), true.into());
        return Structure::Json(media_type.clone());
    }
    value.shift_remove("schema");
    Structure::Lost(media_type.clone())
}

/// Whether the media type says nothing of what it carries.
fn is_bare(essence: &str) -> bool {
    ["text/plain", "application/octet-stream", "application/*"].contains(&essence)
}

/// Whether the media type has a structure that is not that of JSON.
fn is_markup(essence: &str) -> bool {
    const WORDS: [&str; 7] = ["xml", "html", "yaml", "yml", "jwt", "jose", "multipart/"];
    WORDS.iter().any(|word| essence.contains(word))
}

/// Names that writers of documents give to a form in parts; gives the wrong one.
fn rename_form(body: &mut Value) -> Option<String> {
    let content = body.get_mut("content")?.as_object_mut()?;
    let wrong = content
        .keys()
        .find(|name| ["application/form-data", "form-data"].contains(&essence(name).as_str()))?
        .clone();
    let value = content.shift_remove(&wrong)?;
    content.entry("multipart/form-data").or_insert(value);
    Some(wrong)
}

/// Reduces `content` to the media type of the lowest rank; gives it and the ones dropped.
fn keep_one(
    holder: &mut Value,
    rank: &mut dyn FnMut(&str, &Value) -> (bool, u8),
) -> Option<(String, Vec<String>)> {
    let content = holder.get_mut("content")?.as_object_mut()?;
    if content.len() < 2 {
        return None;
    }
    let (kept, _) = content
        .iter()
        .min_by_key(|(name, value)| rank(name, value))?;
    let kept = kept.clone();
    let value = content.shift_remove(&kept)?;
    let others = content.keys().cloned().collect();
    *content = Map::from_iter([(kept.clone(), value)]);
    Some((kept, others))
}

/// Lower is preferred.
fn rank(media_type: &str) -> u8 {
    match essence(media_type).as_str() {
        "application/json" => 0,
        json if json.ends_with("+json") => 1,
        "application/x-www-form-urlencoded" => 2,
        parts if is_parts(parts) => 3,
        "*/*" => 6,
        text if text.starts_with("text/") => 4,
        _ => 5,
    }
}

/// The media type without parameters, lower case.
#[must_use]
pub fn essence(media_type: &str) -> String {
    let end = media_type.find(';').unwrap_or(media_type.len());
    media_type[..end].trim().to_ascii_lowercase()
}

/// Whether the media type, without parameters, is that of a form in parts.
///
/// Of the others, `multipart/related` and its kin tell parts apart by order, and no schema says which comes when.
#[must_use]
pub fn is_parts(essence: &str) -> bool {
    ["multipart/form-data", "multipart/mixed", "multipart/*"].contains(&essence)
}

/// Whether the media type carries JSON.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
