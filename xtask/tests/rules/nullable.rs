use super::case::{Case, answers, document, takes, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![types(), others()]
}

fn nullable(mut schema: Value) -> Value {
    schema["nullable"] = true.into();
    schema
}

fn types() -> Case {
    let bot = json!({ "type": "object", "properties": { "id": { "type": "integer" } } });
    let state = json!({ "type": "string", "enum": ["on"] });
    let choice = json!({ "oneOf": [to("Bot"), { "type": "string" }] });
    let after_choice = json!({ "oneOf": [nullable(to("Bot")), { "type": "string" }] });
    let holder = |state: Value, choices: Value| {
        json!({ "type": "object", "properties": {
            "state": state, "choices": { "type": "array", "items": choices },
        } })
    };
    Case::new(
        "objects, enums and unions",
        document(
            &json!({ "/a": { "get": answers(&to("Bot")), "put": takes(&to("Holder")) } }),
            &json!({
                "Bot": nullable(bot.clone()),
                "State": nullable(state.clone()),
                "Choice": nullable(choice),
                "Holder": holder(to("State"), to("Choice")),
            }),
        ),
        document(
            &json!({ "/a": { "get": answers(&nullable(to("Bot"))), "put": takes(&to("Holder")) } }),
            &json!({
                "Bot": bot,
                "State": state,
                "Choice": after_choice,
                "Holder": holder(nullable(to("State")), nullable(to("Choice"))),
            }),
        ),
        [
            "nullable: /components/schemas/Bot: nullable where it is used, not by itself",
            "nullable: /components/schemas/Choice: nullable where it is used, not by itself",
            "nullable: /components/schemas/State: nullable where it is used, not by itself",
        ],
    )
}

fn others() -> Case {
    Case::unchanged(
        "what has no Rust type of its own, and what is not nullable",
        document(
            &json!({ "/a": { "get": answers(&nullable(to("Bot"))) } }),
            &json!({
                "Bot": { "type": "object", "properties": { "id": { "type": "integer" } } },
                "List": nullable(json!({ "type": "array", "items": {} })),
                "Text": nullable(json!({ "type": "string" })),
            }),
        ),
    )
}
