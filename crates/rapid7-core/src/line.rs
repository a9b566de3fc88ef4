//! Texts of bounded length, in one line.

use std::collections::VecDeque;
use std::fmt::{self, Write};

/// Longest line that an error prints, in characters.
pub(crate) const MAX_LINE: usize = 1000;

/// Stands in the place of what was cut out.
const CUT: &str = " ... ";

/// Keeps the beginning and the end of what is written to it, which tell most, and no more than that.
///
/// Characters that would begin a new line or change the order of others are written as escapes.
pub(crate) struct Line {
    head: String,
    /// Characters that still fit the beginning.
    room: usize,
    tail: VecDeque<char>,
    max_tail: usize,
    is_cut: bool,
}

impl Line {
    /// Of at most so many characters.
    pub(crate) fn new(max: usize) -> Self {
        let max_tail = max.saturating_sub(CUT.len()) / 2;
        Self {
            head: String::new(),
            room: max.saturating_sub(CUT.len() + max_tail),
            tail: VecDeque::new(),
            // What is never cut fills the place of the mark, too.
            max_tail: max_tail + CUT.len(),
            is_cut: false,
        }
    }

    fn push(&mut self, letter: char) {
        if self.room > 0 {
            self.room -= 1;
            self.head.push(letter);
            return;
        }
        self.tail.push_back(letter);
        if self.tail.len() > self.max_tail {
            self.tail.pop_front();
            self.is_cut = true;
        }
    }

    pub(crate) fn finish(self) -> String {
        let mut text = self.head;
        let mut skipped = 0;
        if self.is_cut {
            text.push_str(CUT);
            skipped = CUT.len();
        }
        text.extend(self.tail.into_iter().skip(skipped));
        text
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            if is_unprintable(letter) {
                letter.escape_unicode().for_each(|part| self.push(part));
            } else {
                self.push(letter);
            }
        }
        Ok(())
    }
}

/// Controls, ends of lines, and marks that change the direction of text or are not seen.
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What is written, with its middle cut out where it is longer than `max` characters.
pub(crate) fn cut(max: usize, write: impl FnOnce(&mut Line) -> fmt::Result) -> String {
    let mut line = Line::new(max);
    // Writing to a `Line` never fails; what is written may.
    _ = write(&mut line);
    line.finish()
}

/// Prints what is written as one line of an error.
pub(crate) fn print(
    f: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut Line) -> fmt::Result,
) -> fmt::Result {
    f.write_str(&cut(MAX_LINE, write))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_stays_and_the_rest_keeps_both_ends() {
        let cut = |max, text: &str| cut(max, |line| line.write_str(text));
        assert_eq!(cut(10, "abcdefghij"), "abcdefghij");
        assert_eq!(cut(10, "abcdefghijk"), "abc ... jk");
        assert_eq!(cut(20, "a\nb\u{202e}"), "a\\u{a}b\\u{202e}");
        assert_eq!(cut(10, &"ß".repeat(99)), "ßßß ... ßß");
        assert_eq!(cut(0, ""), "");
    }

    proptest! {
        #[test]
        fn no_line_is_longer_or_has_ends_in_it(text in any::<String>(), max in 10_usize..80) {
            let line = cut(max, |line| line.write_str(&text));
            prop_assert!(line.chars().count() <= max);
            prop_assert!(!line.chars().any(is_unprintable));
            prop_assert_eq!(line.lines().count(), usize::from(!line.is_empty()));
        }
    }
}
