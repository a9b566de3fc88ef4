//! The folders of crates: what is written to them, under which names, and what is published.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "crates/names.rs"]
mod names;
#[path = "crates/out.rs"]
mod out;
#[path = "crates/packages.rs"]
mod packages;
