//! Swagger 2.0.

use super::case::Case;
use serde_json::{Value, json};

/// A 2.0 document with this operation and these members of the root.
fn v2(operation: &Value, members: &Value) -> Value {
    let mut root =
        json!({ "swagger": "2.0", "info": {}, "paths": { "/a": { "post": operation } } });
    for (key, value) in members.as_object().unwrap() {
        root[key] = value.clone();
    }
    root
}

/// The same, lowered.
fn v3(operation: &Value, members: &Value) -> Value {
    let mut root =
        json!({ "openapi": "3.0.3", "info": {}, "paths": { "/a": { "post": operation } } });
    for (key, value) in members.as_object().unwrap() {
        root[key] = value.clone();
    }
    root
}

fn with_parameters(parameters: &Value) -> Value {
    json!({ "parameters": parameters, "responses": {} })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = bodies();
    cases.extend(forms());
    cases.extend(parameters());
    cases.extend(answers());
    cases.extend(documents());
    cases.extend(schemas());
    cases
}

fn bodies() -> Vec<Case> {
    let body = json!({
        "name": "x", "in": "body", "required": true, "description": "d", "x-k": 1,
        "schema": { "type": "object" },
    });
    let request = |media_types: &[&str]| {
        let content: serde_json::Map<String, Value> = media_types
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!({ "schema": { "type": "object" } }),
                )
            })
            .collect();
        json!({ "required": true, "description": "d", "x-k": 1, "content": content })
    };
    let lowered = |media_types: &[&str]| json!({ "parameters": [], "responses": {}, "requestBody": request(media_types) });
    let note = "swagger2: POST /a: the parameter `x` is the request body";
    vec![
        Case::new(
            "a body without media type is JSON",
            v2(&with_parameters(&json!([body])), &json!({})),
            v3(&lowered(&["application/json"]), &json!({})),
            [note],
        ),
        Case::new(
            "a body has the media types that the operation consumes",
            v2(
                &json!({
                    "parameters": [body], "responses": {}, "consumes": ["text/xml", "*/*", "a/b"],
                }),
                &json!({ "consumes": ["application/json"] }),
            ),
            v3(&lowered(&["text/xml", "a/b"]), &json!({})),
            [note, "swagger2: /consumes: said at each body"],
        ),
        Case::new(
            "of several bodies the first counts",
            v2(
                &with_parameters(&json!([
                    body,
                    { "name": "y", "in": "body", "schema": {} },
                    { "name": "z", "in": "formData", "type": "string" },
                ])),
                &json!({}),
            ),
            v3(&lowered(&["application/json"]), &json!({})),
            [
                note,
                "swagger2: POST /a: parameters in the body taken out beside `x`: 2 \
                 (lost: the parameters)",
            ],
        ),
        Case::new(
            "a shared body",
            v2(
                &with_parameters(&json!([{ "$ref": "#/parameters/x" }])),
                &json!({ "parameters": { "x": body } }),
            ),
            v3(
                &lowered(&["application/json"]),
                &json!({ "components": { "parameters": {} } }),
            ),
            [
                "swagger2: /parameters: parameters in the body written out where they are used: 1",
                note,
                "swagger2: /parameters: 0 moved to components.parameters",
            ],
        ),
        Case::new(
            "a body of the path, in a document that says 3.0",
            json!({ "openapi": "3.0.0", "info": {}, "paths": { "/a": {
                "parameters": [body], "post": { "responses": {} }, "get": { "responses": {} },
            } } }),
            json!({ "openapi": "3.0.3", "info": {}, "paths": { "/a": {
                "parameters": [],
                "post": {
                    "responses": {}, "parameters": [], "requestBody": request(&["application/json"]),
                },
                "get": { "responses": {} },
            } } }),
            [note],
        ),
    ]
}

