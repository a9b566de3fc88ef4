//! What the mock was asked.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Headers whose values are credentials.
const CREDENTIAL_HEADERS: [&str; 6] = [
    "api-key",
    "x-api-key",
    "x-auth-token",
    "authorization",
    "proxy-authorization",
    "cookie",
];

/// A request as it arrived, and the status it got.
///
/// `Debug` hides credentials, query values and the body, so that a failed assertion prints no secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// `GET`, in capitals.
    pub method: String,
    /// The path as sent, still percent-encoded.
    pub path: String,
    /// What stood after `?`, still percent-encoded.
    pub query: Option<String>,
    /// Names in lower case, and values, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Bytes,
    /// The document of the operation: `v2`, `v3` or `v4`. None where no operation has this path and method.
    pub api: Option<&'static str>,
    /// The id of the operation, such as `list_clouds`.
    pub operation: Option<String>,
    /// The status that was answered; 0 where the client got none.
    pub status: u16,
    /// The status that the mock would have answered by itself, and did if nothing was scripted. None: the
    /// request was not processed.
    pub processed: Option<u16>,
}

impl Recorded {
    /// The first value of a header; capitals do not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        let pairs = query_pairs(self.query.as_deref().unwrap_or_default());
        pairs
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The body, where it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value): &(String, String)| {
            let secret = CREDENTIAL_HEADERS.contains(&name.as_str());
            (
                name.clone(),
                if secret {
                    "[redacted]".to_owned()
                } else {
                    value.clone()
                },
            )
        };
        let query = query_pairs(self.query.as_deref().unwrap_or_default());
        let query: Vec<_> = query.into_iter().map(|(name, _)| name).collect();
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query_names", &query)
            .field(
                "headers",
                &self.headers.iter().map(shown).collect::<Vec<_>>(),
            )
            .field("body_bytes", &self.body.len())
            .field("api", &self.api)
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("processed", &self.processed)
            .finish()
    }
}

/// The decoded pairs of a query string.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The latest requests.
#[derive(Debug)]
pub(crate) struct Records {
    latest: VecDeque<Recorded>,
    keep: usize,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            latest: VecDeque::new(),
            keep: usize::MAX,
        }
    }
}

impl Records {
    pub(crate) fn push(&mut self, recorded: Recorded) {
        self.latest.push_back(recorded);
        self.forget();
    }

    pub(crate) fn keep(&mut self, requests: usize) {
        self.keep = requests;
        self.forget();
    }

    pub(crate) fn clear(&mut self) {
        self.latest.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Recorded> {
        self.latest.iter()
    }

    fn forget(&mut self) {
        let surplus = self.latest.len().saturating_sub(self.keep);
        self.latest.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Recorded {
        Recorded {
            method: "POST".to_owned(),
            path: "/v2/public/user/login".to_owned(),
            query: Some("X-Auth-Token=t0ken&name=a%20b+c".to_owned()),
            headers: vec![
                ("api-key".to_owned(), "k3y".to_owned()),
                ("accept".to_owned(), "*/*".to_owned()),
            ],
            body: Bytes::from_static(b"{\"password\": \"p4ss\"}"),
            api: Some("v2"),
            operation: Some("login".to_owned()),
            status: 200,
            processed: Some(200),
        }
    }

    #[test]
    fn debug_hides_what_may_be_secret() {
        let shown = format!("{:?}", recorded());
        for secret in ["t0ken", "k3y", "p4ss"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("login") && shown.contains("*/*"), "{shown}");
    }

    #[test]
    fn parts_are_found() {
        let recorded = recorded();
        assert_eq!(recorded.header("Api-Key"), Some("k3y"));
        assert_eq!(recorded.query_value("name").as_deref(), Some("a b c"));
        assert_eq!(recorded.json().unwrap()["password"], "p4ss");
    }
}
