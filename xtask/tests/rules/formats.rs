use super::case::{Case, answers, document};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        described(),
        widths(),
        bounds(),
        closed(),
        member_names(),
        kept(),
        dates(),
    ]
}

fn one(schema: &Value) -> Value {
    document(&json!({}), &json!({ "A": schema }))
}

fn described() -> Case {
    Case::new(
        "format, pattern, lengths and default join the description",
        one(&json!({
            "type": "string",
            "description": "An address.",
            "format": "ipv4",
            "pattern": "^10\\.",
            "minLength": 7,
            "maxLength": 15,
            "default": "10.0.0.1",
        })),
        one(&json!({
            "type": "string",
            "description": "An address.\n\nFormat: `ipv4`. Pattern: `^10\\.`. At least 7 characters. \
                            At most 15 characters. Default: `10.0.0.1`.",
        })),
        [
            "formats: /components/schemas/A: described instead of enforced: \
             format, pattern, minLength, maxLength, default",
        ],
    )
}

fn widths() -> Case {
    Case::new(
        "a width says nothing, a list as default is not worth its words",
        document(
            &json!({ "/a": { "get": answers(&json!({ "type": "integer", "format": "int32" })) } }),
            &json!({ "A": { "type": "array", "items": {}, "default": ["a"], "uniqueItems": true } }),
        ),
        document(
            &json!({ "/a": { "get": answers(&json!({ "type": "integer" })) } }),
            &json!({ "A": { "type": "array", "items": {} } }),
        ),
        [
            "formats: GET /a: described instead of enforced: format",
            "formats: /components/schemas/A: described instead of enforced: uniqueItems, default",
        ],
    )
}

fn bounds() -> Case {
    Case::new(
        "bounds of numbers and lists",
        one(&json!({
            "type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9.5, "multipleOf": 2,
            "minItems": 1, "maxItems": 3, "minProperties": 1, "maxProperties": 2,
        })),
        one(&json!({
            "type": "integer",
            "description": "At least 0. At most 9.5. A multiple of 2. At least 1 items. At most 3 items.",
        })),
        [
            "formats: /components/schemas/A: described instead of enforced: minimum, maximum, \
             exclusiveMinimum, multipleOf, minItems, maxItems, minProperties, maxProperties",
        ],
    )
}

fn closed() -> Case {
    Case::new(
        "unknown members never fail",
        one(&json!({ "properties": { "a": {} }, "additionalProperties": false })),
        one(&json!({ "properties": { "a": {} } })),
        ["formats: /components/schemas/A: described instead of enforced: additionalProperties"],
    )
}

fn member_names() -> Case {
    let members = json!({ "format": {}, "default": {}, "pattern": {} });
    Case::new(
        "members called like a keyword stay, a member map gone astray goes",
        one(&json!({ "properties": members, "format": { "type": "string" } })),
        one(&json!({ "properties": members })),
        ["formats: /components/schemas/A: described instead of enforced: format"],
    )
}

fn kept() -> Case {
    Case::unchanged(
        "formats with a type of their own, and the object without members",
        document(
            &json!({}),
            &json!({
                "Secret": { "type": "string", "format": "password" },
                "Time": { "type": "string", "format": "x-timestamp" },
                "Flag": { "type": "string", "format": "x-flag" },
                "Share": { "type": "string", "format": "x-percentage" },
                "Id": { "type": "string", "format": "x-integer-or-text" },
                "Nothing": { "type": "object", "additionalProperties": false },
            }),
        ),
    )
}

fn dates() -> Case {
    let time = |format: &str| json!({ "type": "string", "format": format });
    let of = |parameters: Value, schema: Value| {
        let mut operation = answers(&json!({}));
        operation["parameters"] = parameters;
        document(
            &json!({ "/parameters": { "get": operation } }),
            &json!({ "A": schema }),
        )
    };
    let parameters = |one: Value, other: Value| {
        json!([
            { "in": "query", "name": "since", "schema": one },
            { "in": "query", "name": "until", "schema": other },
        ])
    };
    Case::new(
        "dates have a type in bodies, and are text in parameters",
        of(
            parameters(time("date-time"), time("x-timestamp")),
            json!({ "type": "object", "properties": { "parameters": time("date-time"), "day": time("date") } }),
        ),
        of(
            parameters(
                json!({ "type": "string", "description": "Format: `date-time`." }),
                json!({ "type": "string" }),
            ),
            json!({ "type": "object", "properties": {
                "parameters": { "type": "string", "format": "x-timestamp", "description": "Format: `date-time`." },
                "day": { "type": "string", "description": "Format: `date`." },
            } }),
        ),
        [
            "formats: GET /parameters: described instead of enforced: format",
            "formats: GET /parameters: described instead of enforced: format",
            "formats: /components/schemas/A/properties/parameters: described instead of enforced: format",
            "formats: /components/schemas/A/properties/day: described instead of enforced: format",
        ],
    )
}
