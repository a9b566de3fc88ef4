//! A feature for each tag: its name, and what it compiles.

use super::support::{Code, body, document, empty, to};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use xtask::diff::compare::{Difference, Subject};
use xtask::diff::findings;
use xtask::diff::surface::{Part, Surface};
use xtask::diff::verdict::Bump;
use xtask::package::features::{of_client, of_facade, set};
use xtask::schema::{Place, operations, schemas_of};
use xtask::usage::{reachable, references};

/// An operation with this tag, where it has one, that takes and gives these types.
fn operation(tag: Option<&str>, takes: Option<&str>, gives: &[&str]) -> Value {
    let mut responses = Map::new();
    responses.insert("default".to_owned(), body(&to("Problem")));
    responses.insert("204".to_owned(), empty());
    for (index, name) in gives.iter().enumerate() {
        responses.insert((200 + index).to_string(), body(&to(name)));
    }
    let mut operation = json!({ "responses": responses });
    if let Some(tag) = tag {
        operation["tags"] = json!([tag]);
    }
    if let Some(name) = takes {
        operation["requestBody"] = body(&to(name));
    }
    json!({ "post": operation })
}

/// Tags with odd names, and types that one, some and all of them use.
pub(crate) fn overlapping() -> Value {
    let object = |members: Value| json!({ "type": "object", "properties": members });
    let text = json!({ "type": "string" });
    document(
        &json!({
            "/a": operation(Some("Clouds"), None, &["Cloud"]),
            "/b": operation(Some("clouds"), Some("Filter"), &["Badge"]),
            "/c": operation(Some("2FA"), Some("Node"), &[]),
            "/d": operation(Some("full"), Some("Cloud"), &["Badge", "Shape"]),
            "/e": operation(Some("Default"), None, &["Filter"]),
            "/f": operation(None, None, &["Own"]),
            "/g": operation(Some("Über/Blick"), None, &["Node", "Kind"]),
            "/h": operation(Some("types"), None, &[]),
            "/i": operation(Some("shared"), Some("Shape"), &["Shape"]),
            "/j": operation(Some("Clouds"), Some("Shared"), &["Shared"]),
            "/k": operation(Some("shared"), None, &["Shared"]),
        }),
        &json!({
            "Badge": object(json!({ "kind": to("Kind") })),
            "Cloud": object(json!({ "badges": { "type": "array", "items": to("Badge") }, "name": text })),
            "Filter": object(json!({ "field": text, "kind": to("Kind") })),
            "Kind": { "type": "string", "enum": ["a", "b"] },
            "Node": object(json!({ "next": to("Node"), "leaf": to("Leaf") })),
            "Leaf": object(json!({ "node": to("Node") })),
            "Own": object(json!({ "x": text })),
            "Problem": object(json!({ "message": text })),
            "Shape": { "oneOf": [to("Circle"), to("Square")] },
            "Circle": object(json!({ "radius": { "type": "number" } })),
            "Square": object(json!({ "side": { "type": "number" } })),
            "Shared": object(json!({ "mod": text })),
        }),
    )
}

/// A tag whose methods alone are too long for one file, and a tag that is called like the next one.
pub(crate) fn wide() -> Value {
    let mut paths = Map::new();
    for number in 0..600 {
        let path = format!("/things/{number}");
        paths.insert(path, operation(Some("Things"), None, &[]));
    }
    paths.insert("/2".to_owned(), operation(Some("Things 2"), None, &["Own"]));
    let object = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    document(
        &Value::Object(paths),
        &json!({ "Problem": object, "Own": object }),
    )
}

