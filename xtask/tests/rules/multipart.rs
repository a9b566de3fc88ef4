use super::case::{Case, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        kinds(),
        encoded(),
        named(),
        choice_of_part(),
        choice_of_form(),
        free("no schema", &json!({})),
        free("no members", &json!({ "schema": { "type": "object" } })),
        free("no object", &json!({ "schema": file() })),
        headers(),
        unchanged(),
    ]
}

fn file() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// What a file becomes.
fn part() -> Value {
    json!({ "x-part": "file" })
}

fn any() -> Value {
    json!({ "x-part": "any" })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A document with one operation that takes this in parts.
fn takes(media_type: &Value, schemas: &Value) -> Value {
    let content = json!({ "multipart/form-data": media_type });
    document(
        &json!({ "/a": { "post": { "requestBody": { "content": content } } } }),
        schemas,
    )
}

/// A form of these members, after the rule.
fn form(members: &Value) -> Value {
    json!({ "schema": { "type": "object", "properties": members, "x-parts": true } })
}

/// The same before it.
fn object(members: &Value) -> Value {
    json!({ "schema": { "type": "object", "properties": members } })
}

fn kinds() -> Case {
    let object_of_text = json!({ "type": "object", "properties": { "a": text() } });
    Case::new(
        "files are told from values, in lists too",
        takes(
            &object(&json!({
                "file": { "type": "string", "format": "binary", "description": "A file." },
                "files": list(&file()),
                "base64": { "type": "string", "format": "byte" },
                "text": text(),
                "enum": { "type": "string", "enum": ["a"] },
                "object": object_of_text,
                "objects": list(&object_of_text),
                "map": { "type": "object" },
                "untyped": { "description": "Anything." },
                "own": { "type": "string", "readOnly": true },
            })),
            &json!({}),
        ),
        takes(
            &form(&json!({
                "file": { "x-part": "file", "description": "A file." },
                "files": list(&part()),
                "base64": { "type": "string", "format": "byte" },
                "text": text(),
                "enum": { "type": "string", "enum": ["a"] },
                "object": object_of_text,
                "objects": list(&object_of_text),
                "map": { "type": "object" },
                "untyped": { "x-part": "any", "description": "Anything." },
            })),
            &json!({}),
        ),
        ["multipart: POST /a: multipart/form-data of 9 parts"],
    )
}

fn encoded() -> Case {
    let encoding = json!({
        "image": { "contentType": "image/png, image/*" },
        "csv": { "contentType": "text/csv" },
        "json": { "contentType": "application/vnd.x+json" },
        "xml": { "contentType": "application/xml" },
    });
    let members = |image: Value, xml: Value| json!({ "image": image, "csv": text(), "json": { "type": "object" }, "xml": xml });
    let with = |mut media_type: Value| {
        media_type["encoding"] = encoding.clone();
        takes(&media_type, &json!({}))
    };
    Case::new(
        "what a string cannot hold is a file, what is no JSON is made by the caller",
        with(object(&members(text(), json!({ "type": "object" })))),
        with(form(&members(part(), any()))),
        ["multipart: POST /a: multipart/form-data of 4 parts \
          (lost: the type of a part that is application/xml)"],
    )
}

fn named() -> Case {
    let schemas = json!({
        "Upload": {
            "allOf": [{ "$ref": "#/components/schemas/Base" }],
            "properties": { "file": to("File") },
            "required": ["file", "gone"],
        },
        "Base": {
            "type": "object",
            "required": ["name"],
            "properties": { "name": text() },
            "additionalProperties": file(),
        },
        "File": { "type": "string", "format": "binary", "description": "Bytes." },
    });
    Case::new(
        "a named form is written out",
        takes(&json!({ "schema": to("Upload") }), &schemas),
        takes(
            &json!({ "schema": {
                "type": "object",
                "properties": { "file": { "x-part": "file", "description": "Bytes." }, "name": text() },
                "x-parts": true,
                "required": ["file", "name"],
                "additionalProperties": true,
            } }),
            &schemas,
        ),
        ["multipart: POST /a: multipart/form-data of 2 parts"],
    )
}

fn choice_of_part() -> Case {
    Case::new(
        "a part that may be a file is made by the caller",
        takes(
            &object(&json!({
                "files": { "oneOf": [file(), list(&file())] },
                "either": { "anyOf": [file(), text()] },
                "words": { "oneOf": [text(), list(&text())] },
            })),
            &json!({}),
        ),
        takes(
            &form(&json!({
                "files": list(&part()),
                "either": any(),
                "words": { "oneOf": [text(), list(&text())] },
            })),
            &json!({}),
        ),
        ["multipart: POST /a: multipart/form-data of 3 parts"],
    )
}

fn choice_of_form() -> Case {
    let one = |name: &str, schema: Value| {
        json!({ "required": ["kind", name], "properties": {
        "kind": { "type": "string", "enum": [name] }, name: schema,
    } })
    };
    Case::new(
        "a choice of forms is one form of all their parts",
        takes(
            &json!({ "schema": { "oneOf": [one("url", text()), one("file", file())] } }),
            &json!({}),
        ),
        takes(
            &json!({ "schema": {
                "type": "object",
                "properties": { "kind": text(), "url": text(), "file": part() },
                "x-parts": true,
                "required": ["kind"],
            } }),
            &json!({}),
        ),
        ["multipart: POST /a: multipart/form-data of 3 parts \
          (lost: which parts go together, the types of the part `kind`)"],
    )
}

fn free(name: &'static str, media_type: &Value) -> Case {
    Case::new(
        name,
        takes(media_type, &json!({})),
        takes(
            &json!({ "schema": {
                "type": "object", "properties": {}, "x-parts": true, "additionalProperties": true,
            } }),
            &json!({}),
        ),
        ["multipart: POST /a: multipart/form-data of parts that the caller names"],
    )
}

fn headers() -> Case {
    let with = |mut media_type: Value| {
        media_type["encoding"] = json!({
            "a": { "headers": { "Content-Type": {}, "X-Rate": {} } },
            "b": { "headers": { "Content-Disposition": {} } },
        });
        takes(&media_type, &json!({}))
    };
    let members = json!({ "a": text(), "b": text() });
    Case::new(
        "headers of parts are lost, and it is said",
        with(object(&members)),
        with(form(&members)),
        ["multipart: POST /a: multipart/form-data of 2 parts (lost: the headers of the part `a`)"],
    )
}

fn unchanged() -> Case {
    let body = json!({ "content": { "application/json": object(&json!({ "f": file() })) } });
    let answer = json!({ "200": { "content": { "multipart/form-data": {} } } });
    Case::unchanged(
        "other bodies, and answers",
        document(
            &json!({ "/a": { "post": { "requestBody": body, "responses": answer } } }),
            &json!({}),
        ),
    )
}
