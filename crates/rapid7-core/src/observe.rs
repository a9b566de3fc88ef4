//! What a program can learn of calls while they happen: a report of each, and spans for tracing.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::StatusCode;

use crate::effort::Effort;
use crate::error::{LoginErrorKind, Refusal, TransportErrorKind};
use crate::operation::Operation;
use crate::send::Outcome;

/// A program's own metrics, told of every call; see
/// [`ConnectionBuilder::on_call`](crate::ConnectionBuilder::on_call).
pub(crate) type OnCall = Arc<dyn Fn(&CallReport) + Send + Sync>;

/// One call that has ended, without anything that it sent or received.
#[derive(Debug, Clone, Copy)]
pub struct CallReport {
    operation: &'static Operation,
    end: CallEnd,
    effort: Effort,
}

impl CallReport {
    /// The operation called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// How it ended.
    #[must_use]
    pub fn end(&self) -> CallEnd {
        self.end
    }

    /// What it cost.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }
}

/// How a call ended on the wire. Whether the answer could be decoded is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallEnd {
    /// With a complete answer of this status.
    Answered(StatusCode),
    /// Without a complete answer.
    Broken(TransportErrorKind),
    /// Before it was sent, since the log-in failed.
    LoginFailed(LoginErrorKind),
    /// Before it was sent, for this reason.
    Refused(Refusal),
    /// Its future was dropped, by a timeout of the program's own for instance.
    Dropped,
}

impl CallEnd {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Answered(received) => Self::Answered(received.status()),
            Outcome::Broken(error) => Self::Broken(error.kind()),
            Outcome::NoGrant(error) => Self::LoginFailed(error.kind()),
            Outcome::Refused(reason) => Self::Refused(*reason),
        }
    }
}

impl fmt::Display for CallEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => write!(f, "{}", status.as_u16()),
            Self::Broken(kind) => write!(f, "{kind:?}"),
            Self::LoginFailed(kind) => write!(f, "log-in {kind:?}"),
            Self::Refused(reason) => write!(f, "{reason}"),
            Self::Dropped => f.write_str("dropped"),
        }
    }
}

/// A call under way; reports its end, be it by being dropped.
pub(crate) struct Observation<'a> {
    operation: &'static Operation,
    on_call: Option<&'a OnCall>,
    has_ended: bool,
}

impl<'a> Observation<'a> {
    pub(crate) fn begin(operation: &'static Operation, on_call: Option<&'a OnCall>) -> Self {
        Self {
            operation,
            on_call,
            has_ended: false,
        }
    }

    pub(crate) fn end(&mut self, outcome: &Outcome, effort: Effort) {
        self.report(CallEnd::of(outcome), effort);
    }

    fn report(&mut self, end: CallEnd, effort: Effort) {
        self.has_ended = true;
        trace::ended(end, effort);
        if let Some(on_call) = self.on_call {
            on_call(&CallReport {
                operation: self.operation,
                end,
                effort,
            });
        }
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        // A second panic, of the program's own function, would end the process.
        if !self.has_ended && !std::thread::panicking() {
            self.report(CallEnd::Dropped, Effort::default());
        }
    }
}

/// What is heavy and alike for all calls; boxed so that the futures of callers stay small.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Spans and events. Nothing in them comes from a header, a body or a query.
#[cfg(feature = "tracing")]
pub(crate) mod trace {
    use std::time::Duration;

    use tokio::time::Instant;
    use tracing::field::{Empty, display};
    use tracing::level_filters::LevelFilter;
    use tracing::{Instrument, Level, Span, debug, enabled, info_span};

    use super::{BoxFuture, CallEnd, Effort, Operation, Outcome};

    /// A call in a span, where somebody listens. The span's fields `attempts`, `end`, `elapsed_ms` and `waited_ms` are
    /// set when it ends.
    pub(crate) fn call<'a, F: Future + Send + 'a>(
        operation: &'static Operation,
        future: F,
    ) -> BoxFuture<'a, F::Output> {
        let span = info_span!(
            "call",
            operation = operation.name,
            method = operation.method.as_str(),
            path = operation.path,
            attempts = Empty,
            end = Empty,
            elapsed_ms = Empty,
            waited_ms = Empty,
        );
        if span.is_disabled() {
            Box::pin(future)
        } else {
            Box::pin(future.instrument(span))
        }
    }

    /// For a future that runs on a task of its own.
    pub(crate) fn in_current_span<F: Future>(future: F) -> impl Future<Output = F::Output> {
        future.in_current_span()
    }

    pub(super) fn ended(end: CallEnd, effort: Effort) {
        if LevelFilter::current() < Level::INFO {
            return;
        }
        let span = Span::current();
        span.record("attempts", effort.attempts);
        span.record("end", display(end));
        span.record("elapsed_ms", milliseconds(effort.elapsed));
        span.record("waited_ms", milliseconds(effort.waited));
    }

    /// The present, while somebody listens.
    pub(crate) fn clock() -> Option<Instant> {
        enabled!(Level::DEBUG).then(Instant::now)
    }

    /// One attempt of the current call, begun at `set_out`, has ended.
    pub(crate) fn attempt(number: u32, outcome: &Outcome, set_out: Option<Instant>) {
        debug!(
            attempt = number,
            end = %CallEnd::of(outcome),
            elapsed_ms = set_out.map(|set_out| milliseconds(set_out.elapsed())),
            "attempt ended"
        );
    }

    /// The current call waits before it tries again.
    pub(crate) fn waits(delay: Duration, is_asked: bool) {
        debug!(
            wait_ms = milliseconds(delay),
            asked_by_server = is_asked,
            "waiting"
        );
    }

    /// A session was begun, or could not be.
    pub(crate) fn login(outcome: &'static str) {
        debug!(outcome, "log-in ended");
    }

    fn milliseconds(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Without the feature `tracing`.
#[cfg(not(feature = "tracing"))]
pub(crate) mod trace {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{BoxFuture, CallEnd, Effort, Operation, Outcome};

    pub(crate) fn call<'a, F: Future + Send + 'a>(
        _: &'static Operation,
        future: F,
    ) -> BoxFuture<'a, F::Output> {
        Box::pin(future)
    }

    pub(crate) fn in_current_span<F: Future>(future: F) -> F {
        future
    }

    pub(super) fn ended(_: CallEnd, _: Effort) {}

    pub(crate) fn clock() -> Option<Instant> {
        None
    }

    pub(crate) fn attempt(_: u32, _: &Outcome, _: Option<Instant>) {}

    pub(crate) fn waits(_: Duration, _: bool) {}

    pub(crate) fn login(_: &'static str) {}
}
