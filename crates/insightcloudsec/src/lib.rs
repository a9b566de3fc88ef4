//! Unofficial client of the Rapid7 InsightCloudSec REST API (formerly DivvyCloud).
//!
//! The vendor spreads its operations over three documents, v2, v3 and v4; the number says nothing
//! about age or subject, and most programs need more than one. [`InsightCloudSec`] carries all three
//! over one connection: one address, one key or session, one pool of sockets.
//!
//! The features `v2`, `v3` and `v4`, all on by default, are the versions as a whole. A program that needs a few areas
//! compiles these alone: `default-features = false, features = ["v2-clouds", "v3-iac"]` gives [`InsightCloudSec`] the
//! clients of v2 and v3 with the operations of those areas and the types that they reach. The front pages of the
//! versions list their features.
//!
#![cfg_attr(
    all(feature = "v2", feature = "v3", feature = "v4"),
    doc = include_str!("guide.md")
)]
#![cfg_attr(
    not(all(feature = "v2", feature = "v3", feature = "v4")),
    doc = "The guide is part of the documentation with all features on."
)]
#![warn(missing_debug_implementations)]

mod builder;
mod client;
mod env;
mod operations;

pub use builder::Builder;
pub use client::{AUTH, InsightCloudSec};
pub use env::EnvError;
pub use operations::{ApiVersion, find_operations, operations};

#[cfg(feature = "insightcloudsec-v2")]
pub use insightcloudsec_v2 as v2;
#[cfg(feature = "insightcloudsec-v3")]
pub use insightcloudsec_v3 as v3;
#[cfg(feature = "insightcloudsec-v4")]
pub use insightcloudsec_v4 as v4;

#[doc(no_inline)]
pub use rapid7_core::paging;
#[doc(no_inline)]
pub use rapid7_core::{
    Access, Answer, Body, BuildError, Bytes, CallEnd, CallOptions, CallReport, Confidence,
    Connection, CredentialProblem, Credentials, DecodeError, Effect, Effort, Error, ErrorAnswer,
    Flag, HeaderMap, IdentityProblem, IntegerOrText, LoginError, LoginErrorKind, Method, Misfit,
    Operation, Paging, Part, Percentage, Received, Refusal, RetryPolicy, Secret, Stability,
    StatusCode, Timestamp, TimestampError, TransportError, TransportErrorKind, UnexpectedStatus,
};
/// The HTTP library, for [`Builder::configure_http`] and [`Builder::http_client`].
#[doc(no_inline)]
pub use reqwest;
