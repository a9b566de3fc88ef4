//! The examples run against the mock, and their output fits a terminal.

#![cfg(all(feature = "v2", feature = "v3", feature = "v4"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Runs an example that `cargo test` has built beside this test; its exit code and output.
fn run(name: &str) -> (Option<i32>, String) {
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
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
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
