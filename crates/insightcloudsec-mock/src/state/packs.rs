//! Packs of insights.

use serde_json::{Value, json};

use super::table::{Object, given, members, overlay, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_packs", list),
    ("v2.create_pack", create),
    ("v2.update_pack", update),
    ("v2.delete_pack", delete),
];

const INPUT: [&str; 7] = [
    "name",
    "description",
    "logo_url",
    "backoffice",
    "custom",
    "badges",
    "badge_filter_operator",
];

fn list(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    found(
        state
            .packs
            .rows()
            .iter()
            .cloned()
            .map(Value::Object)
            .collect::<Value>(),
    )
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let pack = state.add_pack_row("custom", given(&call.body, &INPUT));
    found(json!({
        "pack_id": pack.get("pack_id"),
        "name": pack.get("name"),
        "description": pack.get("description"),
    }))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let now = state.now();
    let pack = state.custom_pack(call.first_parameter())?;
    overlay(pack, &call.body, &INPUT);
    pack.insert("updated_at".to_owned(), json!(now.replace(' ', "T") + "Z"));
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    state.custom_pack(id)?;
    state.packs.remove(id);
    done()
}

/// Whether the pack has the insight of that source and number.
pub(super) fn pack_holds(pack: &Object, source: &str, insight: i64) -> bool {
    let numbers = pack
        .get(source)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    numbers
        .into_iter()
        .any(|number| number.as_i64() == Some(insight))
}

impl State {
    pub(super) fn add_pack_row(&mut self, source: &str, settled: Value) -> Object {
        let number = self.number("pack");
        let now = self.now().replace(' ', "T") + "Z";
        let mut pack = self.make(
            "Pack",
            json!({
                "pack_id": number,
                "source": source,
                "organization_id": 1,
                "logo_url": null,
                "description": "",
                "backoffice": [],
                "custom": [],
                "badges": [],
                "badge_filter_operator": null,
                "backoffice_metadata": [],
                "inserted_at": now,
                "updated_at": now,
            }),
        );
        pack.extend(members(settled));
        self.packs.push(pack.clone());
        pack
    }

    /// Packs of the vendor cannot be changed.
    fn custom_pack(&mut self, id: &str) -> Result<&mut Object, Failure> {
        let pack = self.packs.require_mut(id)?;
        match text(pack, "source").as_str() {
            "custom" => Ok(pack),
            _ => Err(Failure::forbidden("packs of the vendor cannot be changed")),
        }
    }
}
