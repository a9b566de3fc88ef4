//! Lowering: what it makes of each construct of each version, that a second run finds nothing to do, and that no
//! document makes it panic.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use serde_json::{Value, json};
use std::path::Path;
use xtask::diagnose::diagnose;
use xtask::load::load_text;
use xtask::lower::{lower, lower_traced};
use xtask::source::Document;

mod lower {
    pub(crate) mod case;
    pub(crate) mod mutate;

    pub(crate) mod openapi31;
    pub(crate) mod references;
    pub(crate) mod servers;
    pub(crate) mod swagger2;
}

use lower::case::Case;

fn load(root: &Value) -> Document {
    load_text(Path::new("openapi.json"), root.to_string()).unwrap()
}

/// What differs from the case.
fn fault(case: &Case) -> Option<String> {
    let mut document = load(&case.before);
    let changes = lower(&mut document).unwrap();
    if document.root != case.after {
        return Some(format!(
            "got\n{:#}\ninstead of\n{:#}",
            document.root, case.after
        ));
    }
    let texts: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if texts != case.changes {
        return Some(format!("reports {texts:#?} instead of {:#?}", case.changes));
    }
    if let Some(change) = changes
        .iter()
        .find(|change| case.before.pointer(&change.pointer).is_none())
    {
        return Some(format!(
            "{} is no place of the document as it was",
            change.pointer
        ));
    }
    let errors: Vec<String> = diagnose(&document)
        .into_iter()
        .filter(xtask::problem::Problem::is_error)
        .map(|problem| problem.to_string())
        .collect();
    if !errors.is_empty() {
        return Some(format!("the result has errors: {errors:#?}"));
    }
    unsettled(document)
}

/// What a second run still does.
fn unsettled(mut document: Document) -> Option<String> {
    let before = document.root.clone();
    let changes = lower(&mut document).unwrap();
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if !changes.is_empty() {
        return Some(format!("a second run reports {changes:#?}"));
    }
    (document.root != before).then(|| format!("a second run makes {:#}", document.root))
}

fn check(cases: &[Case]) {
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, fault(case)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn swagger2_is_lowered() {
    check(&lower::swagger2::cases());
}

#[test]
fn openapi31_is_lowered() {
    check(&lower::openapi31::cases());
}

#[test]
fn references_are_settled() {
    check(&lower::references::cases());
}

#[test]
fn the_path_of_the_server_is_in_the_paths() {
    check(&lower::servers::cases());
}

#[test]
fn a_document_without_a_version_is_left_alone() {
    for root in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "openapi": "4.0" }),
        json!({ "swagger": 1 }),
    ] {
        let mut document = load(&root);
        let problem = lower(&mut document).unwrap_err();
        assert_eq!(problem.kind.as_str(), "not-openapi", "{root}");
        assert_eq!(document.root, root);
    }
}

#[test]
fn places_of_the_result_lead_back_to_the_document() {
    let mut document = load(&json!({
        "swagger": "2.0", "basePath": "/v2", "info": {},
        "paths": { "/a": { "get": { "responses": { "200": { "description": "", "schema": {
            "$ref": "#/definitions/A/properties/b",
        } } } } } },
        "definitions": { "A": { "properties": { "b": { "type": "object" } } } },
    }));
    let (_, origins) = lower_traced(&mut document).unwrap();
    for (now, before) in [
        ("/paths/~1v2~1a/get", "/paths/~1a/get"),
        (
            "/components/schemas/A/properties",
            "/definitions/A/properties",
        ),
        ("/components/schemas/AB/x", "/definitions/A/properties/b/x"),
        ("/components/schemasX", "/components/schemasX"),
        ("", ""),
        ("/info", "/info"),
    ] {
        assert_eq!(origins.original(now), before, "{now}");
    }
}

#[test]
fn the_deepest_document_that_is_read_is_lowered() {
    let mut schema = json!({ "type": ["string", "null"] });
    for _ in 0..55 {
        schema = json!({ "properties": { "a": schema } });
    }
    let mut document = load(&lower::case::v31(&schema));
    lower(&mut document).unwrap();
    assert_eq!(unsettled(document), None);
}

#[test]
fn no_document_makes_it_panic() {
    let mut faults = Vec::new();
    for document in lower::mutate::documents(2_000) {
        let mut loaded = load(&document);
        if lower(&mut loaded).is_ok() {
            let fault = unsettled(loaded);
            faults.extend(fault.map(|fault| format!("{document}: {fault}")));
        }
    }
    faults.sort_by_key(String::len);
    faults.truncate(10);
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
