//! What can go wrong with a call.

mod answered;
mod cause;
mod login;
pub(crate) mod server_message;
mod tls;
mod transport;

use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

pub use answered::{DecodeError, ErrorAnswer, UnexpectedStatus};
pub(crate) use cause::innermost;
pub use login::{LoginError, LoginErrorKind};
pub use transport::{TransportError, TransportErrorKind};

use crate::effort::Effort;
use crate::line::{self, Line, cut};
use crate::operation::{Effect, Operation};
use crate::received::Received;
use crate::retry::{is_passing, is_passing_break};

/// Why a call has no result. `E` is what the API documents as the body of a failure.
///
/// `Display` is one line of at most 1,000 characters that names the operation and says what to do. Neither it nor
/// `Debug` shows bodies, decoded or not, header values, addresses with their query, or credentials. What the server itself
/// says is in [`Error::answer`], [`Error::server_message`] and [`Error::raw_body`].
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
    /// The request was carried out, unless a proxy answered in the server's place. The server is of another release
    /// than the client's description, or the description is wrong; [`DecodeError::misfit`] has the place.
    Decode {
        /// The operation called.
        operation: &'static Operation,
        /// Place and cause.
        error: Box<DecodeError>,
    },
    /// No complete answer arrived: connection, TLS, timeout, or an answer over the limit of size or memory.
    ///
    /// Whether the request was carried out is unknown, unless [`TransportError::is_unprocessed`].
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
        error: Box<LoginError>,
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
    /// The operation is not a read, and the connection is
    /// [read-only](crate::ConnectionBuilder::read_only).
    ReadOnly,
    /// The operation may change without notice, and the connection
    /// [denies such](crate::ConnectionBuilder::deny_prototype).
    Prototype,
    /// The server wants no requests for longer than the call may take, as another call has learned.
    RateLimited {
        /// How long it wants none.
        retry_after: Duration,
    },
    /// The answer belongs to a session, and that ended before it could be had.
    SessionEnded,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RateLimited { retry_after } => {
                return write!(
                    f,
                    "not sent: the server wants no requests for another {} s, longer than this call may take",
                    seconds(*retry_after)
                );
            }
            Self::ReadOnly => {
                "not sent: it changes something, and the connection is read_only(true)"
            }
            Self::Prototype => {
                "not sent: it may change without notice, and the connection is deny_prototype(true)"
            }
            Self::SessionEnded => {
                "not sent again: its answer belongs to a session that has ended; begin anew"
            }
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
        self.received()?.server_message()
    }

    /// What the call cost: attempts, time, waits. Nothing where it was not sent.
    #[must_use]
    pub fn effort(&self) -> Effort {
        match self {
            Self::Transport { error, .. } => error.effort(),
            Self::Login { error, .. } => error.effort(),
            _ => self.received().map(Received::effort).unwrap_or_default(),
        }
    }

    /// How long the server asks to wait before the next request: from `Retry-After`, or from the reset of the limit that
    /// was exceeded. Counted from the answer.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Login { error, .. } => error.retry_after(),
            Self::Refused {
                reason: Refusal::RateLimited { retry_after },
                ..
            } => Some(*retry_after),
            _ => self.received()?.retry_after(),
        }
    }

    /// The failure in the documented shape, if it came in that.
    #[must_use]
    pub fn answer(&self) -> Option<&E> {
        match self {
            Self::Answer { answer, .. } => Some(answer.value()),
            _ => None,
        }
    }

    /// Whether the credentials were not accepted: status 401, or a log-in was refused, for whatever reason.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Login { error, .. } => matches!(
                error.kind(),
                LoginErrorKind::Refused | LoginErrorKind::Locked | LoginErrorKind::SecondFactor
            ),
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

    /// Whether too many requests were made: status 429, or not sent since another call was told so.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        let is_held_back = matches!(
            self,
            Self::Refused {
                reason: Refusal::RateLimited { .. },
                ..
            }
        );
        is_held_back || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the same call may well succeed later: limits, timeouts, broken connections, and statuses 408, 429, 502,
    /// 503 and 504. Whether calling twice does harm is another question; see [`Error::is_outcome_unknown`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport { error, .. } => is_passing_break(error),
            Self::Login { error, .. } => error.is_passing(),
            Self::Refused { .. } => self.is_rate_limited(),
            Self::Answer { .. } | Self::UnexpectedStatus { .. } => {
                self.status().is_some_and(is_passing)
            }
            Self::Decode { .. } | Self::InvalidInput { .. } => false,
        }
    }

    /// Whether the server may have carried the operation out, although there is no result: look before calling again.
    ///
    /// Never for operations that [change nothing](crate::Effect::Read). Otherwise where the connection broke after it
    /// came about, for statuses 408 and from 500 but 501 and a 503 with `Retry-After`, and for a result that could not be
    /// decoded: it is the server's, or the page of a proxy that kept the request to itself.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        if self.operation().effect == Effect::Read {
            return false;
        }
        match self {
            Self::Transport { error, .. } => !error.is_unprocessed(),
            Self::Decode { .. } => true,
            Self::Answer { .. } | Self::UnexpectedStatus { .. } => match self.status() {
                Some(StatusCode::REQUEST_TIMEOUT) => true,
                Some(StatusCode::NOT_IMPLEMENTED) | None => false,
                Some(StatusCode::SERVICE_UNAVAILABLE) => self.retry_after().is_none(),
                Some(status) => status.is_server_error(),
            },
            _ => false,
        }
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

