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
//! | style | rows that stay | rows added or removed meanwhile | resuming at a checkpoint |
//! |---|---|---|---|
//! | cursor | each once | as the server's cursor has it | exact, as long as the server knows the cursor |
//! | offset, page | each once while no row before the position is added or removed; else some twice or not at all | may be missed | exact under the same condition |
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
