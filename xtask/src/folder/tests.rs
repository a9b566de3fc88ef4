use super::*;
use crate::source::sha256;
use std::fs;

const API: &str = r#"crate = "insightcloudsec-v2"
title = "InsightCloudSec API v2"
auth = "insightcloudsec"

[provenance]
kind = "compiled"
url = "https://example.com/v2.yaml"
retrieved = "2026-11-21"
"#;

const OPERATIONS: &str = r#"# What is known.

["GET /v2/clouds"]
name = "list_clouds" # a good name
effect = "read"
stability = "public"
confidence = "high"
evidence = ["a/b: c.go"]
paging = { style = "offset-body", limit = "limit", items = "clouds" }

["POST /v2/clouds/{}/delete"]
name = "delete_cloud"
effect = "write"
stability = "other"
admin = "domain"
session_only = true
anonymous = false
body = "unknown"
success = [406]
secrets = ["password", "$answer"]
"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// What is wrong with a folder, without the name of the temporary one.
fn faults(files: &[(&str, &str)]) -> String {
    let dir = folder(files);
    let problems = SpecFolder::open(dir.path()).unwrap_err();
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {problem}", problem.kind))
        .collect();
    lines
        .join("\n")
        .replace(&dir.path().display().to_string(), "DIR")
}

/// `api.toml` with the hash of a document.
fn api_of(document: &str) -> String {
    format!("{API}sha256 = \"{}\"\n", sha256(document.as_bytes()))
}

fn text_source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source::new(name, text, Format::Text))
}

fn operations(text: &str) -> OperationsToml {
    OperationsToml::parse(&text_source("operations.toml", text)).unwrap()
}

#[test]
fn a_folder_is_read() {
    let document = "openapi: 3.0.3\n";
    let dir = folder(&[
        ("api.toml", &api_of(document)),
        ("operations.toml", OPERATIONS),
        (
            "types.toml",
            "[types]\n\"GET /v2/clouds 200\" = \"Clouds\"\n",
        ),
        ("overlay.yaml", "overlay: 1.0.0\nactions: []\n"),
        ("openapi.yaml", document),
        ("README.md", "not ours"),
    ]);
    let spec = SpecFolder::open(dir.path()).unwrap();
    assert_eq!(spec.api.crate_name, "insightcloudsec-v2");
    assert_eq!(spec.api.auth, AuthFamily::InsightCloudSec);
    assert_eq!(spec.api.provenance.kind, ProvenanceKind::Compiled);
    assert_eq!(spec.types.by_location["GET /v2/clouds 200"], "Clouds");
    assert!(spec.overlay.is_some());
    assert_eq!(spec.document.root["openapi"], "3.0.3");

    let list = spec
        .operations
        .get(&"GET /v2/clouds".parse().unwrap())
        .unwrap();
    assert_eq!(
        (list.name.as_str(), list.effect, list.confidence),
        ("list_clouds", Effect::Read, Some(Confidence::High))
    );
    let paging = list.paging.as_ref().unwrap();
    assert_eq!(
        (paging.style, paging.items.as_deref()),
        (PagingStyle::OffsetBody, Some("clouds"))
    );
    let (delete, line) = &spec.operations.entries[&"POST /v2/clouds/{}/delete".parse().unwrap()];
    assert_eq!(*line, 11);
    assert!(delete.session_only && !delete.anonymous);
    assert_eq!(
        (delete.body, delete.success.as_slice()),
        (Some(BodyNote::Unknown), &[406][..])
    );
}

#[test]
fn most_files_may_be_absent() {
    let document = "{\"swagger\": \"2.0\"}";
    let dir = folder(&[("api.toml", &api_of(document)), ("swagger.json", document)]);
    let spec = SpecFolder::open(dir.path()).unwrap();
    assert!(
        spec.operations.entries.is_empty()
            && spec.types.by_location.is_empty()
            && spec.overlay.is_none()
    );
}

#[test]
fn what_is_wrong_with_a_folder_comes_all_at_once() {
    let found = faults(&[
        (
            "api.toml",
            "crate = \"A b\"\ntitle = \"t\"\nauth = \"document\"\n[provenance]\nkind = \"file\"\nsha256 = \"12\"\n",
        ),
        ("operations.toml", "[\"GET /a\"]\nname = \"a\"\n"),
        ("types.toml", "[type]\n"),
        ("overlay.yaml", "a: [\n"),
        ("overlay.json", "{}"),
        ("openapi.yaml", "{}"),
        ("openapi.json", "{}"),
    ]);
    insta::assert_snapshot!(found);
    assert_eq!(
        faults(&[("api.toml", API)]),
        format!(
            "document-choice: DIR has no document\n  help: put the document there as one of {}",
            DOCUMENT_NAMES.join(", ")
        )
    );
    let error = SpecFolder::open(Path::new("/nowhere/at/all")).unwrap_err();
    assert_eq!(error[0].to_string(), "/nowhere/at/all is not a folder");
}

