//! Schemas of answers, by the media types that an operation produces.

use super::super::report::Report;
use super::{Defaults, JSON, RULE, edit_operations, media_types, referred};
use crate::schema::escape;
use serde_json::{Map, Value, json};

/// A file of which nobody says more.
const BYTES: &str = "application/octet-stream";

pub(super) fn apply(root: &mut Value, defaults: &Defaults, report: &mut Report) {
    write_out(root, report);
    let mut moves = Vec::new();
    edit_operations(root, &mut |pointer, operation| {
        operation.shift_remove("schemes");
        let own = operation.shift_remove("produces");
        let own = own.and_then(|own| media_types(&json!({ "own": own }), "own"));
        let produces = own.unwrap_or_else(|| defaults.produces.clone());
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        let mut count = 0;
        for (status, response) in responses.iter_mut() {
            let pointer = format!("{pointer}/responses/{}", escape(status));
            let given = give_content(response, &produces, &pointer);
            count += usize::from(given.is_some());
            moves.extend(given.into_iter().flatten());
        }
        if count > 0 {
            let what = format!("schemas of answers stand under their media types: {count}");
            report.note(RULE, &format!("{pointer}/responses"), what);
        }
    });
    for holder in ["/responses", "/components/responses"] {
        let shared = root.pointer_mut(holder).and_then(Value::as_object_mut);
        for (name, response) in shared.into_iter().flatten() {
            let pointer = format!("{holder}/{}", escape(name));
            if let Some(given) = give_content(response, &defaults.produces, &pointer) {
                report.note(RULE, &pointer, "its schema stands under its media types");
                moves.extend(given);
            }
        }
    }
    report.moved(moves);
}

/// A shared answer has the media types of the operation that uses it, so each operation gets its own.
fn write_out(root: &mut Value, report: &mut Report) {
    let needs = |holder: &str| {
        let shared = root.pointer(holder).and_then(Value::as_object);
        shared.is_some_and(|shared| shared.values().any(needs_content))
    };
    if !needs("/responses") && !needs("/components/responses") {
        return;
    }
    let whole = root.clone();
    let mut copies = Vec::new();
    edit_operations(root, &mut |pointer, operation| {
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            if let Some((target, from)) = referred(&whole, response)
                && needs_content(target)
            {
                *response = target.clone();
                copies.push((from, format!("{pointer}/responses/{}", escape(status))));
            }
        }
    });
    report.moved(copies);
}

fn needs_content(response: &Value) -> bool {
    let has = |key: &str| response.get(key).is_some();
    !has("content") && (has("schema") || has_examples(response))
}

/// `examples` of an answer, by media type.
fn has_examples(response: &Value) -> bool {
    let examples = response.get("examples").and_then(Value::as_object);
    examples.is_some_and(|examples| examples.keys().any(|name| name.contains('/')))
}

/// Moves the schema and the examples of an answer into `content`. Gives from where to where the schema went; `None`
/// when there is nothing to move.
fn give_content(
    response: &mut Value,
    produces: &[String],
    pointer: &str,
) -> Option<Vec<(String, String)>> {
    if !needs_content(response) {
        return None;
    }
    let members = response.as_object_mut()?;
    let schema = members.shift_remove("schema");
    let examples = match members.shift_remove("examples") {
        Some(Value::Object(examples)) => examples,
        _ => Map::new(),
    };
    let is_file = schema.as_ref().is_some_and(|schema| {
        let says = |key: &str, text: &str| schema.get(key).is_some_and(|value| value == text);
        says("type", "string") && says("format", "binary")
    });
    let mut names: Vec<String> = produces.to_vec();
    if schema.is_none() {
        // Only an example shows that there is a body.
        names = examples
            .keys()
            .filter(|name| name.contains('/'))
            .cloned()
            .collect();
    }
    if names.is_empty() {
        names.push(if is_file { BYTES } else { JSON }.to_owned());
    }
    let mut content = Map::new();
    let mut moves = Vec::new();
    for name in names {
        let now = format!("{pointer}/content/{}/schema", escape(&name));
        moves.push((format!("{pointer}/schema"), now));
        let mut media_type = Map::new();
        if let Some(schema) = &schema {
            media_type.insert("schema".to_owned(), schema.clone());
        }
        if let Some(example) = examples.get(&name) {
            media_type.insert("example".to_owned(), example.clone());
        }
        content.insert(name, Value::Object(media_type));
    }
    members.insert("content".to_owned(), Value::Object(content));
    Some(moves)
}
