//! Users.

use serde_json::{Value, json};

use super::select::select;
use super::table::{Object, integer, overlay, text};
use super::{Handlers, State, done, found};
use crate::auth::KEY_LENGTH;
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.get_current_user", current_user),
    ("v2.list_users", list),
    ("v2.search_users", search),
    ("v2.list_domain_admins", list_domain_admins),
    ("v2.create_user", create),
    ("v2.create_api_only_user", create_api_only),
    ("v2.convert_to_api_only_user", convert_to_api_only),
    ("v2.update_user", update),
    ("v2.set_user_access_level", set_access_level),
    ("v2.set_console_access", set_console_access),
    ("v2.delete_user", delete),
];

fn current_user(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = call.user_id();
    let user = state.user_mut(user_id)?.clone();
    let mut info = state.make("UserInfo", Value::Object(state.user_view(&user)));
    let lifetime = state.access.rules.lifetime;
    let seconds = lifetime.map_or(3600, crate::limit::rounded_up);
    info.insert("session_timeout_seconds".to_owned(), json!(seconds));
    info.insert("session_ttl".to_owned(), json!(seconds));
    info.insert("api_key_generation_allowed".to_owned(), json!(true));
    found(Value::Object(info))
}

fn list(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let users = state.user_views();
    found(json!({"total_count": users.len(), "users": users}))
}

fn search(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let selection = select(state.user_views(), &call.body)?;
    found(json!({"users": selection.rows, "total_count": selection.total}))
}

fn list_domain_admins(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let mut admins = state.user_views();
    admins.retain(|user| user.get("domain_admin") == Some(&json!(true)));
    let selection = select(admins, &call.body)?;
    found(json!({"users": selection.rows, "total_count": selection.total}))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.refuse_taken_name(call.text("username"))?;
    let password = call.body["password"].as_str();
    if password.is_some()
        && call
            .body
            .get("confirm_password")
            .is_some_and(|again| again.as_str() != password)
    {
        return Err(Failure::member(
            "json",
            "confirm_password",
            "Differs from the password.",
        ));
    }
    let mut user = state.add_user_row(call.text("username"), call.text("name"), call.text("email"));
    set_level(&mut user, call.text("access_level"));
    overlay(&mut user, &call.body, &["two_factor_required"]);
    let user_id = integer(&user, "user_id");
    if call.text("authentication_type") != "saml" {
        let made_up = state.random("temporary password").hex(16);
        if password.is_none() {
            user.insert("temporary_pw".to_owned(), json!(made_up));
            user.insert("require_pw_reset".to_owned(), json!(true));
        }
        state
            .access
            .set_password(user_id, password.map_or(made_up, str::to_owned));
    }
    let answer = state.user_view(&user);
    // The password is told once.
    user.remove("temporary_pw");
    state.users.push(user);
    found(Value::Object(answer))
}

fn create_api_only(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.refuse_taken_name(call.text("username"))?;
    let mut user = state.add_user_row(call.text("username"), call.text("name"), call.text("email"));
    user.insert("console_access_denied".to_owned(), json!(true));
    let user_id = integer(&user, "user_id");
    let answer = json!({
        "user_id": user_id,
        "organization_id": user.get("organization_id"),
        "username": user.get("username"),
        "name": user.get("name"),
        "api_key": state.issue_key(user_id, KEY_LENGTH),
    });
    state.users.push(user);
    found(answer)
}

fn convert_to_api_only(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = state.user_id(call.text("user_id"))?;
    state
        .user_mut(user_id)?
        .insert("console_access_denied".to_owned(), json!(true));
    state.access.remove_password(user_id);
    let api_key = state.issue_key(user_id, KEY_LENGTH);
    found(json!({"user_id": user_id.to_string(), "api_key": api_key}))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let taken = state.users.find("username", call.text("username"));
    if taken.is_some_and(|user| text(user, "resource_id") != id) {
        return Err(Failure::member("json", "username", "The name is taken."));
    }
    let user = state.users.require_mut(id)?;
    overlay(user, &call.body, &["username", "name"]);
    if let Some(email) = call.body["email"].as_str() {
        user.insert("email_address".to_owned(), json!(email));
    }
    set_level(user, call.text("access_level"));
    let user = user.clone();
    found(Value::Object(state.user_view(&user)))
}

