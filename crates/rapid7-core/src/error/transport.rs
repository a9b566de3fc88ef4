//! Errors without a complete answer.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::io;

use reqwest::StatusCode;

use super::cause::Cause;
use super::tls;
use crate::decode::Exceeded;
use crate::effort::Effort;
use crate::line;
use crate::mask::Mask;

/// No complete answer arrived.
///
/// Its source, where it has one, is an [`io::Error`] of the kind and in the words of the innermost cause, without what the
/// server sent: errors of the HTTP client hold addresses, whose query may be a key, and text of the server.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    connected: bool,
    /// The server said that it did not look at the request.
    turned_away: bool,
    status: Option<StatusCode>,
    /// What went wrong with TLS, and what to do about it.
    advice: Option<&'static str>,
    source: Option<io::Error>,
    effort: Effort,
}

/// At what point it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection came about: name, network or proxy.
    Connect,
    /// Certificates or settings of TLS are not accepted, on either side. Trying again does not help.
    Tls,
    /// The proxy wants credentials, or others. An HTTP proxy tells so of requests to `https://`; to those
    /// to `http://` it answers with status 407, as a server would.
    ProxyCredentials,
    /// Time ran out, while connecting or later. Decoding a long answer counts.
    Timeout,
    /// The connection broke before an answer began.
    Send,
    /// What came is not the head of an answer: it cannot be read as HTTP. The server, or what answers in its place, has
    /// most likely taken the request, so that it is not sent again.
    Malformed,
    /// The connection broke, or the encoding did, before the answer was complete.
    Read,
    /// The answer is longer than the limit, in bytes after decompression.
    TooLarge {
        /// The limit, as set with [`max_answer_bytes`](crate::ConnectionBuilder::max_answer_bytes).
        limit: u64,
    },
    /// The answer takes more memory than the limit when it is decoded. It was complete, and the request was carried out.
    TooMuchMemory {
        /// The limit in bytes, as set with [`max_decoded_bytes`](crate::ConnectionBuilder::max_decoded_bytes).
        limit: u64,
    },
    /// The HTTP client that was handed in followed a redirect; its answer is not used.
    Redirected,
}

impl TransportError {
    #[cold]
    pub(crate) fn sending(error: &reqwest::Error, mask: &Mask) -> Self {
        let failure = tls::handshake_failure(error);
        let cause = Cause::of(error);
        let kind = if error.is_timeout() {
            TransportErrorKind::Timeout
        } else if failure.is_some() {
            TransportErrorKind::Tls
        } else if cause.is_proxy_refusal() {
            TransportErrorKind::ProxyCredentials
        } else if error.is_connect() {
            TransportErrorKind::Connect
        } else if cause.is_malformed() {
            TransportErrorKind::Malformed
        } else {
            TransportErrorKind::Send
        };
        Self {
            kind,
            connected: !error.is_connect() && kind != TransportErrorKind::Tls,
            turned_away: cause.is_turned_away(),
            advice: (kind == TransportErrorKind::Tls).then(|| tls::advice(failure.as_ref())),
            source: Some(cause.to_io_error(mask)),
            ..Self::timed_out()
        }
    }

    /// Time was up before anything was sent.
    pub(crate) fn timed_out() -> Self {
        Self {
            kind: TransportErrorKind::Timeout,
            connected: false,
            turned_away: false,
            status: None,
            advice: None,
            source: None,
            effort: Effort::default(),
        }
    }

    /// Time was up before an answer began; the server may have taken the request.
    #[cold]
    pub(crate) fn timed_out_after_sending() -> Self {
        Self {
            connected: true,
            ..Self::timed_out()
        }
    }

    /// Time was up before the answer was complete.
    #[cold]
    pub(crate) fn timed_out_reading(status: StatusCode) -> Self {
        Self::after(status, TransportErrorKind::Timeout)
    }

