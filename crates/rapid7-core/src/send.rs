//! The send path: from a request to a complete answer, with as many attempts as it takes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::{Instant, sleep};

use crate::authorize::is_for_sessions;
use crate::connection::Inner;
use crate::decode::Limits;
use crate::effort::Effort;
use crate::error::{Error, LoginError, Refusal, TransportError};
use crate::exchange::{Bounds, is_result};
use crate::observe::{Observation, trace};
use crate::operation::{Access, Effect, Operation, Stability};
use crate::options::{CallOptions, MAX_ANSWER_BYTES};
use crate::rate_limit;
use crate::received::Received;
use crate::request::{Prepared, Request};
use crate::retry::Repeatable;
use crate::session::{Flight, Grant};

/// How often one call follows sessions that end under it.
const MAX_REPLAYS: u32 = 3;

/// What came of one attempt.
pub(crate) enum Outcome {
    Answered(Received),
    Broken(Box<TransportError>),
    NoGrant(Box<LoginError>),
    Refused(Refusal),
}

/// What to do after an attempt.
enum Next {
    End,
    /// Another attempt after so long; the server asked for it, or the policy did.
    Again {
        delay: Duration,
        asked: bool,
    },
    /// Another attempt, if a session can be had that is not the one rejected.
    Replay(Flight),
}

/// One call: its bounds, and what it has come to so far.
///
/// It is part of the future of every call, which is kept small (see the test): what is rarely needed is made when it is.
struct Call<'a> {
    inner: &'a Inner,
    operation: &'static Operation,
    request: Prepared,
    options: &'a CallOptions,
    began: Instant,
    deadline: Instant,
    attempts: u32,
    failures: u32,
    replays: u32,
    waited: Duration,
    /// What the present attempt was sent with.
    flight: Option<Flight>,
    /// The session that the first attempt was sent with, for operations whose answer belongs to one.
    bound_to: Option<Arc<Grant>>,
}

impl Inner {
    /// Everything between a request and a complete answer of any status.
    ///
    /// Fails at once for what is not to be sent.
    pub(crate) fn send<'a>(
        &'a self,
        request: Request,
        options: &'a CallOptions,
    ) -> Result<
        impl Future<Output = Result<Received, Error<Infallible>>> + use<'a>,
        Error<Infallible>,
    > {
        let operation = request.operation();
        if let Err(reason) = self.allows(operation) {
            return Err(Error::Refused { operation, reason });
        }
        let prepared = request.prepare(&self.base);
        let prepared = prepared.map_err(|message| Error::InvalidInput {
            operation,
            message: message.into(),
        })?;
        // Made here, since a future holds what it takes and what it makes of it side by side.
        let mut call = Call::begin(self, operation, prepared, options);
        Ok(async move {
            let mut observation = Observation::begin(operation, self.on_call.as_ref());
            let _place = if let Ok(place) = self.places.try_acquire() {
                Some(place)
            } else {
                // Closed never, so that there is one sooner or later.
                let place = Box::pin(self.places.acquire()).await.ok();
                call.restart();
                place
            };
            let outcome = call.run().await;
            let effort = call.effort();
            observation.end(&outcome, effort);
            outcome.into_result(operation, effort, call.decoding())
        })
    }

    fn allows(&self, operation: &Operation) -> Result<(), Refusal> {
        if self.rules.read_only && operation.effect != Effect::Read {
            return Err(Refusal::ReadOnly);
        }
        if self.rules.deny_prototype && operation.stability == Stability::Prototype {
            return Err(Refusal::Prototype);
        }
        Ok(())
    }
}

impl<'a> Call<'a> {
    /// Time counts from here.
    fn begin(
        inner: &'a Inner,
        operation: &'static Operation,
        request: Prepared,
        options: &'a CallOptions,
    ) -> Self {
        let now = Instant::now();
        Self {
            inner,
            operation,
            request,
            options,
            began: now,
            deadline: now + options.timeout_or_default(),
            attempts: 0,
            failures: 0,
            replays: 0,
            waited: Duration::ZERO,
            flight: None,
            bound_to: None,
        }
    }

    /// Time counts from here, when there was a wait for a place.
    fn restart(&mut self) {
        self.began = Instant::now();
        self.deadline = self.began + self.options.timeout_or_default();
    }

    fn effort(&self) -> Effort {
        Effort {
            attempts: self.attempts,
            elapsed: self.began.elapsed(),
            waited: self.waited,
        }
    }

