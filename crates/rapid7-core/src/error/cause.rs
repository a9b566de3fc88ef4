//! The innermost cause of an error of the HTTP client, which says best what went wrong.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use crate::line::cut;
use crate::mask::Mask;

/// Longest text of a cause, in characters.
const MAX_WORDS: usize = 300;

/// An error that ended an attempt, and the innermost of its sources.
pub(super) struct Cause<'a> {
    error: &'a reqwest::Error,
    innermost: &'a (dyn StdError + 'static),
    /// The innermost that the system or a reader of bytes told.
    io: Option<&'a io::Error>,
}

impl<'a> Cause<'a> {
    pub(super) fn of(error: &'a reqwest::Error) -> Self {
        let io = chain(error).filter_map(as_io).last();
        Self {
            error,
            innermost: innermost(error),
            io,
        }
    }

    /// The cause as an error that holds nothing else, and nothing that a server sent.
    pub(super) fn to_io_error(&self, mask: &Mask) -> io::Error {
        if let Some(code) = self.io.and_then(io::Error::raw_os_error) {
            return io::Error::from_raw_os_error(code);
        }
        let kind = self.io.map_or(io::ErrorKind::Other, io::Error::kind);
        let words = mask.apply(&words(self.innermost));
        io::Error::new(kind, cut(MAX_WORDS, |line| line.write_str(&words)))
    }

    /// Whether an HTTP/2 server refused the stream, or closed the connection in order before it came to it
    /// (RFC 9113, sections 6.8 and 8.7).
    pub(super) fn is_turned_away(&self) -> bool {
        let Some(error) = self.innermost.downcast_ref::<h2::Error>() else {
            return false;
        };
        let is_refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        let is_closing = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        error.is_remote() && (is_refused || is_closing)
    }

    /// Whether what came cannot be read as the head of an answer. The reader of HTTP/2 resets the stream for that, or
    /// ends the connection.
    pub(super) fn is_malformed(&self) -> bool {
        let is_parse = |error: &(dyn StdError + 'static)| {
            let error = error.downcast_ref::<hyper::Error>();
            error.is_some_and(hyper::Error::is_parse)
        };
        if chain(self.error).any(is_parse) {
            return true;
        }
        let error = self.innermost.downcast_ref::<h2::Error>();
        error.is_some_and(|error| error.is_library() && (error.is_reset() || error.is_go_away()))
    }

    /// Whether a proxy answered 407 to `CONNECT`, or a SOCKS proxy likewise.
    ///
    /// The types of these errors are private, so that there is nothing but their text to go by.
    pub(super) fn is_proxy_refusal(&self) -> bool {
        let words = self.innermost.to_string();
        self.error.is_connect()
            && (words == "tunnel error: proxy authorization required"
                || words == "SOCKS error: credentials not accepted"
                || words == "SOCKS error: server does not support user/pass authentication")
    }
}

/// An error and its sources, outermost first.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // The source of an `io::Error` is that of the error within, which would be passed over.
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(within) => Some(within),
            None => error.source(),
        }
    })
}

/// The source of all sources, or the error itself.
pub(crate) fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    chain(error).last().unwrap_or(error)
}

fn as_io<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    let of_http2 = error
        .downcast_ref::<h2::Error>()
        .and_then(h2::Error::get_io);
    error.downcast_ref::<io::Error>().or(of_http2)
}

/// The words of a cause, without those of a server: what came with the end of a connection, and names in a certificate.
fn words(cause: &(dyn StdError + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<h2::Error>()
        && let Some(reason) = error.reason()
    {
        let what = if error.is_go_away() {
            "connection"
        } else {
            "stream"
        };
        let whence = if error.is_remote() {
            "received"
        } else {
            "detected"
        };
        return format!("{what} error {whence}: {reason}");
    }
    if let Some(TlsError::InvalidCertificate(problem)) = cause.downcast_ref::<TlsError>()
        && let CertificateError::NotValidForNameContext { expected, .. } = problem
    {
        return format!("certificate not valid for name {:?}", expected.to_str());
    }
    cause.to_string()
}
