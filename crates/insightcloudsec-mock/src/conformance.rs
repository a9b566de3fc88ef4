//! Every operation, asked over HTTP and checked against its document.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Map, Value, json};

use crate::catalog::{Catalog, Operation, Version, object};
use crate::mock::Mock;
use crate::router::Segment;
use crate::sampler::Sampler;

/// An answer as it came over the wire.
struct Answer {
    status: u16,
    media_type: String,
    body: String,
}

fn ask(mock: &Mock, method: &str, target: &str, headers: &str, body: &str) -> Answer {
    let url = mock.url();
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let length = body.len();
    let head =
        format!("{method} {target} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n{headers}");
    stream
        .write_all(format!("{head}content-length: {length}\r\n\r\n{body}").as_bytes())
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    };
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        media_type: header("content-type").unwrap_or_default(),
        body: body.to_owned(),
    }
}

/// A mock with few data, which starts fast, and what its ids are.
fn mock() -> (Mock, Map<String, Value>) {
    let mock = Mock::builder()
        .clouds(2)
        .resources(16)
        .start_blocking()
        .unwrap();
    let (instance, insight) = mock.state(|state| {
        let mut instances = state
            .resources()
            .into_iter()
            .filter(|one| one["resource_type"] == "instance");
        let mut insights = state
            .insights()
            .into_iter()
            .filter(|one| one["source"] == "custom");
        (
            instances.next_back().unwrap(),
            insights.next_back().unwrap(),
        )
    });
    let instance = instance["instance"]["common"]["resource_id"].clone();
    let headers = format!("api-key: {}\r\n", mock.api_key());
    let path = "/v2/public/cloud/divvyorganizationservice:1/regions/list";
    let regions: Value = serde_json::from_str(&ask(&mock, "GET", path, &headers, "").body).unwrap();
    let ids = json!({
        "cloud_resource_id": "divvyorganizationservice:1",
        "cloud_id": "1",
        "organization_service_id": "1",
        "service_region_resource_id": regions["regions"][0]["resource_id"],
        "insight_id": insight["insight_id"].to_string(),
        "source": "custom",
        "pack_id": "3",
        "bot_id": "divvybot:1:1",
        "user_resource_id": "divvyuser:2:",
        "group_resource_id": "divvyusergroup:1",
        "role_resource_id": "divvyrole:1:1",
        "organization_resource_id": "divvyorganization:2",
        "resource_group_id": "resourcegroup:1:",
        "strategy_id": "1",
        "scan_id": "1",
        "badge_filter_operator": "AND",
        "resource_type": "instance",
        "*": instance,
    });
    (mock, ids.as_object().unwrap().clone())
}

/// The path of an operation with ids that exist.
fn target(catalog: &Catalog, operation: &Operation, ids: &Map<String, Value>) -> String {
    let mut target = String::new();
    for segment in &operation.segments {
        let part = match segment {
            Segment::Literal(literal) => literal.clone(),
            Segment::Parameter(name) => ids
                .get(name)
                .unwrap_or(&ids["*"])
                .as_str()
                .unwrap()
                .to_owned(),
        };
        let part = part.replace(':', "%3A");
        target = format!("{target}/{part}");
    }
    let mut sampler = Sampler::new(catalog, operation.version, 1, "query");
    let pairs = operation
        .query
        .iter()
        .map(|parameter| match parameter.name.as_str() {
            "X-Auth-Token" => "X-Auth-Token=".to_owned(),
            "cursor" => "cursor=".to_owned(),
            "pack_ids" => "pack_ids=custom:3".to_owned(),
            name => match sampler.value(&parameter.schema, name) {
                Value::String(text) => format!("{name}={text}"),
                other => format!("{name}={other}"),
            },
        });
    let pairs: Vec<String> = pairs.collect();
    format!("{target}?{}", pairs.join("&"))
}

