use super::case::{Case, answers, document, json, takes, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        split(),
        reached(),
        taken_name(),
        lenient_already(),
        one_way(),
        members_of_one_way(),
    ]
}

fn strict() -> Value {
    json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } })
}

fn both(request: &Value, answer: &Value) -> Value {
    json!({ "/a": { "put": { "requestBody": json(request), "responses": { "200": json(answer) } } } })
}

fn split() -> Case {
    Case::new(
        "a strict type used both ways",
        document(&both(&to("Bot"), &to("Bot")), &json!({ "Bot": strict() })),
        document(
            &both(&to("BotInput"), &to("Bot")),
            &json!({ "Bot": strict(), "BotInput": strict() }),
        ),
        ["directions: /components/schemas/Bot: requests use the strict copy BotInput"],
    )
}

fn reached() -> Case {
    let list = |of: &str| json!({ "type": "object", "properties": { "bots": { "type": "array", "items": to(of) } } });
    Case::new(
        "through a lenient type, and from a type of requests alone",
        document(
            &json!({
                "/a": both(&to("Bots"), &to("Bots"))["/a"],
                "/b": { "post": takes(&to("Order")) },
            }),
            &json!({ "Bots": list("Bot"), "Bot": strict(), "Order": { "properties": { "bot": to("Bot") } } }),
        ),
        document(
            &json!({
                "/a": both(&to("BotsInput"), &to("Bots"))["/a"],
                "/b": { "post": takes(&to("Order")) },
            }),
            &json!({
                "Bots": list("Bot"),
                "Bot": strict(),
                "Order": { "properties": { "bot": to("BotInput") } },
                "BotInput": strict(),
                "BotsInput": list("BotInput"),
            }),
        ),
        [
            "directions: /components/schemas/Bot: requests use the strict copy BotInput",
            "directions: /components/schemas/Bots: requests use the strict copy BotsInput",
        ],
    )
}

fn taken_name() -> Case {
    Case::new(
        "the name of the copy is taken",
        document(
            &both(
                &to("Bot"),
                &json!({ "properties": { "a": to("Bot"), "b": to("BotInput") } }),
            ),
            &json!({ "Bot": strict(), "BotInput": { "type": "object", "properties": { "x": {} } } }),
        ),
        document(
            &both(
                &to("BotInputValue"),
                &json!({ "properties": { "a": to("Bot"), "b": to("BotInput") } }),
            ),
            &json!({
                "Bot": strict(),
                "BotInput": { "type": "object", "properties": { "x": {} } },
                "BotInputValue": strict(),
            }),
        ),
        ["directions: /components/schemas/Bot: requests use the strict copy BotInputValue"],
    )
}

fn lenient_already() -> Case {
    Case::unchanged(
        "a type used both ways that requires nothing",
        document(
            &both(&to("Bot"), &to("Bot")),
            &json!({ "Bot": { "type": "object", "properties": { "id": { "type": "integer" } } } }),
        ),
    )
}

fn one_way() -> Case {
    Case::unchanged(
        "types used one way",
        document(
            &json!({ "/a": { "post": takes(&to("Order")), "get": answers(&to("Bot")) } }),
            &json!({ "Bot": strict(), "Order": strict() }),
        ),
    )
}

fn members_of_one_way() -> Case {
    let members = json!({
        "id": { "type": "integer", "readOnly": true },
        "name": { "type": "string" },
        "pin": { "type": "string", "writeOnly": true },
    });
    let bot = |required: &[&str]| json!({ "type": "object", "required": required, "properties": members });
    let all = ["id", "name", "pin"];
    Case::new(
        "members of one direction are required in that alone",
        document(&both(&to("Bot"), &to("Bot")), &json!({ "Bot": bot(&all) })),
        document(
            &both(&to("BotInput"), &to("Bot")),
            &json!({ "Bot": bot(&["id", "name"]), "BotInput": bot(&["name", "pin"]) }),
        ),
        [
            "directions: /components/schemas/Bot: requests use the strict copy BotInput",
            "directions: /components/schemas/Bot: 1 writeOnly members made optional",
            "directions: /components/schemas/BotInput: 1 readOnly members made optional",
        ],
    )
}
