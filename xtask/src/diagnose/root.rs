//! Is it an `OpenAPI` document, and one that the pipeline reads?

use serde_json::Value;

use super::Context;
use super::walk::Node;
use crate::problem::{Problem, ProblemKind};
use crate::source::Document;

/// What the pipeline cannot go on without.
pub(super) fn check_root(document: &Document) -> Vec<Problem> {
    let Some(members) = document.root.as_object() else {
        let message = format!(
            "this is {}, not an OpenAPI document",
            describe(&document.root)
        );
        return vec![Problem::error(ProblemKind::NotOpenApi, message).at(document, "")];
    };
    let mut problems = Vec::new();
    match (members.get("openapi"), members.get("swagger")) {
        (Some(version), _) => {
            problems.extend(check_version(document, "openapi", version, &["3.0", "3.1"]));
        }
        (None, Some(version)) => {
            problems.extend(check_version(document, "swagger", version, &["2.0"]));
        }
        (None, None) => return vec![not_openapi(document)],
    }
    for name in ["paths", "components", "definitions", "info"] {
        // An empty `components:` of YAML is null, which is as good as none.
        if let Some(value) = members.get(name)
            && !(value.is_object() || value.is_null())
        {
            let message = format!("`{name}` is {}, not an object", describe(value));
            problems.push(
                Problem::error(ProblemKind::WrongType, message).at(document, format!("/{name}")),
            );
        }
    }
    // Since 3.1, a document may be about webhooks only, or be a store of components.
    let is_there = |name: &str| members.get(name).is_some_and(Value::is_object);
    let has_others = is_there("webhooks") || is_there("components");
    if members.get("paths").is_none_or(Value::is_null) && !has_others {
        problems.push(
            Problem::error(ProblemKind::MissingField, "the document has no `paths`")
                .in_file(document)
                .help("without paths there are no operations to make a client of"),
        );
    }
    if members.get("info").is_none_or(Value::is_null) {
        problems.push(
            Problem::error(ProblemKind::MissingField, "the document has no `info`")
                .in_file(document)
                .warning(),
        );
    }
    problems
}

pub(super) fn check_info(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    for name in ["title", "version"] {
        if node.get(name).is_none() {
            problems.push(context.warning(
                ProblemKind::MissingField,
                node,
                "",
                format!("`info` has no `{name}`"),
            ));
        }
    }
}

/// A JSON value's type, with its article.
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn check_version(
    document: &Document,
    name: &str,
    version: &Value,
    known: &[&str],
) -> Option<Problem> {
    let pointer = format!("/{name}");
    let help = format!(
        "the pipeline reads Swagger 2.0 and OpenAPI 3.0 and 3.1; the document says `{name}: {version}`"
    );
    let (text, quoted) = match version {
        Value::String(text) => (text.clone(), true),
        // `swagger: 2.0` without quotes.
        Value::Number(number) => (number.to_string(), false),
        _ => {
            let message = format!("`{name}` is {}, not a version", describe(version));
            return Some(
                Problem::error(ProblemKind::WrongType, message)
                    .at(document, pointer)
                    .help(help),
            );
        }
    };
    let minor: String = text.split('.').take(2).collect::<Vec<_>>().join(".");
    if !known.contains(&minor.as_str()) {
        let message = format!("version `{text}` is not supported");
        return Some(
            Problem::error(ProblemKind::UnsupportedVersion, message)
                .at(document, pointer)
                .help(help),
        );
    }
    let message = format!("`{name}` is a number, not a string");
    (!quoted).then(|| {
        Problem::error(ProblemKind::WrongType, message)
            .warning()
            .at(document, pointer)
    })
}

/// What else it may be, for those who took the wrong file.
fn not_openapi(document: &Document) -> Problem {
    let has = |name: &str| document.root.get(name).is_some();
    let help = if has("swaggerVersion") || has("apis") {
        "it looks like Swagger 1.x: convert it to OpenAPI 3.0"
    } else if has("asyncapi") {
        "it is an AsyncAPI document"
    } else if has("overlay") && has("actions") {
        "it is an overlay: name it `overlay.yaml`, beside the document"
    } else if document.pointer("/info/_postman_id").is_some() || has("item") {
        "it looks like a Postman collection: convert it to OpenAPI 3.0"
    } else if has("$schema") {
        "it looks like a JSON Schema"
    } else if has("error") || has("errors") || has("message") {
        "it looks like the error answer of a server: download the document again"
    } else {
        "an OpenAPI document has a member `openapi` or `swagger` at its top"
    };
    Problem::error(ProblemKind::NotOpenApi, "this is not an OpenAPI document")
        .at(document, "")
        .help(help)
}
