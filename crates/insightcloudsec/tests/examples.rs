//! The examples run against the mock, and their output fits a terminal.

#![cfg(all(feature = "v2", feature = "v3", feature = "v4"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Runs an example; its exit code and output.
fn run(name: &str) -> (Option<i32>, String) {
    let output = example(name).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
}

/// An example that `cargo test` has built beside this test, against the mock.
fn example(name: &str) -> Command {
    let path: PathBuf = env::current_exe()
        .unwrap()
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "not built; `cargo test -p insightcloudsec` builds the examples"
    );
    let mut command = Command::new(path);
    for variable in ["URL", "API_KEY", "USERNAME", "PASSWORD"] {
        command.env_remove(format!("INSIGHTCLOUDSEC_{variable}"));
    }
    command
}

fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn quickstart() {
    let (code, text) = run("quickstart");
    assert_eq!(code, Some(0));
    for title in [" cloud accounts", " insights", " resources, 10 shown"] {
        assert!(text.contains(title), "{text}");
    }
    fits(&text);
}

#[test]
fn findings() {
    let (code, text) = run("findings");
    assert_eq!(code, Some(0));
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert!(rows.len() > 10);
    assert!(
        rows.iter()
            .all(|row| row.iter().all(|cell| !cell.is_empty()))
    );
}

#[test]
fn users() {
    let (code, text) = run("users");
    assert_eq!(code, Some(0));
    assert!(text.contains("domain admin"), "{text}");
    fits(&text);
}

#[test]
fn iac_scan() {
    let (code, text) = run("iac_scan");
    assert_eq!(code, Some(1), "the sample fails");
    assert!(text.contains(": failed"), "{text}");
    fits(&text);
}

#[test]
fn errors() {
    let (code, text) = run("errors");
    assert_eq!(code, Some(0));
    for reaction in [
        "another key",
        "mend the program",
        "go on without it",
        "try again later",
    ] {
        assert!(text.contains(reaction), "{text}");
    }
    fits(&text);
}

/// An export of made-up resources to `file` of a folder.
fn export(folder: &Path, file: &str, options: &str) -> Command {
    let mut command = example("export_resources");
    command
        .arg(folder.join(file))
        .args(options.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn export_resources() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(&mut export(
        folder.path(),
        "all.csv",
        "--mock-resources 1200",
    ));
    let mut rows = csv::Reader::from_path(folder.path().join("all.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!((rows.len(), ids.len()), (1200, 1200));
    assert!(rows.iter().flatten().all(|cell| !cell.is_empty()));

    let options = "--mock-resources 1200 --type volume --json-lines";
    succeeds(&mut export(folder.path(), "volumes.jsonl", options));
    let lines = fs::read_to_string(folder.path().join("volumes.jsonl")).unwrap();
    let volumes = rows.iter().filter(|row| &row[2] == "volume");
    let exported: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids = exported
        .iter()
        .map(|one| one["volume"]["common"]["resource_id"].as_str().unwrap());
    assert!(ids.eq(volumes.map(|row| &row[0])));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn an_export_that_is_killed_is_taken_up_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (file, options) in [
        ("a.csv", "--mock-resources 6000"),
        ("a.jsonl", "--mock-resources 6000 --json-lines"),
    ] {
        let whole = format!("whole-{file}");
        succeeds(&mut export(folder.path(), &whole, options));

        let saved = path(&format!("{file}.checkpoint"));
        let mut child = export(folder.path(), file, options).spawn().unwrap();
        while !saved.exists() {
            assert!(child.try_wait().unwrap().is_none(), "ended before it saved");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(saved.exists(), "not killed in the middle");
        // As if it had been killed amid a row after the place that it saved.
        let mut rows = OpenOptions::new().append(true).open(path(file)).unwrap();
        rows.write_all(b"half a r").unwrap();

        let other = "--mock-resources 6000 --type instance";
        let refused = export(folder.path(), file, other).output().unwrap();
        assert!(!refused.status.success(), "of another export");

        let said = succeeds(&mut export(folder.path(), file, options));
        assert!(said.contains("going on after "), "{said}");
        assert!(said.contains("6000 resources in "), "{said}");
        assert!(!saved.exists());
        let (resumed, whole) = (fs::read(path(file)), fs::read(path(&whole)));
        assert!(resumed.unwrap() == whole.unwrap(), "{file} differs");
    }
}
