//! The log-in on the wire.

use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::Grant;
use crate::authorize::{Login, Presented};
use crate::connection::Inner;
use crate::decode;
use crate::error::{LoginError, LoginErrorKind};
use crate::exchange::{Bounds, set_header};
use crate::received::Received;
use crate::target;
use crate::values::Timestamp;

/// A session is left this long before it ends, so that no request is on its way then.
const MARGIN: Duration = Duration::from_secs(30);

/// Longest answer of a log-in, in bytes.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

#[derive(Serialize)]
struct LoginRequest<'a> {
    username: &'a str,
    password: &'a str,
}

impl Inner {
    pub(super) async fn log_in(
        &self,
        login: &Login,
        deadline: Instant,
    ) -> Result<Grant, LoginError> {
        let http = self
            .login_request(login)
            .ok_or_else(LoginError::unsendable)?;
        let bounds = Bounds {
            time: self.transport.time_until(deadline),
            max_answer_bytes: MAX_ANSWER_BYTES,
            success: &[],
            redirects_within: None,
        };
        let sent = self.transport.exchange(http, bounds).await;
        let received = sent.map_err(|error| LoginError::unreachable(*error))?;
        let answer = read_answer(&received)?;
        let token = read_token(&received, &answer)?;
        self.transport.mask.learn(&token);
        let presented = Presented::Token {
            header: login.header.clone(),
            token: token.into(),
        };
        Ok(Grant::session(presented, read_end(&received, &answer)))
    }

    fn login_request(&self, login: &Login) -> Option<reqwest::Request> {
        let url = target::url(&self.base, login.path, &[], "").ok()?;
        let body = LoginRequest {
            username: &login.username,
            password: login.password.expose_secret(),
        };
        let body = serde_json::to_vec(&body).ok()?;
        let mut http = reqwest::Request::new(Method::POST, url);
        let json = HeaderValue::from_static("application/json");
        set_header(&mut http, CONTENT_TYPE, json.clone());
        set_header(&mut http, ACCEPT, json);
        *http.body_mut() = Some(body.into());
        Some(http)
    }
}

fn read_answer(received: &Received) -> Result<Map<String, Value>, LoginError> {
    let answer = decode::json::<Map<String, Value>>(received);
    match received.status() {
        status if status.is_success() => answer.map_err(|_| {
            let message = "the answer is not a JSON object with text in `session_id`";
            LoginError::unexpected(received, message)
        }),
        StatusCode::BAD_REQUEST
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::LOCKED => Err(refusal(received)),
        _ => Err(LoginError::unexpected(
            received,
            "the status is not a log-in's",
        )),
    }
}

/// Words by which servers tell of a lock, in lower case.
const LOCKED: [&str; 4] = ["locked", "lock-out", "lockout", "too many"];

/// Words by which servers ask for a second factor, in lower case. No recording of the answer is known.
const SECOND_FACTOR: [&str; 8] = [
    "mfa",
    "2fa",
    "tfa",
    "otp",
    "two-factor",
    "two factor",
    "second factor",
    "multi-factor",
];

fn refusal(received: &Received) -> LoginError {
    let words = received.server_message().unwrap_or_default().to_lowercase();
    let tells_of = |all: &[&str]| all.iter().any(|one| contains_word(&words, one));
    let kind = if received.status() == StatusCode::LOCKED || tells_of(&LOCKED) {
        LoginErrorKind::Locked
    } else if tells_of(&SECOND_FACTOR) {
        LoginErrorKind::SecondFactor
    } else if is_page(received) {
        // A gateway's or firewall's, which does not know the password.
        return LoginError::unexpected(received, "a page came in the place of an answer");
    } else {
        LoginErrorKind::Refused
    };
    LoginError::refused(kind, received)
}

/// Whether a text has the word with no letter or digit beside it.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let is_free = |side: Option<char>| !side.is_some_and(char::is_alphanumeric);
        is_free(before) && is_free(after)
    })
}

fn is_page(received: &Received) -> bool {
    received.bytes().trim_ascii_start().starts_with(b"<")
}

