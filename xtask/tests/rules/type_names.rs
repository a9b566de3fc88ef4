use super::case::{Case, answers, document, json, takes, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        inline_bodies(),
        inside(),
        known_operation(),
        illegal_names(),
        unreached(),
        locked(),
        lock_moves_others(),
        titles(),
        settled(),
    ]
}

fn thing() -> Value {
    json!({ "type": "object", "properties": { "id": { "type": "integer" } } })
}

fn inline_bodies() -> Case {
    let operation = |request: &Value, answer: &Value, error: &Value| {
        json!({ "/a": { "post": {
            "operationId": "make-bot",
            "parameters": [{ "name": "sort order", "in": "query", "schema": { "type": "string", "enum": ["up"] } }],
            "requestBody": json(request),
            "responses": { "200": json(answer), "400": json(error) },
        } } })
    };
    let mut after = operation(
        &to("MakeBotRequest"),
        &to("MakeBotAnswer"),
        &to("MakeBotError"),
    );
    after["/a"]["post"]["parameters"][0]["schema"] = to("MakeBotSortOrder");
    Case::new(
        "inline bodies and enums are named after the operation",
        document(&operation(&thing(), &thing(), &thing()), &json!({})),
        document(
            &after,
            &json!({
                "MakeBotAnswer": thing(),
                "MakeBotError": thing(),
                "MakeBotRequest": thing(),
                "MakeBotSortOrder": { "type": "string", "enum": ["up"] },
            }),
        ),
        [
            "type_names: POST /a /parameters/0/schema: inline schema named MakeBotSortOrder",
            "type_names: POST /a /requestBody/content/application~1json/schema: \
             inline schema named MakeBotRequest",
            "type_names: POST /a /responses/200/content/application~1json/schema: \
             inline schema named MakeBotAnswer",
            "type_names: POST /a /responses/400/content/application~1json/schema: \
             inline schema named MakeBotError",
        ],
    )
}

fn inside() -> Case {
    let paths = json!({ "/a": { "get": answers(&to("Bots")) } });
    Case::new(
        "inline members are named after their place; a description stays there",
        document(
            &paths,
            &json!({ "Bots": { "properties": {
                "policies": { "type": "array", "items": thing() },
                "by_name": { "type": "object", "additionalProperties": thing() },
                "owner": { "description": "Who.", "nullable": true, "oneOf": [{ "type": "string" }, thing()] },
            } } }),
        ),
        document(
            &paths,
            &json!({
                "Bots": { "properties": {
                    "policies": { "type": "array", "items": to("BotsPolicy") },
                    "by_name": { "type": "object", "additionalProperties": to("BotsByNameValue") },
                    "owner": {
                        "$ref": "#/components/schemas/BotsOwner", "description": "Who.", "nullable": true,
                    },
                } },
                "BotsByNameValue": thing(),
                "BotsOwner": {
                    "description": "Who.",
                    "oneOf": [{ "type": "string" }, to("BotsOwnerVariant1")],
                },
                "BotsOwnerVariant1": thing(),
                "BotsPolicy": thing(),
            }),
        ),
        [
            "type_names: /components/schemas/Bots/properties/policies/items: inline schema named BotsPolicy",
            "type_names: /components/schemas/Bots/properties/by_name/additionalProperties: \
             inline schema named BotsByNameValue",
            "type_names: /components/schemas/Bots/properties/owner/oneOf/1: \
             inline schema named BotsOwnerVariant1",
            "type_names: /components/schemas/Bots/properties/owner: inline schema named BotsOwner",
        ],
    )
}

fn known_operation() -> Case {
    let mut before = answers(&thing());
    before["operationId"] = "op_17".into();
    let mut after = answers(&to("ListBotsAnswer"));
    after["operationId"] = "op_17".into();
    Case::new(
        "the curated name of the operation wins over the document's",
        document(&json!({ "/bots": { "get": before } }), &json!({})),
        document(
            &json!({ "/bots": { "get": after } }),
            &json!({ "ListBotsAnswer": thing() }),
        ),
        [
            "type_names: GET /bots /responses/200/content/application~1json/schema: \
             inline schema named ListBotsAnswer",
        ],
    )
    .operations(
        "[\"GET /bots\"]\nname = \"list_bots\"\neffect = \"read\"\nstability = \"public\"\n",
    )
}

