//! The send path: from a request to a complete answer, with as many attempts as it takes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::{Instant, sleep};

use crate::authorize::is_for_sessions;
use crate::connection::Inner;
use crate::effort::Effort;
use crate::error::{Error, LoginError, Refusal, TransportError};
use crate::exchange::{Bounds, is_result};
use crate::observe::{Observation, trace};
use crate::operation::{Access, Operation, Stability};
use crate::options::{CallOptions, MAX_ANSWER_BYTES};
use crate::rate_limit;
use crate::received::Received;
use crate::request::{Prepared, Request};
use crate::retry::{Repeatable, RetryPolicy};
use crate::session::{Flight, Grant};

/// How often one call follows sessions that end under it.
const MAX_REPLAYS: u32 = 3;

/// What came of one attempt.
pub(crate) enum Outcome {
    Answered(Received),
    Broken(TransportError),
    NoGrant(LoginError),
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
    /// Another attempt with another session.
    Replay,
}

/// One call: its bounds, and what it has come to so far.
struct Call<'a> {
    inner: &'a Inner,
    operation: &'static Operation,
    request: &'a Prepared,
    policy: RetryPolicy,
    repeatable: Repeatable,
    max_answer_bytes: u64,
    began: Instant,
    deadline: Instant,
    effort: Effort,
    failures: u32,
    replays: u32,
    /// The session that the first attempt was sent with, for operations whose answer belongs to one.
    bound_to: Option<Arc<Grant>>,
}

impl Inner {
    /// Everything between a request and a complete answer of any status.
    ///
    /// Fails at once for what is not to be sent.
    pub(crate) fn send(
        &self,
        request: Request,
        options: CallOptions,
    ) -> Result<impl Future<Output = Result<Received, Error<Infallible>>>, Error<Infallible>> {
        let operation = request.operation();
        if let Err(reason) = self.allows(operation) {
            return Err(Error::Refused { operation, reason });
        }
        let prepared = request.prepare(&self.base);
        let prepared = prepared.map_err(|message| Error::InvalidInput {
            operation,
            message: message.into(),
        })?;
        Ok(async move {
            let mut observation = Observation::begin(operation, self.on_call.as_ref());
            let _place = match self.places.try_acquire() {
                Ok(place) => Some(place),
                // Closed never, so that there is a place sooner or later.
                Err(_) => Box::pin(self.places.acquire()).await.ok(),
            };
            let mut call = Call::new(self, operation, &prepared, options);
            let outcome = call.run().await;
            call.effort.elapsed = call.began.elapsed();
            observation.end(&outcome, call.effort);
            outcome.into_result(operation, call.effort)
        })
    }

    fn allows(&self, operation: &Operation) -> Result<(), Refusal> {
        if self.rules.read_only && operation.effect != crate::Effect::Read {
            return Err(Refusal::ReadOnly);
        }
        if self.rules.deny_prototype && operation.stability == Stability::Prototype {
            return Err(Refusal::Prototype);
        }
        Ok(())
    }
}

impl<'a> Call<'a> {
    fn new(
        inner: &'a Inner,
        operation: &'static Operation,
        request: &'a Prepared,
        options: CallOptions,
    ) -> Self {
        let options = options.or(inner.options);
        let began = Instant::now();
        let replay_writes = options.replay_writes.unwrap_or(false);
        Self {
            inner,
            operation,
            request,
            policy: options.retries.unwrap_or_default(),
            repeatable: Repeatable::of(operation.effect, replay_writes),
            max_answer_bytes: options.max_answer_bytes.unwrap_or(MAX_ANSWER_BYTES),
            began,
            deadline: began + options.timeout_or_default(),
            effort: Effort::default(),
            failures: 0,
            replays: 0,
            bound_to: None,
        }
    }

    /// Attempts until one is final.
    async fn run(&mut self) -> Outcome {
        // Boxed, since most calls end with the first.
        let mut last: Option<Box<Outcome>> = None;
        loop {
            match self.inner.pacing.pass(self.deadline).await {
                Ok(waited) => self.effort.waited += waited,
                Err(pause) => {
                    let refused = Outcome::Refused(Refusal::RateLimited {
                        retry_after: pause.left,
                    });
                    return last.map_or(refused, |last| *last);
                }
            }
            let set_out = trace::clock();
            let (outcome, flight) = self.attempt().await;
            trace::attempt(self.effort.attempts, &outcome, set_out);
            if matches!(outcome, Outcome::Refused(Refusal::SessionEnded)) {
                return last.map_or(outcome, |last| *last);
            }
            match self.judge(&outcome, flight).await {
                Next::End => return outcome,
                Next::Replay => self.replays += 1,
                Next::Again { delay, asked } => {
                    trace::waits(delay, asked);
                    if asked {
                        self.inner.pacing.pause(delay);
                    } else {
                        sleep(delay).await;
                        self.effort.waited += delay;
                    }
                }
            }
            last = Some(Box::new(outcome));
        }
    }

