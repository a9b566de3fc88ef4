//! Cloud accounts and their regions.

use serde_json::{Value, json};

use super::select::{contains, select};
use super::table::{Object, given, integer, members, overlay, plain, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_clouds", list),
    ("v2.search_clouds", search),
    ("v2.list_provisioning_clouds", list_provisioning),
    ("v2.list_cloud_types", list_types),
    ("v2.add_cloud", add),
    ("v2.update_cloud", update),
    ("v2.set_resource_name", set_name),
    ("v2.delete_cloud", delete),
    ("v2.set_cloud_status", set_status),
    ("v2.list_cloud_regions", list_regions),
    ("v2.disable_cloud_region", disable_region),
    ("v2.enable_cloud_region", enable_region),
];

/// Kinds of cloud and their names.
const TYPES: [(&str, &str); 10] = [
    ("ALICLOUD", "Alibaba Cloud"),
    ("AWS", "Amazon Web Services"),
    ("AWS_CHINA", "Amazon Web Services (China)"),
    ("AWS_GOV", "Amazon Web Services (GovCloud)"),
    ("AZURE_ARM", "Microsoft Azure"),
    ("AZURE_CHINA", "Microsoft Azure (China)"),
    ("AZURE_GOV", "Microsoft Azure (Government)"),
    ("GCE", "Google Cloud Platform"),
    ("K8S_R7", "Kubernetes"),
    ("OCI", "Oracle Cloud Infrastructure"),
];

/// The regions that a cloud of that type has.
pub(super) fn regions(cloud_type: &str) -> [&'static str; 3] {
    match cloud_type {
        "AZURE_ARM" | "AZURE_CHINA" | "AZURE_GOV" => ["eastus", "westeurope", "australiaeast"],
        "GCE" => ["us-central1", "europe-west1", "australia-southeast1"],
        _ => ["us-east-1", "eu-west-1", "ap-southeast-2"],
    }
}

fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let clouds = state.cloud_views(call);
    found(json!({"total_count": clouds.len(), "clouds": clouds}))
}

fn search(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let mut clouds = state.cloud_views(call);
    let wanted = call.text("search_string");
    clouds.retain(|cloud| {
        let id = text(cloud, "resource_id");
        let named = ["name", "account_id"]
            .iter()
            .any(|name| contains(&text(cloud, name), wanted));
        named
            && state.has_badges(&id, &call.body)
            && !state.has_any_badge(&id, &call.body["exclusion_badges"])
            && !(call.body["empty_badges"] == true && state.badge_count(&id) > 0)
    });
    let selection = select(clouds, &call.body)?;
    found(json!({"clouds": selection.rows, "total_count": selection.total}))
}

fn list_provisioning(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    const SHOWN: [&str; 7] = [
        "id",
        "name",
        "cloud_type_id",
        "status",
        "resource_id",
        "group_resource_id",
        "creation_time",
    ];
    let clouds = state.cloud_views(call).into_iter().map(|mut cloud| {
        cloud.retain(|name, _| SHOWN.contains(&name.as_str()));
        Value::Object(cloud)
    });
    found(json!({"clouds": clouds.collect::<Value>()}))
}

fn list_types(_: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let types = TYPES
        .iter()
        .map(|(id, name)| json!({"cloud_type_id": id, "name": name, "cloud_access": "public"}));
    found(json!({"clouds": types.collect::<Value>()}))
}

fn add(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    const SHOWN: [&str; 7] = [
        "id",
        "name",
        "cloud_type_id",
        "status",
        "creation_time",
        "resource_id",
        "group_resource_id",
    ];
    let params = &call.body["creation_params"];
    let account = ["account_number", "subscription_id", "project"].map(|name| plain(&params[name]));
    let account = account
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let clouds = state.clouds.rows().iter();
    if !account.is_empty()
        && clouds
            .clone()
            .any(|cloud| text(cloud, "account_id") == account)
    {
        return Err(Failure::invalid("the account has been added already"));
    }
    let organization = state.organization_of(call);
    // Credentials are not kept.
    let mut settled = given(params, &["name", "role_arn"]);
    settled["cloud_type_id"] = params["cloud_type"].clone();
    if !account.is_empty() {
        settled["account_id"] = json!(account);
    }
    let mut cloud = state.add_cloud_row(organization, settled);
    cloud.retain(|name, _| SHOWN.contains(&name.as_str()));
    found(Value::Object(cloud))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.parameter("cloud_id");
    let resource_id = state
        .clouds
        .find("id", id)
        .map(|cloud| text(cloud, "resource_id"));
    let resource_id = resource_id.unwrap_or_else(|| id.to_owned());
    let cloud = state.clouds.require_mut(&resource_id)?;
    overlay(cloud, &call.body, &["name", "role_arn"]);
    let cloud = cloud.clone();
    found(Value::Object(state.cloud_view(&cloud)))
}

