//! Why and where a body does not have the expected shape, told without quoting it.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::decode::{Cause, Fault};
use crate::line::{self, cut};
use crate::locate::{line_and_column, path_at};
use crate::mask::Mask;
use crate::received::media_type;

/// A body that does not have the expected shape.
///
/// Says where and what kind of value stood there, and never what value: bodies hold secrets. Names of members
/// are part of the path; in them the secrets of the connection are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    path: Box<str>,
    message: Cow<'static, str>,
    found: Option<&'static str>,
    expected: Option<Box<str>>,
    position: Option<(usize, usize)>,
}

impl Misfit {
    /// A misfit of the whole body, for decoders in generated code.
    #[must_use]
    pub fn new(message: &'static str) -> Self {
        Self(Box::new(Inner {
            path: "".into(),
            message: Cow::Borrowed(message),
            found: None,
            expected: None,
            position: None,
        }))
    }

    #[cold]
    pub(crate) fn located(
        body: &[u8],
        content_type: Option<&str>,
        mask: Option<&Mask>,
        fault: Fault,
    ) -> Self {
        let (cause, at) = fault.into_parts();
        let message = match &cause {
            Cause::Syntax(message) => describe_syntax(message, body, content_type),
            cause => cause.to_string(),
        };
        let (found, expected) = match cause {
            Cause::Kind { found, expected } => (Some(found), expected),
            _ => (None, None),
        };
        Self(Box::new(Inner {
            path: path_at(body, at, mask).into_boxed_str(),
            message: short(&message).into(),
            found,
            expected: expected.map(|words| short(&words).into_boxed_str()),
            position: Some(line_and_column(body, at)),
        }))
    }

    /// JSON path of the value that does not fit, such as `clouds[3].group.id`; empty for the body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was found and what was expected, as kinds of values.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The kind of value that was found, such as `a string`, where a value of another kind was due.
    #[must_use]
    pub fn found(&self) -> Option<&'static str> {
        self.0.found
    }

    /// What was due in the words of the Rust type, such as `u64`, where a value of another kind was found.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// Line in the body at which the value begins, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.position.map(|(line, _)| line)
    }

    /// Column in that line in bytes, from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.position.map(|(_, column)| column)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line::print(f, |f| {
            if !self.0.path.is_empty() {
                write!(f, "at `{}`: ", self.0.path)?;
            }
            f.write_str(&self.0.message)?;
            if let Some((line, column)) = self.0.position {
                write!(f, " (line {line} column {column})")?;
            }
            Ok(())
        })
    }
}

/// Longest message, in characters: a type may be one of hundreds of names.
const MAX_MESSAGE: usize = 400;

fn short(message: &str) -> String {
    cut(MAX_MESSAGE, |line| line.write_str(message))
}

impl std::error::Error for Misfit {}

/// What to say of a body that is not JSON, by its content type and first byte. Its text is not quoted.
fn describe_syntax(message: &str, body: &[u8], content_type: Option<&str>) -> String {
    let kind = content_type.map(media_type);
    let is_page = kind.is_some_and(|kind| kind.contains("html"));
    match kind {
        Some(kind) if is_page => format!(
            "not JSON but a page ({kind}), as of a log-in or a proxy; check the base URL and the credentials"
        ),
        Some(kind) if !kind.to_ascii_lowercase().ends_with("json") => {
            format!("not JSON but {kind}: {message}")
        }
        _ if body.trim_ascii_start().starts_with(b"<") => {
            format!("not JSON but what looks like HTML or XML: {message}")
        }
        _ => format!("not JSON: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use serde::de::{DeserializeOwned, Error as _};
    use serde::{Deserialize, Deserializer};

    use super::Misfit;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Strict {
        id: u8,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Aws,
        Gce,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its shape matters")]
    enum Either {
        Number(u8),
        Flag(bool),
    }

    #[derive(Debug)]
    struct Quoting;

    impl<'de> Deserialize<'de> for Quoting {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            Err(D::Error::custom(format!("missing field `x` in `{text}`")))
        }
    }

    fn misfit<T: DeserializeOwned + Debug>(text: &str) -> Misfit {
        crate::decode::from_json::<T>(text.as_bytes(), None).unwrap_err()
    }

    #[test]
    fn messages_name_kinds_and_never_values() {
        let strict = misfit::<Strict>;
        for (misfit, expected) in [
            (
                strict("\"hunter2\""),
                "found a string, expected struct Strict",
            ),
            (
                strict(r#"{"id":"hunter2, expected hunter2"}"#),
                "found a string that is no integer, expected u8",
            ),
            (
                strict(r#"{"id":71717}"#),
                "found an integer out of range, expected u8",
            ),
            (
                strict(r#"{"id":7.1717}"#),
                "found a fraction, or an integer out of range, expected u8",
            ),
            (strict(r#"{"id":true}"#), "found a boolean, expected u8"),
            (strict(r#"{"id":null}"#), "found null, expected u8"),
            (
                strict(r#"{"id":["hunter2"]}"#),
                "found an array, expected u8",
            ),
            (
                strict(r#"{"id":{"hunter2":1}}"#),
                "found an object, expected u8",
            ),
            (
                strict(r#"{"hunter2":1}"#),
                "found an unknown member, expected `id`",
            ),
            (strict("{}"), "missing member `id`"),
            (strict(r#"{"id":1,"id":1}"#), "member `id` twice"),
            (
                misfit::<Kind>("\"hunter2\""),
                "found an unknown variant, expected `Aws` or `Gce`",
            ),
            (
                misfit::<(u8, u8)>("[71717]"),
                "found an integer out of range, expected u8",
            ),
            (
                misfit::<(u8, u8)>("[1]"),
                "found an array or object of another length, expected a tuple of size 2",
            ),
            (
                misfit::<Either>("\"hunter2\""),
                "data did not match any variant of untagged enum Either",
            ),
            (
                misfit::<Quoting>("\"hunter2\""),
                "the value is refused by its type",
            ),
            (
                misfit::<Vec<Quoting>>("[\"hunter2` at line 1\"]"),
                "the value is refused by its type",
            ),
            (strict("hunter2"), "not JSON: expected a value"),
            (
                strict("{\"id\":1} hunter2"),
                "not JSON: more text after the value",
            ),
            (strict("{\"id\":\"hunter2"), "not JSON: the text ends early"),
        ] {
            assert_eq!(misfit.message(), expected);
            for text in ["hunter2", "71717", "7.1717"] {
                assert!(!misfit.message().contains(text), "{misfit}");
            }
        }
    }

    #[test]
    fn display_has_place_cause_and_position() {
        let misfit = misfit::<BTreeMap<String, Vec<u8>>>("{\n\"rows\": [1,\n\"x\"]}");
        assert_eq!(
            misfit.to_string(),
            "at `rows[1]`: found a string that is no integer, expected u8 (line 3 column 1)"
        );
        assert_eq!((misfit.line(), misfit.column()), (Some(3), Some(1)));
    }
}
