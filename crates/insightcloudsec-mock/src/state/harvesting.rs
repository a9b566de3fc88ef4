//! Harvesting: strategies, last runs and the event-driven switch.

use serde_json::{Value, json};

use super::table::{Object, integer, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_harvesting_strategies", list_strategies),
    ("v2.create_harvesting_strategy", create_strategy),
    ("v2.assign_harvesting_strategy", assign_strategy),
    ("v2.list_last_harvests", list_last),
    ("v2.get_event_driven_harvesting", event_driven),
    ("v2.enable_event_driven_harvesting", |state, _| {
        state.set_event_driven(true)
    }),
    ("v2.disable_event_driven_harvesting", |state, _| {
        state.set_event_driven(false)
    }),
];

/// Jobs that every cloud has.
const JOBS: [&str; 3] = ["ComputeHarvester", "NetworkHarvester", "StorageHarvester"];

fn list_strategies(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let strategies = state.strategies.rows().iter().map(|strategy| {
        let number = integer(strategy, "id");
        let clouds = state.clouds.rows().iter();
        let assigned = clouds
            .filter(|cloud| integer(cloud, "strategy_id") == number)
            .count();
        let mut view = strategy.clone();
        view.insert("organization_services".to_owned(), json!(assigned));
        Value::Object(view)
    });
    found(json!({"strategies": strategies.collect::<Value>()}))
}

fn create_strategy(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let strategy = state.add_strategy_row(call.text("strategy_name"), call.text("cloud_type_id"));
    found(json!({"strategy_id": strategy.get("id")}))
}

/// Clouds are given by number, or by type or badges for all of them.
fn assign_strategy(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let strategy = state.strategies.require(id)?;
    let strategy = strategy.get("id").cloned().unwrap_or_default();
    let (numbers, kind) = (
        call.integers("organization_service_ids"),
        call.text("cloud_type_id"),
    );
    let chosen = state.clouds.rows().iter().filter(|cloud| {
        let is_of_kind = || kind.is_empty() || text(cloud, "cloud_type_id") == kind;
        if numbers.is_empty() {
            is_of_kind()
        } else {
            numbers.contains(&integer(cloud, "id"))
        }
    });
    let chosen: Vec<String> = chosen.map(|cloud| text(cloud, "resource_id")).collect();
    for id in chosen {
        if let Some(cloud) = state.clouds.get_mut(&id) {
            cloud.insert("strategy_id".to_owned(), strategy.clone());
        }
    }
    done()
}

fn list_last(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    let cloud = state.clouds.require(id)?;
    let regions = state.regions.get(id).into_iter().flatten();
    let runs = regions.flat_map(|region| {
        JOBS.iter().map(|job| {
            json!({
                "region": region.get("id"),
                "schedule": {"job": format!("divvycloud:{job}")},
                "last_run": cloud.get("last_refreshed"),
            })
        })
    });
    found(runs.collect::<Value>())
}

fn event_driven(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    found(json!({"event_driven_harvest_enabled": state.event_driven_harvest}))
}

impl State {
    fn set_event_driven(&mut self, on: bool) -> Result<Reply, Failure> {
        self.event_driven_harvest = on;
        done()
    }

    pub(super) fn add_strategy_row(&mut self, name: &str, cloud_type: &str) -> Object {
        let number = self.number("harvesting strategy");
        let strategy = self.make(
            "HarvestingStrategy",
            json!({
                "id": number,
                "organization_id": 1,
                "name": name,
                "cloud_type_id": cloud_type,
                "type_default": number == 1,
                "system_defined": number == 1,
                "disabled_regions": [],
            }),
        );
        self.strategies.push(strategy.clone());
        strategy
    }
}
