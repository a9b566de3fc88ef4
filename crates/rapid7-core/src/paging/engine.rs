//! Fetches pages ahead of the reader, in order.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::checkpoint::{Checkpoint, Position};
use super::error::{PageError, StopReason};
use super::guard::{After, Guard};
use super::marks::PageShape;
use super::pages::{Page, PagingEnd, Progress};
use super::template::Template;
use crate::answer::Answer;
use crate::connection::Connection;
use crate::decode::Decode;
use crate::error::Error;
use crate::line::cut;
use crate::observe::trace;
use crate::received::Received;
use crate::request::Request;

/// A page as bytes: it is decoded when its turn comes. Until then it takes less memory, and pages that arrive together
/// do not hold up the requests of those that follow.
type Fetched<E> = Result<Answer<Received>, Error<E>>;

/// How a list is to be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) page_size: Option<u64>,
    pub(super) max_items: Option<u64>,
    /// Pages fetched at once, for styles where positions can be told in advance.
    pub(super) concurrency: usize,
    pub(super) start: Option<Checkpoint>,
}

/// What is known of a list so far.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) progress: Progress,
    /// Where the next item is.
    pub(super) next: Checkpoint,
    pub(super) end: Option<PagingEnd>,
}

pub(super) struct Engine<T, I, E> {
    connection: Connection,
    template: Template,
    decode: (Decode<T>, Decode<E>),
    shape: PageShape<T, I>,
    settings: Settings,
    guard: Guard,
    ahead: VecDeque<(Position, Fetch<E>)>,
    /// Rows that a page really has, by the first one.
    stride: Option<u64>,
    /// Items that were read before this run.
    begun_at: u64,
    pub(super) standing: Standing,
    /// Told after what came before it was given out.
    stop: Option<StopReason>,
    is_over: bool,
}

impl<T: Send + 'static, I, E: Send + 'static> Engine<T, I, E> {
    /// An engine that begins where the settings or else the request say.
    pub(super) fn new(
        connection: Connection,
        mut template: Template,
        decode: (Decode<T>, Decode<E>),
        shape: PageShape<T, I>,
        settings: Settings,
    ) -> Result<Self, String> {
        let operation = template.operation();
        if let Some(rows) = settings.page_size {
            template.set_page_size(rows)?;
        }
        let begin = match &settings.start {
            Some(saved) if !saved.is_of(operation) => {
                // From a file, that may hold anything.
                let other = cut(100, |line| line.write_str(&saved.operation));
                return Err(format!("the checkpoint is of {other}"));
            }
            Some(saved) if !saved.is_alike(&template.start()) => {
                return Err("the checkpoint is of another style of paging".to_owned());
            }
            Some(saved) => saved.clone().settled(template.page_size())?,
            None => Checkpoint::new(operation, template.start(), template.page_size()),
        };
        Ok(Self {
            connection,
            template,
            decode,
            shape,
            settings,
            guard: Guard::new(begin.total),
            ahead: VecDeque::new(),
            stride: None,
            begun_at: begin.items,
            standing: Standing::at(begin),
            stop: None,
            is_over: false,
        })
    }

    /// The next page with something on it, or nothing after the last. The first is given out empty too.
    pub(super) async fn next(&mut self) -> Option<Result<Page<T>, PageError<E>>> {
        loop {
            if let Some(reason) = self.stop.take() {
                return Some(Err(self.stopped(reason)));
            }
            if self.is_over {
                return None;
            }
            let position = self.standing.next.position.clone();
            self.fetch_ahead(&position);
            let Some((_, fetch)) = self.ahead.pop_front() else {
                self.stop = Some(StopReason::MorePages { pages: None });
                continue;
            };
            let Some(fetched) = fetch.await else {
                // The runtime of the other fetches is gone, too.
                self.ahead.clear();
                continue;
            };
            match fetched.and_then(|fetched| self.decode(fetched)) {
                Ok(answer) => {
                    if let Some(page) = self.take(&position, answer) {
                        if !self.ahead.is_empty() {
                            // So that the next page is asked for before a caller that keeps its thread has this one.
                            tokio::task::yield_now().await;
                        }
                        return Some(Ok(page));
                    }
                }
                Err(error) => {
                    self.finish(None);
                    return Some(Err(PageError::Call {
                        error: Box::new(error),
                        checkpoint: Box::new(self.standing.next.clone()),
                    }));
                }
            }
        }
    }

    /// Takes a page in and sets out for what follows it. Gives nothing where there is nothing on the page, or nothing
    /// new.
    fn take(&mut self, at: &Position, answer: Answer<T>) -> Option<Page<T>> {
        let mut marks = (self.shape.marks)(answer.value(), self.template.paging());
        let rows = marks.rows as u64;
        // Fewer in all than on this page counts something else.
        marks.total = marks.total.filter(|total| *total >= rows);
        let mut begin = self.standing.next.clone();
        begin.note_total(marks.total);
        // A page that has shrunk since the checkpoint has nothing left to skip.
        let before = begin.items - begin.skip.min(begin.items);
        let items = before.saturating_add(rows);
        let counted = (!begin.is_partial).then_some(items);
        let after = self.guard.after(at, &marks, counted);
        let is_first = self.stride.is_none();
        self.stride.get_or_insert(rows);
        let is_repeated = matches!(after, After::Again(_));
        let end = Checkpoint {
            skip: rows,
            items,
            ..begin.clone()
        };
        if !is_repeated {
            self.standing.advance(end);
        }
        self.follow(after, items);
        let is_new = rows > begin.skip && !is_repeated;
        (is_new || is_first).then_some(Page { answer, begin })
    }

