//! The key of an operation: method and path, whatever the path parameters are called.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

const METHODS: &[&str] = &[
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

/// Method and path of an operation, with every path parameter written `{}`: `GET /v2/clouds/{}/tags`.
///
/// A new document may rename its path parameters without the operation becoming another. Keys sort by path, then by
/// method.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationKey {
    text: String,
}

impl OperationKey {
    /// The key of a method, in any case, and a path template.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            text: format!("{} {}", method.to_ascii_uppercase(), erase(path)),
        }
    }

    /// The key of an operation that differs from another only in the names of its path parameters.
    #[must_use]
    pub fn exact(method: &str, path: &str) -> Self {
        Self {
            text: format!("{} {path}", method.to_ascii_uppercase()),
        }
    }

    /// The method, in upper case.
    #[must_use]
    pub fn method(&self) -> &str {
        self.text.split_once(' ').map_or("", |(method, _)| method)
    }

    /// The path, with `{}` for each parameter.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.split_once(' ').map_or("", |(_, path)| path)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Ord for OperationKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.path(), self.method()).cmp(&(other.path(), other.method()))
    }
}

impl PartialOrd for OperationKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for OperationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is not the key of an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no space between method and path.
    #[error("`{0}` is not a method and a path, as `GET /v2/clouds/{{}}`")]
    Shape(String),
    /// The method is not one of HTTP's, in upper case.
    #[error("`{0}` is not an HTTP method in upper case")]
    Method(String),
    /// The path does not start with a slash, or has white space in it.
    #[error("`{0}` is not a path: it starts with `/` and has no spaces")]
    Path(String),
}

impl FromStr for OperationKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (method, path) = text
            .split_once(' ')
            .ok_or_else(|| KeyError::Shape(text.to_owned()))?;
        if !METHODS.contains(&method) {
            return Err(KeyError::Method(method.to_owned()));
        }
        let erased = erase(path);
        if !erased.starts_with('/') || erased.contains(char::is_whitespace) {
            return Err(KeyError::Path(path.to_owned()));
        }
        Ok(Self::new(method, path))
    }
}

/// A path template with each parameter written `{}`.
///
/// Takes also the forms that documents have by mistake: `{{int: id}}` and `{id:int}`. A brace that is never closed is
/// left as it is.
#[must_use]
pub fn erase(path: &str) -> String {
    let mut erased = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let (before, parameter) = rest.split_at(open);
        let Some(end) = parameter_end(parameter) else {
            break;
        };
        erased.push_str(before);
        erased.push_str("{}");
        rest = parameter.get(end..).unwrap_or_default();
    }
    erased.push_str(rest);
    erased
}

/// The length of the parameter that a text starts with, its braces balanced.
fn parameter_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erases_the_names_of_path_parameters() {
        for (path, expected) in [
            ("/v2/clouds/list", "/v2/clouds/list"),
            ("/v2/clouds/{cloud_id}/tags/{tag}", "/v2/clouds/{}/tags/{}"),
            ("/v2/insights/{{int: insight_id}}/x", "/v2/insights/{}/x"),
            ("/v2/x/{id:int}", "/v2/x/{}"),
            ("/v2/x/{}", "/v2/x/{}"),
            ("/v2/{a}{b}.json", "/v2/{}{}.json"),
            ("/v2/{a", "/v2/{a"),
            ("/v2/{{a}/b", "/v2/{{a}/b"),
            ("/v2/a}/{b}", "/v2/a}/{}"),
            ("/größe/{größe}", "/größe/{}"),
            ("", ""),
        ] {
            let erased = erase(path);
            assert_eq!(erased, expected, "{path}");
            assert_eq!(erase(&erased), erased, "erasing twice: {path}");
        }
    }

    #[test]
    fn parses_and_prints() {
        let key: OperationKey = "GET /v2/clouds/{id}".parse().unwrap();
        assert_eq!(key.to_string(), "GET /v2/clouds/{}");
        assert_eq!((key.method(), key.path()), ("GET", "/v2/clouds/{}"));
        assert_eq!(key, OperationKey::new("get", "/v2/clouds/{{int: id}}"));
    }

    #[test]
    fn refuses_what_is_no_key() {
        for (text, expected) in [
            (
                "GET",
                "`GET` is not a method and a path, as `GET /v2/clouds/{}`",
            ),
            ("get /a", "`get` is not an HTTP method in upper case"),
            ("FETCH /a", "`FETCH` is not an HTTP method in upper case"),
            (
                "GET a",
                "`a` is not a path: it starts with `/` and has no spaces",
            ),
            (
                "GET  /a",
                "` /a` is not a path: it starts with `/` and has no spaces",
            ),
            (
                "GET /a b",
                "`/a b` is not a path: it starts with `/` and has no spaces",
            ),
        ] {
            assert_eq!(
                text.parse::<OperationKey>().unwrap_err().to_string(),
                expected
            );
        }
    }

    #[test]
    fn sorts_by_path_then_method() {
        let mut keys: Vec<OperationKey> = ["POST /b", "GET /b", "PUT /a"]
            .iter()
            .map(|key| key.parse().unwrap())
            .collect();
        keys.sort();
        let keys: Vec<&str> = keys.iter().map(OperationKey::as_str).collect();
        assert_eq!(keys, ["PUT /a", "GET /b", "POST /b"]);
    }
}
