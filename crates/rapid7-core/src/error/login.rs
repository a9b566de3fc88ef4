//! Errors of the log-in.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use reqwest::StatusCode;

use super::transport::TransportError;
use crate::received::Received;

/// A log-in failed.
///
/// Cheap to clone: all calls that waited for one log-in get the same error.
#[derive(Debug, Clone)]
pub struct LoginError(Arc<Detail>);

#[derive(Debug)]
struct Detail {
    kind: LoginErrorKind,
    message: &'static str,
    status: Option<StatusCode>,
    request_id: Option<String>,
    source: Option<TransportError>,
}

/// What became of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginErrorKind {
    /// The server does not accept user name and password: status 400, 401 or 403.
    Refused,
    /// No complete answer arrived.
    Unreachable,
    /// The server answered with something else than a session.
    UnexpectedAnswer,
}

impl LoginError {
    pub(crate) fn refused(received: &Received) -> Self {
        let message = "check user name and password; users with single sign-on need an API key";
        Self::answered(LoginErrorKind::Refused, message, received)
    }

    pub(crate) fn unexpected(received: &Received, message: &'static str) -> Self {
        Self::answered(LoginErrorKind::UnexpectedAnswer, message, received)
    }

    pub(crate) fn unreachable(error: TransportError) -> Self {
        Self(Arc::new(Detail {
            kind: LoginErrorKind::Unreachable,
            message: "no answer",
            status: error.status(),
            request_id: None,
            source: Some(error),
        }))
    }

    pub(crate) fn unsendable() -> Self {
        Self(Arc::new(Detail {
            kind: LoginErrorKind::UnexpectedAnswer,
            message: "the request cannot be written; the API's description is wrong",
            status: None,
            request_id: None,
            source: None,
        }))
    }

    fn answered(kind: LoginErrorKind, message: &'static str, received: &Received) -> Self {
        Self(Arc::new(Detail {
            kind,
            message,
            status: Some(received.status()),
            request_id: received.request_id().map(str::to_owned),
            source: None,
        }))
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> LoginErrorKind {
        self.0.kind
    }

    /// The status of the log-in's answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The id that the server or a gateway gave the log-in, to quote to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What went wrong on the way, for [`LoginErrorKind::Unreachable`].
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        self.0.source.as_ref()
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = match self.kind() {
            LoginErrorKind::Refused => "the log-in was refused",
            LoginErrorKind::Unreachable => "the log-in got no answer",
            LoginErrorKind::UnexpectedAnswer => "the log-in got an unexpected answer",
        };
        f.write_str(head)?;
        if let Some(status) = self.status() {
            write!(f, " (status {})", status.as_u16())?;
        }
        match self.transport() {
            Some(error) => write!(f, ": {error}"),
            None => write!(f, ": {}", self.0.message),
        }
    }
}

impl StdError for LoginError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.transport().and_then(StdError::source)
    }
}
