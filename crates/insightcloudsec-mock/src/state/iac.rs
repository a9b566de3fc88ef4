//! Scans of infrastructure as code.

use serde_json::{Value, json};

use super::select::page;
use super::table::{Object, text};
use super::{Handlers, State, found};
use crate::call::Call;
use crate::catalog::Version;
use crate::reply::{Failure, Reply};

pub(super) const HANDLERS: Handlers = &[
    ("v3.list_iac_configs", list_configs),
    ("v3.scan_iac", scan),
    ("v3.list_iac_scans", list),
    ("v3.get_iac_scan", get),
    ("v4.list_iac_scans", list),
    ("v4.get_iac_scan", get),
    ("v4.get_iac_scan_report", report),
];

/// Rows of a page where the request does not say, and the most there are.
const PAGE_SIZES: (usize, usize) = (25, 100);

/// Texts in a template that insights find: text, severity, insight. From 4 on the scan fails.
const RULES: [(&str, u8, &str); 4] = [
    ("public-read", 5, "Storage container open to the world"),
    ("0.0.0.0/0", 4, "Access list open to the world"),
    ("\"encrypted\":false", 3, "Volume without encryption"),
    (
        "\"versioning\":false",
        2,
        "Storage container without versioning",
    ),
];

/// The configuration that there is from the start.
const CONFIG: &str = "default";

fn list_configs(state: &mut State, _: &Call<'_>) -> Result<Reply, Failure> {
    let count = |verdict: &str| {
        state
            .scans
            .rows()
            .iter()
            .filter(|scan| text(scan, "status") == verdict)
            .count()
    };
    let (failed, total) = (count("failed"), state.scans.rows().len());
    let config = state.make_of(
        Version::V3,
        "IacConfig",
        json!({
            "id": 1,
            "organization_id": 1,
            "name": CONFIG,
            "total_builds": total,
            "failure_count": failed,
            "success_count": total - failed,
        }),
    );
    found(json!([config]))
}

/// Passed is 200, passed with warnings 202, failed 406; each with the full result.
fn scan(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let scan = state.add_scan_row(&call.body);
    let status = match text(&scan, "status").as_str() {
        "failed" => 406,
        "warning" => 202,
        _ => 200,
    };
    Ok(Reply::json(status, Value::Object(scan)))
}

fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    const SHOWN: [&str; 5] = ["id", "status", "scan_type", "iac_provider", "create_time"];
    let (number, size) = call.page(PAGE_SIZES.0, PAGE_SIZES.1)?;
    let mut scans = state.scans.rows().to_vec();
    let total = scans.len();
    // Newest first, unless the request says otherwise.
    if call.query_value("sort_dir") != Some("asc") {
        scans.reverse();
    }
    let (scans, pages) = page(scans, number, size);
    let short = scans.into_iter().map(|mut scan| {
        scan.retain(|name, _| SHOWN.contains(&name.as_str()));
        Value::Object(scan)
    });
    found(json!({
        "data": short.collect::<Value>(),
        "page": number,
        "total_count": total,
        "total_pages": pages,
    }))
}

fn get(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let scan = state.scan(call)?;
    if call.accept.starts_with("text/html") {
        let (name, status) = (text(scan, "scan_name"), text(scan, "status"));
        let name = name.replace('&', "&amp;").replace('<', "&lt;");
        let page = format!("<!doctype html><title>{name}</title><p>{status}</p>");
        return Ok(Reply::status(200).body("text/html; charset=utf-8", page));
    }
    found(Value::Object(scan.clone()))
}

