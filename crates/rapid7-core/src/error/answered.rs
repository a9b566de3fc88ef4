//! Errors that come with a complete answer.

use std::fmt::{self, Write as _};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};

use super::Error;
use crate::base_url::BaseUrl;
use crate::line::cut;
use crate::mask::MASKED;
use crate::misfit::Misfit;
use crate::operation::Operation;
use crate::received::Received;

/// A failure that the server reports in the documented shape.
///
/// `Debug` shows its status and never its value, which is the server's and may repeat what the request held.
#[derive(Clone)]
pub struct ErrorAnswer<E> {
    value: E,
    received: Received,
    suspect: Option<&'static str>,
}

impl<E> ErrorAnswer<E> {
    /// `suspect` is the other API that the connection's key is probably one of.
    pub(crate) fn new(value: E, received: Received, suspect: Option<&'static str>) -> Self {
        Self {
            value,
            received,
            suspect,
        }
    }

    pub(crate) fn of(self, operation: &'static Operation) -> Error<E> {
        Error::Answer {
            operation,
            answer: Box::new(self),
        }
    }

    /// The decoded body.
    #[must_use]
    pub fn value(&self) -> &E {
        &self.value
    }

    /// The decoded body, given away.
    #[must_use]
    pub fn into_inner(self) -> E {
        self.value
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.received.status()
    }

    /// The headers. Their values may hold secrets, such as cookies.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.received.headers()
    }

    pub(super) fn received(&self) -> &Received {
        &self.received
    }

    pub(super) fn map<F>(self, f: impl FnOnce(E) -> F) -> ErrorAnswer<F> {
        ErrorAnswer {
            value: f(self.value),
            received: self.received,
            suspect: self.suspect,
        }
    }
}

impl<E> fmt::Debug for ErrorAnswer<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorAnswer")
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Display for ErrorAnswer<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_status(f, self.status(), self.suspect)
    }
}

/// A failure, or a redirect, with a body that does not have the documented shape.
#[derive(Debug, Clone)]
pub struct UnexpectedStatus {
    received: Received,
    redirect_origin: Option<String>,
    suspect: Option<&'static str>,
}

impl UnexpectedStatus {
    /// `suspect` is the other API that the connection's key is probably one of.
    pub(crate) fn new(received: Received, base: &BaseUrl, suspect: Option<&'static str>) -> Self {
        let redirect_origin = redirect_origin(&received, base);
        Self {
            received,
            redirect_origin,
            suspect,
        }
    }

    pub(crate) fn of<E>(self, operation: &'static Operation) -> Error<E> {
        Error::UnexpectedStatus {
            operation,
            answer: Box::new(self),
        }
    }

    /// The answer: status, headers and body.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// Scheme, host and port that a redirect points to, with the secrets of the connection masked, and cut at 128
    /// characters. The rest is in the `Location` header; it may hold secrets.
    #[must_use]
    pub fn redirect_origin(&self) -> Option<&str> {
        self.redirect_origin.as_deref()
    }
}

/// Longest origin that is shown, in characters.
const MAX_ORIGIN: usize = 128;

fn redirect_origin(received: &Received, base: &BaseUrl) -> Option<String> {
    let status = received.status();
    if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
        return None;
    }
    let location = received.headers().get(LOCATION)?.to_str().ok()?;
    let mask = |text: &str| {
        received
            .mask()
            .map_or_else(|| text.to_owned(), |mask| mask.apply(text))
    };
    // Before, since a secret may end beyond the origin; after, since hosts are decoded.
    let location = mask(location).replace(MASKED, "masked");
    let shown = mask(&base.join(&location)?.origin().ascii_serialization());
    Some(cut(MAX_ORIGIN, |line| line.write_str(&shown)))
}

impl fmt::Display for UnexpectedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_status(f, self.received.status(), self.suspect)?;
        if let Some(origin) = &self.redirect_origin {
            return write!(f, "; it points to {origin}");
        }
        match self.received.bytes().len() {
            0 => f.write_str(" (the answer is empty)"),
            len => write!(
                f,
                " (the answer of {len} bytes is not of the documented shape)"
            ),
        }
    }
}

/// A result whose body does not have the documented shape.
#[derive(Debug, Clone)]
pub struct DecodeError {
    received: Received,
    misfit: Misfit,
}

impl DecodeError {
    pub(crate) fn new(received: Received, misfit: Misfit) -> Self {
        Self { received, misfit }
    }

    pub(crate) fn of<E>(self, operation: &'static Operation) -> Error<E> {
        Error::Decode {
            operation,
            error: Box::new(self),
        }
    }

    /// The answer: status, headers and body.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// Where the body does not fit, and why.
    #[must_use]
    pub fn misfit(&self) -> &Misfit {
        &self.misfit
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.received.status().as_u16();
        write!(
            f,
            "status {status} with an answer of another shape: {}",
            self.misfit
        )
    }
}

/// The status with what it usually means for the caller.
fn fmt_status(
    f: &mut fmt::Formatter<'_>,
    status: StatusCode,
    suspect: Option<&str>,
) -> fmt::Result {
    write!(f, "status {}: ", status.as_u16())?;
    match suspect {
        Some(owner) if status == StatusCode::UNAUTHORIZED => write!(
            f,
            "the key was refused; it has the form of a key of {owner}, which does not work here: \
             make one in this product's own console"
        ),
        _ => f.write_str(advice(status)),
    }
}

fn advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        304 => {
            "the server says that what was asked for has not changed, and sent nothing; leave out what makes the request \
             conditional, such as If-None-Match"
        }
        300..=399 => "the server redirects, which is not followed; check the base URL",
        400 | 422 => "the server does not accept the request; check the arguments",
        401 => {
            "the credentials were refused; check that the key or session is valid on this server"
        }
        402 | 403 => "the credentials lack the permission for this operation",
        404 => {
            "not found; check the identifiers, the base URL, and that the server's release has this \
             operation"
        }
        405 | 501 => "the server does not have this operation; its release may differ",
        407 => {
            "the proxy wants other credentials; write them into its URL: http://user:password@host"
        }
        408 | 504 => "the server or a gateway before it ran out of time; try again later",
        409 => "it conflicts with the present state; read it again",
        410 => "it is gone",
        413 => "the request is too large; send less at once",
        429 => "too many requests; wait before the next",
        502 | 503 => "the server is not available; try again later",
        400..=499 => "the server does not accept the request",
        500..=599 => "the server failed; its answer may tell more",
        _ => "the status is not one of the operation's",
    }
}
