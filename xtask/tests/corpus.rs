//! `cargo xtask corpus` and `cargo xtask diagnose`, run as programs on made-up documents.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const GOOD: &str = r#"{
  "openapi": "3.0.3",
  "info": {"title": "Good", "version": "1"},
  "paths": {"/a": {"get": {"responses": {"200": {"description": "", "content": {
    "application/json": {"schema": {"type": "object", "properties": {"b": {"type": "string"}}}}
  }}}}}}
}"#;

const OLD: &str = "\
swagger: '2.0'
info: {title: Old, version: '1'}
paths:
  /a:
    get:
      responses: {'200': {description: '', schema: {$ref: 'other.yaml#/A'}}}
    post:
      responses: {'204': {description: ''}}
";

const BROKEN: &str = "openapi: 3.0.3\ninfo: {title: [\n";

/// No paths, and an `info` of the wrong type.
const EMPTY: &str = "openapi: 3.1.0\ninfo: []\n";

/// References that lead nowhere, a path without its parameter, and a bound that is moved to the prose.
const DOUBTFUL: &str = "\
openapi: 3.0.3
info: {title: Doubtful, version: '1'}
paths:
  /a/{id}:
    get:
      responses:
        '200':
          description: ''
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Mising'}
  /b:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Missing'}
          application/xml:
            schema: {type: string}
      responses: {'204': {description: ''}}
components:
  schemas:
    Missin: {type: object, properties: {n: {type: integer, maximum: 9}}}
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("documents").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn documents() -> TempDir {
    folder(&[
        ("good.json", GOOD),
        ("old/swagger.yaml", OLD),
        ("old/broken.yml", BROKEN),
        ("empty.yaml", EMPTY),
        ("fragment.yaml", "Pet: {type: object}\n"),
        ("package.json", r#"{"name": "openapi", "version": "3.0.0"}"#),
        ("README.md", "openapi: 3.0.3\n"),
    ])
}

/// Runs the program in a folder.
fn xtask(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_xtask");
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(stderr, "", "{arguments:?}");
    (status.code(), String::from_utf8(stdout).unwrap())
}

fn corpus(folder: &Path, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["corpus", "documents", "--out", "out"], more].concat();
    let (code, text) = xtask(folder, &arguments);
    (code, without_times(&text))
}

/// The text with the times of the table, the third column from the right, taken out.
fn without_times(text: &str) -> String {
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split_whitespace().collect();
        if cells.len() == 10 && cells[9] == "-" {
            cells[7] = "TIME";
            return cells.join(" ") + "\n";
        }
        format!("{line}\n")
    };
    text.lines().map(line).collect()
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn every_document_is_tried_and_every_failure_has_its_reason() {
    let folder = documents();
    let (code, text) = corpus(folder.path(), &[]);
    assert_eq!(code, Some(1));
    snapshot("corpus", &text);
    let made = |name: &str| {
        let file = folder.path().join("out/crates").join(name);
        file.join("src/generated/client.rs").exists()
    };
    assert!(made("corpus-good") && made("corpus-old-swagger"));
    assert!(!made("corpus-empty") && !made("corpus-old-broken"));
}

