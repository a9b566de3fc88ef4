//! Why and where a body does not have the expected shape, told without quoting it.

use std::borrow::Cow;
use std::fmt;

use serde_json::error::Category;

use crate::locate::path_at;
use crate::received::media_type;

/// A body that does not have the expected shape.
///
/// Says where and what kind of value stood there, and never what value: bodies hold secrets. Map keys
/// are part of the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    path: Box<str>,
    message: Cow<'static, str>,
    position: Option<(usize, usize)>,
}

impl Misfit {
    /// A misfit of the whole body, for decoders in generated code.
    #[must_use]
    pub fn new(message: &'static str) -> Self {
        Self {
            path: "".into(),
            message: Cow::Borrowed(message),
            position: None,
        }
    }

    pub(crate) fn located(
        body: &[u8],
        content_type: Option<&str>,
        error: &serde_json::Error,
    ) -> Self {
        let (line, column) = (error.line(), error.column());
        Self {
            path: path_at(body, line, column).into_boxed_str(),
            message: describe(error, content_type),
            position: Some((line, column)),
        }
    }

    /// JSON path of the value that does not fit, such as `clouds[3].group.id`; empty for the body.
    ///
    /// May end one level above, where a type refuses a value by a check of its own.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found and what was expected, as kinds of values.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Line in the body, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position.map(|(line, _)| line)
    }

    /// Column in that line in bytes, from 1; 0 for the end of the line before.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position.map(|(_, column)| column)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "at `{}`: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if let Some((line, column)) = self.position {
            write!(f, " (line {line} column {column})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Misfit {}

/// Rewrites an error of `serde_json` without the value that it quotes.
fn describe(error: &serde_json::Error, content_type: Option<&str>) -> Cow<'static, str> {
    let mut text = error.to_string();
    if let Some(message) = text.strip_suffix(&format!(
        " at line {} column {}",
        error.line(),
        error.column()
    )) {
        text.truncate(message.len());
    }
    match error.classify() {
        Category::Data => describe_data(&text),
        // Messages about syntax are fixed texts.
        Category::Syntax | Category::Eof | Category::Io => match content_type.map(media_type) {
            Some(kind) if !kind.ends_with("json") => format!("not JSON but {kind}: {text}").into(),
            _ => format!("not JSON: {text}").into(),
        },
    }
}

/// How serde names the kinds of values, in front of the value that it quotes.
const KINDS: [(&str, &str); 17] = [
    ("boolean", "a boolean"),
    ("integer", "an integer"),
    ("floating point", "a fraction"),
    ("character", "a character"),
    ("string", "a string"),
    ("byte array", "bytes"),
    ("null", "null"),
    ("unit variant", "a string"),
    ("unit", "null"),
    ("Option", "an optional value"),
    ("newtype struct", "a wrapped value"),
    ("newtype variant", "an object"),
    ("tuple variant", "an object"),
    ("struct variant", "an object"),
    ("sequence", "an array"),
    ("map", "an object"),
    ("enum", "an enum"),
];

/// Keeps the parts of serde's wording that come from Rust types and drops what comes from the body.
///
/// The value is quoted in front of the last `, expected`, so whatever it contains is cut off.
fn describe_data(text: &str) -> Cow<'static, str> {
    if is_schema_only(text) {
        return text.to_owned().into();
    }
    let expected = text
        .rsplit_once(", expected ")
        .map(|(_, expected)| expected);
    let found = |rest: &str| {
        KINDS
            .iter()
            .find(|(kind, _)| rest.starts_with(kind))
            .map_or("another value", |(_, name)| name)
    };
    let head = if let Some(rest) = text.strip_prefix("invalid type: ") {
        format!("found {}", found(rest))
    } else if let Some(rest) = text.strip_prefix("invalid value: ") {
        format!("found {} out of range", found(rest))
    } else if text.starts_with("invalid length ") {
        "found an array or object of another length".to_owned()
    } else if text.starts_with("unknown variant ") {
        "found an unknown variant".to_owned()
    } else if text.starts_with("unknown field ") {
        "found an unknown member".to_owned()
    } else {
        return "the value is refused by its type".into();
    };
    match expected {
        Some(expected) => format!("{head}, expected {expected}").into(),
        None => head.into(),
    }
}

/// Whether a message names nothing but members and types of the schema.
fn is_schema_only(text: &str) -> bool {
    let name = |rest: &str, end: &str| {
        rest.strip_suffix(end)
            .is_some_and(|name| !name.contains(['`', '"', '\n']))
    };
    text.strip_prefix("missing field `")
        .is_some_and(|rest| name(rest, "`"))
        || text
            .strip_prefix("duplicate field `")
            .is_some_and(|rest| name(rest, "`"))
        || text
            .strip_prefix("data did not match any variant of untagged enum ")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
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
        let error = serde_json::from_str::<T>(text).unwrap_err();
        Misfit::located(text.as_bytes(), None, &error)
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
                "found a string, expected u8",
            ),
            (
                strict(r#"{"id":71717}"#),
                "found an integer out of range, expected u8",
            ),
            (strict(r#"{"id":7.1717}"#), "found a fraction, expected u8"),
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
            (strict("{}"), "missing field `id`"),
            (strict(r#"{"id":1,"id":1}"#), "duplicate field `id`"),
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
            (strict("hunter2"), "not JSON: expected value"),
            (
                strict("{\"id\":1} hunter2"),
                "not JSON: trailing characters",
            ),
            (
                strict("{\"id\":\"hunter2"),
                "not JSON: EOF while parsing a string",
            ),
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
            "at `rows[1]`: found a string, expected u8 (line 3 column 3)"
        );
        assert_eq!((misfit.line(), misfit.column()), (Some(3), Some(3)));
    }
}