fn forms() -> Vec<Case> {
    let fields = json!([
        { "name": "n", "in": "formData", "type": "integer", "required": true, "description": "d" },
        { "name": "l", "in": "formData", "type": "array", "items": { "type": "string" } },
    ]);
    let media_type = json!({
        "schema": {
            "type": "object",
            "properties": {
                "n": { "type": "integer", "description": "d" },
                "l": { "type": "array", "items": { "type": "string" } },
            },
            "required": ["n"],
        },
        "encoding": { "l": { "style": "form", "explode": false } },
    });
    vec![
        Case::new(
            "a form",
            v2(&with_parameters(&fields), &json!({})),
            v3(
                &json!({ "parameters": [], "responses": {}, "requestBody": {
                    "content": { "application/x-www-form-urlencoded": media_type },
                    "required": true,
                } }),
                &json!({}),
            ),
            ["swagger2: POST /a: form parameters are the request body, \
                 as application/x-www-form-urlencoded"],
        ),
        Case::new(
            "a form in parts, as the document consumes it",
            v2(
                &with_parameters(&fields),
                &json!({ "consumes": ["multipart/form-data"] }),
            ),
            v3(
                &json!({ "parameters": [], "responses": {}, "requestBody": {
                    "content": { "multipart/form-data": media_type },
                    "required": true,
                } }),
                &json!({}),
            ),
            [
                "swagger2: POST /a: form parameters are the request body, as multipart/form-data",
                "swagger2: /consumes: said at each body",
            ],
        ),
        Case::new(
            "a file",
            v2(
                &with_parameters(&json!([{ "name": "f", "in": "formData", "type": "file" }])),
                &json!({}),
            ),
            v3(
                &json!({ "parameters": [], "responses": {}, "requestBody": { "content": {
                    "multipart/form-data": { "schema": { "type": "object", "properties": {
                        "f": { "type": "string", "format": "binary" },
                    } } },
                } } }),
                &json!({}),
            ),
            ["swagger2: POST /a: form parameters are the request body, as multipart/form-data"],
        ),
    ]
}

fn parameters() -> Vec<Case> {
    let list = |place: &str, format: Option<&str>| {
        let mut parameter = json!({
            "name": "l", "in": place, "type": "array", "items": { "type": "string" },
        });
        if let Some(format) = format {
            parameter["collectionFormat"] = format.into();
        }
        parameter
    };
    let styled = |place: &str, style: Option<(&str, bool)>| {
        let mut parameter = json!({
            "name": "l", "in": place, "schema": { "type": "array", "items": { "type": "string" } },
        });
        if let Some((style, explode)) = style {
            parameter["style"] = style.into();
            parameter["explode"] = explode.into();
        }
        parameter
    };
    let note = "swagger2: POST /a: the type of `l` is its schema";
    vec![
        Case::new(
            "types are schemas",
            v2(
                &with_parameters(&json!([{
                    "name": "l", "in": "query", "required": true, "type": "string",
                    "enum": ["a"], "default": "a", "x-nullable": true, "x-example": "a",
                }])),
                &json!({}),
            ),
            v3(
                &with_parameters(&json!([{
                    "name": "l", "in": "query", "required": true,
                    "example": "a",
                    "schema": {
                        "type": "string", "default": "a", "enum": ["a"], "nullable": true,
                    },
                }])),
                &json!({}),
            ),
            [note],
        ),
        Case::new(
            "collection formats are styles",
            v2(
                &with_parameters(&json!([
                    list("query", None),
                    list("query", Some("csv")),
                    list("query", Some("ssv")),
                    list("query", Some("pipes")),
                    list("query", Some("tsv")),
                    list("query", Some("multi")),
                    list("path", None),
                    list("header", Some("csv")),
                ])),
                &json!({}),
            ),
            v3(
                &with_parameters(&json!([
                    styled("query", Some(("form", false))),
                    styled("query", Some(("form", false))),
                    styled("query", Some(("spaceDelimited", false))),
                    styled("query", Some(("pipeDelimited", false))),
                    styled("query", Some(("tabDelimited", false))),
                    styled("query", Some(("form", true))),
                    styled("path", None),
                    styled("header", None),
                ])),
                &json!({}),
            ),
            [note; 8],
        ),
        Case::new(
            "what no style says is lost",
            v2(
                &with_parameters(&json!([list("path", Some("pipes"))])),
                &json!({}),
            ),
            v3(
                &with_parameters(&json!([styled("path", Some(("simple", false)))])),
                &json!({}),
            ),
            [
                "swagger2: POST /a: collectionFormat pipes is written otherwise \
                 (lost: how the elements are joined)",
                note,
            ],
        ),
    ]
}

