//! What can go wrong with a call.

mod answered;
mod login;
mod server_message;
mod tls;
mod transport;

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

pub use answered::{DecodeError, ErrorAnswer, UnexpectedStatus};
pub use login::{LoginError, LoginErrorKind};
pub(crate) use transport::innermost;
pub use transport::{TransportError, TransportErrorKind};

use crate::operation::Operation;
use crate::received::Received;

/// Why a call has no result. `E` is what the API documents as the body of a failure.
///
/// `Display` is one line that names the operation and says what to do. Neither it nor `Debug` shows
/// bodies, header values, addresses with their query, or credentials; `Debug` shows the decoded `E`.
/// What the server itself says is in [`Error::server_message`] and [`Error::raw_body`].
///
/// ```
/// use rapid7_core::{Body, Error};
///
/// fn describe(error: &Error<Body>) -> String {
///     if error.is_rate_limited() {
///         return "slow down".to_owned();
///     }
///     match error.status() {
///         Some(status) => format!("the server said {status}: {error}"),
///         None => error.to_string(),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The server reports a failure in the documented shape.
    ///
    /// Its status and [`ErrorAnswer::value`] tell the cause.
    Answer {
        /// The operation called.
        operation: &'static Operation,
        /// The failure, decoded.
        answer: Box<ErrorAnswer<E>>,
    },
    /// The status tells of a failure and the body does not have the documented shape.
    ///
    /// Typically a gateway or proxy answered in the server's place, with HTML or text. A redirect is one
    /// too, since redirects are not followed: [`UnexpectedStatus::redirect_origin`] says where to.
    UnexpectedStatus {
        /// The operation called.
        operation: &'static Operation,
        /// The answer.
        answer: Box<UnexpectedStatus>,
    },
    /// The status tells of success and the body does not have the documented shape.
    ///
    /// The request *was* carried out. The server is of another release than the client's description,
    /// or the description is wrong; [`DecodeError::misfit`] has the place.
    Decode {
        /// The operation called.
        operation: &'static Operation,
        /// Place and cause.
        error: Box<DecodeError>,
    },
    /// No complete answer arrived: connection, TLS, timeout, or an answer over the size limit.
    ///
    /// Whether the request was carried out is unknown, unless [`Error::is_connect`].
    Transport {
        /// The operation called.
        operation: &'static Operation,
        /// Kind and cause.
        error: Box<TransportError>,
    },
    /// The log-in that the request needed failed; the request itself was not sent.
    Login {
        /// The operation called.
        operation: &'static Operation,
        /// Kind and cause.
        error: LoginError,
    },
    /// The request was not sent because it could not have worked or was not safe to send.
    Refused {
        /// The operation called.
        operation: &'static Operation,
        /// Why.
        reason: Refusal,
    },
    /// The request was not sent because an argument is missing or cannot be written into it.
    InvalidInput {
        /// The operation called.
        operation: &'static Operation,
        /// Which argument, and what is wrong with it. Values are not quoted.
        message: Box<str>,
    },
}

/// Why a request was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The operation works within a log-in session only, and the connection has a key.
    SessionRequired,
    /// The address is not of the connection's own scheme, host and port.
    ForeignOrigin,
    /// The credentials contain what no header can hold.
    UnsendableCredentials,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SessionRequired => {
                "not sent: it needs a log-in session; use login or session credentials, not a key"
            }
            Self::ForeignOrigin => "not sent: the address is not of the connection's host",
            Self::UnsendableCredentials => {
                "not sent: the credentials hold characters no header can"
            }
        })
    }
}

