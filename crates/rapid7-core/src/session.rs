//! What calls are authorized with: obtained once for all of them, renewed once when it has ended.

mod grant;
mod login;

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::authorize::{Login, Source};
use crate::connection::Inner;
use crate::error::{Error, LoginError, LoginErrorKind, Refusal};
use crate::exchange::Bounds;
use crate::observe::trace;
use crate::operation::Operation;
use crate::options::{CallOptions, MAX_ANSWER_BYTES};
use crate::received::Received;
use crate::request::Request;

pub(crate) use grant::{Flight, Grant};

/// How long a new session that the server does not accept is used on all the same. Servers with several machines may
/// take a while to agree on a session, and log-ins in a row look like an attack.
const UNACCEPTED_FOR: Duration = Duration::from_secs(30);

/// How long an account that is locked, or was refused for reasons unknown, is left alone; trying sooner makes many
/// servers begin the lock anew.
const LOCKED_FOR: Duration = Duration::from_secs(15 * 60);

/// What the calls of a connection are authorized with at present.
pub(crate) struct Session {
    /// Read by every call.
    current: RwLock<Option<Arc<Grant>>>,
    /// Held while a grant is obtained, so that all who need one wait for the same one.
    renewal: Mutex<Renewal>,
    /// Attempts to obtain a grant that have ended, well or badly.
    finished: AtomicU64,
}

#[derive(Default)]
struct Renewal {
    /// The last attempt's, for those that waited for it.
    failure: Option<LoginError>,
    refused: Option<Refused>,
}

/// A log-in that the server refused. Sending its password again for every call is how accounts get locked.
struct Refused {
    login: Login,
    error: LoginError,
    at: Instant,
}

impl Renewal {
    /// The failure that the same log-in would only repeat.
    fn lasting(&self, login: &Login) -> Option<&LoginError> {
        let refused = self.refused.as_ref()?;
        let lasts = refused.at.elapsed() < lasts_for(&refused.error) && refused.login == *login;
        lasts.then_some(&refused.error)
    }
}

/// For how long a failure says what another log-in would come to.
fn lasts_for(error: &LoginError) -> Duration {
    match error.kind() {
        LoginErrorKind::SecondFactor => Duration::MAX,
        LoginErrorKind::Refused if error.status() == Some(StatusCode::UNAUTHORIZED) => {
            Duration::MAX
        }
        LoginErrorKind::Refused | LoginErrorKind::Locked => LOCKED_FOR,
        _ => Duration::ZERO,
    }
}

impl Session {
    pub(crate) fn new(source: &Source) -> Self {
        let fixed = match source {
            Source::Fixed(presented) => Some(Arc::new(Grant::fixed(presented.clone()))),
            Source::None | Source::Login(_) | Source::Callback(_) => None,
        };
        Self {
            current: RwLock::new(fixed),
            renewal: Mutex::default(),
            finished: AtomicU64::new(0),
        }
    }

    pub(crate) fn current(&self) -> Option<Arc<Grant>> {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the grant away, so that no other call sets out with it.
    pub(crate) fn take(&self) -> Option<Arc<Grant>> {
        let current = self.current.write();
        current.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, grant: Arc<Grant>) {
        let current = self.current.write();
        *current.unwrap_or_else(PoisonError::into_inner) = Some(grant);
    }

    /// Takes a grant away unless there is another by now.
    fn forget(&self, grant: &Arc<Grant>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|one| Arc::ptr_eq(one, grant)) {
            *current = None;
        }
    }
}

impl Inner {
    /// A grant to call with, obtained first if there is none; `None` for a connection without credentials.
    pub(crate) async fn grant(&self, deadline: Instant) -> Result<Option<Arc<Grant>>, LoginError> {
        if let Some(grant) = self.usable() {
            return Ok(Some(grant));
        }
        if matches!(self.source, Source::None | Source::Fixed(_)) {
            return Ok(None);
        }
        // Rare, and large: it would be part of the future of every call.
        Box::pin(self.new_grant(deadline)).await.map(Some)
    }

    async fn new_grant(&self, deadline: Instant) -> Result<Arc<Grant>, LoginError> {
        let seen = self.session.finished.load(Ordering::Acquire);
        let renewal = timeout_at(deadline, self.session.renewal.lock()).await;
        let mut renewal = renewal.map_err(|_| LoginError::timed_out())?;
        if let Some(grant) = self.usable() {
            return Ok(grant);
        }
        // One that failed while this call waited for it has failed for this call too.
        let waited_for = self.session.finished.load(Ordering::Acquire) != seen;
        if let Some(failure) = renewal.failure.clone().filter(|_| waited_for) {
            return Err(failure);
        }
        self.renew(&mut renewal, deadline).await
    }

    async fn renew(
        &self,
        renewal: &mut Renewal,
        deadline: Instant,
    ) -> Result<Arc<Grant>, LoginError> {
        let outcome = match timeout_at(deadline, self.obtain(renewal, deadline)).await {
            Ok(outcome) => outcome.map(Arc::new),
            Err(_) => Err(LoginError::timed_out()),
        };
        renewal.failure = outcome.as_ref().err().cloned();
        match &outcome {
            Ok(grant) => {
                trace::login("done");
                self.session.set(Arc::clone(grant));
            }
            Err(_) => trace::login("failed"),
        }
        self.session.finished.fetch_add(1, Ordering::Release);
        outcome
    }

