use super::case::{Case, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![stated(), numbers(), wide(), flags(), named(), unions()]
}

fn schemas(all: &Value) -> Value {
    document(&json!({}), all)
}

fn stated() -> Case {
    Case::new(
        "a format that names the scalar, whatever else the schema says",
        schemas(&json!({
            "Flag": { "format": "x-flag", "type": "integer", "description": "0 or 1.", "nullable": true },
            "Share": { "format": "x-percentage", "type": "string", "x-more": 1 },
            "Any": { "format": "x-integer-or-text" },
        })),
        schemas(&json!({
            "Flag": { "format": "x-flag", "type": "string", "description": "0 or 1.", "nullable": true },
            "Share": { "format": "x-percentage", "type": "string", "x-more": 1 },
            "Any": { "format": "x-integer-or-text", "type": "string" },
        })),
        [
            "scalars: /components/schemas/Flag: read as one scalar, x-flag",
            "scalars: /components/schemas/Any: read as one scalar, x-integer-or-text",
        ],
    )
}

fn numbers() -> Case {
    let scalar = json!({ "type": "string", "format": "x-integer-or-text" });
    Case::new(
        "a number or a text",
        schemas(&json!({
            "A": { "oneOf": [{ "type": "integer" }, { "type": "string", "maxLength": 9 }], "example": 1 },
            "B": { "type": "array", "items": { "anyOf": [{ "type": "string" }, { "type": "integer", "format": "int64" }] } },
        })),
        schemas(&json!({
            "A": { "type": "string", "format": "x-integer-or-text", "example": 1 },
            "B": { "type": "array", "items": scalar },
        })),
        [
            "scalars: /components/schemas/A: read as one scalar, x-integer-or-text",
            "scalars: /components/schemas/B/items: read as one scalar, x-integer-or-text",
        ],
    )
}

fn wide() -> Case {
    let scalar = json!({ "type": "string", "format": "x-integer-or-text" });
    Case::new(
        "an integer that 64 bits with a sign do not hold, by its format or its bounds",
        schemas(&json!({
            "A": { "type": "integer", "format": "uint64" },
            "B": { "type": "integer", "maximum": 18_446_744_073_709_551_615_u64 },
            "C": { "type": "integer", "maximum": 9_223_372_036_854_775_807_i64, "minimum": 0.5 },
            "D": { "type": "number", "maximum": 1e30 },
            "E": { "type": "integer", "format": "uint64", "enum": [1, 2] },
        })),
        schemas(&json!({
            "A": scalar,
            "B": scalar,
            "C": { "type": "integer", "maximum": 9_223_372_036_854_775_807_i64, "minimum": 0.5 },
            "D": { "type": "number", "maximum": 1e30 },
            "E": { "type": "integer", "format": "uint64", "enum": [1, 2] },
        })),
        [
            "scalars: /components/schemas/A: read as one scalar, x-integer-or-text",
            "scalars: /components/schemas/B: read as one scalar, x-integer-or-text",
        ],
    )
}

fn flags() -> Case {
    let scalar = json!({ "type": "string", "format": "x-flag" });
    let one_of = |one: Value, other: Value| json!({ "oneOf": [one, other] });
    let boolean = json!({ "type": "boolean" });
    Case::new(
        "a boolean, or what stands for one",
        schemas(&json!({
            "Text": one_of(boolean.clone(), json!({ "type": "string" })),
            "Words": one_of(json!({ "type": "string", "enum": ["True", "off"] }), boolean.clone()),
            "Number": one_of(boolean, json!({ "type": "integer" })),
            "Bits": one_of(json!({ "type": "integer", "enum": [0, 1] }), json!({ "type": "string", "enum": ["yes", "no"] })),
        })),
        schemas(&json!({ "Text": scalar, "Words": scalar, "Number": scalar, "Bits": scalar })),
        [
            "scalars: /components/schemas/Text: read as one scalar, x-flag",
            "scalars: /components/schemas/Words: read as one scalar, x-flag",
            "scalars: /components/schemas/Number: read as one scalar, x-flag",
            "scalars: /components/schemas/Bits: read as one scalar, x-flag",
        ],
    )
}

fn named() -> Case {
    Case::new(
        "alternatives that have names",
        schemas(&json!({
            "Id": { "type": "integer" },
            "Either": { "anyOf": [to("Id"), { "type": "string" }] },
        })),
        schemas(&json!({
            "Id": { "type": "integer" },
            "Either": { "type": "string", "format": "x-integer-or-text" },
        })),
        ["scalars: /components/schemas/Either: read as one scalar, x-integer-or-text"],
    )
}

fn unions() -> Case {
    let one_of = |parts: Value| json!({ "oneOf": parts });
    Case::unchanged(
        "alternatives that mean different things",
        schemas(&json!({
            "Levels": one_of(json!([{ "type": "boolean" }, { "type": "string", "enum": ["auto"] }])),
            "Limit": one_of(json!([{ "type": "integer" }, { "type": "string", "enum": ["all"] }])),
            "Key": one_of(json!([{ "type": "integer" }, { "type": "string", "format": "password" }])),
            "Three": one_of(json!([{ "type": "integer" }, { "type": "string" }, { "type": "boolean" }])),
            "Numbers": one_of(json!([{ "type": "number" }, { "type": "string" }])),
            "Lost": one_of(json!([to("Nowhere"), { "type": "string" }])),
            "Member": { "type": "object", "properties": { "format": { "type": "string" } } },
        })),
    )
}
