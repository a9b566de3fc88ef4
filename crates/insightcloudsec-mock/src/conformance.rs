//! Every operation, asked over HTTP and checked against its document.

use std::io::{Read, Write};
use std::net::TcpStream;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::catalog::{Catalog, Operation, Version, object};
use crate::mock::Mock;
use crate::router::Segment;

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

/// A mock with few data, which starts fast.
fn mock() -> Mock {
    let builder = Mock::builder().clouds(2).resources(16);
    builder.start_blocking().unwrap()
}

/// Path and query of a sampled request.
fn target(operation: &Operation, request: &Value) -> String {
    let value = |name: &str| {
        let value = &request["parameters"][name];
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
    };
    let mut target = String::new();
    for segment in &operation.segments {
        let part = match segment {
            Segment::Literal(literal) => literal.clone(),
            Segment::Parameter(name) => value(name),
        };
        target = format!("{target}/{part}");
    }
    let pairs = operation.query.iter().map(|parameter| {
        // The token is also in a header; what stands here has to be empty or right.
        let text = match parameter.name.as_str() {
            "X-Auth-Token" => String::new(),
            name => value(name),
        };
        format!("{}={text}", parameter.name)
    });
    let pairs: Vec<String> = pairs.collect();
    format!("{target}?{}", pairs.join("&"))
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
        let mock = mock();
        let key = operation.key();
        let request = mock.sample_request(&key, 1).unwrap();
        let target = target(operation, &request);
        let headers = format!("api-key: {}\r\n", mock.api_key());
        let body = request["body"].to_string();
        let answer = ask(&mock, operation.method.as_str(), &target, &headers, &body);
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
    let mock = mock();
    for operation in catalog.operations.iter().filter(|one| !one.open) {
        let request = mock.sample_request(&operation.key(), 1).unwrap();
        let target = target(operation, &request);
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
    let mock = mock();
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
    let mock = mock();
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

#[test]
fn sampled_requests_need_no_data() {
    let mock = Mock::builder().empty().start_blocking().unwrap();
    for operation in &Catalog::embedded().unwrap().operations {
        let key = operation.key();
        let request = mock.sample_request(&key, 1).unwrap();
        for parameter in operation.path_parameters.iter().chain(&operation.query) {
            let name = &parameter.name;
            assert!(!request["parameters"][name].is_null(), "{key} {name}");
        }
        assert_eq!(request["body"].is_null(), operation.body.is_none(), "{key}");
        assert_eq!(request, mock.sample_request(&key, 1).unwrap());
    }
    let unknown = mock.sample_request("list_cluods", 1).unwrap_err();
    assert!(unknown.to_string().contains("list_cluods"));
}
