//! Parts of documents of which no code is made.

use super::support::{Code, body, document, empty, get, input, messages, to};
use serde_json::{Value, json};
use xtask::pipeline::run;

/// A document of webhooks.
pub(crate) fn webhooks() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Tiny API", "version": "1" },
        "webhooks": { "new": { "post": {
            "requestBody": body(&to("Pet")),
            "responses": { "200": empty() },
        } } },
        "components": { "schemas": { "Pet": { "type": "object", "properties": { "id": { "type": "integer" } } } } },
    })
}

#[test]
fn a_document_without_operations_gives_a_client_without_methods() {
    let mut only_webhooks = webhooks();
    only_webhooks.as_object_mut().unwrap().remove("components");
    only_webhooks["webhooks"]["new"]["post"] = json!({ "responses": {} });
    for (document, warning) in [
        (webhooks(), "only webhooks (1), which are set aside"),
        (only_webhooks, "only webhooks (1), which are set aside"),
        (
            document(&json!({}), &json!({ "Pet": {} })),
            "the document has no operations",
        ),
        (
            document(&json!({ "/a": {} }), &json!({})),
            "the document has no operations",
        ),
    ] {
        let code = Code::of(&document);
        assert_eq!(code.output.operations_in, 0);
        assert_eq!(code.methods(), [""; 0]);
        assert_eq!(code.types(), [""; 0]);
        let problems = messages(&code.output.problems);
        assert!(
            problems.iter().any(|text| text.contains(warning)),
            "{problems:?}"
        );
    }
    let nothing = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" } });
    assert!(run(input(&nothing)).is_err());
}

#[test]
fn callbacks_and_links_are_reported_once_for_each_operation() {
    let mut answer = body(&to("Pet"));
    answer["links"] = json!({ "next": { "operationId": "gone" } });
    let mut item = get("get_pet", &json!({ "200": answer }));
    item["get"]["callbacks"] = json!({ "changed": { "{$request.query.url}": { "post": {
        "requestBody": body(&to("Gone")),
        "responses": { "200": body(&to("Event")) },
    } } } });
    let object = json!({ "type": "object", "properties": { "id": { "type": "integer" } } });
    let schemas = json!({ "Pet": object, "Event": object });
    let code = Code::of(&document(&json!({ "/pet": item }), &schemas));
    assert_eq!(messages(&code.output.problems), [""; 0]);
    assert_eq!(code.types(), ["Pet"]);
    let changes: Vec<String> = code
        .output
        .changes
        .iter()
        .filter(|change| change.rule == "set_aside")
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        changes,
        [
            "set_aside: GET /pet: callbacks set aside: changed (lost: calls that the server makes)",
            "set_aside: GET /pet: links set aside: next",
        ]
    );
}
