//! Operations that a connection does not let through, of all that there are.

use super::small_mock;
use insightcloudsec::{Credentials, Effect, InsightCloudSec, Operation, Refusal, Stability};
use insightcloudsec::{v2, v3, v4};
use insightcloudsec_mock::{Mock, Reply};
use serde_json::json;
use tests::calls::{Failure, FailureKind, Outcome, Sample};
use tests::generated::{insightcloudsec_v2, insightcloudsec_v3, insightcloudsec_v4};

/// Operations by version.
fn all() -> Vec<(&'static str, &'static Operation)> {
    let of = |version, operations: &'static [&'static Operation]| {
        operations.iter().map(move |one| (version, *one))
    };
    of("v2", v2::OPERATIONS)
        .chain(of("v3", v3::OPERATIONS))
        .chain(of("v4", v4::OPERATIONS))
        .collect()
}

/// A mock that does nothing, so that each operation finds what the others did.
async fn idle_mock() -> Mock {
    let mock = small_mock().await;
    let reply = Reply::json(200, json!({}));
    mock.on_any().respond(reply).unwrap();
    mock
}

async fn call(
    ics: &InsightCloudSec,
    version: &str,
    id: &str,
    sample: &Sample,
) -> Result<Outcome, Failure> {
    match version {
        "v2" => insightcloudsec_v2::call(id, ics.v2(), sample).await,
        "v3" => insightcloudsec_v3::call(id, ics.v3(), sample).await,
        _ => insightcloudsec_v4::call(id, ics.v4(), sample).await,
    }
}

/// Calls all operations; gives how many were let through. `refusal` says which must not be, and why.
async fn let_through(
    mock: &Mock,
    ics: &InsightCloudSec,
    refusal: impl Fn(&Operation) -> Option<Refusal>,
) -> usize {
    let mut passed = 0;
    for (version, operation) in all() {
        let key = format!("{version}.{}", operation.id);
        let sample = Sample(mock.sample_request(&key, 1).unwrap());
        let before = mock.counters();
        let outcome = call(ics, version, operation.id, &sample).await;
        let after = mock.counters();
        let kind = outcome.err().map(|failure| failure.kind);
        let sent = after.requests - before.requests;
        if let Some(reason) = refusal(operation) {
            assert_eq!(kind, Some(FailureKind::Refused(reason)), "{key}");
            assert_eq!(sent, 0, "{key}");
        } else {
            let is_refused = matches!(kind, Some(FailureKind::Refused(_)));
            assert!(!is_refused, "{key}: {kind:?}");
            assert_eq!((sent, after.of(&key) - before.of(&key)), (1, 1), "{key}");
            passed += 1;
        }
    }
    passed
}

/// A session, since one operation takes no key.
fn credentials() -> Credentials {
    Credentials::session("s3ssion")
}

#[tokio::test]
async fn reads_pass_a_read_only_connection_and_nothing_else_does() {
    let mock = idle_mock().await;
    let builder = InsightCloudSec::builder(mock.url(), credentials()).read_only(true);
    let ics = builder.build().unwrap();
    let refusal = |operation: &Operation| {
        let is_read = operation.effect == Effect::Read;
        (!is_read).then_some(Refusal::ReadOnly)
    };
    let passed = let_through(&mock, &ics, refusal).await;
    println!("{passed} of {} are reads", all().len());
    assert_eq!(all().len(), 207);
    assert_eq!(mock.counters().requests, passed as u64);
}

#[tokio::test]
async fn prototypes_can_be_denied() {
    let mock = idle_mock().await;
    let builder = InsightCloudSec::builder(mock.url(), credentials()).deny_prototype(true);
    let ics = builder.build().unwrap();
    let refusal = |operation: &Operation| {
        let is_prototype = operation.stability == Stability::Prototype;
        is_prototype.then_some(Refusal::Prototype)
    };
    let passed = let_through(&mock, &ics, refusal).await;
    println!("{passed} of {} are no prototypes", all().len());
    assert!(passed < all().len());
}

#[tokio::test]
async fn both_gates_count_together() {
    let mock = idle_mock().await;
    let builder = InsightCloudSec::builder(mock.url(), credentials());
    let ics = builder.read_only(true).deny_prototype(true);
    let ics = ics.build().unwrap();
    let refusal = |operation: &Operation| match (operation.effect, operation.stability) {
        (Effect::Read, Stability::Prototype) => Some(Refusal::Prototype),
        (Effect::Read, _) => None,
        _ => Some(Refusal::ReadOnly),
    };
    let passed = let_through(&mock, &ics, refusal).await;
    println!("{passed} of {} pass both", all().len());
    assert!(passed > 0);
}
