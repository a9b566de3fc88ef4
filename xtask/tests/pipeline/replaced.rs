//! A document in place of the one that `operations.toml`, `types.toml` and the overlay were written for.

use super::support::{Code, body, document, get, input, messages, operations, to};
use serde_json::{Value, json};
use std::path::Path;
use xtask::folder::{Provenance, ProvenanceKind};
use xtask::load::load_text;
use xtask::pipeline::{Input, run};
use xtask::problem::{ProblemKind, Severity};
use xtask::source::sha256;

const KNOWN: &str = r#"
["GET /v2/bots/{}"]
name = "get_bot"
effect = "read"
stability = "other"
secrets = ["token"]

["GET /v2/gone"]
name = "get_gone"
effect = "read"
stability = "other"

["POST /v2/bots/list"]
name = "list_bots"
effect = "read"
stability = "other"
paging = { style = "offset-body", limit = "limit", offset = "offset", items = "bots" }
"#;

/// As a converter of collections writes it: base path, ids made of paths, parameters called anyhow.
fn swagger() -> Value {
    json!({
        "swagger": "2.0",
        "info": { "title": "Tiny API", "version": "1" },
        "basePath": "/v2",
        "paths": {
            "/bots/{x}": { "get": {
                "operationId": "BotsByXGet",
                "parameters": [{ "name": "x", "in": "path", "required": true, "type": "string" }],
                "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/BotsByXGet_200" } } },
            } },
            "/bots/list": { "post": {
                "operationId": "BotsListPost",
                "parameters": [{ "name": "Body", "in": "body", "schema": { "$ref": "#/definitions/BotsListRequest" } }],
                "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/BotsListPost_200" } } },
            } },
            "/bots/new": { "post": { "operationId": "BotsNewPost", "responses": { "204": { "description": "" } } } },
        },
        "definitions": {
            "BotsByXGet_200": { "type": "object", "properties": { "secret": { "type": "string" } } },
            "BotsListRequest": { "type": "object", "properties": { "count": { "type": "integer" } } },
            "BotsListPost_200": { "type": "object", "properties": {
                "bots": { "type": "array", "items": { "$ref": "#/definitions/BotsByXGet_200" } },
            } },
        },
    })
}

fn replaced() -> Input {
    let mut input = input(&swagger());
    input.operations = operations(KNOWN);
    let lock = [
        ("GET /v2/bots/{} 200", "Bot"),
        ("POST /v2/bots/list 200", "BotList"),
        ("POST /v2/bots/list request", "ListOptions"),
    ];
    for (place, name) in lock {
        let place = place.to_owned();
        input.types.by_location.insert(place, name.to_owned());
    }
    input.obtained = true;
    input
}

#[test]
fn names_and_effects_stay_by_method_and_path() {
    let code = Code::from(replaced());
    assert_eq!(code.methods(), ["get_bot", "list_bots", "bots_new_post"]);
    let types = code.types();
    for name in ["Bot", "BotList", "ListOptions"] {
        assert!(types.contains(&name.to_owned()), "{types:?}");
    }
    let table = code.file("operations/default.rs");
    assert_eq!(table.matches("Effect::Read").count(), 2, "{table}");
    assert!(table.contains("id: \"BotsByXGet\""), "{table}");
    // What is known of the operation that is not there is known when it comes again.
    assert!(code.output.operations.to_string().starts_with(KNOWN));
}

#[test]
fn what_does_not_fit_an_obtained_document_is_said() {
    let code = Code::from(replaced());
    let warnings = messages(&code.output.problems);
    for part in [
        "the document lacks 1 known operations: get_gone",
        "no parameter or member is named `token`",
        "the JSON body of the request has no member `offset`",
    ] {
        assert!(
            warnings.iter().any(|text| text.contains(part)),
            "{part}: {warnings:#?}"
        );
    }
    let all = &code.output.problems;
    assert!(
        all.iter()
            .all(|problem| problem.severity == Severity::Warning)
    );
    // Paging that does not fit would cut lists.
    assert!(!code.file("default.rs").contains("fn items"));
    let mut ours = replaced();
    ours.obtained = false;
    assert_eq!(
        run(ours).unwrap_err()[0].kind,
        ProblemKind::UnknownOperation
    );
}

fn with_overlay(accept_stale: bool) -> Input {
    let mut input = input(&document(
        &json!({ "/a": get("get_a", &json!({ "200": body(&to("A")) })) }),
        &json!({ "A": { "type": "object", "properties": { "a": { "type": "string" } } } }),
    ));
    let overlay = "overlay: 1.0.0\nactions:\n  \
        - {target: \"$.paths['/gone']\", remove: true, x-why: the server has no such path}\n  \
        - {target: $.components.schemas.A.properties.a, update: {type: integer}, x-why: seen as 5}\n  \
        - {target: $.info, update: {version: '1'}, x-why: the version was missing}\n";
    input.overlay = Some(load_text(Path::new("overlay.yaml"), overlay.to_owned()).unwrap());
    input.accept_stale = accept_stale;
    input
}

#[test]
fn stale_overlay_actions_are_listed_together_with_their_reasons() {
    let problems = run(with_overlay(false)).unwrap_err();
    let listed = messages(&problems);
    assert_eq!(listed.len(), 2, "{listed:#?}");
    assert!(listed[0].contains("it was there because: the server has no such path"));
    assert!(listed[1].contains("it was there because: the version was missing"));
    assert!(
        problems
            .iter()
            .all(|problem| problem.kind == ProblemKind::StaleOverlay)
    );
    let code = Code::from(with_overlay(true));
    let warnings = code.output.problems.iter();
    let warnings: Vec<String> = warnings
        .filter(|problem| problem.kind == ProblemKind::StaleOverlay && !problem.is_error())
        .map(ToString::to_string)
        .collect();
    assert_eq!(warnings, listed);
    // The action that still matches is applied.
    assert!(code.file("types/default.rs").contains("i64"));
}

#[test]
fn the_crate_says_which_document_it_was_made_from() {
    let mut input = with_overlay(true);
    let text = input.document.source.text.clone();
    input.provenance = Provenance {
        kind: ProvenanceKind::Instance,
        url: Some("https://acme.example/docs/\"v2\"`.yaml".to_owned()),
        retrieved: Some("2026-11-21".to_owned()),
        sha256: None,
    };
    let code = Code::from(input);
    let file = code.file("specification.rs");
    let hash = sha256(text.as_bytes());
    for part in [
        "kind: SpecificationKind::Instance",
        "url: Some(\"https://acme.example/docs/\\\"v2\\\"`.yaml\")",
        "retrieved: Some(\"2026-11-21\")",
        "overlay_sha256: Some(",
        &hash,
    ] {
        assert!(file.contains(part), "{part}: {file}");
    }
    let docs = code.file("docs.md");
    assert!(
        docs.contains(&format!("; its SHA-256 is `{hash}`.")),
        "{docs}"
    );
    assert!(docs.contains("served by an instance at `https://acme.example/docs/\"v2\".yaml`, retrieved 2026-11-21, and corrected by an overlay"), "{docs}");
}
