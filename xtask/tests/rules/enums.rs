use super::case::{Case, answers, document};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        joined(),
        prose(),
        null(),
        repeated(),
        integers(),
        names(),
        described(),
        separate(),
    ]
}

fn one(schema: &Value) -> Value {
    document(&json!({}), &json!({ "A": schema }))
}

fn joined() -> Case {
    let of = |one: Value, two: Value| {
        document(
            &json!({ "/a": { "get": answers(&json!({ "type": "string", "enum": one })) } }),
            &json!({ "Order": { "type": "array", "items": { "type": "string", "enum": two } } }),
        )
    };
    Case::new(
        "values joined by commas, wherever the schema stands",
        of(json!(["on,off"]), json!(["asc, desc, un-sorted.v2"])),
        of(json!(["on", "off"]), json!(["asc", "desc", "un-sorted.v2"])),
        [
            "enums: GET /a: 1 joined values split into 2",
            "enums: /components/schemas/Order/items: 1 joined values split into 3",
        ],
    )
}

fn prose() -> Case {
    Case::unchanged(
        "one value that is a sentence, or holds an empty word",
        document(
            &json!({}),
            &json!({
                "Sentence": { "type": "string", "enum": ["on or off, as you like"] },
                "Trailing": { "type": "string", "enum": ["on,"] },
            }),
        ),
    )
}

fn null() -> Case {
    Case::new(
        "null among the values means nullable",
        one(&json!({ "type": "string", "enum": ["on", null] })),
        one(&json!({ "type": "string", "enum": ["on"], "nullable": true })),
        ["enums: /components/schemas/A: null among the values means nullable"],
    )
}

fn repeated() -> Case {
    Case::new(
        "a value stands once, and is a string",
        one(&json!({ "enum": ["on", "off", "on"] })),
        one(&json!({ "type": "string", "enum": ["on", "off"] })),
        ["enums: /components/schemas/A: repeated values left out"],
    )
}

fn integers() -> Case {
    Case::new(
        "whole numbers are enumerated as strings are",
        document(
            &json!({}),
            &json!({
                "Number": { "type": "integer", "enum": [1, -2] },
                "Untyped": { "enum": [0, 1, null] },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Number": { "type": "integer", "enum": [1, -2] },
                "Untyped": { "enum": [0, 1], "nullable": true, "type": "integer" },
            }),
        ),
        ["enums: /components/schemas/Untyped: null among the values means nullable"],
    )
}

fn names() -> Case {
    Case::new(
        "names of values go with them",
        one(&json!({
            "type": "integer", "enum": [1, null, 2, 1],
            "x-enum-varnames": ["one", "none", "two", "uno"], "x-enumNames": ["one"],
        })),
        one(&json!({
            "type": "integer", "enum": [1, 2], "nullable": true,
            "x-enum-varnames": ["one", "two"], "x-enumNames": ["one"],
        })),
        ["enums: /components/schemas/A: null among the values means nullable"],
    )
}

fn described() -> Case {
    Case::new(
        "fractions and mixtures, and values of another type than the schema's, are described",
        document(
            &json!({}),
            &json!({
                "Number": { "type": "number", "enum": [1, 2.5], "description": "How many." },
                "Large": { "enum": [18_446_744_073_709_551_615_u64] },
                "Mixed": { "enum": ["a", 1, true] },
                "Text": { "type": "integer", "enum": ["1"] },
                "Untyped": { "enum": [true, false] },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Number": { "type": "number", "description": "How many.\n\nValues: `1`, `2.5`." },
                "Large": { "type": "integer", "description": "Values: `18446744073709551615`." },
                "Mixed": { "description": "Values: `\"a\"`, `1`, `true`." },
                "Text": { "type": "integer", "description": "Values: `\"1\"`." },
                "Untyped": { "type": "boolean", "description": "Values: `true`, `false`." },
            }),
        ),
        [
            "enums: /components/schemas/Number: 2 values described instead of enumerated",
            "enums: /components/schemas/Large: 1 values described instead of enumerated",
            "enums: /components/schemas/Mixed: 3 values described instead of enumerated",
            "enums: /components/schemas/Text: 1 values described instead of enumerated",
            "enums: /components/schemas/Untyped: 2 values described instead of enumerated",
        ],
    )
}

fn separate() -> Case {
    Case::unchanged(
        "several values, though one has a comma, and a member called enum",
        document(
            &json!({}),
            &json!({
                "Pair": { "type": "string", "enum": ["a,b", "c"] },
                "Member": { "type": "object", "properties": { "enum": { "type": "string" } } },
            }),
        ),
    )
}
