//! The mock through the real clients, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod access;
mod clouds;
mod findings;
mod groups;
mod handle;
mod iac;
mod paging;

use insightcloudsec_mock::Mock;
use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use insightcloudsec_v4 as v4;
use rapid7_core::{Connection, Credentials, RetryPolicy};
use serde_json::Value;

/// Clients of all versions over one connection.
struct Clients {
    v2: v2::Client,
    v3: v3::Client,
    v4: v4::Client,
}

fn connect(mock: &Mock, credentials: Credentials) -> Clients {
    // Tests count the requests that they make.
    let connection = Connection::builder(v2::AUTH, mock.url().as_str(), credentials)
        .retries(RetryPolicy::never())
        .build()
        .unwrap();
    Clients {
        v2: v2::Client::new(connection.clone()),
        v3: v3::Client::new(connection.clone()),
        v4: v4::Client::new(connection),
    }
}

/// A mock with the default data, and clients with its key.
async fn start() -> (Mock, Clients) {
    let mock = Mock::start().await.unwrap();
    let clients = connect(&mock, Credentials::api_key(mock.api_key()));
    (mock, clients)
}

/// A request body.
fn input<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Text that the test needs.
#[allow(
    clippy::ref_option,
    reason = "members of answers are taken as they are"
)]
fn some(text: &Option<String>) -> String {
    text.clone().unwrap()
}