    /// The grant at hand, unless it is about to end or was given up.
    pub(crate) fn usable(&self) -> Option<Arc<Grant>> {
        self.session.current().filter(|grant| !grant.is_over())
    }

    async fn obtain(&self, renewal: &mut Renewal, deadline: Instant) -> Result<Grant, LoginError> {
        match &self.source {
            Source::None | Source::Fixed(_) => Err(LoginError::no_credentials(None)),
            Source::Login(login) => self.log_in_once(login, renewal, deadline).await,
            Source::Callback(callback) => {
                let given = callback.ask().await;
                let given = given.map_err(|error| LoginError::no_credentials(Some(error)))?;
                given.teach(&self.transport.mask);
                match Source::new(self.scheme, &given).map_err(LoginError::unusable)? {
                    Source::Fixed(presented) => Ok(Grant::given(presented)),
                    Source::Login(login) => self.log_in_once(&login, renewal, deadline).await,
                    Source::None | Source::Callback(_) => Err(LoginError::no_credentials(None)),
                }
            }
        }
    }

    async fn log_in_once(
        &self,
        login: &Login,
        renewal: &mut Renewal,
        deadline: Instant,
    ) -> Result<Grant, LoginError> {
        if let Some(error) = renewal.lasting(login) {
            return Err(error.clone());
        }
        let outcome = self.log_in(login, deadline).await;
        renewal.refused = outcome.as_ref().err().map(|error| Refused {
            login: login.clone(),
            error: error.clone(),
            at: Instant::now(),
        });
        outcome
    }

    /// The other API that the key in use is probably one of.
    pub(crate) fn suspect(&self, operation: &Operation) -> Option<&'static str> {
        if !self.source.applies_to(operation.access) {
            return None;
        }
        self.session.current()?.presented().suspect()
    }

    /// Calls a log-out with the token of the open session; `None` where none is open.
    ///
    /// Takes the token before sending, so that no request of another task sets out with a dying one.
    pub(crate) async fn end_session(
        &self,
        logout: &'static Operation,
        options: CallOptions,
    ) -> Result<Option<Received>, Error<Infallible>> {
        let is_fixed = matches!(self.source, Source::Fixed(_));
        let grant = if is_fixed {
            self.session.current()
        } else {
            self.session.take()
        };
        let Some(grant) = grant.filter(|grant| grant.presented().is_session()) else {
            return Ok(None);
        };
        let refused = |reason| Error::Refused {
            operation: logout,
            reason,
        };
        let prepared = Request::new(logout).prepare(&self.base);
        let mut prepared = prepared.map_err(|message| Error::InvalidInput {
            operation: logout,
            message: message.into(),
        })?;
        let http = prepared.http(&self.base);
        let mut http = http.ok_or(Refusal::ForeignOrigin).map_err(refused)?;
        let presented = grant.presented();
        presented.apply(&mut http, logout.access).map_err(refused)?;
        let deadline = Instant::now() + options.timeout_or_default();
        let bounds = Bounds {
            time: self.transport.time_until(deadline),
            max_answer_bytes: MAX_ANSWER_BYTES,
            success: logout.success,
            redirects_within: None,
        };
        let received = self.transport.exchange(http, bounds).await;
        received.map(Some).map_err(|error| Error::Transport {
            operation: logout,
            error,
        })
    }

    /// Forgets what was remembered of failures, for a program that asks to log in.
    pub(crate) async fn forgive(&self) {
        *self.session.renewal.lock().await = Renewal::default();
    }

    /// What to do about an answer that does not accept a grant: whether to call again with another one.
    pub(crate) async fn rejected(&self, flight: Flight, deadline: Instant) -> bool {
        let sent = flight.began();
        let grant = flight.land_rejected();
        match &self.source {
            Source::None | Source::Fixed(_) => false,
            Source::Login(_) => self.session_ended(&grant, deadline).await,
            Source::Callback(_) if grant.is_renewable() => {
                self.session_ended(&grant, deadline).await
            }
            Source::Callback(_) => self.asked_again(&grant, sent, deadline).await,
        }
    }

    /// A session that served before has expired. One that never did is the server's to explain: a new one would be
    /// no better.
    async fn session_ended(&self, grant: &Arc<Grant>, deadline: Instant) -> bool {
        if !grant.has_served(deadline).await {
            grant.expire_in(UNACCEPTED_FOR);
            return false;
        }
        self.session.forget(grant);
        true
    }

    /// Whether the program has other credentials by now. Asked once for all calls that were under way.
    async fn asked_again(
        &self,
        grant: &Arc<Grant>,
        sent: Option<Instant>,
        deadline: Instant,
    ) -> bool {
        let Ok(mut renewal) = timeout_at(deadline, self.session.renewal.lock()).await else {
            return false;
        };
        let current = self.session.current();
        let is_current = current.is_some_and(|one| Arc::ptr_eq(&one, grant));
        if !is_current {
            return true;
        }
        if grant.confirmed_since(sent) {
            return false;
        }
        match self.renew(&mut renewal, deadline).await {
            Ok(new) if new.presents_the_same(grant) => {
                // The old one stays, so that other calls that it fails find it confirmed.
                grant.confirm();
                self.session.set(Arc::clone(grant));
                false
            }
            Ok(_) => true,
            Err(_) => false,
        }
    }
}
