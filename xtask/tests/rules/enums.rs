use super::case::{Case, answers, document};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![joined(), prose(), separate()]
}

fn joined() -> Case {
    Case::new(
        "values joined by commas, wherever the schema stands",
        document(
            &json!({ "/a": { "get": answers(&json!({ "type": "string", "enum": ["on,off"] })) } }),
            &json!({ "Order": { "type": "array", "items": { "enum": ["asc, desc, un-sorted.v2"] } } }),
        ),
        document(
            &json!({ "/a": { "get": answers(&json!({ "type": "string", "enum": ["on", "off"] })) } }),
            &json!({ "Order": { "type": "array", "items": { "enum": ["asc", "desc", "un-sorted.v2"] } } }),
        ),
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
                "Sentence": { "enum": ["on or off, as you like"] },
                "Trailing": { "enum": ["on,"] },
                "Number": { "enum": [1] },
            }),
        ),
    )
}

fn separate() -> Case {
    Case::unchanged(
        "several values, though one has a comma",
        document(&json!({}), &json!({ "Pair": { "enum": ["a,b", "c"] } })),
    )
}