    /// What decoding the answer may take: the time that is left for the call.
    fn decoding(&self) -> Limits {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Limits {
            time: Some(left),
            memory: self.options.decoded_bytes_or_default(),
        }
    }

    /// Attempts until one is final: for most calls, the first.
    async fn run(&mut self) -> Outcome {
        let (outcome, next) = self.attempt().await;
        match next {
            Next::End => outcome,
            // Rare, and large.
            next => Box::pin(self.run_on(outcome, next)).await,
        }
    }

    async fn run_on(&mut self, mut last: Outcome, mut next: Next) -> Outcome {
        while self.prepare_for(next).await {
            let (outcome, then) = self.attempt().await;
            if let Outcome::Refused(Refusal::RateLimited { .. } | Refusal::SessionEnded) = outcome {
                return last;
            }
            (last, next) = (outcome, then);
        }
        last
    }

    /// Does what is to be done before another attempt; says whether there is to be one.
    async fn prepare_for(&mut self, next: Next) -> bool {
        match next {
            Next::End => return false,
            Next::Replay(flight) => {
                let has_another = self.inner.rejected(flight, self.deadline).await;
                let may = !is_for_sessions(self.operation.access) && self.replays < MAX_REPLAYS;
                self.replays += 1;
                return has_another && may;
            }
            Next::Again { delay, asked } => {
                trace::waits(delay, asked);
                if asked {
                    self.inner.pacing.pause(delay);
                } else {
                    sleep(delay).await;
                    self.waited = self.waited.saturating_add(delay);
                }
            }
        }
        true
    }

    async fn attempt(&mut self) -> (Outcome, Next) {
        if self.inner.pacing.is_on()
            && let Err(refused) = Box::pin(self.wait_for_turn()).await
        {
            return (refused, Next::End);
        }
        let set_out = trace::clock();
        let outcome = self.exchange().await;
        trace::attempt(self.attempts, &outcome, set_out);
        let next = self.judge(&outcome);
        (outcome, next)
    }

    async fn wait_for_turn(&mut self) -> Result<(), Outcome> {
        match self.inner.pacing.pass(self.deadline).await {
            Ok(waited) => {
                self.waited = self.waited.saturating_add(waited);
                Ok(())
            }
            Err(pause) => Err(Outcome::Refused(Refusal::RateLimited {
                retry_after: pause.left,
            })),
        }
    }

    /// One request, with what it is to be authorized with.
    async fn exchange(&mut self) -> Outcome {
        let mut grant = None;
        // The address was built from the base URL; where credentials go is worth a second look.
        let base = &self.inner.base;
        let is_below = |url| base.is_above(url);
        if !self.request.url(base).is_some_and(is_below) {
            return Outcome::Refused(Refusal::ForeignOrigin);
        }
        if self.inner.source.applies_to(self.operation.access) {
            grant = self.inner.usable();
            if grant.is_none() {
                // Rare, and large.
                grant = match Box::pin(self.inner.grant(self.deadline)).await {
                    Ok(grant) => grant,
                    Err(error) => return Outcome::NoGrant(Box::new(error)),
                };
            }
        }
        let http = match self.authorized(grant) {
            Ok(http) => http,
            Err(reason) => return Outcome::Refused(reason),
        };
        self.attempts += 1;
        let bounds = Bounds {
            time: self.inner.transport.time_until(self.deadline),
            max_answer_bytes: self.options.max_answer_bytes.unwrap_or(MAX_ANSWER_BYTES),
            success: self.operation.success,
            redirects_within: self.inner.rules.redirects.then_some(&self.inner.base),
        };
        match self.inner.transport.exchange(http, bounds).await {
            Ok(received) => Outcome::Answered(received),
            Err(error) => Outcome::Broken(error),
        }
    }

    /// The HTTP request of one attempt, complete.
    fn authorized(&mut self, grant: Option<Arc<Grant>>) -> Result<reqwest::Request, Refusal> {
        let http = self.request.http(&self.inner.base);
        let mut http = http.ok_or(Refusal::ForeignOrigin)?;
        let Some(grant) = grant else {
            return Ok(http);
        };
        let access = self.operation.access;
        if is_for_sessions(access) {
            let first = self.bound_to.get_or_insert_with(|| Arc::clone(&grant));
            if !Arc::ptr_eq(first, &grant) {
                return Err(Refusal::SessionEnded);
            }
        }
        grant.presented().apply(&mut http, access)?;
        self.flight = Some(grant.fly());
        Ok(http)
    }

