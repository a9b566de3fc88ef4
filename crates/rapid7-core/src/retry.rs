//! Whether a call is repeated, and after how long.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::{TransportError, TransportErrorKind};
use crate::operation::Effect;

/// One attempt and three more outlive what is usual: a restarting server, a failing-over gateway.
const MAX_ATTEMPTS: u32 = 4;

/// Short enough to go unnoticed after a broken connection.
const BASE_DELAY: Duration = Duration::from_millis(500);

/// With the attempts above never reached; it bounds policies with more of them.
const MAX_DELAY: Duration = Duration::from_secs(20);

/// How often and how soon a call that failed is repeated.
///
/// A delay is random between zero and a bound that begins at the base delay and doubles with each failure (full
/// jitter), so that clients that failed together do not return together. Where the server says how long to wait
/// (`Retry-After`, `RateLimit-Reset`), that is waited instead. All waits fit into the call's
/// [`timeout`](crate::ConnectionBuilder::timeout), or the call returns at once with the failure at hand.
///
/// # What is repeated
///
/// | failure | reads, idempotent operations | writes |
/// |---|---|---|
/// | no connection came about | yes | yes |
/// | certificate or TLS refused | no | no |
/// | connection broke, or silence until the read timeout | yes | no |
/// | what came is not the head of an HTTP answer | no | no |
/// | 429 | yes | yes |
/// | 503 with `Retry-After` | yes | yes |
/// | 408, 502, 503, 504 | yes | no |
/// | anything else | no | no |
///
/// An attempt that ended in 429 with a wait of a second or more is not counted against the attempts: the server
/// asks for it, and only time limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryPolicy {
    /// 4 attempts, base delay 500 milliseconds, at most 20 seconds.
    fn default() -> Self {
        Self {
            max_attempts: MAX_ATTEMPTS,
            base_delay: BASE_DELAY,
            max_delay: MAX_DELAY,
        }
    }
}

impl RetryPolicy {
    /// The default policy; see [`RetryPolicy::default`].
    pub fn new() -> Self {
        Self::default()
    }

    /// One attempt, whatever comes of it. A pause that other calls learned of is still waited for.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Most attempts, the first included. Default 4; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Bound of the first delay. Default 500 milliseconds.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Bound of every delay. Default 20 seconds. Waits that the server asks for may be longer.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// A random delay after so many failures, or none where there are to be no more attempts.
    pub(crate) fn delay_after(&self, failures: u32) -> Option<Duration> {
        if failures >= self.max_attempts {
            return None;
        }
        let doublings = failures.saturating_sub(1).min(31);
        let bound = self
            .base_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay);
        let delay = Duration::try_from_secs_f64(bound.as_secs_f64() * fastrand::f64());
        Some(delay.unwrap_or(bound))
    }
}

/// Whether doing the operation twice is the same as once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeatable {
    Always,
    /// Only after failures that leave no doubt that the request was not processed.
    WhenUnprocessed,
}

impl Repeatable {
    pub(crate) fn of(effect: Effect, replay_writes: bool) -> Self {
        match effect {
            Effect::Read | Effect::Idempotent => Self::Always,
            Effect::Write if replay_writes => Self::Always,
            Effect::Write => Self::WhenUnprocessed,
        }
    }

    /// Whether a failure of this status may be followed by another attempt.
    pub(crate) fn after_status(self, status: StatusCode, has_retry_after: bool) -> bool {
        match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE => self == Self::Always || has_retry_after,
            status => self == Self::Always && is_passing(status),
        }
    }

    /// Whether an attempt without a complete answer may be followed by another.
    pub(crate) fn after_break(self, error: &TransportError) -> bool {
        is_passing_break(error) && (self == Self::Always || error.is_unprocessed())
    }
}

/// Whether the same request may well succeed later.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Whether the way to the server may well be free later.
pub(crate) fn is_passing_break(error: &TransportError) -> bool {
    matches!(
        error.kind(),
        TransportErrorKind::Connect
            | TransportErrorKind::Timeout
            | TransportErrorKind::Send
            | TransportErrorKind::Read
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_within_doubling_bounds() {
        let policy = RetryPolicy::new()
            .max_attempts(8)
            .base_delay(Duration::from_millis(100))
            .max_delay(Duration::from_secs(1));
        for (failures, bound) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (7, 1000)] {
            let delays: Vec<Duration> = (0..200)
                .map(|_| policy.delay_after(failures).unwrap())
                .collect();
            let bound = Duration::from_millis(bound);
            assert!(delays.iter().all(|delay| *delay <= bound), "{failures}");
            // Over 200 draws, half of the range stays unvisited with odds of 2 to the -200.
            assert!(delays.iter().any(|delay| *delay < bound / 2));
            assert!(delays.iter().any(|delay| *delay > bound / 2));
        }
        assert_eq!(policy.delay_after(8), None);
        assert_eq!(policy.delay_after(u32::MAX), None);
        assert_eq!(RetryPolicy::never().delay_after(1), None);
        let endless = RetryPolicy::new()
            .max_attempts(u32::MAX)
            .base_delay(Duration::MAX);
        assert!(endless.delay_after(u32::MAX - 1).unwrap() <= MAX_DELAY);
        let endless = endless.max_delay(Duration::MAX);
        assert!((0..1000).all(|_| endless.delay_after(1).is_some()));
    }

    #[test]
    fn statuses_by_effect() {
        let read = Repeatable::of(Effect::Read, false);
        let write = Repeatable::of(Effect::Write, false);
        assert_eq!(Repeatable::of(Effect::Idempotent, false), read);
        assert_eq!(Repeatable::of(Effect::Write, true), read);
        for (status, has_retry_after, of_read, of_write) in [
            (408, true, true, false),
            (429, false, true, true),
            (500, true, false, false),
            (502, true, true, false),
            (503, false, true, false),
            (503, true, true, true),
            (504, false, true, false),
            (400, true, false, false),
            (401, false, false, false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let outcome = |kind: Repeatable| kind.after_status(status, has_retry_after);
            assert_eq!(
                (outcome(read), outcome(write)),
                (of_read, of_write),
                "{status}"
            );
        }
    }
}