/// A body by its schema, with ids that exist.
fn body(catalog: &Catalog, operation: &Operation, ids: &Map<String, Value>) -> Value {
    let Some(expected) = &operation.body else {
        return Value::Null;
    };
    let mut body = Sampler::new(catalog, operation.version, 1, "body").value(&expected.schema, "");
    let resource = &ids["*"];
    let insight = ids["insight_id"].as_str().unwrap().parse::<i64>().unwrap();
    let ids_of = match operation.id.as_str() {
        "archive_bots" => json!(["divvybot:1:1"]),
        "set_cloud_status" => json!(["divvyorganizationservice:1"]),
        "set_group_roles" => json!(["divvyrole:1:1"]),
        _ => json!([resource]),
    };
    let settled = [
        ("resource_ids", ids_of),
        ("target_resource_ids", json!([resource])),
        ("resource_group_ids", json!(["resourcegroup:1:"])),
        ("group_resource_ids", json!(["divvyusergroup:1"])),
        ("user_resource_ids", json!(["divvyuser:2:"])),
        ("user_resource_id", json!("divvyuser:2:")),
        (
            "user_id",
            if operation.id.contains("two_factor") {
                json!(2)
            } else {
                json!("2")
            },
        ),
        ("insight_id", json!(insight)),
        ("insight_source", json!("custom")),
        ("source", json!("custom")),
        ("insight", json!(format!("custom:{insight}"))),
        ("insights", json!([insight])),
        ("exemption_ids", json!([])),
        ("badges", json!([{"key": "team", "value": "blue"}])),
        ("organization_name", json!("Acme Labs")),
        (
            "username",
            json!(if operation.id == "login" {
                "admin"
            } else {
                "katherine"
            }),
        ),
        ("password", json!("made-up-password")),
        ("confirm_password", json!("made-up-password")),
        ("cursor", Value::Null),
    ];
    for (name, value) in settled {
        if let Some(member) = body.get_mut(name)
            && !(name == "insights" && operation.id != "delete_insights")
            && !(name == "badges" && operation.id.contains("strategy"))
        {
            *member = value;
        }
    }
    if operation.id == "create_organization" {
        body["organization_name"] = json!("Acme Abroad");
    }
    body
}

/// Where a value does not have the shape of a schema.
fn misfit(
    catalog: &Catalog,
    version: Version,
    schema: &Value,
    value: &Value,
    at: &str,
) -> Option<String> {
    let schema = catalog.resolve(version, schema);
    if value.is_null() && schema["nullable"] == true {
        return None;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices
            .iter()
            .any(|one| misfit(catalog, version, one, value, at).is_none());
        return (!fits).then(|| format!("{at} fits no alternative"));
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    let is_known = schema["enum"]
        .as_array()
        .is_none_or(|known| known.contains(value));
    if !fits || !is_known {
        return Some(format!("{at} is {value}, wanted {}", schema["type"]));
    }
    let items = value.as_array().into_iter().flatten();
    let in_items = items.enumerate().find_map(|(number, item)| {
        misfit(
            catalog,
            version,
            &schema["items"],
            item,
            &format!("{at}[{number}]"),
        )
    });
    in_items.or_else(|| {
        let members = object(value).into_iter().flatten();
        members.into_iter().find_map(|(name, member)| {
            let known = &schema["properties"][name];
            let member_schema = if known.is_null() {
                &schema["additionalProperties"]
            } else {
                known
            };
            misfit(
                catalog,
                version,
                member_schema,
                member,
                &format!("{at}.{name}"),
            )
        })
    })
}

#[test]
fn every_operation_answers_as_documented() {
    let catalog = Catalog::embedded().unwrap();
    for operation in &catalog.operations {
        let (mock, ids) = mock();
        let target = target(catalog, operation, &ids);
        let headers = format!("api-key: {}\r\n", mock.api_key());
        let body = body(catalog, operation, &ids).to_string();
        let answer = ask(&mock, operation.method.as_str(), &target, &headers, &body);
        let key = operation.key();
        assert!(
            (200..300).contains(&answer.status),
            "{key} {target}: {} {}",
            answer.status,
            answer.body
        );
        let recorded = mock.requests().pop().unwrap();
        assert_eq!(
            recorded.operation.as_deref(),
            Some(operation.id.as_str()),
            "{target}"
        );
        check_answer(catalog, operation, &answer);
    }
}

fn check_answer(catalog: &Catalog, operation: &Operation, answer: &Answer) {
    let key = operation.key();
    let result = operation
        .results
        .iter()
        .find(|one| one.status == answer.status);
    let result = result.unwrap_or_else(|| panic!("{key} does not document {}", answer.status));
    let Some((kind, schema)) = result.content.first() else {
        return;
    };
    assert!(
        answer.media_type.starts_with(kind.as_str()),
        "{key}: {}",
        answer.media_type
    );
    if kind == "application/json" {
        let value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            misfit(catalog, operation.version, schema, &value, "body"),
            None,
            "{key}"
        );
    }
}