    /// The same error, with what was done before it was final.
    pub(crate) fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }

    pub(super) fn effort(&self) -> Effort {
        self.effort
    }

    pub(crate) fn reading(status: StatusCode, error: &reqwest::Error, mask: &Mask) -> Self {
        let kind = if error.is_timeout() {
            TransportErrorKind::Timeout
        } else {
            TransportErrorKind::Read
        };
        Self {
            source: Some(Cause::of(error).to_io_error(mask)),
            ..Self::after(status, kind)
        }
    }

    /// The answer ended before as many bytes had come as were announced.
    #[cold]
    pub(crate) fn cut_off(status: StatusCode, announced: u64, got: u64) -> Self {
        let words = format!("{got} of {announced} bytes came");
        Self {
            source: Some(io::Error::new(io::ErrorKind::UnexpectedEof, words)),
            ..Self::after(status, TransportErrorKind::Read)
        }
    }

    /// The encoding of the answer is broken, or ends early.
    #[cold]
    pub(crate) fn undecodable(status: StatusCode, error: &io::Error) -> Self {
        let words = if error.kind() == io::ErrorKind::UnexpectedEof {
            "the gzip stream ends early"
        } else {
            "the gzip stream is broken"
        };
        Self {
            source: Some(io::Error::new(error.kind(), words)),
            ..Self::after(status, TransportErrorKind::Read)
        }
    }

    pub(crate) fn too_large(status: StatusCode, limit: u64) -> Self {
        Self::after(status, TransportErrorKind::TooLarge { limit })
    }

    /// A complete answer takes more to decode than it may.
    pub(crate) fn decoding(status: StatusCode, exceeded: Exceeded) -> Self {
        let kind = match exceeded {
            Exceeded::Memory(limit) => TransportErrorKind::TooMuchMemory { limit },
            Exceeded::Time => TransportErrorKind::Timeout,
        };
        Self::after(status, kind)
    }

    pub(crate) fn redirected(status: StatusCode) -> Self {
        Self::after(status, TransportErrorKind::Redirected)
    }

    fn after(status: StatusCode, kind: TransportErrorKind) -> Self {
        Self {
            kind,
            connected: true,
            status: Some(status),
            ..Self::timed_out()
        }
    }

    /// At what point it went wrong.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether no connection came about, so that the request surely was not carried out. May be a
    /// timeout too.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        !self.connected
    }

    /// Whether the request surely was not carried out: no connection came about, or the server said over HTTP/2
    /// that it did not look at it.
    #[must_use]
    pub fn is_unprocessed(&self) -> bool {
        !self.connected || self.turned_away
    }

    /// The status, if the answer had begun.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line::print(f, |f| {
            match self.kind {
                TransportErrorKind::TooLarge { limit } => {
                    return write!(
                        f,
                        "the answer is longer than {limit} bytes; ask for less at once or raise max_answer_bytes"
                    );
                }
                TransportErrorKind::TooMuchMemory { limit } => {
                    return write!(
                        f,
                        "the answer takes more than {limit} bytes of memory; ask for less at once or raise max_decoded_bytes"
                    );
                }
                _ => {}
            }
            f.write_str(self.advice.unwrap_or_else(|| self.words()))?;
            match &self.source {
                Some(cause) if self.kind != TransportErrorKind::Timeout => write!(f, ": {cause}"),
                _ => Ok(()),
            }
        })
    }
}

impl TransportError {
    fn words(&self) -> &'static str {
        match self.kind {
            TransportErrorKind::Connect => "could not connect; check the base URL and the proxy",
            TransportErrorKind::Tls => tls::advice(None),
            TransportErrorKind::ProxyCredentials => {
                "the proxy wants other credentials; write them into its URL: http://user:password@host"
            }
            TransportErrorKind::Timeout if !self.connected => "timed out while connecting",
            TransportErrorKind::Timeout if self.status.is_some() => {
                "timed out while reading the answer"
            }
            TransportErrorKind::Timeout => "timed out while waiting for the answer",
            TransportErrorKind::Send => "the connection broke before an answer arrived",
            TransportErrorKind::Malformed => {
                "what came is not an HTTP answer; check scheme and port of the base URL"
            }
            TransportErrorKind::Read => "the connection broke before the answer was complete",
            TransportErrorKind::TooLarge { .. } | TransportErrorKind::TooMuchMemory { .. } => {
                "the answer is too long"
            }
            TransportErrorKind::Redirected => {
                "the HTTP client followed a redirect; build it with reqwest::redirect::Policy::none()"
            }
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