#[test]
fn fields_of_api_toml_are_checked() {
    for (text, expected) in [
        (
            API.replace("title = ", "titel = "),
            "unknown-field: a.toml:2: unknown field `titel`\n  help: expected one of `crate`, `title`, `auth`, `published`, `provenance`, `mock`, `calls`, `facade`, `rules`",
        ),
        (
            API.replace("title = \"InsightCloudSec API v2\"\n", ""),
            "missing-field: a.toml:1: missing field `title`",
        ),
        (
            API.replace("\"insightcloudsec\"", "\"basic\""),
            "invalid-value: a.toml:3: unknown value `basic`\n  help: expected one of `insightcloudsec`, `rapid7-platform`, `document`",
        ),
        (
            API.replace("kind = \"compiled\"", "kind = 1"),
            "wrong-type: a.toml:6: the value is of the wrong type\n  help: expected string or table",
        ),
        (
            API.replace("title = \"InsightCloudSec API v2\"", "title = 2"),
            "wrong-type: a.toml:2: invalid type: integer `2`\n  help: expected a string",
        ),
        (
            API.replace("auth = \"insightcloudsec\"", ""),
            "missing-field: a.toml:1: missing field `auth`\n  help: expected `insightcloudsec`, `rapid7-platform` or `document`",
        ),
        (
            API.replace("auth = ", "auth "),
            "syntax: a.toml:3: key with no value\n  help: expected `=`",
        ),
    ] {
        let problems = ApiToml::parse(&text_source("a.toml", &text)).unwrap_err();
        assert_eq!(format!("{}: {}", problems[0].kind, problems[0]), expected);
    }
    let rules = ApiToml::parse(&text_source(
        "a.toml",
        &format!("{API}[rules]\nx_nullable = false\n"),
    ))
    .unwrap()
    .rules;
    assert_eq!(rules.get("x_nullable"), Some(&false));
}

#[test]
fn names_in_api_toml_can_be_those_of_crates_and_folders() {
    let parse = |text: &str| ApiToml::parse(&text_source("a.toml", text));
    for name in ["self", "rapid7-core", "serde_json", "nul", "a b", "../a"] {
        let text = API.replace("\"insightcloudsec-v2\"", &format!("\"{name}\""));
        let problems = parse(&text).unwrap_err();
        assert!(
            problems[0]
                .to_string()
                .starts_with(&format!("a.toml:1: `{name}` "))
        );
    }
    for (key, value) in [
        ("mock", "../mock"),
        ("mock", "con"),
        ("facade", "Facade"),
        ("calls", "/tests"),
        ("calls", "a/../.."),
        ("calls", "tests/aux"),
    ] {
        let problems = parse(&format!("{key} = \"{value}\"\n{API}")).unwrap_err();
        assert_eq!(
            problems[0].kind,
            ProblemKind::InvalidName,
            "{}",
            problems[0]
        );
    }
    assert!(
        parse(&format!(
            "mock = \"m\"\nfacade = \"f\"\ncalls = \"a/b\"\n{API}"
        ))
        .is_ok()
    );
}