#[test]
fn nothing_answers_without_credentials() {
    let catalog = Catalog::embedded().unwrap();
    let (mock, ids) = mock();
    for operation in catalog.operations.iter().filter(|one| !one.open) {
        let target = target(catalog, operation, &ids);
        for headers in [
            "",
            "api-key: other\r\n",
            "x-auth-token: other\r\n",
            "x-api-key: other\r\n",
        ] {
            let answer = ask(&mock, operation.method.as_str(), &target, headers, "");
            assert_eq!(answer.status, 401, "{}", operation.key());
            let error: Value = serde_json::from_str(&answer.body).unwrap();
            assert!(error["error_message"].is_string() && error["error_type"].is_string());
        }
    }
}

#[test]
fn what_is_not_there() {
    let (mock, _) = mock();
    let headers = format!("api-key: {}\r\n", mock.api_key());
    assert_eq!(
        ask(&mock, "GET", "/v2/public/nothing", &headers, "").status,
        404
    );
    assert_eq!(
        ask(&mock, "PUT", "/v2/public/clouds/list", &headers, "").status,
        405
    );
    assert_eq!(
        ask(&mock, "POST", "/v2/public/clouds/list", &headers, "").status,
        400
    );
    assert_eq!(
        ask(&mock, "POST", "/v2/public/clouds/list", &headers, "{").status,
        400
    );
    let v3 = ask(
        &mock,
        "POST",
        "/v3/public/resource/query",
        &headers,
        "{\"limit\": \"x\"}",
    );
    assert_eq!(
        serde_json::from_str::<Value>(&v3.body).unwrap()["messages"]["json"]["limit"],
        json!(["Not a valid integer."])
    );
}

#[test]
fn a_login_may_call_itself_text() {
    let (mock, _) = mock();
    let body = json!({"username": mock.username(), "password": mock.password()}).to_string();
    let path = "/v2/public/user/login";
    let answer = ask(&mock, "POST", path, "content-type: text/plain\r\n", &body);
    assert_eq!(answer.status, 200);
    let session: Value = serde_json::from_str(&answer.body).unwrap();
    let headers = format!(
        "api-key: \r\nx-auth-token: {}\r\n",
        session["session_id"].as_str().unwrap()
    );
    assert_eq!(
        ask(&mock, "GET", "/v2/public/clouds/list", &headers, "").status,
        200
    );
}

#[test]
fn mocks_of_one_seed_are_equal() {
    let list = |seed| {
        let mock = Mock::builder().seed(seed).start_blocking().unwrap();
        let headers = format!("api-key: {}\r\n", mock.api_key());
        let query = ask(
            &mock,
            "POST",
            "/v2/public/resource/query",
            &headers,
            "{\"limit\": 100}",
        );
        let insights = ask(&mock, "GET", "/v2/public/insights/list", &headers, "");
        (mock.api_key().to_owned(), query.body, insights.body)
    };
    assert_eq!(list(7), list(7));
    assert_ne!(list(7), list(8));
}
