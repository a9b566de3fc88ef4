//! What decoding an answer may take: memory, time, and the thread that waits for it.
//!
//! Bodies are short here. `RAPID7_BODY_MIB=64` makes them as long as the default limit lets them be; build with `--release` for
//! that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too"
)]

// The peak is read from `/proc`.
#[cfg(target_os = "linux")]
mod memory;
mod shapes;
mod time;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rapid7_core::{
    AuthScheme, Body, Connection, ConnectionBuilder, Credentials, Error, KeyPlacement, Operation,
    TransportErrorKind,
};
use tests::server::Reply;

static LIST: Operation = Operation {
    name: "list_things",
    path: "/v2/things",
    ..Operation::USUAL
};

fn builder(url: &str) -> ConnectionBuilder {
    let auth = AuthScheme {
        api_key: KeyPlacement::Header("Api-Key"),
        session: None,
        uuid_keys_of: None,
    };
    Connection::builder(auth, url, Credentials::api_key("k3y"))
}

fn kind(error: &Error<Body>) -> TransportErrorKind {
    match error {
        Error::Transport { error, .. } => error.kind(),
        other => panic!("{other:?}"),
    }
}

const MIB: usize = 1024 * 1024;

/// Length of the bodies in bytes, if they are to be long.
fn long_bodies() -> Option<usize> {
    let mib = std::env::var("RAPID7_BODY_MIB").ok()?;
    Some(mib.parse::<usize>().unwrap() * MIB)
}

/// A JSON answer, as it is or packed.
fn answer(text: &str, is_packed: bool) -> Reply {
    let json = ("content-type", "application/json");
    if !is_packed {
        return Reply::new(200, &[json], text);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    Reply::new(200, &[json, ("content-encoding", "gzip")], packed)
}
