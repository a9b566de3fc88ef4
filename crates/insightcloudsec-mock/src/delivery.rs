//! How an answer reaches the client, or fails to.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::content::Content;
use crate::counters::InFlight;
use crate::socket::{Closing, Line};

/// What happens to the bytes of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Delivery {
    pub(crate) delay: Option<Duration>,
    pub(crate) pace: Option<Pace>,
    pub(crate) ending: Ending,
}

/// So many bytes, then a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) bytes: usize,
    pub(crate) every: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ending {
    #[default]
    Complete,
    /// Not a byte is sent.
    Unsent(Closing),
    /// Nothing is sent, and the connection stays.
    Never,
    Cut(Cut, Closing),
}

/// Where in a body the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    After(u64),
    Half,
}

impl Cut {
    /// How many bytes go out of a body of that length, always less than it has. None: the body is empty.
    pub(crate) fn allowed(self, length: Option<u64>) -> Option<u64> {
        let last = match length {
            Some(length) => length.checked_sub(1)?,
            None => u64::MAX,
        };
        Some(match self {
            Self::After(bytes) => bytes.min(last),
            Self::Half => length.unwrap_or_default() / 2,
        })
    }
}

/// The connection ends here, by intent.
#[derive(Debug, thiserror::Error)]
#[error("the answer ends here, as scripted")]
pub(crate) struct Broken;

/// The last bytes before a reset are on their way for that long, or the reset would overtake them.
const SETTLE: Duration = Duration::from_millis(10);

/// A body on its way.
pub(crate) struct Outgoing {
    content: Content,
    /// Taken from the content, not sent yet.
    ready: Bytes,
    /// Bytes until the connection ends.
    cut: Option<(u64, Closing)>,
    pace: Option<Pace>,
    pause: Option<Pin<Box<Sleep>>>,
    is_settled: bool,
    line: Line,
    _in_flight: Option<InFlight>,
}

impl Outgoing {
    pub(crate) fn new(
        content: Content,
        pace: Option<Pace>,
        cut: Option<(u64, Closing)>,
        line: Line,
        in_flight: Option<InFlight>,
    ) -> Self {
        Self {
            content,
            ready: Bytes::new(),
            cut,
            pace,
            pause: None,
            is_settled: false,
            line,
            _in_flight: in_flight,
        }
    }

    /// Bytes of the body that are not sent yet, those past a cut included: they are announced all the same.
    fn left(&self) -> Option<u64> {
        let left = self.content.len()?;
        Some(left.saturating_add(self.ready.len() as u64))
    }

    fn take(&mut self) -> Option<Bytes> {
        if self.ready.is_empty() {
            self.ready = self.content.next()?;
        }
        let mut bytes = self.ready.len();
        if let Some(pace) = self.pace {
            bytes = bytes.min(pace.bytes.max(1));
        }
        if let Some((allowed, _)) = &mut self.cut {
            bytes = bytes.min(usize::try_from(*allowed).unwrap_or(usize::MAX));
            *allowed = allowed.saturating_sub(bytes as u64);
        }
        Some(self.ready.split_to(bytes))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = self.get_mut();
        loop {
            if let Some(pause) = &mut this.pause {
                ready!(pause.as_mut().poll(context));
                this.pause = None;
            }
            match this.cut {
                Some((0, closing)) if this.is_settled => {
                    this.line.end(closing);
                    return Poll::Ready(Some(Err(Broken)));
                }
                Some((0, _)) => {
                    this.is_settled = true;
                    this.pause = Some(Box::pin(sleep(SETTLE)));
                    continue;
                }
                _ => {}
            }
            let bytes = this.take();
            if let Some(pace) = this.pace
                && this.left() != Some(0)
            {
                this.pause = Some(Box::pin(sleep(pace.every)));
            }
            return Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left().map(SizeHint::with_exact).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leaves_something_out() {
        assert_eq!(Cut::After(5).allowed(Some(10)), Some(5));
        assert_eq!(Cut::After(10).allowed(Some(10)), Some(9));
        assert_eq!(Cut::After(5).allowed(None), Some(5));
        assert_eq!(Cut::Half.allowed(Some(1)), Some(0));
        assert_eq!(Cut::Half.allowed(Some(11)), Some(5));
        assert_eq!(Cut::Half.allowed(Some(0)), None);
    }
}
