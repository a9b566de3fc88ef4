//! All resources, or those of one type, as CSV or JSON lines in a file, with progress. A run that ends early, be it
//! by Ctrl-C, a crash or `kill -9`, is taken up by the same command where it was.
//!
//! ```sh
//! cargo run --example export_resources -- resources.csv
//! cargo run --example export_resources -- instances.jsonl --type instance --json-lines
//! ```
//!
//! Without an instance it exports made-up resources, as many as `--mock-resources` says.

#![allow(clippy::print_stderr, reason = "a program for a terminal")]

mod common;
#[path = "common/resumable.rs"]
mod resumable;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use insightcloudsec::paging::Progress;
use insightcloudsec::v3::types::{QueryResourcesRequest, ResourceItem};
use insightcloudsec_mock::Mock;

use resumable::{Output, Saved};

const USAGE: &str =
    "usage: export_resources FILE [--type TYPE] [--json-lines] [--mock-resources N]";

/// Most that the server gives at once.
const PAGE: u64 = 1000;

/// Rows after which the place is saved: the most that a run which ends early has written for nothing.
const SAVE_EVERY: u64 = 500;

const COLUMNS: [&str; 7] = [
    "resource_id",
    "resource_name",
    "resource_type",
    "cloud",
    "account",
    "account_id",
    "region",
];

struct Options {
    path: PathBuf,
    resource_type: Option<String>,
    json_lines: bool,
    mock_resources: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let mock = Mock::builder().resources(options.mock_resources);
    let (ics, _mock) = common::connect_or(mock).await?;

    let mut query = QueryResourcesRequest::builder();
    if let Some(resource_type) = &options.resource_type {
        query = query.selected_resource_type(resource_type.clone());
    }
    let mut resources = ics.v3().query_resources().body(query).items();
    resources = resources.page_size(PAGE);

    let (mut output, saved) = Output::open(&options.path, &options.what())?;
    let mut rows = Rows::new(output.file()?, options.json_lines);
    match saved {
        Some(Saved { checkpoint, .. }) => {
            eprintln!("going on after {} resources", checkpoint.items());
            resources = resources.start_at(checkpoint);
        }
        None => rows.begin()?,
    }

    let bar = progress_bar();
    while let Some(resource) = resources.next().await {
        let resource = match resource {
            Ok(resource) => resource,
            Err(error) => {
                // What came before the error is good, and the same command goes on from there.
                rows.flush()?;
                if let Some(checkpoint) = error.checkpoint() {
                    output.save(checkpoint)?;
                }
                bar.abandon();
                return Err(error).context("the export is not complete; run it again to go on");
            }
        };
        rows.write(&resource)?;
        let progress = resources.progress();
        show(&bar, progress);
        if progress.items % SAVE_EVERY == 0
            && let Some(checkpoint) = resources.checkpoint()
        {
            rows.flush()?;
            output.save(checkpoint)?;
        }
    }
    rows.flush()?;
    output.finish()?;
    bar.finish_and_clear();
    let path = options.path.display();
    eprintln!("{} resources in {path}", resources.progress().items);
    Ok(())
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut path = None;
        let mut options = Self {
            path: PathBuf::new(),
            resource_type: None,
            json_lines: false,
            mock_resources: 5000,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().context(USAGE);
            match argument.as_str() {
                "--type" => options.resource_type = Some(value()?),
                "--json-lines" => options.json_lines = true,
                "--mock-resources" => options.mock_resources = value()?.parse().context(USAGE)?,
                _ if path.is_none() && !argument.starts_with('-') => path = Some(argument.into()),
                _ => bail!(USAGE),
            }
        }
        options.path = path.context(USAGE)?;
        Ok(options)
    }

    /// What the rows of the file are; an export of something else must not go on in it.
    fn what(&self) -> String {
        let form = if self.json_lines { "JSON lines" } else { "CSV" };
        let resource_type = self.resource_type.as_deref().unwrap_or("all types");
        format!("resources of {resource_type} as {form}")
    }
}

/// Rows on their way to the file.
enum Rows {
    Csv(Box<csv::Writer<File>>),
    JsonLines(BufWriter<File>),
}

impl Rows {
    fn new(file: File, json_lines: bool) -> Self {
        if json_lines {
            Self::JsonLines(BufWriter::new(file))
        } else {
            Self::Csv(Box::new(csv::Writer::from_writer(file)))
        }
    }

    fn begin(&mut self) -> Result<()> {
        if let Self::Csv(csv) = self {
            csv.write_record(COLUMNS)?;
        }
        Ok(())
    }

    fn write(&mut self, item: &ResourceItem) -> Result<()> {
        match self {
            Self::Csv(csv) => csv.write_record(row(item))?,
            Self::JsonLines(lines) => {
                serde_json::to_writer(&mut *lines, item)?;
                lines.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Csv(csv) => csv.flush()?,
            Self::JsonLines(lines) => lines.flush()?,
        }
        Ok(())
    }
}

fn row(item: &ResourceItem) -> [String; COLUMNS.len()] {
    let resource = common::common(item);
    let resource_type = item.resource_type.clone();
    [
        resource.resource_id,
        resource.resource_name,
        resource_type,
        resource.cloud,
        resource.account,
        resource.account_id,
        resource.region,
    ]
    .map(Option::unwrap_or_default)
}

/// On standard error, and nowhere if that is no terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Not every server says how many there are, and none before its first answer.
fn show(bar: &ProgressBar, progress: Progress) {
    let Some(total) = progress.total else {
        bar.set_message(format!("{} resources", progress.items));
        return;
    };
    if bar.length() != Some(total) {
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} resources, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total);
    }
    bar.set_position(progress.items);
}
