//! Answers, scripted and built-in.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::catalog::Version;
use crate::content::{Content, gzip};
use crate::counters::InFlight;
use crate::delivery::{Broken, Cut, Delivery, Ending, Outgoing, Pace};
use crate::limit::{RateLimit, Standing, too_many};
use crate::socket::{Closing, Line};

/// Flips ASCII into bytes that are no UTF-8.
const TOP_BIT: u8 = 0x80;

/// An answer of the mock: status, headers, body, and how they reach the client, if they do.
///
/// ```
/// use std::time::Duration;
/// use insightcloudsec_mock::Reply;
/// use serde_json::json;
///
/// let clouds = Reply::json(200, json!({"clouds": [], "total_count": 0}));
/// let refused = Reply::status(429).header("retry-after", "1").text("slow down");
/// let slow = clouds.clone().delayed(Duration::from_millis(50)).trickled(1, Duration::from_millis(1));
/// let broken = clouds.gzipped().cut_after(10);
/// ```
///
/// `Debug` shows neither header values nor the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    content: Content,
    standing: Option<Standing>,
    delivery: Delivery,
}

impl Reply {
    /// An answer without body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::whole(Bytes::new()),
            standing: None,
            delivery: Delivery::default(),
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

    /// A page for people, as proxies and login portals send it, with whatever status.
    #[must_use]
    pub fn html_page(status: u16) -> Self {
        let reason = StatusCode::from_u16(status).ok();
        let reason = reason.and_then(|status| status.canonical_reason());
        let title = format!("{status} {}", reason.unwrap_or("Unknown"));
        let page = format!(
            "<!DOCTYPE html>\n<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n<hr><center>proxy</center>\n</body>\n</html>\n"
        );
        Self::status(status).body("text/html; charset=utf-8", page)
    }

