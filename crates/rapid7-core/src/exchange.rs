//! One request, and its answer read to the end.

use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::time::Instant;

use crate::base_url::BaseUrl;
use crate::error::TransportError;
use crate::received::Received;
use crate::time_limit::{TimeLimit, TimedOut, Watch};

/// Most bytes kept of an answer that is a failure; enough for any message worth reading.
const MAX_FAILURE_BYTES: usize = 1024 * 1024;

/// Longest answer, in bytes, that is kept in the memory that the HTTP client read it into. A longer one is copied, and
/// its headers too: each would keep the whole of the client's buffer, of up to 400 KiB.
const MAX_PIECE: usize = 64 * 1024;

/// Most bytes reserved on a server's word for the length of an answer.
const MAX_RESERVED: u64 = 1024 * 1024;

/// A path that takes more turns is a circle.
const MAX_REDIRECTS: usize = 5;

/// The HTTP client, and what it says of itself.
pub(crate) struct Transport {
    pub(crate) client: reqwest::Client,
    pub(crate) user_agent: HeaderValue,
    /// The client was handed in: it may follow redirects, and have time limits of its own.
    pub(crate) is_given: bool,
    /// Longest silence while waiting for an answer or the rest of one.
    pub(crate) silence: Option<Duration>,
}

/// What an exchange must stay within.
#[derive(Clone, Copy)]
pub(crate) struct Bounds<'a> {
    pub(crate) time: TimeLimit,
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
    ) -> impl Future<Output = Result<Received, Box<TransportError>>> + use<'a> {
        set_header(&mut http, USER_AGENT, self.user_agent.clone());
        let guard = self.guard(&http, bounds);
        let sent = self.send(http, bounds.time);
        async move {
            let timer = pin!(bounds.time.timer());
            let mut watch = Watch::new(&bounds.time, timer);
            let mut response = head(&mut watch, pin!(sent)).await?;
            if let Some(guard) = guard {
                // Rare, and large.
                response = Box::pin(self.pass(*guard, response, bounds, &mut watch)).await?;
            }
            read(&mut response, &bounds, &mut watch).await
        }
    }

    /// The limits of an exchange that has to end then.
    pub(crate) fn time_until(&self, deadline: Instant) -> TimeLimit {
        TimeLimit {
            deadline,
            silence: self.silence,
        }
    }

    fn send(
        &self,
        mut http: reqwest::Request,
        time: TimeLimit,
    ) -> impl Future<Output = reqwest::Result<Response>> + use<> {
        if self.is_given {
            // In the place of the client's own, which may be shorter.
            let left = time.deadline.saturating_duration_since(Instant::now());
            *http.timeout_mut() = Some(left);
        }
        self.client.execute(http)
    }

    /// What is to be known of a request when its answer may be from elsewhere, or ask for elsewhere.
    fn guard(&self, http: &reqwest::Request, bounds: Bounds<'_>) -> Option<Box<Guard>> {
        if !self.is_given && bounds.redirects_within.is_none() {
            return None;
        }
        Some(Box::new(Guard {
            url: http.url().clone(),
            again: bounds.redirects_within.and_then(|_| http.try_clone()),
        }))
    }

    /// The answer to be read, after redirects that may be followed.
    async fn pass(
        &self,
        mut guard: Guard,
        mut response: Response,
        bounds: Bounds<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<Response, Box<TransportError>> {
        for redirects in 0.. {
            // A client that was handed in may have followed it, and sent the credentials along.
            if self.is_given && *response.url() != guard.url {
                return Err(TransportError::redirected(response.status()).into());
            }
            let asked = guard.again.filter(|_| redirects < MAX_REDIRECTS);
            let asked = asked.and_then(|asked| follow(&response, asked, bounds.redirects_within));
            let Some(asked) = asked else {
                break;
            };
            guard = Guard {
                url: asked.url().clone(),
                again: asked.try_clone(),
            };
            response = head(watch, pin!(self.send(asked, bounds.time))).await?;
        }
        Ok(response)
    }
}

/// Where a request was sent, and a copy of it if it may be sent elsewhere.
struct Guard {
    url: Url,
    again: Option<reqwest::Request>,
}

