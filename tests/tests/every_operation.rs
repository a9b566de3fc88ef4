//! The mock answers every operation, and the typed clients can read every answer.
//!
//! The samples come from the mock, the calls from the generator and the operations from the clients' own tables, so
//! none can be left out. Where nobody has documented a body, its bytes are the answer. Each call meets a mock of its
//! own: some end sessions or delete what the next would ask for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use insightcloudsec_mock::Mock;
use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use insightcloudsec_v4 as v4;
use rapid7_core::{AuthScheme, Connection, Credentials, Operation, StatusCode};
use serde_json::Value;
use tests::calls::Sample;
use tests::generated;

/// Each gives other data, other requests and other answers.
const SEEDS: [u64; 3] = [1, 2, 3];

/// A mock with few data, which starts fast.
async fn mock(seed: u64) -> Mock {
    let builder = Mock::builder().seed(seed).clouds(2).resources(16);
    builder.start().await.unwrap()
}

/// What all connections send with: most of the time of a connection's start goes into the system's certificates.
fn http() -> reqwest::Client {
    // The mocks come and go, maybe on the port of one before; nothing may be kept open for them.
    let builder = reqwest::Client::builder().pool_max_idle_per_host(0);
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap()
}

/// A connection with a session, since one operation takes no key.
fn connect(auth: AuthScheme, mock: &Mock, http: &reqwest::Client) -> Connection {
    let login = Credentials::login(mock.username(), mock.password());
    let builder = Connection::builder(auth, mock.url(), login).http_client(http.clone());
    builder.build().unwrap()
}

/// Calls each operation of a client with each seed and gives the number of operations whose answers all decoded.
macro_rules! call_all {
    ($version:literal, $client:ident, $call:path) => {{
        let http = http();
        let mut faults = Vec::new();
        let mut decoded = 0;
        for operation in $client::OPERATIONS {
            let before = faults.len();
            for seed in SEEDS {
                let mock = mock(seed).await;
                let key = format!("{}.{}", $version, operation.id);
                let sample = Sample(mock.sample_request(&key, seed).unwrap());
                let client = $client::Client::new(connect($client::AUTH, &mock, &http));
                let outcome = $call(operation.id, &client, &sample).await;
                let checked = outcome
                    .map_err(|failure| failure.to_string())
                    .and_then(|outcome| check(&mock, $version, operation, &sample, outcome.status));
                faults.extend(
                    checked
                        .err()
                        .map(|fault| format!("{key}, seed {seed}: {fault}")),
                );
            }
            decoded += usize::from(faults.len() == before);
        }
        println!("{}: {decoded} of {}", $version, $client::OPERATIONS.len());
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        decoded
    }};
}

/// Whether the mock took the request for what it was meant to be, and gave it a documented result.
fn check(
    mock: &Mock,
    version: &str,
    operation: &Operation,
    sample: &Sample,
    status: StatusCode,
) -> Result<(), String> {
    let requests = mock.requests();
    let recorded = requests.last().ok_or("nothing was sent")?;
    let seen = (recorded.api, recorded.operation.as_deref());
    if seen != (Some(version), Some(operation.id)) {
        return Err(format!("was taken for {seen:?}"));
    }
    if recorded.method != operation.method.as_str() {
        return Err(format!("was sent as {}", recorded.method));
    }
    let (wanted, sent) = (without_nulls(&sample.0["body"]), recorded.json());
    if without_nulls(&sent.unwrap_or_default()) != wanted {
        return Err(format!(
            "the body was {:?}, wanted {wanted}",
            recorded.json()
        ));
    }
    if recorded.status != status.as_u16() {
        return Err(format!("{status}, but the mock sent {}", recorded.status));
    }
    if !status.is_success() && !operation.success.contains(&status.as_u16()) {
        return Err(format!("{status} is no result"));
    }
    Ok(())
}

/// Members that are null need not be sent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name.clone(), without_nulls(member)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_answer_decodes() {
    let decoded = call_all!("v2", v2, generated::insightcloudsec_v2::call)
        + call_all!("v3", v3, generated::insightcloudsec_v3::call)
        + call_all!("v4", v4, generated::insightcloudsec_v4::call);
    println!("{decoded} of {decoded} answers decode");
    assert_eq!(decoded, 207);
}

#[tokio::test]
async fn other_names_are_no_operations() {
    let mock = mock(1).await;
    assert!(mock.sample_request("list_cluods", 1).is_err());
    let client = v4::Client::new(connect(v4::AUTH, &mock, &http()));
    let sample = Sample(Value::Null);
    let call = generated::insightcloudsec_v4::call("list_cluods", &client, &sample).await;
    let minimal =
        generated::insightcloudsec_v4::call_minimal("list_cluods", &client, &sample).await;
    for outcome in [call, minimal] {
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "no operation has the id `list_cluods`"
        );
    }
    assert!(mock.requests().is_empty());
}
