//! Swagger 2.0 in the words of `OpenAPI` 3.0.

mod bodies;
mod collections;
mod parameters;
mod responses;
mod schemas;
mod security;

use super::Version;
use super::report::Report;
use super::target::{locate_value, reference};
use crate::schema::{METHODS, escape};
use serde_json::{Map, Value};

const RULE: &str = "swagger2";

/// Media type where the document names none.
const JSON: &str = "application/json";

/// What holds for the whole document.
#[derive(Debug)]
struct Defaults {
    consumes: Vec<String>,
    produces: Vec<String>,
}

impl Defaults {
    fn of(root: &Value) -> Self {
        Self {
            consumes: media_types(root, "consumes").unwrap_or_default(),
            produces: media_types(root, "produces").unwrap_or_default(),
        }
    }
}

/// The media types that an operation or a document lists, if it has such a list.
fn media_types(value: &Value, key: &str) -> Option<Vec<String>> {
    let listed = match value.get(key)? {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(name) => vec![name.as_str()],
        _ => return None,
    };
    let names = listed
        .into_iter()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Some(names.map(str::to_owned).collect())
}

pub(super) fn apply(root: &mut Value, version: Version, report: &mut Report) {
    let defaults = Defaults::of(root);
    schemas::apply(root, report);
    bodies::apply(root, &defaults, report);
    responses::apply(root, &defaults, report);
    parameters::apply(root, version, report);
    security::apply(root, report);
    collections::apply(root, report);
    server(root, report);
    for key in ["consumes", "produces"] {
        if let Some(members) = root.as_object_mut()
            && members.shift_remove(key).is_some()
        {
            report.note(RULE, &format!("/{key}"), "said at each body");
        }
    }
}

/// Calls `edit` with the pointer and the members of each operation.
fn edit_operations(root: &mut Value, edit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut()
                && METHODS.contains(&method.as_str())
            {
                edit(&format!("/paths/{}/{method}", escape(path)), operation);
            }
        }
    }
}

/// What a reference in place of a value names, and its pointer.
fn referred<'a>(root: &'a Value, value: &Value) -> Option<(&'a Value, String)> {
    let pointer = locate_value(root, reference(value)?).ok()?;
    Some((root.pointer(&pointer)?, pointer))
}

/// `host`, `basePath` and `schemes` become the server.
fn server(root: &mut Value, report: &mut Report) {
    let Some(members) = root.as_object_mut() else {
        return;
    };
    let Some(said) = ["basePath", "host", "schemes"]
        .into_iter()
        .find(|key| members.contains_key(*key))
    else {
        return;
    };
    let mut take = |key: &str| members.shift_remove(key);
    let (host, base, schemes) = (take("host"), take("basePath"), take("schemes"));
    let text = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let base = text(&base);
    let base = base.trim_matches('/');
    let host = text(&host);
    let host = host.trim_end_matches('/');
    let schemes: Vec<&str> = schemes
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let scheme = match schemes.first() {
        Some(first) if !schemes.contains(&"https") => first,
        _ => "https",
    };
    let url = match host {
        "" => format!("/{base}"),
        host if host.contains("://") => format!("{host}/{base}"),
        host => format!("{scheme}://{host}/{base}"),
    };
    if !members.contains_key("servers") {
        let what = format!("host, basePath and schemes are the server {url}");
        members.insert("servers".to_owned(), serde_json::json!([{ "url": url }]));
        let pointer = format!("/{said}");
        report.note(RULE, &pointer, what);
        report.moved([(pointer, "/servers/0/url".to_owned())]);
    }
}
