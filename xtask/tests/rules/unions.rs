use super::case::{Case, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        null(),
        repeated(),
        single(),
        constraints(),
        members_beside(),
        both(),
        nested(),
        real(),
    ]
}

fn one(schema: &Value) -> Value {
    document(
        &json!({}),
        &json!({ "A": schema, "B": thing("b"), "C": thing("c") }),
    )
}

fn thing(member: &str) -> Value {
    json!({ "type": "object", "required": [member], "properties": { member: { "type": "string" } } })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn null() -> Case {
    Case::new(
        "null among the alternatives means nullable",
        one(&json!({ "anyOf": [to("B"), text(), { "type": "null" }, { "enum": [null] }] })),
        one(&json!({ "anyOf": [to("B"), text()], "nullable": true })),
        ["unions: /components/schemas/A: anyOf reduced to 2 types"],
    )
}

fn repeated() -> Case {
    Case::new(
        "alternatives that are one Rust type",
        one(&json!({ "oneOf": [
            to("B"), { "type": "string", "maxLength": 3 }, to("B"), { "type": "string", "pattern": "x" },
        ] })),
        one(&json!({ "oneOf": [to("B"), { "type": "string", "maxLength": 3 }] })),
        ["unions: /components/schemas/A: oneOf reduced to 2 types"],
    )
}

fn single() -> Case {
    Case::new(
        "one type left stands for the union, the union's words win",
        one(&json!({ "description": "It.", "oneOf": [to("B"), { "type": "null" }] })),
        one(&json!({ "$ref": "#/components/schemas/B", "description": "It.", "nullable": true })),
        ["unions: /components/schemas/A: oneOf with one type replaced by it"],
    )
}

fn constraints() -> Case {
    Case::new(
        "alternatives that only say which members go together",
        one(&json!({
            "type": "object", "properties": { "a": text(), "b": text() },
            "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
        })),
        one(&json!({ "type": "object", "properties": { "a": text(), "b": text() } })),
        ["unions: /components/schemas/A: anyOf without types left out"],
    )
}

fn members_beside() -> Case {
    let merged = |name: &str, member: &str| {
        json!({
            "type": "object",
            "title": name,
            "required": ["kind", member],
            "properties": { "kind": text(), member: text() },
        })
    };
    Case::new(
        "members beside the alternatives belong to each",
        one(&json!({
            "type": "object", "properties": { "kind": text() }, "required": ["kind"],
            "oneOf": [to("B"), to("C")],
        })),
        one(&json!({ "oneOf": [merged("B", "b"), merged("C", "c")] })),
        ["unions: /components/schemas/A: members beside oneOf put into each alternative"],
    )
}

fn both() -> Case {
    Case::new(
        "anyOf beside oneOf",
        one(&json!({ "oneOf": [to("B"), to("C")], "anyOf": [text(), { "type": "integer" }] })),
        one(&json!({ "oneOf": [to("B"), to("C")] })),
        [
            "unions: /components/schemas/A: anyOf beside oneOf left out (lost: the alternatives under anyOf)",
        ],
    )
}

fn nested() -> Case {
    Case::new(
        "a union inside of a union, reduced from the outside in",
        one(&json!({ "oneOf": [{ "anyOf": [text(), { "type": "null" }] }, to("B")] })),
        one(&json!({ "oneOf": [{ "type": "string", "nullable": true }, to("B")] })),
        ["unions: /components/schemas/A/oneOf/0: anyOf with one type replaced by it"],
    )
}

fn real() -> Case {
    Case::unchanged(
        "alternatives that are types",
        one(&json!({
            "oneOf": [to("B"), to("C"), text(), { "type": "integer" }],
            "discriminator": { "propertyName": "kind" },
        })),
    )
}
