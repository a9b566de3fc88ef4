//! Runtime of the Rapid7 API clients.
//!
//! Generated clients describe each endpoint as a static [`Operation`], build a [`Request`] for it and
//! hand both to [`Connection::call`]. Everything that happens on the wire lives here, shared by all
//! clients: credentials, the send path, size limits, classification by status, decoding, errors.
//!
//! A program normally meets this crate through a client crate. The pieces a user touches are
//! [`Credentials`] and [`ConnectionBuilder`] before a call, [`Answer`] and [`Error`] after it.
//!
//! ```
//! use rapid7_core::{AuthScheme, Connection, Credentials, KeyPlacement};
//!
//! // A client crate brings this constant along.
//! const AUTH: AuthScheme = AuthScheme {
//!     api_key: KeyPlacement::Header("Api-Key"),
//!     session: None,
//!     uuid_keys_of: None,
//! };
//!
//! let connection = Connection::builder(AUTH, "https://acme.example", Credentials::api_key("k3y"))
//!     .build()?;
//! assert!(!format!("{connection:?}").contains("k3y"));
//! # Ok::<(), rapid7_core::BuildError>(())
//! ```
//!
//! # Answers that drift
//!
//! Answers are read by what a member can hold: [`decode`] has the rules. [`Timestamp`], [`Percentage`],
//! [`Flag`] and [`IntegerOrText`] hold what comes in several forms and keep the form.
//!
//! # Unattended use
//!
//! A [`Connection`] keeps a program going: it [repeats](RetryPolicy) what may be repeated, heeds the limits that
//! servers state, and begins sessions anew. Every number it goes by:
//!
//! | what | default | setter |
//! |---|---|---|
//! | time for a call, all attempts and waits included | 300 s | [`timeout`](ConnectionBuilder::timeout) |
//! | time to connect | 10 s | [`connect_timeout`](ConnectionBuilder::connect_timeout) |
//! | silence while waiting for an answer or the rest of one | 60 s | [`read_timeout`](ConnectionBuilder::read_timeout) |
//! | attempts | 4 | [`RetryPolicy::max_attempts`] |
//! | bound of the first delay, doubled after each failure | 500 ms | [`RetryPolicy::base_delay`] |
//! | bound of every delay | 20 s | [`RetryPolicy::max_delay`] |
//! | calls under way at once | 64 | [`max_concurrency`](ConnectionBuilder::max_concurrency) |
//! | longest answer, unpacked | 64 MiB | [`max_answer_bytes`](ConnectionBuilder::max_answer_bytes) |
//! | memory of one decoded answer | 512 MiB | [`max_decoded_bytes`](ConnectionBuilder::max_decoded_bytes) |
//! | bytes kept of a failure's body | 1 MiB | |
//! | redirects within the origin | none | [`same_origin_redirects`](ConnectionBuilder::same_origin_redirects), up to 5 |
//! | sessions that one call follows when they end | 3 | |
//! | time before a session's known end at which it is renewed | 30 s | |
//! | use of a new session that is refused, before the next log-in | 30 s | |
//! | pause after a log-in that was refused for a lock, or with another status than 401 | 15 min | |
//!
//! # Features
//!
//! `tracing`, on by default, makes a span of each call (operation, method, path template, attempts, end, time), an
//! event of each attempt, wait and log-in, and a warning of
//! [`danger_accept_invalid_certs`](ConnectionBuilder::danger_accept_invalid_certs). `jiff` and `chrono` add the
//! conversions of [`Timestamp`] to the types of those libraries; neither is on by default.
//!
//! # Secrets
//!
//! A connection shows its keys, passwords and session tokens nowhere: not in `Debug`, `Display` or the sources of an error,
//! not in the log of this crate, not in a [`CallReport`]. Neither does it show bodies, header values or query strings. Tests
//! hold this against servers that send back what they were sent, in every place:
//!
//! * `Debug` of an error shows operation, kind and status, and no decoded body. The values that a server sent are there for
//!   who asks: [`Error::answer`], [`ErrorAnswer::value`], [`Error::server_message`], [`Error::raw_body`], headers.
//! * Of a server's text, an error shows the id of the request, the origin of `Location`, and the names of members that lead
//!   to a value of another shape. The first two have at most 128 characters of visible ASCII.
//! * In these, the secrets of the connection are masked before anything is cut: those that it was built with, those that a
//!   callback gave, sessions that have ended, passwords of proxies. They are found as they are and in percent-encoding,
//!   Base64, hexadecimal digits, and escapes of JSON and HTML, also one inside of another, and when only their first half is
//!   repeated. Secrets of one or two characters are not masked, and of the sessions, only the latest few dozen are known. An
//!   id that holds a secret is not taken for one.
//! * An error is one line of at most 1,000 characters.
//!
//! What a server sent and the program asked for is data: `Debug` of an [`Answer`] shows its value, of which only members of
//! the type [`Secret`] are hidden. Errors of a [callback](Credentials::callback) are the program's own.
//!
//! The logs of the libraries below hold no secret of a request either, with two exceptions. `h2` logs, at the levels `DEBUG`
//! and `TRACE`, the text with which a server closes a connection (`debug_data` of GOAWAY), and a server may repeat there what it was
//! sent: switch it off with `h2=off` in the filter of the program's subscriber. And
//! [`connection_verbose`](reqwest::ClientBuilder::connection_verbose), where a program asks for it, logs all bytes.
//!
//! A secret is wiped from memory when its holder is dropped; the copies that HTTP libraries make for each request are not.

#![warn(missing_debug_implementations)]

// What the derives write names the crate.
#[cfg(test)]
extern crate self as rapid7_core;

mod answer;
mod authorize;
mod base_url;
mod body;
mod build_error;
mod builder;
mod classify;
mod connection;
mod credentials;
pub mod decode;
mod effort;
mod error;
mod exchange;
pub mod given;
mod line;
mod locate;
mod mask;
mod misfit;
mod network;
pub mod object;
mod observe;
mod operation;
mod options;
mod pacing;
pub mod paging;
mod parameter;
mod part;
mod rate_limit;
mod received;
mod request;
mod retry;
mod secret;
mod send;

mod session;
mod specification;
mod target;
mod time_limit;
mod unions;
mod values;

pub use answer::Answer;
pub use body::{Body, RequestBody};
pub use build_error::{BuildError, CredentialProblem, IdentityProblem};
pub use builder::ConnectionBuilder;
pub use connection::Connection;
pub use credentials::Credentials;
pub use decode::Decode;
pub use effort::Effort;
pub use error::{
    DecodeError, Error, ErrorAnswer, LoginError, LoginErrorKind, Refusal, TransportError,
    TransportErrorKind, UnexpectedStatus,
};
pub use given::{ConversionError, Given};
pub use misfit::Misfit;
pub use observe::{CallEnd, CallReport};
pub use operation::{
    Access, AuthScheme, Confidence, Effect, KeyPlacement, Operation, Paging, SessionScheme,
    Stability,
};
pub use options::CallOptions;
pub use parameter::Style;
pub use part::{Form, Part, Parts};
pub use rapid7_derive::{Builder, Object, OpenEnum};
pub use received::Received;
pub use request::Request;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use specification::{Specification, SpecificationKind};
pub use unions::most_recognised;
pub use values::{Flag, IntegerOrText, Percentage, Timestamp, TimestampError};

pub use bytes::Bytes;
pub use reqwest::header::HeaderMap;
pub use reqwest::{Method, StatusCode};
