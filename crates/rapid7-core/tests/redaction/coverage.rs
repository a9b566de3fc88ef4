//! Every public type, and every variant of every public enum, is among those that were shown.

use std::collections::BTreeSet;
use std::path::Path;

use crate::canary::Checked;
use crate::errors::show_refusals;
use crate::exports::Exports;
use crate::failures::show_failures;
use crate::lists::show_lists;
use crate::values::show_values;

/// Types of other crates. `Bytes` and `HeaderMap` do show what they hold: they are given to those who ask for the raw
/// body or the headers, and are part of no other public type's text.
const FOREIGN: [&str; 12] = [
    "Bytes",
    "HeaderMap",
    "Method",
    "StatusCode",
    // Traits, and derive macros.
    "Builder",
    "Deserialize",
    "Deserializer",
    "MapAccess",
    "Object",
    "OpenEnum",
    "Serialize",
    "Serializer",
];

/// A function pointer, and a `Result`: without text of their own.
const ALIASES: [&str; 2] = ["Decode", "Given"];

#[tokio::test]
async fn no_public_type_shows_a_secret() {
    let mut checked = Checked::default();
    show_values(&mut checked);
    show_failures(&mut checked).await;
    show_refusals(&mut checked).await;
    show_lists(&mut checked).await;
    checked.print();

    let exports = Exports::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let set = |names: &[&str]| {
        names
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(exports.foreign, set(&FOREIGN));
    assert_eq!(exports.aliases, set(&ALIASES));
    let exported: BTreeSet<_> = exports.types.keys().cloned().collect();
    assert_eq!(
        missing(&exported, &checked.types()),
        "",
        "public, and not shown here"
    );
    assert_eq!(
        missing(&checked.types(), &exported),
        "",
        "shown here, and not public"
    );
    for (name, variants) in exports
        .types
        .iter()
        .filter(|(_, variants)| !variants.is_empty())
    {
        let shown = checked.variants(name);
        assert_eq!(
            missing(variants, &shown),
            "",
            "variants of {name} that are not shown here"
        );
    }
}

/// Names that only the first set has.
fn missing(of: &BTreeSet<String>, from: &BTreeSet<String>) -> String {
    let names: Vec<_> = of.difference(from).map(String::as_str).collect();
    names.join(", ")
}

#[test]
fn the_exports_are_read() {
    let exports = Exports::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for (name, variant) in [
        ("Error", "Login"),
        ("CallEnd", "Dropped"),
        ("Paging", "PageQuery"),
    ] {
        assert!(exports.types[name].contains(variant), "{name}::{variant}");
    }
    for name in [
        "Connection",
        "Form",
        "Timestamp",
        "Flag",
        "UnexpectedStatus",
    ] {
        assert!(exports.types.contains_key(name), "{name}");
    }
    // Traits, functions and what is private.
    for name in ["RequestBody", "most_recognised", "Inner", "Scalar"] {
        assert!(!exports.types.contains_key(name), "{name}");
    }
}
