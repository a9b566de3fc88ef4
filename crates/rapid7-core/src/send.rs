//! The send path: from a request to a complete answer.

use std::convert::Infallible;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderValue, USER_AGENT};
use reqwest::{Response, StatusCode};

use crate::authorize::{Authorizer, place_token};
use crate::connection::Connection;
use crate::error::{Error, Refusal, TransportError};
use crate::operation::Operation;
use crate::received::Received;
use crate::request::Request;

/// Most bytes kept of an answer that is a failure; enough for any message worth reading.
const MAX_FAILURE_BYTES: usize = 1024 * 1024;

/// The HTTP client and the limits it works under.
pub(crate) struct Transport {
    pub(crate) client: reqwest::Client,
    pub(crate) user_agent: HeaderValue,
    /// As set by the program; repeated on each request, so that it holds for a given client too.
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_answer_bytes: u64,
}

impl Connection {
    /// Everything between a request and a complete answer of any status.
    pub(crate) async fn send(&self, request: Request) -> Result<Received, Error<Infallible>> {
        let operation = request.operation();
        let mut http =
            request
                .into_http(&self.inner.base)
                .map_err(|message| Error::InvalidInput {
                    operation,
                    message: message.into(),
                })?;
        self.authorize(operation, &mut http).await?;
        self.inner
            .transport
            .exchange(http, operation.success)
            .await
            .map_err(|error| Error::Transport {
                operation,
                error: error.into(),
            })
    }

    async fn authorize(
        &self,
        operation: &'static Operation,
        http: &mut reqwest::Request,
    ) -> Result<(), Error<Infallible>> {
        let refused = |reason| Error::Refused { operation, reason };
        let authorizer = &self.inner.authorizer;
        if !authorizer.applies_to(operation.access).map_err(refused)? {
            return Ok(());
        }
        // The address was built from the base URL; credentials are worth a second look.
        if !self.inner.base.has_origin_of(http.url()) {
            return Err(refused(Refusal::ForeignOrigin));
        }
        match authorizer {
            Authorizer::None => Ok(()),
            Authorizer::Keys { keys, .. } => keys
                .iter()
                .try_for_each(|(placement, text)| placement.apply(http, text)),
            Authorizer::Session { header, token } => {
                place_token(http, header, token, operation.access)
            }
            Authorizer::Login { header, login } => {
                let token = self
                    .session_token(login)
                    .await
                    .map_err(|error| Error::Login { operation, error })?;
                place_token(http, header, &token, operation.access)
            }
        }
        .map_err(refused)
    }
}

impl Transport {
    /// Sends a request and reads the answer to its end.
    pub(crate) async fn exchange(
        &self,
        mut http: reqwest::Request,
        success: &[u16],
    ) -> Result<Received, TransportError> {
        http.headers_mut()
            .insert(USER_AGENT, self.user_agent.clone());
        if self.timeout.is_some() {
            *http.timeout_mut() = self.timeout;
        }
        let asked = http.url().clone();
        let mut response = self
            .client
            .execute(http)
            .await
            .map_err(TransportError::sending)?;
        // Only a client that was handed in follows redirects; it may have sent the credentials along.
        if *response.url() != asked {
            return Err(TransportError::redirected(response.status()));
        }
        let status = response.status();
        let body = if is_result(status, success) {
            read_all(&mut response, self.max_answer_bytes).await?
        } else {
            read_head(&mut response, MAX_FAILURE_BYTES).await?
        };
        Ok(Received::new(
            status,
            std::mem::take(response.headers_mut()),
            body,
        ))
    }
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
    // What a server announces is no reason to reserve all of it.
    let mut body = BytesMut::with_capacity(usize::try_from(announced.min(64 * 1024)).unwrap_or(0));
    while let Some(chunk) = next_chunk(response).await? {
        if (body.len() + chunk.len()) as u64 > max {
            return Err(TransportError::too_large(status, max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
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
