//! An answer as it came from the wire.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::decode::Limits;
use crate::effort::Effort;
use crate::error::server_message;
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
/// `Debug` shows the status, the content type and the length of the body.
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
            }),
        }
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
        request_id(&self.parts.headers)
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

/// The id that the server or a gateway gave the request, to quote to the vendor's support.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID_HEADERS
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .map(str::trim)
        .filter(|id| !id.is_empty() && id.len() <= 128)
}

/// A content type without its parameters, or a stand-in for text that is not one.
pub(crate) fn media_type(content_type: &str) -> &str {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-*".contains(&byte))
    };
    match essence.split_once('/') {
        Some((kind, subtype)) if essence.len() <= 80 && is_token(kind) && is_token(subtype) => {
            essence
        }
        _ => "of an unreadable type",
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, media_type, request_id};

    #[test]
    fn media_types_are_short_and_clean() {
        assert_eq!(media_type("text/html; charset=utf-8"), "text/html");
        assert_eq!(
            media_type("application/vnd.x+json"),
            "application/vnd.x+json"
        );
        for odd in [
            "",
            "html",
            "text/ht ml",
            "text/",
            &format!("a/{}", "b".repeat(90)),
        ] {
            assert_eq!(media_type(odd), "of an unreadable type", "{odd}");
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
    }
}
