use super::case::{Case, answers, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        misnamed(),
        inferred(),
        boolean_schemas(),
        items(),
        list_of_values(),
        implied_text(),
        keywords(),
        patterns(),
        of_wrong_type(),
        right(),
    ]
}

fn members(members: &Value) -> Value {
    document(
        &json!({}),
        &json!({ "A": { "type": "object", "properties": members } }),
    )
}

fn misnamed() -> Case {
    Case::new(
        "types that have other words, and those that are none",
        members(&json!({
            "int": { "type": "Int64" },
            "file": { "type": "file" },
            "text": { "type": "String" },
            "null": { "type": "null" },
            "several": { "type": ["string", "null"] },
            "deeper": { "type": { "type": "string", "enum": ["a"] }, "title": "T" },
        })),
        members(&json!({
            "int": { "type": "integer" },
            "file": { "type": "string" },
            "text": { "type": "string" },
            "null": {},
            "several": {},
            "deeper": { "type": "string", "enum": ["a"], "title": "T" },
        })),
        [
            "shapes: /components/schemas/A/properties/int: type \"Int64\" read as integer",
            "shapes: /components/schemas/A/properties/file: type \"file\" read as string",
            "shapes: /components/schemas/A/properties/text: type \"String\" read as string",
            "shapes: /components/schemas/A/properties/null: type \"null\" read as any value \
             (lost: the type \"null\")",
            "shapes: /components/schemas/A/properties/several: type [\"string\",\"null\"] read as any value \
             (lost: the type [\"string\",\"null\"])",
            "shapes: /components/schemas/A/properties/deeper: the schema that stands under `type` is the schema",
        ],
    )
}

fn inferred() -> Case {
    Case::new(
        "a type that is plain from the rest, and one that contradicts it",
        members(&json!({
            "object": { "properties": { "a": { "type": "string" } } },
            "map": { "additionalProperties": { "type": "string" } },
            "list": { "items": { "type": "string" } },
            "wrong": { "type": "string", "properties": { "a": { "type": "string" } } },
        })),
        members(&json!({
            "object": { "type": "object", "properties": { "a": { "type": "string" } } },
            "map": { "type": "object", "additionalProperties": { "type": "string" } },
            "list": { "type": "array", "items": { "type": "string" } },
            "wrong": { "type": "object", "properties": { "a": { "type": "string" } } },
        })),
        ["shapes: /components/schemas/A/properties/wrong: string with members read as object"],
    )
}

fn boolean_schemas() -> Case {
    Case::new(
        "true and other values in place of a schema",
        document(
            &json!({ "/a": { "get": answers(&Value::Bool(true)) } }),
            &json!({ "A": { "type": "object", "properties": { "a": true, "b": null } }, "B": 3 }),
        ),
        document(
            &json!({ "/a": { "get": answers(&json!({})) } }),
            &json!({ "A": { "type": "object", "properties": { "a": {}, "b": {} } }, "B": {} }),
        ),
        [
            "shapes: GET /a: no schema, read as any value",
            "shapes: /components/schemas/A: member a has no schema, read as any value",
            "shapes: /components/schemas/A: member b has no schema, read as any value",
            "shapes: /components/schemas/B: no schema, read as any value",
        ],
    )
}

fn items() -> Case {
    Case::new(
        "lists that do not say of what, or say it by position",
        members(&json!({
            "any": { "type": "array" },
            "tuple": { "type": "array", "items": [{ "type": "string" }, { "type": "integer" }] },
        })),
        members(&json!({
            "any": { "type": "array", "items": {} },
            "tuple": { "type": "array", "items": {} },
        })),
        [
            "shapes: /components/schemas/A/properties/any: array without items, read as any values",
            "shapes: /components/schemas/A/properties/tuple: items of different kinds read as any values \
             (lost: their types)",
        ],
    )
}

fn list_of_values() -> Case {
    Case::new(
        "values listed for an array are those of its items",
        members(&json!({
            "list": { "type": "array", "enum": ["a", "b"], "items": { "type": "string" } },
            "bare": { "type": "array", "enum": ["a"] },
            "whole": { "type": "array", "enum": [["a"]], "items": { "type": "string" } },
            "both": { "type": "array", "enum": ["a"], "items": { "type": "string", "enum": ["b"] } },
        })),
        members(&json!({
            "list": { "type": "array", "items": { "type": "string", "enum": ["a", "b"] } },
            "bare": { "type": "array", "items": { "enum": ["a"] } },
            "whole": { "type": "array", "items": { "type": "string" } },
            "both": { "type": "array", "items": { "type": "string", "enum": ["b"] } },
        })),
        [
            "shapes: /components/schemas/A/properties/list: values of the array are those of its items",
            "shapes: /components/schemas/A/properties/bare: values of the array are those of its items",
            "shapes: /components/schemas/A/properties/whole: values of the whole array left out \
             (lost: which arrays there may be)",
            "shapes: /components/schemas/A/properties/both: values of the whole array left out \
             (lost: which arrays there may be)",
        ],
    )
}

fn implied_text() -> Case {
    Case::new(
        "what only text can keep to is text",
        members(
            &json!({ "a": { "format": "uuid" }, "b": { "pattern": "^x" }, "c": { "format": "int32" } }),
        ),
        members(&json!({
            "a": { "format": "uuid", "type": "string" },
            "b": { "pattern": "^x", "type": "string" },
            "c": { "format": "int32" },
        })),
        [],
    )
}

fn keywords() -> Case {
    Case::new(
        "keywords that have no effect on a Rust type, or that belong to another kind of schema",
        members(&json!({
            "other": { "type": "string", "not": { "enum": ["x"] }, "$comment": "?", "x-mine": 1 },
            "stray": { "type": "string", "items": {}, "required": ["a"] },
            "beside": { "$ref": "#/components/schemas/B", "type": "object", "description": "It." },
        })),
        members(&json!({
            "other": { "type": "string", "x-mine": 1 },
            "stray": { "type": "string" },
            "beside": { "$ref": "#/components/schemas/B", "description": "It." },
        })),
        [
            "shapes: /components/schemas/A/properties/other: keywords without effect on a type left out: not, $comment",
        ],
    )
}

fn patterns() -> Case {
    Case::new(
        "members known by pattern go, and it is said",
        members(
            &json!({ "a": { "type": "object", "patternProperties": { "^x": { "type": "string" } } } }),
        ),
        members(&json!({ "a": { "type": "object" } })),
        [
            "shapes: /components/schemas/A/properties/a: patternProperties left out \
             (lost: the types of members known by pattern)",
        ],
    )
}

fn of_wrong_type() -> Case {
    Case::new(
        "words that are no words",
        members(
            &json!({ "a": { "type": "string", "description": 1, "title": [], "nullable": "yes" } }),
        ),
        members(&json!({ "a": { "type": "string" } })),
        [],
    )
}

fn right() -> Case {
    Case::unchanged(
        "schemas of each kind that are right",
        members(&json!({
            "text": { "type": "string", "format": "uuid", "maxLength": 36, "nullable": true },
            "list": { "type": "array", "items": { "type": "integer" } },
            "map": { "type": "object", "additionalProperties": true },
            "choice": { "oneOf": [to("B"), { "type": "string" }] },
            "any": {},
        })),
    )
}