    async fn attempt(&mut self) -> (Outcome, Option<Flight>) {
        let grant = match self.grant().await {
            Ok(grant) => grant,
            Err(outcome) => return (outcome, None),
        };
        let (http, flight) = match self.authorized(grant) {
            Ok(authorized) => authorized,
            Err(reason) => return (Outcome::Refused(reason), None),
        };
        self.effort.attempts += 1;
        let bounds = Bounds {
            deadline: self.deadline,
            max_answer_bytes: self.max_answer_bytes,
            success: self.operation.success,
            redirects_within: self.inner.rules.redirects.then_some(&self.inner.base),
        };
        match self.inner.transport.exchange(http, bounds).await {
            Ok(received) => (Outcome::Answered(received), flight),
            Err(error) => (Outcome::Broken(error), flight),
        }
    }

    /// What this call is authorized with; `None` where it carries no credentials.
    async fn grant(&self) -> Result<Option<Arc<Grant>>, Outcome> {
        if !self.inner.source.applies_to(self.operation.access) {
            return Ok(None);
        }
        // The address was built from the base URL; credentials are worth a second look.
        if !self.inner.base.has_origin_of(self.request.url()) {
            return Err(Outcome::Refused(Refusal::ForeignOrigin));
        }
        let grant = self.inner.grant(self.deadline).await;
        grant.map_err(Outcome::NoGrant)
    }

    /// The HTTP request of one attempt, complete.
    fn authorized(
        &mut self,
        grant: Option<Arc<Grant>>,
    ) -> Result<(reqwest::Request, Option<Flight>), Refusal> {
        let mut http = self.request.http();
        let Some(grant) = grant else {
            return Ok((http, None));
        };
        let access = self.operation.access;
        if is_for_sessions(access) {
            let first = self.bound_to.get_or_insert_with(|| Arc::clone(&grant));
            if !Arc::ptr_eq(first, &grant) {
                return Err(Refusal::SessionEnded);
            }
        }
        grant.presented().apply(&mut http, access)?;
        Ok((http, Some(grant.fly())))
    }

    /// What an outcome means for the session, for other calls, and for this one.
    async fn judge(&mut self, outcome: &Outcome, flight: Option<Flight>) -> Next {
        match outcome {
            Outcome::Answered(received) => self.judge_answer(received, flight).await,
            Outcome::Broken(error) => {
                // The server may have taken the request, and the session with it.
                if let Some(flight) = flight.filter(|_| !error.is_connect()) {
                    flight.land_served();
                }
                if self.repeatable.after_break(error) {
                    return self.again(None);
                }
                Next::End
            }
            Outcome::NoGrant(error) if error.is_passing() => self.again(error.retry_after()),
            Outcome::NoGrant(_) | Outcome::Refused(_) => Next::End,
        }
    }

    async fn judge_answer(&mut self, received: &Received, flight: Option<Flight>) -> Next {
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
            // Rare, and large: it would be part of the future of every call.
            let has_another = Box::pin(self.inner.rejected(flight, self.deadline)).await;
            let may = !is_for_sessions(self.operation.access) && self.replays < MAX_REPLAYS;
            return if has_another && may {
                Next::Replay
            } else {
                Next::End
            };
        }
        let retry_after = received.retry_after();
        if !self.repeatable.after_status(status, retry_after.is_some()) {
            return Next::End;
        }
        if status == StatusCode::TOO_MANY_REQUESTS && is_long(retry_after) {
            self.failures = self.failures.saturating_sub(1);
        }
        self.again(retry_after)
    }

    fn says_session_ended(&self, status: StatusCode) -> bool {
        status == StatusCode::UNAUTHORIZED
            || self.operation.session_ended.contains(&status.as_u16())
    }

    /// Another attempt, unless policy or time do not allow one.
    fn again(&mut self, asked: Option<Duration>) -> Next {
        self.failures += 1;
        let Some(delay) = self.policy.delay_after(self.failures) else {
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
    ) -> Result<Received, Error<Infallible>> {
        Err(match self {
            Self::Answered(received) => return Ok(received.after(effort)),
            Self::Broken(error) => Error::Transport {
                operation,
                error: Box::new(error.with_effort(effort)),
            },
            Self::NoGrant(error) => Error::Login {
                operation,
                error: Box::new(error.with_effort(effort)),
            },
            Self::Refused(reason) => Error::Refused { operation, reason },
        })
    }
}
