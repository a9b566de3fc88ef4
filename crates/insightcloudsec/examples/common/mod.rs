//! What the examples share: the instance to talk to, tables, and what all types of resources have.

#![allow(dead_code, reason = "each example uses a part")]

use std::env;

use anyhow::{Context, Result};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use insightcloudsec::v3::types::{ResourceCommon, ResourceItem, ResourceItemValue};
use insightcloudsec::{Credentials, InsightCloudSec};
use insightcloudsec_mock::{Mock, MockBuilder};

/// Width of the labels, with a blank on either side.
const LABEL: u16 = 8;

/// An instance, and the mock behind it if it is not a real one; the mock stops when dropped.
///
/// The instance is the one in the environment, see [`InsightCloudSec::from_env`]. Without any of those
/// variables it is a mock with made-up data.
pub(crate) async fn connect() -> Result<(InsightCloudSec, Option<Mock>)> {
    connect_or(Mock::builder()).await
}

/// As [`connect`], with a mock of one's own settings.
pub(crate) async fn connect_or(mock: MockBuilder) -> Result<(InsightCloudSec, Option<Mock>)> {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let configured = ["URL", "API_KEY", "USERNAME", "PASSWORD"]
        .iter()
        .any(|name| is_set(format!("INSIGHTCLOUDSEC_{name}")));
    if configured {
        return Ok((InsightCloudSec::from_env()?, None));
    }
    eprintln!("No INSIGHTCLOUDSEC_ variable is set: made-up data from a mock.\n");
    let mock = mock.start().await.context("the mock does not start")?;
    let ics = InsightCloudSec::builder(mock.url(), Credentials::api_key(mock.api_key())).build()?;
    Ok((ics, Some(mock)))
}

/// A table that fits a terminal of 80 columns.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(80)
        .set_header(header);
    table
}

/// Sets columns, counted from 0, flush right.
pub(crate) fn numbers(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Lines of a label and a text, the text wrapped to 80 columns.
pub(crate) fn labelled(lines: &[(&str, &str)]) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(80);
    for (label, text) in lines {
        table.add_row([label, text]);
    }
    if let Some(labels) = table.column_mut(0) {
        labels.set_constraint(ColumnConstraint::Absolute(Width::Fixed(LABEL)));
    }
    table.trim_fmt()
}

/// A member that may be missing, for a table.
pub(crate) fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The members that all types of resources have; none of a type that this crate does not know.
pub(crate) fn common(item: &ResourceItem) -> ResourceCommon {
    let value = item.value.as_ref();
    value
        .and_then(ResourceItemValue::common)
        .cloned()
        .unwrap_or_default()
}