#[test]
fn the_exit_code_is_that_of_the_documents_chosen() {
    let folder = documents();
    let (code, text) = corpus(folder.path(), &["--only", "good", "--only", "swagger"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.ends_with(
            "\ndocuments 2 generated 2 compiled - operations 3 methods 3 skipped 0 \
             untyped 0 of 2 panics 0\n"
        ),
        "{text}"
    );
    let (code, text) = corpus(folder.path(), &["--only", "fragment"]);
    assert_eq!(code, Some(1), "nothing was tried");
    assert!(text.contains("there is no OpenAPI document"), "{text}");
    let (code, text) = xtask(folder.path(), &["corpus", "nowhere"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("cannot read nowhere"), "{text}");
}

#[test]
fn a_document_that_takes_too_long_is_ended() {
    let folder = documents();
    let only = ["--only", "swagger", "--time-limit", "0", "--json"];
    let (code, text) = corpus(folder.path(), &only);
    assert_eq!(code, Some(1));
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["documents"][0]["attempt"]["outcome"], "timed-out");
    assert_eq!(told["totals"]["documents"], 1);
    assert_eq!(told["totals"]["generated"], 0);
    assert_eq!(
        told["totals"]["skipped"], 2,
        "its operations have no methods"
    );
    assert_eq!(told["totals"]["compiled"], Value::Null);
}

#[test]
#[cfg(target_os = "linux")]
fn a_document_that_takes_too_much_memory_is_ended() {
    // A thousand characters, repeated by aliases to 24 MiB.
    let mut text = String::from("openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {}\n");
    writeln!(text, "x-0: &x0 {}", "x".repeat(1000)).unwrap();
    for (level, times) in [(1, 30), (2, 30), (3, 25)] {
        let alias = format!("*x{}", level - 1);
        let aliases = vec![alias; times].join(", ");
        writeln!(text, "x-{level}: &x{level} [{aliases}]").unwrap();
    }
    let folder = folder(&[("large.yaml", &text)]);
    let (code, text) = corpus(folder.path(), &["--memory-limit", "20"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("\nlarge.yaml: out of memory\n"), "{text}");
    let (code, text) = corpus(folder.path(), &[]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_diagnosis_says_everything_and_writes_nothing() {
    let folder = folder(&[("a.yaml", DOUBTFUL)]);
    let documents = folder.path().join("documents");
    let (code, text) = xtask(&documents, &["diagnose", "a.yaml"]);
    assert_eq!(code, Some(0), "{text}");
    snapshot("diagnose", &text);
    let (code, denied) = xtask(&documents, &["diagnose", "a.yaml", "--deny-warnings"]);
    assert_eq!((code, denied), (Some(1), text));
    let (code, text) = xtask(&documents, &["diagnose", "a.yaml", "--json"]);
    assert_eq!(code, Some(0));
    let mut told: Value = serde_json::from_str(&text).unwrap();
    told["seconds"] = 0.into();
    snapshot("diagnose-json", &format!("{told:#}"));
    assert_eq!(fs::read_dir(&documents).unwrap().count(), 1);
}

#[test]
fn a_diagnosis_names_the_stages_that_did_not_run() {
    let folder = folder(&[("empty.yaml", EMPTY), ("broken.yaml", BROKEN)]);
    let documents = folder.path().join("documents");
    let mut all = String::new();
    for file in ["empty.yaml", "broken.yaml"] {
        let (code, text) = xtask(&documents, &["diagnose", file]);
        assert_eq!(code, Some(1));
        writeln!(all, "## {file}\n\n{text}").unwrap();
        let (_, json) = xtask(&documents, &["diagnose", file, "--json"]);
        let told: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(told["generated"], false);
        writeln!(all, "stopped at: {}\n", told["stopped_at"]).unwrap();
    }
    snapshot("diagnose-stopped", &all);
}

#[test]
fn a_report_as_json_has_lossless_changes_when_they_are_asked_for() {
    let folder = folder(&[("a.yaml", DOUBTFUL)]);
    let arguments = [
        "generate",
        "--spec",
        "documents/a.yaml",
        "--out",
        "out",
        "--crate",
        "a",
        "--json",
    ];
    let report = |more: &[&str]| -> Value {
        let (code, text) = xtask(folder.path(), &[&arguments, more].concat());
        assert_eq!((code, text.lines().count()), (Some(0), 1), "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let [few, all] = [report(&[]), report(&["--changes"])];
    let changes = |report: &Value| report["changes"].as_array().unwrap().clone();
    assert!(
        changes(&few)
            .iter()
            .all(|change| change["loss"].is_string())
    );
    assert_eq!(few["lossy"], changes(&few).len());
    let counted: u64 = all["rules"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(counted, changes(&all).len() as u64);
    assert!(changes(&all).len() > changes(&few).len());
    assert_eq!(few["rules"], all["rules"]);
    let problem = &few["problems"][0];
    for member in [
        "kind", "severity", "file", "line", "column", "pointer", "message",
    ] {
        assert!(!problem[member].is_null(), "{member} of {problem}");
    }
}
