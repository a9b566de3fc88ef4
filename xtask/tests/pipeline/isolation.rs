//! The generator fails on something: what is at fault is left out by name, the rest is there.

use super::support::{Code, body, document, get, input, messages, post, to};
use serde_json::{Value, json};
use xtask::pipeline::run;
use xtask::problem::ProblemKind;
use xtask::report::{Detail, report};

fn good() -> Value {
    get("good", &json!({ "200": body(&to("Bot")) }))
}

/// A schema that no rule repairs and the generator refuses.
fn fault() -> Value {
    json!({ "type": "string", "readOnly": 1 })
}

/// A document with one operation whose request holds `schema`, and one without fault.
fn with(schema: &Value) -> Value {
    let mut item = post("bad", &body(schema));
    item["post"]["parameters"] =
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    document(
        &json!({ "/bad/{id}": item, "/good": good() }),
        &json!({ "Bot": { "type": "object", "properties": { "name": { "type": "string" } } } }),
    )
}

#[test]
fn the_operation_at_fault_is_skipped_and_named() {
    for (schema, reason) in [
        (
            json!({ "type": "object", "deprecated": "since 2.0", "properties": { "a": {} } }),
            "invalid type: string \"since 2.0\", expected a boolean",
        ),
        (
            json!({ "type": "array", "items": fault() }),
            "invalid type: integer `1`, expected a boolean",
        ),
    ] {
        let reason =
            format!("the generator failed: the schemas are not valid OpenAPI 3.0: {reason}");
        let code = Code::partial(input(&with(&schema)));
        assert_eq!(
            (code.output.operations_in, code.output.methods()),
            (2, 1),
            "{schema}"
        );
        assert_eq!(code.methods(), ["good"], "{schema}");
        assert_eq!(code.sends("Good"), "Answer<Bot>, Error<Body>", "{schema}");
        let problem = code.output.problems.last().unwrap();
        assert_eq!(problem.kind, ProblemKind::Generator, "{schema}");
        assert!(problem.is_error(), "{schema}");
        assert_eq!(
            problem.operation.as_deref(),
            Some("POST /bad/{}"),
            "{schema}"
        );
        assert_eq!(problem.message, reason, "{schema}");
    }
}

#[test]
fn every_operation_that_reaches_the_fault_is_named() {
    let document = document(
        &json!({
            "/a": get("a", &json!({ "200": body(&to("Holder")) })),
            "/b": get("b", &json!({ "200": body(&json!({ "type": "array", "items": to("Choice") })) })),
            "/c": get("c", &json!({ "200": body(&to("Keyed")) })),
            "/good": good(),
        }),
        &json!({
            "Bot": { "type": "object", "properties": { "name": { "type": "string" } } },
            "Bad": { "type": "object", "properties": { "a": fault() } },
            "Holder": { "type": "object", "properties": { "bad": to("Bad") } },
            "Choice": { "oneOf": [to("Bot"), to("Bad")] },
            "Keyed": { "type": "object", "x-keyed-by": "kind", "properties": {
                "kind": { "type": "string" }, "bad": to("Bad"),
            } },
        }),
    );
    let code = Code::partial(input(&document));
    let errors = code
        .output
        .problems
        .iter()
        .filter(|problem| problem.is_error());
    let named: Vec<&str> = errors
        .filter_map(|problem| problem.operation.as_deref())
        .collect();

    assert_eq!(named, ["GET /a", "GET /b", "GET /c"]);
    assert_eq!(code.methods(), ["good"]);
    assert_eq!(code.types(), ["Bot"]);
}

#[test]
fn the_report_says_what_is_left_out_and_why() {
    let schema = json!({ "type": "object", "properties": { "a": fault() } });
    let code = Code::partial(input(&with(&schema)));
    insta::assert_snapshot!(report("tiny", &code.output, Detail::All));
}

#[test]
fn nothing_left_is_still_a_client() {
    let schema = json!({ "type": "object", "properties": { "a": fault() } });
    let document = document(&json!({ "/bad": post("bad", &body(&schema)) }), &json!({}));
    let code = Code::partial(input(&document));
    assert_eq!(code.output.skipped(), 1);
    assert_eq!(code.methods(), [""; 0]);
}

#[test]
fn one_operation_under_two_parameter_names_is_reported() {
    let path = |name: &str| {
        let mut item = good();
        item["get"]["operationId"] = name.into();
        item["get"]["parameters"] = json!([
            { "name": name, "in": "path", "required": true, "schema": { "type": "string" } },
        ]);
        item
    };
    let mut document = with(&json!({}));
    document["paths"] = json!({ "/a/{id}": path("id"), "/a/{key}": path("key") });
    let code = Code::of(&document);
    assert_eq!(code.methods(), ["id", "key"]);
    let problems = messages(&code.output.problems);
    let expected = "GET /a/{} stands in the document more than once (GET /a/{key})";
    assert!(
        problems.iter().any(|problem| problem.contains(expected)),
        "{problems:#?}"
    );
}

#[test]
fn a_document_that_is_none_gives_no_output() {
    for (document, expected) in [
        (json!([]), "not-openapi"),
        (
            json!({ "openapi": "4.0.0", "info": {}, "paths": {} }),
            "unsupported-version",
        ),
        (json!({ "info": {}, "paths": {} }), "not-openapi"),
    ] {
        let problems = run(input(&document)).unwrap_err();
        let kinds: Vec<&str> = problems
            .iter()
            .map(|problem| problem.kind.as_str())
            .collect();
        assert_eq!(kinds, [expected], "{document}");
    }
}

#[test]
fn a_rule_that_does_not_exist_gives_no_output() {
    let mut input = input(&with(&json!({})));
    input.rules.insert("format".to_owned(), false);
    let problems = run(input).unwrap_err();
    assert!(
        problems[0].message.starts_with("`[rules]` names `format`"),
        "{problems:#?}"
    );
}
