//! Insights and what they find.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::packs::pack_holds;
use super::select::contains;
use super::table::{Object, given, integer, members, overlay, text};
use super::{Handlers, State, done, found};
use crate::call::Call;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v2.list_insights", list),
    ("v2.search_insights", search),
    ("v2.get_insight", get),
    ("v2.create_insight", create),
    ("v2.create_insights", create_many),
    ("v2.update_insight", update),
    ("v2.delete_insight", delete),
    ("v2.delete_insights", delete_many),
    ("v2.set_insight_notes", set_notes),
    ("v2.set_insight_exempt_groups", set_exempt_groups),
    ("v2.refresh_insight_counts", refresh_counts),
    ("v2.get_insight_daily_counts", daily_counts),
    ("v2.list_resource_violations", list_violations),
    ("v4.list_cloud_findings", list_cloud_findings),
];

/// The member that source and number are joined in; not part of answers.
pub(super) const KEY: &str = "#key";

/// Rows in one page of findings.
const FINDINGS_PAGE: usize = 50;

const INPUT: [&str; 13] = [
    "name",
    "description",
    "severity",
    "resource_types",
    "filters",
    "scopes",
    "tags",
    "template_id",
    "owner_resource_id",
    "badges",
    "badge_filter_operator",
    "timeseries",
    "timeseries_cache",
];

fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let split = |name: &str| -> Vec<String> {
        let given = call.query_value(name).unwrap_or_default().split(',');
        given
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (packs, kinds, labels) = (split("pack_ids"), split("resource_types"), split("labels"));
    let has = |insight: &Object, member: &str, wanted: &[String]| {
        let had = insight
            .get(member)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        wanted.is_empty()
            || had
                .filter_map(Value::as_str)
                .any(|one| wanted.iter().any(|it| it == one))
    };
    let insights = state.insights.rows().iter().filter(|insight| {
        has(insight, "resource_types", &kinds)
            && has(insight, "tags", &labels)
            && (packs.is_empty() || packs.iter().any(|pack| state.is_in_pack(insight, pack)))
    });
    found(
        insights
            .map(|insight| Value::Object(state.insight_flat(insight)))
            .collect::<Value>(),
    )
}

fn search(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let source = call.query_value("source").unwrap_or_default();
    let wanted = call.query_value("search").unwrap_or_default();
    let insights = state.insights.rows().iter().filter(|insight| {
        (source.is_empty() || text(insight, "source") == source)
            && contains(&text(insight, "name"), wanted)
    });
    let short =
        |one: &Object| json!({"insight_id": one.get("insight_id"), "name": one.get("name")});
    found(json!({"data": insights.map(short).collect::<Value>()}))
}

fn get(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let (id, source) = (call.parameter("insight_id"), call.parameter("source"));
    let key = format!("{source}:{id}");
    let insight = state.insights.require(&key)?;
    let mut answer = without_key(insight);
    answer.insert(
        "counts".to_owned(),
        Value::Object(state.insight_counts(insight)),
    );
    found(Value::Object(answer))
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    check_severity(&call.body)?;
    let insight = state.add_insight_row("custom", given(&call.body, &INPUT));
    found(Value::Object(insight))
}

