//! Lists that come in parts, as one stream.
//!
//! A generated builder of a paged operation has `pages()` and `items()`. Both fetch as they are read, ask for the next
//! part while the program works on the last, and end in one of two ways: complete or capped by the program
//! ([`PagingEnd`]), or in an error that says what is missing. A list is never short without a word.
//!
//! # What each style promises
//!
//! A list may change while it is read. What then is read once, twice or not at all depends on how the API pages:
//!
//! | style | items that stay | items added or removed meanwhile | resuming at a checkpoint |
//! |---|---|---|---|
//! | all in one answer | each once | as they were at that moment | none: read it again |
//! | cursor | each once, if the server's cursor marks an item and no position | perhaps | exact, as long as the server knows the cursor and the rest of the page has not changed |
//! | offset, page number | each once while nothing changes. One added before the place: some twice, none lost. One removed before it: some lost | perhaps | exact while nothing changes before the place |
//! | page in the answer only | those of the first page, and an error if there are more | as they were at that moment | none: read it again |
//!
//! What is lost by position is told where the server says how many items there are: a total that has got smaller ends
//! the list, after its last page, in [`StopReason::Shrunk`], even where the removed items would not have mattered.
//! Nobody can tell where as many were added between two pages as were removed, or where there is no total. Pages that
//! are fetched at once, with [`concurrency`](Pages::concurrency), may show the list at different times, and then what was
//! added can cost an item, too; the totals tell.
//!
//! A checkpoint within a page goes with the page size that it was made with, but for offsets, which are those of the item.
//! [`Pages::checkpoint`] is always at the end of a page.
//!
//! [`Checkpoint::is_by_position`] tells which it is.

mod checkpoint;
mod engine;
mod error;
mod guard;
mod items;
mod marks;
mod pages;
mod template;

pub use checkpoint::Checkpoint;
pub use error::{PageError, StopReason};
pub use items::Items;
pub use marks::{Marks, PageShape};
pub use pages::{Page, Pages, PagingEnd, Progress};
