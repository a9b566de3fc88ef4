use super::case::{Case, answers, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        merged(),
        nested(),
        described_reference(),
        inline(),
        contradiction(),
        endless(),
    ]
}

fn base() -> Value {
    json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } })
}

fn merged() -> Case {
    Case::new(
        "members and required names of all parts, the schema's own words last",
        document(
            &json!({}),
            &json!({
                "Base": base(),
                "Bot": {
                    "description": "A bot.",
                    "allOf": [
                        to("Base"),
                        { "required": ["name", "id"], "properties": { "name": { "type": "string" } } },
                    ],
                },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Base": base(),
                "Bot": {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": { "id": { "type": "integer" }, "name": { "type": "string" } },
                    "description": "A bot.",
                },
            }),
        ),
        ["all_of: /components/schemas/Bot: allOf merged"],
    )
}

fn nested() -> Case {
    let middle = json!({
        "type": "object",
        "required": ["id"],
        "properties": { "id": { "type": "integer" }, "a": {} },
    });
    let mut last = middle.clone();
    last["properties"]["b"] = json!({});
    Case::new(
        "a part that is composed itself",
        document(
            &json!({}),
            &json!({
                "Last": { "allOf": [to("Middle"), { "properties": { "b": {} } }] },
                "Middle": { "allOf": [to("Base"), { "properties": { "a": {} } }] },
                "Base": base(),
            }),
        ),
        document(
            &json!({}),
            &json!({ "Last": last, "Middle": middle, "Base": base() }),
        ),
        [
            "all_of: /components/schemas/Middle: allOf merged",
            "all_of: /components/schemas/Last: allOf merged",
        ],
    )
}

fn described_reference() -> Case {
    let operation = |schema: Value| json!({ "/a": { "get": answers(&schema) } });
    let mut reference = to("Base");
    reference["nullable"] = true.into();
    reference["description"] = "Its owner.".into();
    Case::new(
        "one reference with a description, in a body",
        document(
            &operation(
                json!({ "nullable": true, "description": "Its owner.", "allOf": [to("Base")] }),
            ),
            &json!({ "Base": base() }),
        ),
        document(&operation(reference), &json!({ "Base": base() })),
        ["all_of: GET /a: allOf merged"],
    )
}

fn inline() -> Case {
    Case::new(
        "one inline part",
        document(&json!({}), &json!({ "Only": { "allOf": [base()] } })),
        document(&json!({}), &json!({ "Only": base() })),
        ["all_of: /components/schemas/Only: allOf merged"],
    )
}

fn contradiction() -> Case {
    Case::unchanged(
        "parts that are no objects, or that no object can be at once",
        document(
            &json!({}),
            &json!({
                "Text": { "allOf": [{ "type": "string" }, { "maxLength": 3 }] },
                "Closed": { "allOf": [
                    { "type": "object", "additionalProperties": { "type": "string" } },
                    { "type": "object", "additionalProperties": { "type": "integer" } },
                ] },
                "Choice": { "allOf": [base(), { "oneOf": [base(), { "type": "string" }] }] },
            }),
        ),
    )
}

fn endless() -> Case {
    Case::unchanged(
        "two schemas that are part of each other",
        document(
            &json!({}),
            &json!({
                "One": { "allOf": [to("Two"), base()] },
                "Two": { "allOf": [to("One"), base()] },
            }),
        ),
    )
}