/// All headers go this way, so that it is compiled once; each has one value.
#[inline(never)]
pub(crate) fn set_header(http: &mut reqwest::Request, name: HeaderName, value: HeaderValue) {
    http.headers_mut().insert(name, value);
}

/// Waits for the head of an answer.
async fn head(
    watch: &mut Watch<'_>,
    sent: Pin<&mut impl Future<Output = reqwest::Result<Response>>>,
) -> Result<Response, Box<TransportError>> {
    match watch.wait(sent).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(TransportError::sending(error).into()),
        Err(TimedOut) => Err(TransportError::timed_out_after_sending().into()),
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

/// Reads an answer to its end.
async fn read(
    response: &mut Response,
    bounds: &Bounds<'_>,
    watch: &mut Watch<'_>,
) -> Result<Received, Box<TransportError>> {
    let status = response.status();
    let body = if is_result(status, bounds.success) {
        let announced = response.content_length();
        let max = bounds.max_answer_bytes;
        if announced.is_some_and(|announced| announced > max) {
            return Err(TransportError::too_large(status, max).into());
        }
        match next_chunk(response, watch).await? {
            None => Bytes::new(),
            // Most answers are short and come in one piece.
            Some(first) if announced == Some(first.len() as u64) && first.len() <= MAX_PIECE => {
                first
            }
            Some(first) => {
                let announced = announced.unwrap_or_default();
                Box::pin(read_on(response, announced, first, max, watch)).await?
            }
        }
    } else {
        Box::pin(read_head(response, MAX_FAILURE_BYTES, watch)).await?
    };
    let headers = std::mem::take(response.headers_mut());
    Ok(Received::new(status, headers, body))
}

/// The whole body, or an error once it is longer than `max` bytes.
async fn read_on(
    response: &mut Response,
    announced: u64,
    first: Bytes,
    max: u64,
    watch: &mut Watch<'_>,
) -> Result<Bytes, Box<TransportError>> {
    let reserved = usize::try_from(announced.min(MAX_RESERVED)).unwrap_or(0);
    let mut body = Vec::with_capacity(reserved.max(first.len()));
    let mut is_long = false;
    let mut next = Some(first);
    while let Some(chunk) = next {
        let length = body.len() + chunk.len();
        if length as u64 > max {
            return Err(TransportError::too_large(response.status(), max).into());
        }
        if !is_long && reserved.max(length) > MAX_PIECE {
            is_long = true;
            own_values(response.headers_mut());
        }
        make_room(&mut body, chunk.len(), announced);
        body.extend_from_slice(&chunk);
        // The client reads on into the memory of a chunk that is gone.
        drop(chunk);
        // Unpacking a long answer never waits, and would keep the thread to itself.
        tokio::task::coop::consume_budget().await;
        next = next_chunk(response, watch).await?;
    }
    Ok(body.into())
}

/// Makes a body at most twice as long at a time, and no longer than was announced: it is kept with all its room.
fn make_room(body: &mut Vec<u8>, bytes: usize, announced: u64) {
    let left = usize::try_from(announced).unwrap_or(usize::MAX);
    let left = left.saturating_sub(body.len());
    if body.capacity() - body.len() < bytes && left >= bytes {
        let ahead = body.len().max(bytes);
        body.reserve_exact(left.min(ahead));
    }
}

/// Moves the values of headers into memory of their own.
fn own_values(headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        if let Ok(mut own) = HeaderValue::from_bytes(value.as_bytes()) {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
    }
}

/// The first `max` bytes of the body.
async fn read_head(
    response: &mut Response,
    max: usize,
    watch: &mut Watch<'_>,
) -> Result<Bytes, Box<TransportError>> {
    let mut body = BytesMut::new();
    while let Some(chunk) = next_chunk(response, watch).await? {
        let room = max - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == max {
            break;
        }
    }
    Ok(body.freeze())
}

async fn next_chunk(
    response: &mut Response,
    watch: &mut Watch<'_>,
) -> Result<Option<Bytes>, Box<TransportError>> {
    let status = response.status();
    match watch.wait(pin!(response.chunk())).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => Err(TransportError::reading(status, error).into()),
        Err(TimedOut) => Err(TransportError::timed_out_reading(status).into()),
    }
}
