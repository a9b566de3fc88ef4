use super::case::Case;
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        key(),
        declared_scheme(),
        content_headers(),
        ordinary(),
        own_security(),
    ]
}

fn header(name: &str) -> Value {
    json!({ "name": name, "in": "header", "schema": { "type": "string" } })
}

fn key() -> Case {
    Case::new(
        "a key asked for by each operation becomes a security scheme",
        json!({ "paths": { "/a": {
            "get": { "parameters": [header("Api-Key"), header("X-Trace")] },
            "post": { "parameters": [header("api-key")] },
        } } }),
        json!({
            "paths": { "/a": {
                "get": { "parameters": [header("X-Trace")] },
                "post": { "parameters": [] },
            } },
            "components": {
                "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "Api-Key" } },
            },
            "security": [{ "key": [] }],
        }),
        [
            "authentication: GET /a: header parameter Api-Key left to the connection",
            "authentication: POST /a: header parameter api-key left to the connection",
            "authentication: /components/securitySchemes: \
             header Api-Key taken for the document's security scheme",
        ],
    )
}

fn declared_scheme() -> Case {
    let components = json!({ "securitySchemes": {
        "tenant": { "type": "apiKey", "in": "header", "name": "X-Tenant-Key" },
    } });
    Case::new(
        "the header of a declared scheme is no parameter either",
        json!({
            "paths": { "/a": { "get": { "parameters": [header("x-tenant-key")] } } },
            "components": components,
        }),
        json!({ "paths": { "/a": { "get": { "parameters": [] } } }, "components": components }),
        ["authentication: GET /a: header parameter x-tenant-key left to the connection"],
    )
}

fn content_headers() -> Case {
    Case::new(
        "headers that the body decides are no credentials",
        json!({ "paths": { "/a": { "post": { "parameters": [
            header("Content-Type"), header("accept"), header("Content-Length"),
        ] } } } }),
        json!({ "paths": { "/a": { "post": { "parameters": [] } } } }),
        [
            "authentication: POST /a: header parameter Content-Type left to the connection",
            "authentication: POST /a: header parameter accept left to the connection",
            "authentication: POST /a: header parameter Content-Length left to the connection",
        ],
    )
}

fn ordinary() -> Case {
    Case::unchanged(
        "other headers, and other places, are the operation's",
        json!({ "paths": { "/a": { "get": { "parameters": [
            header("If-Match"),
            { "name": "Api-Key", "in": "query" },
            { "name": "accept", "in": "cookie" },
        ] } } } }),
    )
}

fn own_security() -> Case {
    Case::new(
        "what the document says of security stays",
        json!({
            "paths": { "/a": { "get": { "parameters": [header("X-Api-Key")] } } },
            "security": [],
        }),
        json!({
            "paths": { "/a": { "get": { "parameters": [] } } },
            "security": [],
            "components": {
                "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" } },
            },
        }),
        [
            "authentication: GET /a: header parameter X-Api-Key left to the connection",
            "authentication: /components/securitySchemes: \
             header X-Api-Key taken for the document's security scheme",
        ],
    )
}
