//! Every finding of every insight, as CSV on the standard output or in a file.
//!
//! ```sh
//! cargo run --example findings -- findings.csv
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod common;

use std::fs::File;
use std::io::{self, Write};

use anyhow::{Context, Result};
use insightcloudsec::InsightCloudSec;
use insightcloudsec::v2::types::Insight;
use insightcloudsec::v3::types::{QueryResourcesRequest, ResourceItem};

use common::connect;

/// Most that the server gives at once.
const PAGE: u64 = 1000;

/// Findings of one insight that are kept in memory.
const MOST: usize = 1_000_000;

#[tokio::main]
async fn main() -> Result<()> {
    let out: Box<dyn Write> = match std::env::args().nth(1) {
        Some(path) => Box::new(File::create(&path).with_context(|| path)?),
        None => Box::new(io::stdout()),
    };
    let (ics, _mock) = connect().await?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "insight",
        "name",
        "severity",
        "resource_id",
        "resource_name",
        "resource_type",
        "account",
        "region",
    ])?;
    let insights = ics.v2().list_insights().send().await?.into_inner();
    let mut findings = 0;
    let mut failures = 0;
    for insight in &insights {
        let Some(id) = qualified_id(insight) else {
            failures += 1;
            eprintln!("an insight has no id: {:?}", insight.name);
            continue;
        };
        // All pages of it, or an error: no list is cut without a word. One insight that fails is no reason to lose the
        // others.
        match findings_of(&ics, &id).await {
            Ok(resources) => {
                findings += resources.len();
                for resource in &resources {
                    csv.write_record(row(insight, &id, resource))?;
                }
            }
            Err(error) => {
                failures += 1;
                eprintln!("{id}: {error}");
            }
        }
    }
    csv.flush()?;
    eprintln!(
        "{findings} findings of {} insights, {failures} failed",
        insights.len()
    );
    anyhow::ensure!(failures == 0, "the list is not complete");
    Ok(())
}

/// `backoffice:7`, the form in which a query names an insight.
fn qualified_id(insight: &Insight) -> Option<String> {
    Some(format!(
        "{}:{}",
        insight.source.as_ref()?,
        insight.insight_id?
    ))
}

async fn findings_of(ics: &InsightCloudSec, id: &str) -> Result<Vec<ResourceItem>> {
    let query = QueryResourcesRequest::builder().insight(id);
    let findings = ics.v3().query_resources().body(query).items();
    Ok(findings.page_size(PAGE).all(MOST).await?)
}

fn row(insight: &Insight, id: &str, item: &ResourceItem) -> [String; 8] {
    let resource = common::common(item);
    let severity = insight.custom_severity.or(insight.severity);
    [
        id.to_owned(),
        insight.name.clone().unwrap_or_default(),
        severity
            .map(|severity| severity.to_string())
            .unwrap_or_default(),
        resource.resource_id.unwrap_or_default(),
        resource.resource_name.unwrap_or_default(),
        item.resource_type.clone().unwrap_or_default(),
        resource.account.unwrap_or_default(),
        resource.region.unwrap_or_default(),
    ]
}