fn set_access_level(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let user = state.users.require_mut(id)?;
    set_level(user, call.text("new_access_level"));
    let user = user.clone();
    found(Value::Object(state.user_view(&user)))
}

fn set_console_access(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = state.user_id(call.text("user_id"))?;
    overlay(
        state.user_mut(user_id)?,
        &call.body,
        &["console_access_denied"],
    );
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let user = state.users.require(id)?;
    let user_id = integer(user, "user_id");
    if user_id == call.user_id() {
        return Err(Failure::invalid("users cannot delete themselves"));
    }
    state.users.remove(id);
    state.access.remove_user(user_id);
    for users in state.group_users.values_mut() {
        users.remove(id);
    }
    done()
}

/// Levels are kept as the flags that answers show.
fn set_level(user: &mut Object, level: &str) {
    if level.is_empty() {
        return;
    }
    let flags = [
        ("domain_admin", "DOMAIN_ADMIN"),
        ("domain_viewer", "DOMAIN_VIEWER"),
        ("organization_admin", "ORGANIZATION_ADMIN"),
    ];
    for (flag, its_level) in flags {
        user.insert(flag.to_owned(), json!(level == its_level));
    }
}

impl State {
    /// A new user of the first organization without rights or credentials; not yet in the table.
    pub(super) fn add_user_row(&mut self, username: &str, name: &str, email: &str) -> Object {
        let user_id = self.number("user");
        let now = self.now();
        let organization = self.organizations.rows().first();
        let organization_name = organization
            .map(|one| text(one, "name"))
            .unwrap_or_default();
        let mut user = self.make(
            "User",
            json!({
                "user_id": user_id,
                "resource_id": format!("divvyuser:{user_id}:"),
                "username": username,
                "name": name,
                "email_address": email,
                "organization_id": organization.map(|one| integer(one, "organization_id")),
                "organization_name": organization_name,
                "organization_admin": false,
                "domain_admin": false,
                "domain_viewer": false,
                "two_factor_enabled": false,
                "two_factor_required": false,
                "owned_resources": 0,
                "consecutive_failed_login_attempts": 0,
                "suspended": false,
                "navigation_blacklist": [],
                "require_pw_reset": false,
                "console_access_denied": false,
                "create_date": now,
            }),
        );
        for absent in [
            "temporary_pw",
            "temp_pw_expiration",
            "last_login_time",
            "api_key_last_used",
        ] {
            user.remove(absent);
        }
        user
    }

    fn refuse_taken_name(&self, username: &str) -> Result<(), Failure> {
        match self.users.find("username", username) {
            Some(_) => Err(Failure::member("json", "username", "The name is taken.")),
            None => Ok(()),
        }
    }

    /// The number of a user, given as text.
    pub(super) fn user_id(&self, user_id: &str) -> Result<i64, Failure> {
        let user = self.users.find("user_id", user_id);
        user.map(|user| integer(user, "user_id"))
            .ok_or_else(|| Failure::unknown("user", user_id))
    }

    pub(super) fn user_mut(&mut self, user_id: i64) -> Result<&mut Object, Failure> {
        let unknown = || Failure::unknown("user", &user_id.to_string());
        let user = self
            .users
            .find("user_id", &user_id.to_string())
            .ok_or_else(unknown)?;
        let id = text(user, "resource_id");
        self.users.get_mut(&id).ok_or_else(unknown)
    }

    /// The user as answers show it, with what is counted.
    pub(super) fn user_view(&self, user: &Object) -> Object {
        let id = text(user, "resource_id");
        let groups = self
            .group_users
            .values()
            .filter(|users| users.contains(&id))
            .count();
        let mut view = user.clone();
        view.insert("groups".to_owned(), json!(groups));
        let has_key = self.access.has_key(integer(user, "user_id"));
        view.insert("active_api_key_present".to_owned(), json!(has_key));
        view
    }

    pub(super) fn user_views(&self) -> Vec<Object> {
        self.users
            .rows()
            .iter()
            .map(|user| self.user_view(user))
            .collect()
    }
}
