//! One configured way to one server, shared by all clients of it.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::authorize::Source;
use crate::base_url::BaseUrl;
use crate::body::Body;
use crate::builder::ConnectionBuilder;
use crate::credentials::Credentials;
use crate::decode::{self, Decode};
use crate::error::{Error, LoginError};
use crate::exchange::Transport;
use crate::observe::{OnCall, trace};
use crate::operation::{AuthScheme, Operation};
use crate::options::CallOptions;
use crate::pacing::Pacing;
use crate::received::Received;
use crate::request::Request;
use crate::session::Session;

/// One configured way to one server: address, credentials, session, HTTP client and limits.
///
/// Cloning is cheap and shares all of it, so that clients of several API versions use one session and
/// one pool of sockets. `Debug` shows the address and the kind of credentials.
#[derive(Clone)]
pub struct Connection {
    pub(crate) inner: Arc<Inner>,
    /// Of the calls made through this handle.
    options: CallOptions,
}

/// What all clones of a connection share.
pub(crate) struct Inner {
    pub(crate) base: BaseUrl,
    pub(crate) scheme: AuthScheme,
    pub(crate) credentials: &'static str,
    pub(crate) source: Source,
    pub(crate) session: Session,
    pub(crate) transport: Transport,
    pub(crate) pacing: Pacing,
    /// A place for each call that may be under way at once.
    pub(crate) places: Semaphore,
    pub(crate) rules: Rules,
    pub(crate) on_call: Option<OnCall>,
}

/// What a connection does not do, or only when asked to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rules {
    pub(crate) read_only: bool,
    pub(crate) deny_prototype: bool,
    pub(crate) redirects: bool,
}

impl Connection {
    pub(crate) fn new(inner: Inner, options: CallOptions) -> Self {
        Self {
            inner: Arc::new(inner),
            options,
        }
    }

    /// The same connection, with other settings for the calls made through what is returned.
    ///
    /// Session, sockets and pauses stay shared. Settings that the options leave open are as here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use rapid7_core::{CallOptions, Connection};
    ///
    /// fn impatient(connection: &Connection) -> Connection {
    ///     connection.with_options(CallOptions::new().timeout(Duration::from_secs(5)))
    /// }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            options: options.or(self.options),
        }
    }

    /// Starts a connection to an API of this scheme at this address, such as `https://acme.example`.
    ///
    /// A path in the address becomes a prefix of every request's path. Nothing is checked before
    /// [`ConnectionBuilder::build`].
    pub fn builder(
        auth: AuthScheme,
        base_url: impl AsRef<str>,
        credentials: Credentials,
    ) -> ConnectionBuilder {
        ConnectionBuilder::new(auth, base_url.as_ref(), credentials)
    }

    /// Sends a request and decodes what comes back: `answer` for results, `error` for failures.
    ///
    /// An answer is a result if its status is 2xx or in [`Operation::success`](crate::Operation::success).
    ///
    /// # Errors
    ///
    /// Every variant of [`Error`]; see there for what each means.
    pub async fn call<T: Send + 'static, E: Send + 'static>(
        &self,
        request: Request,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        let operation = request.operation();
        let received = self.receive(request).await.map_err(Error::widen)?;
        self.decode(operation, received, answer, error).await
    }

    /// Logs in now, to learn at start-up whether the credentials work. One attempt is made.
    ///
    /// Not needed otherwise: the first request that needs a session logs in. Does nothing while a session is open, and
    /// for keys and sessions that the program gave. A password that was refused before is tried anew.
    ///
    /// # Errors
    ///
    /// [`LoginError`] where the server refuses, cannot be reached or answers with something else.
    pub async fn login(&self) -> Result<(), LoginError> {
        let timeout = self.options.timeout_or_default();
        Box::pin(async {
            self.inner.forgive().await;
            self.inner.grant(Instant::now() + timeout).await.map(drop)
        })
        .await
    }

    /// Ends the session on the server by calling `logout`, an operation without arguments, and forgets it.
    ///
    /// The next request logs in anew; with [`Credentials::session`], whose token is spent, it fails
    /// with 401. Nothing is sent while no session is open, and for credentials without sessions. A
    /// session that the server has ended already (401) counts as ended.
    ///
    /// # Errors
    ///
    /// [`Error`] where the server cannot be reached or fails. The session is forgotten all the same,
    /// and ends on the server by its own timeout.
    pub async fn logout(&self, logout: &'static Operation) -> Result<(), Error<Body>> {
        let ended = Box::pin(self.inner.end_session(logout, self.options)).await;
        let Some(received) = ended.map_err(Error::widen)? else {
            return Ok(());
        };
        match self.classify(logout, received, decode::empty, decode::body) {
            Err(error) if !error.is_unauthorized() => Err(error),
            _ => Ok(()),
        }
    }

    /// Sends a request and waits for a complete answer of any status.
    pub(crate) async fn receive(&self, request: Request) -> Result<Received, Error<Infallible>> {
        let operation = request.operation();
        let sent = self.inner.send(request, &self.options)?;
        trace::call(operation, sent).await
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field(
                "base_url",
                &format_args!("{}{}", self.inner.base.origin(), self.inner.base.prefix()),
            )
            .field("credentials", &self.inner.credentials)
            .finish_non_exhaustive()
    }
}
