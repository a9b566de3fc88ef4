//! An answer as it came from the wire.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::decode::Limits;
use crate::effort::Effort;
use crate::error::server_message;
use crate::mask::Mask;
use crate::rate_limit;

/// Headers under which servers and gateways state the id of a request, most specific first.
const REQUEST_ID_HEADERS: [&str; 7] = [
    "x-request-id",
    "request-id",
    "r7-request-id",
    "r7-correlation-id",
    "x-correlation-id",
    "correlation-id",
    "x-amzn-requestid",
];

/// Status, headers and complete body of an answer, before it is decoded.
///
/// `Debug` shows the status, the kind of content and the length of the body.
#[derive(Clone)]
pub struct Received {
    /// Boxed, since it is handed on many times.
    parts: Box<Parts>,
}

#[derive(Clone)]
struct Parts {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    effort: Effort,
    limits: Limits,
    /// Of the connection; none for an answer that came from nowhere.
    mask: Option<Arc<Mask>>,
}

impl Received {
    /// An answer of these parts, for tests of decoders.
    #[must_use]
    #[inline]
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self {
            parts: Box::new(Parts {
                status,
                headers,
                body: body.into(),
                effort: Effort::default(),
                limits: Limits::default(),
                mask: None,
            }),
        }
    }

    /// The same answer, with the secrets that nothing of it may show.
    #[inline]
    pub(crate) fn hiding(mut self, mask: &Arc<Mask>) -> Self {
        self.parts.mask = Some(Arc::clone(mask));
        self
    }

    pub(crate) fn mask(&self) -> Option<&Arc<Mask>> {
        self.parts.mask.as_ref()
    }

    /// The same answer, with what it took to get it and what decoding it may take.
    #[inline]
    pub(crate) fn after(mut self, effort: Effort, limits: Limits) -> Self {
        self.parts.effort = effort;
        self.parts.limits = limits;
        self
    }

    /// What decoding the body may take.
    pub(crate) fn limits(&self) -> Limits {
        self.parts.limits
    }

    /// The same answer, with nothing left of its body.
    #[inline]
    pub(crate) fn without_body(mut self) -> Self {
        self.parts.body = Bytes::new();
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers. Their values may hold secrets, such as cookies.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The body, after gzip is undone. Failure answers are cut at 1 MiB.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.parts.body
    }

    /// The `Content-Type` header, parameters included.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.parts.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        let id = request_id(&self.parts.headers)?;
        // What holds a secret is an echo and no id.
        let is_clean = |mask: &Arc<Mask>| mask.is_clean(id);
        self.mask().is_none_or(is_clean).then_some(id)
    }

    /// What the call cost that ended with this answer.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.parts.effort
    }

    /// How long the server asks to wait, by `Retry-After` or, where too many requests were made, by the time until
    /// its limit begins anew.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        rate_limit::retry_after(&self.parts.headers).or_else(|| {
            let is_limit = self.parts.status == StatusCode::TOO_MANY_REQUESTS;
            is_limit.then(|| rate_limit::reset(&self.parts.headers))?
        })
    }

    pub(crate) fn server_message(&self) -> Option<String> {
        server_message::read(&self.parts.body)
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("status", &self.parts.status.as_u16())
            .field("content_type", &self.content_type().map(media_type))
            .field("body_len", &self.parts.body.len())
            .finish_non_exhaustive()
    }
}

/// Longest id of a request that is taken for one, in characters.
const MAX_REQUEST_ID: usize = 128;

/// The id that the server or a gateway gave the request, to quote to the vendor's support: visible ASCII.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    let is_id = |id: &&str| {
        (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    REQUEST_ID_HEADERS
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .map(str::trim)
        .find(is_id)
}

/// Content types that are called by their name.
const MEDIA_TYPES: [&str; 15] = [
    "application/json",
    "application/javascript",
    "application/octet-stream",
    "application/pdf",
    "application/problem+json",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "application/zip",
    "multipart/form-data",
    "text/csv",
    "text/html",
    "text/plain",
    "text/xml",
];

/// And the kinds of others, by their beginnings and ends.
const MEDIA_KINDS: [(&str, &str, &str); 7] = [
    ("", "+json", "a type of JSON"),
    ("", "+xml", "a type of XML"),
    ("text/", "", "text"),
    ("image/", "", "an image"),
    ("audio/", "", "audio"),
    ("video/", "", "a video"),
    ("", "", "of an unknown type"),
];

/// A content type in words of this crate: the server's own may hold anything.
pub(crate) fn media_type(content_type: &str) -> &'static str {
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let known = MEDIA_TYPES.into_iter().find(|known| *known == essence);
    let kind = || {
        let is_kind = |(begin, end, _): &(&str, &str, &str)| {
            essence.starts_with(begin) && essence.ends_with(end)
        };
        let kind = MEDIA_KINDS.into_iter().find(is_kind);
        kind.map(|(_, _, words)| words).unwrap_or_default()
    };
    known.unwrap_or_else(kind)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::{HeaderMap, media_type, request_id};

    #[test]
    fn media_types_are_told_in_own_words() {
        for (content_type, words) in [
            ("text/html; charset=utf-8", "text/html"),
            (" Application/JSON", "application/json"),
            ("application/vnd.k3y+json", "a type of JSON"),
            ("application/k3y+xml", "a type of XML"),
            ("text/k3y", "text"),
            ("image/k3y", "an image"),
            ("k3y/html", "of an unknown type"),
            ("html", "of an unknown type"),
            ("", "of an unknown type"),
        ] {
            assert_eq!(media_type(content_type), words, "{content_type}");
        }
    }

    #[test]
    fn request_id_prefers_the_specific_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(request_id(&headers), None);
        headers.insert("R7-Correlation-Id", "c-1".parse().unwrap());
        assert_eq!(request_id(&headers), Some("c-1"));
        headers.insert("X-Request-Id", "r-1".parse().unwrap());
        assert_eq!(request_id(&headers), Some("r-1"));
        for odd in ["", "r 1", &"r".repeat(129), "\u{e9}"] {
            headers.insert("X-Request-Id", HeaderValue::from_str(odd).unwrap());
            assert_eq!(request_id(&headers), Some("c-1"), "{odd}");
        }
        headers.insert("X-Request-Id", "r".repeat(128).parse().unwrap());
        assert_eq!(request_id(&headers), Some(&*"r".repeat(128)));
    }
}
