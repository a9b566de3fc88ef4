//! Scorecards, and the filters that insights and queries are made of.

use serde_json::{Map, Value, json};

use super::packs::pack_holds;
use super::table::{integer, text};
use super::{Handlers, State, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.export_compliance_scorecard", scorecard),
    ("v2.list_query_filters", list_filters),
];

/// Filters that the registry holds: id, name and whether it takes a choice.
const FILTERS: [(&str, &str, bool); 3] = [
    (
        "divvy.query.made_up_public_access",
        "Resource open to the world",
        false,
    ),
    (
        "divvy.query.made_up_encryption",
        "Resource with or without encryption",
        true,
    ),
    (
        "divvy.filter.made_up_resource_age",
        "Resource older than a number of days",
        false,
    ),
];

/// A line of percentages for each pack asked for, and what its insights find.
fn scorecard(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let packs = call.query_value("pack_ids").unwrap_or_default();
    let (mut section, mut impacted) = (Map::new(), Map::new());
    for id in packs
        .split(',')
        .map(|pack| pack.rsplit(':').next().unwrap_or(pack))
    {
        let pack = state.packs.require(id)?;
        let (mut scores, mut rows) = (Map::new(), Vec::new());
        for insight in state.insights.rows() {
            if !pack_holds(
                pack,
                &text(insight, "source"),
                integer(insight, "insight_id"),
            ) {
                continue;
            }
            let open = state.open_findings(&text(insight, super::insights::KEY), false)?;
            let share =
                100 - 100 * open.len().min(state.resources.len()) / state.resources.len().max(1);
            scores.insert(text(insight, "name"), json!(format!("{share}%")));
            let resources = open.iter().filter_map(|id| state.resource(id).ok());
            rows.extend(resources.map(|one| {
                json!({
                    "account_cluster_name": one.common("account"),
                    "account_cluster_id": one.common("account_id"),
                    "resource_type": one.kind,
                    "name": one.common("resource_name"),
                    "insight": insight.get("name"),
                    "provider_id": one.common("namespace_id"),
                    "severity": insight.get("severity"),
                })
            }));
        }
        section.insert(text(pack, "name"), Value::Object(scores));
        impacted.insert(text(pack, "name"), Value::Array(rows));
    }
    found(json!({"scorecard": {"section": section}, "impacted_resources": impacted}))
}

/// A map by filter id, not a list.
fn list_filters(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let kinds: Vec<&str> = super::resource::KINDS
        .iter()
        .map(|(kind, _)| *kind)
        .collect();
    let filters = FILTERS.iter().map(|(id, name, takes_choice)| {
        let settings = if *takes_choice {
            json!([{
                "field_type": "select",
                "name": "encrypted",
                "display_name": "Encrypted",
                "description": "Whether the resource is encrypted",
                "options": ["multiple"],
                "choices": [{"value": "yes", "display_value": "Yes"}, {"value": "no", "display_value": "No"}],
            }])
        } else {
            json!([])
        };
        let filter = state.make(
            "QueryFilter",
            json!({
                "filter_id": id,
                "name": name,
                "supported_resources": kinds,
                "settings_config": settings,
            }),
        );
        ((*id).to_owned(), Value::Object(filter))
    });
    found(Value::Object(filters.collect()))
}
