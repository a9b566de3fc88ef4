//! A name for a schema that had none, from its place.

use crate::names::{Taken, type_name};
use crate::schema::{text, unescape};
use serde_json::Value;

/// The name for a new component of the schema at `pointer`.
pub(super) fn from_place(root: &Value, pointer: &str, taken: &Taken) -> String {
    let segments: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    if let [.., holder, name] = segments.as_slice()
        && ["$defs", "definitions"].contains(&holder.as_str())
        && !taken.contains(name)
    {
        return name.clone();
    }
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (mut words, rest) = start(root, &segments);
    words.extend(inner_words(rest));
    type_name(&words.join(" "))
}

/// The words for the component, operation or answer that holds the schema, and the segments below it.
fn start<'a>(root: &Value, segments: &'a [&'a str]) -> (Vec<String>, &'a [&'a str]) {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match segments {
        ["components", "responses", name, rest @ ..] | ["responses", name, rest @ ..] => {
            (owned(&[name, "answer"]), rest)
        }
        ["components", "requestBodies", name, rest @ ..] => (owned(&[name, "request"]), rest),
        ["components", _, name, rest @ ..] | ["definitions" | "parameters", name, rest @ ..] => {
            (owned(&[name]), rest)
        }
        ["paths", path, method, rest @ ..] => {
            let operation = root
                .get("paths")
                .and_then(|paths| paths.get(path)?.get(method));
            let id = operation.and_then(|operation| text(operation, "operationId"));
            let id = id.unwrap_or_else(|| format!("{method} {path}"));
            let (word, rest) = below_operation(operation, rest);
            (vec![id, word], rest)
        }
        rest => (Vec::new(), rest),
    }
}

fn below_operation<'a>(
    operation: Option<&Value>,
    segments: &'a [&'a str],
) -> (String, &'a [&'a str]) {
    match segments {
        ["requestBody", rest @ ..] => ("request".to_owned(), rest),
        ["responses", "200" | "201" | "default", rest @ ..] => ("answer".to_owned(), rest),
        ["responses", status, rest @ ..] => (format!("answer {status}"), rest),
        ["parameters", index, rest @ ..] => {
            let parameter = operation.and_then(|operation| {
                operation
                    .get("parameters")?
                    .get(index.parse::<usize>().ok()?)
            });
            let name = parameter.and_then(|parameter| text(parameter, "name"));
            (name.unwrap_or_else(|| "parameter".to_owned()), rest)
        }
        rest => (String::new(), rest),
    }
}

/// Words for the way from a holder down to a schema; structure says less than names.
fn inner_words(segments: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    let mut segments = segments.iter();
    while let Some(segment) = segments.next() {
        match *segment {
            "content" => {
                // The media type says nothing about the schema.
                segments.next();
            }
            "schema" | "allOf" | "oneOf" | "anyOf" => {}
            "properties" | "patternProperties" | "$defs" | "definitions" => {
                words.extend(segments.next().map(|name| (*name).to_owned()));
            }
            "items" => words.push("item".to_owned()),
            "additionalProperties" => words.push("value".to_owned()),
            index if index.parse::<usize>().is_ok() => {
                let number = index.parse::<usize>().unwrap_or_default().saturating_add(1);
                words.push(format!("part {number}"));
            }
            other => words.push(other.to_owned()),
        }
    }
    words
}
