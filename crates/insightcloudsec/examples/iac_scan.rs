//! Scans a Terraform plan: the verdict, and each insight that failed.
//!
//! ```sh
//! terraform show -json plan.out > plan.json
//! cargo run --example iac_scan -- plan.json [CONFIG]
//! ```
//!
//! `CONFIG` is the name of a scan configuration; without it the first one of the instance is taken.
//! Without a plan a built-in one is scanned. Exit code 1 if the verdict is a failure.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod common;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use insightcloudsec::InsightCloudSec;
use insightcloudsec::v3::types::{IacInsightResult, ScanIacAnswer, ScanIacRequest};

use common::{connect, numbers, shown, table};

/// A bucket that all the world can read.
const SAMPLE: &str = include_str!("sample_plan.json");

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let plan = match arguments.next() {
        Some(path) => std::fs::read_to_string(&path).with_context(|| path)?,
        None => SAMPLE.to_owned(),
    };
    let (ics, _mock) = connect().await?;
    let config = match arguments.next() {
        Some(config) => config,
        None => first_config(&ics).await?,
    };
    let request = ScanIacRequest::builder()
        .scan_name("example")
        .author_name("insightcloudsec examples")
        .iac_provider("terraform")
        .config_name(config)
        .scan_template(plan);
    let answer = ics.v3().scan_iac().body(request).send().await?.into_inner();

    // The status is the verdict; each carries the whole result.
    let (verdict, scan, exit) = match answer {
        ScanIacAnswer::Ok(scan) => ("passed", scan, ExitCode::SUCCESS),
        ScanIacAnswer::Accepted(scan) => ("passed with warnings", scan, ExitCode::SUCCESS),
        ScanIacAnswer::NotAcceptable(scan) => ("failed", scan, ExitCode::FAILURE),
        _ => bail!("a verdict that this program does not know"),
    };
    println!(
        "Scan {} against `{}`: {verdict}",
        shown(scan.id.or(scan.build_id)),
        shown(scan.config_name)
    );
    let details = scan.details.unwrap_or_default();
    let failed = rows("failure", &details.failed_insights, |insight| {
        &insight.failure
    });
    let warned = rows("warning", &details.warned_insights, |insight| {
        &insight.warning
    });
    let mut table = table(&["result", "severity", "insight", "resources"]);
    table.add_rows(failed.chain(warned));
    numbers(&mut table, &[1]);
    if !table.is_empty() {
        println!("{table}");
    }
    Ok(exit)
}

async fn first_config(ics: &InsightCloudSec) -> Result<String> {
    let configs = ics.v3().list_iac_configs().send().await?.into_inner();
    let name = configs.into_iter().find_map(|config| config.name);
    name.context("the instance has no scan configuration; make one in the console")
}

fn rows<'a>(
    kind: &'a str,
    insights: &'a [IacInsightResult],
    resources: impl Fn(&IacInsightResult) -> &Vec<String> + 'a,
) -> impl Iterator<Item = [String; 4]> + 'a {
    insights.iter().map(move |insight| {
        [
            kind.to_owned(),
            shown(insight.severity),
            shown(insight.name.as_ref()),
            resources(insight).join("\n"),
        ]
    })
}
