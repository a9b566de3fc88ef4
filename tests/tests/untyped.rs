//! Members that are any JSON value: each is in a table with the reason, so that none comes or goes unseen.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use std::collections::{BTreeMap, BTreeSet};
use tests::specs::CRATES;
use tests::surface::{Shape, Surface};

/// Kinds of reasons, as `untyped.toml` explains them.
const REASONS: [&str; 3] = ["free-form", "undocumented", "differs"];

/// What no document lists: the further members of objects.
const FURTHER: [&str; 2] = ["extra", "others"];

/// All members of a crate's structs, and those that hold any JSON value at some depth.
fn members(crate_name: &str) -> (usize, BTreeSet<String>) {
    let surface = Surface::of(crate_name);
    assert!(
        !surface.types.contains_key("Value"),
        "a type of this name hides what is any value"
    );
    let mut all = 0;
    let mut untyped = BTreeSet::new();
    for (name, definition) in &surface.types {
        let Shape::Struct(members) = &definition.shape else {
            continue;
        };
        for member in members {
            let further = FURTHER.contains(&member.name.as_str()) && member.type_.name == "Map";
            if further {
                continue;
            }
            all += 1;
            if member.type_.names().contains(&"Value") {
                untyped.insert(format!("{name}.{}", member.name));
            }
        }
    }
    (all, untyped)
}

#[test]
fn what_is_any_value_has_a_reason() {
    let text = include_str!("untyped.toml");
    let table: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text).unwrap();
    let mut all = 0;
    let mut untyped = 0;
    for crate_name in CRATES {
        let (count, found) = members(crate_name);
        let known = table.get(crate_name).cloned().unwrap_or_default();
        for (member, reason) in &known {
            assert!(
                REASONS.contains(&reason.as_str()),
                "{member}: no reason is called {reason}"
            );
        }
        let known: BTreeSet<String> = known.into_keys().collect();
        assert_eq!(found, known, "{crate_name}: members and untyped.toml");
        println!("{crate_name}: {} of {count} members", found.len());
        all += count;
        untyped += found.len();
    }
    println!("{untyped} of {all} members are any JSON value");
    // One in fifty.
    assert!(untyped * 50 <= all, "{untyped} of {all} members");
}
