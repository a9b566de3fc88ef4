//! The driver of `cargo xtask conformance`, with validators of our own: it finds what does not hold.

#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};
use tests::conformance::exceptions::Exceptions;
use tests::conformance::{Target, run};
use tests::server::{Reply, Seen, Server};
use tests::specs::workspace;

const API: &str = "insightcloudsec-v4";

/// What Prism says of a request that does not fit.
const VIOLATION: (&str, &str) = ("sl-violations", r#"[{"location":["request"]}]"#);

/// Answers as it is asked to, and refuses what is spoiled.
fn validator(request: &Seen) -> Reply {
    let preference = request.header("prefer").unwrap_or("code=200");
    let status = preference["code=".len()..][..3].parse().unwrap();
    let body = json!({ "next_cursor": preference }).to_string();
    let has_key = ["api-key", "x-auth-token"]
        .iter()
        .any(|name| request.header(name).is_some());
    if has_key && request.body != b"\"spoiled\"" {
        Reply::new(status, &[("content-type", "application/json")], &body)
    } else {
        Reply::new(400, &[VIOLATION], "")
    }
}

fn document() -> Value {
    let path = format!("crates/insightcloudsec-mock/src/generated/{API}.json");
    serde_json::from_slice(&std::fs::read(workspace().join(path)).unwrap()).unwrap()
}

fn exceptions() -> Exceptions {
    let table = std::fs::read_to_string(workspace().join("tests/conformance.toml"));
    Exceptions::read(&table.unwrap()).unwrap()
}

/// Whether all is well, and what was printed.
async fn outcome(
    document: &Value,
    exceptions: &Exceptions,
    reply: fn(&Seen) -> Reply,
) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();
    let server = Server::with(reply).await;
    let target = Target {
        crate_name: API.to_owned(),
        document: path,
        validator: server.url.strip_prefix("http://").unwrap().to_owned(),
    };
    let mut printed = Vec::new();
    let is_well = run(&[target], exceptions, &mut printed).await.unwrap();
    (is_well, String::from_utf8(printed).unwrap())
}

#[tokio::test]
async fn a_client_that_conforms_has_no_fault() {
    let (is_well, printed) = outcome(&document(), &exceptions(), validator).await;
    assert!(is_well, "{printed}");
    assert!(printed.contains("\nok GET /v4/iac/scans static dynamic\n"));
    let totals = "conformance: 15 of 15 requests valid, 15 static and 15 dynamic answers decode, 0 exceptions";
    assert!(printed.contains(totals), "{printed}");
}

#[tokio::test]
async fn a_fault_fails_unless_it_is_excepted() {
    let mut document = document();
    other_parameter(document.pointer_mut(LIST_PARAMETERS).unwrap());
    let (is_well, printed) = outcome(&document, &Exceptions::default(), validator).await;
    assert!(!is_well);
    assert!(printed.contains("FAILED GET /v4/iac/scans static dynamic\n    request: the query is"));

    let table = r#""GET /v4/iac/scans" = { request = { fault = "the query is", reason = "r" } }"#;
    let excepted = Exceptions::read(table).unwrap();
    let (is_well, printed) = outcome(&document, &excepted, validator).await;
    assert!(is_well, "{printed}");
    assert!(printed.contains("1 exceptions"), "{printed}");
}

#[tokio::test]
async fn a_stale_exception_fails() {
    let table = r#""GET /v4/iac/scans" = { static = { fault = "f", reason = "r" } }"#;
    let (is_well, printed) =
        outcome(&document(), &Exceptions::read(table).unwrap(), validator).await;
    assert!(!is_well);
    assert!(printed.contains("FAILED exception `GET /v4/iac/scans static` is stale"));
}

#[tokio::test]
async fn a_validator_that_takes_everything_is_found_out() {
    let everything = |_: &Seen| Reply::json(200, "{}");
    let (is_well, printed) = outcome(&document(), &exceptions(), everything).await;
    assert!(!is_well);
    for fault in [
        "request: the validator takes the request without credentials",
        "request: the validator takes the request with a text as its body",
        "no generated answer differs from the one of examples",
        "0 of 15 requests valid",
    ] {
        assert!(printed.contains(fault), "{fault}: {printed}");
    }
}

#[tokio::test]
async fn answers_that_are_no_result_fail() {
    let garbage = |request: &Seen| match request.header("prefer") {
        Some(wish) if wish.contains("dynamic=true") => Reply::json(200, "[7]"),
        Some(_) => Reply::json(500, "{}"),
        None => validator(request),
    };
    let (is_well, printed) = outcome(&document(), &exceptions(), garbage).await;
    assert!(!is_well);
    // One operation of v4 has a documented answer; the bytes of others are taken as they come.
    let totals = "15 of 15 requests valid, 0 static and 14 dynamic answers decode";
    assert!(printed.contains(totals), "{printed}");
}

/// What is done to a part of the document.
type Change = fn(&mut Value);

/// The parameters of an operation.
const LIST_PARAMETERS: &str = "/paths/~1v4~1iac~1scans/get/parameters";

/// Adds one that the client does not know.
fn other_parameter(parameters: &mut Value) {
    let schema = json!({ "type": "integer" });
    let other = json!({ "in": "query", "name": "other", "schema": schema });
    parameters.as_array_mut().unwrap().push(other);
}

#[tokio::test]
async fn what_the_document_does_not_say_is_a_fault() {
    let operation = "/paths/~1v4~1iac~1scans/get/operationId";
    let changes: [(&str, Change, &str); 4] = [
        (
            LIST_PARAMETERS,
            other_parameter,
            "FAILED GET /v4/iac/scans static dynamic\n    request: the query is",
        ),
        (
            operation,
            |id| *id = json!("list_all_scans"),
            r#"FAILED insightcloudsec-v4: the client has no ("list_all_scans", "GET", "/v4/iac/scans")"#,
        ),
        (
            "/components/securitySchemes/ApiKey/name",
            |name| *name = json!("X-Other-Key"),
            "request: the headers are",
        ),
        (
            "/components/schemas/CreateAwsRoleConfigRequest/properties/name",
            |member| *member = json!({ "type": "integer" }),
            "request: nothing was sent: body",
        ),
    ];
    for (place, change, fault) in changes {
        let mut document = document();
        change(document.pointer_mut(place).unwrap());
        let (is_well, printed) = outcome(&document, &exceptions(), validator).await;
        assert!(!is_well, "{place}");
        assert!(printed.contains(fault), "{place}: {printed}");
    }
}
