//! The tokens of a JSON text, read one after the other.

use std::borrow::Cow;

use super::fault::Fault;
use super::meter::{Exceeded, Limits, Meter};

/// Deepest nesting of arrays and objects that are decoded; deeper ones are skipped all the same.
const MAX_DEPTH: u8 = 128;

const END: &str = "the text ends early";

/// A place in a JSON text, and what the value there is to its list or map.
pub(crate) struct Scanner<'de> {
    text: &'de str,
    pub(super) at: usize,
    depth: u8,
    meter: Meter,
    /// Set in front of a null that may be passed over.
    pub(super) null: Null,
    /// Where the key begins of the entry that took the place of a null one.
    pub(super) passed_key: Option<usize>,
}

/// What becomes of the null at the present place where the type asked for cannot hold one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    /// It stands for itself.
    Stays,
    /// It is an element of a list: the next one takes its place.
    Element,
    /// It is the value in a map: the next entry takes its place.
    Entry {
        /// Where the key begins that the value belongs to.
        key: usize,
    },
    /// It was the last of its list or map.
    Last,
}

impl<'de> Scanner<'de> {
    /// At the first token of a text, which is decoded within the default limits.
    #[cfg(test)]
    pub(crate) fn new(text: &'de str) -> Self {
        Self::within(Limits::default(), text)
    }

    /// At the first token of a text. Within another text that is being decoded, the limits are those of that text.
    pub(super) fn within(limits: Limits, text: &'de str) -> Self {
        let mut scanner = Self {
            text,
            at: 0,
            depth: MAX_DEPTH,
            meter: Meter::begin(limits),
            null: Null::Stays,
            passed_key: None,
        };
        scanner.peek();
        scanner
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte at the present place; 0 at the end of the text.
    #[inline]
    pub(super) fn here(&self) -> u8 {
        self.byte().unwrap_or_default()
    }

    /// The byte after the present place; 0 at the end of the text.
    pub(super) fn after(&self) -> u8 {
        let next = self.text.as_bytes().get(self.at + 1);
        next.copied().unwrap_or_default()
    }

    /// Moves to the next token and tells its first byte; 0 at the end of the text.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(byte) => return byte,
                None => return 0,
            }
        }
    }

    /// Moves past a token of one byte.
    #[inline]
    pub(super) fn expect(&mut self, token: u8, message: &'static str) -> Result<(), Fault> {
        if self.peek() == token {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(message))
    }

    #[cold]
    pub(super) fn fault(&self, message: &'static str) -> Fault {
        let message = if self.at < self.text.len() {
            message
        } else {
            END
        };
        Fault::syntax(message, self.at)
    }

    /// Charges so many bytes of memory for what is about to be read.
    #[inline]
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        if self.meter.take(bytes) {
            return Ok(());
        }
        self.charge_more(bytes)
    }

    #[cold]
    fn charge_more(&mut self, bytes: usize) -> Result<(), Fault> {
        let taken = self.meter.take_more(bytes);
        taken.map_err(|exceeded| self.over(exceeded))
    }

    #[cold]
    fn over(&self, exceeded: Exceeded) -> Fault {
        Fault::exceeded(exceeded).at(self.at)
    }

    /// The fault, unless it came of a limit that was reached within the value.
    #[cold]
    pub(super) fn limited(&self, fault: Fault) -> Fault {
        Meter::exceeded().map_or(fault, |exceeded| self.over(exceeded))
    }

    /// That nothing but white space follows, and that no limit was reached within the value.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.peek();
        if self.at < self.text.len() {
            return Err(self.fault("more text after the value"));
        }
        match Meter::exceeded() {
            Some(exceeded) => Err(self.over(exceeded)),
            None => Ok(()),
        }
    }

    /// Moves into an array or object.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        if self.depth == 0 {
            return Err(Fault::syntax("nested too deep", self.at));
        }
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// Moves past the closing bracket, which was seen.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.depth += 1;
        self.at += 1;
    }

    /// `null`, `true` or `false`, of which the first letter was seen.
    #[inline]
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Fault> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.fault("expected a value"))
    }

    /// A string, of which the first quote was seen.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Fault> {
        let start = self.at + 1;
        self.at = plain_end(self.text.as_bytes(), start);
        if self.byte() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// The rest of a string with an escape in it.
    #[inline(never)]
    fn escaped(&mut self, start: usize) -> Result<String, Fault> {
        self.string_end()?;
        let token = &self.text[start - 1..self.at];
        unescaped(token).ok_or_else(|| Fault::syntax("invalid escape", start - 1))
    }

    /// Moves from within a string to its end.
    fn string_end(&mut self) -> Result<(), Fault> {
        loop {
            self.at = plain_end(self.text.as_bytes(), self.at);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => return Err(self.fault("control character in a string")),
                None => return Err(self.fault(END)),
            }
            // What follows a backslash may be a character of several bytes; none of them is special.
            self.at = self.at.min(self.text.len());
        }
    }

    /// Moves past a string, of which the first quote was seen.
    #[inline]
    pub(super) fn skip_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        self.string_end()
    }

    /// An integer of up to 18 digits, without its sign; 19 fit a `u64` only sometimes.
    ///
    /// `None`, at the place before, for any other number.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<u64> {
        let rest = &self.text.as_bytes()[self.at..];
        let mut value = 0;
        let mut len = 0;
        while let Some(digit @ b'0'..=b'9') = rest.get(len) {
            value = value * 10 + u64::from(digit - b'0');
            len += 1;
            if len > 18 {
                return None;
            }
        }
        let leading_zero = len > 1 && rest[0] == b'0';
        if len == 0 || leading_zero || matches!(rest.get(len), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.at += len;
        Some(value)
    }

    /// The text of a number, of which the first byte was seen.
    pub(super) fn number(&mut self) -> Result<&'de str, Fault> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
            if matches!(self.byte(), Some(b'0'..=b'9')) {
                return Err(self.fault("invalid number"));
            }
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            return Err(self.fault("invalid number"));
        }
        self.at += len;
        Ok(())
    }

    /// Moves past a string, number or word that begins with this byte.
    fn skip_scalar(&mut self, first: u8) -> Result<(), Fault> {
        match first {
            b'"' => self.skip_string(),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b'n' => self.word("null"),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            _ => Err(self.fault("expected a value")),
        }
    }

    /// Moves past a value of any depth.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        // The closing brackets that are due, innermost last.
        let mut open = Vec::new();
        loop {
            let first = self.peek();
            let mut done = true;
            match first {
                b'[' | b'{' => {
                    self.at += 1;
                    let close = if first == b'[' { b']' } else { b'}' };
                    if self.peek() == close {
                        self.at += 1;
                    } else {
                        open.push(close);
                        done = false;
                    }
                }
                _ => self.skip_scalar(first)?,
            }
            while done && let Some(&close) = open.last() {
                match self.peek() {
                    b',' => {
                        self.at += 1;
                        done = false;
                    }
                    byte if byte == close => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return Err(self.fault("expected a comma or the end of the list")),
                }
            }
            match open.last() {
                None => return Ok(()),
                Some(b'}') => self.skip_key()?,
                Some(_) => {}
            }
        }
    }

    /// Moves past a key and its colon.
    pub(super) fn skip_key(&mut self) -> Result<(), Fault> {
        if self.peek() != b'"' {
            return Err(self.fault("expected a key"));
        }
        self.skip_string()?;
        self.expect(b':', "expected a colon")
    }

    /// Passes over nulls of the list or map, for a type that holds none; tells the first byte of the next value.
    ///
    /// Where the null stays it is the next value. Where nothing follows, [`Null::Last`] is set and the
    /// error is no error of the text: whoever asked for an element takes it for the end.
    #[cold]
    pub(super) fn pass_nulls(&mut self) -> Result<u8, Fault> {
        let mut place = std::mem::replace(&mut self.null, Null::Stays);
        if place == Null::Stays {
            return Ok(b'n');
        }
        loop {
            self.word("null")?;
            match self.peek() {
                b',' => self.at += 1,
                b']' | b'}' => {
                    self.null = Null::Last;
                    return Err(Fault::syntax("nothing follows", self.at));
                }
                _ => return Err(self.fault("expected a comma or the end of the list")),
            }
            if let Null::Entry { key } = &mut place {
                self.peek();
                *key = self.at;
                self.skip_key()?;
            }
            let first = self.peek();
            if first != b'n' {
                // The key of the value that is read now; see `Container::next_entry_seed`.
                if let Null::Entry { key } = place {
                    self.passed_key = Some(key);
                }
                return Ok(first);
            }
        }
    }
}

