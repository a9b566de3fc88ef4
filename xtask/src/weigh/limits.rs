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

/// Peak memory of `cargo check` of a large crate, in gigabytes of 10^9 bytes: machines of CI services have a few.
pub const LARGE_CHECK_MEMORY: Limit = Limit {
    name: "check memory of a large crate, GB",
    at_most: 3.5,
};

/// Operations from which a crate is large.
pub const LARGE_FROM: usize = 1000;

/// Lines of Rust, over progenitor's.
pub const LINES: Limit = Limit {
    name: "lines",
    at_most: 0.6,
};

/// What calls add to a program by hand, the runtime told apart, over what they add through progenitor's crate.
pub const PROGRAM: Limit = Limit {
    name: "added to a program by calls",
    at_most: 0.6,
};

/// Processor time of `cargo check` with the feature in the middle alone, over that with all.
pub const MEDIAN_FEATURE: Limit = Limit {
    name: "median feature",
    at_most: 0.1,
};

/// The same of the worst feature, less its share of the operations.
pub const FEATURE_SURPLUS: Limit = Limit {
    name: "feature beyond its share of operations",
    at_most: 0.05,
};

/// Operations from which features have limits: in a small crate one is a large share, whatever is done.
pub const FEATURES_FROM: usize = 300;
