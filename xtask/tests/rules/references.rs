use super::case::Case;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        shared_parts(),
        chain(),
        path_item(),
        path_parameters(),
        dangling(),
        schemas(),
    ]
}

fn shared_parts() -> Case {
    let components = json!({
        "parameters": { "Limit": { "name": "limit", "in": "query" } },
        "requestBodies": { "Any": { "content": { "application/json": {} } } },
        "responses": { "Refused": { "description": "no" } },
    });
    Case::new(
        "parameters, bodies and answers stand where they are used",
        json!({
            "paths": { "/a": { "post": {
                "parameters": [{ "$ref": "#/components/parameters/Limit" }],
                "requestBody": { "$ref": "#/components/requestBodies/Any" },
                "responses": { "401": { "$ref": "#/components/responses/Refused" } },
            } } },
            "components": components,
        }),
        json!({
            "paths": { "/a": { "post": {
                "parameters": [{ "name": "limit", "in": "query" }],
                "requestBody": { "content": { "application/json": {} } },
                "responses": { "401": { "description": "no" } },
            } } },
            "components": components,
        }),
        ["references: POST /a: 3 references to shared parameters, bodies or answers resolved"],
    )
}

fn chain() -> Case {
    let components = json!({ "responses": {
        "One": { "$ref": "#/components/responses/Two" },
        "Two": { "description": "found" },
    } });
    Case::new(
        "a reference to a reference",
        json!({
            "paths": { "/a": { "get": {
                "responses": { "200": { "$ref": "#/components/responses/One" } },
            } } },
            "components": components,
        }),
        json!({
            "paths": { "/a": { "get": { "responses": { "200": { "description": "found" } } } } },
            "components": components,
        }),
        ["references: GET /a: 1 references to shared parameters, bodies or answers resolved"],
    )
}

fn path_item() -> Case {
    let item = json!({ "get": { "responses": {} } });
    Case::new(
        "a path item elsewhere, named by a percent-encoded pointer",
        json!({ "paths": { "/a": { "$ref": "#/x-items/the%20item" } }, "x-items": { "the item": item } }),
        json!({ "paths": { "/a": item }, "x-items": { "the item": item } }),
        ["references: /paths/~1a: path item reference resolved"],
    )
}

fn path_parameters() -> Case {
    Case::new(
        "parameters of a path go to its operations, whose own win",
        json!({
            "paths": { "/a/{id}": {
                "parameters": [
                    { "$ref": "#/components/parameters/Id" },
                    { "name": "limit", "in": "query" },
                ],
                "get": { "parameters": [{ "name": "limit", "in": "query", "required": true }] },
                "delete": {},
            } },
            "components": { "parameters": { "Id": { "name": "id", "in": "path" } } },
        }),
        json!({
            "paths": { "/a/{id}": {
                "get": { "parameters": [
                    { "name": "id", "in": "path" },
                    { "name": "limit", "in": "query", "required": true },
                ] },
                "delete": { "parameters": [
                    { "name": "id", "in": "path" },
                    { "name": "limit", "in": "query" },
                ] },
            } },
            "components": { "parameters": { "Id": { "name": "id", "in": "path" } } },
        }),
        [
            "references: /paths/~1a~1{id}/parameters: 2 parameters of the path moved to its operations",
            "references: GET /a/{id}: 1 references to shared parameters, bodies or answers resolved",
            "references: DELETE /a/{id}: 1 references to shared parameters, bodies or answers resolved",
        ],
    )
}

fn dangling() -> Case {
    Case::unchanged(
        "a reference to nothing, or to itself, stays for the diagnosis",
        json!({
            "paths": { "/a": { "get": { "responses": {
                "200": { "$ref": "#/components/responses/None" },
                "400": { "$ref": "#/components/responses/Loop" },
                "500": { "$ref": "other.yaml#/responses/Failed" },
            } } } },
            "components": { "responses": { "Loop": { "$ref": "#/components/responses/Loop" } } },
        }),
    )
}

fn schemas() -> Case {
    Case::unchanged(
        "references to schemas are types, not parts of an operation",
        json!({
            "paths": { "/a": { "get": { "responses": { "200": { "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/A" } },
            } } } } } },
            "components": { "schemas": { "A": { "type": "object" } } },
        }),
    )
}