    fn follow(&mut self, after: After, items: u64) {
        let read = items.saturating_sub(self.begun_at);
        let max = self.settings.max_items.unwrap_or(u64::MAX);
        match after {
            After::Stop(reason) | After::Again(reason) => self.stop = Some(reason),
            After::Complete if let Some(expected) = self.standing.next.shrunk_from => {
                self.stop = Some(StopReason::Shrunk {
                    expected,
                    got: items,
                });
            }
            After::Complete if read <= max => self.finish(Some(PagingEnd::Complete)),
            After::Complete => self.finish(Some(PagingEnd::Capped)),
            After::More(position) => {
                self.standing.next.position = position;
                self.standing.next.skip = 0;
                if read >= max {
                    self.finish(Some(PagingEnd::Capped));
                } else {
                    let position = self.standing.next.position.clone();
                    self.fetch_ahead(&position);
                }
            }
        }
    }

    /// Has the page at a position under way, and as many after it as are wanted and can be told.
    fn fetch_ahead(&mut self, position: &Position) {
        if self
            .ahead
            .front()
            .is_some_and(|(first, _)| first != position)
        {
            // The server made a page of another size than the first.
            self.ahead.clear();
        }
        let wanted = match self.stride {
            // Until the first page is here, nobody knows how long they are.
            None => 1,
            Some(_) => self.settings.concurrency.max(1),
        };
        let mut next = match self.ahead.back() {
            None => Some(position.clone()),
            Some((last, _)) => self.after(last),
        };
        while self.ahead.len() < wanted
            && let Some(position) = next
            && let Some(request) = self.template.at(&position)
        {
            next = self.after(&position);
            let fetch = self.fetch(request);
            self.ahead.push_back((position, fetch));
        }
    }

    /// The position after one that is under way, if it can be told and there is likely to be a page.
    fn after(&self, position: &Position) -> Option<Position> {
        let stride = self.stride.filter(|rows| *rows > 0)?;
        let under_way = self.ahead.len() as u64 + 1;
        let coming = under_way.saturating_mul(stride);
        let items = self.standing.progress.items.saturating_add(coming);
        let max = self.settings.max_items.unwrap_or(u64::MAX);
        let total = self.standing.progress.total.unwrap_or(u64::MAX);
        let is_whole = !self.standing.next.is_partial;
        if (is_whole && items >= total) || items.saturating_sub(self.begun_at) >= max {
            return None;
        }
        match position {
            Position::Offset(rows) => Some(Position::Offset(rows.saturating_add(stride))),
            Position::Page(number) => Some(Position::Page(number.saturating_add(1))),
            Position::Cursor(_) | Position::Only => None,
        }
    }

    fn decode(&self, fetched: Answer<Received>) -> Result<Answer<T>, Error<E>> {
        let (answer, error) = self.decode;
        let operation = self.template.operation();
        self.connection
            .classify(operation, fetched.into_inner(), answer, error)
    }

    fn fetch(&self, request: Request) -> Fetch<E> {
        let connection = self.connection.clone();
        let (_, error) = self.decode;
        let keep: Decode<Received> = |received| Ok(received.clone());
        let call = async move { connection.call(request, keep, error).await };
        match Handle::try_current() {
            Ok(runtime) => Fetch::Task(runtime.spawn(trace::in_current_span(call))),
            // Without a runtime nothing goes on by itself; the HTTP client says what it thinks of that.
            Err(_) => Fetch::Inline(Box::pin(call)),
        }
    }

    fn stopped(&mut self, reason: StopReason) -> PageError<E> {
        self.finish(None);
        PageError::Stopped {
            operation: self.template.operation(),
            reason,
            checkpoint: Box::new(self.standing.next.clone()),
        }
    }

    fn finish(&mut self, end: Option<PagingEnd>) {
        self.ahead.clear();
        self.standing.end = end;
        self.is_over = true;
    }
}

impl Standing {
    pub(super) fn at(begin: Checkpoint) -> Self {
        Self {
            progress: Progress {
                pages: 0,
                items: begin.items,
                total: begin.total,
            },
            next: begin,
            end: None,
        }
    }

    fn advance(&mut self, end: Checkpoint) {
        self.progress = Progress {
            pages: self.progress.pages + 1,
            items: end.items,
            total: end.total,
        };
        self.next = end;
    }
}

/// A page under way; given up when dropped. Nothing comes of it where its runtime is shut down.
enum Fetch<E> {
    Task(JoinHandle<Fetched<E>>),
    Inline(Pin<Box<dyn Future<Output = Fetched<E>> + Send>>),
}

impl<E> Future for Fetch<E> {
    type Output = Option<Fetched<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Inline(call) => call.as_mut().poll(context).map(Some),
            Self::Task(task) => match Pin::new(task).poll(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok(fetched)) => Poll::Ready(Some(fetched)),
                Poll::Ready(Err(error)) => match error.try_into_panic() {
                    // In the program's own `on_call`.
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // Nobody else aborts the task: its runtime was shut down, and the reader is on another.
                    Err(_) => Poll::Ready(None),
                },
            },
        }
    }
}

impl<E> Drop for Fetch<E> {
    fn drop(&mut self) {
        if let Self::Task(task) = self {
            task.abort();
        }
    }
}
