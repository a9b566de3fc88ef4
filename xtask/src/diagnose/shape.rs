//! Are the members of the JSON types that they must be?

use serde_json::Value;

use super::Context;
use super::root::describe;
use super::walk::{Kind, Node, Shape};
use crate::problem::{Problem, ProblemKind};
use crate::source::escape_segment;

/// Compares every member that the table of kinds knows with its shape.
pub(super) fn check_shapes(context: &Context<'_>, problems: &mut Vec<Problem>) {
    for node in context.walk.nodes() {
        if !fits_node(node) {
            let message = format!(
                "{} is {}, not an object",
                article(node.kind),
                describe(node.value)
            );
            problems.push(context.warning(ProblemKind::WrongType, node, "", message));
        }
        let known = node.kind.members();
        for (name, value) in node.value.as_object().into_iter().flatten() {
            let Some((_, shape)) = known.iter().find(|(known, _)| known == name) else {
                continue;
            };
            if let Some(expected) = mismatch(*shape, value) {
                let message = format!("`{name}` is {}, not {expected}", describe(value));
                let member = format!("/{}", escape_segment(name));
                let problem = context.warning(ProblemKind::WrongType, node, &member, message);
                problems.push(match (node.kind, name.as_str(), value) {
                    (Kind::Schema, "required", Value::Bool(_)) => problem.help(
                        "list the required members in `required` of the object that holds them",
                    ),
                    _ => problem,
                });
            }
        }
    }
}

fn fits_node(node: &Node<'_>) -> bool {
    match node.value {
        Value::Object(_) => true,
        Value::Bool(_) => node.kind == Kind::Schema,
        _ => false,
    }
}

/// What was expected, when a value is something else. Null stands for an absent member.
fn mismatch(shape: Shape, value: &Value) -> Option<&'static str> {
    let texts = |value: &Value| {
        value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string))
    };
    let (fits, expected) = match shape {
        Shape::One(Kind::Schema) => (value.is_object() || value.is_boolean(), "a schema"),
        Shape::One(_) | Shape::Map(_) => (value.is_object(), "an object"),
        Shape::List(_) | Shape::Array => (value.is_array(), "an array"),
        Shape::SchemaOrList => (
            value.is_object() || value.is_array() || value.is_boolean(),
            "a schema",
        ),
        Shape::Text => (value.is_string(), "a string"),
        Shape::Bool => (value.is_boolean(), "a boolean"),
        Shape::Number => (value.is_number(), "a number"),
        Shape::Count => (
            value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0),
            "a whole number of 0 or more",
        ),
        Shape::Texts => (texts(value), "an array of strings"),
        Shape::TextOrTexts => (
            value.is_string() || texts(value),
            "a string or an array of strings",
        ),
        Shape::NumberOrBool => (
            value.is_number() || value.is_boolean(),
            "a number or a boolean",
        ),
    };
    (!fits && !value.is_null()).then_some(expected)
}

fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Root => "the document",
        Kind::Info => "`info`",
        Kind::Paths => "`paths`",
        Kind::PathItem => "the path item",
        Kind::Operation => "the operation",
        Kind::Parameter => "the parameter",
        Kind::RequestBody => "the request body",
        Kind::Responses => "`responses`",
        Kind::Response => "the response",
        Kind::Header => "the header",
        Kind::MediaType => "the media type",
        Kind::Encoding => "the encoding",
        Kind::Components => "`components`",
        Kind::SecurityRequirement => "the security requirement",
        Kind::SecurityScheme => "the security scheme",
        Kind::Schema => "the schema",
    }
}
