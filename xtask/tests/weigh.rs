//! `cargo xtask weigh`: the crate that is compared with, the calls that are compared, and one whole run.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use xtask::load::load_text;
use xtask::package::Core;
use xtask::pipeline::{Input, Output, run};
use xtask::weigh::calls::{self, Call, Scalar};
use xtask::weigh::extent::{Extent, of_crate};
use xtask::weigh::programs::{Program, program};
use xtask::weigh::unrefined::{Unrefined, unrefined};

/// An API with what progenitor has no form for.
fn document() -> Value {
    let pet = || json!({ "$ref": "#/components/schemas/Pet" });
    let answer = |schema: Value| json!({ "description": "", "content": { "application/json": { "schema": schema } } });
    let parameter = |place: &str, name: &str| json!({ "in": place, "name": name, "required": place == "path", "schema": { "type": "string" } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "list_pets",
                    "tags": ["pets"],
                    "parameters": [parameter("query", "kind"), parameter("cookie", "theme")],
                    "responses": { "200": answer(json!({ "$ref": "#/components/schemas/Pets" })) },
                },
                "post": {
                    "operationId": "create_pet",
                    "tags": ["pets"],
                    "requestBody": { "required": true, "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/NewPet" } } } },
                    "responses": {
                        "200": answer(pet()),
                        "202": answer(json!({ "$ref": "#/components/schemas/Pets" })),
                        "default": answer(json!({ "$ref": "#/components/schemas/Problem" })),
                    },
                },
            },
            "/pets/{pet_id}": { "get": {
                "operationId": "get_pet",
                "tags": ["pets"],
                "parameters": [parameter("path", "pet_id"), parameter("query", "pet_id")],
                "responses": { "200": answer(pet()), "404": answer(json!({ "$ref": "#/components/schemas/Problem" })) },
            } },
            "/pets/{pet_id}/photo": { "put": {
                "operationId": "upload_photo",
                "tags": ["photos"],
                "parameters": [parameter("path", "pet_id")],
                "requestBody": { "content": { "multipart/form-data": { "schema": {
                    "type": "object", "properties": { "file": { "type": "string", "format": "binary" } } } } } },
                "responses": { "204": { "description": "" } },
            } },
            "/shops/{shop}": { "get": {
                "operationId": "get_shop",
                "tags": ["shops"],
                "parameters": [parameter("path", "shop")],
                "responses": { "200": answer(json!({ "$ref": "#/components/schemas/Odd" })) },
            } },
        },
        "components": { "schemas": {
            "Pet": { "type": "object", "properties": {
                "id": { "type": "integer" }, "name": { "type": "string" },
                "kind": { "type": "string", "enum": ["cat", "dog"] } } },
            "Pets": { "type": "object", "properties": { "pets": { "type": "array", "items": pet() } } },
            "NewPet": { "type": "object", "required": ["name"], "properties": {
                "name": { "type": "string" }, "vaccinated": { "type": "boolean" },
                "tags": { "type": "array", "items": { "type": "string" } } } },
            // Two members of one Rust name, which typify writes.
            "Odd": { "type": "object", "properties": {
                "shop-name": { "type": "string" }, "shop_name": { "type": "string" } } },
            "Problem": { "type": "object", "properties": { "message": { "type": "string" } } },
        } },
    })
}

fn output() -> Output {
    let document = load_text(Path::new("pets.json"), document().to_string()).unwrap();
    run(Input::from_document(document, "refined")).unwrap()
}

fn theirs(output: &Output) -> Unrefined {
    unrefined(&output.normalized, &output.api, "unrefined").unwrap()
}

#[test]
fn progenitor_gets_the_same_operations() {
    let output = output();
    let theirs = theirs(&output);
    assert_eq!(output.methods(), 5);
    let ours = output.api.operations.iter();
    let ours: BTreeSet<String> = ours.map(|operation| operation.name.clone()).collect();
    assert_eq!(theirs.operations, ours);
}

#[test]
fn what_progenitor_cannot_express_is_counted() {
    let left_out = theirs(&output()).left_out;
    assert_eq!(left_out.operations.len(), 0, "{left_out:?}");
    // The cookie, and the second `pet_id`.
    assert_eq!(left_out.parameters, 2, "{left_out:?}");
    // 202 of the POST.
    assert_eq!(left_out.answers, 1, "{left_out:?}");
    assert_eq!(left_out.parts, 1, "{left_out:?}");
    // `Odd`.
    assert_eq!(left_out.schemas, 1, "{left_out:?}");
    assert_eq!(left_out.counts().count(), 4, "{left_out:?}");
}

#[test]
fn the_crate_of_progenitor_has_types_and_builders_of_its_own() {
    let files = theirs(&output()).files;
    let code = &files.0[Path::new("src/lib.rs")];
    syn::parse_file(code).unwrap();
    for part in [
        "pub struct NewPet",
        "pub enum PetKind",
        "pub struct UploadPhoto",
        "progenitor_client",
    ] {
        assert!(code.contains(part), "{part}");
    }
    assert!(!code.contains("rapid7_core"), "types of our runtime");
    let manifest = &files.0[Path::new("Cargo.toml")];
    assert!(
        manifest.contains("progenitor-client = \"=0.15.1\""),
        "{manifest}"
    );
}

