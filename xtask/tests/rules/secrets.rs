use super::case::{Case, answers, document, json, takes, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        members(),
        parameters(),
        listed(),
        whole_answer(),
        inside(),
        only_from_there(),
        no_text(),
    ]
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn secret() -> Value {
    json!({ "type": "string", "format": "password" })
}

fn members() -> Case {
    let bodies = |of: Value| {
        document(
            &json!({ "/a": { "post": takes(&json!({ "properties": { "api_key": of } })) } }),
            &json!({}),
        )
    };
    Case::new(
        "a member that is secret in any API",
        bodies(text()),
        bodies(secret()),
        [
            "secrets: /paths/~1a/post/requestBody/content/application~1json/schema/properties/api_key: \
          marked as a secret",
        ],
    )
}

fn parameters() -> Case {
    let parameter =
        |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let operation = |parameters: Value| {
        document(
            &json!({ "/a": { "get": { "parameters": parameters } } }),
            &json!({}),
        )
    };
    Case::new(
        "a parameter, however it is spelled",
        operation(json!([
            parameter("accessToken", text()),
            parameter("token_count", text())
        ])),
        operation(json!([
            parameter("accessToken", secret()),
            parameter("token_count", text())
        ])),
        ["secrets: /paths/~1a/get/parameters/0/schema: marked as a secret"],
    )
}

fn listed() -> Case {
    let login = |secret: Value, codes: Value| {
        document(
            &json!({ "/login": { "post": takes(&to("Login")) }, "/a": { "get": {} } }),
            &json!({ "Login": { "properties": {
                "user": text(),
                "otp": secret,
                "codes": codes,
            } } }),
        )
    };
    Case::new(
        "members that operations.toml names, lists of them too",
        login(text(), json!({ "type": "array", "items": text() })),
        login(secret(), json!({ "type": "array", "items": secret() })),
        [
            "secrets: /components/schemas/Login/properties/otp: marked as a secret",
            "secrets: /components/schemas/Login/properties/codes/items: marked as a secret",
        ],
    )
    .operations(
        "[\"POST /login\"]\nname = \"login\"\neffect = \"write\"\nstability = \"public\"\n\
         secrets = [\"otp\", \"codes\"]\n",
    )
}

fn whole_answer() -> Case {
    let operation =
        |schema: Value| document(&json!({ "/key": { "post": answers(&schema) } }), &json!({}));
    Case::new(
        "an answer that is one bare secret",
        operation(text()),
        operation(secret()),
        ["secrets: /paths/~1key/post/responses/200/content/application~1json/schema: marked as a secret"],
    )
    .operations(
        "[\"POST /key\"]\nname = \"create_key\"\neffect = \"write\"\nstability = \"public\"\n\
         secrets = [\"$answer\"]\n",
    )
}

fn inside() -> Case {
    let holder = |of: Value| {
        let choice = json!({ "oneOf": [of, { "type": "object", "additionalProperties": of }] });
        document(
            &json!({ "/a": { "get": answers(&json!({ "properties": { "password": choice } })) } }),
            &json!({}),
        )
    };
    Case::new(
        "the texts inside of a secret member",
        holder(text()),
        holder(secret()),
        [
            "secrets: /paths/~1a/get/responses/200/content/application~1json/schema/properties/password\
             /oneOf/0: marked as a secret",
            "secrets: /paths/~1a/get/responses/200/content/application~1json/schema/properties/password\
             /oneOf/1/additionalProperties: marked as a secret",
        ],
    )
}

fn only_from_there() -> Case {
    let schemas = json!({ "Note": { "properties": { "value": text() } } });
    Case::unchanged(
        "a name that another operation lists is no secret here",
        document(
            &json!({
                "/a": { "get": answers(&to("Note")) },
                "/b": { "post": { "requestBody": json(&json!({ "properties": { "value": { "type": "integer" } } })) } },
            }),
            &schemas,
        ),
    )
    .operations(
        "[\"POST /b\"]\nname = \"b\"\neffect = \"write\"\nstability = \"public\"\nsecrets = [\"value\"]\n",
    )
}

fn no_text() -> Case {
    Case::unchanged(
        "what is no free text, or is marked already",
        document(
            &json!({ "/a": { "post": takes(&json!({ "properties": {
                "password": secret(),
                "passphrase": { "type": "boolean" },
                "secret_key": { "type": "string", "enum": ["set", "unset"] },
            } })) } }),
            &json!({}),
        ),
    )
}
