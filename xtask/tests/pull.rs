//! `cargo xtask pull`, against servers on this machine: what is found, what is put into place, and what is not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "pull/failures.rs"]
mod failures;
#[path = "pull/pages.rs"]
mod pages;
#[path = "pull/secrets.rs"]
mod secrets;
#[path = "pull/server.rs"]
mod server;
#[path = "pull/workspace.rs"]
mod workspace;