/// In SARIF, a JSON form that tools for static analysis share.
fn report(state: &mut State, call: &Call<'_>) -> Result<Reply, Failure> {
    let scan = state.scan(call)?;
    let failed = scan
        .get("details")
        .map(|details| &details["failed_insights"]);
    let results = failed.and_then(Value::as_array).into_iter().flatten().map(|insight| {
        json!({"ruleId": insight["id"].to_string(), "message": {"text": insight["name"]}})
    });
    let tool = json!({"driver": {"name": "insightcloudsec-mock"}});
    let run = json!({"tool": tool, "results": results.collect::<Value>()});
    let report = json!({"version": "2.1.0", "runs": [run]});
    Ok(Reply::json(200, report))
}

impl State {
    fn scan(&self, call: &Call<'_>) -> Result<&Object, Failure> {
        let id = call.first_parameter();
        self.scans.require(id)
    }

    pub(super) fn add_scan_row(&mut self, request: &Value) -> Object {
        let number = self.number("scan");
        let now = self.now();
        let verdict = Verdict::of(request["scan_template"].as_str().unwrap_or_default());
        let status = verdict.status();
        let mut scan = self.make_of(
            Version::V3,
            "IacScan",
            json!({
                "id": number,
                "build_id": number,
                "config_id": 1,
                "create_time": now,
                "duration": 1,
                "status": status,
                "status_message": status,
                "scan_results": status,
                "message": "",
                "success": status != "failed",
                "errors": [],
                "warnings": [],
                "stacktrace": null,
                "failed_insights": verdict.failed.len(),
                "warned_insights": verdict.warned.len(),
                "failed_resources": verdict.failed.len(),
                "warned_resources": verdict.warned.len(),
                "passed_resources": 1,
                "total_resources": 1 + verdict.failed.len() + verdict.warned.len(),
                "failed_resources_by_type": [],
                "resources_by_type": [],
                "warned_resources_by_type": [],
                "resource_mapping": {},
                "resources": [],
                "details": verdict.details(),
            }),
        );
        for name in ["scan_name", "author_name", "config_name", "iac_provider"] {
            scan.insert(name.to_owned(), request[name].clone());
        }
        self.scans.push(scan.clone());
        scan
    }
}

/// What the rules find in a template.
struct Verdict {
    failed: Vec<Value>,
    warned: Vec<Value>,
}

impl Verdict {
    fn of(template: &str) -> Self {
        // Plans come with any spacing.
        let template: String = template
            .chars()
            .filter(|one| !one.is_whitespace())
            .collect();
        let hits = RULES
            .iter()
            .zip(1..)
            .filter(|((needle, _, _), _)| template.contains(needle));
        let (failed, warned): (Vec<_>, Vec<_>) =
            hits.partition(|((_, severity, _), _)| *severity >= 4);
        let insight = |((_, severity, name), id): (&(&str, u8, &str), i32)| {
            json!({
                "id": id,
                "name": name,
                "severity": severity,
                "source": "backoffice",
                "warn_only": *severity < 4,
                "resource_types": [],
                "success": [],
                "failure": [],
                "warning": [],
            })
        };
        Self {
            failed: failed.into_iter().map(insight).collect(),
            warned: warned.into_iter().map(insight).collect(),
        }
    }

    fn status(&self) -> &'static str {
        match (self.failed.is_empty(), self.warned.is_empty()) {
            (false, _) => "failed",
            (true, false) => "warning",
            (true, true) => "passed",
        }
    }

    fn details(&self) -> Value {
        json!({
            "failed_insights": self.failed,
            "warned_insights": self.warned,
            "passed_insights": [],
            "skipped_insights": [],
            "failed_resources": self.failed.len(),
            "warned_resources": self.warned.len(),
            "passed_resources": 1,
            "skipped_resources": 0,
            "total_insights": RULES.len(),
            "total_resources": 1 + self.failed.len() + self.warned.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_decides() {
        assert_eq!(Verdict::of("{}").status(), "passed");
        assert_eq!(Verdict::of(r#"{"encrypted" : false}"#).status(), "warning");
        assert_eq!(
            Verdict::of(r#"{"acl": "public-read", "encrypted": false}"#).status(),
            "failed"
        );
    }
}
