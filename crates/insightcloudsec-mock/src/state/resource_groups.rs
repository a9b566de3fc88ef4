//! Resource groups and what is in them.

use serde_json::{Value, json};

use super::table::{Object, text};
use super::{Handlers, State, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.create_resource_group", create),
    ("v2.add_resource_group_members", add_members),
    ("v2.list_resource_group_members", list_members),
];

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.text("group_name");
    if state.resource_groups.find("name", name).is_some() {
        return Err(Failure::member("json", "group_name", "The name is taken."));
    }
    let group = state.add_resource_group_row(name, call.text("group_description"));
    found(Value::Object(group))
}

fn add_members(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let (resources, groups) = (call.texts("resource_ids"), call.texts("resource_group_ids"));
    for id in &resources {
        state.resource(id)?;
    }
    state.resource_groups.require_all(&groups)?;
    for group in groups {
        state
            .group_members
            .entry(group)
            .or_default()
            .extend(resources.iter().cloned());
    }
    found(json!({"resource_ids": resources}))
}

/// The group goes by its id or by its number.
fn list_members(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let by_number = || state.resource_groups.find("resource_group_id", id);
    let group = state.resource_groups.get(id).or_else(by_number);
    let group = group.ok_or_else(|| Failure::unknown("resource group", id))?;
    let members = state.group_members.get(&text(group, "id"));
    let resources = members
        .into_iter()
        .flatten()
        .filter_map(|id| state.resource(id).ok());
    found(json!({"resources": resources.map(super::resource::Resource::item).collect::<Value>()}))
}

impl State {
    pub(super) fn add_resource_group_row(&mut self, name: &str, description: &str) -> Object {
        let number = self.number("resource group");
        let now = self.now();
        let mut group = self.make(
            "ResourceGroup",
            json!({
                "id": format!("resourcegroup:{number}:"),
                "resource_group_id": number,
                "name": name,
                "description": description,
                "creation_time": now,
                "owner_type": "organization",
                "group_type": "curated",
                "category": "custom",
                "nested_resource_groups": [],
            }),
        );
        group.remove("error_message");
        self.resource_groups.push(group.clone());
        group
    }
}
