//! Answers, scripted and built-in.

use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::catalog::Version;

/// An answer of the mock: status, headers and body.
///
/// ```
/// use insightcloudsec_mock::Reply;
/// use serde_json::json;
///
/// let clouds = Reply::json(200, json!({"clouds": [], "total_count": 0}));
/// let refused = Reply::status(429).header("retry-after", "1").text("slow down");
/// ```
///
/// `Debug` shows neither header values nor the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Reply {
    /// An answer without body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Value>) -> Self {
        Self::status(status).body("application/json", body.into().to_string())
    }

    /// The error body of the product: `error_message` and `error_type`.
    #[must_use]
    pub fn error(status: u16, error_type: &str, message: &str) -> Self {
        Self::json(
            status,
            json!({"error_message": message, "error_type": error_type}),
        )
    }

    /// Adds a header; one given twice is sent twice.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a body of plain text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body("text/plain; charset=utf-8", text.into())
    }

    /// Sets a body of any media type.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        self.headers
            .push(("content-type".to_owned(), media_type.to_owned()));
        self.body = body.into();
        self
    }

    pub(crate) fn code(&self) -> u16 {
        self.status
    }

    /// The answer as it goes out; one that HTTP cannot carry becomes a 500 that says so.
    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        self.try_response().unwrap_or_else(|problem| {
            let mut response = Response::new(Full::new(Bytes::from(problem)));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }

    fn try_response(self) -> Result<Response<Full<Bytes>>, String> {
        let mut response = Response::new(Full::new(self.body));
        // Below 200 no final answer is left to send.
        *response.status_mut() = StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| status.as_u16() >= 200)
            .ok_or_else(|| format!("the mock cannot send status {}", self.status))?;
        for (name, value) in self.headers {
            let problem = || format!("the mock cannot send the header `{name}`");
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| problem())?;
            let value = HeaderValue::from_str(&value).map_err(|_| problem())?;
            response.headers_mut().append(header, value);
        }
        Ok(response)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Why a request gets no result; how it looks depends on the version.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    status: u16,
    kind: &'static str,
    message: String,
    /// Where in the request, and which member.
    place: Option<(&'static str, String)>,
}

impl Failure {
    pub(crate) fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            place: None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", message)
    }

    /// A member of the body (`json`) or of the query string (`query`) is at fault.
    pub(crate) fn member(location: &'static str, member: &str, message: impl Into<String>) -> Self {
        Self {
            place: Some((location, member.to_owned())),
            ..Self::invalid(message)
        }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "Unauthorized", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "Forbidden", message)
    }

    pub(crate) fn unknown(what: &str, id: &str) -> Self {
        Self::new(404, "NotFound", format!("no {what} has the id `{id}`"))
    }

    /// v3 names the member in the manner of its validation library; all else has two texts.
    pub(crate) fn into_reply(self, version: Option<Version>) -> Reply {
        match (version, self.place) {
            (Some(Version::V3), Some((location, member))) => Reply::json(
                self.status,
                json!({"messages": {location: {member: [self.message]}}}),
            ),
            (_, Some((_, member))) => Reply::error(
                self.status,
                self.kind,
                &format!("{member}: {}", self.message),
            ),
            (_, None) => Reply::error(self.status, self.kind, &self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_http_cannot_carry_becomes_an_error() {
        for reply in [
            Reply::status(99),
            Reply::status(100),
            Reply::status(1000),
            Reply::status(200).header("two words", "x"),
            Reply::status(200).header("x", "line\nend"),
        ] {
            assert_eq!(reply.into_response().status(), 500);
        }
        assert_eq!(Reply::status(204).into_response().status(), 204);
    }

    #[test]
    fn debug_shows_no_contents() {
        let reply = Reply::json(200, json!("s3cret")).header("api-key", "k3y");
        let shown = format!("{reply:?}");
        assert!(
            shown.contains("200") && shown.contains("api-key"),
            "{shown}"
        );
        assert!(
            !shown.contains("s3cret") && !shown.contains("k3y"),
            "{shown}"
        );
    }

    #[test]
    fn failures_look_like_their_version() {
        let failure = || Failure::member("json", "limit", "Not a valid integer.");
        let messages = json!({"messages": {"json": {"limit": ["Not a valid integer."]}}});
        assert_eq!(
            failure().into_reply(Some(Version::V3)),
            Reply::json(400, messages)
        );
        let v2 = Reply::error(400, "InvalidRequest", "limit: Not a valid integer.");
        assert_eq!(failure().into_reply(Some(Version::V2)), v2);
    }
}
