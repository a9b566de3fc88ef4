//! The maintainers' tasks.
//!
//! `cargo xtask generate` runs the pipeline of [`pipeline`], from a specification folder to a client crate.

pub mod bundle;
pub mod change;
mod conditions;
pub mod crate_names;
pub mod diagnose;
pub mod diff;
pub mod folder;
pub mod generate;
mod graph;
pub mod limit;
pub mod load;
pub mod lower;
pub mod markdown;
pub mod model;
pub mod mutate;
pub mod names;
pub mod normalize;
pub mod overlay;
pub mod package;
pub mod parallel;
pub mod pipeline;
pub mod problem;
pub mod pull;
pub mod refine;
pub mod report;
pub mod schema;
pub mod source;
pub mod tasks;
pub mod text;
pub mod unions;
pub mod untyped;
pub mod usage;
pub mod weigh;
pub mod write;
