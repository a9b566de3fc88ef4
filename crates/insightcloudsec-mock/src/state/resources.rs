//! Resources, their details, notes and tags.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::resource::{Origin, Resource};
use super::select::{contains, number};
use super::table::{Object, integer, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.search_resources", search),
    ("v2.get_resource_detail", detail),
    ("v2.list_resource_associations", associations),
    ("v2.list_resource_tags", list_tags),
    ("v2.search_resources_by_tags", search_by_tags),
    ("v2.list_resource_notes", list_notes),
    ("v2.create_resource_note", create_note),
    ("v2.set_resource_owner", set_owner),
    ("v2.delete_resources", delete),
    ("v2.download_resources_csv", download_csv),
    ("v2.start_instance", |state, call| {
        state.set_power(call, "running")
    }),
    ("v2.restart_instance", |state, call| {
        state.set_power(call, "running")
    }),
    ("v2.resume_instance", |state, call| {
        state.set_power(call, "running")
    }),
    ("v2.unpause_instance", |state, call| {
        state.set_power(call, "running")
    }),
    ("v2.stop_instance", |state, call| {
        state.set_power(call, "stopped")
    }),
    ("v2.pause_instance", |state, call| {
        state.set_power(call, "paused")
    }),
    ("v2.suspend_instance", |state, call| {
        state.set_power(call, "suspended")
    }),
    ("v2.terminate_instance", |state, call| {
        state.set_power(call, "terminated")
    }),
];

fn search(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let wanted = call.text("search_string");
    let fits = |one: &&Resource| {
        contains(&one.id, wanted) || contains(&one.common("resource_name"), wanted)
    };
    let mut resources = state.resources_of(call);
    resources.retain(fits);
    let total = resources.len();
    let offset = number(&call.body, "offset")?.unwrap_or(0);
    let limit = number(&call.body, "limit")?.unwrap_or(total);
    let page = resources.into_iter().skip(offset).take(limit);
    let resources: Value = page
        .map(|one| {
            json!({
                "resource_id": one.id,
                "resource_type": one.kind,
                "provider_id": provider_id(&one.id),
                "name": one.common("resource_name"),
                "account_id": one.common("account_id"),
                "account": one.common("account"),
                "cloud_type_id": one.common("cloud"),
            })
        })
        .collect();
    found(json!({"resources": resources, "total_count": total}))
}

fn detail(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let resource = state.resource(call.first_parameter())?;
    let cloud = state.cloud_numbered(&resource.cloud.to_string()).ok();
    let cloud = cloud.map(|cloud| {
        json!({
            "id": cloud.get("account_id"),
            "name": cloud.get("name"),
            "resource_id": cloud.get("resource_id"),
            "type": "divvyorganizationservice",
        })
    });
    found(json!({
        "dependencies": {"organizationservice": cloud.into_iter().collect::<Value>()},
        "details": resource.item(),
        "related_resources": {},
        "metric_enabled": resource.kind == "instance",
    }))
}

fn associations(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = &state.resource(call.first_parameter())?.id;
    let groups = state.resource_groups.rows().iter().filter(|group| {
        let members = state.group_members.get(&text(group, "id"));
        members.is_some_and(|members| members.contains(id))
    });
    let groups = groups.map(|group| {
        json!({
            "id": group.get("id"),
            "name": group.get("name"),
            "group_type": group.get("group_type"),
            "owner_type": group.get("owner_type"),
        })
    });
    found(json!({"resource_groups": groups.collect::<Value>()}))
}

fn list_tags(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let tags = state.resource(call.first_parameter())?.tags();
    let tags = tags
        .into_iter()
        .map(|(key, value)| json!({"key": key, "value": value}));
    found(json!({"resource_tags": tags.collect::<Value>()}))
}

fn search_by_tags(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let keys = call.texts("tag_keys");
    let kinds = call.texts("resource_types");
    let fits = |one: &&Resource| {
        let tags = one.tags();
        let has = |key: &String| tags.contains_key(key);
        let tagged = match (
            call.body["contains_all"] == true,
            call.body["missing_all"] == true,
        ) {
            (_, true) => !keys.iter().any(has),
            (true, _) => keys.iter().all(has),
            _ => keys.is_empty() || keys.iter().any(has),
        };
        tagged && (kinds.is_empty() || kinds.contains(&one.kind))
    };
    let resources = state
        .resources_of(call)
        .into_iter()
        .filter(fits)
        .map(Resource::item);
    found(json!({"resources": resources.collect::<Value>()}))
}

