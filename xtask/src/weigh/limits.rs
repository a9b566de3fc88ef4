//! What a generated crate may cost at most.

use serde::Serialize;

/// The most that a ratio may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limit {
    /// What is bounded.
    pub name: &'static str,
    /// The bound, which still passes.
    pub at_most: f64,
}

/// Processor time of `cargo check`, over progenitor's.
pub const CHECK_TIME: Limit = Limit {
    name: "check time",
    at_most: 0.7,
};

/// Peak memory of `cargo check`, over progenitor's.
pub const CHECK_MEMORY: Limit = Limit {
    name: "check memory",
    at_most: 0.8,
};

/// Lines of Rust, over progenitor's.
pub const LINES: Limit = Limit {
    name: "lines",
    at_most: 0.6,
};
