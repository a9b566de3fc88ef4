//! The switches of a running mock: faults, limits, counters.

use crate::counters::Counters;
use crate::fault::{Faults, Plan};
use crate::limit::{Limiter, RateLimit};
use crate::mock::Mock;

/// Trouble for all requests, and what there was of it.
impl Mock {
    /// Lets things go wrong at random, but the same things for the same seed.
    ///
    /// Requests that have a scripted answer are spared, and do not count. Faults given earlier end.
    ///
    /// ```
    /// use insightcloudsec_mock::{Faults, Mock};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::builder().start_blocking()?;
    /// mock.faults(Faults::seeded(7).rate(0.15));
    /// // ... run the program; it should get along.
    /// println!("{} requests failed", mock.counters().faults);
    /// # Ok(())
    /// # }
    /// ```
    pub fn faults(&self, faults: Faults) {
        *self.shared().faults() = Some(Plan::new(faults));
    }

    /// Ends the random faults.
    pub fn clear_faults(&self) {
        *self.shared().faults() = None;
    }

    /// Refuses requests over a limit with 429. Other answers have the headers of the limit, too.
    ///
    /// All clients share the limit. Scripted answers and faults that happen before a request is processed do
    /// not count. A limit given earlier ends. The product's own limits are not known.
    ///
    /// ```
    /// use std::time::Duration;
    /// use insightcloudsec_mock::{Mock, RateLimit, RateLimitHeaders};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::builder().start_blocking()?;
    /// let limit = RateLimit::per(Duration::from_secs(1), 10);
    /// mock.rate_limit(limit.headers(RateLimitHeaders::XRateLimitEpoch));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rate_limit(&self, limit: RateLimit) {
        *self.shared().limiter() = Some(Limiter::new(limit));
    }

    /// Ends the rate limit.
    pub fn clear_rate_limit(&self) {
        *self.shared().limiter() = None;
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared().tally().lock().clone()
    }

    /// Counts from 0 again, but for what is open or in flight. What a client sent and gave up may still arrive.
    pub fn clear_counters(&self) {
        self.shared().tally().lock().clear();
    }
}
