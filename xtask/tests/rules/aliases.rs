use super::case::{Case, answers, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![scalars(), chains(), words_at_the_place(), cycles(), types()]
}

fn scalars() -> Case {
    Case::new(
        "a named scalar, list, map or anything is written out",
        document(
            &json!({ "/a": { "get": answers(&to("Ids")) } }),
            &json!({
                "Bot": { "properties": { "tags": to("Tags"), "extra": to("Extra") } },
                "Ids": { "type": "array", "items": to("Id") },
                "Id": { "type": "integer", "description": "An id." },
                "Tags": { "type": "object", "additionalProperties": { "type": "string" } },
                "Extra": {},
            }),
        ),
        document(
            &json!({ "/a": { "get": answers(&json!({
                "type": "array", "items": { "type": "integer", "description": "An id." },
            })) } }),
            &json!({ "Bot": { "properties": {
                "tags": { "type": "object", "additionalProperties": { "type": "string" } },
                "extra": {},
            } } }),
        ),
        [
            "aliases: /components/schemas/Extra: written out where it is used",
            "aliases: /components/schemas/Id: written out where it is used",
            "aliases: /components/schemas/Ids: written out where it is used",
            "aliases: /components/schemas/Tags: written out where it is used",
        ],
    )
}

fn chains() -> Case {
    let bot = json!({ "properties": { "id": { "type": "integer" } } });
    Case::new(
        "another name of a type, through several names",
        document(
            &json!({ "/a": { "get": answers(&to("Robot")) } }),
            &json!({ "Robot": to("Machine"), "Machine": to("Bot"), "Bot": bot }),
        ),
        document(
            &json!({ "/a": { "get": answers(&to("Bot")) } }),
            &json!({ "Bot": bot }),
        ),
        [
            "aliases: /components/schemas/Machine: written out where it is used",
            "aliases: /components/schemas/Robot: written out where it is used",
        ],
    )
}

fn words_at_the_place() -> Case {
    let described = |mut schema: Value| {
        schema["description"] = "Its owner.".into();
        schema["nullable"] = true.into();
        json!({ "Bot": { "properties": { "owner": schema } } })
    };
    let mut before = described(to("Name"));
    before["Name"] = json!({ "type": "string", "description": "A name." });
    Case::new(
        "what the place says of it wins",
        document(&json!({}), &before),
        document(&json!({}), &described(json!({ "type": "string" }))),
        ["aliases: /components/schemas/Name: written out where it is used"],
    )
}

fn cycles() -> Case {
    Case::unchanged(
        "a list of itself, and names that only name each other",
        document(
            &json!({ "/a": { "get": answers(&to("Tree")) } }),
            &json!({
                "Tree": { "type": "array", "items": to("Tree") },
                "Hen": to("Egg"),
                "Egg": to("Hen"),
            }),
        ),
    )
}

fn types() -> Case {
    Case::unchanged(
        "objects, enums and unions are types",
        document(
            &json!({ "/a": { "get": answers(&to("Bot")) } }),
            &json!({
                "Bot": { "properties": { "state": to("State"), "owner": to("Owner") } },
                "State": { "type": "string", "enum": ["on", "off"] },
                "Owner": { "oneOf": [to("Bot"), { "type": "string" }] },
            }),
        ),
    )
}
