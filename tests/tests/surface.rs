//! The public surface of the generated crates, line by line: what a release would break shows in a diff here.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use std::collections::BTreeSet;
use tests::specs::{CRATES, entries, key};
use tests::surface::Surface;

fn snapshot(crate_name: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(crate_name, Surface::of(crate_name).to_string());
    });
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
