//! Scans, whose verdict is in the status.

use crate::{Clients, input, start};
use insightcloudsec_v3::types::{ScanIacAnswer, ScanIacRequest};
use rapid7_core::Answer;
use serde_json::json;

async fn scan(clients: &Clients, template: &str) -> Answer<ScanIacAnswer> {
    let body = json!({
        "scan_name": "nightly", "author_name": "ci", "config_name": "default",
        "iac_provider": "terraform", "scan_template": template,
    });
    clients
        .v3
        .scan_iac()
        .body(input::<ScanIacRequest>(body))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_template_decides_on_the_verdict() {
    let (_mock, clients) = start().await;
    let passed = scan(&clients, "{}").await;
    assert!(matches!(passed.value(), ScanIacAnswer::Ok(scan) if scan.success == Some(true)));
    let warned = scan(&clients, r#"{"encrypted": false}"#).await;
    assert!(matches!(warned.value(), ScanIacAnswer::Accepted(_)));
    let failed = scan(&clients, r#"{"cidr_blocks": ["0.0.0.0/0"]}"#).await;
    let ScanIacAnswer::NotAcceptable(report) = failed.value() else {
        panic!("{failed:?}")
    };
    let details = report.details.as_ref().unwrap();
    assert_eq!(
        details.failed_insights[0].name.as_deref(),
        Some("Access list open to the world")
    );

    let scans = clients
        .v3
        .list_iac_scans()
        .page(1)
        .page_size(2)
        .send()
        .await
        .unwrap();
    assert_eq!((scans.data.len(), scans.total_count), (2, Some(5)));
    assert_eq!(scans.data[0].id, report.id, "newest first");
    let again = clients
        .v3
        .get_iac_scan()
        .scan_id(report.id.unwrap().to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(again.status.as_deref(), Some("failed"));
}
