//! Login, logout, keys and two-factor authentication.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::table::{Object, integer, members, text};
use super::{Handlers, State, done, found};
use crate::auth::{KEY_LENGTH, make_key};
use crate::call::Call;
use crate::limit::{http_date, rounded_up};
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.login", login),
    ("v2.logout", logout),
    ("v2.create_api_key", create_api_key),
    ("v2.deactivate_api_key", deactivate_api_key),
    ("v2.get_two_factor_state", two_factor_state),
    ("v2.enable_two_factor", enable_two_factor),
    ("v2.disable_two_factor", disable_two_factor),
];

/// How long a session lasts as far as answers tell, unless there is a lifetime: 720 minutes.
const SESSION_TIMEOUT: Duration = Duration::from_secs(720 * 60);

const FAILED_LOGINS: &str = "consecutive_failed_login_attempts";

const WRONG_LOGIN: &str = "user name or password is not right";

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Longest key that is made.
const MAX_KEY_LENGTH: i64 = 256;

fn login(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user = state.user_who_logs_in(call).inspect_err(|_| {
        state.access.refused_logins += 1;
    })?;
    let user_id = integer(&user, "user_id");
    if state.access.rules.second_factor {
        return found(json!({
            "user_id": user_id,
            "user_name": user.get("name"),
            "two_factor_required": true,
        }));
    }
    let token = state.random("session").hex(32);
    state.access.open_session(user_id, token.clone());
    let now = state.now();
    if let Some(user) = state.users.get_mut(&text(&user, "resource_id")) {
        user.insert("last_login_time".to_owned(), json!(now));
        user.insert(FAILED_LOGINS.to_owned(), json!(0));
    }
    let mut answer = members(json!({
        "user_id": user_id,
        "user_name": user.get("name"),
        "user_email": user.get("email_address"),
        "session_id": token,
        "domain_admin": user.get("domain_admin"),
        "domain_viewer": user.get("domain_viewer"),
        "customer_id": "made-up-customer",
        "auth_plugin_exists": false,
    }));
    answer.extend(state.session_times());
    found(Value::Object(answer))
}

fn logout(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    if let Some(session) = call
        .identity
        .as_ref()
        .and_then(|identity| identity.session.as_ref())
    {
        state.access.end_session(session);
    }
    done()
}

fn create_api_key(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = state.user_id(call.text("user_id"))?;
    let length = match call.body["key_length"].as_i64() {
        None => KEY_LENGTH,
        Some(length) => usize::try_from(length)
            .ok()
            .filter(|_| (1..=MAX_KEY_LENGTH).contains(&length))
            .ok_or_else(|| {
                let message = format!("Must be from 1 to {MAX_KEY_LENGTH}.");
                Failure::member("json", "key_length", message)
            })?,
    };
    found(state.issue_key(user_id, length))
}

fn deactivate_api_key(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = state.user_id(call.text("user_id"))?;
    state.access.remove_key(user_id);
    done()
}

fn two_factor_state(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user = state.user_of_two_factor(call)?;
    found(json!({
        "enabled": user.get("two_factor_enabled"),
        "required": user.get("two_factor_required"),
    }))
}

