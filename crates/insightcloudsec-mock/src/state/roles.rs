//! Roles and the scopes they hold in.

use serde_json::{Value, json};

use super::table::{Object, given, members, overlay, text};
use super::{Handlers, State, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_roles", list),
    ("v2.create_role", create),
    ("v2.update_role", update),
    ("v2.set_role_groups", set_groups),
    ("v2.update_role_scopes", update_scopes),
    ("v2.set_role_badges", set_badges),
];

const INPUT: [&str; 11] = [
    "name",
    "description",
    "badge_filter_operator",
    "all_permissions",
    "view",
    "provision",
    "manage",
    "delete",
    "add_cloud",
    "delete_cloud",
    "global_scope",
];

fn list(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let roles: Vec<Value> = state
        .roles
        .rows()
        .iter()
        .map(|role| state.role_view(role))
        .collect();
    found(json!({"roles": roles}))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let role = state.add_role_row(given(&call.body, &INPUT));
    found(state.role_view(&role))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    overlay(state.role_mut(call)?, &call.body, &INPUT);
    state.role_result(call)
}

fn set_groups(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = text(state.role_mut(call)?, "resource_id");
    let groups = call.texts("group_resource_ids");
    state.groups.require_all(&groups)?;
    for roles in state.group_roles.values_mut() {
        roles.remove(&id);
    }
    for group in groups {
        state
            .group_roles
            .entry(group)
            .or_default()
            .insert(id.clone());
    }
    state.role_result(call)
}

/// Clouds and resource groups come in one list and are told apart by their prefix.
fn update_scopes(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let gone = call.texts("deprecated_resource_ids");
    let added = call.texts("resource_ids");
    let role = state.role_mut(call)?;
    for (member, is_group) in [("cloud_scopes", false), ("resource_group_scopes", true)] {
        let had = role
            .get(member)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut scopes: Vec<String> = had
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let fitting = added
            .iter()
            .filter(|id| id.starts_with("resourcegroup:") == is_group);
        scopes.extend(fitting.cloned());
        scopes.retain(|id| !gone.contains(id));
        scopes.dedup();
        role.insert(member.to_owned(), json!(scopes));
    }
    state.role_result(call)
}

/// Badges are shown as `key:value`.
fn set_badges(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let operator = call.parameter("badge_filter_operator").to_owned();
    let badges = call.body["badges"].as_array().into_iter().flatten();
    let part = |badge: &Value, name: &str| badge[name].as_str().unwrap_or_default().to_owned();
    let badges: Vec<String> = badges
        .map(|badge| format!("{}:{}", part(badge, "key"), part(badge, "value")))
        .collect();
    let role = state.role_mut(call)?;
    role.insert("badge_scopes".to_owned(), json!(badges));
    role.insert("badge_filter_operator".to_owned(), json!(operator));
    state.role_result(call)
}

impl State {
    pub(super) fn add_role_row(&mut self, settled: Value) -> Object {
        let number = self.number("role");
        let mut role = self.make(
            "Role",
            json!({
                "resource_id": format!("divvyrole:1:{number}"),
                "cloud_scopes": [],
                "resource_group_scopes": [],
                "badge_scopes": [],
                "groups": [],
            }),
        );
        role.extend(members(settled));
        self.roles.push(role.clone());
        role
    }

    fn role_mut(&mut self, call: &Call<'_>) -> Result<&mut Object, Failure> {
        let id = call.parameter("role_resource_id");
        self.roles.require_mut(id)
    }

    /// The role as answers show it, with the groups that have it.
    pub(super) fn role_view(&self, role: &Object) -> Value {
        let id = text(role, "resource_id");
        let having = self
            .group_roles
            .iter()
            .filter(|(_, roles)| roles.contains(&id));
        let mut view = role.clone();
        view.insert(
            "groups".to_owned(),
            json!(having.map(|(group, _)| group).collect::<Vec<_>>()),
        );
        Value::Object(view)
    }

    fn role_result(&mut self, call: &Call<'_>) -> Result<Reply, Failure> {
        let role = self.role_mut(call)?.clone();
        found(self.role_view(&role))
    }
}
