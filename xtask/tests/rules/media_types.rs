use super::case::Case;
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        request(),
        vendor_json(),
        answer(),
        form(),
        multipart(),
        file(),
        unordered(),
        structured(),
        single(),
    ]
}

fn kinds(names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "schema": { "title": name } })))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn request() -> Case {
    Case::new(
        "a request keeps JSON typed and remembers the others",
        json!({ "paths": { "/a": { "post": { "requestBody": {
            "content": kinds(&["text/csv", "application/json; charset=utf-8", "application/zip"]),
        } } } } }),
        json!({ "paths": { "/a": { "post": { "requestBody": {
            "content": kinds(&["text/csv", "application/json; charset=utf-8", "application/zip"][1..2]),
            "x-also": ["text/csv", "application/zip"],
        } } } } }),
        [
            "media_types: POST /a: application/json; charset=utf-8 typed; \
             text/csv, application/zip sent as bytes",
        ],
    )
}

fn vendor_json() -> Case {
    Case::new(
        "JSON by any name before a form, a form before text",
        json!({ "paths": { "/a": { "put": { "requestBody": {
            "content": kinds(&["application/x-www-form-urlencoded", "application/vnd.x+json"]),
        } } } } }),
        json!({ "paths": { "/a": { "put": { "requestBody": {
            "content": kinds(&["application/vnd.x+json"]),
            "x-also": ["application/x-www-form-urlencoded"],
        } } } } }),
        ["media_types: PUT /a: application/vnd.x+json typed; \
             application/x-www-form-urlencoded sent as bytes"],
    )
}

fn answer() -> Case {
    Case::new(
        "an answer in several forms keeps one typed and remembers the others",
        json!({ "paths": { "/a": { "get": { "responses": {
            "200": { "content": kinds(&["text/html", "application/json"]) },
            "404": { "content": kinds(&["*/*", "text/plain"]) },
        } } } } }),
        json!({ "paths": { "/a": { "get": { "responses": {
            "200": { "content": kinds(&["application/json"]), "x-also": ["text/html"] },
            "404": { "content": kinds(&["text/plain"]), "x-also": ["*/*"] },
        } } } } }),
        [
            "media_types: GET /a: application/json typed; text/html received as bytes",
            "media_types: GET /a: text/plain typed; */* received as bytes",
        ],
    )
}

fn form() -> Case {
    Case::new(
        "a form before a multipart form before bytes",
        json!({ "paths": { "/a": { "post": { "requestBody": { "content": kinds(&[
            "application/octet-stream", "multipart/form-data", "application/x-www-form-urlencoded",
        ]) } } } } }),
        json!({ "paths": { "/a": { "post": { "requestBody": {
            "content": kinds(&["application/x-www-form-urlencoded"]),
            "x-also": ["application/octet-stream", "multipart/form-data"],
        } } } } }),
        [
            "media_types: POST /a: application/x-www-form-urlencoded typed; \
             application/octet-stream, multipart/form-data sent as bytes",
        ],
    )
}

fn multipart() -> Case {
    let parts = json!({ "type": "object", "properties": { "file": { "type": "string" } } });
    let takes = json!({ "content": { "multipart/form-data": { "schema": parts } } });
    Case::new(
        "parts are for another rule; an answer that no type can serve loses its schema, and it is said",
        json!({ "paths": { "/a": { "post": {
            "requestBody": takes,
            "responses": { "200": { "content": { "application/xml": { "schema": parts } } } },
        } } } }),
        json!({ "paths": { "/a": { "post": {
            "requestBody": takes,
            "responses": { "200": { "content": { "application/xml": {} } } },
        } } } }),
        [
            "media_types: POST /a: application/xml received as bytes (lost: the types of what it holds)",
        ],
    )
}

/// JSON and a form in parts, both of this schema.
fn either(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema }, "multipart/form-data": { "schema": schema } })
}

fn file() -> Case {
    let schema = |format: &str| {
        let file = json!({ "type": "string", "format": format });
        json!({ "allOf": [{ "properties": { "f": { "type": "array", "items": file } } }] })
    };
    let text = schema("byte");
    let named = json!({ "$ref": "#/components/schemas/File" });
    let document = |a: Value, b: Value| {
        json!({
            "paths": { "/a": { "post": { "requestBody": a } }, "/b": { "post": { "requestBody": b } } },
            "components": { "schemas": { "File": schema("binary") } },
        })
    };
    Case::new(
        "a file is sent in parts even where JSON is named",
        document(
            json!({ "content": either(&named) }),
            json!({ "content": either(&text) }),
        ),
        document(
            json!({
                "content": { "multipart/form-data": { "schema": named } },
                "x-also": ["application/json"],
            }),
            json!({
                "content": { "application/json": { "schema": text } },
                "x-also": ["multipart/form-data"],
            }),
        ),
        [
            "media_types: POST /a: multipart/form-data typed; application/json sent as bytes",
            "media_types: POST /b: application/json typed; multipart/form-data sent as bytes",
        ],
    )
}

fn unordered() -> Case {
    let parts = json!({ "type": "object", "properties": { "file": { "type": "string" } } });
    Case::new(
        "parts without names are bytes",
        json!({ "paths": { "/a": { "post": { "requestBody": {
            "content": { "multipart/related": { "schema": parts } },
        } } } } }),
        json!({ "paths": { "/a": { "post": { "requestBody": {
            "content": { "multipart/related": {} },
        } } } } }),
        [
            "media_types: POST /a: multipart/related sent as bytes that the caller makes \
             (lost: the types of what it holds)",
        ],
    )
}

fn structured() -> Case {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let text = json!({ "schema": { "type": "string" } });
    let read = |json: bool| {
        let media = if json {
            json!({ "schema": schema, "x-json": true })
        } else {
            json!({ "schema": schema })
        };
        let form = if json {
            "multipart/form-data"
        } else {
            "application/form-data"
        };
        json!({ "paths": {
            "/a": { "post": {
                "requestBody": { "content": { "application/octet-stream": media } },
                "responses": {
                    "200": { "content": { "text/plain": media } },
                    "201": { "content": { "application/zip": text } },
                    "404": { "content": { "text/csv": media } },
                    "500": { "content": { "text/csv": text } },
                },
            } },
            "/b": { "post": { "requestBody": { "content": { form: { "schema": schema } } } } },
        } })
    };
    Case::new(
        "a schema with members under a media type without structure is that of JSON",
        read(false),
        read(true),
        [
            "media_types: POST /a: application/octet-stream sent as JSON",
            "media_types: POST /a: text/plain read as JSON",
            "media_types: POST /a: text/csv read as JSON",
            "media_types: POST /b: application/form-data read as multipart/form-data",
        ],
    )
}

fn single() -> Case {
    Case::unchanged(
        "one media type, or no content",
        json!({ "paths": { "/a": { "post": {
            "requestBody": { "content": kinds(&["text/csv"]) },
            "responses": { "200": { "content": {} }, "204": {} },
        } } } }),
    )
}
