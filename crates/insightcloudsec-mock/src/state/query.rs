//! Queries over resources: v2 by offset, v3 by cursor.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::resource::Resource;
use super::select::number;
use super::table::text;
use super::{Handlers, State, found};
use crate::call::Call;
use crate::random::Random;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.query_resources", query_by_offset),
    ("v3.query_resources", query_by_cursor),
    ("v3.query_resources_for_export", query_by_cursor),
];

/// Rows of a page where the request does not say.
const DEFAULT_LIMIT: usize = 25;

/// Most rows of a page.
const MAX_LIMIT: usize = 1000;

fn query_by_offset(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let offset = number(&call.body, "offset")?.unwrap_or(0);
    let (_, page) = state.query(call, offset)?;
    found(page)
}

fn query_by_cursor(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let fingerprint = fingerprint(call);
    let offset = match &call.body["cursor"] {
        Value::String(cursor) => read_cursor(cursor, &fingerprint)
            .ok_or_else(|| Failure::member("json", "cursor", "Not a cursor of this query."))?,
        _ => number(&call.body, "offset")?.unwrap_or(0),
    };
    let (rest, mut page) = state.query(call, offset)?;
    page["next_cursor"] = rest.map_or(Value::Null, |next| json!(format!("{fingerprint}{next:x}")));
    found(page)
}

/// Ties a cursor to its operation and query, whatever the limit.
fn fingerprint(call: &Call<'_>) -> String {
    let mut body = call.body.clone();
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, _| !["cursor", "limit", "offset"].contains(&name.as_str()));
    }
    Random::labelled(0, &format!("{} {body}", call.operation.id)).hex(16)
}

fn read_cursor(cursor: &str, fingerprint: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix(fingerprint)?, 16).ok()
}

impl State {
    /// A page from `offset` on, and where the next one begins if there is one.
    ///
    /// Type, scopes, badges, tags and insight select. `filters` are the product's own language and are only
    /// answered back.
    fn query(&self, call: &Call<'_>, offset: usize) -> Result<(Option<usize>, Value), Failure> {
        let limit = number(&call.body, "limit")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let message = format!("Must be from 1 to {MAX_LIMIT}.");
            return Err(Failure::member("json", "limit", message));
        }
        let kind = call.text("selected_resource_type");
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        for resource in self.selected(call)? {
            *counts.entry(&resource.kind).or_default() += 1;
            if kind.is_empty() || resource.kind == kind {
                rows.push(resource);
            }
        }
        sort(&mut rows, call.text("order_by"));
        let next = offset.saturating_add(limit);
        let rest = (next < rows.len()).then_some(next);
        let rows = rows
            .into_iter()
            .skip(offset)
            .take(limit)
            .map(Resource::item);
        let page = json!({
            "counts": counts,
            "selected_resource_type": call.body["selected_resource_type"],
            "supported_types": counts.keys().collect::<Vec<_>>(),
            "resources": rows.collect::<Value>(),
            "scopes": call.texts("scopes"),
            "filters": call.body["filters"].as_array().cloned().unwrap_or_default(),
            "limit": limit,
            "offset": offset,
            "order_by": call.body["order_by"],
            "headers": [],
        });
        Ok((rest, page))
    }

    fn selected(&self, call: &Call<'_>) -> Result<Vec<&Resource>, Failure> {
        let body = &call.body;
        let scopes = call.texts("scopes");
        let mut resources = self.resources_of(call);
        if let Some(insight) = body["insight"]
            .as_str()
            .filter(|insight| !insight.is_empty())
        {
            let found = self.open_findings(insight, body["insight_exemptions"] == true)?;
            resources.retain(|one| found.contains(&one.id));
        }
        // What nobody asks about is not looked up: there may be many resources.
        let is_asked = |name: &str| body[name].as_array().is_some_and(|some| !some.is_empty());
        resources.retain(|one| {
            (scopes.is_empty() || self.is_in_scopes(one, &scopes))
                && (!is_asked("badges") || self.has_badges(&self.badge_bearer(one, body), body))
                && (!is_asked("tags") || has_tags(one, &body["tags"]))
        });
        Ok(resources)
    }

    /// Scopes are clouds, their groups and resource groups.
    fn is_in_scopes(&self, resource: &Resource, scopes: &[String]) -> bool {
        let cloud = self.clouds.find("id", &resource.cloud.to_string());
        let of_cloud = cloud.is_some_and(|cloud| {
            ["resource_id", "group_resource_id"]
                .iter()
                .any(|name| scopes.contains(&text(cloud, name)))
        });
        let is_member = |scope: &String| {
            let members = self.group_members.get(scope);
            members.is_some_and(|members| members.contains(&resource.id))
        };
        of_cloud || scopes.iter().any(is_member)
    }

    /// The resource if it has one of the badges itself, or else its cloud.
    fn badge_bearer(&self, resource: &Resource, conditions: &Value) -> String {
        if self.has_any_badge(&resource.id, &conditions["badges"]) {
            return resource.id.clone();
        }
        let cloud = self.clouds.find("id", &resource.cloud.to_string());
        cloud
            .map(|cloud| text(cloud, "resource_id"))
            .unwrap_or_default()
    }
}

/// Tags are keys, or objects with `key` and perhaps `value`; all must be there.
fn has_tags(resource: &Resource, wanted: &Value) -> bool {
    let tags = resource.tags();
    wanted.as_array().into_iter().flatten().all(|tag| {
        let key = tag.as_str().or(tag["key"].as_str()).unwrap_or_default();
        tags.get(key)
            .is_some_and(|value| tag["value"].is_null() || tag["value"] == *value)
    })
}

/// Sorts by a member that all kinds have; `name` is `resource_name`.
fn sort(rows: &mut [&Resource], order_by: &str) {
    let mut words = order_by.split_whitespace();
    let Some(field) = words.next() else { return };
    let field = if field == "name" {
        "resource_name"
    } else {
        field
    };
    rows.sort_by_cached_key(|one| one.common(field));
    if words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("desc"))
    {
        rows.reverse();
    }
}
