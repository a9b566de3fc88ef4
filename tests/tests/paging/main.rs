//! Lists in pages over the mock: every style, lists that change, servers that misbehave, runs that are killed.
//!
//! The typed clients read over real sockets. `PAGING=full cargo test -p tests --test paging -- --nocapture` reads lists of
//! 100,000 items; by default they are short, and there is one seed. A seed that failed is tried again by `PAGING_SEED`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

mod changes;
mod complete;
mod guards;
mod killed;
mod lists;
mod random;
mod settings;

use std::future::Future;
use std::time::Duration;

use insightcloudsec::{Credentials, InsightCloudSec, RetryPolicy};
use insightcloudsec_mock::Mock;

/// The first value, or the second if all of a test was asked for.
fn scaled<T>(quick: T, full: T) -> T {
    let is_full = std::env::var("PAGING").is_ok_and(|text| text == "full");
    if is_full { full } else { quick }
}

/// The seeds to try: so many, or the one that was asked for.
fn seeds(quick: u64, full: u64) -> Vec<u64> {
    let asked = std::env::var("PAGING_SEED").ok();
    let asked = asked.and_then(|text| text.parse().ok());
    asked.map_or_else(|| (1..=scaled(quick, full)).collect(), |seed| vec![seed])
}

/// A mock with few data of its own, and its client. Delays between attempts are short.
async fn start() -> (Mock, InsightCloudSec) {
    let builder = Mock::builder().clouds(2).resources(16);
    let mock = builder.start().await.unwrap();
    mock.keep_requests(0);
    let ics = connect(&mock);
    (mock, ics)
}

fn connect(mock: &Mock) -> InsightCloudSec {
    let policy = RetryPolicy::default().base_delay(Duration::from_millis(2));
    let key = Credentials::api_key(mock.api_key());
    let builder = InsightCloudSec::builder(mock.url(), key);
    builder.retries(policy).build().unwrap()
}

/// What comes in time: a list that never ends fails here.
async fn in_time<T>(name: &str, reading: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(scaled(30, 300));
    let read = tokio::time::timeout(limit, reading).await;
    read.unwrap_or_else(|_| panic!("{name}: no end after {limit:?}"))
}