fn create_many(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let insights = call.body["insights"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    insights.iter().try_for_each(check_severity)?;
    for insight in insights {
        state.add_insight_row("custom", given(insight, &INPUT));
    }
    done()
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    check_severity(&call.body)?;
    let now = state.now();
    let insight = state.custom_insight(call.parameter("insight_id"))?;
    overlay(insight, &call.body, &INPUT);
    insight.insert("updated_at".to_owned(), json!(now.replace(' ', "T") + "Z"));
    done()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    state.remove_custom_insight(call.parameter("insight_id"))?;
    done()
}

fn delete_many(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    for id in call.integers("insights") {
        state.remove_custom_insight(&id.to_string())?;
    }
    done()
}

fn set_notes(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = state.insight_key(call.parameter("insight_id"))?;
    if let Some(insight) = state.insights.get_mut(&key) {
        overlay(insight, &call.body, &["notes"]);
    }
    done()
}

fn set_exempt_groups(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = format!("{}:{}", call.text("source"), call.parameter("insight_id"));
    let insight = state.insights.require_mut(&key)?;
    insight.insert(
        "resource_group_blacklist".to_owned(),
        json!(call.integers("groups")),
    );
    done()
}

fn refresh_counts(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = state.insight_key(call.parameter("insight_id"))?;
    let now = state.now();
    if let Some(insight) = state.insights.get_mut(&key) {
        insight.insert("cache_updated_at".to_owned(), json!(now));
    }
    done()
}

/// Seven days, none of which differs from today.
fn daily_counts(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = format!(
        "{}:{}",
        call.parameter("source"),
        call.parameter("insight_id")
    );
    let results = state.open_findings(&key, false)?.len();
    let days = (9..=15).map(|day| json!({"date": format!("2024-03-{day:02}"), "count": results}));
    found(days.collect::<Value>())
}

fn list_violations(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = &state.resource(call.first_parameter())?.id;
    let violated = state.insights.rows().iter().filter(|insight| {
        state
            .open_findings(&text(insight, KEY), false)
            .is_ok_and(|found| found.contains(id))
    });
    let short = |one: &Object| {
        json!({
            "name": one.get("name"),
            "insight_id": one.get("insight_id"),
            "source": one.get("source"),
            "severity": one.get("severity"),
        })
    };
    found(violated.map(short).collect::<Value>())
}

/// The member that leads to the next page is not recorded anywhere; `next_cursor` is a guess after v3.
fn list_cloud_findings(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let cloud = integer(state.cloud_numbered(call.first_parameter())?, "id");
    let offset = match call.query_value("cursor") {
        None | Some("") => 0,
        Some(cursor) => usize::from_str_radix(cursor, 16)
            .map_err(|_| Failure::member("query", "cursor", "Not a cursor."))?,
    };
    let mut rows = Vec::new();
    for insight in state.insights.rows() {
        let found = state.open_findings(&text(insight, KEY), false)?;
        let of_cloud = state.resources.iter().filter(|one| one.cloud == cloud);
        let found = of_cloud.filter(|one| found.contains(&one.id));
        rows.extend(found.map(|one| (insight, one)));
    }
    let next = offset.saturating_add(FINDINGS_PAGE);
    let cursor = (next < rows.len()).then(|| format!("{next:x}"));
    let page = rows.into_iter().skip(offset).take(FINDINGS_PAGE);
    let page: Value = page
        .map(|(insight, resource)| {
            json!({
                "insight_name": insight.get("name"),
                "insight_id": insight.get("insight_id"),
                "insight_source": insight.get("source"),
                "severity": insight.get("severity"),
                "resource_id": resource.id,
                "resource_name": resource.common("resource_name"),
                "resource_type": resource.kind,
            })
        })
        .collect();
    found(json!({"results": page, "next_cursor": cursor}))
}

fn check_severity(input: &Value) -> Result<(), Failure> {
    match input["severity"].as_i64() {
        Some(severity) if !(1..=5).contains(&severity) => {
            Err(Failure::member("json", "severity", "Must be from 1 to 5."))
        }
        _ => Ok(()),
    }
}

pub(super) fn without_key(insight: &Object) -> Object {
    let mut answer = insight.clone();
    answer.remove(KEY);
    answer
}

impl State {
    /// Adds an insight; what `settled` leaves out is made up.
    pub(super) fn add_insight_row(&mut self, source: &str, settled: Value) -> Object {
        let number = self.number("insight");
        let now = self.now().replace(' ', "T") + "Z";
        let mut insight = self.make(
            "Insight",
            json!({
                "insight_id": number,
                "source": source,
                "inserted_at": now,
                "updated_at": now,
                "custom_severity": null,
                "notes": "",
                "disabled": false,
                "favorited": false,
                "resource_group_blacklist": [],
                "bots": [],
                "filters": [],
                "scopes": [],
                "tags": [],
                "badges": [],
                "resource_types": ["instance"],
                "owner_resource_id": null,
                "meta_data": {},
            }),
        );
        for counted in [
            "all",
            "total",
            "results",
            "exemptions",
            "by_type",
            "by_cloud",
            "counts",
        ] {
            insight.remove(counted);
        }
        insight.extend(members(settled));
        let key = format!(
            "{}:{}",
            text(&insight, "source"),
            text(&insight, "insight_id")
        );
        insight.insert(KEY.to_owned(), json!(key));
        self.insights.push(insight.clone());
        self.insight_flat(&insight)
    }

    /// Source and number of an insight that is given by number only; custom ones first.
    pub(super) fn insight_key(&self, id: &str) -> Result<String, Failure> {
        let keys = ["custom", "backoffice"].map(|source| format!("{source}:{id}"));
        let known = keys
            .into_iter()
            .find(|key| self.insights.get(key).is_some());
        known.ok_or_else(|| Failure::unknown("insight", id))
    }

    fn custom_insight(&mut self, id: &str) -> Result<&mut Object, Failure> {
        let key = format!("custom:{id}");
        self.insights.require_mut(&key)
    }

    fn remove_custom_insight(&mut self, id: &str) -> Result<(), Failure> {
        let key = format!("custom:{id}");
        self.insights.take(&key)?;
        self.findings.remove(&key);
        Ok(())
    }

    /// Ids of the resources that an insight finds; exempt ones only on request.
    pub(super) fn open_findings(
        &self,
        key: &str,
        with_exempt: bool,
    ) -> Result<BTreeSet<String>, Failure> {
        self.insights.require(key)?;
        let mut found = self.findings.get(key).cloned().unwrap_or_default();
        if !with_exempt {
            let exempt = self.exempt_resources(key);
            found.retain(|id| !exempt.contains(id));
        }
        Ok(found)
    }

    fn is_in_pack(&self, insight: &Object, pack: &str) -> bool {
        let (source, id) = pack.split_once(':').unwrap_or(("", pack));
        self.packs.get(id).is_some_and(|pack| {
            (source.is_empty() || text(pack, "source") == source)
                && pack_holds(
                    pack,
                    &text(insight, "source"),
                    integer(insight, "insight_id"),
                )
        })
    }

    /// The insight with its counts as members of its own, as lists show it.
    fn insight_flat(&self, insight: &Object) -> Object {
        let mut answer = without_key(insight);
        answer.extend(self.insight_counts(insight));
        answer
    }

    fn insight_counts(&self, insight: &Object) -> Object {
        let key = text(insight, KEY);
        let found = self.open_findings(&key, false).unwrap_or_default();
        let kinds = insight.get("resource_types").and_then(Value::as_array);
        let is_assessed = |kind: &str| {
            kinds.is_some_and(|kinds| {
                kinds
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|one| one == kind)
            })
        };
        let mut by_type: BTreeMap<String, usize> = BTreeMap::new();
        let mut by_cloud: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        for one in self.resources.iter().filter(|one| is_assessed(&one.kind)) {
            let [assessed, hit] = by_cloud.entry(one.cloud.to_string()).or_default();
            *assessed += 1;
            if found.contains(&one.id) {
                *hit += 1;
                *by_type.entry(one.kind.clone()).or_default() += 1;
            }
        }
        let total: usize = by_cloud.values().map(|[assessed, _]| assessed).sum();
        let by_cloud: BTreeMap<_, _> = by_cloud
            .into_iter()
            .map(|(cloud, [all, hit])| (cloud, json!({"count": hit, "total": all, "all": all})))
            .collect();
        members(json!({
            "all": total,
            "total": total,
            "results": found.len(),
            "exemptions": self.exempt_resources(&key).len(),
            "duration": 0.5,
            "cache_updated_at": insight.get("cache_updated_at"),
            "by_type": by_type,
            "by_cloud": by_cloud,
            "by_resource_group": {},
        }))
    }
}
