//! `OpenAPI` 3.1.

use super::case::Case;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = types();
    cases.extend(null());
    cases.extend(values());
    cases.extend(arrays());
    cases.extend(objects());
    cases.extend(others());
    cases.push(document());
    cases
}

fn types() -> Vec<Case> {
    vec![
        Case::schema(
            "a type or null",
            &json!({ "type": ["string", "null"], "format": "date" }),
            &json!({ "type": "string", "format": "date", "nullable": true }),
            ["openapi31: /components/schemas/A: a list of types is `string`, `nullable`"],
        ),
        Case::schema(
            "a list of one type, and a whole number is a number",
            &json!({ "type": ["integer", "number"] }),
            &json!({ "type": "number" }),
            ["openapi31: /components/schemas/A: a list of types is `number`"],
        ),
        Case::schema(
            "several types",
            &json!({
                "type": ["string", "array", "null"], "description": "d",
                "maxLength": 3, "items": { "type": "string" },
            }),
            &json!({
                "description": "d", "nullable": true,
                "anyOf": [
                    { "type": "string", "maxLength": 3 },
                    { "type": "array", "items": { "type": "string" } },
                ],
            }),
            ["openapi31: /components/schemas/A: types string, array are alternatives"],
        ),
        Case::schema(
            "values of several types",
            &json!({ "type": ["string", "integer", "boolean"], "enum": ["a", 1, 2] }),
            &json!({ "anyOf": [
                { "type": "string", "enum": ["a"] }, { "type": "integer", "enum": [1, 2] },
            ] }),
            ["openapi31: /components/schemas/A: types string, integer, boolean are alternatives"],
        ),
        Case::schema(
            "all types",
            &json!({ "type": ["null", "boolean", "object", "array", "number", "string"] }),
            &json!({ "nullable": true }),
            ["openapi31: /components/schemas/A: all types are any JSON"],
        ),
        Case::schema(
            "types beside a combination",
            &json!({ "type": ["string", "integer"], "oneOf": [{ "minLength": 1 }, {}] }),
            &json!({ "oneOf": [{ "minLength": 1 }, {}] }),
            ["openapi31: /components/schemas/A: \
                 types string, integer taken out beside a combination (lost: the types)"],
        ),
    ]
}

fn null() -> Vec<Case> {
    vec![
        Case::schema(
            "null or a reference",
            &json!({
                "title": "t",
                "anyOf": [{ "$ref": "#/components/schemas/A" }, { "type": "null" }],
            }),
            &json!({
                "title": "t", "nullable": true,
                "allOf": [{ "$ref": "#/components/schemas/A" }],
            }),
            ["openapi31: /components/schemas/A: null in anyOf is `nullable`"],
        ),
        Case::schema(
            "null or a schema, whose words stand back",
            &json!({
                "title": "t",
                "oneOf": [{ "const": null }, { "type": "string", "title": "u" }],
            }),
            &json!({ "title": "t", "nullable": true, "type": "string" }),
            ["openapi31: /components/schemas/A: null in oneOf is `nullable`"],
        ),
        Case::schema(
            "null or several",
            &json!({ "anyOf": [{ "type": "string" }, { "type": ["null"] }, { "type": "integer" }] }),
            &json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true }),
            ["openapi31: /components/schemas/A: null in anyOf is `nullable`"],
        ),
        Case::schema(
            "nothing but null",
            &json!({ "type": "null" }),
            &json!({ "nullable": true }),
            [
                "openapi31: /components/schemas/A: the type null is `nullable` \
                 (lost: that nothing else is allowed)",
            ],
        ),
        Case::schema(
            "null among the values",
            &json!({ "type": ["string", "null"], "enum": ["a", null] }),
            &json!({ "type": "string", "enum": ["a"], "nullable": true }),
            [
                "openapi31: /components/schemas/A: null in enum is `nullable`; \
                 a list of types is `string`, `nullable`",
            ],
        ),
        Case::schema(
            "`nullable`, a word of 3.0",
            &json!({ "type": "string", "nullable": true }),
            &json!({ "type": "string", "nullable": true }),
            [],
        ),
    ]
}

