//! The crate with two operations, whose program has little but the runtime in it.

use super::calls::Call;
use crate::load;
use crate::model::{Api, Operation};
use crate::package::{Core, standalone};
use crate::pipeline::{Input, run};
use crate::problem::Problem;
use crate::schema::{Shape, components, shape, walk};
use crate::usage::{reachable, references};
use crate::write::FileSet;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Its name.
pub const SMALLEST: &str = "smallest";

/// The files of the crate. Its one type has a member for each kind of value that these calls send and are answered with: what
/// reads and writes those is the runtime's, or of a library that a program by hand has too.
///
/// # Errors
///
/// What the pipeline says.
pub fn crate_for(
    root: &Value,
    api: &Api,
    calls: &[Call],
    core: &Core,
) -> Result<FileSet, Vec<Problem>> {
    let text = document(kinds(root, api, calls)).to_string();
    let path = Path::new("smallest.json");
    let document = load::load_text(path, text).map_err(|problem| vec![problem])?;
    let output = run(Input::from_document(document, SMALLEST))?;
    let mut files = output.files.under("src/generated");
    files.0.extend(standalone(SMALLEST, &output.api, core).0);
    Ok(files)
}

/// A value to every place that calls have: path, query and body.
pub(super) fn calls() -> [TokenStream; 2] {
    [
        quote! { client.read().thing("text").detail("text") },
        quote! { client.write().body(smallest::types::Thing::builder().text("text")) },
    ]
}

fn document(kinds: Vec<Value>) -> Value {
    let thing =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let text = json!({ "type": "string" });
    let mut members = Map::from_iter([("text".to_owned(), text.clone())]);
    for (index, kind) in kinds.into_iter().enumerate() {
        members.insert(format!("value{index}"), kind);
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Smallest", "version": "0" },
        "paths": {
            "/things/{thing}": { "get": {
                "operationId": "read",
                "parameters": [
                    { "in": "path", "name": "thing", "required": true, "schema": text },
                    { "in": "query", "name": "detail", "schema": text },
                ],
                "responses": { "200": { "description": "", "content": thing } },
            } },
            "/things": { "post": {
                "operationId": "write",
                "requestBody": { "required": true, "content": thing },
                "responses": { "204": { "description": "" } },
            } },
        },
        "components": { "schemas": { "Thing": { "type": "object", "properties": members } } },
    })
}

/// The kinds of values in all that the calls send and are answered with, each once.
fn kinds(root: &Value, api: &Api, calls: &[Call]) -> Vec<Value> {
    let mut kinds = Vec::new();
    let operations = api.operations.iter();
    for operation in operations.filter(|known| calls.iter().any(|call| call.name == known.name)) {
        let direct = schemas(operation);
        let start = direct.iter().flat_map(|schema| references(schema));
        let reached = reachable(root, start.collect());
        let named = reached
            .iter()
            .filter_map(|name| components(root)?.get(name));
        for schema in direct.into_iter().chain(named) {
            walk(schema, "", &mut |_, inner| {
                kinds.extend(kind(inner).filter(|kind| !kinds.contains(kind)));
            });
        }
    }
    kinds
}

fn schemas(operation: &Operation) -> Vec<&Value> {
    let answers = operation.results.iter().chain(&operation.errors);
    let answers = answers.flat_map(|response| response.content.schemas());
    let body = operation.body.iter();
    answers
        .chain(body.flat_map(|body| body.content.schemas()))
        .collect()
}

/// A schema without what is particular to it; `None` where a type of its own is made of it.
fn kind(schema: &Value) -> Option<Value> {
    let any = || json!({});
    match shape(schema) {
        Shape::Scalar => {
            let parts = ["type", "format"].map(|key| (key.to_owned(), schema.get(key)));
            let given = parts
                .into_iter()
                .filter_map(|(key, part)| Some((key, part?.clone())));
            Some(Value::Object(given.collect()))
        }
        Shape::Any => Some(any()),
        Shape::Array => Some(json!({ "type": "array", "items": kind(schema.get("items")?)? })),
        Shape::Map => {
            let values = match schema.get("additionalProperties") {
                Some(values @ Value::Object(_)) => kind(values)?,
                _ => any(),
            };
            Some(json!({ "type": "object", "additionalProperties": values }))
        }
        // What it does not list is kept as it came.
        Shape::Struct => match schema.get("additionalProperties") {
            Some(Value::Bool(true)) => Some(any()),
            Some(values @ Value::Object(_)) => kind(values),
            _ => None,
        },
        // Any one stands for all: each has a type of its own, which the runtime reads through a value of JSON.
        Shape::Union => Some(union()),
        Shape::Reference | Shape::Enum | Shape::Composed => None,
    }
}

/// Scalars alone would be one scalar for all.
fn union() -> Value {
    let text = json!({ "type": "string" });
    json!({ "oneOf": [text, { "type": "array", "items": text }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_there_once() {
        let schema = json!({ "type": "object", "properties": {
            "a": { "type": "string", "description": "A" },
            "b": { "type": "string", "description": "B", "nullable": true },
            "c": { "type": "array", "items": { "type": "integer" } },
            "d": { "type": "string", "enum": ["x"] },
            "e": { "$ref": "#/components/schemas/E" },
            "f": { "type": "object", "additionalProperties": { "type": "boolean" } },
            "g": {},
            "h": { "anyOf": [{ "type": "boolean" }, { "type": "string" }] },
        } });
        let mut found = Vec::new();
        walk(&schema, "", &mut |_, inner| {
            found.extend(kind(inner).filter(|kind| !found.contains(kind)));
        });
        for expected in [
            json!({ "type": "string" }),
            json!({ "type": "integer" }),
            json!({ "type": "array", "items": { "type": "integer" } }),
            json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
            json!({ "type": "boolean" }),
            json!({}),
            union(),
        ] {
            assert!(found.contains(&expected), "{expected} is not in {found:?}");
        }
        assert_eq!(found.len(), 7, "{found:?}");
    }
}
