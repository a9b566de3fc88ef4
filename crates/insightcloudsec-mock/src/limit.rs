//! Rate limits, kept or only claimed.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::reply::Reply;

/// The last second that an HTTP date can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// So many requests in a window of time, and the headers that say so.
///
/// [`Mock::rate_limit`](crate::Mock::rate_limit) holds clients to it, [`Reply::rate_limited`] is an answer that
/// only claims that one was exceeded. A window begins with the first request after the one before has ended.
///
/// ```
/// use std::time::Duration;
/// use insightcloudsec_mock::{RateLimit, RateLimitHeaders};
///
/// let limit = RateLimit::per(Duration::from_secs(1), 10)
///     .headers(RateLimitHeaders::RetryAfter)
///     .headers(RateLimitHeaders::RateLimit);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    window: Duration,
    requests: u32,
    headers: Vec<RateLimitHeaders>,
}

/// A family of headers that tell of a rate limit. Seconds are rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateLimitHeaders {
    /// `Retry-After` in seconds, on refusals only.
    RetryAfter,
    /// `Retry-After` as an HTTP date, on refusals only.
    RetryAfterDate,
    /// `RateLimit-Limit`, `RateLimit-Remaining`, and `RateLimit-Reset` in seconds from now.
    RateLimit,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining`, and `X-RateLimit-Reset` in seconds from now.
    XRateLimit,
    /// As [`XRateLimit`](Self::XRateLimit), with `X-RateLimit-Reset` in seconds since 1970.
    XRateLimitEpoch,
}

impl RateLimit {
    /// That many requests in a window of that length, without headers.
    #[must_use]
    pub fn per(window: Duration, requests: u32) -> Self {
        Self {
            window,
            requests,
            headers: Vec::new(),
        }
    }

    /// Adds a family of headers.
    #[must_use]
    pub fn headers(mut self, family: RateLimitHeaders) -> Self {
        self.headers.push(family);
        self
    }

    /// Where a client stands that has used up the limit just now.
    pub(crate) fn exceeded(self) -> Standing {
        Standing {
            reset: self.window,
            remaining: 0,
            limit: self,
        }
    }
}

/// How much of a limit is left, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: RateLimit,
    pub(crate) remaining: u32,
    pub(crate) reset: Duration,
}

impl Standing {
    /// Names and values, at the time of sending.
    pub(crate) fn headers(&self, is_refusal: bool, now: SystemTime) -> Vec<(String, String)> {
        let wait = rounded_up(self.reset);
        let epoch = epoch_after(now, self.reset);
        let mut headers = Vec::new();
        for family in &self.limit.headers {
            let (prefix, reset) = match family {
                RateLimitHeaders::RetryAfter | RateLimitHeaders::RetryAfterDate if !is_refusal => {
                    continue;
                }
                RateLimitHeaders::RetryAfter => {
                    headers.push(("retry-after".to_owned(), wait.to_string()));
                    continue;
                }
                RateLimitHeaders::RetryAfterDate => {
                    headers.push(("retry-after".to_owned(), http_date(now, self.reset)));
                    continue;
                }
                RateLimitHeaders::RateLimit => ("ratelimit", wait),
                RateLimitHeaders::XRateLimit => ("x-ratelimit", wait),
                RateLimitHeaders::XRateLimitEpoch => ("x-ratelimit", epoch),
            };
            let values = [
                ("limit", u64::from(self.limit.requests)),
                ("remaining", u64::from(self.remaining)),
                ("reset", reset),
            ];
            headers.extend(
                values.map(|(name, value)| (format!("{prefix}-{name}"), value.to_string())),
            );
        }
        headers
    }
}

/// Whole seconds, not less than the duration.
pub(crate) fn rounded_up(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// Seconds from 1970 to the end of a wait.
fn epoch_after(now: SystemTime, wait: Duration) -> u64 {
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    rounded_up(since_epoch.saturating_add(wait)).min(LAST_SECOND)
}

/// The end of a wait as an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(now: SystemTime, wait: Duration) -> String {
    let end = Duration::from_secs(epoch_after(now, wait));
    httpdate::fmt_http_date(UNIX_EPOCH + end)
}

/// A rate limit that is kept.
pub(crate) struct Limiter {
    limit: RateLimit,
    began: Option<Instant>,
    served: u32,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            began: None,
            served: 0,
        }
    }

    /// Counts a request: where its client stands, and the refusal if the limit was used up.
    pub(crate) fn admit(&mut self, now: Instant) -> (Standing, Option<Reply>) {
        let age = self.began.map(|began| now.saturating_duration_since(began));
        let age = age
            .filter(|age| *age < self.limit.window)
            .unwrap_or_else(|| {
                self.began = Some(now);
                self.served = 0;
                Duration::ZERO
            });
        let is_refused = self.served >= self.limit.requests;
        self.served = self.served.saturating_add(u32::from(!is_refused));
        let standing = Standing {
            limit: self.limit.clone(),
            remaining: self.limit.requests.saturating_sub(self.served),
            reset: self.limit.window.saturating_sub(age),
        };
        (standing, is_refused.then(too_many))
    }
}

/// The body is an assumption; the product's is not known.
pub(crate) fn too_many() -> Reply {
    Reply::error(429, "TooManyRequests", "too many requests; try again later")
}

#[cfg(test)]
mod tests {
    use super::RateLimitHeaders as Family;
    use super::*;

    fn limit() -> RateLimit {
        RateLimit::per(Duration::from_millis(1500), 2)
    }

    #[test]
    fn windows_refill() {
        let mut limiter = Limiter::new(limit());
        let start = Instant::now();
        let mut at = |millis| {
            let (standing, refusal) = limiter.admit(start + Duration::from_millis(millis));
            (
                standing.remaining,
                refusal.is_some(),
                standing.reset.as_millis(),
            )
        };
        assert_eq!(at(0), (1, false, 1500));
        assert_eq!(at(100), (0, false, 1400));
        assert_eq!(at(1400), (0, true, 100));
        assert_eq!(at(1500), (1, false, 1500), "a window ends with its length");
        assert_eq!(at(9000), (1, false, 1500));
    }

    #[test]
    fn headers_come_in_families() {
        let now = UNIX_EPOCH + Duration::from_millis(784_111_776_500);
        let shown = |family, is_refusal| {
            let headers = limit().headers(family).exceeded().headers(is_refusal, now);
            let lines = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}"));
            lines.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(shown(Family::RetryAfter, true), "retry-after: 2");
        assert_eq!(shown(Family::RetryAfter, false), "");
        assert_eq!(
            shown(Family::RetryAfterDate, true),
            "retry-after: Sun, 06 Nov 1994 08:49:38 GMT"
        );
        assert_eq!(
            shown(Family::RateLimit, false),
            "ratelimit-limit: 2; ratelimit-remaining: 0; ratelimit-reset: 2"
        );
        let forever = RateLimit::per(Duration::MAX, 1).headers(Family::RetryAfterDate);
        assert!(forever.exceeded().headers(true, now)[0].1.contains("9999"));
        assert!(shown(Family::XRateLimit, true).ends_with("x-ratelimit-reset: 2"));
        assert!(shown(Family::XRateLimitEpoch, true).ends_with("x-ratelimit-reset: 784111778"));
    }
}
