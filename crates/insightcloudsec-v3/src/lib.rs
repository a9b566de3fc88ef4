//! Client of the InsightCloudSec API v3.
//!
#![doc = include_str!("generated/docs.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The front page links all operations.
#![cfg_attr(not(feature = "full"), allow(rustdoc::broken_intra_doc_links))]

#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    rustdoc::all,
    reason = "written by the generator from a document whose prose and names are not ours"
)]
#[rustfmt::skip]
mod generated;

pub use generated::{AUTH, Client, OPERATIONS, SPECIFICATION, builder, operations, types};
