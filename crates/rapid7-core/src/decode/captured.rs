//! Values kept as text until it is known what they are.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde_json::Value;

use super::lenient::CAPTURED;
use super::scan::Scanner;

/// The text of one JSON value: a part of the answer where an answer is read, a copy with other deserializers.
pub(crate) struct Captured<'de>(Cow<'de, str>);

impl Captured<'_> {
    /// Reads the value as `T`; `None` where it does not fit.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        read(&self.0)
    }

    /// The value as it came.
    pub(crate) fn value<E: serde::de::Error>(&self) -> Result<Value, E> {
        self.read()
            .ok_or_else(|| E::custom("the value is not JSON"))
    }
}

/// Reads a text that was captured.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    super::read_text(text).ok()
}

impl AsRef<str> for Captured<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Captured<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(CAPTURED, CapturedVisitor)
    }
}

struct CapturedVisitor;

impl<'de> Visitor<'de> for CapturedVisitor {
    type Value = Captured<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    /// The text of a value; see [`CAPTURED`].
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Captured<'de>, E> {
        Ok(Captured(Cow::Borrowed(text)))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Captured<'de>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Captured(Cow::Owned(value.to_string())))
    }
}

/// The members of the object that a text is: their names, and the texts of their values. None of anything else.
pub(crate) struct Entries<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    is_over: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let mut scanner = Scanner::new(text);
        let is_over = scanner.expect(b'{', "expected an object").is_err();
        Self {
            text,
            scanner,
            is_over,
        }
    }

    /// The next member, up to the comma behind it.
    fn step(&mut self) -> Option<(Cow<'a, str>, &'a str)> {
        if self.scanner.peek() != b'"' {
            return None;
        }
        let name = self.scanner.string().ok()?;
        self.scanner.expect(b':', "expected a colon").ok()?;
        self.scanner.peek();
        let start = self.scanner.at;
        self.scanner.skip(usize::MAX).ok()?;
        let value = &self.text[start..self.scanner.at];
        self.is_over = self.scanner.expect(b',', "expected a comma").is_err();
        Some((name, value))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let entry = self.step();
        self.is_over |= entry.is_none();
        entry
    }
}
