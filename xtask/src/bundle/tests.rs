//! Documents spread over folders, made one.

use super::*;
use crate::diagnose::diagnose;
use crate::load::load_with_files;
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The bundled document, and its problems as `file:line: message`, the folder left out.
fn bundled(dir: &TempDir, main: &str, root: Option<&Path>) -> (Document, Vec<String>) {
    let mut document = load_with_files(&dir.path().join(main), root).unwrap();
    let problems = bundle(&mut document);
    let shown = messages(&problems, dir.path());
    (document, shown)
}

fn messages(problems: &[Problem], dir: &Path) -> Vec<String> {
    let dir = dir.display().to_string();
    let shown = problems.iter().map(ToString::to_string);
    shown
        .map(|text| text.replace(&format!("{dir}/"), "").replace(&dir, "."))
        .collect()
}

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";

/// A document with one answer of this schema.
fn answering(schema: &str) -> String {
    format!(
        "{HEAD}paths:\n  /pets:\n    get:\n      responses:\n        '200':\n          description: ''\n          \
         content: {{application/json: {{schema: {schema}}}}}\n"
    )
}

fn answer_of(document: &Document) -> &Value {
    document
        .pointer("/paths/~1pets/get/responses/200/content/application~1json/schema")
        .unwrap()
}

#[test]
fn schemas_become_components() {
    let dir = folder(&[
        ("openapi.yaml", &answering("{$ref: './schemas/pet.yaml'}")),
        (
            "schemas/pet.yaml",
            "type: object\nproperties:\n  owner: {$ref: '../common.json#/definitions/Owner'}\n  \
             parent: {$ref: '#'}\n  tag: {$ref: '#/$defs/a%20b'}\n$defs: {a b: {type: string}}\n",
        ),
        (
            "common.json",
            r##"{"definitions": {"Owner": {"properties": {"pets": {"$ref": "schemas/../schemas/pet.yaml"}, "boss": {"$ref": "#/definitions/Owner"}}}}}"##,
        ),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        answer_of(&document),
        &json!({ "$ref": "#/components/schemas/pet" })
    );
    assert_eq!(
        document.pointer("/components/schemas").unwrap(),
        &json!({
            "pet": {
                "type": "object",
                "properties": {
                    "owner": { "$ref": "#/components/schemas/Owner" },
                    "parent": { "$ref": "#/components/schemas/pet" },
                    "tag": { "$ref": "#/components/schemas/a_b" },
                },
                "$defs": { "a b": { "type": "string" } },
            },
            "Owner": { "properties": {
                "pets": { "$ref": "#/components/schemas/pet" },
                "boss": { "$ref": "#/components/schemas/Owner" },
            } },
            "a_b": { "type": "string" },
        })
    );
}

#[test]
fn components_that_are_references_are_the_home_of_what_they_name() {
    let main = format!(
        "{}components:\n  schemas: {{$ref: schemas/index.yaml}}\n",
        answering("{$ref: schemas/pet.yaml}")
    );
    let dir = folder(&[
        ("openapi.yaml", &main),
        (
            "schemas/index.yaml",
            "Pet: {$ref: pet.yaml}\nTag: {$ref: '#/Label'}\nLabel: {type: string}\n",
        ),
        (
            "schemas/pet.yaml",
            "properties:\n  tag: {$ref: '../openapi.yaml#components/schemas/Tag'}\n",
        ),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        answer_of(&document),
        &json!({ "$ref": "#/components/schemas/Pet" })
    );
    assert_eq!(
        document.pointer("/components/schemas").unwrap(),
        &json!({
            "Pet": { "properties": { "tag": { "$ref": "#/components/schemas/Tag" } } },
            "Tag": { "$ref": "#/components/schemas/Label" },
            "Label": { "type": "string" },
        })
    );
}

#[test]
fn everything_else_that_can_be_a_reference() {
    let main = format!(
        "{HEAD}tags: {{$ref: parts.yaml#/tags}}\npaths:\n  /pets: {{$ref: paths/pets.yaml}}\n  \
         /owners: {{$ref: 'paths.yaml#/~1owners'}}\n"
    );
    let dir = folder(&[
        ("openapi.yaml", &main),
        (
            "paths/pets.yaml",
            "parameters: [{$ref: '../parts.yaml#/parameters/limit'}]\nget:\n  responses:\n    \
             '200': {$ref: '../parts.yaml#/responses/Pets'}\n    '404': {$ref: '../error.yaml'}\n",
        ),
        (
            "paths.yaml",
            "/owners:\n  post:\n    requestBody: {$ref: 'parts.yaml#/bodies/Owner'}\n    responses: {}\n",
        ),
        (
            "parts.yaml",
            "tags: [{name: a}]\nparameters: {limit: {name: limit, in: query, schema: {type: integer}}}\n\
             responses: {Pets: {description: '', headers: {X-A: {$ref: '#/headers/A'}}}}\n\
             headers: {A: {schema: {type: string}}}\nbodies: {Owner: {content: {}}}\n",
        ),
        ("error.yaml", "type: object\n"),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        document.root,
        json!({
            "openapi": "3.0.3",
            "info": { "title": "T", "version": "1" },
            "tags": [{ "name": "a" }],
            "paths": {
                "/pets": {
                    "parameters": [{ "$ref": "#/components/parameters/limit" }],
                    "get": { "responses": {
                        "200": { "$ref": "#/components/responses/Pets" },
                        // A schema where an answer belongs: a later stage makes an answer of it.
                        "404": { "$ref": "#/components/schemas/error" },
                    } },
                },
                "/owners": { "post": {
                    "requestBody": { "$ref": "#/components/requestBodies/BodiesOwner" },
                    "responses": {},
                } },
            },
            "components": {
                "parameters": { "limit": { "name": "limit", "in": "query", "schema": { "type": "integer" } } },
                "responses": { "Pets": { "description": "", "headers": {
                    "X-A": { "$ref": "#/components/headers/A" },
                } } },
                "schemas": { "error": { "type": "object" } },
                "requestBodies": { "BodiesOwner": { "content": {} } },
                "headers": { "A": { "schema": { "type": "string" } } },
            },
        })
    );
}

#[test]
fn names_are_unique_whatever_their_case() {
    let main = format!(
        "{}components: {{schemas: {{pet: {{}}, All: {{allOf: [{{$ref: a/pet.yaml}}, {{$ref: b/pet.yaml}}, \
         {{$ref: 'a.yaml#/definitions/Pet'}}, {{$ref: pet/index.yaml}}]}}}}}}\n",
        answering("{}")
    );
    let dir = folder(&[
        ("openapi.yaml", &main),
        ("a/pet.yaml", "type: string"),
        ("b/pet.yaml", "type: string"),
        ("a.yaml", "definitions: {Pet: {type: string}}"),
        ("pet/index.yaml", "type: string"),
    ]);
    let (document, _) = bundled(&dir, "openapi.yaml", None);
    let schemas = document.pointer("/components/schemas").unwrap();
    let names: Vec<&String> = schemas.as_object().unwrap().keys().collect();
    assert_eq!(names, ["pet", "All", "APet", "BPet", "Pet2", "PetPet"]);
}

#[test]
fn swagger_2_has_homes_of_its_own() {
    let main = "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      \
                parameters: [{$ref: 'other.yaml#/parameters/p'}]\n      responses:\n        \
                200: {description: '', schema: {$ref: 'other.yaml#/components/schemas/A'}}\n";
    let other = "openapi: 3.1.0\nparameters: {p: {name: p, in: query, type: string}}\n\
                 components: {schemas: {A: {type: [string, 'null']}}}\n";
    let dir = folder(&[("swagger.yaml", main), ("other.yaml", other)]);
    let (document, problems) = bundled(&dir, "swagger.yaml", None);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        document.pointer("/definitions").unwrap(),
        &json!({ "A": { "type": ["string", "null"] } })
    );
    assert_eq!(
        document
            .pointer("/paths/~1a/get/parameters/0/$ref")
            .unwrap(),
        "#/parameters/p"
    );
}

#[test]
fn references_that_lead_nowhere_stay_and_are_reported_once() {
    let schema = "{oneOf: [{$ref: gone.yaml}, {$ref: gone.yaml}, {$ref: 'here.yaml#/Gone'}, {$ref: bad.yaml}, \
                  {$ref: 'https://acme.example/a.yaml#/A'}, {$ref: ../up.yaml}, {$ref: whole.yaml}, \
                  {$ref: here.yaml#/Loop}]}";
    let dir = folder(&[
        ("openapi.yaml", &answering(schema)),
        ("here.yaml", "Loop: {$ref: 'gone.yaml#/Too'}\n"),
        ("bad.yaml", "a: [\n"),
        ("whole.yaml", HEAD),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    let lines: Vec<&str> = problems
        .iter()
        .flat_map(|problem| problem.lines())
        .map(|line| line.split(" (os error").next().unwrap())
        .collect();
    assert_eq!(lines.len(), 11, "{lines:#?}");
    assert!(lines[0].starts_with("bad.yaml:"), "{lines:#?}");
    let at = "openapi.yaml:9: ";
    for (line, expected) in lines.iter().skip(1).zip([
        format!("{at}`gone.yaml` cannot be read: No such file or directory"),
        format!("{at}`here.yaml#/Gone` is not there (GET /pets)"),
        format!("{at}`bad.yaml` cannot be read (GET /pets)"),
        format!("{at}`https://acme.example/a.yaml#/A` is not on this machine (GET /pets)"),
        "  help: nothing is read over the network: download it, and refer to the file".to_owned(),
        format!("{at}`../up.yaml` is outside of . (GET /pets)"),
        "  help: name a folder that holds the document and this file with `--root DIR`".to_owned(),
        format!("{at}`whole.yaml` is a whole document (GET /pets)"),
        "  help: name a part of it, such as `#/components/schemas/...`".to_owned(),
    ]) {
        assert_eq!(*line, expected);
    }
    assert!(
        lines[10].starts_with("here.yaml:1: `gone.yaml#/Too`"),
        "{lines:#?}"
    );
    assert_eq!(
        answer_of(&document).pointer("/oneOf/0/$ref").unwrap(),
        "gone.yaml"
    );
}

#[test]
fn the_root_may_be_wider_than_the_folder_and_links_do_not_leave_it() {
    let dir = folder(&[
        ("api/openapi.yaml", &answering("{$ref: ../shared/a.yaml}")),
        ("shared/a.yaml", "{$ref: /etc/hostname}"),
        ("secret.yaml", "type: string"),
    ]);
    let (_, problems) = bundled(&dir, "api/openapi.yaml", None);
    assert!(problems[0].contains("is outside of"), "{problems:?}");
    let (document, problems) = bundled(&dir, "api/openapi.yaml", Some(dir.path()));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("`/etc/hostname` is outside of"),
        "{problems:?}"
    );
    assert!(document.pointer("/components/schemas/a").is_some());
    let elsewhere = dir.path().join("shared");
    let refused = load_with_files(&dir.path().join("api/openapi.yaml"), Some(&elsewhere));
    assert!(refused.is_err());
    #[cfg(unix)]
    {
        let link = dir.path().join("shared/a.yaml");
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret.yaml"), &link).unwrap();
        fs::rename(
            dir.path().join("api/openapi.yaml"),
            dir.path().join("shared/openapi.yaml"),
        )
        .unwrap();
        fs::write(
            dir.path().join("shared/openapi.yaml"),
            answering("{$ref: a.yaml}"),
        )
        .unwrap();
        let (_, problems) = bundled(&dir, "shared/openapi.yaml", None);
        assert!(
            problems[0].contains("`a.yaml` is outside of"),
            "{problems:?}"
        );
    }
}

#[test]
fn problems_inside_of_other_files_are_shown_there() {
    let dir = folder(&[
        ("openapi.yaml", &answering("{$ref: a.yaml}")),
        (
            "a.yaml",
            "properties:\n  x:\n    type: strin\n  y:\n    $ref: '#/nowhere'\n",
        ),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert_eq!(problems, [""; 0]);
    let found = messages(&diagnose(&document), dir.path());
    assert!(
        found.iter().any(|text| text.starts_with("a.yaml:3: ")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|text| text.starts_with("a.yaml:5: `#/nowhere`")),
        "{found:?}"
    );
}

#[test]
fn circles_and_growth_end() {
    let items = "get: {responses: {}}\nx: 1\n";
    let main = format!("{HEAD}paths:\n  /a: {{$ref: a.yaml}}\n  /b: {{$ref: b.yaml}}\n");
    let dir = folder(&[
        ("openapi.yaml", &main),
        ("a.yaml", "{$ref: a.yaml}"),
        ("b.yaml", items),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert!(
        problems[0].contains("`a.yaml` leads back to itself"),
        "{problems:?}"
    );
    assert!(document.pointer("/paths/~1b/get").is_some());

    // Each file holds the next one twice, in places that are no components.
    let mut files = vec![(
        "openapi.yaml".to_owned(),
        answering("{properties: {$ref: f0.yaml}}"),
    )];
    for number in 0..30 {
        let next = number + 1;
        files.push((
            format!("f{number}.yaml"),
            format!("a: {{properties: {{$ref: f{next}.yaml}}}}\nb: {{properties: {{$ref: f{next}.yaml}}}}\n"),
        ));
    }
    files.push(("f30.yaml".to_owned(), "c: {}".to_owned()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let dir = folder(&files);
    let mut document = load_with_files(&dir.path().join("openapi.yaml"), None).unwrap();
    let before = document.root.clone();
    let problems = bundle(&mut document);
    assert!(problems[0].is_error() && problems[0].kind == ProblemKind::TooLarge);
    assert_eq!(document.root, before);
}

#[test]
fn discriminators_follow() {
    let dir = folder(&[
        ("openapi.yaml", &answering("{$ref: pet.yaml}")),
        (
            "pet.yaml",
            "oneOf: [{$ref: cat.yaml}, {$ref: '#/definitions/Dog'}]\ndiscriminator:\n  propertyName: kind\n  \
             mapping: {cat: ./cat.yaml, dog: '#/definitions/Dog', other: Dog}\ndefinitions: {Dog: {type: object}}\n",
        ),
        ("cat.yaml", "type: object"),
    ]);
    let (document, problems) = bundled(&dir, "openapi.yaml", None);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        document
            .pointer("/components/schemas/pet/discriminator/mapping")
            .unwrap(),
        &json!({
            "cat": "#/components/schemas/cat",
            "dog": "#/components/schemas/Dog",
            "other": "#/components/schemas/Dog",
        })
    );
}
