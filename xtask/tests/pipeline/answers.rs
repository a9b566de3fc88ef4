//! What `send` gives, by what the document says of the answers.

use super::support::{Code, body, document, empty, get, input, operations, to};
use serde_json::{Value, json};

fn text(media_type: &str) -> Value {
    json!({ "description": "", "content": { media_type: { "schema": { "type": "string" } } } })
}

/// Operations called `a`, `b`, ... with these answers, over two named types.
fn answering(all: &[Value]) -> Value {
    let paths = all.iter().zip('a'..).map(|(responses, id)| {
        let id = id.to_string();
        (format!("/{id}"), get(&id, responses))
    });
    document(
        &Value::Object(paths.collect()),
        &json!({
            "Bot": { "type": "object", "properties": { "name": { "type": "string" } } },
            "Fault": { "type": "object", "required": ["code"], "properties": { "code": { "type": "integer" } } },
        }),
    )
}

/// Every sort of answers once.
pub(crate) fn everything() -> Value {
    answering(&[
        json!({
            "200": body(&to("Bot")),
            "201": body(&json!({ "type": "string" })),
            "202": empty(),
            "203": text("text/plain"),
            "206": { "description": "Partly.", "content": { "image/png": {} } },
            "2XX": body(&json!({ "type": "array", "items": to("Bot") })),
            "400": body(&to("Fault")),
            "4XX": body(&json!({ "type": "string" })),
            "401": empty(),
            "5XX": body(&to("Fault")),
            "default": body(&json!({})),
        }),
        json!({ "200": body(&to("Bot")), "204": empty() }),
        json!({ "200": text("text/csv"), "204": empty() }),
        json!({ "default": body(&to("Bot")) }),
        json!({ "400": body(&to("Fault")) }),
        json!({ "200": body(&json!({ "nullable": true, "allOf": [to("Bot")] })), "204": empty() }),
        json!({ "200": { "description": "", "content": {
            "application/json": { "schema": to("Bot") }, "text/html": {},
        } } }),
    ])
}

/// Result and failure of operation `A`.
fn sent(responses: &Value) -> String {
    Code::of(&answering(std::slice::from_ref(responses))).sends("A")
}

#[test]
fn one_body_is_its_type() {
    let bot = body(&to("Bot"));
    assert_eq!(sent(&json!({ "200": bot })), "Answer<Bot>, Error<Body>");
    assert_eq!(
        sent(&json!({ "200": bot, "202": bot })),
        "Answer<Bot>, Error<Body>",
        "two statuses, one shape"
    );
    assert_eq!(
        sent(&json!({ "200": body(&json!({ "type": "array", "items": { "type": "number" } })) })),
        "Answer<Vec<f64>>, Error<Body>"
    );
    assert_eq!(
        sent(&json!({ "200": { "description": "", "content": { "application/json": {} } } })),
        "Answer<serde_json::Value>, Error<Body>"
    );
    assert_eq!(
        sent(
            &json!({ "200": { "description": "", "content": { "application/vnd.x+json": { "schema": to("Bot") } } } })
        ),
        "Answer<Bot>, Error<Body>"
    );
}

#[test]
fn nothing_beside_one_body_is_an_option() {
    assert_eq!(
        sent(&json!({ "200": body(&to("Bot")), "204": empty() })),
        "Answer<Option<Bot>>, Error<Body>"
    );
    assert_eq!(
        sent(&json!({ "200": text("text/csv"), "204": empty() })),
        "Answer<String>, Error<Body>",
        "a text can be empty by itself"
    );
}

#[test]
fn no_body_is_nothing() {
    assert_eq!(sent(&json!({ "204": empty() })), "Answer<()>, Error<Body>");
}

#[test]
fn an_undescribed_result_is_whatever_comes() {
    assert_eq!(
        sent(&json!({ "200": empty() })),
        "Answer<Body>, Error<Body>"
    );
    assert_eq!(
        sent(&json!({ "400": body(&to("Fault")) })),
        "Answer<Body>, Error<Fault>",
        "only a failure is described"
    );
    let mut document = answering(&[json!({ "418": body(&to("Fault")) })]);
    let operation = document["paths"]["/a"]["get"].take();
    document["paths"]["/a"] = json!({ "put": operation });
    assert_eq!(Code::of(&document).sends("A"), "Answer<Body>, Error<Fault>");
}

#[test]
fn a_default_is_the_result_where_nothing_else_is() {
    assert_eq!(
        sent(&json!({ "default": body(&to("Bot")) })),
        "Answer<Bot>, Error<Body>"
    );
    assert_eq!(
        sent(&json!({ "200": body(&to("Bot")), "default": body(&to("Fault")) })),
        "Answer<Bot>, Error<Fault>"
    );
}

#[test]
fn texts_and_bytes() {
    assert_eq!(
        sent(&json!({ "200": text("text/plain; charset=utf-8") })),
        "Answer<String>, Error<Body>"
    );
    assert_eq!(
        sent(&json!({ "200": text("application/pdf") })),
        "Answer<Body>, Error<Body>"
    );
}

#[test]
fn several_bodies_are_an_enum_by_status() {
    let code = Code::of(&everything());
    assert_eq!(code.sends("A"), "Answer<AAnswer>, Error<AError>");
    assert_eq!(
        code.members("AAnswer"),
        [
            "Ok(Bot)",
            "Created(String)",
            "Accepted",
            "NonAuthoritativeInformation(String)",
            "PartialContent(Body)",
            "Success(Vec<Bot>)",
        ]
    );
    assert_eq!(
        code.members("AError"),
        [
            "BadRequest(Fault)",
            "ClientError(String)",
            "ServerError(Fault)",
            "Other(serde_json::Value)",
        ],
        "a failure without a body has no variant"
    );
    let types = code.file("types/default.rs");
    let start = types.find("impl AAnswer").unwrap();
    let end = start + types[start..].find("\n}\n").unwrap();
    insta::assert_snapshot!(&types[start..end]);
}

#[test]
fn a_result_outside_of_200_to_299_is_a_variant() {
    let mut input = input(&answering(&[json!({
        "200": body(&to("Bot")),
        "406": body(&to("Bot")),
        "500": body(&to("Fault")),
    })]));
    input.operations = operations(
        "[\"GET /a\"]\nname = \"scan\"\neffect = \"write\"\nstability = \"public\"\nsuccess = [406]\n",
    );
    let code = Code::from(input);
    assert_eq!(code.sends("Scan"), "Answer<ScanAnswer>, Error<Fault>");
    assert_eq!(
        code.members("ScanAnswer"),
        ["Ok(Bot)", "NotAcceptable(Bot)"]
    );
}

#[test]
fn answers_in_other_media_types_are_received_as_bytes() {
    let code = Code::of(&everything());
    assert_eq!(code.sends("G"), "Answer<Bot>, Error<Body>");
    assert!(code.has("G", "send_as"));
    assert!(!code.has("D", "send_as"));
}