fn answers() -> Vec<Case> {
    let with = |answer: Value| json!({ "responses": { "200": answer } });
    let note = "swagger2: POST /a: schemas of answers stand under their media types: 1";
    let object = json!({ "type": "object" });
    vec![
        Case::new(
            "a schema stands under what the operation produces",
            v2(
                &json!({
                    "produces": ["application/xml", "*/*"],
                    "schemes": ["https"],
                    "responses": { "200": {
                        "description": "d",
                        "schema": object,
                        "examples": { "application/xml": "<a/>" },
                        "headers": { "X-H": { "type": "integer", "description": "h" } },
                    }, "204": { "description": "" } },
                }),
                &json!({ "produces": ["application/json"] }),
            ),
            v3(
                &json!({ "responses": { "200": {
                    "description": "d",
                    "headers": { "X-H": { "description": "h", "schema": { "type": "integer" } } },
                    "content": {
                        "application/xml": { "schema": object, "example": "<a/>" },
                        "*/*": { "schema": object },
                    },
                }, "204": { "description": "" } } }),
                &json!({}),
            ),
            [
                note,
                "swagger2: POST /a: the type of the header is its schema",
                "swagger2: /produces: said at each body",
            ],
        ),
        Case::new(
            "JSON where nothing is said, bytes for a file",
            v2(
                &json!({ "responses": {
                    "200": { "description": "", "schema": object },
                    "201": { "description": "", "schema": { "type": "file" } },
                    "202": { "description": "", "examples": { "application/json": {} } },
                } }),
                &json!({}),
            ),
            v3(
                &json!({ "responses": {
                    "200": { "description": "", "content": {
                        "application/json": { "schema": object },
                    } },
                    "201": { "description": "", "content": { "application/octet-stream": {
                        "schema": { "type": "string", "format": "binary" },
                    } } },
                    "202": { "description": "", "content": { "application/json": {
                        "example": {},
                    } } },
                } }),
                &json!({}),
            ),
            [
                "swagger2: POST /a: a file is a string of bytes",
                "swagger2: POST /a: schemas of answers stand under their media types: 3",
            ],
        ),
        Case::new(
            "a shared answer has the media types of its user",
            v2(
                &json!({ "produces": ["text/csv"], "responses": {
                    "200": { "$ref": "#/responses/R" },
                } }),
                &json!({ "responses": { "R": { "description": "", "schema": object } } }),
            ),
            v3(
                &with(
                    json!({ "description": "", "content": { "text/csv": { "schema": object } } }),
                ),
                &json!({ "components": { "responses": { "R": {
                    "description": "", "content": { "application/json": { "schema": object } },
                } } } }),
            ),
            [
                note,
                "swagger2: /responses/R: its schema stands under its media types",
                "swagger2: /responses: 1 moved to components.responses",
            ],
        ),
    ]
}

