//! User groups: their users and roles.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::table::{Object, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_groups", list),
    ("v2.create_group", create),
    ("v2.delete_group", delete),
    ("v2.list_group_users", list_users),
    ("v2.add_group_users", add_users),
    ("v2.set_group_users", set_users),
    ("v2.remove_group_user", remove_user),
    ("v2.list_group_roles", list_roles),
    ("v2.set_group_roles", set_roles),
    ("v2.list_groups_of_user", list_of_user),
];

fn list(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let groups: Vec<Value> = state
        .groups
        .rows()
        .iter()
        .map(|group| state.group_view(group))
        .collect();
    found(json!({"groups": groups}))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.text("group_name");
    if state.groups.find("name", name).is_some() {
        return Err(Failure::member("json", "group_name", "The name is taken."));
    }
    let group = state.add_group_row(name);
    found(json!({"group": state.group_view(&group)}))
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    state.groups.take(id)?;
    state.group_users.remove(id);
    state.group_roles.remove(id);
    done()
}

fn list_users(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    let users = state.group_users.get(&id).into_iter().flatten();
    let users: Vec<Value> = users
        .filter_map(|user| state.users.get(user))
        .map(|user| Value::Object(state.user_view(user)))
        .collect();
    found(json!({"total_count": users.len(), "users": users}))
}

fn add_users(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    let users = state.known_users(call)?;
    state.group_users.entry(id).or_default().extend(users);
    state.group_result(call)
}

fn set_users(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    let users = state.known_users(call)?;
    state.group_users.insert(id, users.into_iter().collect());
    state.group_result(call)
}

fn remove_user(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    let user = call.text("user_resource_id");
    if !state.group_users.entry(id).or_default().remove(user) {
        return Err(Failure::unknown("user of the group", user));
    }
    state.group_result(call)
}

fn list_roles(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    found(json!({"roles": state.roles_of(&id)}))
}

fn set_roles(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.group_id(call)?;
    let roles = call.texts("resource_ids");
    state.roles.require_all(&roles)?;
    state.group_roles.insert(id, roles.into_iter().collect());
    state.group_result(call)
}

fn list_of_user(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user = call.first_parameter();
    state.users.require(user)?;
    let groups = state.groups.rows().iter().filter(|group| {
        let users = state.group_users.get(&text(group, "resource_id"));
        users.is_some_and(|users| users.contains(user))
    });
    let groups = groups.map(|group| {
        json!({"name": group.get("name"), "roles": state.roles_of(&text(group, "resource_id"))})
    });
    found(json!({"groups": groups.collect::<Value>()}))
}

impl State {
    pub(super) fn add_group_row(&mut self, name: &str) -> Object {
        let number = self.number("group");
        let group = self.make(
            "Group",
            json!({
                "group_id": number,
                "resource_id": format!("divvyusergroup:{number}"),
                "name": name,
                "entitlements_configured": false,
            }),
        );
        self.groups.push(group.clone());
        group
    }

    /// The group of the path.
    fn group_id(&self, call: &Call<'_>) -> Result<String, Failure> {
        let id = call.first_parameter();
        self.groups.require(id).map(|_| id.to_owned())
    }

    fn known_users(&self, call: &Call<'_>) -> Result<Vec<String>, Failure> {
        let users = call.texts("user_resource_ids");
        self.users.require_all(&users)?;
        Ok(users)
    }

    fn roles_of(&self, group: &str) -> Vec<Value> {
        let roles = self.group_roles.get(group).into_iter().flatten();
        roles
            .filter_map(|role| self.roles.get(role))
            .map(|role| self.role_view(role))
            .collect()
    }

    fn group_view(&self, group: &Object) -> Value {
        let id = text(group, "resource_id");
        let mut view = group.clone();
        let count = |ids: Option<&BTreeSet<String>>| ids.map_or(0, BTreeSet::len);
        view.insert("users".to_owned(), json!(count(self.group_users.get(&id))));
        view.insert("roles".to_owned(), json!(count(self.group_roles.get(&id))));
        Value::Object(view)
    }

    fn group_result(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        let id = call.first_parameter();
        let group = self.groups.require(id)?;
        found(json!({"group": self.group_view(group)}))
    }
}
