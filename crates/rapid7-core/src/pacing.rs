//! What one call learns of a server's limit, told to all calls of the connection.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Holds calls back while the server wants none, and lets them go in the order in which they came.
pub(crate) struct Pacing {
    born: Instant,
    /// Nanoseconds from `born` to the end of the pause; 0 for none yet.
    until: AtomicU64,
    /// Calls that wait, or are about to.
    waiting: AtomicUsize,
    /// Given out in the order of asking.
    queue: Mutex<()>,
}

/// The pause lasts longer than the call can wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong {
    pub(crate) left: Duration,
}

impl Pacing {
    pub(crate) fn new() -> Self {
        Self {
            born: Instant::now(),
            until: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            queue: Mutex::new(()),
        }
    }

    /// Holds all calls back for so long from now; a pause that ends later already stays.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = (self.born.elapsed().saturating_add(wait)).as_nanos();
        let until = u64::try_from(until).unwrap_or(u64::MAX);
        self.until.fetch_max(until, Ordering::AcqRel);
    }

    /// Whether there is something to wait for.
    pub(crate) fn is_on(&self) -> bool {
        self.waiting.load(Ordering::Acquire) != 0 || self.end().is_some()
    }

    /// Waits until the server wants requests; gives the time that took.
    pub(crate) async fn pass(&self, deadline: Instant) -> Result<Duration, TooLong> {
        if !self.is_on() {
            return Ok(Duration::ZERO);
        }
        let arrived = Instant::now();
        self.check(deadline)?;
        let _counted = Counted::new(&self.waiting);
        let in_front = timeout_at(deadline, self.queue.lock()).await;
        let Ok(_in_front) = in_front else {
            // Those in front have not come through in time, so the pause is not over.
            let left = self.end().map(|end| end - Instant::now());
            return Err(TooLong {
                left: left.unwrap_or_default(),
            });
        };
        // A pause may have been made longer while this call slept.
        while let Some(end) = self.end() {
            self.check(deadline)?;
            sleep_until(end).await;
        }
        Ok(arrived.elapsed())
    }

    fn check(&self, deadline: Instant) -> Result<(), TooLong> {
        match self.end() {
            Some(end) if end > deadline => Err(TooLong {
                left: end - Instant::now(),
            }),
            _ => Ok(()),
        }
    }

    /// The end of the pause, while there is one.
    fn end(&self) -> Option<Instant> {
        let until = self.until.load(Ordering::Acquire);
        if until == 0 {
            return None;
        }
        let end = self.born.checked_add(Duration::from_nanos(until))?;
        (end > Instant::now()).then_some(end)
    }
}

/// One that waits; counted until it is dropped, so that a cancelled call does not count for ever.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::AcqRel);
        Self(waiting)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    fn soon(number: u64) -> Instant {
        Instant::now() + milliseconds(number)
    }

    #[tokio::test]
    async fn all_wait_and_go_in_order() {
        let pacing = Arc::new(Pacing::new());
        assert_eq!(pacing.pass(soon(1000)).await, Ok(Duration::ZERO));
        pacing.pause(milliseconds(300));
        pacing.pause(milliseconds(100));
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let started = Instant::now();
        for number in 0..16 {
            let (pacing, sender) = (Arc::clone(&pacing), sender.clone());
            tokio::spawn(async move {
                pacing.pass(soon(60_000)).await.unwrap();
                sender.send(number).unwrap();
            });
            tokio::task::yield_now().await;
        }
        for expected in 0..16 {
            assert_eq!(order.recv().await, Some(expected));
        }
        assert!(
            started.elapsed() >= milliseconds(290),
            "{:?}",
            started.elapsed()
        );
        assert_eq!(pacing.pass(soon(1000)).await, Ok(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_pause_beyond_the_deadline_is_not_waited_for() {
        let pacing = Pacing::new();
        pacing.pause(milliseconds(30_000));
        let started = Instant::now();
        let TooLong { left } = pacing.pass(soon(20_000)).await.unwrap_err();
        assert!(started.elapsed() < milliseconds(5000));
        assert!(left > milliseconds(20_000), "{left:?}");
    }

    #[tokio::test]
    async fn one_that_gives_up_frees_its_place() {
        let pacing = Pacing::new();
        pacing.pause(milliseconds(300));
        let gives_up = tokio::time::timeout(milliseconds(50), pacing.pass(soon(60_000)));
        gives_up.await.unwrap_err();
        assert_eq!(pacing.waiting.load(Ordering::Acquire), 0);
        pacing.pass(soon(60_000)).await.unwrap();
    }
}