    /// What an outcome means for the session, for other calls, and for this one.
    fn judge(&mut self, outcome: &Outcome) -> Next {
        let flight = self.flight.take();
        match outcome {
            Outcome::Answered(received) => self.judge_answer(received, flight),
            Outcome::Broken(error) => {
                // The server may have taken the request, and the session with it.
                if let Some(flight) = flight.filter(|_| !error.is_unprocessed()) {
                    flight.land_served();
                }
                if self.repeatable().after_break(error) {
                    return self.again(None);
                }
                Next::End
            }
            Outcome::NoGrant(error) if error.is_passing() => self.again(error.retry_after()),
            Outcome::NoGrant(_) | Outcome::Refused(_) => Next::End,
        }
    }

    fn judge_answer(&mut self, received: &Received, flight: Option<Flight>) -> Next {
        let status = received.status();
        if is_result(status, self.operation.success) {
            if let Some(flight) = flight.filter(|_| self.operation.access != Access::Optional) {
                flight.land_served();
            }
            self.learn_limit(received);
            return Next::End;
        }
        if self.says_session_ended(status)
            && let Some(flight) = flight
        {
            return Next::Replay(flight);
        }
        let retry_after = received.retry_after();
        if !self
            .repeatable()
            .after_status(status, retry_after.is_some())
        {
            return Next::End;
        }
        if status == StatusCode::TOO_MANY_REQUESTS && is_long(retry_after) {
            self.failures = self.failures.saturating_sub(1);
        }
        self.again(retry_after)
    }

    fn repeatable(&self) -> Repeatable {
        let replay_writes = self.options.replay_writes.unwrap_or(false);
        Repeatable::of(self.operation.effect, replay_writes)
    }

    fn says_session_ended(&self, status: StatusCode) -> bool {
        status == StatusCode::UNAUTHORIZED
            || self.operation.session_ended.contains(&status.as_u16())
    }

    /// Another attempt, unless policy or time do not allow one.
    fn again(&mut self, asked: Option<Duration>) -> Next {
        self.failures += 1;
        let policy = self.options.retries.unwrap_or_default();
        let Some(delay) = policy.delay_after(self.failures) else {
            return Next::End;
        };
        let delay = asked.unwrap_or(delay);
        let left = self.deadline.saturating_duration_since(Instant::now());
        if delay >= left {
            return Next::End;
        }
        Next::Again {
            delay,
            asked: asked.is_some(),
        }
    }

    /// An answer that says that the limit is used up holds later calls back, before they are told the same.
    fn learn_limit(&self, received: &Received) {
        let headers = received.headers();
        if rate_limit::is_used_up(headers)
            && let Some(reset) = rate_limit::reset(headers)
            && reset < self.deadline.saturating_duration_since(self.began)
        {
            self.inner.pacing.pause(reset);
        }
    }
}

/// Whether a wait that a server asks for is one, so that attempts need no other limit than time.
fn is_long(wait: Option<Duration>) -> bool {
    wait.is_some_and(|wait| wait >= Duration::from_secs(1))
}

impl Outcome {
    fn into_result(
        self,
        operation: &'static Operation,
        effort: Effort,
        decoding: Limits,
    ) -> Result<Received, Error<Infallible>> {
        Err(match self {
            Self::Answered(received) => return Ok(received.after(effort, decoding)),
            Self::Broken(error) => Error::Transport {
                operation,
                error: Box::new((*error).with_effort(effort)),
            },
            Self::NoGrant(error) => Error::Login {
                operation,
                error: Box::new((*error).with_effort(effort)),
            },
            Self::Refused(reason) => Error::Refused { operation, reason },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CallOptions, Operation, Request};
    use crate::{AuthScheme, Connection, Credentials, KeyPlacement};

    /// Larger ones glibc's allocator takes for large, and sorts all that was freed before it looks for room.
    const MAX_FUTURE: usize = 1000;

    #[test]
    fn the_future_of_a_call_is_no_large_allocation() {
        const SCHEME: AuthScheme = AuthScheme {
            api_key: KeyPlacement::Header("api-key"),
            session: None,
            uuid_keys_of: None,
        };
        static OPERATION: Operation = Operation::USUAL;
        let credentials = Credentials::api_key("key");
        let connection = Connection::builder(SCHEME, "https://acme.example", credentials);
        let connection = connection.build().unwrap();
        let options = CallOptions::new();
        let sent = connection.inner.send(Request::new(&OPERATION), &options);
        let future = sent.map_err(drop).unwrap();
        assert!(
            size_of_val(&future) <= MAX_FUTURE,
            "{}",
            size_of_val(&future)
        );
    }
}
