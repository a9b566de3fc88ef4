//! The log-in, the token it yields, and the log-out.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::authorize::{Authorizer, Login, set_sensitive};
use crate::body::Body;
use crate::connection::Connection;
use crate::decode;
use crate::error::{Error, LoginError};
use crate::operation::Operation;
use crate::received::Received;
use crate::request::Request;
use crate::target;

/// The session of a connection that logs in.
#[derive(Default)]
pub(crate) struct Session {
    /// Held during a log-in, so that all who need a token wait for the same one.
    state: Mutex<State>,
    /// Log-ins that have ended, well or badly.
    finished: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<SecretString>,
    failure: Option<LoginError>,
}

#[derive(Serialize)]
struct LoginRequest<'a> {
    username: &'a str,
    password: &'a str,
}

impl Connection {
    /// The token of the session, after logging in if there is none.
    pub(crate) async fn session_token(&self, login: &Login) -> Result<SecretString, LoginError> {
        let Session { state, finished } = &self.inner.session;
        let seen = finished.load(Ordering::Acquire);
        let mut state = state.lock().await;
        if let Some(token) = &state.token {
            return Ok(token.clone());
        }
        // A log-in failed while this call waited for it. Trying again with the same password, once per
        // waiting call, is how accounts get locked.
        if let Some(failure) = &state.failure
            && finished.load(Ordering::Acquire) != seen
        {
            return Err(failure.clone());
        }
        let outcome = self.log_in(login).await;
        *state = State {
            token: outcome.as_ref().ok().cloned(),
            failure: outcome.as_ref().err().cloned(),
        };
        finished.fetch_add(1, Ordering::Release);
        outcome
    }

    /// Takes the token before sending, so that no request of another task sets out with a dying one.
    pub(crate) async fn end_session(&self, logout: &'static Operation) -> Result<(), Error<Body>> {
        let (header, token) = match &self.inner.authorizer {
            Authorizer::None | Authorizer::Keys { .. } => return Ok(()),
            Authorizer::Session { header, token } => (header, token.clone()),
            Authorizer::Login { header, .. } => {
                match self.inner.session.state.lock().await.token.take() {
                    Some(token) => (header, token),
                    None => return Ok(()),
                }
            }
        };
        let mut http = Request::new(logout)
            .into_http(&self.inner.base)
            .map_err(|message| Error::InvalidInput {
                operation: logout,
                message: message.into(),
            })?;
        set_sensitive(&mut http, header, token.expose_secret()).map_err(|reason| {
            Error::Refused {
                operation: logout,
                reason,
            }
        })?;
        let transport = &self.inner.transport;
        let received = transport
            .exchange(http, logout.success)
            .await
            .map_err(|error| Error::Transport {
                operation: logout,
                error: error.into(),
            })?;
        match self.classify(logout, received, decode::empty, decode::body) {
            Err(error) if !error.is_unauthorized() => Err(error),
            _ => Ok(()),
        }
    }

    async fn log_in(&self, login: &Login) -> Result<SecretString, LoginError> {
        let url =
            target::url(&self.inner.base, login.path, "").map_err(|_| LoginError::unsendable())?;
        let body = LoginRequest {
            username: &login.username,
            password: login.password.expose_secret(),
        };
        let body = serde_json::to_vec(&body).map_err(|_| LoginError::unsendable())?;
        let mut http = reqwest::Request::new(Method::POST, url);
        let json = HeaderValue::from_static("application/json");
        http.headers_mut().insert(CONTENT_TYPE, json.clone());
        http.headers_mut().insert(ACCEPT, json);
        *http.body_mut() = Some(body.into());
        let received = self
            .inner
            .transport
            .exchange(http, &[])
            .await
            .map_err(LoginError::unreachable)?;
        read_token(&received)
    }
}

fn read_token(received: &Received) -> Result<SecretString, LoginError> {
    match received.status() {
        status if status.is_success() => {}
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(LoginError::refused(received));
        }
        _ => {
            return Err(LoginError::unexpected(
                received,
                "the status is not a log-in's",
            ));
        }
    }
    let no_object = || {
        let message = "the answer is not a JSON object with text in `session_id`";
        LoginError::unexpected(received, message)
    };
    let answer: Map<String, Value> = decode::json(received).map_err(|_| no_object())?;
    match answer.get("session_id") {
        Some(Value::String(token)) if is_sendable(token) => Ok(token.as_str().into()),
        Some(Value::String(_)) => Err(LoginError::unexpected(
            received,
            "`session_id` is not text that a header can hold",
        )),
        None | Some(Value::Null) => Err(LoginError::unexpected(
            received,
            "the answer has no `session_id`",
        )),
        Some(_) => Err(no_object()),
    }
}

fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}
