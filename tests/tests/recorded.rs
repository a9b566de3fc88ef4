//! Answers as they are seen in the field, each read by the typed client.
//!
//! `recorded/<version>/<operation>[--variant].http` holds a status line, headers and the body byte for byte. The values
//! are made up; the oddities are those that servers of several releases are known for. A result must decode, and a
//! failure must become a typed error.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use insightcloudsec_mock::Mock;
use insightcloudsec_v2::types as v2;
use insightcloudsec_v3::types as v3;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tests::calls::{Failure, FailureKind, Outcome, Sample};
use tests::playback::{Player, Recording, operation};

struct Fixture {
    /// `v2/list_clouds--nulls`
    name: String,
    api: String,
    operation: String,
    recording: Recording,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded")
}

fn fixture(name: &str) -> Fixture {
    let bytes = std::fs::read(folder().join(format!("{name}.http"))).unwrap();
    let (api, file) = name.split_once('/').unwrap();
    Fixture {
        name: name.to_owned(),
        api: api.to_owned(),
        operation: file.split("--").next().unwrap().to_owned(),
        recording: Recording::read(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}")),
    }
}

fn fixtures() -> Vec<Fixture> {
    let mut names = BTreeSet::new();
    for api in ["v2", "v3", "v4"] {
        for entry in std::fs::read_dir(folder().join(api)).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert_eq!(path.extension().unwrap(), "http", "{}", path.display());
            names.insert(format!("{api}/{stem}"));
        }
    }
    names.iter().map(|name| fixture(name)).collect()
}

struct Stage {
    player: Player,
    /// Knows what requests look like.
    mock: Mock,
}

impl Stage {
    async fn new() -> Self {
        let mock = Mock::builder().seed(1).clouds(2).resources(16);
        Self {
            player: Player::start().await,
            mock: mock.start().await.unwrap(),
        }
    }

    async fn play(&self, fixture: &Fixture) -> Result<Outcome, Failure> {
        let key = format!("{}.{}", fixture.api, fixture.operation);
        let sample = Sample(self.mock.sample_request(&key, 1).unwrap());
        let called = (fixture.api.as_str(), fixture.operation.as_str());
        self.player.play(called, &sample, &fixture.recording).await
    }

    /// The value of a result, as JSON again.
    async fn value(&self, name: &str) -> Value {
        let outcome = self.play(&fixture(name)).await;
        outcome
            .unwrap_or_else(|failure| panic!("{name}: {failure}"))
            .value
    }

    /// Makes the next calls meet the recording.
    fn load(&self, name: &str) {
        self.player.load(&fixture(name).recording);
    }
}

/// Whether the client made of the recording what it should.
fn check(fixture: &Fixture, outcome: Result<Outcome, Failure>) -> Result<(), String> {
    let Recording { status, body, .. } = &fixture.recording;
    let known = operation(&fixture.api, &fixture.operation).ok_or("no such operation")?;
    let is_result = (200..300).contains(status) || known.success.contains(status);
    match outcome {
        Ok(outcome) if is_result && outcome.status.as_u16() == *status => Ok(()),
        Ok(outcome) => Err(format!("became a result with {}", outcome.status)),
        Err(failure) if is_result => Err(failure.text),
        Err(failure) if failure.status.is_none_or(|seen| seen.as_u16() != *status) => {
            Err(format!("lost its status: {failure}"))
        }
        Err(failure) => {
            let is_json = serde_json::from_slice::<Value>(body).is_ok_and(|body| body.is_object());
            match failure.kind {
                FailureKind::Answer(_) if is_json => Ok(()),
                FailureKind::UnexpectedStatus if !is_json => Ok(()),
                other => Err(format!("became {other:?}")),
            }
        }
    }
}

#[tokio::test]
async fn every_recording_is_understood() {
    let stage = Stage::new().await;
    let (mut misfits, mut operations) = (Vec::new(), BTreeSet::new());
    let fixtures = fixtures();
    for fixture in &fixtures {
        operations.insert((fixture.api.clone(), fixture.operation.clone()));
        if let Err(fault) = check(fixture, stage.play(fixture).await) {
            misfits.push(format!("{}: {fault}", fixture.name));
        }
    }
    let (count, failed) = (fixtures.len(), misfits.len());
    println!(
        "{} of {count} recordings of {} operations are understood",
        count - failed,
        operations.len()
    );
    assert!(count >= 140 && operations.len() >= 95);
    assert!(misfits.is_empty(), "{failed}:\n{}", misfits.join("\n"));
}