fn read_token(
    received: &Received,
    answer: &Map<String, Value>,
) -> Result<SecretString, LoginError> {
    let problem = match answer.get("session_id") {
        Some(Value::String(token)) if is_sendable(token) => return Ok(token.as_str().into()),
        Some(Value::String(_)) => "`session_id` is not text that a header can hold",
        None | Some(Value::Null) => {
            let asks = answer.iter().any(|(name, value)| {
                let is_set = !matches!(value, Value::Null | Value::Bool(false));
                let words = name.to_lowercase().replace('_', " ");
                is_set && SECOND_FACTOR.iter().any(|word| contains_word(&words, word))
            });
            if asks {
                return Err(LoginError::refused(LoginErrorKind::SecondFactor, received));
            }
            "the answer has no `session_id`"
        }
        Some(_) => "the answer is not a JSON object with text in `session_id`",
    };
    Err(LoginError::unexpected(received, problem))
}

fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// When the session ends: at `session_expiration`, or after the seconds that a member states. `session_timeout` is not
/// looked at, since nobody has said what its unit is.
fn read_end(received: &Received, answer: &Map<String, Value>) -> Option<Instant> {
    let lasts = match answer.get("session_expiration") {
        Some(Value::String(text)) => {
            let end = Timestamp::from(text.as_str()).to_system_time().ok()??;
            end.duration_since(now(received)).ok()
        }
        _ => None,
    };
    let in_seconds = |name| answer.get(name)?.as_u64().map(Duration::from_secs);
    let lasts = lasts
        .or_else(|| in_seconds("session_timeout_seconds"))
        .filter(|lasts| !lasts.is_zero())?;
    // Half of a very short one is left for use.
    let margin = MARGIN.min(lasts / 2);
    Instant::now().checked_add(lasts.saturating_sub(margin))
}

/// By the clock that the end is stated in.
fn now(received: &Received) -> SystemTime {
    let date = received.headers().get(DATE);
    date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok())
        .unwrap_or_else(SystemTime::now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn received(status: u16, body: &str) -> Received {
        let mut headers = HeaderMap::new();
        let date = HeaderValue::from_static("Sun, 01 Jan 2023 00:01:01 GMT");
        headers.insert(DATE, date);
        let status = StatusCode::from_u16(status).unwrap();
        Received::new(status, headers, body.to_owned())
    }

    #[test]
    fn failures_by_status_and_words() {
        use LoginErrorKind::{Locked, Refused, SecondFactor, UnexpectedAnswer};
        for (status, body, kind) in [
            (401, "", Refused),
            (400, r#"{"error_message": "bad password"}"#, Refused),
            (
                401,
                r#"{"error_message": "wrong username (blocked word)"}"#,
                Refused,
            ),
            (
                403,
                r#"{"error_message": "This account is LOCKED."}"#,
                Locked,
            ),
            (423, "", Locked),
            (401, r#"{"message": "Too many attempts"}"#, Locked),
            (401, r#"{"message": "MFA is required"}"#, SecondFactor),
            (
                403,
                r#"{"message": "Two-factor code missing"}"#,
                SecondFactor,
            ),
            (
                403,
                "<html>Access denied by policy</html>",
                UnexpectedAnswer,
            ),
            (500, "", UnexpectedAnswer),
        ] {
            let error = read_answer(&received(status, body)).unwrap_err();
            assert_eq!(error.kind(), kind, "{status} {body}");
        }
        for (body, kind) in [
            (r#"{"tfa_required": true}"#, SecondFactor),
            (r#"{"tfa_required": false}"#, UnexpectedAnswer),
            (r#"{"requires_mfa": 1, "session_id": null}"#, SecondFactor),
        ] {
            let received = received(200, body);
            let answer = read_answer(&received).unwrap();
            let error = read_token(&received, &answer).unwrap_err();
            assert_eq!(error.kind(), kind, "{body}");
        }
    }

    #[test]
    fn the_end_is_known_from_a_date_or_from_seconds() {
        for (body, seconds) in [
            (
                r#"{"session_expiration": "2023/01/01, 01:01:01 UTC"}"#,
                Some(3570),
            ),
            (r#"{"session_timeout_seconds": 3600}"#, Some(3570)),
            (r#"{"session_timeout_seconds": 10}"#, Some(5)),
            (r#"{"session_timeout": 720}"#, None),
            (r#"{"session_timeout_seconds": 0}"#, None),
            (
                r#"{"session_expiration": "2022/12/31, 01:01:01 UTC"}"#,
                None,
            ),
            (r#"{"session_expiration": "soon"}"#, None),
            (r#"{"session_expiration": null}"#, None),
        ] {
            let received = received(200, body);
            let answer = read_answer(&received).unwrap();
            let before = Instant::now();
            let end = read_end(&received, &answer).map(|end| (end - before).as_secs());
            assert_eq!(end, seconds, "{body}");
        }
    }
}
