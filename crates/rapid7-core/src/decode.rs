//! Decoders of answers, named by generated code.
//!
//! Every operation passes one for its results and one for its failures to
//! [`Connection::call`](crate::Connection::call); where the shape depends on the status, generated code
//! has its own decoder that looks at [`Received::status`] and ends in one of these.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::misfit::Misfit;
use crate::received::Received;

pub use crate::scalars::from_value;

/// Turns an answer into a value.
pub type Decode<T> = fn(&Received) -> Result<T, Misfit>;

/// A JSON body, whatever content type it is labelled with.
///
/// # Errors
///
/// [`Misfit`] where the body is empty, is not JSON or does not have the shape of `T`.
pub fn json<T: DeserializeOwned>(received: &Received) -> Result<T, Misfit> {
    from_json(received.bytes(), received.content_type())
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
    Ok(Body::received(
        received.bytes().clone(),
        received.content_type(),
    ))
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

pub(crate) fn from_json<T: DeserializeOwned>(
    bytes: &Bytes,
    content_type: Option<&str>,
) -> Result<T, Misfit> {
    serde_json::from_slice(bytes).map_err(|error| misfit(bytes, content_type, &error))
}

fn misfit(bytes: &[u8], content_type: Option<&str>, error: &serde_json::Error) -> Misfit {
    if is_blank(bytes) {
        return Misfit::new("the body is empty");
    }
    Misfit::located(bytes, content_type, error)
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}
