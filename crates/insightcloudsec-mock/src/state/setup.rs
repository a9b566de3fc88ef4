//! Setting data up from a test.

use serde_json::{Value, json};

use super::State;
use super::insights::without_key;
use super::table::{integer, members, text};

/// Nothing has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {what} has the id `{id}`")]
pub struct UnknownId {
    what: &'static str,
    id: String,
}

/// Setting up and looking at data. Members that are not given are made up; those given are taken as they are,
/// known to the API or not.
///
/// ```
/// use insightcloudsec_mock::Mock;
/// use serde_json::json;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::builder().empty().start_blocking()?;
/// mock.state(|state| {
///     let cloud = state.add_cloud(json!({"name": "prod", "cloud_type_id": "AWS"}));
///     let instance = state.add_resource(&cloud["resource_id"], "instance", json!({"resource_name": "web"}))?;
///     let insight = state.add_insight(json!({"name": "Open port", "severity": 5}));
///     state.add_finding(&insight["insight_id"], &instance["instance"]["common"]["resource_id"])
/// })?;
/// # Ok(())
/// # }
/// ```
impl State {
    /// All cloud accounts, of whatever organization.
    #[must_use]
    pub fn clouds(&self) -> Vec<Value> {
        self.clouds
            .rows()
            .iter()
            .map(|cloud| Value::Object(self.cloud_view(cloud)))
            .collect()
    }

    /// All resources, each in the shape of a query's answer: `resource_type`, and the record under that name.
    #[must_use]
    pub fn resources(&self) -> Vec<Value> {
        self.resources
            .iter()
            .map(super::resource::Resource::item)
            .collect()
    }

    /// All insights.
    #[must_use]
    pub fn insights(&self) -> Vec<Value> {
        self.insights
            .rows()
            .iter()
            .map(|one| Value::Object(without_key(one)))
            .collect()
    }

    /// All users.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        self.user_views().into_iter().map(Value::Object).collect()
    }

    /// Adds a cloud account to the first organization and returns it, ids included.
    pub fn add_cloud(&mut self, members: Value) -> Value {
        Value::Object(self.add_cloud_row(1, members))
    }

    /// Adds a resource to a cloud, given by its `resource_id`, and returns it as [`resources`](Self::resources) does.
    ///
    /// `kind` is a resource type such as `instance`. The members are those that resources of all kinds have
    /// (`resource_name`, `region`, `tags` as a map); those of the kind go under the kind's name.
    ///
    /// # Errors
    ///
    /// [`UnknownId`] if there is no such cloud.
    pub fn add_resource(
        &mut self,
        cloud: &Value,
        kind: &str,
        given: Value,
    ) -> Result<Value, UnknownId> {
        let id = super::table::plain(cloud);
        let unknown = || UnknownId {
            what: "cloud",
            id: id.clone(),
        };
        let cloud = self.clouds.get(&id).ok_or_else(unknown)?.clone();
        let mut common = members(given);
        let own = members(common.remove(kind).unwrap_or_default());
        Ok(self.add_resource_row(&cloud, kind, common, own))
    }

    /// Adds an insight, custom if `source` is not given, and returns it.
    pub fn add_insight(&mut self, members: Value) -> Value {
        Value::Object(self.add_insight_row("custom", members))
    }

    /// Lets an insight, given by its `insight_id`, find a resource, given by its `resource_id`.
    ///
    /// # Errors
    ///
    /// [`UnknownId`] if there is no such insight or resource.
    pub fn add_finding(&mut self, insight: &Value, resource: &Value) -> Result<(), UnknownId> {
        let (insight, resource) = (super::table::plain(insight), super::table::plain(resource));
        let key = self.insight_key(&insight).map_err(|_| UnknownId {
            what: "insight",
            id: insight.clone(),
        })?;
        if self.resource(&resource).is_err() {
            return Err(UnknownId {
                what: "resource",
                id: resource,
            });
        }
        self.findings.entry(key).or_default().insert(resource);
        Ok(())
    }

    /// Adds a bot and returns it.
    pub fn add_bot(&mut self, members: Value) -> Value {
        Value::Object(self.add_bot_row(members))
    }

    /// Adds a user with a password and no rights, and returns it.
    pub fn add_user(&mut self, username: &str, password: &str) -> Value {
        let user = self.add_user_row(username, username, &format!("{username}@example.com"));
        self.access
            .set_password(integer(&user, "user_id"), password.to_owned());
        let view = self.user_view(&user);
        self.users.push(user);
        Value::Object(view)
    }

    /// Adds a badge to a cloud or resource, given by its `resource_id`.
    ///
    /// # Errors
    ///
    /// [`UnknownId`] if there is neither.
    pub fn add_badge(&mut self, resource: &Value, key: &str, value: &str) -> Result<(), UnknownId> {
        let id = super::table::plain(resource);
        if self.clouds.get(&id).is_none() && self.resource(&id).is_err() {
            return Err(UnknownId {
                what: "resource",
                id,
            });
        }
        let badge = members(json!({"key": key, "value": value, "auto_generated": false}));
        let badges = self.badges.entry(id).or_default();
        badges.retain(|had| text(had, "key") != key);
        badges.push(badge);
        Ok(())
    }

    /// Removes all clouds and resources, and what points at them.
    pub fn clear_clouds(&mut self) {
        for cloud in self.clouds.rows().to_vec() {
            self.remove_resources_of(integer(&cloud, "id"));
            self.badges.remove(&text(&cloud, "resource_id"));
        }
        self.clouds.clear();
        self.cloud_organization.clear();
        self.regions.clear();
    }
}
