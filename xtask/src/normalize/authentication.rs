//! Strips credentials and content headers from the parameters.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{edit_operations, operation_pointer, text};
use serde_json::{Value, json};

const RULE: &str = "authentication";

/// Headers that the connection or the body decides, lower case.
const HEADERS: [&str; 10] = [
    "authorization",
    "api-key",
    "x-api-key",
    "x-auth-token",
    "cookie",
    "content-type",
    "content-length",
    "accept",
    "host",
    "user-agent",
];

/// Those of them that carry a credential.
const CREDENTIALS: [&str; 4] = ["authorization", "api-key", "x-api-key", "x-auth-token"];

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let declared = declared_headers(root);
    let mut credentials: Option<String> = None;
    let mut changes = Vec::new();
    edit_operations(root, &mut |path, method, operation| {
        let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        else {
            return;
        };
        parameters.retain(|parameter| {
            let Some(name) = stripped(parameter, &declared) else {
                return true;
            };
            let what = format!("header parameter {name} left to the connection");
            if credentials.is_none() && CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()) {
                credentials = Some(name.clone());
            }
            let key = format!("{} {path}", method.to_uppercase());
            let pointer = format!("{}/parameters", operation_pointer(path, method));
            changes.push(lossless(RULE, &pointer, Some(&key), what));
            false
        });
    });
    if let Some(header) = credentials.filter(|_| !has_schemes(root)) {
        changes.extend(adopt(root, &header));
    }
    changes
}

fn has_schemes(root: &Value) -> bool {
    let schemes = root
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    schemes.is_some_and(|schemes| !schemes.is_empty())
}

/// A document that asks for its key as a parameter of each call gets a security scheme instead.
fn adopt(root: &mut Value, header: &str) -> Option<Change> {
    let components = root
        .as_object_mut()?
        .entry("components")
        .or_insert_with(|| json!({}));
    let scheme = json!({ "type": "apiKey", "in": "header", "name": header });
    components
        .as_object_mut()?
        .insert("securitySchemes".to_owned(), json!({ "key": scheme }));
    if root.get("security").is_none() {
        root["security"] = json!([{ "key": [] }]);
    }
    let what = format!("header {header} taken for the document's security scheme");
    Some(lossless(RULE, "/components/securitySchemes", None, what))
}

/// The header's name when the connection sends it.
fn stripped(parameter: &Value, declared: &[String]) -> Option<String> {
    if text(parameter, "in")? != "header" {
        return None;
    }
    let name = text(parameter, "name")?;
    let lower = name.to_ascii_lowercase();
    (HEADERS.contains(&lower.as_str()) || declared.contains(&lower)).then_some(name)
}

/// Header names of the document's own security schemes, lower case.
fn declared_headers(root: &Value) -> Vec<String> {
    let schemes = root
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    schemes
        .into_iter()
        .flatten()
        .filter(|(_, scheme)| text(scheme, "in").as_deref() == Some("header"))
        .filter_map(|(_, scheme)| text(scheme, "name"))
        .map(|name| name.to_ascii_lowercase())
        .collect()
}
