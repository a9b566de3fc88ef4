//! One request, and its answer read to the end.

mod encoding;
mod reading;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use reading::Reading;
use reqwest::header::{ACCEPT_ENCODING, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, Response, StatusCode, Url};
use tokio::time::Instant;

use crate::base_url::BaseUrl;
use crate::error::TransportError;
use crate::mask::Mask;
use crate::received::Received;
use crate::time_limit::{TimeLimit, TimedOut, Watch};

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
    /// What nothing that a server sent may show.
    pub(crate) mask: Arc<Mask>,
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
        if !self.is_given && !http.headers().contains_key(ACCEPT_ENCODING) {
            set_header(&mut http, ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let is_head = *http.method() == Method::HEAD;
        let guard = self.guard(&http, bounds);
        let sent = self.send(http, bounds.time);
        async move {
            let timer = pin!(bounds.time.timer());
            let mut watch = Watch::new(&bounds.time, timer);
            let mut response = head(&mut watch, pin!(sent), &self.mask).await?;
            if let Some(guard) = guard {
                // Rare, and large.
                response = Box::pin(self.pass(*guard, response, bounds, &mut watch)).await?;
            }
            Reading::new(&mut response, &mut watch, &bounds, &self.mask, is_head)
                .whole()
                .await
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
            let sent = pin!(self.send(asked, bounds.time));
            response = head(watch, sent, &self.mask).await?;
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
    mask: &Mask,
) -> Result<Response, Box<TransportError>> {
    match watch.wait(sent).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(TransportError::sending(&error, mask).into()),
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
