//! Every rule of [`normalize::RULES`](xtask::normalize::RULES): what it makes of small documents, what it says about
//! it, and that a second run finds nothing left to do.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xtask::folder::SpecFolder;
use xtask::normalize::{Facts, RULES, Rule, check_switches, normalize};

mod rules {
    pub(crate) mod case;

    pub(crate) mod aliases;
    pub(crate) mod all_of;
    pub(crate) mod answers;
    pub(crate) mod authentication;
    pub(crate) mod cycles;
    pub(crate) mod directions;
    pub(crate) mod enums;
    pub(crate) mod formats;
    pub(crate) mod media_types;
    pub(crate) mod multipart;
    pub(crate) mod nullable;
    pub(crate) mod path_parameters;
    pub(crate) mod references;
    pub(crate) mod scalars;
    pub(crate) mod secrets;
    pub(crate) mod shapes;
    pub(crate) mod type_names;
    pub(crate) mod unions;
}

use rules::case::{Case, Table, document, to};
use rules::{
    aliases, all_of, answers, authentication, cycles, directions, enums, formats, media_types,
    multipart, nullable, path_parameters, references, scalars, secrets, shapes, type_names, unions,
};

/// The cases of each rule, in the order in which the rules run.
const TABLES: &[(&str, Table)] = &[
    ("references", references::cases),
    ("authentication", authentication::cases),
    ("path_parameters", path_parameters::cases),
    ("media_types", media_types::cases),
    ("shapes", shapes::cases),
    ("enums", enums::cases),
    ("cycles", cycles::cases),
    ("all_of", all_of::cases),
    ("unions", unions::cases),
    ("scalars", scalars::cases),
    ("aliases", aliases::cases),
    ("nullable", nullable::cases),
    ("multipart", multipart::cases),
    ("secrets", secrets::cases),
    ("directions", directions::cases),
    ("answers", answers::cases),
    ("formats", formats::cases),
    ("type_names", type_names::cases),
];

fn rule(name: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.name == name).unwrap()
}

/// The committed specification folders.
fn folders() -> Vec<SpecFolder> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(specs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| SpecFolder::open(path).unwrap())
        .collect()
}

/// What a second run of a rule still does to a document, which should be nothing.
fn unsettled(rule: &Rule, document: &Value, facts: Facts<'_>) -> Option<String> {
    let mut again = document.clone();
    let changes = (rule.apply)(&mut again, facts);
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if !changes.is_empty() {
        return Some(format!("a second run reports {changes:#?}"));
    }
    (again != *document).then(|| format!("a second run makes of it {again:#}"))
}

/// What differs from the case.
fn fault(rule: &Rule, case: &Case) -> Option<String> {
    let mut document = case.before.clone();
    let changes = (rule.apply)(&mut document, case.facts());
    if document != case.after {
        return Some(format!("got\n{document:#}\ninstead of\n{:#}", case.after));
    }
    let texts: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if texts != case.changes {
        return Some(format!("reports {texts:#?} instead of {:#?}", case.changes));
    }
    if changes.iter().any(|change| change.rule != rule.name) {
        return Some("a change names another rule".to_owned());
    }
    unsettled(rule, &document, case.facts())
}

#[test]
fn every_rule_has_a_table() {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let tables: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        rules, tables,
        "a rule needs a table, in the order of the rules"
    );
    for (name, cases) in TABLES {
        let cases = cases();
        assert!(
            cases.iter().any(|case| !case.changes.is_empty()),
            "{name}: no case in which it does something"
        );
        assert!(
            cases.iter().any(|case| case.changes.is_empty()),
            "{name}: no case that it leaves alone"
        );
    }
}

