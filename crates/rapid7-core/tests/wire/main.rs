//! Calls over real sockets on the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod answers;
mod credentials;
mod cut_off;
mod encoding;
mod extremes;
mod limits;
mod login;
mod multipart;
mod paging;
mod path;
mod pki;
mod proxy;
mod redirects;
mod retries;
mod server;
mod sessions;
mod settings;
mod tls;
mod turned_away;

use rapid7_core::{
    Access, AuthScheme, Body, Connection, Credentials, Decode, Effect, Error, KeyPlacement, Method,
    Operation, Request, RetryPolicy, SessionScheme, Stability, decode,
};

/// A scheme with a key header and sessions, as InsightCloudSec has it.
const AUTH: AuthScheme = AuthScheme {
    api_key: KeyPlacement::Header("Api-Key"),
    session: Some(SessionScheme {
        login_path: "/v2/public/user/login",
        header: "X-Auth-Token",
    }),
    uuid_keys_of: Some("another product"),
};

/// A read at `/v2/things`; tests override what they are about.
const GET: Operation = Operation {
    name: "list_things",
    id: "list_things",
    method: Method::GET,
    path: "/v2/things",
    tag: "Things",
    summary: "Lists things.",
    effect: Effect::Read,
    stability: Stability::Public,
    confidence: None,
    access: Access::Credentials,
    accept: "application/json",
    success: &[],
    session_ended: &[],
    paging: None,
};

static LIST: Operation = GET;
static THING: Operation = Operation {
    name: "get_thing",
    path: "/v2/things/{id}/parts",
    ..GET
};
static CREATE: Operation = Operation {
    name: "create_thing",
    method: Method::POST,
    effect: Effect::Write,
    ..GET
};

/// What the tests take for the documented failure.
#[derive(Debug, PartialEq, serde::Deserialize)]
struct ApiError {
    error_message: String,
}

fn connect(url: &str) -> Connection {
    connect_as(url, Credentials::api_key("k3y"))
}

fn connect_as(url: &str, credentials: Credentials) -> Connection {
    let builder = Connection::builder(AUTH, url, credentials);
    builder.retries(RetryPolicy::never()).build().unwrap()
}

/// Calls, takes any body for the result, and expects the documented failure.
async fn call(connection: &Connection, request: Request) -> Result<Body, Error<ApiError>> {
    call_for(connection, request, decode::body).await
}

async fn call_for<T: Send + 'static>(
    connection: &Connection,
    request: Request,
    answer: Decode<T>,
) -> Result<T, Error<ApiError>> {
    let answer = connection.call(request, answer, decode::json).await?;
    Ok(answer.into_inner())
}
