//! One request, and its answer read to the end.

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::time::Instant;

use crate::base_url::BaseUrl;
use crate::error::TransportError;
use crate::received::Received;

/// Most bytes kept of an answer that is a failure; enough for any message worth reading.
const MAX_FAILURE_BYTES: usize = 1024 * 1024;

/// A path that takes more turns is a circle.
const MAX_REDIRECTS: usize = 5;

/// The HTTP client, and what it says of itself.
pub(crate) struct Transport {
    pub(crate) client: reqwest::Client,
    pub(crate) user_agent: HeaderValue,
    /// The client was handed in, and may follow redirects.
    pub(crate) is_given: bool,
}

/// What an exchange must stay within.
pub(crate) struct Bounds<'a> {
    pub(crate) deadline: Instant,
    pub(crate) max_answer_bytes: u64,
    /// Statuses besides 2xx whose body is a result.
    pub(crate) success: &'static [u16],
    /// Redirects are followed to this origin and no other; none at all without one.
    pub(crate) redirects_within: Option<&'a BaseUrl>,
}

impl Transport {
    /// Sends a request and reads the answer to its end.
    ///
    /// Not an `async fn`, so that the request is no part of the future, which every call moves.
    pub(crate) fn exchange<'a>(
        &'a self,
        mut http: reqwest::Request,
        bounds: Bounds<'a>,
    ) -> impl Future<Output = Result<Received, TransportError>> + use<'a> {
        let agent = self.user_agent.clone();
        http.headers_mut().insert(USER_AGENT, agent);
        let mut next = bounds.copy_for_redirect(&http);
        let mut sent = self.execute(http, bounds.deadline);
        async move {
            let mut redirects = 0;
            loop {
                let mut response = sent.await?;
                if redirects < MAX_REDIRECTS
                    && let Some(asked) = next
                    && let Some(asked) = follow(&response, *asked, bounds.redirects_within)
                {
                    redirects += 1;
                    next = bounds.copy_for_redirect(&asked);
                    sent = self.execute(asked, bounds.deadline);
                    continue;
                }
                let status = response.status();
                let body = if is_result(status, bounds.success) {
                    read_all(&mut response, bounds.max_answer_bytes).await?
                } else {
                    read_head(&mut response, MAX_FAILURE_BYTES).await?
                };
                let headers = std::mem::take(response.headers_mut());
                return Ok(Received::new(status, headers, body));
            }
        }
    }

    fn execute(
        &self,
        mut http: reqwest::Request,
        deadline: Instant,
    ) -> impl Future<Output = Result<Response, TransportError>> + use<> {
        // Covers the body too, and holds for a client that was handed in.
        let left = deadline.saturating_duration_since(Instant::now());
        *http.timeout_mut() = Some(left);
        let asked = self.is_given.then(|| Box::new(http.url().clone()));
        let response = self.client.execute(http);
        async move {
            let response = response.await.map_err(TransportError::sending)?;
            // It may have sent the credentials along.
            if asked.is_some_and(|asked| *response.url() != *asked) {
                return Err(TransportError::redirected(response.status()));
            }
            Ok(response)
        }
    }
}

impl Bounds<'_> {
    fn copy_for_redirect(&self, http: &reqwest::Request) -> Option<Box<reqwest::Request>> {
        self.redirects_within?;
        http.try_clone().map(Box::new)
    }
}

/// The request that a redirect asks for, if it stays on the origin and changes neither method nor body.
fn follow(
    response: &Response,
    mut request: reqwest::Request,
    within: Option<&BaseUrl>,
) -> Option<reqwest::Request> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_alike = match response.status() {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        // Clients make a GET of a POST here, which is not what was asked for.
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => is_read,
        _ => false,
    };
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = response.url().join(location).ok()?;
    if !is_alike || !within?.has_origin_of(&target) || has_userinfo(&target) {
        return None;
    }
    *request.url_mut() = target;
    Some(request)
}

/// The HTTP client makes credentials of it.
fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the body is what the caller asked for rather than word of a failure.
pub(crate) fn is_result(status: StatusCode, success: &[u16]) -> bool {
    status.is_success() || success.contains(&status.as_u16())
}

/// The whole body, or an error once it is longer than `max` bytes.
async fn read_all(response: &mut Response, max: u64) -> Result<Bytes, TransportError> {
    let status = response.status();
    let announced = response.content_length().unwrap_or_default();
    if announced > max {
        return Err(TransportError::too_large(status, max));
    }
    let Some(first) = next_chunk(response).await? else {
        return Ok(Bytes::new());
    };
    // Most answers are short and come in one piece.
    let mut next = next_chunk(response).await?;
    if next.is_none() && first.len() as u64 <= max {
        return Ok(first);
    }
    // What a server announces is no reason to reserve all of it.
    let expected = usize::try_from(announced.min(64 * 1024)).unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.max(first.len()));
    body.extend_from_slice(&first);
    loop {
        let more = next.as_ref().map_or(0, Bytes::len);
        if (body.len() + more) as u64 > max {
            return Err(TransportError::too_large(status, max));
        }
        let Some(chunk) = next else {
            return Ok(body.freeze());
        };
        body.extend_from_slice(&chunk);
        next = next_chunk(response).await?;
    }
}

/// The first `max` bytes of the body.
async fn read_head(response: &mut Response, max: usize) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = next_chunk(response).await? {
        let room = max - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == max {
            break;
        }
    }
    Ok(body.freeze())
}

async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, TransportError> {
    let status = response.status();
    response
        .chunk()
        .await
        .map_err(|error| TransportError::reading(status, error))
}
