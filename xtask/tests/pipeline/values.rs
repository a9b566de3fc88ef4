//! Values that servers send in several forms, values by number, and members that no document lists.

use super::support::{Code, body, document, get, post, to};
use serde_json::{Value, json};

/// A type with all of them, sent and received.
pub(crate) fn everything() -> Value {
    let one_of = |kinds: [&str; 2]| json!({ "oneOf": kinds.map(|kind| json!({ "type": kind })) });
    let item = json!({
        "type": "object",
        "x-keep-unknown": true,
        "required": ["made"],
        "properties": {
            "made": { "type": "string", "format": "date-time", "example": "2030-01-31T10:00:00Z" },
            "seen": { "type": "string", "format": "x-timestamp" },
            "id": one_of(["integer", "string"]),
            "secure": one_of(["boolean", "integer"]),
            "share": { "type": "string", "format": "x-percentage" },
            "level": to("Level"),
            "levels": { "type": "array", "items": { "type": "integer", "enum": [-1, 0, 9_223_372_036_854_775_807_i64] } },
            "state": { "type": "string", "enum": ["on", "off"] },
            "key": { "type": "string", "format": "password", "example": "hunter2" },
            "extra": { "type": "string" },
            "size": one_of(["string", "array"]),
        },
    });
    document(
        &json!({
            "/a": get("get_item", &json!({ "200": body(&to("Item")) })),
            "/b": post("put_item", &body(&to("Item"))),
            "/c": { "get": {
                "operationId": "list_items",
                "parameters": [
                    { "in": "query", "name": "since", "schema": { "type": "string", "format": "date-time" } },
                    { "in": "query", "name": "level", "schema": to("Level") },
                    { "in": "query", "name": "id", "schema": one_of(["integer", "string"]) },
                ],
                "responses": { "200": body(&json!({ "type": "array", "items": to("Item") })) },
            } },
        }),
        &json!({
            "Item": item,
            "Level": {
                "type": "integer",
                "enum": [1, 2],
                "x-enum-varnames": ["LOW", "very high"],
                "x-enum-descriptions": ["", "Wakes somebody up."],
            },
        }),
    )
}

#[test]
fn what_comes_in_several_forms_is_a_scalar_of_the_runtime() {
    let code = Code::of(&everything());
    let answers = [
        "made: Option<rapid7_core::Timestamp>",
        "seen: Option<rapid7_core::Timestamp>",
        "id: Option<rapid7_core::IntegerOrText>",
        "secure: Option<rapid7_core::Flag>",
        "share: Option<rapid7_core::Percentage>",
        "extra: serde_json::Map<String,serde_json::Value>",
    ];
    let members = code.members("Item");
    for member in answers {
        assert!(
            members.iter().any(|found| found == member),
            "{member}: {members:#?}"
        );
    }
    let members = code.members("ItemInput");
    for member in [
        "made: rapid7_core::Timestamp",
        "extra: serde_json::Map<String,serde_json::Value>",
    ] {
        assert!(
            members.iter().any(|found| found == member),
            "{member}: {members:#?}"
        );
    }
    assert_eq!(
        code.fields("ListItems"),
        [
            "since: Given<Option<String>>",
            "level: Given<Option<types::Level>>",
            "id: Given<Option<rapid7_core::IntegerOrText>>",
        ]
    );
}

#[test]
fn integers_have_names_where_the_document_has_some() {
    let code = Code::of(&everything());
    assert_eq!(code.members("Level"), ["Low", "VeryHigh", "Unknown(i64)"]);
    assert_eq!(
        code.members("ItemLevel"),
        ["Minus1", "N0", "N9223372036854775807", "Unknown(i64)"]
    );
    assert!(
        code.file("types/default.rs")
            .contains("/// `2`: Wakes somebody up.")
    );
}

#[test]
fn members_say_what_they_may_hold_and_secrets_show_no_example() {
    let code = Code::of(&everything());
    let types = code.file("types/default.rs");
    assert!(
        types.contains("/// Example: `2030-01-31T10:00:00Z`."),
        "{types}"
    );
    assert!(types.contains("/// Known values: `on`, `off`."), "{types}");
    assert!(!types.contains("hunter2"), "{types}");
}

#[test]
fn of_unknown_members_only_names_are_printed() {
    let code = Code::of(&everything());
    let types = code.file("types/default.rs");
    let start = types.find("impl std::fmt::Debug for Item ").unwrap();
    let debug = &types[start..start + types[start..].find("\n}").unwrap()];
    assert!(
        debug.contains(".field(\"extra\", &self.extra.keys().collect::<Vec<_>>())"),
        "{debug}"
    );
    assert!(
        debug.contains(".field(\"extra2\", &self.extra2)"),
        "{debug}"
    );
}
