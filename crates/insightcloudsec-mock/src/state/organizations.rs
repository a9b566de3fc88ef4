//! Organizations, and which one a user is in.

use serde_json::{Value, json};

use super::table::{Object, integer, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_organizations", list),
    ("v2.list_organization_details", list_details),
    ("v2.create_organization", create),
    ("v2.update_organization", update),
    ("v2.delete_organization", delete),
    ("v2.switch_organization", switch),
];

fn list(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let short = |one: &Object| json!({"organization_id": one.get("organization_id"), "name": one.get("name")});
    found(
        state
            .organizations
            .rows()
            .iter()
            .map(short)
            .collect::<Value>(),
    )
}

fn list_details(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let organizations: Vec<Value> = state
        .organizations
        .rows()
        .iter()
        .map(|one| state.organization_view(one))
        .collect();
    found(json!({"organizations": organizations}))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.text("organization_name");
    if state.organizations.find("name", name).is_some() {
        return Err(Failure::member(
            "json",
            "organization_name",
            "The name is taken.",
        ));
    }
    let organization = state.add_organization(name);
    found(json!({
        "organization_id": organization.get("organization_id"),
        "resource_id": organization.get("resource_id"),
    }))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let organization = state.organizations.require_mut(id)?;
    organization.insert("name".to_owned(), json!(call.text("organization_name")));
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    state.organizations.take(id)?;
    done()
}

/// The choice is kept with the user, over logins. A name that is not known gets a 500, as clients have seen.
fn switch(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let user_id = call.user_id();
    if state.user_mut(user_id)?.get("domain_admin") != Some(&json!(true)) {
        return Err(Failure::forbidden(
            "only domain admins switch organizations",
        ));
    }
    let name = call.text("organization_name");
    let organization = state.organizations.find("name", name);
    let message = || format!("no organization is called `{name}`");
    let number = organization
        .map(|one| integer(one, "organization_id"))
        .ok_or_else(|| Failure::new(500, "ServerError", message()))?;
    let user = state.user_mut(user_id)?;
    user.insert("organization_id".to_owned(), json!(number));
    user.insert("organization_name".to_owned(), json!(name));
    done()
}

impl State {
    pub(super) fn add_organization(&mut self, name: &str) -> Object {
        let number = self.number("organization");
        let organization = self.make(
            "OrganizationDetail",
            json!({
                "organization_id": number,
                "resource_id": format!("divvyorganization:{number}"),
                "name": name,
                "status": "ok",
            }),
        );
        self.organizations.push(organization.clone());
        organization
    }

    /// The organization that the asking user is in; the first one for operations open to all.
    pub(super) fn organization_of(&self, call: &Call<'_>) -> i64 {
        let user = self.users.find("user_id", &call.user_id().to_string());
        user.map_or(1, |user| integer(user, "organization_id"))
    }

    fn organization_view(&self, organization: &Object) -> Value {
        let number = integer(organization, "organization_id");
        let is_in = |row: &&Object| integer(row, "organization_id") == number;
        let clouds = self
            .cloud_organization
            .values()
            .filter(|one| **one == number)
            .count();
        let mut view = organization.clone();
        view.insert("clouds".to_owned(), json!(clouds));
        view.insert(
            "users".to_owned(),
            json!(self.users.rows().iter().filter(is_in).count()),
        );
        view.insert("bots".to_owned(), json!(self.bots.rows().len()));
        view.insert("name".to_owned(), json!(text(organization, "name")));
        Value::Object(view)
    }
}
