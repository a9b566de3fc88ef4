//! How long an exchange may take, and how long the server may be silent in it.
//!
//! The HTTP client has such limits too, with a timer for each of them and for each read; one timer does for all, and what a
//! call costs is mostly in what it touches.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// The limits of one exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit {
    pub(crate) deadline: Instant,
    /// Longest wait for the next thing to come; none for no limit.
    pub(crate) silence: Option<Duration>,
}

impl TimeLimit {
    /// When a wait that began then has to end.
    fn end(self, began: Instant) -> Instant {
        let silence = self.silence.map(|silence| began + silence);
        silence.map_or(self.deadline, |end| end.min(self.deadline))
    }

    /// To be pinned, and handed to [`Watch::new`].
    pub(crate) fn timer(self) -> Sleep {
        sleep_until(self.end(Instant::now()))
    }
}

/// Time ran out.
#[derive(Debug)]
pub(crate) struct TimedOut;

/// Keeps the waits of one exchange within its limits. Borrows what it can, being part of the future of every call.
pub(crate) struct Watch<'a> {
    limit: &'a TimeLimit,
    /// Never later than the end of the present wait: it is set anew when it fires too early, which few answers take long enough for.
    timer: Pin<&'a mut Sleep>,
    /// Since when the present wait is one; none while everything comes at once.
    since: Option<Instant>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(limit: &'a TimeLimit, timer: Pin<&'a mut Sleep>) -> Self {
        Self {
            limit,
            timer,
            since: None,
        }
    }

    /// Waits for something to come.
    pub(crate) fn wait<F: Future + Unpin>(
        &mut self,
        mut future: F,
    ) -> impl Future<Output = Result<F::Output, TimedOut>> {
        self.since = None;
        poll_fn(move |context| match Pin::new(&mut future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll_end(context).map(|()| Err(TimedOut)),
        })
    }

    /// Ready when the present wait has lasted too long.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = self.limit.end(*self.since.get_or_insert_with(Instant::now));
        loop {
            ready!(self.timer.as_mut().poll(context));
            if end <= self.timer.deadline() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How long it takes until waits of so many milliseconds, one after the other, are cut short; none when they are not.
    async fn cut(limit: TimeLimit, waits: &[u64]) -> Option<u128> {
        let began = Instant::now();
        let timer = pin!(limit.timer());
        let mut watch = Watch::new(&limit, timer);
        for wait in waits {
            let sleep = pin!(sleep(Duration::from_millis(*wait)));
            let slept = watch.wait(sleep).await;
            if slept.is_err() {
                return Some(began.elapsed().as_millis());
            }
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn silence_and_the_whole_are_limited() {
        let limit = |deadline, silence| TimeLimit {
            deadline: Instant::now() + deadline * SECOND,
            silence,
        };
        let second = Some(SECOND);
        assert_eq!(cut(limit(3, second), &[900, 900, 900]).await, None);
        assert_eq!(
            cut(limit(3, second), &[900, 900, 900, 900]).await,
            Some(3000)
        );
        assert_eq!(cut(limit(9, second), &[900, 900, 1100]).await, Some(2800));
        assert_eq!(cut(limit(9, second), &[1100]).await, Some(1000));
        assert_eq!(cut(limit(2, None), &[1900]).await, None);
        assert_eq!(cut(limit(2, None), &[1900, 200]).await, Some(2000));
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_at_once_is_taken_after_the_end() {
        let limit = TimeLimit {
            deadline: Instant::now(),
            silence: None,
        };
        let timer = pin!(limit.timer());
        let mut watch = Watch::new(&limit, timer);
        sleep(SECOND).await;
        assert_eq!(watch.wait(ready(5)).await.ok(), Some(5));
        assert!(watch.wait(pending::<()>()).await.is_err());
    }
}
