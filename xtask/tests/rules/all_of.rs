use super::case::{Case, answers, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        merged(),
        nested(),
        described_reference(),
        inline(),
        simple_types(),
        union(),
        contradiction(),
        member_of_both(),
        plain(),
        required(),
        said_by_one(),
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
            "all_of: /components/schemas/Last: allOf merged",
            "all_of: /components/schemas/Middle: allOf merged",
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

fn simple_types() -> Case {
    Case::new(
        "parts of one simple type: the one that lists values, else the last",
        document(
            &json!({}),
            &json!({
                "Text": { "allOf": [{ "type": "string" }, { "maxLength": 3 }] },
                "State": { "allOf": [{ "type": "string", "enum": ["on"] }, { "type": "string" }] },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Text": { "type": "string", "maxLength": 3 },
                "State": { "type": "string", "enum": ["on"] },
            }),
        ),
        [
            "all_of: /components/schemas/Text: allOf merged",
            "all_of: /components/schemas/State: allOf merged",
        ],
    )
}

fn union() -> Case {
    let choice = json!([base(), { "type": "string" }]);
    let mut after = base();
    after["oneOf"] = choice.clone();
    Case::new(
        "members and one union, whose business another rule is",
        document(
            &json!({}),
            &json!({ "A": { "allOf": [base(), { "oneOf": choice }] } }),
        ),
        document(&json!({}), &json!({ "A": after })),
        ["all_of: /components/schemas/A: allOf merged"],
    )
}

fn contradiction() -> Case {
    let map = |of: &str| json!({ "type": "object", "additionalProperties": { "type": of } });
    Case::new(
        "parts that exclude each other",
        document(
            &json!({}),
            &json!({
                "Map": { "allOf": [map("string"), map("integer")] },
                "Simple": { "description": "Both?", "allOf": [{ "type": "string" }, { "type": "integer" }] },
                "Mixed": { "allOf": [base(), { "type": "string" }] },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Map": { "type": "object", "additionalProperties": true },
                "Simple": { "description": "Both?" },
                "Mixed": {},
            }),
        ),
        [
            "all_of: /components/schemas/Map: allOf merged",
            "all_of: /components/schemas/Simple: allOf of types that exclude each other read as any value \
             (lost: their types)",
            "all_of: /components/schemas/Mixed: allOf of types that exclude each other read as any value \
             (lost: their types)",
        ],
    )
}

fn member_of_both() -> Case {
    let owner = |members: Value| json!({ "type": "object", "properties": members });
    Case::new(
        "a member that two parts describe is described by both",
        document(
            &json!({}),
            &json!({ "A": { "allOf": [
                { "type": "object", "properties": { "owner": owner(json!({ "id": {} })), "n": { "type": "integer" } } },
                { "type": "object", "properties": { "owner": owner(json!({ "name": {} })), "n": { "type": "number" } } },
            ] } }),
        ),
        document(
            &json!({}),
            &json!({ "A": { "type": "object", "properties": {
                "owner": owner(json!({ "id": {}, "name": {} })),
                "n": { "type": "number" },
            } } }),
        ),
        [
            "all_of: /components/schemas/A: allOf merged",
            "all_of: /components/schemas/A/properties/owner: allOf merged",
        ],
    )
}

fn plain() -> Case {
    Case::unchanged(
        "schemas without parts",
        document(
            &json!({}),
            &json!({ "Base": base(), "Text": { "type": "string" } }),
        ),
    )
}

fn required() -> Case {
    let object = |required: Value| {
        let member = json!({ "type": "string" });
        document(
            &json!({}),
            &json!({ "A": { "type": "object", "properties": { "a": member }, "required": required } }),
        )
    };
    let mut after = object(json!(["a"]));
    let before = object(json!(["a", "gone", 3]));
    after["components"]["schemas"]["A"]["required"] = json!(["a"]);
    Case::new(
        "required names that are no members require nothing",
        before,
        after,
        [],
    )
}

fn said_by_one() -> Case {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let read = |rules: Value| {
        document(
            &json!({}),
            &json!({
                "Base": { "type": "object", "properties": { "rules": list, "size": { "type": "integer" } } },
                "Firewall": rules,
            }),
        )
    };
    Case::new(
        "a part that says no type of a member leaves the one that another says",
        read(json!({ "allOf": [
            to("Base"),
            { "properties": { "rules": { "required": ["x"] }, "size": { "readOnly": true } } },
        ] })),
        read(json!({ "type": "object", "properties": {
            "rules": list,
            "size": { "type": "integer", "readOnly": true },
        } })),
        [
            "all_of: /components/schemas/Firewall: allOf merged",
            "all_of: /components/schemas/Firewall/properties/rules: allOf merged",
            "all_of: /components/schemas/Firewall/properties/size: allOf merged",
        ],
    )
}
