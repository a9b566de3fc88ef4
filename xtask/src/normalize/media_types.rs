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

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let whole = root.clone();
    edit_operations(root, &mut |path, method, operation| {
        let base = operation_pointer(path, method);
        let key = format!("{} {path}", method.to_uppercase());
        if let Some(body) = operation.get_mut("requestBody")
            && let Some((kept, others)) = keep_one(body, &mut |name, value| {
                let schema = value.get("schema").unwrap_or(&Value::Null);
                // A file is written in one form only, whatever else is named.
                let misfit = !is_parts(&essence(name)) && has_file(&whole, schema);
                (misfit, rank(name))
            })
        {
            let what = format!("{kept} typed; {} sent as bytes", others.join(", "));
            let pointer = format!("{base}/requestBody/content");
            changes.push(lossless(RULE, &pointer, Some(&key), what));
            body[ALSO] = Value::from(others);
        }
        let dropped = operation
            .get_mut("requestBody")
            .filter(|body| !has_parts(body))
            .and_then(drop_unused_schema);
        if let Some(media_type) = dropped {
            let pointer = format!("{base}/requestBody/content");
            let what = format!("{media_type} sent as bytes that the caller makes");
            changes.push(lossy(
                RULE,
                &pointer,
                Some(&key),
                what,
                "the types of its parts",
            ));
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, answer) in answers.into_iter().flatten() {
            if let Some((kept, others)) = keep_one(answer, &mut |name, _| (false, rank(name))) {
                let pointer = format!("{base}/responses/{}/content", escape(status));
                let what = format!("{kept} typed; {} received as bytes", others.join(", "));
                changes.push(lossless(RULE, &pointer, Some(&key), what));
                answer[ALSO] = Value::from(others);
            }
            if let Some(media_type) = drop_unused_schema(answer) {
                let pointer = format!("{base}/responses/{}/content", escape(status));
                let what = format!("{media_type} received as bytes");
                changes.push(lossy(
                    RULE,
                    &pointer,
                    Some(&key),
                    what,
                    "the types of its parts",
                ));
            }
        }
    });
    changes
}

/// Takes a schema away that no Rust type can serve: XML and its kin are bytes. Gives the media type.
fn drop_unused_schema(holder: &mut Value) -> Option<String> {
    let content = holder.get_mut("content")?.as_object_mut()?;
    let (media_type, value) = content.iter_mut().next()?;
    let name = essence(media_type);
    if is_json(&name) || name == "*/*" || name == "application/x-www-form-urlencoded" {
        return None;
    }
    // Text and files are bytes anyway.
    if matches!(
        shape(value.get("schema")?),
        Shape::Scalar | Shape::Enum | Shape::Any
    ) {
        return None;
    }
    value.as_object_mut()?.shift_remove("schema");
    Some(media_type.clone())
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

/// Whether the one body is a form in parts.
fn has_parts(holder: &Value) -> bool {
    let content = holder.get("content").and_then(Value::as_object);
    content.is_some_and(|content| content.keys().any(|name| is_parts(&essence(name))))
}

/// Whether the media type carries JSON.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
