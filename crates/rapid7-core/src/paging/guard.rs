//! Answers that do not add up.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::checkpoint::Position;
use super::error::StopReason;
use super::marks::Marks;

/// Pages without an item in a row, each announcing more, that are taken for a circle.
const MAX_EMPTY: u32 = 100;

/// What was seen of a list, by which circles and standstills are told.
#[derive(Default)]
pub(super) struct Guard {
    cursors: HashSet<u64>,
    /// Fingerprint and total of the last page.
    last: Option<(u64, Option<u64>)>,
    empty: u32,
    /// The lowest total so far.
    least: Option<u64>,
}

/// Where a list goes on after a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum After {
    /// At this position.
    More(Position),
    /// Nowhere: that was all.
    Complete,
    /// Somewhere that cannot be reached.
    Stop(StopReason),
    /// Nowhere, and the page itself is the one before over again.
    Again(StopReason),
}

impl Guard {
    /// For a list of which so many items are known already.
    pub(super) fn new(total: Option<u64>) -> Self {
        Self {
            least: total,
            ..Self::default()
        }
    }

    /// What follows a page. `read` is how many items came so far, those of the page and of earlier runs included; `None`
    /// where nobody knows how many were before.
    pub(super) fn after(&mut self, at: &Position, marks: &Marks, read: Option<u64>) -> After {
        if marks.is_unreadable {
            return After::Stop(StopReason::NoRows);
        }
        let is_again = self.is_again(marks);
        match at {
            Position::Cursor(cursor) => {
                self.cursors.extend(cursor.as_deref().map(hash));
                self.after_cursor(marks, read, is_again)
            }
            // Before anything else: rows that came twice add up to the total, too.
            Position::Offset(_) | Position::Page(_) if is_again => {
                After::Again(StopReason::RepeatedPage)
            }
            Position::Offset(rows) => {
                let end = rows.saturating_add(marks.rows as u64);
                after_position(marks, Some(end), Position::Offset(end))
            }
            Position::Page(number) => self.after_page(*number, marks, read),
            Position::Only => match marks.total_pages {
                Some(pages) if pages > 1 => {
                    After::Stop(StopReason::MorePages { pages: Some(pages) })
                }
                _ => complete(marks.total, read),
            },
        }
    }

    fn after_cursor(&mut self, marks: &Marks, read: Option<u64>, is_again: bool) -> After {
        // What is added behind the cursor is counted and does not come, so that the lowest total is what must.
        self.least = [self.least, marks.total].into_iter().flatten().min();
        let Some(next) = &marks.next else {
            let is_end = marks.is_next_known || marks.rows == 0 || is_all(marks.total, read);
            return if is_end {
                complete(self.least, read)
            } else {
                After::Stop(StopReason::MorePages { pages: None })
            };
        };
        if !self.cursors.insert(hash(next)) {
            // A server that does not heed the cursor gives page and cursor again.
            return if is_again {
                After::Again(StopReason::RepeatedCursor)
            } else {
                After::Stop(StopReason::RepeatedCursor)
            };
        }
        self.unless_empty(marks, Position::Cursor(Some(next.clone())))
    }

    /// Goes on after an empty page that is not the last, but not for ever.
    fn unless_empty(&mut self, marks: &Marks, next: Position) -> After {
        self.empty = if marks.rows == 0 { self.empty + 1 } else { 0 };
        if self.empty >= MAX_EMPTY {
            return After::Stop(StopReason::EmptyPages);
        }
        After::More(next)
    }

    fn after_page(&mut self, number: u64, marks: &Marks, read: Option<u64>) -> After {
        let next = Position::Page(number.saturating_add(1));
        match marks.total_pages {
            // The server counts pages as it makes them, so no item more can come.
            Some(pages) if number >= pages => complete(marks.total, read),
            Some(_) if marks.rows > 0 || !is_all(marks.total, read) => {
                self.unless_empty(marks, next)
            }
            _ => after_position(marks, read, next),
        }
    }

    /// Whether a page is like the last one. A page by position also comes again where as many items were added before it;
    /// the total has changed then.
    fn is_again(&mut self, marks: &Marks) -> bool {
        if marks.rows == 0 {
            return false;
        }
        let seen = (marks.fingerprint, marks.total);
        self.last.replace(seen) == Some(seen)
    }
}

/// A short page says nothing, since servers cut page sizes down; only a total or an empty page does.
fn after_position(marks: &Marks, read: Option<u64>, next: Position) -> After {
    match marks.total {
        total if is_all(total, read) => After::Complete,
        total if marks.rows == 0 => complete(total, read),
        _ => After::More(next),
    }
}

fn is_all(total: Option<u64>, read: Option<u64>) -> bool {
    total.zip(read).is_some_and(|(total, read)| read >= total)
}

fn complete(total: Option<u64>, read: Option<u64>) -> After {
    match (total, read) {
        (Some(expected), Some(got)) if expected > got => {
            After::Stop(StopReason::Short { expected, got })
        }
        _ => After::Complete,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_nobody_can_find_ends_no_list() {
        let after =
            |marks: Marks, read| Guard::default().after(&Position::Cursor(None), &marks, read);
        let page = || Marks::of(&[1, 2]);
        let unknown = After::Stop(StopReason::MorePages { pages: None });
        assert_eq!(after(page(), Some(2)), unknown);
        assert_eq!(after(page().total(&3), Some(2)), unknown);
        assert_eq!(after(page().total(&2), Some(2)), After::Complete);
        assert_eq!(after(Marks::of::<u8>(&[]), Some(2)), After::Complete);
        assert_eq!(
            after(page().next(&None::<String>), Some(2)),
            After::Complete
        );
    }
}
