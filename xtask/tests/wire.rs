//! What goes over the wire: crates generated from made-up documents call a server that keeps the raw requests.
//!
//! The documents in `wire/` have one operation for each point, and the program in `wire/driver/` calls every one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::load;
use xtask::schema::{METHODS, operations};
use xtask::tasks::generate::{Arguments, generate};

/// Each document, which is also the name of its crate's folder.
const DOCUMENTS: [&str; 6] = [
    "swagger20",
    "openapi30",
    "openapi31",
    "forms",
    "basic",
    "cookie",
];

#[test]
fn requests_are_what_the_documents_prescribe() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire");
    // The same folder each time, so that cargo finds its earlier work.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire");
    let mut count = 0;
    for name in DOCUMENTS {
        let spec = here.join(name).with_extension("yaml");
        write_crate(&spec, &folder.join(name), name);
        count += count_operations(&load::load(&spec).unwrap().root);
    }
    write_driver(&here.join("driver"), &folder.join("driver"));
    let printed = run(&folder.join("driver"));
    let last = printed.lines().last().unwrap_or_default();
    assert_eq!(last, format!("wire: {count} of {count} operations"));
}

/// Operations of a document as it stands, those of shared path items too.
fn count_operations(root: &Value) -> usize {
    let items = root["paths"].as_object().unwrap().values();
    let shared = items
        .filter_map(|item| item.get("$ref")?.as_str()?.strip_prefix('#'))
        .flat_map(|pointer| root.pointer(pointer).unwrap().as_object().unwrap().keys())
        .filter(|key| METHODS.contains(&key.as_str()));
    operations(root).len() + shared.count()
}

/// Generates a crate as a user would. Manifest and `lib.rs` of an earlier run would stay.
fn write_crate(spec: &Path, out: &Path, name: &str) {
    let _ = fs::remove_dir_all(out);
    let arguments = Arguments {
        accept_stale: false,
        json: false,
        root: None,
        check: false,
        api: Vec::new(),
        changes: false,
        spec: Some(spec.to_owned()),
        out: Some(out.to_owned()),
        crate_name: Some(format!("wire-{name}")),
        core: None,
    };
    let mut report = Vec::new();
    generate(&arguments, &mut report).unwrap();
    let report = String::from_utf8(report).unwrap();
    let last = report.lines().last().unwrap_or_default();
    assert!(last.ends_with(" 0 skipped"), "{report}");
}

fn write_driver(from: &Path, to: &Path) {
    let workspace = workspace();
    let core = workspace.join("crates/rapid7-core").display().to_string();
    let manifest = fs::read_to_string(from.join("Cargo.toml.template")).unwrap();
    let manifest = manifest.replace("{core}", &Value::from(core).to_string());
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to.join("src")).unwrap();
    fs::write(to.join("Cargo.toml"), manifest).unwrap();
    // With the versions of the workspace there is nothing to look up.
    fs::copy(workspace.join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
    for file in fs::read_dir(from.join("src")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join("src").join(file.file_name())).unwrap();
    }
}

/// Builds and runs the driver; gives what it printed.
fn run(driver: &Path) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(driver)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"),
        )
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}{stderr}");
    stdout
}

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}
