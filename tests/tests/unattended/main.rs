//! A connection that nobody watches: sessions that end, servers that fail, limits, and answers that never end.
//!
//! The typed clients call the mock over real sockets. `UNATTENDED=full cargo test -p tests --test unattended --
//! --nocapture` makes all the calls; by default there are a tenth of them, and one seed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

mod bounds;
mod faults;
mod gates;
mod limits;
mod sessions;

use insightcloudsec::v2::types::{ApiError, PackInput};
use insightcloudsec::{Error, InsightCloudSec};
use insightcloudsec_mock::Mock;
use std::collections::BTreeMap;

/// The first value, or the second if all of a test was asked for.
fn scaled<T>(quick: T, full: T) -> T {
    let is_full = std::env::var("UNATTENDED").is_ok_and(|text| text == "full");
    if is_full { full } else { quick }
}

/// A mock with few data, whose answers are short.
async fn small_mock() -> Mock {
    let builder = Mock::builder().clouds(2).resources(16);
    builder.start().await.unwrap()
}

/// What the names of created things begin with.
const PREFIX: &str = "unattended";

/// Reads, each number another in turn.
async fn read(ics: &InsightCloudSec, number: usize) -> Result<(), Error<ApiError>> {
    match number % 3 {
        0 => ics.v2().list_clouds().send().await.map(drop),
        1 => ics.v2().get_current_user().send().await.map(drop),
        _ => ics.v2().list_groups().send().await.map(drop),
    }
}

/// Creates something that the server keeps, and would keep twice.
async fn create(ics: &InsightCloudSec, name: &str) -> Result<(), Error<ApiError>> {
    let pack = PackInput::builder().name(name);
    ics.v2().create_pack().body(pack).send().await.map(drop)
}

/// How often the server has each thing that was created here.
async fn created(ics: &InsightCloudSec) -> BTreeMap<String, usize> {
    let packs = ics.v2().list_packs().send().await.unwrap().into_inner();
    let names = packs.into_iter().filter_map(|pack| pack.name);
    let mut counts = BTreeMap::new();
    for name in names.filter(|name| name.starts_with(PREFIX)) {
        *counts.entry(name).or_default() += 1;
    }
    counts
}
