//! Pages, as a stream.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::checkpoint::Checkpoint;
use super::engine::{Engine, Settings, Standing};
use super::error::{PageError, StopReason};
use super::items::Items;
use super::marks::PageShape;
use super::template::Template;
use crate::answer::Answer;
use crate::connection::Connection;
use crate::decode::Decode;
use crate::operation::{Operation, Paging};
use crate::request::Request;

/// How far the reading of a list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Pages read in this run.
    pub pages: u64,
    /// Items read, those before a checkpoint included.
    pub items: u64,
    /// Items in all, if the server says; it may change while the list is read.
    pub total: Option<u64>,
}

/// How a list ended that did not end in an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingEnd {
    /// All items were read.
    Complete,
    /// As many items were read as the program wanted; there are or may be more.
    Capped,
}

/// One page: an answer of the operation. Dereferences to it.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub(super) answer: Answer<T>,
    /// Where its first item is that was not read before.
    pub(super) begin: Checkpoint,
}

impl<T> Page<T> {
    /// The answer, given away.
    #[must_use]
    pub fn into_answer(self) -> Answer<T> {
        self.answer
    }

    /// Where it begins. Reading goes on after it from [`Pages::checkpoint`].
    #[must_use]
    pub fn begin(&self) -> &Checkpoint {
        &self.begin
    }
}

impl<T> Deref for Page<T> {
    type Target = Answer<T>;

    fn deref(&self) -> &Answer<T> {
        &self.answer
    }
}

/// The pages of a list: a [`Stream`], and with [`next`](Self::next) readable without one.
///
/// Nothing is sent before it is first read. While the program works on a page the next is fetched already. Dropping it
/// gives up what is under way; dropping the future of `next` loses nothing.
#[must_use = "nothing is fetched until it is read"]
pub struct Pages<T, I, E> {
    state: State<T, I, E>,
    operation: &'static Operation,
    standing: Option<Standing>,
}

type Reading<T, I, E> = Pin<
    Box<dyn Future<Output = (Box<Engine<T, I, E>>, Option<Result<Page<T>, PageError<E>>>)> + Send>,
>;

enum State<T, I, E> {
    Unread(Box<Unread<T, I, E>>),
    Resting(Box<Engine<T, I, E>>),
    Reading(Reading<T, I, E>),
    Over,
}

struct Unread<T, I, E> {
    connection: Connection,
    request: Request,
    decode: (Decode<T>, Decode<E>),
    shape: PageShape<T, I>,
    settings: Settings,
}

impl<T, I, E> Pages<T, I, E> {
    /// Pages of the operation that a request is for; called by generated code.
    pub fn new(
        connection: &Connection,
        request: Request,
        answer: Decode<T>,
        error: Decode<E>,
        shape: PageShape<T, I>,
    ) -> Self {
        Self {
            operation: request.operation(),
            state: State::Unread(Box::new(Unread {
                connection: connection.clone(),
                request,
                decode: (answer, error),
                shape,
                settings: Settings::default(),
            })),
            standing: None,
        }
    }

    /// Asks for so many items a page. Default: what the request says, or else the server's own choice. The server may
    /// give fewer.
    pub fn page_size(self, items: u64) -> Self {
        self.set(|settings| settings.page_size = Some(items))
    }

    /// Stops after so many items. Default: none. [`end`](Self::end) tells whether there were more.
    pub fn max_items(self, items: u64) -> Self {
        self.set(|settings| settings.max_items = Some(items))
    }

    /// Fetches so many pages at once, where positions can be told in advance: lists by offset or page number. Default 1,
    /// which is one ahead of the reader. Pages come in order all the same, each in memory until it is read.
    pub fn concurrency(self, pages: usize) -> Self {
        self.set(|settings| settings.concurrency = pages)
    }

    /// Goes on from a place that was saved. The request must be the same as then.
    pub fn start_at(self, checkpoint: Checkpoint) -> Self {
        self.set(|settings| settings.start = Some(checkpoint))
    }

    /// The items of the pages, one by one.
    pub fn into_items(self) -> Items<T, I, E> {
        Items::new(self)
    }

    /// How far reading has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let standing = self.standing.as_ref();
        standing
            .map(|standing| standing.progress)
            .unwrap_or_default()
    }

    /// Where reading goes on after the pages that were given out; `None` before the first.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.standing.as_ref().map(|standing| &standing.next)
    }

    /// How the list ended; `None` while it has not, and after an error.
    #[must_use]
    pub fn end(&self) -> Option<PagingEnd> {
        self.standing.as_ref()?.end
    }

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        if let State::Unread(unread) = &mut self.state {
            set(&mut unread.settings);
        }
        self
    }

    /// An error of the reader's own, at the place where reading is.
    pub(super) fn stopped(&self, reason: StopReason) -> PageError<E> {
        match self.checkpoint() {
            Some(checkpoint) => PageError::Stopped {
                operation: self.operation,
                reason,
                checkpoint: Box::new(checkpoint.clone()),
            },
            None => PageError::Unusable {
                operation: self.operation,
                message: reason.to_string().into(),
            },
        }
    }

    pub(super) fn max(&self) -> Option<u64> {
        match &self.state {
            State::Unread(unread) => unread.settings.max_items,
            _ => None,
        }
    }

    pub(super) fn shape(&self) -> Option<(PageShape<T, I>, Paging)> {
        match &self.state {
            State::Unread(unread) => Some((unread.shape, self.operation.paging?)),
            _ => None,
        }
    }
}

impl<T: Send + 'static, I: 'static, E: Send + 'static> Pages<T, I, E> {
    /// The next page, or `None` after the last.
    ///
    /// # Errors
    ///
    /// [`PageError`], and nothing after it.
    pub async fn next(&mut self) -> Option<Result<Page<T>, PageError<E>>> {
        std::future::poll_fn(|context| self.poll_page(context)).await
    }

    pub(super) fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Page<T>, PageError<E>>>> {
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Unread(unread) => match unread.begin() {
                    Ok(engine) => State::Resting(Box::new(engine)),
                    Err(message) => {
                        return Poll::Ready(Some(Err(PageError::Unusable {
                            operation: self.operation,
                            message: message.into(),
                        })));
                    }
                },
                State::Resting(mut engine) => State::Reading(Box::pin(async move {
                    let page = engine.next().await;
                    (engine, page)
                })),
                State::Reading(mut reading) => {
                    let Poll::Ready((engine, page)) = reading.as_mut().poll(context) else {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    self.standing = Some(engine.standing.clone());
                    if matches!(page, Some(Ok(_))) {
                        self.state = State::Resting(engine);
                    }
                    return Poll::Ready(page);
                }
            };
        }
    }
}

impl<T: Send + 'static, I, E: Send + 'static> Unread<T, I, E> {
    fn begin(self) -> Result<Engine<T, I, E>, String> {
        let template = Template::new(self.request)?;
        Engine::new(
            self.connection,
            template,
            self.decode,
            self.shape,
            self.settings,
        )
    }
}

impl<T: Send + 'static, I: 'static, E: Send + 'static> Stream for Pages<T, I, E> {
    type Item = Result<Page<T>, PageError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.poll_page(context));
        Poll::Ready(page)
    }
}

// Nothing in it is pinned.
impl<T, I, E> Unpin for Pages<T, I, E> {}

impl<T, I, E> fmt::Debug for Pages<T, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation.name)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
