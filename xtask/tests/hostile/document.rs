//! A document that has a text in every place where one may be.

use serde_json::{Value, json};

/// The document; `text` gives another one for each place, by the place's name, which tells names apart.
pub(crate) fn document(text: &dyn Fn(&str) -> String) -> Value {
    let words = |place: &str| text(place);
    let schema = |place: &str| {
        json!({
            "type": "object",
            "title": words(&format!("{place} title")),
            "description": words(&format!("{place} description")),
            "x-note": words(&format!("{place} note")),
            "required": [words("member")],
            "properties": {
                words("member"): { "type": "string", "description": words("member description"),
                    "example": words("example"), "default": words("default"), "pattern": words("pattern") },
                words("values"): { "type": "string", "description": words("values description"),
                    "enum": [words("one"), words("two"), words("three")],
                    "x-enum-descriptions": [words("about one"), words("about two"), words("about three")] },
                words("either"): { "description": words("either description"), "oneOf": [
                    { "type": "integer" },
                    { "type": "object", "properties": { words("inner"): { "type": "string" } } },
                ] },
                words("list"): { "type": "array", "items": { "type": "string", "example": words("item") } },
            },
            "additionalProperties": { "type": "string", "description": words("further") },
        })
    };
    let answer = |place: &str| json!({ "description": words(place), "content": { "application/json": { "schema": schema(place) } } });
    let parameter = |place: &str, required: bool| {
        json!({ "name": words(place), "in": place, "required": required, "description": words("parameter description"),
            "schema": { "type": "string", "enum": [words("choice"), words("other choice")] } })
    };
    let path = format!(
        "/a/{}/{{{}}}",
        words("segment").replace(['{', '}', '/'], "-"),
        words("path")
    );
    let body = json!({ "description": words("body"), "content": {
        "application/json": { "schema": schema("request") },
        words("media type"): { "schema": { "type": "string" } },
    } });
    let form = json!({ "content": { "multipart/form-data": { "schema": { "type": "object", "properties": {
        words("part"): { "type": "string", "format": "binary", "description": words("part description") },
        words("field"): { "type": "string" },
    } } } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": words("title"), "version": words("version"), "description": words("description"),
            "contact": { "name": words("contact") }, "license": { "name": words("license") } },
        "servers": [{ "url": "https://a.example", "description": words("server") }],
        "tags": [{ "name": words("tag"), "description": words("tag description") }],
        "security": [{ words("scheme"): [], words("second scheme"): [] }],
        "x-note": { words("extension"): words("extension value") },
        "paths": {
            path: {
                "get": { "operationId": words("operation"), "summary": words("summary"),
                    "description": words("operation description"), "tags": [words("tag")],
                    "parameters": [parameter("path", true), parameter("query", false), parameter("cookie", false)],
                    "responses": { "200": answer("answer"), "202": answer("accepted"), "404": answer("failure"),
                        words("status"): { "description": words("odd status") } } },
                "post": { "operationId": words("posting"), "tags": [words("second tag")],
                    "parameters": [parameter("path", true)],
                    "requestBody": body, "responses": { "204": { "description": words("nothing") } } },
                "put": { "parameters": [parameter("path", true)], "requestBody": form,
                    "responses": { "default": answer("default answer") } },
            },
        },
        "components": {
            "schemas": { words("schema"): schema("named") },
            "securitySchemes": {
                words("scheme"): { "type": "apiKey", "in": "query", "name": words("key"), "description": words("scheme description") },
                words("second scheme"): { "type": "apiKey", "in": "cookie", "name": "plain" },
            },
        },
    })
}
