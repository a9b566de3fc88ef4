use super::case::{Case, answers, document, takes, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        named(),
        inline(),
        collections(),
        always_present(),
        requests(),
    ]
}

fn bot(required: bool) -> Value {
    let mut bot = json!({
        "type": "object",
        "properties": { "id": { "type": "integer" }, "name": { "type": "string", "nullable": true } },
    });
    if required {
        bot["required"] = json!(["id", "name"]);
    }
    bot
}

fn named() -> Case {
    let paths = json!({ "/a": { "get": answers(&to("Bots")) } });
    let list = json!({ "type": "object", "properties": { "bots": { "type": "array", "items": to("Bot") } } });
    Case::new(
        "members of named types that answers reach",
        document(&paths, &json!({ "Bots": list, "Bot": bot(true) })),
        document(&paths, &json!({ "Bots": list, "Bot": bot(false) })),
        ["answers: /components/schemas/Bot: 2 members made optional"],
    )
}

fn inline() -> Case {
    let nested = |required: bool| answers(&json!({ "properties": { "bot": bot(required) } }));
    Case::new(
        "members of inline types, failures included",
        document(
            &json!({ "/a": { "get": {
                "responses": { "200": nested(true)["responses"]["200"], "400": nested(true)["responses"]["200"] },
            } } }),
            &json!({}),
        ),
        document(
            &json!({ "/a": { "get": {
                "responses": { "200": nested(false)["responses"]["200"], "400": nested(false)["responses"]["200"] },
            } } }),
            &json!({}),
        ),
        [
            "answers: /paths/~1a/get/responses/200/content/application~1json/schema/properties/bot: \
             2 members made optional",
            "answers: /paths/~1a/get/responses/400/content/application~1json/schema/properties/bot: \
             2 members made optional",
        ],
    )
}

fn collections() -> Case {
    let holder = |nullable: bool| {
        let mut list = json!({ "type": "array", "items": {} });
        let mut map = json!({ "type": "object", "additionalProperties": {} });
        if nullable {
            list["nullable"] = true.into();
            map["nullable"] = true.into();
        }
        let members =
            json!({ "list": list, "map": map, "text": { "type": "string", "nullable": true } });
        document(
            &json!({ "/a": { "get": answers(&json!({ "properties": members })) } }),
            &json!({}),
        )
    };
    Case::new(
        "a null list or map is an empty one: no change to report",
        holder(true),
        holder(false),
        [],
    )
}

fn always_present() -> Case {
    let paths = json!({ "/a": { "get": answers(&to("Bot")) } });
    let mut before = bot(true);
    before["x-always-present"] = json!(["id"]);
    let mut after = before.clone();
    after["required"] = json!(["id"]);
    Case::new(
        "members that answers are known to hold stay required",
        document(&paths, &json!({ "Bot": before })),
        document(&paths, &json!({ "Bot": after })),
        ["answers: /components/schemas/Bot: 1 members made optional"],
    )
}

fn requests() -> Case {
    Case::unchanged(
        "requests stay strict",
        document(
            &json!({ "/a": { "post": takes(&to("Bot")), "put": takes(&bot(true)) } }),
            &json!({ "Bot": bot(true) }),
        ),
    )
}