#[test]
fn every_operation_at_fault_is_reported_with_its_line() {
    let entry = "effect = \"read\"\nstability = \"public\"\n";
    let text = format!(
        "[\"GET /a\"]\nname = \"a\"\neffect = \"reed\"\nstability = \"public\"\n
[\"GET /b\"]\nname = \"b\"\nstability = \"public\"\n
[\"GET /c/{{id}}\"]\nname = \"c\"\n{entry}
[\"FETCH /d\"]\nname = \"d\"\n{entry}
[\"GET /e\"]\nname = \"E e\"\n{entry}
[\"GET /f\"]\nname = \"f\"\n{entry}admins = true\n
[\"GET /g\"]\nname = \"g\"\n{entry}
[\"GET /h\"]\nname = \"g\"\n{entry}
[\"GET /i\"]\nname = \"i\"\n{entry}success = [1000]\n
[\"GET /j\"]\nname = \"j\"\n{entry}paging = {{ style = \"offset-body\", limits = \"x\" }}\n
[\"GET /k\"]\nname = \"k\"\n{entry}session_ended = [600]\n
[\"GET /l\"]\nname = \"l\"\n{entry}session_ended = [403, 204]\n"
    );
    let problems = OperationsToml::parse(&text_source("operations.toml", &text)).unwrap_err();
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {problem}", problem.kind))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_same_operation_twice_is_a_syntax_error() {
    let text = format!("{OPERATIONS}\n[\"GET /v2/clouds\"]\nname = \"again\"\n");
    let problems = OperationsToml::parse(&text_source("operations.toml", &text)).unwrap_err();
    assert_eq!(problems[0].to_string(), "operations.toml:22: duplicate key");
}

#[test]
fn appending_keeps_comments_and_order() {
    let mut toml = operations(OPERATIONS);
    assert_eq!(toml.to_string(), OPERATIONS);
    let entry = toml
        .get(&"POST /v2/clouds/{}/delete".parse().unwrap())
        .unwrap()
        .clone();
    for (key, name) in [("PUT /z", "z"), ("GET /a/{}", "a")] {
        let entry = OperationEntry {
            name: name.to_owned(),
            ..entry.clone()
        };
        assert!(toml.append(key.parse().unwrap(), entry));
    }
    assert!(
        !toml.append("GET /v2/clouds".parse().unwrap(), entry),
        "what is there stays"
    );
    assert!(toml.is_changed());
    let text = toml.to_string();
    assert!(text.starts_with(OPERATIONS));
    insta::assert_snapshot!(text[OPERATIONS.len()..].trim_start());
    let again = operations(&text);
    let entries = |toml: &OperationsToml| {
        toml.entries
            .iter()
            .map(|(key, (entry, _))| (key.clone(), entry.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        entries(&again),
        entries(&toml),
        "what is written is read again"
    );
    assert_eq!(again.to_string(), text);
}

#[test]
fn appending_to_nothing() {
    let mut toml = OperationsToml::empty(Path::new("operations.toml"));
    assert_eq!(toml.to_string(), "");
    let paging = operations(OPERATIONS).entries[&"GET /v2/clouds".parse().unwrap()]
        .0
        .clone();
    toml.append(OperationKey::new("get", "/a/{id}"), paging);
    assert_eq!(
        toml.to_string(),
        r#"["GET /a/{}"]
name = "list_clouds"
effect = "read"
stability = "public"
confidence = "high"
evidence = ["a/b: c.go"]
paging = { style = "offset-body", limit = "limit", items = "clouds" }
"#
    );
}

#[test]
fn a_problem_stands_at_the_header_of_its_entry() {
    let toml = operations(OPERATIONS);
    let key: OperationKey = "POST /v2/clouds/{}/delete".parse().unwrap();
    let problem = toml.problem_at(
        &key,
        ProblemKind::UnknownOperation,
        "the document has no such operation",
    );
    assert_eq!(
        problem.to_string(),
        "operations.toml:11: the document has no such operation (POST /v2/clouds/{}/delete)"
    );
}

#[test]
fn type_names_round_trip() {
    let mut types = TypesToml::default();
    for (location, name) in [
        ("POST /b 200", "B"),
        ("GET /a 200 .rows[]", "Row"),
        ("GET /a 200 .\"quoted\\\"", "Q"),
    ] {
        types
            .by_location
            .insert(location.to_owned(), name.to_owned());
    }
    let text = types.to_string();
    assert!(text.starts_with("# Names of the generated types"));
    assert!(text.find("GET /a 200 .rows").unwrap() < text.find("POST /b").unwrap());
    assert_eq!(
        TypesToml::parse(&text_source("types.toml", &text)).unwrap(),
        types
    );
}

const HELP: &str = "help: if you changed it on purpose, run `cargo xtask record --api NAME`; otherwise restore the recorded file";

/// As [`faults`], without the name of the temporary folder in the command.
fn hash_faults(files: &[(&str, &str)]) -> String {
    let found = faults(files);
    let (before, rest) = found.split_once("--api ").unwrap();
    let (_, after) = rest.split_once('`').unwrap();
    format!("{before}--api NAME`{after}")
}

#[test]
fn the_hash_of_the_document_is_checked() {
    assert_eq!(
        sha256(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let document = "\u{feff}openapi: 3.0.3\n";
    let right = sha256(document.as_bytes());
    let api = |hash: &str| format!("{API}sha256 = \"{hash}\"\n");
    let dir = folder(&[
        ("api.toml", &api(&right.to_uppercase())),
        ("openapi.yaml", document),
    ]);
    assert!(SpecFolder::open(dir.path()).is_ok());
    let wrong = "0".repeat(64);
    assert_eq!(
        hash_faults(&[("api.toml", &api(&wrong)), ("openapi.yaml", document)]),
        format!(
            "hash-mismatch: DIR/api.toml:9: openapi.yaml has the hash {right}, but `provenance.sha256` is {wrong}\n  \
             {HELP}"
        )
    );
    // One byte more makes it unreadable, and both are said.
    let tampered = format!("{document}]");
    let found = faults(&[("api.toml", &api(&right)), ("openapi.yaml", &tampered)]);
    let changed = sha256(tampered.as_bytes());
    let message =
        format!("openapi.yaml has the hash {changed}, but `provenance.sha256` is {right}");
    assert!(found.contains(&message), "{found}");
    assert!(found.contains("syntax: "), "{found}");
}

#[test]
fn a_document_without_a_recorded_hash_is_refused() {
    assert_eq!(
        hash_faults(&[("api.toml", API), ("openapi.yaml", "openapi: 3.0.3\n")]),
        format!("hash-mismatch: DIR/api.toml: no hash of openapi.yaml is recorded\n  {HELP}")
    );
}

/// A document of three files, one of them in a folder.
fn of_three_files() -> tempfile::TempDir {
    let dir = folder(&[
        (
            "api.toml",
            &format!("# ours\n{API}# the end\n[rules]\n# why\nanswers = false\n"),
        ),
        (
            "openapi.yaml",
            "openapi: 3.0.3\na: {$ref: 'parts/a.yaml#/x'}\n",
        ),
        ("b.json", "{\"y\": 1}"),
        ("unrelated.yaml", "not: of it\n"),
    ]);
    fs::create_dir(dir.path().join("parts")).unwrap();
    fs::write(
        dir.path().join("parts/a.yaml"),
        "x: {$ref: '../b.json#/y'}\n",
    )
    .unwrap();
    dir
}

fn record(dir: &Path) {
    let SpecFolder { api, document, .. } = SpecFolder::open_unchecked(dir).unwrap();
    let text = Hashes::of(&document).record(&api.source).unwrap();
    fs::write(dir.join("api.toml"), text).unwrap();
}

#[test]
fn the_hashes_of_all_files_of_a_document_are_recorded_and_checked() {
    let dir = of_three_files();
    record(dir.path());
    let text = fs::read_to_string(dir.path().join("api.toml")).unwrap();
    for part in [
        "# ours\n",
        "# the end\n[rules]\n# why\n",
        "\n[provenance.files]\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let api = SpecFolder::open(dir.path()).unwrap().api;
    assert_eq!(
        api.files.keys().collect::<Vec<_>>(),
        ["b.json", "parts/a.yaml"]
    );
    assert!(Knowledge::open(dir.path()).is_ok());
    record(dir.path());
    assert_eq!(
        fs::read_to_string(dir.path().join("api.toml")).unwrap(),
        text
    );

    for (name, content) in [
        (
            "openapi.yaml",
            Some("openapi: 3.0.4\na: {$ref: 'parts/a.yaml#/x'}\n"),
        ),
        ("parts/a.yaml", Some("x: {$ref: '../b.json#/y'} # more\n")),
        ("parts/a.yaml", Some("x: {$ref: ")),
        ("b.json", Some("")),
        ("b.json", None),
    ] {
        let path = dir.path().join(name);
        let before = fs::read(&path).unwrap();
        match content {
            Some(content) => fs::write(&path, content).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        for problems in [
            SpecFolder::open(dir.path()).map(|_| ()).unwrap_err(),
            Knowledge::open(dir.path()).map(|_| ()).unwrap_err(),
        ] {
            let problem = problems.last().unwrap();
            assert_eq!(problem.kind, ProblemKind::HashMismatch, "{problems:?}");
            assert!(problem.message.starts_with(name), "{problem}");
            let help = problem.help.as_deref().unwrap();
            assert!(help.contains("`cargo xtask record --api "), "{help}");
        }
        fs::write(&path, before).unwrap();
        assert!(SpecFolder::open(dir.path()).is_ok());
    }
}

#[test]
fn a_file_that_joins_the_document_later_is_found() {
    let dir = of_three_files();
    fs::remove_file(dir.path().join("b.json")).unwrap();
    record(dir.path());
    fs::write(dir.path().join("b.json"), "{\"y\": 1}").unwrap();
    let problems = SpecFolder::open(dir.path()).unwrap_err();
    let message = "the document refers to b.json, whose hash is not recorded";
    assert_eq!(problems[0].message, message);
}