/// Longest text about an argument, in characters: it may quote what the program converts from.
const MAX_MESSAGE: usize = 500;

/// Whole seconds, rounded up. A server may ask for as long as a `Duration` can be.
fn seconds(time: Duration) -> u64 {
    let begun = u64::from(time.subsec_nanos() > 0);
    time.as_secs().saturating_add(begun)
}

impl Error<Infallible> {
    /// Errors made before a body was decoded fit every operation.
    pub(crate) fn widen<E>(self) -> Error<E> {
        self.map_answer(|never| match never {})
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line::print(f, |f| self.write(f))
    }
}

impl<E> Error<E> {
    pub(crate) fn write(&self, f: &mut Line) -> fmt::Result {
        let Operation {
            name, method, path, ..
        } = self.operation();
        write!(f, "{name} ({method} {path}): ")?;
        match self {
            Self::Answer { answer, .. } => write!(f, "{answer}")?,
            Self::UnexpectedStatus { answer, .. } => write!(f, "{answer}")?,
            Self::Decode { error, .. } => write!(f, "{error}")?,
            Self::Transport { error, .. } => write!(f, "{error}")?,
            Self::Login { error, .. } => write!(f, "{error}")?,
            Self::Refused { reason, .. } => write!(f, "{reason}")?,
            Self::InvalidInput { message, .. } => {
                let message = cut(MAX_MESSAGE, |line| line.write_str(message));
                write!(f, "invalid input: {message}")?;
            }
        }
        if !matches!(self, Self::Refused { .. })
            && let Some(wait) = self.retry_after()
        {
            write!(f, "; the server asks to wait {} s", seconds(wait))?;
        }
        let effort = self.effort();
        if effort.attempts > 1 {
            let elapsed = effort.elapsed.as_secs_f64();
            write!(f, " (after {} attempts in {elapsed:.1} s)", effort.attempts)?;
        }
        match self.request_id() {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

/// Shows the operation, the kind and the status, and what this crate says of the cause. Failures that the server wrote are
/// left to [`Error::answer`].
impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, cause): (_, Option<&dyn fmt::Debug>) = match self {
            Self::Answer { .. } => ("Answer", None),
            Self::UnexpectedStatus { .. } => ("UnexpectedStatus", None),
            Self::Decode { error, .. } => ("Decode", Some(error.misfit())),
            Self::Transport { error, .. } => ("Transport", Some(error)),
            Self::Login { error, .. } => ("Login", Some(error)),
            Self::Refused { reason, .. } => ("Refused", Some(reason)),
            Self::InvalidInput { .. } => ("InvalidInput", None),
        };
        let mut shown = f.debug_struct(kind);
        shown.field("operation", &self.operation().name);
        if let Some(status) = self.status() {
            shown.field("status", &status.as_u16());
        }
        if let Some(cause) = cause {
            shown.field("cause", cause);
        }
        if let Self::InvalidInput { message, .. } = self {
            shown.field("message", &cut(MAX_MESSAGE, |line| line.write_str(message)));
        }
        shown.finish_non_exhaustive()
    }
}

impl<E> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport { error, .. } => error.source(),
            Self::Login { error, .. } => std::error::Error::source(&**error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Error, Refusal, seconds};
    use crate::operation::Operation;

    static OPERATION: Operation = Operation::USUAL;

    #[test]
    fn seconds_are_rounded_up_and_never_overflow() {
        for (time, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(1500), 2),
            (Duration::MAX, u64::MAX),
        ] {
            assert_eq!(seconds(time), expected);
        }
    }

    proptest! {
        #[test]
        fn any_wait_and_any_message_is_one_short_line(
            retry_after in any::<Duration>(),
            message in any::<String>(),
            times in 1_usize..500,
        ) {
            let reason = Refusal::RateLimited { retry_after };
            let held_back = Error::<Infallible>::Refused { operation: &OPERATION, reason };
            let message = message.repeat(times).into();
            let invalid = Error::InvalidInput { operation: &OPERATION, message };
            for error in [held_back, invalid] {
                let line = error.to_string();
                let shown = format!("{error:?}");
                prop_assert!(shown.chars().count() <= 3000, "{}", shown);
                prop_assert!(line.chars().count() <= 1000, "{}", line);
                prop_assert_eq!(line.lines().count(), 1);
            }
        }
    }
}