fn set_name(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let name = json!(call.text("name"));
    if let Some(cloud) = state.clouds.get_mut(id) {
        cloud.insert("name".to_owned(), name);
    } else {
        state.resource_mut(id)?.set_common("resource_name", name);
    }
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let cloud = state.clouds.take(id)?;
    state.cloud_organization.remove(id);
    state.badges.remove(id);
    state.regions.remove(id);
    state.remove_resources_of(integer(&cloud, "id"));
    done()
}

fn set_status(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let ids = call.texts("resource_ids");
    state.clouds.require_all(&ids)?;
    for id in ids {
        if let Some(cloud) = state.clouds.get_mut(&id) {
            overlay(cloud, &call.body, &["status"]);
        }
    }
    done()
}

fn list_regions(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let regions = state
        .regions
        .get(id)
        .ok_or_else(|| Failure::unknown("cloud", id))?;
    found(json!({"regions": regions}))
}

fn disable_region(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.set_region_status(call.first_parameter(), "DISABLED")
}

fn enable_region(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.set_region_status(call.first_parameter(), "DEFAULT")
}

impl State {
    /// Adds a cloud with its regions; what `settled` leaves out is made up.
    pub(super) fn add_cloud_row(&mut self, organization: i64, settled: Value) -> Object {
        let number = self.number("cloud");
        let now = self.now();
        let account_id = self.random("account").text(12, b"0123456789");
        let id = format!("divvyorganizationservice:{number}");
        let mut cloud = self.make(
            "Cloud",
            json!({
                "id": number,
                "resource_id": id,
                "group_resource_id": format!("resourcegroup:{}:", 1000 + number),
                "account_id": account_id,
                "creation_time": now,
                "last_refreshed": now,
                "status": "DEFAULT",
                "strategy_id": 1,
                "cloud_access": "public",
                "failed_resource_types": [],
                "disabled_resource_types": [],
                "trailblazer_cloudtrail_trails": [],
            }),
        );
        cloud.extend(members(settled));
        if !text(&cloud, "cloud_type_id").starts_with("AWS") {
            cloud.remove("role_arn");
        }
        // Whoever sets the id up by hand means it.
        let id = text(&cloud, "resource_id");
        let regions = regions(&text(&cloud, "cloud_type_id"));
        let regions = regions
            .iter()
            .map(|region| region_row(integer(&cloud, "id"), region));
        self.regions.insert(id.clone(), regions.collect());
        self.cloud_organization.insert(id, organization);
        self.clouds.push(cloud.clone());
        self.cloud_view(&cloud)
    }

    /// The cloud as answers show it, with what is counted.
    pub(super) fn cloud_view(&self, cloud: &Object) -> Object {
        let number = integer(cloud, "id");
        let resources = self
            .resources
            .iter()
            .filter(|one| one.cloud == number)
            .count();
        let mut view = cloud.clone();
        view.insert("resource_count".to_owned(), json!(resources));
        view.insert("resources".to_owned(), json!(resources));
        let badges = self.badge_count(&text(cloud, "resource_id"));
        view.insert("badge_count".to_owned(), json!(badges));
        view
    }

    /// The clouds of the organization that the asking user is in.
    pub(super) fn cloud_views(&self, call: &Call<'_>) -> Vec<Object> {
        let organization = self.organization_of(call);
        let clouds = self.clouds.rows().iter();
        clouds
            .filter(|cloud| self.is_cloud_in(&text(cloud, "resource_id"), organization))
            .map(|cloud| self.cloud_view(cloud))
            .collect()
    }

    pub(super) fn is_cloud_in(&self, cloud: &str, organization: i64) -> bool {
        self.cloud_organization.get(cloud) == Some(&organization)
    }

    /// A cloud by its number, as `organization_service_id` gives it.
    pub(super) fn cloud_numbered(&self, number: &str) -> Result<&Object, Failure> {
        self.clouds
            .find("id", number)
            .ok_or_else(|| Failure::unknown("cloud", number))
    }

    fn set_region_status(&mut self, id: &str, status: &str) -> Result<Reply, Failure> {
        let mut regions = self.regions.values_mut().flatten();
        let region = regions.find(|region| text(region, "resource_id") == id);
        let region = region.ok_or_else(|| Failure::unknown("region", id))?;
        region.insert("status".to_owned(), json!(status));
        done()
    }
}

fn region_row(cloud: i64, region: &str) -> Object {
    members(json!({
        "id": region,
        "name": region,
        "resource_id": format!("serviceregion:{cloud}:{region}:"),
        "status": "DEFAULT",
        "harvest_rate_multiplier": 1.0,
    }))
}
