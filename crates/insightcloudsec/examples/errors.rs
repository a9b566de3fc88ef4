//! What goes wrong with calls, how it reads, and how a program tells one from the other.
//!
//! ```sh
//! cargo run --example errors
//! ```
//!
//! Provokes each error; nothing is changed on the instance.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod common;

use std::fmt::Debug;
use std::time::Duration;

use anyhow::Result;
use insightcloudsec::{Answer, Credentials, Error, InsightCloudSec};

use common::{connect, labelled};

#[tokio::main]
async fn main() -> Result<()> {
    let (ics, mock) = connect().await?;

    // Some errors come before anything is sent.
    for (attempt, url, key) in [
        ("address without https://", "acme.example", "key"),
        ("address without encryption", "http://acme.example", "key"),
        (
            "key with typographic quotes",
            "https://acme.example",
            "\u{201c}key\u{201d}",
        ),
    ] {
        if let Err(error) = InsightCloudSec::builder(url, Credentials::api_key(key)).build() {
            show(attempt, &[("error", &error.to_string())]);
        }
    }

    let nobody = InsightCloudSec::builder("http://127.0.0.1:9", Credentials::api_key("key"))
        .connect_timeout(Duration::from_secs(2))
        .build()?;
    explain("unreachable host", nobody.v2().list_clouds().send().await);

    let url = match &mock {
        Some(mock) => mock.url(),
        None => std::env::var("INSIGHTCLOUDSEC_URL")?,
    };
    for (attempt, key) in [
        ("wrong key", "wrong-key"),
        (
            "key of the Command Platform",
            "00000000-0000-4000-8000-000000000000",
        ),
    ] {
        let intruder = InsightCloudSec::builder(&url, Credentials::api_key(key)).build()?;
        explain(attempt, intruder.v2().list_clouds().send().await);
    }

    let unset = ics.v2().get_resource_detail().send().await;
    explain("forgotten argument", unset);

    let empty = ics.v2().get_resource_detail().resource_id("").send().await;
    explain("argument that would call another path", empty);

    let missing = ics
        .v2()
        .get_resource_detail()
        .resource_id("instance:0:none:none:");
    explain("no such resource", missing.send().await);
    Ok(())
}

fn explain<T, E: Debug>(attempt: &str, outcome: Result<Answer<T>, Error<E>>) {
    let error = match outcome {
        Ok(answer) => return show(attempt, &[("none", &format!("status {}", answer.status()))]),
        Err(error) => error,
    };
    let text = error.to_string();
    let mut lines = vec![("error", text.as_str()), ("so", reaction(&error))];
    // Ask for it by name: the server's text may repeat secrets, so it is never in the line above.
    let message = error.server_message();
    lines.extend(message.as_deref().map(|message| ("server", message)));
    show(attempt, &lines);
}

fn show(attempt: &str, lines: &[(&str, &str)]) {
    println!("{attempt}\n{}\n", labelled(lines));
}

/// What a program would do about it. Predicates are for causes, variants for what has happened so far.
fn reaction<E>(error: &Error<E>) -> &'static str {
    if error.is_unauthorized() {
        return "stop, and ask for another key";
    }
    if error.is_forbidden() {
        return "stop, and ask an administrator for the permission";
    }
    if error.is_not_found() {
        return "go on without it";
    }
    if error.is_connect() || error.is_rate_limited() {
        return "nothing was done: try again later";
    }
    match error {
        Error::InvalidInput { .. } | Error::Refused { .. } => "nothing was sent: mend the program",
        Error::Decode { .. } => "it was done, and its answer is in raw_body()",
        Error::Transport { .. } => "it may have been done: look before trying again",
        _ => "log it and go on",
    }
}
