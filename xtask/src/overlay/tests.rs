use std::path::Path;

use serde_json::json;

use super::*;
use crate::load::load_text;

const DOCUMENT: &str = r#"{
    "paths": {
        "/a": {"get": {"deprecated": true, "tags": ["x", "y", "x"]}},
        "/b/{id}": {"get": {"tags": ["x"]}, "post": {"tags": []}}
    },
    "components": {"schemas": {"A": {"type": "string"}, "B": {"type": "object", "required": ["a"]}}}
}"#;

fn document() -> Document {
    load_text(Path::new("openapi.json"), DOCUMENT.to_owned()).unwrap()
}

fn run(actions: &str) -> Result<(Value, Vec<String>), Vec<String>> {
    let text = format!("overlay: 1.0.0\ninfo: {{title: t, version: 1.0.0}}\nactions:\n{actions}");
    let overlay = load_text(Path::new("overlay.yaml"), text).unwrap();
    let mut document = document();
    match apply(&overlay, &mut document) {
        Ok(changes) => Ok((
            document.root,
            changes.iter().map(ToString::to_string).collect(),
        )),
        Err(problems) => {
            assert_eq!(
                document.root,
                self::document().root,
                "a failed overlay changes nothing"
            );
            Err(problems
                .iter()
                .map(|p| format!("{}: {p}", p.kind))
                .collect())
        }
    }
}

#[test]
fn update_merges_members_appends_to_arrays_and_replaces_scalars() {
    let (root, changes) = run(
        "- target: $.components.schemas.B\n  x-why: seen in answers\n  update: {type: [object, 'null'], required: [b], properties: {a: {type: integer}}}\n",
    )
    .unwrap();
    assert_eq!(
        root["components"]["schemas"]["B"],
        json!({"type": ["object", "null"], "required": ["a", "b"], "properties": {"a": {"type": "integer"}}})
    );
    assert_eq!(
        changes,
        [
            r#"overlay: /components/schemas/B: `type`: "object" -> ["object","null"]; `required`: appended ["b"]; `properties`: added {"a":{"type":"integer"}} (seen in answers)"#
        ]
    );
}

#[test]
fn update_of_an_array_and_of_a_scalar() {
    let (root, changes) = run(
        "- {target: \"$.paths['/b/{id}'].post.tags\", x-why: w, update: new}\n- {target: \"$.paths['/a'].get.deprecated\", x-why: w, update: false}\n",
    )
    .unwrap();
    assert_eq!(root["paths"]["/b/{id}"]["post"]["tags"], json!(["new"]));
    assert_eq!(root["paths"]["/a"]["get"]["deprecated"], json!(false));
    assert_eq!(
        changes,
        [
            "overlay: POST /b/{id}: appended \"new\" (w)",
            "overlay: GET /a: true -> false (w)",
        ]
    );
}

#[test]
fn one_action_may_match_many() {
    let (root, changes) =
        run("- {target: '$.paths.*.get', x-why: w, update: {operationId: z}}\n").unwrap();
    assert_eq!(root["paths"]["/a"]["get"]["operationId"], "z");
    assert_eq!(root["paths"]["/b/{id}"]["get"]["operationId"], "z");
    assert_eq!(changes.len(), 2);
}

#[test]
fn remove_takes_members_and_elements() {
    let (root, changes) = run(
        "- {target: \"$..tags[?@ == 'x']\", x-why: w, remove: true}\n- {target: $.components.schemas.A, x-why: unused, remove: true}\n",
    )
    .unwrap();
    assert_eq!(root["paths"]["/a"]["get"]["tags"], json!(["y"]));
    assert_eq!(root["paths"]["/b/{id}"]["get"]["tags"], json!([]));
    assert_eq!(
        root["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["B"]
    );
    assert_eq!(changes.len(), 4);
    assert_eq!(
        changes[3],
        r#"overlay: /components/schemas/A: removed: {"type":"string"} (unused) (lost: the document said {"type":"string"})"#
    );
}

#[test]
fn remove_of_many_elements_goes_back_to_front() {
    let text = format!(
        "[{}]",
        (0..12).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    );
    let mut document = load_text(Path::new("a.json"), format!("{{\"a\": {text}}}")).unwrap();
    let overlay = "{overlay: 1.0.0, actions: [{target: '$.a[?@ > 1]', x-why: w, remove: true}]}";
    let overlay = load_text(Path::new("o.yaml"), overlay.to_owned()).unwrap();
    assert_eq!(apply(&overlay, &mut document).unwrap().len(), 10);
    assert_eq!(document.root, json!({"a": [0, 1]}));
}

#[test]
fn names_with_slashes_and_tildes_are_found() {
    let mut document = load_text(
        Path::new("a.json"),
        r#"{"a/b": {"~c": {"0": 1}}}"#.to_owned(),
    )
    .unwrap();
    let overlay = r#"{"overlay": "1.0.0", "actions": [{"target": "$['a/b']['~c']['0']", "x-why": "w", "update": 2}]}"#;
    let overlay = load_text(Path::new("o.json"), overlay.to_owned()).unwrap();
    assert_eq!(
        apply(&overlay, &mut document).unwrap()[0].pointer,
        "/a~1b/~0c/0"
    );
    assert_eq!(document.root, json!({"a/b": {"~c": {"0": 2}}}));
}

#[test]
fn every_action_at_fault_is_reported_with_its_line() {
    let problems = run("- {target: $.gone, x-why: was wrong in 24.1, remove: true}
- {target: $.components.schemas.A, x-why: known, update: {type: string}}
- {target: $.paths, remove: true}
- {target: $.paths, x-why: w}
- {target: $.paths, x-why: w, update: {}, remove: true}
- {target: paths, x-why: w, remove: true}
- {target: $, x-why: w, remove: true}
- {target: $.paths, x-why: w, remove: 'yes'}
- {target: $.paths, x-why: w, delete: true}
- just text
")
    .unwrap_err();
    insta::assert_snapshot!(problems.join("\n"));
}

#[test]
fn the_head_is_checked() {
    let mut document = document();
    for (text, expected) in [
        ("{overlay: 2.0.0, actions: []}", "unsupported-version"),
        ("{overlay: 1, actions: []}", "missing-field"),
        ("{actions: []}", "missing-field"),
        ("{overlay: 1.0.0}", "missing-field"),
        ("{overlay: 1.0.0, action: [], actions: []}", "unknown-field"),
        ("[]", "missing-field"),
    ] {
        let overlay = load_text(Path::new("o.yaml"), text.to_owned()).unwrap();
        assert_eq!(
            apply(&overlay, &mut document).unwrap_err()[0].kind.as_str(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn an_overlay_cannot_nest_the_document_too_deep() {
    let deep = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
    let mut document = load_text(Path::new("a.json"), deep.clone()).unwrap();
    let target = format!("${}", ".a".repeat(60));
    let actions: Vec<Value> = (1..=3)
        .map(|n| {
            let update: Value = serde_json::from_str(&deep).unwrap();
            json!({"target": format!("${}", ".a".repeat(60 * n)), "x-why": "w", "update": update})
        })
        .collect();
    assert!(target.len() < MAX_TARGET_BYTES);
    let overlay = json!({"overlay": "1.0.0", "actions": actions}).to_string();
    let overlay = load_text(Path::new("o.json"), overlay).unwrap();
    assert_eq!(
        apply(&overlay, &mut document).unwrap_err()[0].kind,
        ProblemKind::TooDeep
    );
}