fn list_notes(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = &state.resource(call.first_parameter())?.id;
    found(json!({"resource_notes": state.notes.get(id).cloned().unwrap_or_default()}))
}

fn create_note(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = state.resource(call.first_parameter())?.id.clone();
    state
        .notes
        .entry(id)
        .or_default()
        .push(call.text("note_text").to_owned());
    done()
}

fn set_owner(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let owner = json!(call.text("owner_resource_id"));
    for id in call.texts("resource_ids") {
        state
            .resource_mut(&id)?
            .set_common("owner_resource_id", owner.clone());
    }
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let ids = call.texts("resource_ids");
    for id in &ids {
        state.resource(id)?;
    }
    state.forget_resources(|resource| ids.contains(&resource.id));
    done()
}

/// All resources of a kind; the product gives those of the last query in the session.
fn download_csv(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = "resource_id,resource_name,account,region\r\n".to_owned();
    let kind = call.first_parameter();
    for one in state
        .resources_of(call)
        .into_iter()
        .filter(|one| one.kind == kind)
    {
        let cells = ["resource_name", "account", "region"].map(|member| quoted(one.common(member)));
        csv.extend([&quoted(one.id.clone()), ",", &cells.join(","), "\r\n"]);
    }
    Ok(Reply::status(200).body("text/csv", csv))
}

fn provider_id(id: &str) -> &str {
    id.trim_end_matches(':').rsplit(':').next().unwrap_or(id)
}

impl State {
    pub(super) fn resource(&self, id: &str) -> Result<&Resource, Failure> {
        let resource = self.resources.iter().find(|one| one.id == id);
        resource.ok_or_else(|| Failure::unknown("resource", id))
    }

    pub(super) fn resource_mut(&mut self, id: &str) -> Result<&mut Resource, Failure> {
        let resource = self.resources.iter_mut().find(|one| one.id == id);
        resource.ok_or_else(|| Failure::unknown("resource", id))
    }

    /// The resources in the clouds of the organization that the asking user is in.
    pub(super) fn resources_of(&self, call: &Call<'_>) -> Vec<&Resource> {
        let organization = self.organization_of(call);
        let clouds = self.clouds.rows().iter();
        let visible: Vec<i64> = clouds
            .filter(|cloud| self.is_cloud_in(&text(cloud, "resource_id"), organization))
            .map(|cloud| integer(cloud, "id"))
            .collect();
        self.resources
            .iter()
            .filter(|one| visible.contains(&one.cloud))
            .collect()
    }

    /// Adds a resource to a cloud. `common` overrides what is made up for all kinds, `own` the rest.
    pub(super) fn add_resource_row(
        &mut self,
        cloud: &Object,
        kind: &str,
        common: Object,
        own: Object,
    ) -> Value {
        let origin = self.origin(Arc::new(cloud.clone()));
        let resource = Resource::new(&origin, kind, common, own);
        let item = resource.item();
        self.resources.push(resource);
        item
    }

    /// What the next resource is made from.
    pub(super) fn origin(&mut self, cloud: Arc<Object>) -> Origin {
        let made = self.made;
        self.made = made.saturating_add(Origin::THINGS);
        Origin {
            catalog: self.catalog,
            seed: self.seed,
            made,
            cloud,
        }
    }

    pub(super) fn remove_resources_of(&mut self, cloud: i64) {
        self.forget_resources(|resource| resource.cloud == cloud);
    }

    /// Removes resources and what points at them.
    fn forget_resources(&mut self, is_gone: impl Fn(&Resource) -> bool) {
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.resources)
            .into_iter()
            .partition(is_gone);
        self.resources = kept;
        let gone: BTreeSet<String> = gone.into_iter().map(|one| one.id).collect();
        let pointing = self
            .findings
            .values_mut()
            .chain(self.group_members.values_mut());
        for ids in pointing {
            ids.retain(|id| !gone.contains(id));
        }
        for id in &gone {
            self.badges.remove(id);
            self.notes.remove(id);
        }
    }

    fn set_power(&mut self, call: &Call<'_>, power: &str) -> Result<Reply, Failure> {
        let instance = self.resource_mut(call.first_parameter())?;
        instance.set_own("state", json!(power));
        done()
    }
}
