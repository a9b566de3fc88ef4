//! Secrets planted everywhere appear nowhere: not in a value's text, not in an error, not in a log, not in a panic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod canary;
mod coverage;
#[cfg(feature = "tracing")]
mod echo;
mod errors;
mod exports;
mod failures;
mod lists;
mod log;
mod panics;
mod script;
#[cfg(feature = "tracing")]
mod spans;
mod values;

#[allow(dead_code, reason = "the helpers of the tests of what is on the wire")]
#[path = "../wire/pki.rs"]
mod pki;
#[allow(dead_code, reason = "the helpers of the tests of what is on the wire")]
#[path = "../wire/server.rs"]
mod server;

use std::time::Duration;

use rapid7_core::{
    Access, Answer, AuthScheme, Connection, ConnectionBuilder, Credentials, Effect, Error,
    KeyPlacement, Method, Operation, Request, RetryPolicy, Secret, SessionScheme, Stability,
    decode,
};
use serde::{Deserialize, Serialize};

use crate::canary::CANARY;

const LOGIN: &str = "/v2/public/user/login";

const AUTH: AuthScheme = AuthScheme {
    api_key: KeyPlacement::Header("Api-Key"),
    session: Some(SessionScheme {
        login_path: LOGIN,
        header: "X-Auth-Token",
    }),
    uuid_keys_of: None,
};

/// A read at `/v2/things`.
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
static CREATE: Operation = Operation {
    name: "create_thing",
    method: Method::POST,
    effect: Effect::Write,
    ..GET
};
static WITHIN_SESSION: Operation = Operation {
    name: "export_things",
    access: Access::SessionQuery("session_id"),
    ..GET
};

/// A documented body; its secret member has the type that generated code gives it.
#[derive(Debug, Deserialize, Serialize)]
struct Planted {
    password: Secret,
}

/// JSON with a secret.
fn body() -> String {
    format!(r#"{{"password":"{CANARY}"}}"#)
}

/// Headers with secrets.
const HEADERS: [(&str, &str); 2] = [("set-cookie", "s=c4nary"), ("x-other", "c4nary")];

/// Makes one attempt at each call, and gives up soon.
fn builder(url: &str, credentials: Credentials) -> ConnectionBuilder {
    Connection::builder(AUTH, url, credentials)
        .retries(RetryPolicy::never())
        .timeout(Duration::from_secs(5))
}

/// A connection with a key in the query, where addresses show it.
fn with_query(url: &str) -> ConnectionBuilder {
    let auth = AuthScheme {
        api_key: KeyPlacement::Query("key"),
        ..AUTH
    };
    Connection::builder(auth, url, Credentials::api_key(CANARY))
        .retries(RetryPolicy::never())
        .timeout(Duration::from_secs(5))
}

async fn call(
    connection: &Connection,
    request: Request,
) -> Result<Answer<Planted>, Error<Planted>> {
    let answer = decode::json::<Planted>;
    connection.call(request, answer, decode::json).await
}

async fn fails(connection: &Connection, request: Request) -> Error<Planted> {
    call(connection, request).await.unwrap_err()
}