/// Recording, pointer and JSON of values that must come through; what is optional and null is missing.
const EXPECTED: &str = r#"
v2/list_clouds /clouds/0/name = "payments-prod"
v2/list_clouds /clouds/0/account_id = "210987654321"
v2/list_clouds /clouds/1/account_id = null
v2/list_clouds /clouds/0/failed_resource_types/0/resource_type = "workspace"
v2/list_clouds--text-html /clouds/0/id = 41
v2/list_resource_badges /1/key = "system.cloud_organization"
v2/list_query_filters /divvy.query.volume_encrypted/settings_config/0/description/1 = "or no"
v2/get_queue_status /slowest_jobs/0 = ["InstanceHarvester", 81.25]
v2/list_bots /bots/0/insight_id = 14
v2/list_bots /bots/1/insight_id = "backoffice:14"
v2/list_bots /bots/1/state = "SLEEPING"
v2/query_resources /resources/1/quantumcomputer/qubits = "127"
v2/query_resources /resources/0/instance/common/tags/Name = "web-1"
v2/get_resource_detail /details/serviceuser/common/resource_id = "serviceuser:41:AIDA:"
v2/export_compliance_scorecard /scorecard/section/1. Identity/payments-prod = "87.5%"
v2/create_api_key  = "AbCd-0123_efGhIjKlMnOpQrStUvWxYz4567890aBcDeFgHiJkL"
v2/update_cloud--created  = null
v2/create_resource_group--error-in-200 /error_message = "A group of that name is there already."
v2/set_entitlements /0/entitlements/1/role = "owner"
v3/scan_iac--failed /resources/0/failed_rules/0/rule_name = "Storage"
v3/scan_iac--passed /details/passed_insights/0/resource_types/1/resource_type = "volume"
v3/query_resources--more /next_cursor = "eyJvIjoxMDAwfQ=="
v3/query_resources--more /resources/1/resource_type = "quantumcomputer"
v3/list_resource_vulnerabilities /data/0/vuln_meta/FixedVersion = "1.2.3"
v4/list_cloud_findings /results/0/insight_name = "Storage"
v4/list_aws_role_configs--bare-list  = "[]"
v2/download_resources_csv  = "name,region\nweb-1,eu-west-1\n"
"#;

#[tokio::test]
async fn values_come_through() {
    let stage = Stage::new().await;
    let mut faults = Vec::new();
    for line in EXPECTED.trim().lines() {
        let (place, wanted) = line.rsplit_once(" = ").unwrap();
        let (name, pointer) = place.split_once(' ').unwrap();
        let wanted: Value = serde_json::from_str(wanted).unwrap();
        match stage.play(&fixture(name)).await {
            Ok(outcome) => {
                let found = outcome.value.pointer(pointer).cloned().unwrap_or_default();
                if found != wanted {
                    faults.push(format!("{name} {pointer}: {found}, wanted {wanted}"));
                }
            }
            Err(failure) => faults.push(format!("{name}: {failure}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn nothing_is_made_of_nulls() {
    let stage = Stage::new().await;
    for name in ["v2/get_bot_via_get--nulls", "v2/create_badges--no-content"] {
        let value = stage.value(name).await;
        assert!(value.is_null() || value == json!({}), "{name}: {value}");
    }
    assert_eq!(stage.value("v2/list_clouds--null-list").await, json!({}));
}

#[tokio::test]
async fn values_have_their_types() {
    let stage = Stage::new().await;
    stage.load("v2/list_clouds");
    let clouds = stage.player.v2.list_clouds().send().await.unwrap();
    assert_eq!(clouds.clouds[0].cloud_type_id, Some(v2::CloudTypeId::Aws));

    stage.load("v2/list_cloud_types");
    let types = stage.player.v2.list_cloud_types().send().await.unwrap();
    let unknown = v2::CloudTypeId::Unknown("DIGITAL_PLANET".to_owned());
    assert_eq!(types.clouds[1].cloud_type_id, Some(unknown));

    stage.load("v3/query_resources--more");
    let body = v3::QueryResourcesRequest::builder();
    let page = stage.player.v3.query_resources().body(body).send().await;
    let resources = page.unwrap().into_inner().resources;
    assert!(matches!(
        resources[0].value,
        Some(v3::ResourceItemValue::Instance(_))
    ));
    assert!(matches!(
        &resources[1].value,
        Some(v3::ResourceItemValue::Other(name, _)) if name == "quantumcomputer"
    ));
}

#[tokio::test]
async fn verdicts_of_scans_are_results() {
    let stage = Stage::new().await;
    for (name, status) in [
        ("v3/scan_iac--passed", 200),
        ("v3/scan_iac--warned", 202),
        ("v3/scan_iac--failed", 406),
    ] {
        let outcome = stage.play(&fixture(name)).await;
        let outcome = outcome.unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!(outcome.status.as_u16(), status);
        assert_eq!(outcome.value["scan_name"], "main");
    }
}

#[tokio::test]
async fn failures_keep_what_the_server_says() {
    let stage = Stage::new().await;
    stage.load("v2/get_insight--unknown");
    let call = stage
        .player
        .v2
        .get_insight()
        .insight_id(99)
        .source("custom");
    let error = call.send().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.answer().unwrap().error_message.as_deref(),
        Some("Insight 99 is not known.")
    );

    stage.load("v3/list_image_assessments--refused");
    let body = v3::EmptyBody::default();
    let call = stage.player.v3.list_image_assessments().body(body);
    let error = call.send().await.unwrap_err();
    assert_eq!(
        error.server_message().as_deref(),
        Some("json.offset: Unknown field.")
    );

    stage.load("v2/list_clouds--rate-limited");
    let error = stage.player.v2.list_clouds().send().await.unwrap_err();
    assert!(error.is_rate_limited() && error.answer().is_none());
    assert_eq!(error.headers().unwrap()["retry-after"], "60");
}
