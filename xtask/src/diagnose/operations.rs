//! Checks of paths, operations, parameters and security.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Context;
use super::references::resolve_node;
use super::walk::{Kind, Node};
use crate::folder::{OperationKey, erase};
use crate::problem::{Problem, ProblemKind};
use crate::source::{METHODS, escape_segment};

const PLACES: &[&str] = &["query", "header", "path", "cookie", "body", "formData"];
const PATH_ITEM_FIELDS: &[&str] = &["parameters", "summary", "description", "servers", "$ref"];

/// Longest path, in bytes. No server takes a longer one, and every pointer into it repeats it.
const MAX_PATH: usize = 4000;

/// Paths start with a slash, are not too long, and their braces are in pairs; there is at least one.
pub(super) fn check_paths(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let Some(paths) = node.value.as_object() else {
        return;
    };
    for path in paths.keys().filter(|path| !path.starts_with("x-")) {
        let member = format!("/{}", escape_segment(path));
        if path.len() > MAX_PATH {
            let length = path.len();
            let message = format!("a path of {length} bytes, which is more than {MAX_PATH}");
            let pointer = format!("{}{member}", context.walk.pointer(node));
            problems.push(context.problem(ProblemKind::TooLarge, pointer, message));
            continue;
        }
        if !path.starts_with('/') {
            let message = format!("the path `{path}` does not start with `/`");
            problems.push(context.warning(ProblemKind::InvalidPath, node, &member, message));
        }
        if erase(path).replace("{}", "").contains(['{', '}']) {
            let message = format!("the path `{path}` has a brace without its counterpart");
            problems.push(context.warning(ProblemKind::InvalidPath, node, &member, message));
        }
    }
}

/// The members of a path item are methods, or fields that it may have.
pub(super) fn check_path_item(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    for name in node
        .value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        if METHODS.contains(&name.as_str())
            || PATH_ITEM_FIELDS.contains(&name.as_str())
            || name.starts_with("x-")
        {
            continue;
        }
        let member = format!("/{}", escape_segment(name));
        let problem = context.warning(
            ProblemKind::UnknownField,
            node,
            &member,
            format!("`{name}` is not a method"),
        );
        problems.push(problem.help(format!("expected one of {}", METHODS.join(", "))));
    }
}

/// An operation has at least one response, under a status, a class of statuses or `default`.
pub(super) fn check_responses(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let Some(responses) = node
        .get("responses")
        .filter(|responses| !responses.is_null())
    else {
        problems.push(context.warning(
            ProblemKind::MissingField,
            node,
            "",
            "the operation has no `responses`",
        ));
        return;
    };
    let Some(responses) = responses.as_object() else {
        return;
    };
    if responses.is_empty() {
        problems.push(context.warning(
            ProblemKind::MissingField,
            node,
            "/responses",
            "`responses` is empty",
        ));
    }
    for status in responses.keys().filter(|status| !is_status(status)) {
        let member = format!("/responses/{}", escape_segment(status));
        let message = format!("`{status}` is not a status");
        problems.push(
            context
                .warning(ProblemKind::InvalidValue, node, &member, message)
                .help("expected three digits, as `200`, a class, as `2XX`, or `default`"),
        );
    }
}

fn is_status(text: &str) -> bool {
    let bytes = text.as_bytes();
    let class = matches!(bytes.first(), Some(b'1'..=b'5'));
    let exact = bytes.len() == 3 && bytes.iter().all(u8::is_ascii_digit);
    let range = bytes.len() == 3 && bytes.get(1..) == Some(b"XX");
    text == "default" || text.starts_with("x-") || (class && (exact || range))
}

/// A parameter has a name and a place; one in the path is required.
pub(super) fn check_parameter(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    if node.reference().is_some() || !node.value.is_object() {
        return;
    }
    let name = node.get("name").and_then(Value::as_str);
    if node.get("name").is_none() {
        problems.push(context.warning(
            ProblemKind::MissingField,
            node,
            "",
            "the parameter has no `name`",
        ));
    }
    let shown = name.unwrap_or_default();
    match node.get("in") {
        None => {
            let message = format!("the parameter `{shown}` has no `in`");
            problems.push(
                context
                    .warning(ProblemKind::MissingField, node, "", message)
                    .help(format!("expected one of {}", PLACES.join(", "))),
            );
        }
        Some(Value::String(place)) if !PLACES.contains(&place.as_str()) => {
            let message = format!("the parameter `{shown}` is in `{place}`, which does not exist");
            problems.push(
                context
                    .warning(ProblemKind::InvalidParameter, node, "/in", message)
                    .help(format!("expected one of {}", PLACES.join(", "))),
            );
        }
        Some(Value::String(place))
            if place == "path" && node.get("required") != Some(&Value::Bool(true)) =>
        {
            let message = format!("the path parameter `{shown}` is not marked as required");
            problems.push(context.warning(ProblemKind::InvalidParameter, node, "", message));
        }
        Some(_) => {}
    }
}

/// No two parameters of one list have the same name and place.
pub(super) fn check_parameters(
    context: &Context<'_>,
    node: &Node<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut seen = BTreeSet::new();
    let list = node.get("parameters").and_then(Value::as_array);
    for (index, parameter) in list.into_iter().flatten().enumerate() {
        let Some((place, name)) = place_and_name(context, parameter) else {
            continue;
        };
        if !seen.insert((place, name)) {
            let member = format!("/parameters/{index}");
            let message = format!("the {place} parameter `{name}` is declared twice");
            problems.push(context.warning(ProblemKind::InvalidParameter, node, &member, message));
        }
    }
}