fn enable_two_factor(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let secret = state
        .random("otp secret")
        .text(32, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    state
        .user_of_two_factor(call)?
        .insert("two_factor_enabled".to_owned(), json!(true));
    found(json!({"otp_secret": secret}))
}

fn disable_two_factor(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state
        .user_of_two_factor(call)?
        .insert("two_factor_enabled".to_owned(), json!(false));
    found(json!({"success": true}))
}

impl State {
    /// Makes a key that replaces the user's old one.
    pub(super) fn issue_key(&mut self, user_id: i64, length: usize) -> String {
        let key = make_key(&mut self.random("api key"), length);
        self.access.set_key(user_id, key.clone());
        key
    }

    /// The user of a login with the right password.
    fn user_who_logs_in(&mut self, call: &Call<'_>) -> Result<Object, Failure> {
        let user = self.users.find("username", call.text("username"));
        let Some(user) = user.cloned() else {
            return Err(Failure::unauthorized(WRONG_LOGIN));
        };
        if user.get("suspended") == Some(&json!(true)) {
            return Err(Failure::unauthorized("the account is locked"));
        }
        let user_id = integer(&user, "user_id");
        if !self.access.password_is(user_id, call.text("password")) {
            self.count_failed_login(&user);
            return Err(Failure::unauthorized(WRONG_LOGIN));
        }
        if user.get("console_access_denied") == Some(&json!(true)) {
            return Err(Failure::unauthorized("the user may not use the console"));
        }
        Ok(user)
    }

    /// Counts a wrong password; one too many locks the account.
    fn count_failed_login(&mut self, user: &Object) {
        let lock_after = self.access.rules.lock_after;
        if let Some(user) = self.users.get_mut(&text(user, "resource_id")) {
            let attempts = integer(user, FAILED_LOGINS).saturating_add(1);
            user.insert(FAILED_LOGINS.to_owned(), json!(attempts));
            if lock_after.is_some_and(|most| attempts.unsigned_abs() >= most) {
                user.insert("suspended".to_owned(), json!(true));
            }
        }
    }

    /// Lets a user log in again; false if there is no such user.
    pub(crate) fn unlock(&mut self, username: &str) -> bool {
        let Some(id) = self
            .users
            .find("username", username)
            .map(|user| text(user, "resource_id"))
        else {
            return false;
        };
        if let Some(user) = self.users.get_mut(&id) {
            user.insert("suspended".to_owned(), json!(false));
            user.insert(FAILED_LOGINS.to_owned(), json!(0));
        }
        true
    }

    /// Ends the sessions of a user; false if there is no such user.
    pub(crate) fn end_sessions_of(&mut self, username: &str) -> bool {
        let user = self.users.find("username", username);
        let Some(user_id) = user.map(|user| integer(user, "user_id")) else {
            return false;
        };
        self.access.end_sessions_of(user_id);
        true
    }

    /// What a login tells of how long its session lasts.
    fn session_times(&self) -> Object {
        let rules = &self.access.rules;
        let lifetime = rules.lifetime.unwrap_or(SESSION_TIMEOUT);
        let seconds = rounded_up(lifetime);
        let mut times = members(json!({"session_timeout": seconds.div_ceil(60)}));
        if rules.tells_seconds {
            times.insert("session_timeout_seconds".to_owned(), json!(seconds));
        }
        if rules.tells_expiration {
            let end = expiration(SystemTime::now(), lifetime);
            times.insert("session_expiration".to_owned(), json!(end));
        }
        times
    }

    /// The user whose `user_id` the body gives, or else the one who asks.
    fn user_of_two_factor(&mut self, call: &Call<'_>) -> Result<&mut Object, Failure> {
        let user_id = match super::table::plain(&call.body["user_id"]) {
            given if given.is_empty() => call.user_id(),
            given => self.user_id(&given)?,
        };
        self.user_mut(user_id)
    }
}

/// The end of a session as the product writes it: `2023/01/01, 01:01:01 UTC`.
fn expiration(now: SystemTime, lifetime: Duration) -> String {
    let date = http_date(now, lifetime);
    // `Sun, 06 Nov 1994 08:49:37 GMT`
    let [_, day, month, year, time, _] = date.split(' ').collect::<Vec<_>>()[..] else {
        return date;
    };
    let month = MONTHS.iter().zip(1..).find(|(name, _)| **name == month);
    let month = month.map_or(0, |(_, number)| number);
    format!("{year}/{month:02}/{day}, {time} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expirations_have_the_form_of_the_product() {
        let at = |seconds| {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_672_534_861);
            expiration(now, Duration::from_secs(seconds))
        };
        assert_eq!(at(0), "2023/01/01, 01:01:01 UTC");
        assert_eq!(at(86_400 * 330), "2023/11/27, 01:01:01 UTC");
        assert!(at(u64::MAX).starts_with("9999/12/31"));
    }
}