#[test]
fn a_long_file_goes_on_in_others_of_the_same_feature() {
    let code = Code::of(&wide());
    let root = code.file("mod.rs");
    let files = code.output.files.0.keys();
    let parts: Vec<&str> = files
        .filter_map(|path| path.to_str()?.strip_suffix(".rs"))
        .filter(|name| name.starts_with("things"))
        .collect();
    assert!(parts.len() > 2, "{parts:?}");
    for part in &parts {
        let feature = if *part == "things_2" {
            "things-2"
        } else {
            "things"
        };
        let line = format!("#[cfg(feature = \"{feature}\")]\nmod {part};\n");
        assert!(root.contains(&line), "{root}");
    }
    assert!(code.file("things_2.rs").contains("pub struct Post2<"));
}

/// The features of the document with odd names.
const FEATURES: [&str; 9] = [
    "ber-blick",
    "clouds",
    "clouds2",
    "default-tag",
    "default-tag2",
    "full-tag",
    "n2fa",
    "shared",
    "types",
];

#[test]
fn features_are_called_like_tags() {
    let api = Code::of(&overlapping()).output.api;
    assert_eq!(api.features(), FEATURES);
    let client = of_client(&api);
    assert_eq!(client[0], ("default".to_owned(), vec!["full".to_owned()]));
    assert_eq!(
        client[1],
        ("full".to_owned(), FEATURES.map(str::to_owned).into())
    );
    let of_facade = of_facade("tiny", "tiny-v7", &api);
    assert_eq!(
        of_facade[1],
        ("v7-clouds".to_owned(), vec!["tiny-v7/clouds".to_owned()])
    );
    let manifest: toml::Table = set("", "tiny", &client).unwrap().parse().unwrap();
    assert_eq!(manifest["features"].as_table().unwrap().len(), client.len());
}

/// The named schemas that the operations of each feature reach from these places, by the document.
fn reached(code: &Code, wanted: fn(&Place) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let output = &code.output;
    let mut starts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations(&output.normalized) {
        let key = format!("{} {}", operation.method.to_uppercase(), operation.path);
        let same =
            |known: &&xtask::model::Operation| format!("{} {}", known.method, known.path) == key;
        let known = output.api.operations.iter().find(same).unwrap();
        let feature = output.api.tags[known.tag].feature.clone();
        let start = starts.entry(feature).or_default();
        let schemas = schemas_of(operation.value);
        start.extend(
            schemas
                .into_iter()
                .filter(|(place, ..)| wanted(place))
                .flat_map(|(.., schema)| references(schema)),
        );
    }
    starts
        .into_iter()
        .map(|(feature, start)| (feature, reachable(&output.normalized, start)))
        .collect()
}

