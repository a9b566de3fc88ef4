//! Generated crates really compile, without a warning, against the runtime of this workspace.

use super::support::Code;
use super::{
    answers, features, forms, paging, prose, requests, security, set_aside, types, values,
};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::package::features::{of_client, set};

/// The documents that together hold every construct of these tests, each with a name for its crate.
pub(crate) fn documents() -> Vec<(&'static str, Value)> {
    vec![
        ("answers", answers::everything()),
        ("parameters", requests::parameters()),
        ("parameter-names", requests::names()),
        ("bodies", requests::bodies()),
        ("forms", forms::everything()),
        ("secrets", requests::secrets()),
        ("shared", types::shared()),
        ("keyed", types::keyed()),
        ("names", types::names()),
        ("nullable", types::nullable()),
        ("recursive", types::recursive()),
        ("prose", prose::traps()),
        ("two-keys", security::two_keys()),
        ("webhooks", set_aside::webhooks()),
        ("values", values::everything()),
        ("features", features::overlapping()),
        ("wide", features::wide()),
    ]
}

#[test]
fn crates_compile_without_warnings() {
    let mut crates: Vec<(&str, Code)> = documents()
        .into_iter()
        .map(|(name, document)| (name, Code::of(&document)))
        .collect();
    crates.push(("paging", paging::every_style()));
    check("crates", &crates);
}

#[test]
fn each_feature_alone_and_none_compile_without_warnings() {
    let code = Code::of(&features::overlapping());
    let all = code.output.api.features();
    let root = check("by-feature", &[("by-feature", code)]);
    cargo_check(&root, &["--no-default-features"]);
    for feature in all {
        cargo_check(&root, &["--no-default-features", "--features", &feature]);
    }
}

/// Checks crates of this code, each with a name, all in one run of `cargo check`; gives their folder.
fn check(folder: &str, crates: &[(&str, Code)]) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap();
    // The same folder each time, so that cargo finds its earlier work.
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&root);
    write(&root.join("Cargo.toml"), &manifest(&workspace));
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    for (name, code) in crates {
        let folder = root.join(name);
        let features = of_client(&code.output.api);
        let manifest = set(&member(name), name, &features).unwrap();
        write(&folder.join("Cargo.toml"), &manifest);
        write(&folder.join("src/lib.rs"), LIB);
        for (path, text) in &code.output.files.0 {
            write(&folder.join("src/generated").join(path), text);
        }
    }
    cargo_check(&root, &["--workspace", "--keep-going"]);
    root
}

fn cargo_check(root: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet"])
        .args(arguments)
        .current_dir(root)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"),
        )
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {log}");
}

const LIB: &str = "\
#![doc = include_str!(\"generated/docs.md\")]
#[allow(missing_docs)]
mod generated;
pub use generated::{AUTH, Client, OPERATIONS, SPECIFICATION, builder, operations, types};
";

fn manifest(workspace: &Path) -> String {
    format!(
        r#"[workspace]
resolver = "3"
members = ["*"]

[workspace.dependencies]
rapid7-core = {{ path = {core} }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"

[workspace.lints.rust]
warnings = "deny"

[profile.dev]
debug = false
"#,
        core = Value::from(workspace.join("crates/rapid7-core").display().to_string()),
    )
}

fn member(name: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
edition = "2024"

[dependencies]
rapid7-core.workspace = true
serde.workspace = true
serde_json.workspace = true

[lints]
workspace = true
"#
    )
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
