//! Errors of the log-in.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use super::transport::TransportError;
use crate::build_error::BuildError;
use crate::credentials::CallbackError;
use crate::effort::Effort;
use crate::line;
use crate::received::Received;
use crate::retry::{is_passing, is_passing_break};

/// A log-in failed.
///
/// Cheap to clone: all calls that waited for one log-in get the same error. The error of a
/// [`Credentials::callback`](crate::Credentials::callback) is its source, and shown neither by `Display` nor by `Debug`.
#[derive(Debug, Clone)]
pub struct LoginError {
    detail: Arc<Detail>,
    effort: Effort,
}

#[derive(Debug)]
struct Detail {
    kind: LoginErrorKind,
    message: &'static str,
    status: Option<StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    cause: Option<Cause>,
}

enum Cause {
    Transport(TransportError),
    /// The program's own.
    Callback(CallbackError),
    Build(BuildError),
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            // Its text may quote what a vault or a file holds.
            Self::Callback(_) => f.write_str("Callback(..)"),
            Self::Build(error) => f.debug_tuple("Build").field(error).finish(),
        }
    }
}

/// What became of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginErrorKind {
    /// The server does not accept user name and password: status 400, 401 or 403.
    ///
    /// They are not sent again: after 401 not before [`Connection::login`](crate::Connection::login) asks for it, after
    /// the others not for 15 minutes. Calls get this error until then.
    Refused,
    /// The account is locked: status 423, or the server's words say so. Not tried again for 15 minutes.
    Locked,
    /// The server wants a second factor, by its words. Not tried again; use an API key.
    SecondFactor,
    /// No complete answer arrived.
    Unreachable,
    /// The server answered with something else than a session.
    UnexpectedAnswer,
    /// [`Credentials::callback`](crate::Credentials::callback) gave none, or some that cannot be used.
    NoCredentials,
}

impl LoginError {
    pub(crate) fn refused(kind: LoginErrorKind, received: &Received) -> Self {
        let message = match kind {
            LoginErrorKind::Locked => "wait, or have an administrator unlock it",
            LoginErrorKind::SecondFactor => "use an API key; a log-in cannot give a second factor",
            _ => "check user name and password; users with single sign-on need an API key",
        };
        Self::answered(kind, message, received)
    }

    pub(crate) fn unexpected(received: &Received, message: &'static str) -> Self {
        Self::answered(LoginErrorKind::UnexpectedAnswer, message, received)
    }

    pub(crate) fn unreachable(error: TransportError) -> Self {
        Self::of(Detail {
            status: error.status(),
            cause: Some(Cause::Transport(error)),
            ..Detail::new(LoginErrorKind::Unreachable, "no answer")
        })
    }

    /// The call's time was up before the log-in was over.
    pub(crate) fn timed_out() -> Self {
        Self::unreachable(TransportError::timed_out())
    }

    pub(crate) fn unsendable() -> Self {
        let message = "the request cannot be written; the API's description is wrong";
        let detail = Detail::new(LoginErrorKind::UnexpectedAnswer, message);
        Self::of(detail)
    }

    pub(crate) fn no_credentials(error: Option<CallbackError>) -> Self {
        let message = "the callback gave no credentials";
        Self::of(Detail {
            cause: error.map(Cause::Callback),
            ..Detail::new(LoginErrorKind::NoCredentials, message)
        })
    }

    pub(crate) fn unusable(error: BuildError) -> Self {
        let message = "what the callback gave cannot be used";
        Self::of(Detail {
            cause: Some(Cause::Build(error)),
            ..Detail::new(LoginErrorKind::NoCredentials, message)
        })
    }

    fn of(detail: Detail) -> Self {
        Self {
            detail: Arc::new(detail),
            effort: Effort::default(),
        }
    }

    /// The same error, with what the call did before it was final.
    pub(crate) fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }

    pub(super) fn effort(&self) -> Effort {
        self.effort
    }

    fn answered(kind: LoginErrorKind, message: &'static str, received: &Received) -> Self {
        Self::of(Detail {
            status: Some(received.status()),
            request_id: received.request_id().map(str::to_owned),
            retry_after: received.retry_after(),
            ..Detail::new(kind, message)
        })
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> LoginErrorKind {
        self.detail.kind
    }

    /// The status of the log-in's answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.detail.status
    }

    /// The id that the server or a gateway gave the log-in, to quote to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.detail.request_id.as_deref()
    }

    /// What went wrong on the way, for [`LoginErrorKind::Unreachable`].
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        match &self.detail.cause {
            Some(Cause::Transport(error)) => Some(error),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next log-in.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.detail.retry_after
    }

    /// Whether the same log-in may well succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        match self.kind() {
            LoginErrorKind::Unreachable => self.transport().is_some_and(is_passing_break),
            LoginErrorKind::UnexpectedAnswer => self.status().is_some_and(is_passing),
            _ => false,
        }
    }
}

impl Detail {
    fn new(kind: LoginErrorKind, message: &'static str) -> Self {
        Self {
            kind,
            message,
            status: None,
            request_id: None,
            retry_after: None,
            cause: None,
        }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = match self.kind() {
            LoginErrorKind::Refused => "the log-in was refused",
            LoginErrorKind::Locked => "the account is locked",
            LoginErrorKind::SecondFactor => "the log-in needs a second factor",
            LoginErrorKind::Unreachable => "the log-in got no answer",
            LoginErrorKind::UnexpectedAnswer => "the log-in got an unexpected answer",
            LoginErrorKind::NoCredentials => "there are no credentials",
        };
        line::print(f, |f| {
            f.write_str(head)?;
            if let Some(status) = self.status() {
                write!(f, " (status {})", status.as_u16())?;
            }
            match &self.detail.cause {
                Some(Cause::Transport(error)) => write!(f, ": {error}"),
                Some(Cause::Build(error)) => write!(f, ": {}: {error}", self.detail.message),
                // The cause is the program's own, and the next in the chain.
                Some(Cause::Callback(_)) | None => write!(f, ": {}", self.detail.message),
            }
        })
    }
}

impl StdError for LoginError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.detail.cause.as_ref()? {
            Cause::Transport(error) => error.source(),
            Cause::Callback(error) => Some(&**error),
            Cause::Build(error) => error.source(),
        }
    }
}
