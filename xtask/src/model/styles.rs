//! How lists and objects are written as text.

use super::Style;
use crate::normalize::media_types::is_json;
use crate::schema::{flag, text};
use serde_json::Value;

/// Whether the value is the text of a JSON body.
fn is_json_text(parameter: &Value) -> bool {
    let content = parameter.get("content").and_then(Value::as_object);
    content
        .and_then(|content| content.keys().next())
        .is_some_and(|media_type| is_json(media_type))
}

/// The style of a query parameter, or of a member of a form.
pub(super) fn style(holder: &Value) -> Style {
    if is_json_text(holder) {
        return Style::Json;
    }
    let explode = holder.get("explode").and_then(Value::as_bool);
    match text(holder, "style").as_deref() {
        Some("tabDelimited") => Style::Tab,
        Some("deepObject") => Style::DeepObject,
        Some("spaceDelimited") if explode != Some(true) => Style::Space,
        Some("pipeDelimited") if explode != Some(true) => Style::Pipe,
        _ if explode == Some(false) => Style::Comma,
        _ => Style::Form,
    }
}

/// The style of a place where `simple` is the default; a cookie's `form` is the same but for the name.
pub(super) fn simple_style(parameter: &Value) -> Style {
    if is_json_text(parameter) {
        return Style::Json;
    }
    let explode = flag(parameter, "explode");
    match (text(parameter, "style").as_deref(), explode) {
        (Some("label"), false) => Style::Label,
        (Some("label"), true) => Style::LabelExploded,
        (Some("matrix"), false) => Style::Matrix,
        (Some("matrix"), true) => Style::MatrixExploded,
        (_, false) => Style::Comma,
        (_, true) => Style::Form,
    }
}