fn values() -> Vec<Case> {
    vec![
        Case::schema(
            "constants",
            &json!({ "properties": {
                "s": { "const": "a" }, "i": { "const": 1 }, "o": { "const": {} },
            } }),
            &json!({ "properties": {
                "s": { "type": "string", "enum": ["a"] },
                "i": { "type": "integer", "enum": [1] },
                "o": { "type": "object" },
            } }),
            [
                "openapi31: /components/schemas/A/properties/s: const is an enum of one value",
                "openapi31: /components/schemas/A/properties/i: const is an enum of one value",
                "openapi31: /components/schemas/A/properties/o: const taken out \
                 (lost: the constant)",
            ],
        ),
        Case::schema(
            "examples",
            &json!({ "type": "string", "examples": ["a", "b"], "properties": {
                "examples": { "type": "array" },
            } }),
            &json!({ "type": "string", "properties": {
                "examples": { "type": "array" },
            }, "example": "a" }),
            [
                "openapi31: /components/schemas/A: `examples` of 1 schemas are one `example` each \
                 (lost: 1 further examples)",
            ],
        ),
        Case::schema(
            "booleans in place of schemas",
            &json!({ "items": true, "properties": { "p": false }, "additionalProperties": true }),
            &json!({ "items": {}, "properties": { "p": {} }, "additionalProperties": true }),
            [
                "openapi31: /components/schemas/A: items: `true` is any JSON",
                "openapi31: /components/schemas/A/properties/p: `false` is any JSON \
                 (lost: that nothing is allowed)",
            ],
        ),
        Case::schema(
            "exclusive bounds",
            &json!({ "exclusiveMinimum": 1, "maximum": 3, "exclusiveMaximum": 4.5 }),
            &json!({ "exclusiveMinimum": true, "maximum": 3, "minimum": 1 }),
            [
                "openapi31: /components/schemas/A: exclusiveMinimum is `minimum`, exclusive; \
                 exclusiveMaximum is `maximum`, exclusive",
            ],
        ),
        Case::schema(
            "content",
            &json!({ "properties": {
                "a": { "type": "string", "contentEncoding": "base64" },
                "b": { "type": "string", "contentMediaType": "image/png" },
                "c": { "contentMediaType": "application/json", "contentSchema": {} },
            } }),
            &json!({ "properties": {
                "a": { "type": "string", "format": "byte" },
                "b": { "type": "string", "format": "binary" },
                "c": { "type": "string" },
            } }),
            [
                "openapi31: /components/schemas/A/properties/a: \
                 the content of the string is its format, `byte`",
                "openapi31: /components/schemas/A/properties/b: \
                 the content of the string is its format, `binary`",
                "openapi31: /components/schemas/A/properties/c: \
                 the content of the string is text (lost: what the text holds)",
            ],
        ),
    ]
}

fn arrays() -> Vec<Case> {
    let note = "openapi31: /components/schemas/A: elements by position are elements of one kind \
                (lost: which stands where)";
    let (number, text) = (json!({ "type": "number" }), json!({ "type": "string" }));
    vec![
        Case::schema(
            "positions of one kind",
            &json!({ "type": "array", "prefixItems": [number, number], "items": false }),
            &json!({ "type": "array", "items": number }),
            [note],
        ),
        Case::schema(
            "positions of several kinds",
            &json!({ "type": "array", "prefixItems": [number, text], "items": text }),
            &json!({ "type": "array", "items": { "anyOf": [number, text] } }),
            [note],
        ),
        Case::schema(
            "positions as older drafts have them",
            &json!({ "type": "array", "items": [text, number], "additionalItems": false }),
            &json!({ "type": "array", "items": { "anyOf": [text, number] } }),
            [note],
        ),
    ]
}

