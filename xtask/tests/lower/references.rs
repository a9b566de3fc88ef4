//! References to what is no named component.

use super::case::Case;
use serde_json::{Value, json};

fn document(paths: &Value, components: &Value) -> Value {
    json!({ "openapi": "3.0.3", "info": {}, "paths": paths, "components": components })
}

fn json_body(schema: &Value) -> Value {
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

fn to(pointer: &str) -> Value {
    json!({ "$ref": format!("#{pointer}") })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = schemas();
    cases.extend(other_places());
    cases.extend(lost());
    cases.extend(shared());
    cases
}

fn schemas() -> Vec<Case> {
    let object = json!({ "type": "object" });
    vec![
        Case::new(
            "into an operation, percent-encoded",
            document(
                &json!({ "/a/{id}": { "get": { "operationId": "getA", "responses": {
                    "200": json_body(&object),
                    "201": json_body(&to(
                        "/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema",
                    )),
                } } } }),
                &json!({}),
            ),
            document(
                &json!({ "/a/{id}": { "get": { "operationId": "getA", "responses": {
                    "200": json_body(&to("/components/schemas/GetAAnswer")),
                    "201": json_body(&to("/components/schemas/GetAAnswer")),
                } } } }),
                &json!({ "schemas": { "GetAAnswer": object } }),
            ),
            ["references_elsewhere: GET /a/{id}: named `GetAAnswer`, for a reference to it"],
        ),
        Case::new(
            "into a component and into what it defines, one inside the other",
            document(
                &json!({}),
                &json!({ "schemas": {
                    "A": {
                        "definitions": { "kind": { "type": "object", "properties": {
                            "x": { "type": "integer" },
                        } } },
                        "properties": { "k": to("/components/schemas/A/definitions/kind") },
                    },
                    "B": { "items": to("/components/schemas/A/definitions/kind/properties/x") },
                    "C": { "items": to("/components/schemas/A/properties/k/properties/x") },
                } }),
            ),
            document(
                &json!({}),
                &json!({ "schemas": {
                    "A": { "properties": { "k": to("/components/schemas/kind") } },
                    "B": { "items": to("/components/schemas/AKindX") },
                    "C": { "items": to("/components/schemas/AKindX") },
                    "AKindX": { "type": "integer" },
                    "kind": { "type": "object", "properties": {
                        "x": to("/components/schemas/AKindX"),
                    } },
                } }),
            ),
            [
                "references_elsewhere: /components/schemas/A/definitions/kind/properties/x: \
                 named `AKindX`, for 2 references to it",
                "references_elsewhere: /components/schemas/A/definitions/kind: \
                 named `kind`, for a reference to it",
                "openapi31: /components/schemas/A: \
                 definitions taken out, what is used of it is a component",
            ],
        ),
    ]
}

fn other_places() -> Vec<Case> {
    let object = json!({ "type": "object" });
    vec![
        Case::new(
            "to a shared answer where a schema is wanted, and from a mapping",
            document(
                &json!({}),
                &json!({
                    "responses": { "R": json_body(&object) },
                    "schemas": { "A": {
                        "discriminator": { "propertyName": "p", "mapping": {
                            "r": "#/components/responses/R", "a": "A",
                        } },
                        "items": to("/components/responses/R"),
                    } },
                }),
            ),
            document(
                &json!({}),
                &json!({
                    "responses": { "R": json_body(&to("/components/schemas/RAnswer")) },
                    "schemas": {
                        "A": {
                            "discriminator": { "propertyName": "p", "mapping": {
                                "r": "#/components/schemas/RAnswer", "a": "A",
                            } },
                            "items": to("/components/schemas/RAnswer"),
                        },
                        "RAnswer": object,
                    },
                }),
            ),
            [
                "references_elsewhere: /components/responses/R/content/application~1json/schema: \
                 named `RAnswer`, for 2 references to it",
            ],
        ),
        Case::new(
            "in the words of other versions",
            document(
                &json!({}),
                &json!({ "schemas": {
                    "A": { "items": to("/definitions/B") },
                    "B": { "items": { "$ref": "A" } },
                    "C": { "$id": "https://x.test/c", "items": { "$ref": "https://x.test/c" } },
                    "D": { "$anchor": "d", "items": { "$dynamicRef": "#d" } },
                    "E": { "items": { "$ref": "#" } },
                    "F": { "$defs": { "G": { "type": "integer" } }, "items": to("/$defs/G") },
                } }),
            ),
            document(
                &json!({}),
                &json!({ "schemas": {
                    "A": { "items": to("/components/schemas/B") },
                    "B": { "items": to("/components/schemas/A") },
                    "C": { "items": to("/components/schemas/C") },
                    "D": { "items": to("/components/schemas/D") },
                    "E": { "items": to("/components/schemas/E") },
                    "F": { "items": to("/components/schemas/G") },
                    "G": { "type": "integer" },
                } }),
            ),
            [
                "references_elsewhere: /components/schemas/D/items: `#d` read as `$ref` \
                 (lost: that the place of use may redefine it)",
                "references_elsewhere: /components/schemas/F/$defs/G: \
                 named `G`, for a reference to it",
                "openapi31: /components/schemas/C: $id taken out",
                "openapi31: /components/schemas/D: $anchor taken out",
                "openapi31: /components/schemas/F: \
                 $defs taken out, what is used of it is a component",
            ],
        ),
    ]
}

fn lost() -> Vec<Case> {
    vec![Case::new(
        "schemas that are not there",
        document(
            &json!({}),
            &json!({ "schemas": {
                "A": { "items": { "$ref": "#/components/schemas/Gone", "description": "d" } },
                "B": { "items": to("/components/schemas/Gone") },
                "C": { "$ref": "other.yaml#/X" },
                "D": { "allOf": [to("/nowhere"), { "type": "object" }] },
                "E": to("/components/schemas/F"),
                "F": to("/components/schemas/E"),
                "G": { "items": to("/info") },
            } }),
        ),
        document(
            &json!({}),
            &json!({ "schemas": {
                "A": { "items": { "description": "d" } },
                "B": { "items": {} },
                "C": {},
                "D": { "allOf": [{ "type": "object" }] },
                "E": {},
                "F": {},
                "G": { "items": {} },
            } }),
        ),
        [
            "references_elsewhere: /components/schemas/A/items: \
             `#/components/schemas/Gone` is not there (2 references): any JSON \
             (lost: what stands there)",
            "references_elsewhere: /components/schemas/C: \
             `other.yaml#/X` leads into another file: any JSON (lost: what stands there)",
            "references_elsewhere: /components/schemas/D/allOf/0: \
             `#/nowhere` is not there: any JSON (lost: what stands there)",
            "references_elsewhere: /components/schemas/G/items: \
             `#/info` is something else: any JSON (lost: what stands there)",
            "references_elsewhere: /components/schemas/E: \
             refers to itself and to nothing else: any JSON (lost: what was meant)",
            "references_elsewhere: /components/schemas/F: \
             refers to itself and to nothing else: any JSON (lost: what was meant)",
            "openapi31: /components/schemas/D: parts of allOf that say nothing taken out",
        ],
    )]
}

fn shared() -> Vec<Case> {
    let id = json!({ "name": "id", "in": "query", "schema": { "type": "string" } });
    let operation = |parameters: Value| json!({ "parameters": parameters, "responses": {} });
    vec![Case::new(
        "to what is not a schema",
        document(
            &json!({
                "/a": {
                    "get": operation(json!([id, to("/components/parameters/P")])),
                    "put": operation(json!([
                        to("/gone"),
                        to("/paths/~1a/get/parameters/0"),
                        to("/components/schemas/A"),
                    ])),
                },
                "/b": to("/paths/~1a"),
                "/c": to("/components/pathItems/C"),
                "/d": { "get": {
                    "requestBody": to("/components/schemas/A"),
                    "responses": {
                        "200": to("/components/schemas/A"),
                        "400": to("/components/responses/Gone"),
                        "401": { "$ref": "other.yaml" },
                    },
                }, "post": { "requestBody": to("/gone"), "responses": {} } },
                "/e": { "$ref": "other.yaml" },
            }),
            &json!({
                "parameters": { "P": id },
                "schemas": { "A": {} },
                "pathItems": { "C": { "get": operation(json!([])) } },
            }),
        ),
        document(
            &json!({
                "/a": {
                    "get": operation(json!([id, to("/components/parameters/P")])),
                    "put": operation(json!([id])),
                },
                "/b": {
                    "get": operation(json!([id, to("/components/parameters/P")])),
                    "put": operation(json!([id])),
                },
                "/c": { "get": operation(json!([])) },
                "/d": { "get": {
                    "requestBody": { "content": { "application/json": {
                        "schema": to("/components/schemas/A"),
                    } } },
                    "responses": {
                        "200": json_body(&to("/components/schemas/A")),
                        "400": { "description": "" },
                        "401": { "description": "" },
                    },
                }, "post": {
                    "requestBody": { "content": { "application/json": { "schema": {} } } },
                    "responses": {},
                } },
                "/e": {},
            }),
            &json!({ "parameters": { "P": id }, "schemas": { "A": {} } }),
        ),
        [
            "references_elsewhere: /paths/~1b: `#/paths/~1a` written out",
            "references_elsewhere: /paths/~1c: `#/components/pathItems/C` written out",
            "references_elsewhere: /paths/~1e: `other.yaml` leads into another file \
                 (lost: the operations of the path)",
            "references_elsewhere: PUT /a: `#/gone` is not there (lost: the parameter)",
            "references_elsewhere: PUT /a: `#/paths/~1a/get/parameters/0` written out",
            "references_elsewhere: PUT /a: `#/components/schemas/A` is something else \
                 (lost: the parameter)",
            "references_elsewhere: PUT /a: `#/gone` is not there (lost: the parameter)",
            "references_elsewhere: PUT /a: `#/paths/~1a/get/parameters/0` written out",
            "references_elsewhere: PUT /a: `#/components/schemas/A` is something else \
                 (lost: the parameter)",
            "references_elsewhere: GET /d: `#/components/schemas/A` written out",
            "references_elsewhere: POST /d: `#/gone` is not there (lost: what the body holds)",
            "references_elsewhere: GET /d: `#/components/schemas/A` written out",
            "references_elsewhere: GET /d: `#/components/responses/Gone` is not there \
                 (lost: what the answer holds)",
            "references_elsewhere: GET /d: `other.yaml` leads into another file \
                 (lost: what the answer holds)",
            "openapi31: /components/pathItems: written out where they are used",
        ],
    )]
}
