//! What a builder takes, and what it puts on the request.

use super::support::{Code, body, document, empty, input, operations, post, to};
use serde_json::{Value, json};

fn parameter(name: &str, place: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "schema": schema })
}

fn list() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn styled(name: &str, style: &str, explode: bool, schema: &Value) -> Value {
    let mut parameter = parameter(name, "query", schema);
    parameter["style"] = style.into();
    parameter["explode"] = explode.into();
    parameter
}

/// Every place and style once.
pub(crate) fn parameters() -> Value {
    let string = json!({ "type": "string" });
    let object = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
    let parameters = json!([
        parameter("id", "path", &json!({ "type": "integer" })),
        parameter("sort", "query", &json!({ "type": "string", "enum": ["up", "down"] })),
        parameter("plain", "query", &list()),
        styled("comma", "form", false, &list()),
        styled("space", "spaceDelimited", false, &list()),
        styled("pipe", "pipeDelimited", false, &list()),
        styled("filter", "deepObject", true, &object),
        parameter("X-Trace", "header", &string),
        parameter("theme", "cookie", &json!({ "type": "boolean" })),
        { "name": "untyped", "in": "query" },
        { "name": "json", "in": "query", "content": { "application/json": { "schema": string } } },
        parameter("maybe", "query", &json!({ "type": "string", "nullable": true })),
    ]);
    let operation =
        json!({ "operationId": "a", "parameters": parameters, "responses": { "204": empty() } });
    document(&json!({ "/a/{id}": { "get": operation } }), &json!({}))
}

/// Names that keywords, builders, or one another have already.
pub(crate) fn names() -> Value {
    let names = [
        "self",
        "type",
        "gen",
        "send",
        "send_as",
        "clone",
        "new",
        "client",
        "body",
        "other_body",
    ];
    let mut parameters: Vec<Value> = names
        .iter()
        .map(|name| parameter(name, "query", &json!({ "type": "string" })))
        .collect();
    parameters.push(parameter("Type", "header", &json!({ "type": "string" })));
    parameters.push(parameter("", "cookie", &json!({ "type": "string" })));
    parameters.push(parameter("2fa", "query", &json!({ "type": "string" })));
    let content = json!({ "application/json": { "schema": { "type": "string" } }, "text/csv": {} });
    let answer = json!({ "description": "", "content": content });
    document(
        &json!({ "/a": { "post": {
            "operationId": "a",
            "parameters": parameters,
            "requestBody": { "content": content },
            "responses": { "200": answer },
        } } }),
        &json!({}),
    )
}

/// Every sort of body once.
pub(crate) fn bodies() -> Value {
    let form = json!({ "type": "object", "required": ["user"], "properties": { "user": { "type": "string" } } });
    let content = |media_type: &str, schema: &Value| json!({ "required": true, "content": { media_type: { "schema": schema } } });
    let string = json!({ "type": "string" });
    document(
        &json!({
            "/a": post("json", &content("application/json", &to("Order"))),
            "/b": post("vendor", &content("application/vnd.x+json", &to("Order"))),
            "/c": post("form", &content("application/x-www-form-urlencoded", &form)),
            "/d": post("text", &content("text/plain", &string)),
            "/e": post("bytes", &content("application/octet-stream", &string)),
            "/f": post("related", &content("multipart/related", &form)),
            "/g": post("anything", &json!({ "content": { "application/json": {} } })),
            "/h": post("list", &content("application/json", &list())),
            "/i": post("optional", &body(&to("Order"))),
            "/j": post("several", &json!({ "content": {
                "text/csv": {}, "application/json": { "schema": to("Order") }, "application/zip": {},
            } })),
            "/k": post("lenient", &content("application/json", &json!({
                "type": "object", "properties": { "limit": { "type": "integer" } },
            }))),
            "/l": post("form_of_anything", &json!({ "content": { "application/x-www-form-urlencoded": {} } })),
            "/m": post("nothing", &json!({ "content": {} })),
        }),
        &json!({ "Order": { "type": "object", "required": ["size"], "properties": { "size": { "type": "integer" } } } }),
    )
}

/// Secrets in a parameter, a body, a list and an answer.
pub(crate) fn secrets() -> Value {
    let string = json!({ "type": "string" });
    document(
        &json!({ "/a": { "post": {
            "operationId": "a",
            "parameters": [parameter("access_token", "query", &string)],
            "requestBody": body(&json!({ "type": "object", "required": ["password"], "properties": {
                "password": to("Word"),
                "otp": string,
                "old_password": { "type": "string", "nullable": true },
                "codes": list(),
                "hint": string,
            } })),
            "responses": { "200": body(&string) },
        } } }),
        &json!({ "Word": { "type": "string", "description": "A word." } }),
    )
}