fn documents() -> Vec<Case> {
    let empty = json!({ "responses": {} });
    let server = |members: Value, url: &str, what: &'static str| {
        Case::new(
            "the address",
            v2(&empty, &members),
            v3(&empty, &json!({ "servers": [{ "url": url }] })),
            [what],
        )
    };
    vec![
        Case::new(
            "the base path is in the paths",
            v2(
                &empty,
                &json!({ "host": "x.test", "basePath": "/v2/", "schemes": ["http"] }),
            ),
            json!({
                "openapi": "3.0.3", "info": {}, "paths": { "/v2/a": { "post": empty } },
                "servers": [{ "url": "http://x.test" }],
            }),
            [
                "swagger2: /basePath: host, basePath and schemes are the server http://x.test/v2",
                "servers: /basePath: /v2 put in front of the paths",
            ],
        ),
        server(
            json!({ "host": "x.test", "basePath": "/", "schemes": ["http", "https"] }),
            "https://x.test/",
            "swagger2: /basePath: host, basePath and schemes are the server https://x.test/",
        ),
        Case::new(
            "security definitions",
            v2(
                &empty,
                &json!({ "securityDefinitions": {
                    "b": { "type": "basic" },
                    "k": { "type": "apiKey", "in": "header", "name": "X-K" },
                    "o": {
                        "type": "oauth2", "flow": "accessCode",
                        "authorizationUrl": "https://x.test/a", "tokenUrl": "https://x.test/t",
                        "scopes": { "r": "read" },
                    },
                    "c": { "type": "oauth2", "flow": "application", "tokenUrl": "https://x.test/t" },
                } }),
            ),
            v3(
                &empty,
                &json!({ "components": { "securitySchemes": {
                    "b": { "type": "http", "scheme": "basic" },
                    "k": { "type": "apiKey", "in": "header", "name": "X-K" },
                    "o": { "type": "oauth2", "flows": { "authorizationCode": {
                        "authorizationUrl": "https://x.test/a", "tokenUrl": "https://x.test/t",
                        "scopes": { "r": "read" },
                    } } },
                    "c": { "type": "oauth2", "flows": { "clientCredentials": {
                        "tokenUrl": "https://x.test/t", "scopes": {},
                    } } },
                } } }),
            ),
            [
                "swagger2: /securityDefinitions/b: basic is the scheme of http",
                "swagger2: /securityDefinitions/o: the flow is `authorizationCode` of flows",
                "swagger2: /securityDefinitions/c: the flow is `clientCredentials` of flows",
                "swagger2: /securityDefinitions: 4 moved to components.securitySchemes",
            ],
        ),
    ]
}

fn schemas() -> Vec<Case> {
    let empty = json!({ "responses": {} });
    vec![
        Case::new(
            "definitions, and names that are percent-encoded in references",
            v2(
                &empty,
                &json!({ "definitions": {
                    "A B(s)": {
                        "type": "object",
                        "discriminator": "kind",
                        "properties": {
                            "kind": { "type": "string", "x-nullable": true, "required": true },
                            "f": { "type": "file" },
                            "n": { "$ref": "#/definitions/A%20B%28s%29", "x-nullable": false },
                        },
                    },
                } }),
            ),
            v3(
                &empty,
                &json!({ "components": { "schemas": {
                    "A B(s)": {
                        "type": "object",
                        "discriminator": { "propertyName": "kind" },
                        "properties": {
                            "kind": { "type": "string", "nullable": true },
                            "f": { "type": "string", "format": "binary" },
                            "n": { "$ref": "#/components/schemas/A B(s)" },
                        },
                        "required": ["kind"],
                    },
                } } }),
            ),
            [
                "swagger2: /definitions/A B(s): \
                 `required` of 1 members listed where 3.0 lists it",
                "swagger2: /definitions/A B(s): discriminator is an object",
                "swagger2: /definitions/A B(s)/properties/kind: x-nullable is `nullable`",
                "swagger2: /definitions/A B(s)/properties/f: a file is a string of bytes",
                "swagger2: /definitions/A B(s)/properties/n: x-nullable is `nullable`",
                "swagger2: /definitions: 1 moved to components.schemas",
            ],
        ),
        Case::new(
            "definitions of a document that says 3.0",
            json!({
                "openapi": "3.0.1", "info": {}, "paths": {},
                "definitions": { "A": { "type": "object" }, "B": { "type": "string" } },
                "components": { "schemas": {
                    "B": { "type": "integer" }, "C": { "items": { "$ref": "#/definitions/A" } },
                } },
            }),
            json!({
                "openapi": "3.0.3", "info": {}, "paths": {},
                "components": { "schemas": {
                    "B": { "type": "integer" },
                    "C": { "items": { "$ref": "#/components/schemas/A" } },
                    "A": { "type": "object" },
                } },
            }),
            [
                "swagger2: /definitions/B: components.schemas has `B` too \
                 (lost: the one outside of components)",
                "swagger2: /definitions: 2 moved to components.schemas",
            ],
        ),
    ]
}
