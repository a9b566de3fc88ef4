//! Errors without a complete answer.

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;

use super::tls;
use crate::decode::Exceeded;
use crate::effort::Effort;

/// No complete answer arrived.
///
/// Its source, where it has one, is the HTTP client's error without the address, whose query may hold a key.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    connected: bool,
    /// The server said that it did not look at the request.
    turned_away: bool,
    status: Option<StatusCode>,
    source: Option<reqwest::Error>,
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
    pub(crate) fn sending(error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() {
            TransportErrorKind::Timeout
        } else if tls::handshake_failure(&error).is_some() {
            TransportErrorKind::Tls
        } else if is_proxy_refusal(&error) {
            TransportErrorKind::ProxyCredentials
        } else if error.is_connect() {
            TransportErrorKind::Connect
        } else {
            TransportErrorKind::Send
        };
        let connected = !error.is_connect() && kind != TransportErrorKind::Tls;
        Self {
            kind,
            connected,
            turned_away: is_turned_away(&error),
            status: None,
            source: Some(error.without_url()),
            effort: Effort::default(),
        }
    }

    /// Time was up before anything was sent.
    pub(crate) fn timed_out() -> Self {
        Self {
            kind: TransportErrorKind::Timeout,
            connected: false,
            turned_away: false,
            status: None,
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

    pub(crate) fn reading(status: StatusCode, error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() {
            TransportErrorKind::Timeout
        } else {
            TransportErrorKind::Read
        };
        Self {
            source: Some(error.without_url()),
            ..Self::after(status, kind)
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
            turned_away: false,
            status: Some(status),
            source: None,
            effort: Effort::default(),
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

    /// The innermost cause, which says it best: `connection refused`, `certificate expired`.
    fn root_cause(&self) -> Option<&(dyn StdError + 'static)> {
        Some(innermost(self.source.as_ref()?.source()?))
    }
}

/// Whether an HTTP/2 server refused the stream, or closed the connection in order before it came to it
/// (RFC 9113, sections 6.8 and 8.7).
fn is_turned_away(error: &reqwest::Error) -> bool {
    let Some(error) = innermost(error).downcast_ref::<h2::Error>() else {
        return false;
    };
    let is_refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    let is_closing = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    error.is_remote() && (is_refused || is_closing)
}

/// The source of all sources, or the error itself.
pub(crate) fn innermost<'a>(
    mut error: &'a (dyn StdError + 'static),
) -> &'a (dyn StdError + 'static) {
    while let Some(deeper) = error.source() {
        error = deeper;
    }
    error
}

/// Whether a proxy answered 407 to `CONNECT`, or a SOCKS proxy likewise.
///
/// The types of these errors are private, so that there is nothing but their text to go by.
fn is_proxy_refusal(error: &reqwest::Error) -> bool {
    let cause = innermost(error).to_string();
    error.is_connect()
        && (cause == "tunnel error: proxy authorization required"
            || cause == "SOCKS error: credentials not accepted"
            || cause == "SOCKS error: server does not support user/pass authentication")
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            TransportErrorKind::Connect => "could not connect; check the base URL and the proxy",
            TransportErrorKind::Tls => {
                let failure = self.source.as_ref().and_then(tls::handshake_failure);
                tls::advice(failure.as_ref())
            }
            TransportErrorKind::ProxyCredentials => {
                "the proxy wants other credentials; write them into its URL: http://user:password@host"
            }
            TransportErrorKind::Timeout if !self.connected => "timed out while connecting",
            TransportErrorKind::Timeout if self.status.is_some() => {
                "timed out while reading or decoding the answer"
            }
            TransportErrorKind::Timeout => "timed out while waiting for the answer",
            TransportErrorKind::Send => "the connection broke before an answer arrived",
            TransportErrorKind::Read => "the connection broke before the answer was complete",
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
            TransportErrorKind::Redirected => {
                return f.write_str(
                    "the HTTP client followed a redirect; build it with reqwest::redirect::Policy::none()",
                );
            }
        };
        f.write_str(text)?;
        match self.root_cause() {
            Some(cause) if self.kind != TransportErrorKind::Timeout => write!(f, ": {cause}"),
            _ => Ok(()),
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
