//! Security definitions become security schemes.

use super::super::nodes::{Kind, edit};
use super::super::report::Report;
use super::RULE;
use serde_json::{Map, Value, json};

pub(super) fn apply(root: &mut Value, report: &mut Report) {
    let start = report.len();
    edit(root, Kind::SecurityScheme, &mut |pointer, scheme| {
        let Some(scheme) = scheme.as_object_mut() else {
            return;
        };
        let what = match scheme.get("type").and_then(Value::as_str) {
            Some("basic") => Some(basic(scheme)),
            Some("oauth2") => oauth2(scheme),
            _ => None,
        };
        if let Some(what) = what {
            report.note(RULE, pointer, what);
        }
    });
    report.reverse_since(start);
}

fn basic(scheme: &mut Map<String, Value>) -> String {
    scheme.insert("type".to_owned(), "http".into());
    scheme.insert("scheme".to_owned(), "basic".into());
    "basic is the scheme of http".to_owned()
}

/// The one flow of 2.0 becomes one of `flows`.
fn oauth2(scheme: &mut Map<String, Value>) -> Option<String> {
    if scheme.contains_key("flows") {
        return None;
    }
    let flow = scheme.shift_remove("flow")?;
    let name = match flow.as_str()? {
        "application" => "clientCredentials",
        "accessCode" => "authorizationCode",
        other => other,
    };
    let mut described = Map::new();
    for key in ["authorizationUrl", "tokenUrl"] {
        if let Some(url) = scheme.shift_remove(key) {
            described.insert(key.to_owned(), url);
        }
    }
    let scopes = scheme.shift_remove("scopes").unwrap_or_else(|| json!({}));
    described.insert("scopes".to_owned(), scopes);
    scheme.insert("flows".to_owned(), json!({ name: described }));
    Some(format!("the flow is `{name}` of flows"))
}
