//! Bots.

use serde_json::{Value, json};

use super::select::select;
use super::table::{Object, given, members, overlay, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_bots", list),
    ("v2.create_bot", create),
    ("v2.update_bot", update),
    ("v2.get_bot", get),
    ("v2.get_bot_via_get", get),
    ("v2.run_bot", run),
    ("v2.pause_bot", |state, call| {
        state.set_bot_state(call, "PAUSED")
    }),
    ("v2.resume_bot", |state, call| {
        state.set_bot_state(call, "RUNNING")
    }),
    ("v2.archive_bot", |state, call| {
        state.set_bot_state(call, "ARCHIVED")
    }),
    ("v2.archive_bots", archive_many),
];

const INPUT: [&str; 8] = [
    "name",
    "description",
    "severity",
    "category",
    "state",
    "insight_id",
    "source",
    "instructions",
];

/// Archived bots are listed only if a filter is about the state.
fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let mut filters = call.body["filters"].as_array().into_iter().flatten();
    let about_state = filters.any(|filter| filter["field_name"] == "state");
    let mut bots = state.bots.rows().to_vec();
    bots.retain(|bot| about_state || text(bot, "state") != "ARCHIVED");
    let selection = select(bots, &call.body)?;
    found(json!({"bots": selection.rows, "count": selection.total}))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let bot = state.add_bot_row(given(&call.body, &INPUT));
    found(Value::Object(bot))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let now = state.now();
    let bot = state.bot(call.first_parameter())?;
    overlay(bot, &call.body, &INPUT);
    bot.insert("date_modified".to_owned(), json!(now));
    done()
}

fn get(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let bot = state.bot(call.first_parameter())?.clone();
    found(Value::Object(bot))
}

fn run(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.bot(call.first_parameter())?;
    done()
}

fn archive_many(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    for id in call.texts("resource_ids") {
        state
            .bot(&id)?
            .insert("state".to_owned(), json!("ARCHIVED"));
    }
    done()
}

impl State {
    pub(super) fn add_bot_row(&mut self, settled: Value) -> Object {
        let number = self.number("bot");
        let now = self.now();
        let insight = match (settled["source"].as_str(), settled["insight_id"].as_i64()) {
            (Some(source), Some(id)) => self.insights.get(&format!("{source}:{id}")),
            _ => None,
        };
        let insight_name = insight.map(|insight| text(insight, "name"));
        let mut bot = self.make(
            "Bot",
            json!({
                "resource_id": format!("divvybot:1:{number}"),
                "description": "",
                "insight_name": insight_name,
                "state": "RUNNING",
                "date_created": now,
                "date_modified": now,
                "valid": true,
                "event_failures": {"errors": 0, "timeouts": 0, "invalid_perms": 0},
                "exemptions_count": 0,
            }),
        );
        if insight_name.is_none() {
            bot.remove("insight_id");
        }
        bot.extend(members(settled));
        self.bots.push(bot.clone());
        bot
    }

    fn bot(&mut self, id: &str) -> Result<&mut Object, Failure> {
        self.bots.require_mut(id)
    }

    fn set_bot_state(&mut self, call: &Call<'_>, to: &str) -> Result<Reply, Failure> {
        self.bot(call.first_parameter())?
            .insert("state".to_owned(), json!(to));
        done()
    }
}
