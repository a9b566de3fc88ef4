//! Whether a request that was sent is the one that was meant: nothing is missing, and nothing is there besides.

use super::document::{Operation, Parameter};
use crate::calls::Sample;
use crate::server::Seen;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;

/// What an HTTP client sends by itself.
const OF_THE_CLIENT: [&str; 5] = [
    "accept",
    "accept-encoding",
    "content-length",
    "host",
    "user-agent",
];

/// Credentials: the header that they go into, and what stands there.
pub type Authorization<'a> = (&'a str, &'a str);

/// All that differs from the sample; empty for none.
pub fn compare(
    operation: &Operation,
    sample: &Sample,
    authorization: Option<Authorization<'_>>,
    seen: &Seen,
) -> Vec<String> {
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    let mut faults = Vec::new();
    if seen.method != operation.method {
        faults.push(format!("the method is {}", seen.method));
    }
    if decoded_segments(path) != wanted_segments(operation, sample) {
        faults.push(format!("the path is {path}"));
    }
    match wanted_pairs(operation, sample, "query") {
        Ok(mut wanted) => {
            let mut sent = decoded_pairs(query);
            sent.sort();
            wanted.sort();
            if sent != wanted {
                faults.push(format!("the query is {sent:?}, wanted {wanted:?}"));
            }
        }
        Err(fault) => faults.push(fault),
    }
    faults.extend(headers(operation, sample, authorization, seen));
    faults.extend(body(sample, seen));
    faults
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn decoded_segments(path: &str) -> Vec<String> {
    path.split('/').map(decode).collect()
}

/// The segments of the template, filled in.
fn wanted_segments(operation: &Operation, sample: &Sample) -> Vec<String> {
    let fill = |segment: &str| {
        let mut text = segment.to_owned();
        for parameter in in_place(operation, "path") {
            let name = format!("{{{}}}", parameter.name);
            if segment.contains(&name) {
                let value = value(sample, parameter).and_then(scalar);
                text = text.replace(&name, &value.unwrap_or_default());
            }
        }
        text
    };
    operation.path.split('/').map(fill).collect()
}

fn decoded_pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let decoded = |text: &str| decode(&text.replace('+', " "));
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// Names and values of the parameters that the sample has in this place.
fn wanted_pairs(
    operation: &Operation,
    sample: &Sample,
    place: &str,
) -> Result<Vec<(String, String)>, String> {
    let pair = |parameter: &Parameter| {
        let value = value(sample, parameter)?;
        let fault = || format!("parameter `{}` is no single value", parameter.name);
        let text = scalar(value).ok_or_else(fault);
        Some(text.map(|text| (parameter.name.clone(), text.into_owned())))
    };
    in_place(operation, place).filter_map(pair).collect()
}

fn in_place<'a>(operation: &'a Operation, place: &'a str) -> impl Iterator<Item = &'a Parameter> {
    let parameters = operation.parameters.iter();
    parameters.filter(move |parameter| parameter.place == place)
}

fn value<'a>(sample: &'a Sample, parameter: &Parameter) -> Option<&'a Value> {
    sample.0["parameters"].get(&parameter.name)
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn headers(
    operation: &Operation,
    sample: &Sample,
    authorization: Option<Authorization<'_>>,
    seen: &Seen,
) -> Vec<String> {
    let mut wanted = match wanted_pairs(operation, sample, "header") {
        Ok(pairs) => pairs,
        Err(fault) => return vec![fault],
    };
    wanted.extend(authorization.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if !sample.0["body"].is_null() {
        wanted.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let mut wanted: Vec<_> = wanted
        .into_iter()
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    wanted.sort();
    let of_the_client = |name: &str| OF_THE_CLIENT.contains(&name);
    let (own, mut sent): (Vec<_>, Vec<_>) = seen
        .headers
        .iter()
        .cloned()
        .partition(|(name, _)| of_the_client(name));
    sent.sort();
    let mut faults = Vec::new();
    if sent != wanted {
        faults.push(format!("the headers are {sent:?}, wanted {wanted:?}"));
    }
    for name in OF_THE_CLIENT {
        if own.iter().filter(|(known, _)| known == name).count() > 1 {
            faults.push(format!("header `{name}` is sent twice"));
        }
    }
    faults.extend(accept(operation, seen.header("accept").unwrap_or("*/*")));
    faults
}

/// What is asked for: a documented type of a result, JSON where it is one of them.
fn accept(operation: &Operation, accept: &str) -> Option<String> {
    let results = operation
        .answers
        .iter()
        .filter(|(status, _)| (200..300).contains(status));
    let types: Vec<&String> = results.flat_map(|(_, types)| types).collect();
    let json = types.iter().find(|known| **known == "application/json");
    let first = json.or(types.first())?;
    let asked = accept
        .split(',')
        .any(|part| part.trim().split(';').next() == Some(first.as_str()));
    (!asked).then(|| format!("`{first}` is not asked for: {accept}"))
}

fn body(sample: &Sample, seen: &Seen) -> Option<String> {
    let wanted = &sample.0["body"];
    if wanted.is_null() {
        let fault = || format!("a body of {} bytes is sent", seen.body.len());
        return (!seen.body.is_empty()).then(fault);
    }
    match serde_json::from_slice::<Value>(&seen.body) {
        Ok(sent) if sent == *wanted => None,
        Ok(sent) => Some(format!("the body is {sent}, wanted {wanted}")),
        Err(error) => Some(format!("the body is no JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::document::Document;
    use serde_json::json;

    fn operation() -> Operation {
        let parameter =
            |place: &str, name: &str| json!({ "in": place, "name": name, "schema": {} });
        let parameters = [
            parameter("path", "id"),
            parameter("query", "page"),
            parameter("header", "X-Trace"),
        ];
        let operation = json!({
            "operationId": "show",
            "parameters": parameters,
            "requestBody": { "content": { "application/json": { "schema": {} } } },
            "responses": { "200": { "content": { "application/json": {} } } },
        });
        let document = json!({ "paths": { "/a/{id}/b": { "post": operation } } });
        Document::new(document).unwrap().operations.remove(0)
    }

    fn sample() -> Sample {
        let parameters = json!({ "id": "1/2", "page": 3, "X-Trace": "t" });
        Sample(json!({ "parameters": parameters, "body": { "name": "x" } }))
    }

    fn seen() -> Seen {
        let headers = [
            ("accept", "application/json"),
            ("api-key", "k"),
            ("content-type", "application/json"),
            ("host", "h"),
            ("x-trace", "t"),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Seen {
            method: "POST".to_owned(),
            target: "/a/1%2F2/b?page=3".to_owned(),
            headers: headers.map(own).to_vec(),
            body: br#"{ "name": "x" }"#.to_vec(),
        }
    }

    fn faults(change: impl FnOnce(&mut Seen)) -> Vec<String> {
        let mut seen = seen();
        change(&mut seen);
        compare(&operation(), &sample(), Some(("Api-Key", "k")), &seen)
    }

    #[test]
    fn what_was_meant_has_no_fault() {
        assert_eq!(faults(|_| ()), [""; 0]);
    }

    #[test]
    fn every_difference_is_a_fault() {
        let changes: [fn(&mut Seen); 14] = [
            |seen| seen.method = "PUT".to_owned(),
            |seen| seen.target = "/a/1/2/b?page=3".to_owned(),
            |seen| seen.target = "/a/1%2F2/b".to_owned(),
            |seen| seen.target.push_str("&page=3"),
            |seen| seen.target.push_str("&other=1"),
            |seen| seen.headers.retain(|(name, _)| name != "api-key"),
            |seen| seen.headers.retain(|(name, _)| name != "x-trace"),
            |seen| seen.headers.retain(|(name, _)| name != "content-type"),
            |seen| seen.headers.push(("x-other".to_owned(), "1".to_owned())),
            |seen| seen.headers.push(("host".to_owned(), "h".to_owned())),
            |seen| seen.headers[0].1 = "text/html".to_owned(),
            |seen| seen.headers[1].1 = "other".to_owned(),
            |seen| seen.body = br#"{ "name": "x", "more": null }"#.to_vec(),
            |seen| seen.body.clear(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert_eq!(faults(change).len(), 1, "change {number}");
        }
    }
}