fn objects() -> Vec<Case> {
    let text = json!({ "type": "string" });
    vec![
        Case::schema(
            "members by pattern",
            &json!({ "patternProperties": { "^a": text }, "additionalProperties": false }),
            &json!({ "additionalProperties": text, "type": "object" }),
            [
                "openapi31: /components/schemas/A: patternProperties are additionalProperties \
                 (lost: the patterns of the names)",
            ],
        ),
        Case::schema(
            "members by several patterns",
            &json!({ "patternProperties": { "^a": text, "^b": { "type": "integer" } } }),
            &json!({ "type": "object", "additionalProperties": {} }),
            [
                "openapi31: /components/schemas/A: patternProperties are additionalProperties \
                 (lost: the patterns of the names)",
            ],
        ),
        Case::schema(
            "conditions",
            &json!({
                "properties": { "a": text },
                "if": { "required": ["a"] },
                "then": { "properties": { "b": text, "a": {} }, "required": ["b"] },
                "else": { "required": ["c"] },
                "dependentSchemas": { "a": { "properties": { "c": text } } },
                "dependentRequired": { "a": ["b"] },
            }),
            &json!({ "properties": { "a": text, "b": text, "c": text } }),
            [
                "openapi31: /components/schemas/A: then, else, dependentSchemas, if, \
                 dependentRequired taken out, members are optional (lost: the condition)",
            ],
        ),
        Case::schema(
            "restrictions",
            &json!({
                "$schema": "s", "$comment": "c", "propertyNames": { "maxLength": 2 },
                "unevaluatedProperties": false,
            }),
            &json!({}),
            [
                "openapi31: /components/schemas/A: $schema, $comment taken out; \
                 propertyNames, unevaluatedProperties taken out (lost: the restriction)",
            ],
        ),
        Case::schema(
            "further members",
            &json!({ "unevaluatedProperties": text }),
            &json!({ "additionalProperties": text }),
            ["openapi31: /components/schemas/A: unevaluatedProperties are additionalProperties"],
        ),
    ]
}

fn others() -> Vec<Case> {
    vec![
        Case::schema(
            "words beside a reference stay",
            &json!({ "items": { "$ref": "#/components/schemas/A", "description": "d" } }),
            &json!({ "items": { "$ref": "#/components/schemas/A", "description": "d" } }),
            [],
        ),
        Case::schema(
            "structure beside a reference is composed with it",
            &json!({ "items": {
                "$ref": "#/components/schemas/A", "description": "d", "required": ["a"],
            } }),
            &json!({ "items": {
                "description": "d",
                "allOf": [{ "$ref": "#/components/schemas/A" }, { "required": ["a"] }],
            } }),
            ["openapi31: /components/schemas/A/items: \
                 what stands beside `$ref` is composed with it"],
        ),
    ]
}

fn document() -> Case {
    Case::new(
        "the document",
        json!({
            "openapi": "3.1.1",
            "jsonSchemaDialect": "d",
            "info": { "summary": "s", "license": { "name": "n", "identifier": "MIT" } },
            "paths": { "/a": { "get": { "responses": { "200": {
                "description": "", "content": { "application/json": { "schema": true } },
            } } } } },
            "webhooks": { "w": { "post": { "responses": {} } } },
            "components": null,
            "tags": null,
        }),
        json!({
            "openapi": "3.0.3",
            "info": { "license": { "name": "n" }, "description": "s" },
            "paths": { "/a": { "get": { "responses": { "200": {
                "description": "", "content": { "application/json": { "schema": {} } },
            } } } } },
            "x-webhooks": { "w": { "post": { "responses": {} } } },
        }),
        [
            "openapi31: GET /a: schema: `true` is any JSON",
            "openapi31: /jsonSchemaDialect: taken out",
            "openapi31: /webhooks: webhooks set aside: 1 (lost: calls that the server makes)",
            "openapi31: /info/summary: now the description",
            "openapi31: /info/license/identifier: taken out beside a name (lost: the identifier)",
        ],
    )
}