fn names(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.name.as_str()).collect()
}

#[test]
fn calls_with_one_answer_are_chosen() {
    let output = output();
    let calls = calls::choose(&output.normalized, &output.api);
    // There is no body to choose; by types in the answer.
    assert_eq!(names(&calls), ["get_shop", "get_pet", "list_pets"]);
    // What answers with several bodies is none to compare; asked for by name neither.
    let posted = calls::named(&output.normalized, &output.api, &["create_pet".to_owned()]);
    assert_eq!(
        posted,
        Err("`create_pet` cannot be called with texts, numbers and flags alone".to_owned())
    );
    let unknown = calls::named(&output.normalized, &output.api, &["fly".to_owned()]);
    assert_eq!(unknown, Err("there is no operation `fly`".to_owned()));
}

#[test]
fn one_call_has_a_body_that_is_set_member_by_member() {
    let mut document = document();
    let answers = &mut document["paths"]["/pets"]["post"]["responses"];
    answers.as_object_mut().unwrap().remove("202");
    let document = load_text(Path::new("pets.json"), document.to_string()).unwrap();
    let output = run(Input::from_document(document, "refined")).unwrap();
    let calls = calls::choose(&output.normalized, &output.api);
    assert_eq!(calls.len(), 3);
    let (ty, members) = calls[2].body.as_ref().unwrap();
    assert!(ty.starts_with("NewPet"), "{ty}");
    let members: Vec<_> = members
        .iter()
        .map(|member| (member.name.as_str(), member.required, member.scalar))
        .collect();
    assert_eq!(
        members,
        [
            ("name", true, Scalar::Text),
            ("vaccinated", false, Scalar::Flag)
        ]
    );
}

#[test]
fn programs_are_rust_and_make_all_calls() {
    let output = output();
    let calls = calls::choose(&output.normalized, &output.api);
    let core = Core::Version("0.1".to_owned());
    for which in Program::ALL {
        let files = program(which, &calls, &core);
        let main = &files.0[Path::new("src/main.rs")];
        syn::parse_file(main).unwrap();
        for call in names(&calls) {
            let is_called = main.contains(&format!("{call}("));
            assert_eq!(is_called, which != Program::Core, "{call} in\n{main}");
        }
        assert_eq!(
            main.contains(".thing(\"text\")"),
            which == Program::Core,
            "{main}"
        );
    }
    let by_hand = program(Program::ByHand, &calls, &core);
    let main = &by_hand.0[Path::new("src/main.rs")];
    assert!(main.contains("\"/pets/text\""), "{main}");
}

#[test]
fn features_count_what_they_compile() {
    let output = output();
    let files = &output.files;
    let all_lines: usize = files
        .0
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"))
        .map(|(_, text)| text.lines().count())
        .sum();
    let extents = of_crate(files, &output.api);
    let counted = |extent: &Extent| (extent.operations, extent.types);
    let by_feature: Vec<_> = extents
        .by_feature
        .iter()
        .map(|(name, extent)| (name.as_str(), counted(extent)))
        .collect();
    assert_eq!(
        by_feature,
        [("pets", (3, 6)), ("photos", (1, 0)), ("shops", (1, 1))]
    );
    assert_eq!(counted(&extents.full), (5, 7));
    assert_eq!(extents.full.lines, all_lines);
    for (name, extent) in &extents.by_feature {
        assert!((1..all_lines).contains(&extent.lines), "{name}: {extent:?}");
    }
}

#[test]
#[ignore = "compiles all that a client depends on, with optimizations: minutes on two cores"]
fn a_whole_run_has_all_figures() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("pets.json");
    std::fs::write(&spec, document().to_string()).unwrap();
    // What has been compiled is kept for the next time.
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("weigh");
    let weigh = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["weigh", "--json", "--rounds", "1", "--spec"])
        .arg(&spec)
        .arg("--scratch")
        .arg(&scratch)
        .output()
        .unwrap();
    let said = String::from_utf8(weigh.stdout).unwrap();
    assert!(
        weigh.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&weigh.stderr)
    );
    let weight: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(weight["name"], "pets");
    for side in ["refined", "unrefined"] {
        assert_eq!(weight["operations"][side], 5);
        assert!(weight["lines"][side].as_u64().unwrap() > 100, "{said}");
        for mode in ["check", "release"] {
            let cost = &weight[mode][side];
            assert!(
                cost["cpu"].as_f64().unwrap() > 0.01,
                "{mode} {side}: {cost}"
            );
            assert!(
                cost["wall"].as_f64().unwrap() > 0.01,
                "{mode} {side}: {cost}"
            );
            // A compiler takes more than 50 MB, and no small crate takes 4 GB.
            let memory = cost["memory"].as_u64().unwrap();
            assert!(
                (50_000_000..4_000_000_000).contains(&memory),
                "{mode} {side}: {cost}"
            );
        }
    }
    let sizes = &weight["programs"]["sizes"];
    let size = |name: &str| sizes[name].as_u64().unwrap();
    assert!(size("by_hand") > 500_000, "{sizes}");
    for other in ["unrefined", "refined", "core"] {
        assert!(size(other) > size("by_hand"), "{sizes}");
    }
    assert!(size("refined") > size("core"), "{sizes}");
}
