//! Exemptions of resources from insights.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::packs::pack_holds;
use super::select::{contains, page};
use super::table::{Object, integer, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.create_exemptions", create),
    ("v2.delete_exemptions", delete),
    ("v2.list_exemptions", list),
];

/// Rows of a page where the request does not say.
const DEFAULT_PAGE_SIZE: usize = 25;

/// Most rows of a page.
const MAX_PAGE_SIZE: usize = 1000;

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let ids = call.texts("resource_ids");
    let key = format!(
        "{}:{}",
        call.text("insight_source"),
        call.body["insight_id"]
    );
    state.insights.require(&key)?;
    for id in &ids {
        state.resource(id)?;
    }
    let made: Result<Vec<Value>, Failure> = ids
        .iter()
        .map(|id| state.add_exemption_row(id, call).map(Value::Object))
        .collect();
    found(made?)
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let ids: Vec<String> = call
        .integers("exemption_ids")
        .iter()
        .map(i64::to_string)
        .collect();
    state.exemptions.require_all(&ids)?;
    for id in ids {
        state.exemptions.remove(&id);
    }
    done()
}

fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let (number, size) = call.page(DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)?;
    let wanted = call.text("search");
    let pack = call.text("pack");
    let rows: Vec<Value> = state
        .exemptions
        .rows()
        .iter()
        .filter(|one| {
            let searched = [
                "resource_name",
                "resource_id",
                "insight_name",
                "notes",
                "approver",
            ];
            searched
                .iter()
                .any(|member| contains(&text(one, member), wanted))
                && (pack.is_empty() || state.is_exemption_in_pack(one, pack))
        })
        .map(|one| Value::Object(one.clone()))
        .collect();
    let total = rows.len();
    let (rows, _) = page(rows, number, size);
    found(json!({"data": rows, "total_count": total}))
}

impl State {
    fn add_exemption_row(&mut self, resource_id: &str, call: &Call<'_>) -> Result<Object, Failure> {
        let resource = self.resource(resource_id)?.clone();
        let insight = format!(
            "{}:{}",
            call.text("insight_source"),
            call.body["insight_id"]
        );
        let insight_name = self.insights.get(&insight).map(|one| text(one, "name"));
        let creator = self.users.find("user_id", &call.user_id().to_string());
        let creator_name = creator.map(|user| text(user, "name"));
        let number = self.number("exemption");
        let now = self.now();
        let exemption = self.make(
            "Exemption",
            json!({
                "exemption_id": number,
                "insight_id": call.body["insight_id"],
                "insight_name": insight_name,
                "insight_source": call.body["insight_source"],
                "resource_id": resource_id,
                "resource_ids": null,
                "resource_name": resource.common("resource_name"),
                "resource_type": call.body["resource_type"],
                "account": resource.common("account"),
                "account_id": resource.common("account_id"),
                "cloud_type_id": resource.common("cloud"),
                "organization_id": self.organization_of(call),
                "bot_id": null,
                "bot_name": null,
                "creator_id": call.user_id(),
                "creator_name": creator_name,
                "approver": call.body["approver"],
                "create_date": now,
                "start_date": call.body["start_date"],
                "expiration_date": call.body["expiration_date"],
                "enabled": true,
                "notes": call.body["notes"],
            }),
        );
        self.exemptions.push(exemption.clone());
        Ok(exemption)
    }

    /// Resources that are exempt from an insight, given by source and number.
    pub(super) fn exempt_resources(&self, insight: &str) -> BTreeSet<String> {
        let is_of_it = |one: &&Object| {
            let key = format!(
                "{}:{}",
                text(one, "insight_source"),
                text(one, "insight_id")
            );
            key == insight && one.get("enabled") == Some(&json!(true))
        };
        let exemptions = self.exemptions.rows().iter().filter(is_of_it);
        exemptions.map(|one| text(one, "resource_id")).collect()
    }

    fn is_exemption_in_pack(&self, exemption: &Object, pack: &str) -> bool {
        let id = pack.rsplit(':').next().unwrap_or_default();
        self.packs.get(id).is_some_and(|pack| {
            pack_holds(
                pack,
                &text(exemption, "insight_source"),
                integer(exemption, "insight_id"),
            )
        })
    }
}
