//! Checks of schemas beyond the JSON types of their keywords.

use serde_json::Value;

use super::Context;
use super::walk::{Kind, Node};
use crate::problem::{Problem, ProblemKind};

const TYPES: &[&str] = &[
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// `type` is one of those that JSON Schema knows; `file` only as Swagger 2.0 has it.
pub(super) fn check_type(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let single = node.get("type").and_then(Value::as_str);
    let several = node
        .get("type")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let file_allowed = context
        .walk
        .parent(node)
        .is_some_and(|parent| parent.kind == Kind::Response);
    for name in single.into_iter().chain(several) {
        if TYPES.contains(&name) || (name == "file" && file_allowed) {
            continue;
        }
        let problem = context.warning(
            ProblemKind::InvalidValue,
            node,
            "/type",
            format!("`{name}` is not a type of JSON Schema"),
        );
        problems.push(match alternative(name) {
            Some(help) => problem.help(help),
            None => problem.help(format!("expected one of {}", TYPES.join(", "))),
        });
    }
}

/// An array says what its elements are.
pub(super) fn check_items(context: &Context<'_>, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let is_array = node.get("type").and_then(Value::as_str) == Some("array");
    if is_array && node.get("items").is_none() && node.get("prefixItems").is_none() {
        let message = "the array does not say what its `items` are";
        problems.push(context.warning(ProblemKind::MissingField, node, "", message));
    }
}

/// What the author of a type that does not exist most likely meant.
fn alternative(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "int" | "int32" | "int64" | "long" => "write `type: integer`",
        "float" | "double" | "decimal" => "write `type: number`",
        "bool" => "write `type: boolean`",
        "str" | "text" | "uuid" => "write `type: string`",
        "date" => "write `type: string` with `format: date`",
        "datetime" | "date-time" | "timestamp" => "write `type: string` with `format: date-time`",
        "file" | "binary" => "write `type: string` with `format: binary`",
        "dict" | "map" | "json" => "write `type: object`",
        "list" => "write `type: array`",
        "string" | "number" | "integer" | "boolean" | "array" | "object" | "null" => {
            "write it in lower case"
        }
        "none" => "write `nullable: true` beside another type",
        "any" => "leave `type` out",
        _ => return None,
    })
}
