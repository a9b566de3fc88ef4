//! What a call has cost so far.

use std::time::Duration;

/// What a call cost: requests sent, time spent, and how much of that was spent waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) waited: Duration,
}

impl Effort {
    /// How often the request was sent; 0 where it was not. Log-ins are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// From the first attempt's beginning to the end of the last one, waits and log-ins included.
    ///
    /// The time before a call had its place among
    /// [`max_concurrency`](crate::ConnectionBuilder::max_concurrency) others is not part of it.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The part of [`elapsed`](Self::elapsed) that was spent waiting before attempts: for a server's limit to pass,
    /// or for a failing server to recover.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }
}