#[test]
fn parameters_of_each_place_and_style() {
    let code = Code::of(&parameters());
    assert_eq!(
        code.request("A"),
        [
            "path(\"id\",&self.id)",
            "query(\"sort\",&self.sort,Style::Form)",
            "query(\"plain\",&self.plain,Style::Form)",
            "query(\"comma\",&self.comma,Style::Comma)",
            "query(\"space\",&self.space,Style::Space)",
            "query(\"pipe\",&self.pipe,Style::Pipe)",
            "query(\"filter\",&self.filter,Style::DeepObject)",
            "header(\"X-Trace\",&self.x_trace)",
            "cookie(\"theme\",&self.theme)",
            "query(\"untyped\",&self.untyped,Style::Form)",
            "query(\"json\",&self.json,Style::Json)",
            "query(\"maybe\",&self.maybe,Style::Form)",
        ]
    );
    assert_eq!(
        code.fields("A"),
        [
            "id: Given<i64>",
            "sort: Given<Option<types::ASort>>",
            "plain: Given<Option<Vec<String>>>",
            "comma: Given<Option<Vec<String>>>",
            "space: Given<Option<Vec<String>>>",
            "pipe: Given<Option<Vec<String>>>",
            "filter: Given<Option<types::AFilter>>",
            "x_trace: Given<Option<String>>",
            "theme: Given<Option<bool>>",
            "untyped: Given<Option<String>>",
            "json: Given<Option<String>>",
            "maybe: Given<Option<String>>",
        ]
    );
}

#[test]
fn parameter_names_are_legal_and_free() {
    let code = Code::of(&names());
    assert_eq!(
        code.setters("A"),
        [
            "self_",
            "type_",
            "gen_value",
            "send_",
            "send_as_",
            "clone_",
            "new_",
            "client_",
            "body2",
            "other_body_",
            "type_2",
            "unnamed",
            "n2fa",
            "body",
            "body_as",
        ]
    );
    let request = code.request("A");
    assert_eq!(
        request[10], "header(\"Type\",&self.type_2)",
        "the wire name stays"
    );
}

#[test]
fn bodies_of_each_media_type() {
    let code = Code::of(&bodies());
    let made = |builder: &str| (code.fields(builder).join("; "), code.last_call(builder));
    for (builder, field, call) in [
        ("Json", "body: Given<types::Order>", "json(&self.body)"),
        (
            "Vendor",
            "body: Given<types::Order>",
            "json_as(\"application/vnd.x+json\",&self.body)",
        ),
        (
            "Form",
            "body: Given<types::FormRequest>",
            "form(&self.body)",
        ),
        (
            "Text",
            "body: Given<Body>",
            "raw(\"text/plain\",&self.body)",
        ),
        (
            "Bytes",
            "body: Given<Body>",
            "raw(\"application/octet-stream\",&self.body)",
        ),
        (
            "Related",
            "body: Given<Body>",
            "raw(\"multipart/related\",&self.body)",
        ),
        (
            "Anything",
            "body: Given<Option<serde_json::Value>>",
            "json(&self.body)",
        ),
        ("List", "body: Given<Vec<String>>", "json(&self.body)"),
        (
            "Optional",
            "body: Given<Option<types::Order>>",
            "json(&self.body)",
        ),
        (
            "FormOfAnything",
            "body: Given<Option<serde_json::Value>>",
            "form(&self.body)",
        ),
    ] {
        assert_eq!(
            made(builder),
            (field.to_owned(), call.to_owned()),
            "{builder}"
        );
    }
    assert_eq!(code.fields("Nothing"), [""; 0]);
}

#[test]
fn a_required_body_that_can_be_empty_starts_so() {
    let code = Code::of(&bodies());
    assert!(
        code.new_of("Lenient")
            .contains("body:Ok(Default::default())")
    );
    assert!(
        code.new_of("Json").contains("body:given::required()"),
        "a required member is missing"
    );
    assert!(code.new_of("Optional").contains("body:Ok(None)"));
}

#[test]
fn further_media_types_are_sent_ready_made() {
    let code = Code::of(&bodies());
    assert_eq!(
        code.fields("Several"),
        [
            "body: Given<Option<types::Order>>",
            "other_body: Option<Body>"
        ]
    );
    assert_eq!(code.setters("Several"), ["body", "body_as"]);
    assert!(!code.has("Json", "body_as"));
}

#[test]
fn secrets_are_a_type_that_does_not_print() {
    let mut input = input(&secrets());
    input.operations = operations(
        "[\"POST /a\"]\nname = \"a\"\neffect = \"write\"\nstability = \"public\"\n\
         secrets = [\"otp\", \"codes\", \"$answer\"]\n",
    );
    let code = Code::from(input);
    assert_eq!(code.sends("A"), "Answer<rapid7_core::Secret>, Error<Body>");
    assert_eq!(
        code.fields("A"),
        [
            "access_token: Given<Option<rapid7_core::Secret>>",
            "body: Given<Option<types::ARequest>>",
        ]
    );
    assert_eq!(
        code.members("ARequest"),
        [
            "codes: Option<Vec<rapid7_core::Secret>>",
            "hint: Option<String>",
            "old_password: Option<rapid7_core::Secret>",
            "otp: Option<rapid7_core::Secret>",
            "password: rapid7_core::Secret",
        ]
    );
}

#[test]
fn a_named_operation_lists_its_secrets_by_names_that_exist() {
    let mut input = input(&secrets());
    input.operations = operations(
        "[\"POST /a\"]\nname = \"a\"\neffect = \"write\"\nstability = \"public\"\nsecrets = [\"pin\"]\n",
    );
    let problems = xtask::pipeline::run(input).unwrap_err();
    assert_eq!(problems[0].message, "no parameter or member is named `pin`");
}