/// The parameters in the path template and the path parameters declared are the same.
pub(super) fn check_path_parameters(
    context: &Context<'_>,
    node: &Node<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(item) = context
        .walk
        .parent(node)
        .filter(|item| is_under_paths(context, item))
    else {
        return;
    };
    let Some(path) = item.name() else { return };
    let in_template = template_parameters(path);
    let mut declared = BTreeSet::new();
    for holder in [item, node] {
        let list = holder.get("parameters").and_then(Value::as_array);
        let parameters = list
            .into_iter()
            .flatten()
            .filter_map(|parameter| place_and_name(context, parameter));
        declared.extend(
            parameters
                .filter(|(place, _)| *place == "path")
                .map(|(_, name)| name),
        );
    }
    for name in in_template.iter().filter(|name| !declared.contains(**name)) {
        let message = format!("the path parameter `{name}` is not declared");
        problems.push(context.warning(ProblemKind::InvalidPath, node, "", message));
    }
    for name in declared.iter().filter(|name| !in_template.contains(*name)) {
        let message = format!("the path parameter `{name}` does not stand in the path `{path}`");
        problems.push(context.warning(ProblemKind::InvalidPath, node, "", message));
    }
}

/// Path items of components and webhooks have no path of their own.
fn is_under_paths(context: &Context<'_>, item: &Node<'_>) -> bool {
    context
        .walk
        .parent(item)
        .is_some_and(|parent| parent.kind == Kind::Paths)
}

/// What stands between the braces of a path template.
fn template_parameters(path: &str) -> BTreeSet<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

/// `None` for a parameter that has no name or place, which another check reports.
fn place_and_name<'a>(context: &Context<'a>, parameter: &'a Value) -> Option<(&'a str, &'a str)> {
    let parameter = resolve_node(&context.document.root, parameter)?;
    Some((
        parameter.get("in")?.as_str()?,
        parameter.get("name")?.as_str()?,
    ))
}

/// Schemes that a security requirement names are declared.
pub(super) fn check_security(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let root = &context.document.root;
    let declared = [
        root.pointer("/components/securitySchemes"),
        root.get("securityDefinitions"),
    ];
    for name in node
        .value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        if declared
            .iter()
            .flatten()
            .any(|schemes| schemes.get(name).is_some())
        {
            continue;
        }
        let member = format!("/{}", escape_segment(name));
        let message = format!("the security scheme `{name}` is not declared");
        problems.push(context.warning(ProblemKind::UnknownSecurityScheme, node, &member, message));
    }
}

/// A client without a method is rarely what was wanted.
pub(super) fn check_any_operation(context: &Context<'_>, problems: &mut Vec<Problem>) {
    let root = &context.document.root;
    let has_operation = |item: &Value| {
        let members = item.as_object();
        members.is_some_and(|members| {
            let is_one = |name: &String| METHODS.contains(&name.as_str()) || name == "$ref";
            members.keys().any(is_one)
        })
    };
    let paths = root.get("paths").and_then(Value::as_object);
    if paths.is_some_and(|paths| paths.values().any(has_operation)) {
        return;
    }
    let webhooks = root.get("webhooks").and_then(Value::as_object);
    let (pointer, message) = match webhooks.map_or(0, serde_json::Map::len) {
        0 => ("/paths", "the document has no operations".to_owned()),
        count => {
            let what = format!(
                "the document has no operations, only webhooks ({count}), which are set aside"
            );
            ("/webhooks", what)
        }
    };
    let problem = context.problem(ProblemKind::MissingField, pointer.to_owned(), message);
    problems.push(problem.warning().help("the client will have no methods"));
}

/// No two operations have the same `operationId`.
pub(super) fn check_operation_ids(context: &Context<'_>, problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<&str, &Node<'_>> = BTreeMap::new();
    for node in context.walk.of_kind(Kind::Operation) {
        let Some(id) = node.get("operationId").and_then(Value::as_str) else {
            continue;
        };
        if let Some(other) = first.get(id) {
            let other = context.walk.pointer(other);
            let other = crate::source::operation_at(&other).unwrap_or(other);
            let message = format!("the operation id `{id}` is already that of {other}");
            problems.push(context.warning(
                ProblemKind::DuplicateOperation,
                node,
                "/operationId",
                message,
            ));
        } else {
            first.insert(id, node);
        }
    }
}

/// No two paths differ only in the names of their parameters while they share a method.
pub(super) fn check_equal_paths(context: &Context<'_>, problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<OperationKey, &str> = BTreeMap::new();
    for node in context.walk.of_kind(Kind::Operation) {
        let Some(item) = context
            .walk
            .parent(node)
            .filter(|item| is_under_paths(context, item))
        else {
            continue;
        };
        let (Some(path), Some(method)) = (item.name(), node.name()) else {
            continue;
        };
        if let Some(other) = first.insert(OperationKey::new(method, path), path) {
            let message = format!(
                "{} {path} is the same as that of `{other}`",
                method.to_ascii_uppercase()
            );
            problems.push(context.warning(ProblemKind::DuplicateOperation, node, "", message));
        }
    }
}
