//! One configured way to one server, shared by all clients of it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::answer::Answer;
use crate::authorize::Authorizer;
use crate::base_url::BaseUrl;
use crate::body::Body;
use crate::builder::ConnectionBuilder;
use crate::credentials::Credentials;
use crate::decode::Decode;
use crate::error::{DecodeError, Error, ErrorAnswer, LoginError, UnexpectedStatus};
use crate::operation::{AuthScheme, Operation};
use crate::received::Received;
use crate::request::Request;
use crate::send::{Transport, is_result};
use crate::session::Session;

/// One configured way to one server: address, credentials, session, HTTP client and limits.
///
/// Cloning is cheap and shares all of it, so that clients of several API versions use one session and
/// one pool of sockets. `Debug` shows the address and the kind of credentials.
#[derive(Clone)]
pub struct Connection {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) base: BaseUrl,
    pub(crate) credentials: &'static str,
    pub(crate) authorizer: Authorizer,
    pub(crate) session: Session,
    pub(crate) transport: Transport,
}

/// The heavy, non-generic part of a call; boxed so that the futures of callers stay small.
type Execution<'a> = Pin<Box<dyn Future<Output = Result<Received, Error<Infallible>>> + Send + 'a>>;

impl Connection {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
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
    pub async fn call<T, E>(
        &self,
        request: Request,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        let operation = request.operation();
        let received = self.execute(request).await.map_err(Error::widen)?;
        self.classify(operation, received, answer, error)
    }

    /// Result or failure, by status and never by what happens to decode.
    pub(crate) fn classify<T, E>(
        &self,
        operation: &'static Operation,
        received: Received,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        if is_result(received.status(), operation.success) {
            match answer(&received) {
                Ok(value) => Ok(Answer::new(value, received)),
                Err(misfit) => Err(DecodeError::new(received, misfit).of(operation)),
            }
        } else {
            let suspect = self.inner.authorizer.suspect(operation.access);
            let base = &self.inner.base;
            Err(match error(&received) {
                Ok(value) => ErrorAnswer::new(value, received, suspect).of(operation),
                Err(_) => UnexpectedStatus::new(received, base, suspect).of(operation),
            })
        }
    }

    /// Logs in now, to learn at start-up whether the credentials work.
    ///
    /// Not needed otherwise: the first request that needs a session logs in. Does nothing while a
    /// session is open, and for credentials other than [`Credentials::login`].
    ///
    /// # Errors
    ///
    /// [`LoginError`] where the server refuses, cannot be reached or answers with something else.
    pub async fn login(&self) -> Result<(), LoginError> {
        match &self.inner.authorizer {
            Authorizer::Login { login, .. } => Box::pin(self.session_token(login)).await.map(drop),
            Authorizer::None | Authorizer::Keys { .. } | Authorizer::Session { .. } => Ok(()),
        }
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
        Box::pin(self.end_session(logout)).await
    }

    fn execute(&self, request: Request) -> Execution<'_> {
        Box::pin(self.send(request))
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