impl<E> Error<E> {
    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        match self {
            Self::Answer { operation, .. }
            | Self::UnexpectedStatus { operation, .. }
            | Self::Decode { operation, .. }
            | Self::Transport { operation, .. }
            | Self::Login { operation, .. }
            | Self::Refused { operation, .. }
            | Self::InvalidInput { operation, .. } => operation,
        }
    }

    /// The status of the answer, as far as one arrived. For a failed log-in, of the log-in's answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Transport { error, .. } => error.status(),
            Self::Login { error, .. } => error.status(),
            _ => self.received().map(Received::status),
        }
    }

    /// The headers of the answer. Their values may hold secrets, such as cookies.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.received().map(Received::headers)
    }

    /// The id that the server or a gateway gave the request, to quote to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Login { error, .. } => error.request_id(),
            _ => self.received()?.request_id(),
        }
    }

    /// The body of the answer. It may hold secrets; those of failures are cut at 1 MiB.
    #[must_use]
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.received().map(Received::bytes)
    }

    /// What the server says went wrong, from `error_message`, `message` or `messages` of a JSON body.
    ///
    /// The last, v3's problems by place, come in one line: `json.limit: Not a valid integer.` Not part
    /// of `Display`: it is the server's text and may repeat what the request held.
    #[must_use]
    pub fn server_message(&self) -> Option<String> {
        server_message::read(self.raw_body()?)
    }

    /// The failure in the documented shape, if it came in that.
    #[must_use]
    pub fn answer(&self) -> Option<&E> {
        match self {
            Self::Answer { answer, .. } => Some(answer.value()),
            _ => None,
        }
    }

    /// Whether the credentials were not accepted: status 401, or a log-in was refused.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Login { error, .. } => error.kind() == LoginErrorKind::Refused,
            _ => self.has_status(StatusCode::UNAUTHORIZED),
        }
    }

    /// Whether the credentials lack a permission: status 403.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(StatusCode::FORBIDDEN)
    }

    /// Whether there is no such thing: status 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND)
    }

    /// Whether too many requests were made: status 429.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether time ran out on this side while connecting, sending or reading.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.transport()
            .is_some_and(|error| error.kind() == TransportErrorKind::Timeout)
    }

    /// Whether no connection came about, so that the request surely was not carried out.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.transport().is_some_and(TransportError::is_connect)
    }

    /// Whether a result arrived that does not have the documented shape.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self, Self::Decode { .. })
    }

    /// Whether an argument is missing or cannot be sent.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        matches!(self, Self::InvalidInput { .. })
    }

    /// The same error with another type for documented failures, to unite those of several APIs.
    #[must_use]
    pub fn map_answer<F>(self, f: impl FnOnce(E) -> F) -> Error<F> {
        match self {
            Self::Answer { operation, answer } => Error::Answer {
                operation,
                answer: Box::new(answer.map(f)),
            },
            Self::UnexpectedStatus { operation, answer } => {
                Error::UnexpectedStatus { operation, answer }
            }
            Self::Decode { operation, error } => Error::Decode { operation, error },
            Self::Transport { operation, error } => Error::Transport { operation, error },
            Self::Login { operation, error } => Error::Login { operation, error },
            Self::Refused { operation, reason } => Error::Refused { operation, reason },
            Self::InvalidInput { operation, message } => Error::InvalidInput { operation, message },
        }
    }

    /// For failures of the request itself, which the status of a log-in's answer says nothing about.
    fn has_status(&self, status: StatusCode) -> bool {
        !matches!(self, Self::Login { .. }) && self.status() == Some(status)
    }

    fn received(&self) -> Option<&Received> {
        match self {
            Self::Answer { answer, .. } => Some(answer.received()),
            Self::UnexpectedStatus { answer, .. } => Some(answer.received()),
            Self::Decode { error, .. } => Some(error.received()),
            Self::Transport { .. }
            | Self::Login { .. }
            | Self::Refused { .. }
            | Self::InvalidInput { .. } => None,
        }
    }

    fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Transport { error, .. } => Some(error),
            Self::Login { error, .. } => error.transport(),
            _ => None,
        }
    }
}

impl Error<Infallible> {
    /// Errors made before a body was decoded fit every operation.
    pub(crate) fn widen<E>(self) -> Error<E> {
        self.map_answer(|never| match never {})
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation {
            name, method, path, ..
        } = self.operation();
        write!(f, "{name} ({method} {path}): ")?;
        match self {
            Self::Answer { answer, .. } => answer.fmt(f)?,
            Self::UnexpectedStatus { answer, .. } => answer.fmt(f)?,
            Self::Decode { error, .. } => error.fmt(f)?,
            Self::Transport { error, .. } => error.fmt(f)?,
            Self::Login { error, .. } => error.fmt(f)?,
            Self::Refused { reason, .. } => reason.fmt(f)?,
            Self::InvalidInput { message, .. } => write!(f, "invalid input: {message}")?,
        }
        match self.request_id() {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.transport().and_then(std::error::Error::source)
    }
}
