//! Badges on clouds and resources.

use serde_json::{Value, json};

use super::table::{Object, members, text};
use super::{Handlers, State, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.create_badges", create),
    ("v2.delete_badges", delete),
    ("v2.set_resource_badges", set),
    ("v2.list_resource_badges", list),
    ("v2.count_badges", count),
    ("v2.list_clouds_by_badge", list_clouds),
];

/// Current releases answer badge changes with 204.
fn changed() -> Result<Reply, Failure> {
    Ok(Reply::status(204))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let targets = state.badge_targets(call)?;
    let badges = badges(&call.body["badges"])?;
    for (target, badge) in targets
        .iter()
        .flat_map(|one| badges.iter().map(move |badge| (one, badge)))
    {
        let key = text(badge, "key");
        if state
            .badges
            .get(target)
            .is_some_and(|had| had.iter().any(|one| text(one, "key") == key))
        {
            let message = format!("`{target}` has a badge with the key `{key}` already");
            return Err(Failure::new(400, "DuplicateBadge", message));
        }
    }
    for target in targets {
        state
            .badges
            .entry(target)
            .or_default()
            .extend(badges.iter().cloned());
    }
    changed()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let targets = state.badge_targets(call)?;
    let badges = badges(&call.body["badges"])?;
    for target in targets {
        if let Some(had) = state.badges.get_mut(&target) {
            had.retain(|one| !badges.iter().any(|badge| is_same(one, badge)));
        }
    }
    changed()
}

fn set(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let mut targets = state.badge_targets(call)?;
    if targets.is_empty() {
        targets.push(call.first_parameter().to_owned());
    }
    let badges = badges(&call.body["badges"])?;
    for target in targets {
        state.refuse_unknown_target(&target)?;
        state.badges.insert(target, badges.clone());
    }
    changed()
}

fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.first_parameter();
    state.refuse_unknown_target(id)?;
    found(
        state
            .badges
            .get(id)
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Value>(),
    )
}

fn count(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let counts = call.texts("resource_ids").into_iter();
    let counts = counts.map(|id| json!({"count": state.badge_count(&id), "resource_id": id}));
    found(json!({"resource_count": counts.collect::<Value>()}))
}

fn list_clouds(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let clouds = state.cloud_views(call).into_iter();
    let clouds = clouds
        .filter(|cloud| state.has_any_badge(&text(cloud, "resource_id"), &call.body["badges"]))
        .map(|cloud| json!({"resource_id": cloud.get("resource_id"), "name": cloud.get("name")}));
    found(clouds.collect::<Value>())
}

/// Badges of a request, each with key and value.
fn badges(given: &Value) -> Result<Vec<Object>, Failure> {
    let read = |badge: &Value| match (badge["key"].as_str(), badge["value"].as_str()) {
        (Some(key), Some(value)) if !key.is_empty() => Ok(members(
            json!({"key": key, "value": value, "auto_generated": false}),
        )),
        _ => Err(Failure::member(
            "json",
            "badges",
            "A badge needs a key and a value.",
        )),
    };
    given.as_array().into_iter().flatten().map(read).collect()
}

fn is_same(one: &Object, other: &Object) -> bool {
    ["key", "value"]
        .iter()
        .all(|name| one.get(*name) == other.get(*name))
}

impl State {
    fn badge_targets(&self, call: &Call<'_>) -> Result<Vec<String>, Failure> {
        let targets = call.texts("target_resource_ids");
        targets
            .iter()
            .try_for_each(|target| self.refuse_unknown_target(target))?;
        Ok(targets)
    }

    fn refuse_unknown_target(&self, id: &str) -> Result<(), Failure> {
        let is_known = self.clouds.get(id).is_some() || self.resource(id).is_ok();
        if is_known {
            Ok(())
        } else {
            Err(Failure::unknown("resource", id))
        }
    }

    pub(super) fn badge_count(&self, id: &str) -> usize {
        self.badges.get(id).map_or(0, Vec::len)
    }

    /// Whether the badges fit `badges` and `badge_filter_operator` (`OR` if absent); no badges, no condition.
    pub(super) fn has_badges(&self, id: &str, conditions: &Value) -> bool {
        let wanted = conditions["badges"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        match conditions["badge_filter_operator"].as_str() {
            _ if wanted.is_empty() => true,
            Some("AND") => wanted.iter().all(|badge| self.has_badge(id, badge)),
            _ => wanted.iter().any(|badge| self.has_badge(id, badge)),
        }
    }

    pub(super) fn has_any_badge(&self, id: &str, badges: &Value) -> bool {
        badges
            .as_array()
            .into_iter()
            .flatten()
            .any(|badge| self.has_badge(id, badge))
    }

    fn has_badge(&self, id: &str, wanted: &Value) -> bool {
        let fits = |badge: &Object, name: &str| badge.get(name) == wanted.get(name);
        let badges = self.badges.get(id).into_iter().flatten();
        badges
            .into_iter()
            .any(|badge| fits(badge, "key") && fits(badge, "value"))
    }
}
