//! What a single call may be allowed besides what its connection allows.

use std::time::Duration;

use crate::decode::Limits;
use crate::retry::RetryPolicy;

/// Full lists are many megabytes; a server that trickles must still not hold a nightly job for ever.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Stands for no time limit.
pub(crate) const NO_LIMIT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Above the largest lists, below what would exhaust a small machine.
pub(crate) const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// Settings that differ from the connection's for some calls; see
/// [`Connection::with_options`](crate::Connection::with_options).
///
/// ```
/// use std::time::Duration;
/// use rapid7_core::{CallOptions, RetryPolicy};
///
/// // An interactive program would rather fail than wait.
/// let options = CallOptions::new()
///     .timeout(Duration::from_secs(5))
///     .retries(RetryPolicy::never());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Option<RetryPolicy>,
    pub(crate) max_answer_bytes: Option<u64>,
    pub(crate) max_decoded_bytes: Option<u64>,
    pub(crate) replay_writes: Option<bool>,
}

impl CallOptions {
    /// No differences.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`ConnectionBuilder::timeout`](crate::ConnectionBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// As [`ConnectionBuilder::retries`](crate::ConnectionBuilder::retries).
    pub fn retries(mut self, policy: RetryPolicy) -> Self {
        self.retries = Some(policy);
        self
    }

    /// As [`ConnectionBuilder::max_answer_bytes`](crate::ConnectionBuilder::max_answer_bytes).
    pub fn max_answer_bytes(mut self, max: u64) -> Self {
        self.max_answer_bytes = Some(max);
        self
    }

    /// As [`ConnectionBuilder::max_decoded_bytes`](crate::ConnectionBuilder::max_decoded_bytes).
    pub fn max_decoded_bytes(mut self, max: u64) -> Self {
        self.max_decoded_bytes = Some(max);
        self
    }

    /// Whether writes are repeated as reads are, where doing one twice does no harm. Default no.
    pub fn replay_writes(mut self, replay: bool) -> Self {
        self.replay_writes = Some(replay);
        self
    }

    /// The time limit, as one that can be added to the present.
    pub(crate) fn timeout_or_default(self) -> Duration {
        self.timeout.unwrap_or(TIMEOUT).min(NO_LIMIT)
    }

    pub(crate) fn decoded_bytes_or_default(self) -> u64 {
        self.max_decoded_bytes.unwrap_or(Limits::default().memory)
    }

    /// These, and for what they leave open, the given ones.
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            timeout: self.timeout.or(others.timeout),
            retries: self.retries.or(others.retries),
            max_answer_bytes: self.max_answer_bytes.or(others.max_answer_bytes),
            max_decoded_bytes: self.max_decoded_bytes.or(others.max_decoded_bytes),
            replay_writes: self.replay_writes.or(others.replay_writes),
        }
    }
}