/// The text of a string with its quotes. What escapes mean is left to `serde_json`, but for a surrogate without the other
/// half of its pair: it is no character, and becomes U+FFFD.
pub(crate) fn unescaped(token: &str) -> Option<String> {
    let read = |token: &str| serde_json::from_str(token).ok();
    read(token).or_else(|| read(&without_lone_surrogates(token)))
}

#[cold]
fn without_lone_surrogates(token: &str) -> String {
    let mut text = String::with_capacity(token.len());
    let mut rest = token;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let first = unit(escape);
        let len = match first {
            Some(0xD800..0xDC00) if is_low(escape.get(5..)) => 11,
            Some(0xD800..0xE000) => {
                text.push_str("\\ufffd");
                rest = &escape[5..];
                continue;
            }
            // What is escaped may be another backslash.
            _ => escape.chars().next().map_or(0, char::len_utf8),
        };
        text.push('\\');
        text.push_str(&escape[..len]);
        rest = &escape[len..];
    }
    text + rest
}

/// The UTF-16 unit that is escaped as `u0041`.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    are_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Whether the low half of a pair follows.
fn is_low(rest: Option<&str>) -> bool {
    let next = rest.and_then(|rest| rest.strip_prefix('\\'));
    matches!(next.and_then(unit), Some(0xDC00..0xE000))
}

/// Where a run of plain characters of a string ends: at a quote, a backslash, a control character or the end.
#[inline]
fn plain_end(text: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let chunk = u64::from_le_bytes(*chunk);
        let equals = |byte: u8| {
            let difference = chunk ^ (ONES * u64::from(byte));
            difference.wrapping_sub(ONES) & !difference
        };
        let control = chunk.wrapping_sub(ONES * 0x20) & !chunk;
        let found = (equals(b'"') | equals(b'\\') | control) & HIGH;
        if found != 0 {
            // Borrows only reach bytes above, so that the lowest mark is a true one.
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while text
        .get(at)
        .is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20))
    {
        at += 1;
    }
    at
}