#[test]
fn a_feature_compiles_the_types_that_its_operations_reach_and_no_others() {
    let code = Code::of(&overlapping());
    let surface = Surface::read(&code.output.files).unwrap();
    let features: Vec<&String> = surface.features.iter().collect();
    assert_eq!(features, FEATURES.each_ref());
    let reached = reached(&code, |_| true);
    for feature in FEATURES {
        let compiled: BTreeSet<&String> = surface
            .types
            .iter()
            .filter(|(_, owner)| owner.features.is_empty() || owner.features.contains(feature))
            .map(|(name, _)| name)
            // Made for the answers of one operation.
            .filter(|name| !name.ends_with("Answer"))
            .collect();
        assert_eq!(compiled, reached[feature].iter().collect(), "{feature}");
    }
    // What all need is there in any case; all else belongs to somebody.
    let always: Vec<&String> = surface
        .types
        .iter()
        .filter(|(_, owner)| owner.features.is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(always, ["Problem"]);
}

#[test]
fn a_feature_compiles_the_builders_of_what_its_requests_hold_and_no_others() {
    let code = Code::of(&overlapping());
    let surface = Surface::read(&code.output.files).unwrap();
    let built: BTreeMap<&String, &BTreeSet<String>> = surface
        .types
        .iter()
        .filter_map(|(name, owner)| Some((name, owner.builder_features.as_ref()?)))
        .collect();
    let requested = reached(&code, Place::is_request);
    for feature in FEATURES {
        let compiled: BTreeSet<&String> = built
            .iter()
            .filter(|(_, features)| features.contains(feature))
            .map(|(name, _)| *name)
            .collect();
        // `Kind` and `Shape` are enums.
        let held = requested[feature].iter();
        let held = held.filter(|name| !["Kind", "Shape"].contains(&name.as_str()));
        assert_eq!(compiled, held.collect(), "{feature}");
    }
    // `Clouds` only answers with it.
    assert!(surface.types["Cloud"].features.contains("clouds"));
    assert_eq!(built[&"Cloud".to_owned()], &["full-tag".to_owned()].into());
}

#[test]
fn a_builder_that_comes_with_fewer_features_breaks_callers() {
    let surface = |document: &Value| Surface::read(&Code::of(document).output.files).unwrap();
    let mut other = overlapping();
    other["paths"]["/a"]["post"]["requestBody"] = body(&to("Cloud"));
    let (answers, takes_too) = (surface(&overlapping()), surface(&other));
    let said = |old: &Surface, new: &Surface| {
        let found = findings(old, new).into_iter().find_map(|finding| {
            let Difference::Changed { part, old, new } = &finding.change.difference else {
                return None;
            };
            let is_it = *part == Part::BuilderFeatures
                && finding.change.subject == Subject::Type("Cloud".to_owned());
            is_it.then(|| {
                (
                    old.signature.clone(),
                    new.signature.clone(),
                    finding.verdict.bump,
                )
            })
        });
        found.unwrap()
    };
    let (one, two) = ("full-tag".to_owned(), "clouds, full-tag".to_owned());
    let expected = (one.clone(), two.clone(), Bump::Minor);
    assert_eq!(said(&answers, &takes_too), expected);
    assert_eq!(said(&takes_too, &answers), (two, one, Bump::Major));
    assert_eq!(findings(&answers, &answers), []);
}

#[test]
fn types_of_one_set_of_features_share_a_file() {
    let code = Code::of(&overlapping());
    let file = |types: &[&str]| {
        let files = &code.output.files.0;
        let holds = |text: &&String, name: &str| {
            let declared = |kind| text.contains(&format!("pub {kind} {name} "));
            declared("struct") || declared("enum")
        };
        let mut found = files.iter().filter(|(path, text)| {
            path.starts_with("types")
                && !path.starts_with("types/builder")
                && types.iter().all(|name| holds(text, name))
        });
        let path = found.next().map(|(path, _)| path.to_string_lossy());
        path.unwrap_or_default().into_owned()
    };
    assert_eq!(file(&["Own"]), "types/default2.rs");
    assert_eq!(file(&["Node", "Leaf"]), "types/shared/leaf.rs");
    assert_eq!(
        file(&["Circle", "Square", "Shape"]),
        "types/shared/circle.rs"
    );
    assert_eq!(file(&["Cloud"]), "types/shared/cloud.rs");
    assert_eq!(file(&["Cloud", "Badge"]), "");
    let types = code.file("types/shared/mod.rs");
    assert!(
        types.contains("#[cfg(any(feature = \"ber-blick\", feature = \"n2fa\"))]\nmod leaf;\n"),
        "{types}"
    );
    assert!(types.contains("\nmod problem;\n"), "{types}");
}

#[test]
fn the_table_is_by_tag_in_the_order_of_the_document() {
    let code = Code::of(&overlapping());
    let table = code.file("operations/mod.rs");
    let at = |module: &str| table.find(&format!("{module}::OPERATIONS")).unwrap();
    assert!(at("    clouds") < at("clouds2"), "{table}");
    assert!(
        table.contains("#[cfg(feature = \"n2fa\")]\n    n2fa::OPERATIONS,\n"),
        "{table}"
    );
    let own = code.file("operations/clouds.rs");
    assert!(
        own.contains("pub(super) const OPERATIONS: &[&Operation] = &["),
        "{own}"
    );
}
