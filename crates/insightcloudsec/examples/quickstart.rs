//! First look at an instance: its cloud accounts, its busiest insights, and some resources.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod common;

use std::cmp::Reverse;

use anyhow::Result;
use insightcloudsec::InsightCloudSec;
use insightcloudsec::v3::types::QueryResourcesRequest;

use common::{connect, numbers, shown, table};

#[tokio::main]
async fn main() -> Result<()> {
    let (ics, _mock) = connect().await?;
    clouds(&ics).await?;
    insights(&ics).await?;
    resources(&ics).await
}

async fn clouds(ics: &InsightCloudSec) -> Result<()> {
    let clouds = ics.v2().list_clouds().send().await?.into_inner().clouds;
    let mut table = table(&["cloud", "type", "resources", "status", "refreshed"]);
    for cloud in clouds.iter().take(10) {
        table.add_row([
            shown(cloud.name.as_ref()),
            shown(cloud.cloud_type_id.as_ref()),
            shown(cloud.resource_count),
            shown(cloud.status.as_ref()),
            shown(cloud.last_refreshed.as_ref()),
        ]);
    }
    numbers(&mut table, &[2]);
    println!("{} cloud accounts\n{table}\n", clouds.len());
    Ok(())
}

async fn insights(ics: &InsightCloudSec) -> Result<()> {
    let mut insights = ics.v2().list_insights().send().await?.into_inner();
    insights.sort_by_key(|insight| Reverse(insight.results));
    let mut table = table(&["insight", "severity", "findings"]);
    for insight in insights.iter().take(10) {
        table.add_row([
            shown(insight.name.as_ref()),
            shown(insight.custom_severity.or(insight.severity)),
            shown(insight.results),
        ]);
    }
    numbers(&mut table, &[1, 2]);
    println!("{} insights\n{table}\n", insights.len());
    Ok(())
}

async fn resources(ics: &InsightCloudSec) -> Result<()> {
    let query = QueryResourcesRequest::builder().limit(10);
    let page = ics.v3().query_resources().body(query).send().await?;
    let mut table = table(&["resource", "type", "cloud"]);
    for item in &page.resources {
        let resource = common::common(item);
        table.add_row([
            shown(resource.resource_name.or(resource.resource_id)),
            shown(item.resource_type.as_ref()),
            shown(resource.account),
        ]);
    }
    let total: i64 = page.counts.values().sum();
    println!("{total} resources, {} shown\n{table}", page.resources.len());
    Ok(())
}
