//! Requests that a mock answers with a result, made from the documents and from what there is.

use serde_json::{Map, Value, json};

use super::State;
use super::table::{Object, Table, integer, plain, text};
use crate::catalog::{Operation, Parameter};
use crate::sampler::Sampler;

impl State {
    /// Parameters by name, and the body; equal for the same seed and data.
    pub(crate) fn sample_request(&self, operation: &Operation, seed: u64) -> Value {
        let known = Known {
            state: self,
            operation,
            seed,
        };
        json!({ "parameters": known.parameters(), "body": known.body() })
    }
}

/// What a request can name that the mock has.
struct Known<'a> {
    state: &'a State,
    operation: &'a Operation,
    seed: u64,
}

impl Known<'_> {
    fn sampler(&self, part: &str) -> Sampler<'_> {
        let label = format!("{part} of {}", self.operation.key());
        Sampler::new(
            self.state.catalog,
            self.operation.version,
            self.seed,
            &label,
        )
    }

    fn parameters(&self) -> Map<String, Value> {
        let mut sampler = self.sampler("parameters");
        let path = self.operation.path_parameters.iter();
        path.chain(&self.operation.query)
            .map(|Parameter { name, schema, .. }| {
                let value = match self.value(name) {
                    Some(known) => self.typed(known, schema),
                    None => sampler.value(schema, name),
                };
                (name.clone(), value)
            })
            .collect()
    }

    fn body(&self) -> Value {
        let Some(expected) = &self.operation.body else {
            return Value::Null;
        };
        let mut body = self.sampler("body").value(&expected.schema, "");
        let schema = self.resolve(&expected.schema);
        for (name, member) in body.as_object_mut().into_iter().flatten() {
            if let Some(known) = self.member(name).or_else(|| self.value(name)) {
                *member = self.typed(known, &schema["properties"][name]);
            }
        }
        body
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let state = self.state;
        state.catalog.resolve(self.operation.version, schema)
    }

    /// The value in the type of the schema: some ids are numbers here and texts there.
    fn typed(&self, value: Value, schema: &Value) -> Value {
        match self.resolve(schema)["type"].as_str() {
            Some("string") if value.is_number() => json!(plain(&value)),
            Some("integer") => match plain(&value).parse::<i64>() {
                Ok(number) => json!(number),
                Err(_) => value,
            },
            _ => value,
        }
    }

    /// A thing that a parameter or a member names, by that name; none where the mock has nothing of the kind.
    fn value(&self, name: &str) -> Option<Value> {
        let state = self.state;
        let id = |row: Option<&Object>, member: &str| row?.get(member).cloned();
        match name {
            "cloud_resource_id" => id(self.cloud(), "resource_id"),
            "cloud_id" | "organization_service_id" => id(self.cloud(), "id"),
            "service_region_resource_id" => {
                let regions = state.regions.get(&text(self.cloud()?, "resource_id"))?;
                id(self.one_of(regions), "resource_id")
            }
            "insight_id" => id(self.custom_insight(), "insight_id"),
            "source" => Some(json!("custom")),
            "pack_id" => id(self.custom_pack(), "pack_id"),
            "pack_ids" => Some(json!(format!(
                "custom:{}",
                integer(self.custom_pack()?, "pack_id")
            ))),
            "bot_id" => id(self.row(&state.bots), "resource_id"),
            "user_id" => id(self.member_of_staff(), "user_id"),
            "user_resource_id" => id(self.member_of_staff(), "resource_id"),
            "group_resource_id" => id(state.groups.rows().first(), "resource_id"),
            "role_resource_id" => id(state.roles.rows().first(), "resource_id"),
            "organization_resource_id" => id(state.organizations.rows().last(), "resource_id"),
            "resource_group_id" => id(self.row(&state.resource_groups), "id"),
            "strategy_id" => id(state.strategies.rows().first(), "id"),
            "scan_id" => id(self.row(&state.scans), "build_id"),
            // The first page; other cursors come with answers.
            "cursor" => Some(json!("")),
            "resource_id" | "instance_resource_id" => self.instance(),
            _ => None,
        }
    }

    /// As [`value`](Self::value), for what stands in bodies only.
    fn member(&self, name: &str) -> Option<Value> {
        let operation = self.operation.id.as_str();
        let list = |value: Option<Value>| value.map(|value| json!([value]));
        match (operation, name) {
            ("archive_bots", "resource_ids") => list(self.value("bot_id")),
            ("set_cloud_status", "resource_ids") => list(self.value("cloud_resource_id")),
            ("set_group_roles", "resource_ids") => list(self.value("role_resource_id")),
            (_, "resource_ids" | "target_resource_ids") => list(self.instance()),
            (_, "resource_group_ids") => list(self.value("resource_group_id")),
            (_, "group_resource_ids") => list(self.value("group_resource_id")),
            (_, "user_resource_ids") => list(self.value("user_resource_id")),
            ("delete_insights", "insights") => list(self.value("insight_id")),
            (_, "insight") => Some(json!(format!(
                "custom:{}",
                plain(&self.value("insight_id")?)
            ))),
            (_, "insight_source") => self.value("source"),
            (_, "exemption_ids") => Some(json!([])),
            // A user who is not there yet, a password that is typed twice alike.
            (_, "username") => Some(json!("katherine")),
            (_, "password" | "confirm_password") => Some(json!("made-up-password")),
            ("create_organization", "organization_name") => Some(json!("Acme Abroad")),
            (_, "organization_name") => {
                let organization = self.state.organizations.rows().last()?;
                Some(json!(text(organization, "name")))
            }
            // Null is the first page.
            (_, "cursor") => Some(Value::Null),
            _ => None,
        }
    }

    /// One of the rows, another for another seed.
    fn one_of<'r>(&self, rows: &'r [Object]) -> Option<&'r Object> {
        let rest = self.seed.checked_rem(rows.len() as u64)?;
        rows.get(usize::try_from(rest).ok()?)
    }

    fn row<'r>(&self, table: &'r Table) -> Option<&'r Object> {
        self.one_of(table.rows())
    }

    fn cloud(&self) -> Option<&Object> {
        self.row(&self.state.clouds)
    }

    fn custom_insight(&self) -> Option<&Object> {
        let mut insights = self.state.insights.rows().iter();
        insights.rfind(|one| text(one, "source") == "custom")
    }

    fn custom_pack(&self) -> Option<&Object> {
        let mut packs = self.state.packs.rows().iter();
        packs.rfind(|one| text(one, "source") == "custom")
    }

    /// A user other than the first one, who is the one that asks.
    fn member_of_staff(&self) -> Option<&Object> {
        self.state.users.rows().get(1)
    }

    fn instance(&self) -> Option<Value> {
        let mut resources = self.state.resources.iter();
        let instance = resources.rfind(|one| one.kind == "instance")?;
        Some(json!(instance.id))
    }
}
