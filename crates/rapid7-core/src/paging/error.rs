//! Why a list ended before its end.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use super::checkpoint::Checkpoint;
use crate::error::Error;
use crate::line;
use crate::operation::Operation;

/// A list could not be read to its end. What was read before stays good, and
/// [`checkpoint`](Self::checkpoint) says where to go on.
#[non_exhaustive]
pub enum PageError<E> {
    /// A page could not be fetched, after all attempts that the connection makes.
    Call {
        /// Why.
        error: Box<Error<E>>,
        /// The page that is missing.
        checkpoint: Box<Checkpoint>,
    },
    /// The server's answers do not add up: going on would leave items out or never end.
    Stopped {
        /// The operation called.
        operation: &'static Operation,
        /// What does not add up.
        reason: StopReason,
        /// Where the next item would be.
        checkpoint: Box<Checkpoint>,
    },
    /// The list cannot be begun: the request or the checkpoint does not fit.
    Unusable {
        /// The operation called.
        operation: &'static Operation,
        /// What is wrong. Values are not quoted.
        message: Box<str>,
    },
}

/// What does not add up in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The pages ended before as many items came as the server says there are.
    Short {
        /// How many there are.
        expected: u64,
        /// How many came, those before a checkpoint included.
        got: u64,
    },
    /// The list got shorter while it was read by offset or page number: items that followed removed ones moved up, and
    /// some of them may have been passed over. All pages were read and given out all the same.
    Shrunk {
        /// How many there were.
        expected: u64,
        /// How many came, those before a checkpoint included.
        got: u64,
    },
    /// A cursor came that had come before, so that the pages would go round in a circle.
    RepeatedCursor,
    /// A page came again under another offset or number: the server does not look at it.
    RepeatedPage,
    /// There are more pages, or may be, and nobody knows how to ask for them: no parameter is known for it, or not the
    /// member of the answer that holds the cursor.
    MorePages {
        /// How many pages there are, if the server says.
        pages: Option<u64>,
    },
    /// Page after page came without an item, and each said that there are more.
    EmptyPages,
    /// The answer, which nobody has documented, has no list that the items could be in, or several.
    NoRows,
    /// More items came than were to be collected.
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { expected, got } => write!(
                f,
                "the list ended after {got} of {expected} items; read it again, it may have changed meanwhile"
            ),
            Self::Shrunk { expected, got } => write!(
                f,
                "items were removed while the list was read: {got} of at first {expected} came, and some may have been \
                 passed over; read it again"
            ),
            Self::RepeatedCursor => f.write_str("the server gave a cursor again that it had given before"),
            Self::RepeatedPage => f.write_str(
                "the server gave a page again under another position; it does not heed offset or page number",
            ),
            Self::MorePages { pages } => {
                match pages {
                    Some(pages) => write!(f, "there are {pages} pages")?,
                    None => f.write_str("there may be more pages")?,
                }
                f.write_str(", and it is not known how to ask for another one")
            }
            Self::EmptyPages => f.write_str("the server keeps announcing more and gives empty pages"),
            Self::NoRows => {
                f.write_str("no list of items can be told in the answer; call without pages to see it")
            }
            Self::TooMany { limit } => write!(
                f,
                "there are more than {limit} items; raise the limit or read them one by one"
            ),
        }
    }
}

impl<E> PageError<E> {
    /// Where to go on; `None` where nothing was begun.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        match self {
            Self::Call { checkpoint, .. } | Self::Stopped { checkpoint, .. } => Some(checkpoint),
            Self::Unusable { .. } => None,
        }
    }

    /// The failure of the call, where one failed.
    #[must_use]
    pub fn call_error(&self) -> Option<&Error<E>> {
        match self {
            Self::Call { error, .. } => Some(error),
            Self::Stopped { .. } | Self::Unusable { .. } => None,
        }
    }

    /// What does not add up, where that is the reason.
    #[must_use]
    pub fn stop_reason(&self) -> Option<StopReason> {
        match self {
            Self::Stopped { reason, .. } => Some(*reason),
            Self::Call { .. } | Self::Unusable { .. } => None,
        }
    }
}

impl<E> fmt::Display for PageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line::print(f, |f| match self {
            Self::Call { error, checkpoint } => {
                error.write(f)?;
                write!(f, "; {} items were read before", checkpoint.items)
            }
            Self::Stopped {
                operation, reason, ..
            } => write!(
                f,
                "{} ({} {}): {reason}",
                operation.name, operation.method, operation.path
            ),
            Self::Unusable { operation, message } => write!(
                f,
                "{} ({} {}): {message}",
                operation.name, operation.method, operation.path
            ),
        })
    }
}

/// As with [`Error`], what the server wrote is not shown; [`Error::answer`] has it.
impl<E> fmt::Debug for PageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { error, checkpoint } => f
                .debug_struct("Call")
                .field("error", error)
                .field("checkpoint", checkpoint)
                .finish(),
            Self::Stopped {
                operation,
                reason,
                checkpoint,
            } => f
                .debug_struct("Stopped")
                .field("operation", &operation.name)
                .field("reason", reason)
                .field("checkpoint", checkpoint)
                .finish(),
            Self::Unusable { operation, message } => f
                .debug_struct("Unusable")
                .field("operation", &operation.name)
                .field("message", message)
                .finish(),
        }
    }
}

impl<E> StdError for PageError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Call { error, .. } => error.source(),
            Self::Stopped { .. } | Self::Unusable { .. } => None,
        }
    }
}
