//! The generator fails on something: what is at fault is left out by name, the rest is there.

use super::support::{Code, body, document, get, input, messages, post, to};
use serde_json::{Value, json};
use std::path::Path;
use xtask::folder::{AuthFamily, OperationsToml};
use xtask::generate::generate;
use xtask::model;
use xtask::pipeline::{Output, run};
use xtask::problem::ProblemKind;
use xtask::report::{Detail, report};
use xtask::schema::edit_all;

fn good() -> Value {
    get("good", &json!({ "200": body(&to("Bot")) }))
}

/// A schema that the generator refuses. Rules would repair it, so that it comes in after them.
fn fault() -> Value {
    json!({ "type": "string", "enum": {} })
}

/// The mark of the place that [`fault`] takes.
fn place() -> Value {
    json!({ "type": "string", "x-fault": true })
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

/// What is left of a document whose marked places are at fault.
fn isolated(document: &Value) -> Output {
    let mut output = run(input(document)).unwrap();
    edit_all(&mut output.normalized, &mut |_, _, schema| {
        if schema.get("x-fault").is_some() {
            *schema = fault();
        }
    });
    let known = OperationsToml::empty(Path::new("operations.toml"));
    let (mut api, _) = model::read(&output.normalized, AuthFamily::Document, &known);
    let (_, failures) = generate(&output.normalized, &mut api).unwrap();
    output.api = api;
    output.problems = failures;
    output
}

fn names(output: &Output) -> Vec<&str> {
    let operations = output.api.operations.iter();
    operations
        .map(|operation| operation.name.as_str())
        .collect()
}

#[test]
fn the_operation_at_fault_is_skipped_and_named() {
    for schema in [
        json!({ "type": "object", "properties": { "a": place() } }),
        json!({ "type": "array", "items": place() }),
    ] {
        let output = isolated(&with(&schema));
        assert_eq!((output.operations_in, output.methods()), (2, 1), "{schema}");
        assert_eq!(names(&output), ["good"], "{schema}");
        let [problem] = output.problems.as_slice() else {
            panic!("{:?}", output.problems);
        };
        assert_eq!(problem.kind, ProblemKind::Generator, "{schema}");
        assert!(problem.is_error(), "{schema}");
        assert_eq!(
            problem.operation.as_deref(),
            Some("POST /bad/{}"),
            "{schema}"
        );
        assert_eq!(
            problem.message,
            "the generator failed: the schemas are not valid OpenAPI 3.0: invalid type: map, expected a sequence",
            "{schema}"
        );
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
            "Bad": { "type": "object", "properties": { "a": place() } },
            "Holder": { "type": "object", "properties": { "bad": to("Bad") } },
            "Choice": { "oneOf": [to("Bot"), to("Bad")] },
            "Keyed": { "type": "object", "x-keyed-by": "kind", "properties": {
                "kind": { "type": "string" }, "bad": to("Bad"),
            } },
        }),
    );
    let output = isolated(&document);
    let errors = output.problems.iter().filter(|problem| problem.is_error());
    let named: Vec<&str> = errors
        .filter_map(|problem| problem.operation.as_deref())
        .collect();

    assert_eq!(named, ["GET /a", "GET /b", "GET /c"]);
    assert_eq!(names(&output), ["good"]);
}

#[test]
fn the_report_says_what_is_left_out_and_why() {
    let schema = json!({ "type": "object", "properties": { "a": place() } });
    let output = isolated(&with(&schema));
    insta::assert_snapshot!(report("tiny", &output, Detail::Summary));
}

#[test]
fn nothing_left_is_still_a_client() {
    let schema = json!({ "type": "object", "properties": { "a": place() } });
    let document = document(&json!({ "/bad": post("bad", &body(&schema)) }), &json!({}));
    let output = isolated(&document);
    assert_eq!((output.skipped(), names(&output).len()), (1, 0));
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
