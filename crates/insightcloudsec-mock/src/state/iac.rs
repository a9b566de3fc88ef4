//! Scans of infrastructure as code.

use std::collections::BTreeMap;

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

/// Texts in a template that insights find: text, severity, insight.
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

/// Insights of this severity and above fail, those below warn.
const FAILING: u8 = 4;

/// The address of a template that names no resources.
const WHOLE: &str = "template";

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
        let (failed, warned, total) = verdict.resources;
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
                "failed_resources": failed,
                "warned_resources": warned,
                "passed_resources": total - failed - warned,
                "total_resources": total,
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
    /// Numbers of resources that fail, that warn only, and of all.
    resources: (usize, usize, usize),
}

impl Verdict {
    fn of(template: &str) -> Self {
        let resources = resources(template);
        let (mut failed, mut warned) = (Vec::new(), Vec::new());
        let mut worst: BTreeMap<&str, u8> = BTreeMap::new();
        for ((needle, severity, name), id) in RULES.iter().zip(1..) {
            let (hit, passed): (Vec<_>, Vec<_>) = resources
                .iter()
                .partition(|(_, text)| text.contains(needle));
            if hit.is_empty() {
                continue;
            }
            let addresses = |part: &[(&String, &String)]| -> Vec<String> {
                part.iter().map(|(address, _)| (*address).clone()).collect()
            };
            for (address, _) in &hit {
                let known = worst.entry(address).or_default();
                *known = (*known).max(*severity);
            }
            let fails = *severity >= FAILING;
            let none: &[(&String, &String)] = &[];
            let insight = json!({
                "id": id,
                "name": name,
                "severity": severity,
                "source": "backoffice",
                "warn_only": !fails,
                "resource_types": [],
                "success": addresses(&passed),
                "failure": addresses(if fails { &hit } else { none }),
                "warning": addresses(if fails { none } else { &hit }),
            });
            if fails { &mut failed } else { &mut warned }.push(insight);
        }
        let failing = worst.values().filter(|worst| **worst >= FAILING).count();
        Self {
            failed,
            warned,
            resources: (failing, worst.len() - failing, resources.len()),
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
        let (failed, warned, total) = self.resources;
        json!({
            "failed_insights": self.failed,
            "warned_insights": self.warned,
            "passed_insights": [],
            "skipped_insights": [],
            "failed_resources": failed,
            "warned_resources": warned,
            "passed_resources": total - failed - warned,
            "skipped_resources": 0,
            "total_insights": RULES.len(),
            "total_resources": total,
        })
    }
}

/// The resources of a Terraform plan: address, and all that is said of it without white space.
///
/// Of another template, the whole counts as one.
fn resources(template: &str) -> BTreeMap<String, String> {
    let mut resources = BTreeMap::new();
    if let Ok(plan) = serde_json::from_str(template) {
        collect(&plan, &mut resources);
    }
    if resources.is_empty() {
        let text = template.split_whitespace().collect();
        resources.insert(WHOLE.to_owned(), text);
    }
    resources
}

/// A plan lists a resource under what is planned and under what changes. The parser bounds the depth.
fn collect(part: &Value, resources: &mut BTreeMap<String, String>) {
    if let (Some(address), true) = (part["address"].as_str(), part["type"].is_string()) {
        let text: String = part.to_string().split_whitespace().collect();
        resources
            .entry(address.to_owned())
            .or_default()
            .push_str(&text);
        return;
    }
    match part {
        Value::Array(items) => items.iter().for_each(|item| collect(item, resources)),
        Value::Object(members) => members.values().for_each(|item| collect(item, resources)),
        _ => {}
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

    #[test]
    fn findings_name_the_resources_of_a_plan() {
        let plan = json!({
            "planned_values": {"root_module": {
                "resources": [
                    {"address": "aws_s3_bucket.logs", "type": "aws_s3_bucket", "values": {"acl": "public-read"}},
                    {"address": "aws_s3_bucket.own", "type": "aws_s3_bucket", "values": {"acl": "private"}},
                ],
                "child_modules": [{"address": "module.disks", "resources": [
                    {"address": "module.disks.aws_ebs_volume.a", "type": "aws_ebs_volume", "values": {"encrypted": false}},
                ]}],
            }},
            "resource_changes": [{"address": "aws_s3_bucket.logs", "type": "aws_s3_bucket"}],
        });
        let verdict = Verdict::of(&plan.to_string());
        assert_eq!(verdict.resources, (1, 1, 3));
        assert_eq!(verdict.failed[0]["failure"], json!(["aws_s3_bucket.logs"]));
        assert_eq!(
            verdict.failed[0]["success"],
            json!(["aws_s3_bucket.own", "module.disks.aws_ebs_volume.a"])
        );
        let warned = json!(["module.disks.aws_ebs_volume.a"]);
        assert_eq!(verdict.warned[0]["warning"], warned);
    }
}
