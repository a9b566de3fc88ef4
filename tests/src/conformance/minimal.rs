//! Calls without what is optional: the generated ones set every parameter and the body.
//!
//! Only operations that have something optional besides members of the body are here. Each function gives none when
//! the operation is missing.

use crate::calls::{Failure, Sample};
use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use insightcloudsec_v4 as v4;
use rapid7_core::{Answer, Error, StatusCode};
use std::fmt::Debug;

type Outcome = Result<Option<StatusCode>, String>;

/// The status of an answer that decoded, or what the error says.
fn status<T, E: Debug>(result: Result<Answer<T>, Error<E>>) -> Result<StatusCode, String> {
    result
        .map(|answer| answer.status())
        .map_err(|error| Failure::new(&error, None).text)
}

/// Calls an operation of v2.
pub(super) async fn v2(operation: &str, client: &v2::Client, sample: &Sample) -> Outcome {
    let called = match operation {
        "list_domain_admins" => status(client.list_domain_admins().send().await),
        "list_exemptions" => {
            let body = sample.body::<v2::types::ListExemptionsRequest>()?;
            status(client.list_exemptions().body(body).send().await)
        }
        "list_insights" => status(client.list_insights().send().await),
        "search_insights" => status(client.search_insights().send().await),
        "toggle_insight_timeseries" => {
            let id = sample.parameter::<i64>("insight_id")?;
            let request = client.toggle_insight_timeseries().insight_id(id);
            status(request.send().await)
        }
        _ => return Ok(None),
    };
    called.map(Some)
}

/// Calls an operation of v3.
pub(super) async fn v3(operation: &str, client: &v3::Client, sample: &Sample) -> Outcome {
    let called = match operation {
        "list_image_assessments" => {
            let body = sample.body::<v3::types::EmptyBody>()?;
            status(client.list_image_assessments().body(body).send().await)
        }
        "list_resource_vulnerabilities" => {
            let id = sample.parameter::<String>("resource_id")?;
            let body = sample.body::<v3::types::EmptyBody>()?;
            let request = client.list_resource_vulnerabilities().resource_id(id);
            status(request.body(body).send().await)
        }
        "list_vulnerabilities" => {
            let body = sample.body::<v3::types::EmptyBody>()?;
            status(client.list_vulnerabilities().body(body).send().await)
        }
        "scan_iac" => {
            let body = sample.body::<v3::types::ScanIacRequest>()?;
            status(client.scan_iac().body(body).send().await)
        }
        "list_iac_scans" => status(client.list_iac_scans().send().await),
        "get_iac_scan" => {
            let id = sample.parameter::<String>("scan_id")?;
            status(client.get_iac_scan().scan_id(id).send().await)
        }
        _ => return Ok(None),
    };
    called.map(Some)
}

/// Calls an operation of v4.
pub(super) async fn v4(operation: &str, client: &v4::Client, sample: &Sample) -> Outcome {
    let called = match operation {
        "list_aws_access_keys" => status(client.list_aws_access_keys().send().await),
        "list_aws_role_configs" => status(client.list_aws_role_configs().send().await),
        "list_iac_scans" => status(client.list_iac_scans().send().await),
        "list_cloud_findings" => {
            let id = sample.parameter::<i64>("organization_service_id")?;
            let request = client.list_cloud_findings().organization_service_id(id);
            status(request.send().await)
        }
        _ => return Ok(None),
    };
    called.map(Some)
}