fn illegal_names() -> Case {
    let before = ["2fa", "Page«Bot»", "String", "bot", "Bot", "<="];
    let after = ["N2fa", "PageBot", "StringValue", "Bot2", "Bot", "LtEq"];
    let of = |names: [&str; 6]| {
        let holder = json!({ "oneOf": names.map(to) });
        let mut schemas: serde_json::Map<_, _> = names
            .map(|name| (name.to_owned(), thing()))
            .into_iter()
            .collect();
        schemas.insert("Any".to_owned(), holder);
        document(
            &json!({ "/a": { "get": answers(&to("Any")) } }),
            &schemas.into(),
        )
    };
    Case::new(
        "names that are no Rust names, or are taken",
        of(before),
        of(after),
        [
            "type_names: /components/schemas/2fa: named N2fa in Rust",
            "type_names: /components/schemas/<=: named LtEq in Rust",
            "type_names: /components/schemas/Page«Bot»: named PageBot in Rust",
            "type_names: /components/schemas/String: named StringValue in Rust",
            "type_names: /components/schemas/bot: named Bot2 in Rust",
        ],
    )
}

fn unreached() -> Case {
    let paths = json!({ "/a": { "get": answers(&to("Bot")) } });
    Case::new(
        "what no operation reaches has no type",
        document(
            &paths,
            &json!({ "Bot": thing(), "Old": { "properties": { "bot": to("Older") } }, "Older": thing() }),
        ),
        document(&paths, &json!({ "Bot": thing() })),
        [
            "type_names: /components/schemas/Old: no operation reaches it: left out",
            "type_names: /components/schemas/Older: no operation reaches it: left out",
        ],
    )
}

fn locked() -> Case {
    Case::new(
        "a locked place keeps its name, whatever the document calls the type",
        document(
            &json!({ "/a/{id}": { "get": answers(&to("v2.bot_dto")), "put": takes(&thing()) } }),
            &json!({ "v2.bot_dto": { "properties": { "owner": thing() } } }),
        ),
        document(
            &json!({ "/a/{id}": { "get": answers(&to("Bot")), "put": takes(&to("Change")) } }),
            &json!({ "Bot": { "properties": { "owner": to("Owner") } }, "Change": thing(), "Owner": thing() }),
        ),
        [
            "type_names: PUT /a/{} /requestBody/content/application~1json/schema: \
             inline schema named PutARequest",
            "type_names: /components/schemas/v2.bot_dto/properties/owner: inline schema named V2BotDtoOwner",
            "type_names: /components/schemas/PutARequest: named Change in Rust",
            "type_names: /components/schemas/V2BotDtoOwner: named Owner in Rust",
            "type_names: /components/schemas/v2.bot_dto: named Bot in Rust",
        ],
    )
    .types(&[
        ("GET /a/{} 200", "Bot"),
        ("GET /a/{} 200 .owner", "Owner"),
        ("PUT /a/{} request", "Change"),
    ])
}

fn lock_moves_others() -> Case {
    let paths = |one: &str, two: &str| json!({ "/a": { "get": answers(&to(one)) }, "/b": { "get": answers(&to(two)) } });
    Case::new(
        "a new type must not take a locked name",
        document(
            &paths("Bot", "Robot"),
            &json!({ "Bot": thing(), "Robot": thing() }),
        ),
        document(
            &paths("Bot2", "Bot"),
            &json!({ "Bot": thing(), "Bot2": thing() }),
        ),
        [
            "type_names: /components/schemas/Bot: named Bot2 in Rust",
            "type_names: /components/schemas/Robot: named Bot in Rust",
        ],
    )
    .types(&[("GET /b 200", "Bot")])
}

fn titles() -> Case {
    let titled = |title: &str| {
        let mut thing = thing();
        thing["title"] = title.into();
        thing
    };
    let described = |text: &str| {
        let mut thing = thing();
        thing["description"] = text.into();
        thing
    };
    Case::new(
        "a title names an inline type, and is words on a named one",
        document(
            &json!({ "/a": { "get": answers(&titled("the owner")), "put": takes(&to("Bot")) } }),
            &json!({ "Bot": titled("One bot") }),
        ),
        document(
            &json!({ "/a": { "get": answers(&to("TheOwner")), "put": takes(&to("Bot")) } }),
            &json!({ "Bot": described("One bot"), "TheOwner": described("the owner") }),
        ),
        [
            "type_names: GET /a /responses/200/content/application~1json/schema: inline schema named TheOwner",
        ],
    )
}

fn settled() -> Case {
    Case::unchanged(
        "legal names, and schemas that are no types",
        document(
            &json!({ "/a": { "get": answers(&to("Bot")) } }),
            &json!({ "Bot": { "properties": {
                "names": { "type": "array", "items": { "type": "string" } },
                "extra": { "type": "object" },
                "flag": { "type": "boolean", "enum": [true] },
            } } }),
        ),
    )
}
