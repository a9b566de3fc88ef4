//! What the tests over all client crates share.
//!
//! [`surface`] reads the public surface of generated code, [`sample`] makes values of its types, [`specs`] reads what
//! is known of the operations, [`server`] answers on the loopback interface, [`playback`] plays answers to the typed
//! clients, [`documented`] knows the answers that the documents promise and [`drift`] changes them, [`generated`]
//! sends any operation by its id, with the values of a [`calls::Sample`]. [`conformance`] is what
//! `cargo xtask conformance` runs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a test fails by panicking, in its helpers too, and uses what it asks for"
)]

pub mod calls;
pub mod conformance;
pub mod documented;
pub mod drift;
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    deprecated,
    reason = "written by the generator"
)]
#[rustfmt::skip]
pub mod generated;
pub mod playback;
pub mod sample;
pub mod server;
pub mod specs;
pub mod surface;
