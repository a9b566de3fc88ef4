use super::untyped;
use serde_json::{Value, json};

fn document(answer: &Value, schemas: &Value) -> Value {
    json!({
        "paths": { "/a": { "get": {
            "parameters": [{ "in": "query", "name": "q", "schema": { "type": "string" } }],
            "responses": { "200": { "content": { "application/json": { "schema": answer } } } },
        } } },
        "components": { "schemas": schemas },
    })
}

fn of(before: &(Value, Value), after: &(Value, Value)) -> (usize, Vec<String>) {
    let counted = untyped(
        &document(&before.0, &before.1),
        &document(&after.0, &after.1),
    );
    (counted.stated, counted.untyped)
}

#[test]
fn nothing_is_lost_where_both_are_the_same() {
    let pet = json!({ "type": "object", "properties": {
        "name": { "type": "string" },
        "friends": { "type": "array", "items": { "$ref": "#/components/schemas/Pet" } },
        "notes": {},
    } });
    let schemas = json!({ "Pet": pet });
    let answer = json!({ "$ref": "#/components/schemas/Pet" });
    let counted = of(&(answer.clone(), schemas.clone()), &(answer, schemas));
    // The parameter, the body, name and friends; notes states nothing.
    assert_eq!(counted, (4, vec![]));
}

#[test]
fn a_member_that_became_any_value_is_untyped_and_so_is_what_it_held() {
    let before = json!({ "type": "object", "properties": {
        "a": { "type": "object", "properties": { "b": { "type": "integer" } } },
        "c": { "type": "array", "items": { "type": "string" } },
        "d": { "type": "string" },
    } });
    let after = json!({ "type": "object", "properties": {
        "a": {},
        "c": { "type": "array", "items": {} },
        "d": { "type": "string" },
    } });
    let (stated, lost) = of(&(before, json!({})), &(after, json!({})));
    assert_eq!(stated, 6);
    assert_eq!(lost, ["GET /a 200.a.b", "GET /a 200.a", "GET /a 200.c"]);
}

#[test]
fn a_body_without_a_schema_loses_all_of_it() {
    let before = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    let (stated, lost) = of(&(before, json!({})), &(json!({}), json!({})));
    assert_eq!(stated, 3);
    assert_eq!(lost, ["GET /a 200.a", "GET /a 200"]);
}

#[test]
fn compositions_are_looked_through_on_both_sides() {
    let before = json!({ "allOf": [
        { "$ref": "#/components/schemas/Base" },
        { "properties": { "b": { "oneOf": [{ "type": "string" }, { "type": "integer" }] } } },
    ] });
    let base = json!({ "Base": { "type": "object", "properties": { "a": { "type": "string" } } } });
    let after = json!({ "type": "object", "properties": {
        "a": { "type": "string" },
        "b": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
    } });
    assert_eq!(of(&(before, base.clone()), &(after, base)), (4, vec![]));
}

#[test]
fn a_swagger_2_form_and_body_are_read() {
    let before = json!({ "swagger": "2.0", "paths": { "/a": { "post": {
        "parameters": [
            { "in": "formData", "name": "n", "type": "integer" },
            { "in": "formData", "name": "m", "type": "integer" },
        ],
        "responses": { "200": { "schema": { "type": "array", "items": { "type": "string" } } } },
    } } } });
    let form = json!({ "type": "object", "properties": { "n": { "type": "integer" }, "m": {} } });
    let after = json!({ "paths": { "/a": { "post": {
        "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": form } } },
        "responses": { "200": { "content": { "application/json": {
            "schema": { "type": "array", "items": { "type": "string" } },
        } } } },
    } } } });
    let counted = untyped(&before, &after);
    assert_eq!(counted.stated, 3);
    assert_eq!(counted.untyped, ["POST /a m"]);
}