#[test]
fn rules_turn_before_into_after() {
    let mut faults = Vec::new();
    for (name, cases) in TABLES {
        for case in cases() {
            let fault = fault(rule(name), &case);
            faults.extend(fault.map(|fault| format!("{name}: {}: {fault}", case.name)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_rule_alone_settles_on_the_committed_documents() {
    for folder in folders() {
        let facts = Facts {
            operations: &folder.operations,
            types: &folder.types,
        };
        for rule in RULES {
            let mut document = folder.document.root.clone();
            (rule.apply)(&mut document, facts);
            let what = format!("{}: {}", folder.api.crate_name, rule.name);
            assert_eq!(unsettled(rule, &document, facts), None, "{what}");
        }
    }
}

#[test]
fn no_rule_has_anything_to_do_after_all_have_run() {
    for folder in folders() {
        let facts = Facts {
            operations: &folder.operations,
            types: &folder.types,
        };
        let mut document = folder.document.root.clone();
        normalize(&mut document, facts, &BTreeMap::new());
        for rule in RULES {
            let what = format!("{}: {} after all", folder.api.crate_name, rule.name);
            assert_eq!(unsettled(rule, &document, facts), None, "{what}");
        }
    }
}

#[test]
fn rules_survive_values_of_any_type() {
    let odd = [
        Value::Null,
        Value::Bool(true),
        Value::from(1),
        Value::from("text"),
        serde_json::json!([]),
        serde_json::json!({}),
    ];
    for (name, cases) in TABLES {
        for case in cases() {
            for pointer in pointers(&case.before) {
                for value in &odd {
                    let mut document = case.before.clone();
                    if let Some(place) = document.pointer_mut(&pointer) {
                        *place = value.clone();
                    }
                    (rule(name).apply)(&mut document, case.facts());
                }
            }
        }
    }
}

/// The pointer of every value inside a document.
fn pointers(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut queue = vec![(String::new(), document)];
    while let Some((pointer, value)) = queue.pop() {
        match value {
            Value::Object(members) => queue.extend(members.iter().map(|(name, member)| {
                let segment = xtask::schema::escape(name);
                (format!("{pointer}/{segment}"), member)
            })),
            Value::Array(items) => queue.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| (format!("{pointer}/{index}"), item)),
            ),
            _ => {}
        }
        found.push(pointer);
    }
    found
}

#[test]
fn a_switched_off_rule_does_not_run() {
    for rule in RULES.iter().filter(|rule| !rule.needed) {
        let (name, cases) = TABLES.iter().find(|(name, _)| *name == rule.name).unwrap();
        // Rules before it may leave nothing of some cases.
        let applied = |switches: &BTreeMap<String, bool>| {
            cases().into_iter().any(|case| {
                let changes = normalize(&mut case.before.clone(), case.facts(), switches);
                changes.iter().any(|change| change.rule == *name)
            })
        };
        assert!(applied(&BTreeMap::new()), "{name}");
        let off = BTreeMap::from([((*name).to_owned(), false)]);
        assert!(!applied(&off), "{name} is switched off");
    }
}

#[test]
fn parts_that_share_parts_do_not_double_with_each_level() {
    const LEVELS: usize = 60;
    let schemas = (0..LEVELS).map(|level| {
        let next = to(&format!("L{}", level + 1));
        let parts = serde_json::json!({ "allOf": [next, next], "oneOf": [next, next] });
        (format!("L{level}"), parts)
    });
    let before = document(&serde_json::json!({}), &Value::Object(schemas.collect()));
    let case = Case::unchanged("levels", before);
    normalize(&mut case.before.clone(), case.facts(), &BTreeMap::new());
}

#[test]
fn named_lists_of_named_lists_are_not_written_out_without_bound() {
    const LEVELS: usize = 300;
    let schemas = (0..LEVELS).map(|level| {
        let next = to(&format!("L{}", level + 1));
        let list = serde_json::json!({ "type": "array", "items": next });
        (format!("L{level}"), list)
    });
    let before = document(&serde_json::json!({}), &Value::Object(schemas.collect()));
    let case = Case::unchanged("levels", before);
    let aliases = rule("aliases");
    let mut document = case.before.clone();
    (aliases.apply)(&mut document, case.facts());
    let deepest = pointers(&document)
        .iter()
        .map(|pointer| pointer.matches("/items").count())
        .max();
    assert_eq!(deepest, Some(33), "32 levels inside of a named one");
    assert_eq!(unsettled(aliases, &document, case.facts()), None);
}

#[test]
fn only_a_rule_that_nothing_needs_can_be_switched() {
    for rule in RULES {
        let problems = check_switches(&BTreeMap::from([(rule.name.to_owned(), false)]));
        assert_eq!(problems.is_empty(), !rule.needed, "{}", rule.name);
    }
    let problems = check_switches(&BTreeMap::from([("enum".to_owned(), false)]));
    assert_eq!(
        problems[0].message,
        "`[rules]` names `enum`, which is no rule that can be switched"
    );
}