    /// Sends the client elsewhere; `status` is 301, 302, 303, 307 or 308, and not checked.
    #[must_use]
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        Self::status(status).header("location", location)
    }

    /// A 429 that says that this limit has been used up just now, and that a whole window is to be waited.
    #[must_use]
    pub fn rate_limited(limit: RateLimit) -> Self {
        too_many().standing(limit.exceeded())
    }

    /// Resets the connection (TCP RST) before a byte is sent.
    #[must_use]
    pub fn reset() -> Self {
        Self::ending(Ending::Unsent(Closing::Reset))
    }

    /// Closes the connection (TCP FIN) before a byte is sent.
    #[must_use]
    pub fn close() -> Self {
        Self::ending(Ending::Unsent(Closing::Close))
    }

    /// Keeps the connection and sends nothing until the client goes away or the mock stops.
    #[must_use]
    pub fn hang() -> Self {
        Self::ending(Ending::Never)
    }

    /// A 200 of JSON that never ends, of blanks only. The mock needs little memory for it.
    #[must_use]
    pub fn endless() -> Self {
        let mut reply = Self::status(200).header("content-type", "application/json");
        reply.content = Content::endless();
        reply
    }

    /// A 200 of JSON, compressed with gzip, that unpacks to so many bytes, blanks only. On the wire it is
    /// about a thousandth as long, and the mock needs little memory for it.
    #[must_use]
    pub fn gzip_bomb(unpacked: u64) -> Self {
        let mut reply = Self::status(200)
            .header("content-type", "application/json")
            .header("content-encoding", "gzip");
        // Writing to memory does not fail.
        reply.content = Content::gzip_bomb(unpacked).unwrap_or_default();
        reply
    }

    fn ending(ending: Ending) -> Self {
        let mut reply = Self::status(0);
        reply.delivery.ending = ending;
        reply
    }

    /// Sets another status, and leaves all else as it is.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
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
        self.remove_header("content-encoding");
        self.content = Content::whole(body.into());
        self.media_type(media_type)
    }

    /// Calls the body something else, and leaves it as it is.
    #[must_use]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.remove_header("content-type");
        self.header("content-type", media_type)
    }

    /// Compresses the body that was set before, and says so in `Content-Encoding`. Bodies without end and
    /// bombs stay as they are.
    #[must_use]
    pub fn gzipped(mut self) -> Self {
        let Some(Ok(packed)) = self.content.as_whole().map(|bytes| gzip(bytes)) else {
            return self;
        };
        self.content = Content::whole(packed);
        self.header("content-encoding", "gzip")
    }

    /// Spoils the second half of the body that was set before: text is no UTF-8 any more, gzip does not unpack.
    /// The length stays, but an empty body gets a byte. Bodies without end and bombs stay as they are.
    #[must_use]
    pub fn garbled(mut self) -> Self {
        if let Some(bytes) = self.content.as_whole() {
            let half = bytes.len() / 2;
            let mut bytes = bytes.to_vec();
            bytes
                .iter_mut()
                .skip(half)
                .for_each(|byte| *byte ^= TOP_BIT);
            if bytes.is_empty() {
                bytes.push(TOP_BIT);
            }
            self.content = Content::whole(bytes.into());
        }
        self
    }

    /// Waits so long before the first byte, or before the connection ends without one.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delivery.delay = Some(delay);
        self
    }

    /// Sends the body a few bytes at a time, at least one, with a pause after each such piece.
    #[must_use]
    pub fn trickled(mut self, bytes: usize, every: Duration) -> Self {
        self.delivery.pace = Some(Pace { bytes, every });
        self
    }

    /// Resets the connection (TCP RST) after so many bytes of the body, at the latest before the last one.
    /// The length that is announced is that of the whole. An answer without body is not sent at all. As with
    /// any reset, what the client has not read by then may be lost.
    #[must_use]
    pub fn cut_after(mut self, bytes: u64) -> Self {
        self.delivery.ending = Ending::Cut(Cut::After(bytes), Closing::Reset);
        self
    }

    /// As [`cut_after`](Self::cut_after), but the connection is closed (TCP FIN).
    #[must_use]
    pub fn closed_after(mut self, bytes: u64) -> Self {
        self.delivery.ending = Ending::Cut(Cut::After(bytes), Closing::Close);
        self
    }

    /// As [`cut_after`](Self::cut_after), in the middle of the body, however long it is.
    #[must_use]
    pub fn cut_in_half(mut self) -> Self {
        self.delivery.ending = Ending::Cut(Cut::Half, Closing::Reset);
        self
    }

    /// Adds the headers of a rate limit: `remaining` requests are left, and in `reset` the limit is whole again.
    #[must_use]
    pub fn with_rate_limit(self, limit: RateLimit, remaining: u32, reset: Duration) -> Self {
        self.standing(Standing {
            limit,
            remaining,
            reset,
        })
    }

    pub(crate) fn standing(mut self, standing: Standing) -> Self {
        self.standing = Some(standing);
        self
    }

    fn remove_header(&mut self, name: &str) {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// The status; 0 where none is sent.
    pub(crate) fn code(&self) -> u16 {
        match self.delivery.ending {
            Ending::Unsent(_) | Ending::Never => 0,
            Ending::Cut(..) if self.content.len() == Some(0) => 0,
            Ending::Complete | Ending::Cut(..) => self.status,
        }
    }

    /// The answer as it goes out; one that HTTP cannot carry becomes a 500 that says so.
    ///
    /// # Errors
    ///
    /// [`Broken`] if the connection is to end instead.
    pub(crate) async fn send(
        self,
        line: Line,
        in_flight: Option<InFlight>,
    ) -> Result<Response<Outgoing>, Broken> {
        if let Some(delay) = self.delivery.delay {
            sleep(delay).await;
        }
        let cut = match self.delivery.ending {
            Ending::Complete => None,
            Ending::Never => return std::future::pending().await,
            Ending::Unsent(closing) => {
                line.end(closing);
                return Err(Broken);
            }
            Ending::Cut(cut, closing) => {
                let Some(allowed) = cut.allowed(self.content.len()) else {
                    line.end(closing);
                    return Err(Broken);
                };
                Some((allowed, closing))
            }
        };
        let (head, content) = match self.head() {
            Ok(head) => (head, self.content),
            Err(problem) => {
                let mut head = Response::new(());
                *head.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                (head, Content::whole(problem.into()))
            }
        };
        let body = Outgoing::new(content, self.delivery.pace, cut, line, in_flight);
        Ok(head.map(|()| body))
    }

    fn head(&self) -> Result<Response<()>, String> {
        let mut response = Response::new(());
        // Below 200 no final answer is left to send.
        *response.status_mut() = StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| status.as_u16() >= 200)
            .ok_or_else(|| format!("the mock cannot send status {}", self.status))?;
        let is_refusal = matches!(self.status, 429 | 503);
        let limit = self
            .standing
            .iter()
            .flat_map(|standing| standing.headers(is_refusal, SystemTime::now()));
        for (name, value) in self.headers.iter().cloned().chain(limit) {
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
            .field("body_bytes", &self.content.len())
            .field("standing", &self.standing)
            .field("delivery", &self.delivery)
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

    async fn sent(reply: Reply) -> u16 {
        let sent = reply.send(Line::default(), None).await;
        sent.map_or(0, |response| response.status().as_u16())
    }

    #[tokio::test]
    async fn what_http_cannot_carry_becomes_an_error() {
        for reply in [
            Reply::status(99),
            Reply::status(100),
            Reply::status(1000),
            Reply::status(200).header("two words", "x"),
            Reply::status(200).header("x", "line\nend"),
        ] {
            assert_eq!(sent(reply).await, 500);
        }
        assert_eq!(sent(Reply::status(204)).await, 204);
        assert_eq!(sent(Reply::endless().with_status(503)).await, 503);
        assert_eq!(sent(Reply::status(204).cut_after(1)).await, 0);
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
