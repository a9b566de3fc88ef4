//! Login, logout, keys and two-factor authentication.

use serde_json::json;

use super::table::{Object, integer, text};
use super::{Handlers, State, done, found};
use crate::auth::{KEY_LENGTH, make_key};
use crate::call::Call;
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

/// Minutes that a session lasts, as the product says it; sessions here end on demand only.
const SESSION_TIMEOUT: i64 = 720;

/// Longest key that is made.
const MAX_KEY_LENGTH: i64 = 256;

fn login(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let refused = || Failure::unauthorized("user name or password is not right");
    let user = state
        .users
        .find("username", call.text("username"))
        .ok_or_else(refused)?
        .clone();
    let user_id = integer(&user, "user_id");
    if !state.access.password_is(user_id, call.text("password")) {
        state.count_failed_login(&user);
        return Err(refused());
    }
    if user.get("console_access_denied") == Some(&json!(true)) {
        return Err(Failure::unauthorized("the user may not use the console"));
    }
    let token = state.random("session").hex(32);
    state.access.open_session(user_id, token.clone());
    let now = state.now();
    if let Some(user) = state.users.get_mut(&text(&user, "resource_id")) {
        user.insert("last_login_time".to_owned(), json!(now));
        user.insert("consecutive_failed_login_attempts".to_owned(), json!(0));
    }
    found(json!({
        "user_id": user_id,
        "user_name": user.get("name"),
        "user_email": user.get("email_address"),
        "session_id": token,
        "session_timeout": SESSION_TIMEOUT,
        "domain_admin": user.get("domain_admin"),
        "domain_viewer": user.get("domain_viewer"),
        "customer_id": "made-up-customer",
        "auth_plugin_exists": false,
    }))
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

    fn count_failed_login(&mut self, user: &Object) {
        if let Some(user) = self.users.get_mut(&text(user, "resource_id")) {
            let attempts = integer(user, "consecutive_failed_login_attempts").saturating_add(1);
            user.insert(
                "consecutive_failed_login_attempts".to_owned(),
                json!(attempts),
            );
        }
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
