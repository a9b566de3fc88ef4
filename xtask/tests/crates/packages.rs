//! What is published: each package holds the texts of the licences that its manifest names.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(workspace())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn packages_carry_the_texts_of_their_licences() {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    // An empty list of registries is `publish = false`.
    let published = packages
        .iter()
        .filter(|package| package["publish"].is_null());
    let mut names = Vec::new();
    for package in published {
        let name = package["name"].as_str().unwrap();
        assert_eq!(package["license"], "MIT OR Apache-2.0", "{name}");
        let listed = cargo(&["package", "--list", "--allow-dirty", "--package", name]);
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        for licence in LICENCES {
            assert!(
                listed.lines().any(|line| line == licence),
                "{name}: {licence}"
            );
            let copy = manifest.with_file_name(licence);
            // A link would be checked out as a text file where there are none.
            assert!(
                copy.symlink_metadata().unwrap().is_file(),
                "{name}: {licence}"
            );
            let [copy, original] =
                [copy, workspace().join(licence)].map(|path| fs::read(path).unwrap());
            assert!(
                copy == original,
                "{name}: {licence} is not that of the workspace"
            );
        }
        names.push(name);
    }
    assert!(
        names.contains(&"rapid7-core") && names.contains(&"insightcloudsec"),
        "{names:?}"
    );
}
