//! The public surface of the generated crates, line by line: what a release would break shows in a diff here.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use tests::specs::{CRATES, entries, key, workspace};
use tests::surface::Surface;
use xtask::diff::surface::Owner;
use xtask::write::FileSet;

fn snapshot(crate_name: &str) {
    let text = format!("{}\n{}", Surface::of(crate_name), features(crate_name));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(crate_name, text);
    });
}

/// A line for each feature: how many types it compiles, and its operations.
fn features(crate_name: &str) -> String {
    let folder = workspace().join("crates").join(crate_name);
    let folder = folder.join("src/generated");
    let mut files = FileSet::default();
    add_files(&folder, Path::new(""), &mut files);
    let surface = xtask::diff::surface::Surface::read(&files).unwrap();
    let mut text = String::new();
    for feature in &surface.features {
        let has =
            |owner: &Owner| owner.features.is_empty() || owner.features.contains(feature.as_str());
        let operations = surface.operations.iter().filter(|(_, owner)| has(owner));
        let operations: Vec<&str> = operations.map(|(name, _)| name.as_str()).collect();
        let types = surface.types.values().filter(|owner| has(owner)).count();
        writeln!(
            text,
            "feature {feature}: {types} types, {}",
            operations.join(" ")
        )
        .unwrap();
    }
    text
}

fn add_files(folder: &Path, path: &Path, files: &mut FileSet) {
    for entry in std::fs::read_dir(folder.join(path)).unwrap() {
        let entry = entry.unwrap();
        let path = path.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            add_files(folder, &path, files);
        } else {
            files.insert(
                path.clone(),
                std::fs::read_to_string(folder.join(path)).unwrap(),
            );
        }
    }
}

#[test]
fn manifests_have_the_features_of_the_code() {
    for crate_name in CRATES {
        let manifest = |name: &str| -> toml::Table {
            let path = workspace().join("crates").join(name).join("Cargo.toml");
            std::fs::read_to_string(path).unwrap().parse().unwrap()
        };
        let features = manifest(crate_name)["features"].as_table().unwrap().clone();
        let full = features["full"].as_array().unwrap();
        let full: Vec<&str> = full.iter().map(|name| name.as_str().unwrap()).collect();
        let lines = self::features(crate_name);
        let code = lines.lines().map(|line| {
            let (name, _) = line.split_once(':').unwrap();
            name.strip_prefix("feature ").unwrap()
        });
        assert_eq!(full, code.collect::<Vec<_>>(), "{crate_name}");
        let facade = manifest("insightcloudsec");
        let facade = facade["features"].as_table().unwrap();
        let version = crate_name.rsplit('-').next().unwrap();
        let handed_on = facade.iter().filter_map(|(name, turns_on)| {
            let tag = name.strip_prefix(version)?.strip_prefix('-')?;
            let expected = format!("{crate_name}/{tag}");
            assert_eq!(turns_on.as_array().unwrap()[0].as_str().unwrap(), expected);
            Some(tag)
        });
        assert_eq!(
            handed_on.collect::<BTreeSet<_>>(),
            full.into_iter().collect()
        );
    }
}

#[test]
fn surface_of_v2_is_as_reviewed() {
    snapshot("insightcloudsec-v2");
}

#[test]
fn surface_of_v3_is_as_reviewed() {
    snapshot("insightcloudsec-v3");
}

#[test]
fn surface_of_v4_is_as_reviewed() {
    snapshot("insightcloudsec-v4");
}

/// Method and path of every line of a snapshot that is about an operation.
fn operations_in_snapshot(crate_name: &str) -> BTreeSet<String> {
    let path = format!(
        "{}/tests/snapshots/{crate_name}.snap",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.splitn(3, "---\n").nth(2).unwrap();
    let operations = body.lines().take_while(|line| !line.is_empty());
    let operations = operations.filter(|line| !line.contains(".items -> "));
    let found = operations.map(|line| {
        let (method, path) = line
            .split("  ")
            .nth(1)
            .and_then(|call| call.split_once(' '))
            .unwrap();
        key(method, path)
    });
    found.collect()
}

#[test]
fn every_known_operation_is_in_a_snapshot() {
    let mut total = 0;
    let mut found = 0;
    for crate_name in CRATES {
        let known: BTreeSet<String> = entries(crate_name)
            .into_iter()
            .map(|entry| entry.key)
            .collect();
        let shown = operations_in_snapshot(crate_name);
        assert_eq!(
            known.symmetric_difference(&shown).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{crate_name}"
        );
        total += known.len();
        found += known.intersection(&shown).count();
    }
    println!("{found} of {total}");
    assert_eq!((found, total), (207, 207));
}

#[test]
fn methods_have_the_names_of_operations_toml() {
    for crate_name in CRATES {
        let surface = Surface::of(crate_name);
        for entry in entries(crate_name) {
            let operation = surface
                .operations
                .get(&entry.name)
                .map(|operation| key(&operation.method, &operation.path));
            assert_eq!(operation, Some(entry.key), "{}", entry.name);
        }
    }
}
