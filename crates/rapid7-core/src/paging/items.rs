//! Items of all pages, as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec::IntoIter;

use futures_core::Stream;

use super::checkpoint::Checkpoint;
use super::error::{PageError, StopReason};
use super::marks::PageShape;
use super::pages::{Pages, PagingEnd, Progress};
use crate::operation::Paging;

/// The items of a list: a [`Stream`], and with [`next`](Self::next) readable without one.
///
/// Nothing is sent before it is first read. While the program works on the items of a page the next is fetched already.
/// Dropping it gives up what is under way; dropping the future of `next` loses nothing.
#[must_use = "nothing is fetched until it is read"]
pub struct Items<T, I, E> {
    pages: Pages<T, I, E>,
    shape: Option<(PageShape<T, I>, Paging)>,
    rows: IntoIter<I>,
    /// Where the next of `rows` is, while there is one.
    at: Option<Checkpoint>,
    max: Option<u64>,
    given: u64,
    is_capped: bool,
}

impl<T, I, E> Items<T, I, E> {
    pub(super) fn new(pages: Pages<T, I, E>) -> Self {
        Self {
            shape: pages.shape(),
            max: pages.max(),
            pages,
            rows: Vec::new().into_iter(),
            at: None,
            given: 0,
            is_capped: false,
        }
    }

    /// Asks for so many items a page. Default: what the request says, or else the server's own choice. The server may
    /// give fewer.
    pub fn page_size(self, items: u64) -> Self {
        self.map(|pages| pages.page_size(items))
    }

    /// Stops after so many items. Default: none. [`end`](Self::end) tells whether there were more.
    pub fn max_items(mut self, items: u64) -> Self {
        self.max = Some(items);
        self.map(|pages| pages.max_items(items))
    }

    /// Fetches so many pages at once, where positions can be told in advance: lists by offset or page number. Default 1,
    /// which is one ahead of the reader. Items come in order all the same, each page in memory until it is read.
    pub fn concurrency(self, pages: usize) -> Self {
        self.map(|all| all.concurrency(pages))
    }

    /// Goes on from a place that was saved. The request must be the same as then.
    pub fn start_at(self, checkpoint: Checkpoint) -> Self {
        self.map(|pages| pages.start_at(checkpoint))
    }

    /// How far reading has come: items given out, those before a checkpoint included.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut progress = self.pages.progress();
        if let Some(at) = &self.at {
            progress.items = at.items;
        }
        progress
    }

    /// Where reading goes on after the items that were given out; `None` before the first page is there.
    ///
    /// Cheap enough to be asked for after each item, and worth saving after some hundred.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.at.as_ref().or_else(|| self.pages.checkpoint())
    }

    /// How the list ended; `None` while it has not, and after an error.
    #[must_use]
    pub fn end(&self) -> Option<PagingEnd> {
        if self.is_capped {
            return Some(PagingEnd::Capped);
        }
        self.pages.end().filter(|_| self.rows.as_slice().is_empty())
    }

    fn map(mut self, set: impl FnOnce(Pages<T, I, E>) -> Pages<T, I, E>) -> Self {
        self.pages = set(self.pages);
        self
    }

    /// The next item of the page at hand.
    fn take_row(&mut self) -> Option<I> {
        let row = self.rows.next()?;
        self.given += 1;
        if let Some(at) = &mut self.at {
            at.skip = at.skip.saturating_add(1);
            at.items = at.items.saturating_add(1);
        }
        if self.rows.as_slice().is_empty() {
            // The place after a whole page is the beginning of the next.
            self.at = None;
        }
        Some(row)
    }
}

impl<T: Send + 'static, I: 'static, E: Send + 'static> Items<T, I, E> {
    /// The next item, or `None` after the last.
    ///
    /// # Errors
    ///
    /// [`PageError`], and nothing after it.
    pub async fn next(&mut self) -> Option<Result<I, PageError<E>>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// All items, at most so many.
    ///
    /// # Errors
    ///
    /// [`PageError`]; with [`StopReason::TooMany`] where there are more.
    pub async fn all(mut self, limit: usize) -> Result<Vec<I>, PageError<E>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            let item = item?;
            if items.len() == limit {
                return Err(self.pages.stopped(StopReason::TooMany { limit }));
            }
            items.push(item);
        }
        Ok(items)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<I, PageError<E>>>> {
        loop {
            if self.max.is_some_and(|max| self.given >= max) {
                return Poll::Ready(self.cap());
            }
            if let Some(row) = self.take_row() {
                return Poll::Ready(Some(Ok(row)));
            }
            // The memory of a page that was read is free for the next.
            self.rows = Vec::new().into_iter();
            let page = match ready!(self.pages.poll_page(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => page,
            };
            let Some((shape, paging)) = self.shape else {
                return Poll::Ready(None);
            };
            let skip = usize::try_from(page.begin.skip).unwrap_or(usize::MAX);
            let rows = (shape.rows)(page.answer.into_inner(), &paging);
            self.rows = rows.into_iter();
            if skip > 0 {
                self.rows.nth(skip - 1);
            }
            let is_empty = self.rows.as_slice().is_empty();
            self.at = (!is_empty).then_some(page.begin);
        }
    }

    /// Ends after as many items as were wanted.
    fn cap(&mut self) -> Option<Result<I, PageError<E>>> {
        let is_complete = self.pages.end() == Some(PagingEnd::Complete);
        self.is_capped = !(is_complete && self.rows.as_slice().is_empty());
        None
    }
}

impl<T: Send + 'static, I: 'static, E: Send + 'static> Stream for Items<T, I, E> {
    type Item = Result<I, PageError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

// Nothing in it is pinned.
impl<T, I, E> Unpin for Items<T, I, E> {}

impl<T, I, E> fmt::Debug for Items<T, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}
