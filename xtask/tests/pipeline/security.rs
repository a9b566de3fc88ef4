//! Which credentials a client sends, and what is said of the schemes that it does not serve.

use super::support::{Code, empty, get, messages};
use serde_json::{Value, json};
use xtask::model::KeyPlacement;
use xtask::problem::Severity;

/// A document with these schemes, and one operation for each of these requirements: `GET /a`, `GET /b`, and so on.
fn document(schemes: &Value, requirements: &[Value]) -> Value {
    let paths = requirements.iter().zip('a'..).map(|(requirement, name)| {
        let mut item = get(&format!("get_{name}"), &json!({ "204": empty() }));
        if !requirement.is_null() {
            item["get"]["security"] = requirement.clone();
        }
        (format!("/{name}"), item)
    });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Tiny API", "version": "1" },
        "paths": paths.collect::<serde_json::Map<_, _>>(),
        "components": { "schemas": {}, "securitySchemes": schemes },
    })
}

/// Two keys for most operations, one of them for another.
pub(crate) fn two_keys() -> Value {
    let both = json!([{ "app": [], "api": [] }, { "oauth": [] }]);
    document(
        &json!({
            "oauth": { "type": "oauth2", "flows": { "password": { "tokenUrl": "/t", "scopes": {} } } },
            "api": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            "app": { "type": "apiKey", "in": "query", "name": "app \"id\"" },
        }),
        &[both, json!([{ "api": [] }]), json!([])],
    )
}

fn key(place: &str, name: &str) -> Value {
    json!({ "type": "apiKey", "in": place, "name": name })
}

fn check(document: &Value, placement: &KeyPlacement, expected: &[(Severity, &str)]) {
    let code = Code::of(document);
    assert_eq!(&code.output.api.auth.key, placement);
    let problems = &code.output.problems;
    let found: Vec<(Severity, &str)> = problems
        .iter()
        .map(|problem| (problem.severity, problem.message.as_str()))
        .collect();
    assert_eq!(found, expected, "{:#?}", messages(problems));
}

#[test]
fn the_scheme_that_most_operations_take() {
    let schemes = json!({
        "oauth_legacy": { "type": "oauth2", "flows": { "password": { "tokenUrl": "/t", "scopes": {} } } },
        "basic": { "type": "http", "scheme": "Basic" },
        "digest": { "type": "http", "scheme": "digest" },
        "key": key("header", "X-Key"),
        "unused": key("header", "X-Unused"),
    });
    let key_or_basic = json!([{ "basic": [] }, { "key": [] }]);
    let requirements = [
        key_or_basic.clone(),
        key_or_basic,
        json!([{ "key": [] }]),
        json!([{ "oauth_legacy": [] }]),
        json!([{ "digest": [] }]),
        json!([{ "digest": [], "key": [] }]),
        json!([{}, { "digest": [] }]),
    ];
    check(
        &document(&schemes, &requirements),
        &KeyPlacement::Header("X-Key".to_owned()),
        &[
            (
                Severity::Warning,
                "scheme \"oauth_legacy\" (oauth2 password) is used alone by 1 operation: GET /d; \
                 the client sends the header `X-Key` only",
            ),
            (
                Severity::Note,
                "scheme \"basic\" (http basic) is an alternative of 2 operations: GET /a, GET /b; \
                 the client sends the header `X-Key` only",
            ),
            (
                Severity::Warning,
                "scheme \"digest\" (http digest) is used alone by 2 operations: GET /e, GET /f; \
                 the client sends the header `X-Key` only",
            ),
        ],
    );
}

#[test]
fn tokens_of_any_origin_are_bearer_tokens() {
    let schemes = json!({
        "jwt": { "type": "http", "scheme": "bearer" },
        "oidc": { "type": "openIdConnect", "openIdConnectUrl": "https://acme.example" },
        "certificate": { "type": "mutualTLS" },
    });
    let jwt = json!([{ "jwt": [] }]);
    let requirements = [
        jwt.clone(),
        jwt,
        json!([{ "oidc": [] }]),
        json!([{ "jwt": [], "certificate": [] }]),
    ];
    check(
        &document(&schemes, &requirements),
        &KeyPlacement::Bearer,
        &[
            (
                Severity::Note,
                "scheme \"oidc\" (openIdConnect) is used alone by 1 operation: GET /c; \
                 the client sends bearer tokens only",
            ),
            (
                Severity::Note,
                "scheme \"certificate\" (mutualTLS) is used by 1 operation: GET /d; \
                 the client presents no certificate",
            ),
        ],
    );
}

#[test]
fn keys_that_go_together() {
    let code = Code::of(&two_keys());
    let places = vec![
        KeyPlacement::Header("X-Api-Key".to_owned()),
        KeyPlacement::Query("app \"id\"".to_owned()),
    ];
    assert_eq!(code.output.api.auth.key, KeyPlacement::All(places));
    let docs = code.file("docs.md");
    let constructor =
        r#"Credentials::keys([("X-Api-Key", "the key"), ("app \"id\"", "the key")]);"#;
    assert!(docs.contains(constructor), "{docs}");
    let words =
        "All keys go with every call: the header `X-Api-Key`, the query parameter `app \"id\"`.";
    assert!(docs.contains(words), "{docs}");
    assert!(!code.file("client.rs").contains("KeyPlacement::None"));
}

#[test]
fn schemes_that_no_operation_names() {
    let schemes =
        json!({ "digest": { "type": "http", "scheme": "digest" }, "key": key("cookie", "sid") });
    let cookie = KeyPlacement::Cookie("sid".to_owned());
    check(&document(&schemes, &[Value::Null]), &cookie, &[]);
    let code = Code::of(&document(&schemes, &[Value::Null]));
    let table = code.file("operations/default.rs");
    assert!(table.contains("..Operation::USUAL") && !table.contains("access:"));
    assert!(
        code.file("docs.md")
            .contains("Every call that takes credentials carries the cookie `sid`.")
    );

    let swagger = json!({
        "swagger": "2.0",
        "info": { "title": "Tiny API", "version": "1" },
        "paths": { "/a": { "get": { "responses": { "204": { "description": "" } } } } },
        "securityDefinitions": { "b": { "type": "basic" } },
        "security": [{ "b": [] }],
    });
    check(&swagger, &KeyPlacement::Basic, &[]);
}

#[test]
fn what_cannot_be_sent_gets_methods_all_the_same() {
    let schemes = json!({ "hoba": { "type": "http", "scheme": "hoba" } });
    check(
        &document(&schemes, &[json!([{ "hoba": [] }])]),
        &KeyPlacement::None,
        &[(
            Severity::Warning,
            "scheme \"hoba\" (http hoba) is used alone by 1 operation: GET /a; the client sends no credentials",
        )],
    );
}
