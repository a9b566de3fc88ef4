//! Decoders of answers, named by generated code.
//!
//! Every operation passes one for its results and one for its failures to
//! [`Connection::call`](crate::Connection::call); where the shape depends on the status, generated code
//! has its own decoder that looks at [`Received::status`] and ends in one of these.
//!
//! # What is read as what
//!
//! Servers change the form of a value more readily than its meaning. JSON is therefore read by what the
//! member can hold:
//!
//! | asked for | taken besides |
//! |---|---|
//! | an integer | a number without a fraction, such as `5.0`; either in a string: `"5"` |
//! | a float | a number in a string |
//! | a string | a number or a boolean, as its JSON text |
//! | a boolean | `0` and `1`; `"true"`, `"false"`, `"0"` and `"1"` in any case |
//! | a list or map | `null`, which is an empty one |
//! | an element of a list, a value of a map | `null`, which is passed over unless the type holds it |
//! | [`serde_json::Value`] | nothing; it is kept as it came |
//!
//! Of several members of one name, the last counts. Half of a surrogate pair in a string (`"\ud800"`) becomes U+FFFD.
//!
//! What a member cannot hold is an error with its place, such as `"N/A"` for an integer. Members of types
//! with `#[serde(flatten)]` and alternatives under `#[serde(untagged)]` are read by the rules of serde,
//! which buffers them.

mod containers;
mod fault;
mod lenient;
mod meter;
mod scalar;
mod scan;

use std::borrow::Borrow;

use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::mask::Mask;
use crate::misfit::Misfit;
use crate::received::Received;

pub(crate) use fault::{Cause, Fault};
pub(crate) use lenient::EXACT;
pub(crate) use meter::{Exceeded, Limits};
pub(crate) use scalar::{integer_of_text, number_of_text};
pub(crate) use scan::{Scanner, unescaped};

/// Turns an answer into a value.
pub type Decode<T> = fn(&Received) -> Result<T, Misfit>;

/// A JSON body, whatever content type it is labelled with.
///
/// # Errors
///
/// [`Misfit`] where the body is empty, is not JSON or does not have the shape of `T`.
pub fn json<T: DeserializeOwned>(received: &Received) -> Result<T, Misfit> {
    read(received.bytes(), received.limits()).map_err(|fault| {
        // Asked for only here: most answers fit.
        let mask = received.mask().map(|mask| &**mask);
        misfit(received.bytes(), received.content_type(), mask, fault)
    })
}

/// A JSON body that may be missing: an empty body and `null` are `None`.
///
/// # Errors
///
/// [`Misfit`] where there is a body that is not JSON or does not have the shape of `T`.
pub fn optional<T: DeserializeOwned>(received: &Received) -> Result<Option<T>, Misfit> {
    if is_blank(received.bytes()) {
        return Ok(None);
    }
    json(received)
}

/// Any body, kept as it is; an empty one is fine.
///
/// # Errors
///
/// Never.
pub fn body(received: &Received) -> Result<Body, Misfit> {
    Ok(Body::received(received))
}

/// A text body in UTF-8; an empty one is the empty text.
///
/// # Errors
///
/// [`Misfit`] where the bytes are not UTF-8.
pub fn text(received: &Received) -> Result<String, Misfit> {
    match std::str::from_utf8(received.bytes()) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Misfit::new("the body is not UTF-8 text")),
    }
}

/// No body. One that is there all the same is dropped: the status has told all there is to know.
///
/// # Errors
///
/// Never.
pub fn empty(_: &Received) -> Result<(), Misfit> {
    Ok(())
}

/// A value of JSON that was read before its type was known, by the same rules.
///
/// # Errors
///
/// [`Misfit`] where the value does not have the shape of `T`; its path begins at the value.
pub fn from_value<T: DeserializeOwned>(value: impl Borrow<serde_json::Value>) -> Result<T, Misfit> {
    // Written as text again, so that types are compiled for one deserializer only.
    let text = value.borrow().to_string();
    from_json(text.as_bytes(), None)
}

pub(crate) fn from_json<T: DeserializeOwned>(
    bytes: &[u8],
    content_type: Option<&str>,
) -> Result<T, Misfit> {
    within(Limits::default(), bytes, content_type, None)
}

/// As [`from_json`], of a body that came by a connection with these limits and secrets.
pub(crate) fn within<T: DeserializeOwned>(
    limits: Limits,
    bytes: &[u8],
    content_type: Option<&str>,
    mask: Option<&Mask>,
) -> Result<T, Misfit> {
    read(bytes, limits).map_err(|fault| misfit(bytes, content_type, mask, fault))
}

/// Some servers put it in front of the text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[inline]
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn read<T: DeserializeOwned>(bytes: &[u8], limits: Limits) -> Result<T, Fault> {
    let bytes = without_mark(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Fault::syntax("the text is not UTF-8", error.valid_up_to()))?;
    let mut scanner = Scanner::within(limits, text);
    match T::deserialize(&mut scanner) {
        Ok(value) => scanner.end().map(|()| value),
        Err(fault) => Err(scanner.limited(fault)),
    }
}

#[cold]
fn misfit(bytes: &[u8], content_type: Option<&str>, mask: Option<&Mask>, fault: Fault) -> Misfit {
    let bytes = without_mark(bytes);
    if is_blank(bytes) {
        return Misfit::new("the body is empty");
    }
    Misfit::located(bytes, content_type, mask, fault)
}

fn is_blank(bytes: &[u8]) -> bool {
    without_mark(bytes).iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests;
