//! `#[derive(Object)]` and `#[derive(OpenEnum)]`, beside what serde's own derives make of the same JSON.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use rapid7_core::{Object, OpenEnum, StatusCode, decode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Default, PartialEq, Object)]
struct Bot {
    id: i64,
    name: Option<String>,
    #[wire(rename = "type")]
    kind: Option<String>,
    #[wire(required)]
    owner: Option<String>,
    scopes: Vec<String>,
    #[wire(default)]
    badges: Vec<i64>,
    #[wire(default, rename = "counts-by-region")]
    counts: BTreeMap<String, i64>,
    parent: Option<Box<Bot>>,
    r#match: Option<bool>,
}

/// The same in serde's terms.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Plain {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    owner: Option<String>,
    scopes: Vec<String>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    badges: Vec<i64>,
    #[serde(
        default,
        rename = "counts-by-region",
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "or_default"
    )]
    counts: BTreeMap<String, i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Box<Plain>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#match: Option<bool>,
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[derive(Debug, PartialEq, Object)]
struct Open {
    name: Option<String>,
    #[wire(further)]
    extra: Map<String, Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct PlainOpen {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Debug, PartialEq, Object)]
struct Counts {
    name: Option<String>,
    #[wire(further)]
    counts: BTreeMap<String, u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Object)]
struct Nothing {}

/// Members of a bot, right and wrong ones, missing ones and others.
fn object() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|is| json!(is)),
        "[a-z]{0,4}".prop_map(|text| json!(text)),
        proptest::collection::vec(0..5_i64, 0..3).prop_map(|list| json!(list)),
        proptest::collection::vec("[a-z]{1,3}", 0..3).prop_map(|list| json!(list)),
        Just(json!({ "eu": 1 })),
    ];
    let right = (
        any::<i64>(),
        proptest::option::of("[a-z]{0,4}"),
        proptest::collection::vec("[a-z]{0,4}", 0..3),
        any::<bool>(),
    );
    let names = prop_oneof![
        Just("id"),
        Just("name"),
        Just("type"),
        Just("owner"),
        Just("scopes"),
        Just("badges"),
        Just("counts-by-region"),
        Just("parent"),
        Just("match"),
        Just("other"),
        Just("kind"),
    ];
    let changes = proptest::collection::vec((names, proptest::option::of(value)), 0..4);
    (right, changes).prop_map(|((id, name, scopes, is), changes)| {
        let mut object = Map::new();
        object.insert("match".into(), json!(is));
        object.insert("scopes".into(), json!(scopes));
        object.insert("id".into(), json!(id));
        object.insert("owner".into(), json!(name));
        for (name, value) in changes {
            match value {
                Some(value) => drop(object.insert(name.into(), value)),
                None => drop(object.remove(name)),
            }
        }
        Value::Object(object)
    })
}

/// What both make of a text, as JSON again or as the message of the error.
fn both<Ours, Theirs>(text: &str) -> (Result<Value, String>, Result<Value, String>)
where
    Ours: Serialize + DeserializeOwned,
    Theirs: Serialize + DeserializeOwned,
{
    (again::<Ours>(text), again::<Theirs>(text))
}

fn again<T: Serialize + DeserializeOwned>(text: &str) -> Result<Value, String> {
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let written = serde_json::to_string(&value).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&written).unwrap(),
        serde_json::to_value(&value).unwrap()
    );
    Ok(serde_json::from_str(&written).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_object_is_what_serde_makes_of_it(object in object()) {
        let (ours, theirs) = both::<Bot, Plain>(&object.to_string());
        let theirs = theirs.map_err(|error| error.replace("struct Plain", "struct Bot"));
        if ours.as_ref().is_err_and(|error| error.starts_with("invalid type: sequence, expected struct")) {
            // Serde takes a list for a struct, member by member.
            prop_assert!(theirs.is_err());
        } else {
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn further_members_are_what_serde_makes_of_them(object in object()) {
        let (ours, theirs) = both::<Open, PlainOpen>(&object.to_string());
        // What serde buffers loses its place.
        let message = |error: String| error.split(" at line").next().unwrap_or_default().to_owned();
        prop_assert_eq!(ours.map_err(message), theirs.map_err(message));
    }
}

#[test]
fn members_come_in_any_order_and_the_last_of_two_counts() {
    let text = r#"{"owner":null,"other":{"id":[1]},"scopes":[],"id":1,"id":2,"badges":null}"#;
    let bot: Bot = serde_json::from_str(text).unwrap();
    let expected = Bot {
        id: 2,
        ..Bot::default()
    };
    assert_eq!(bot, expected);
    assert_eq!(
        serde_json::to_string(&bot).unwrap(),
        r#"{"id":2,"owner":null,"scopes":[]}"#
    );
}

#[derive(Object)]
struct Scores {
    #[wire(further)]
    scores: BTreeMap<String, i64>,
}

#[test]
fn the_last_of_two_further_members_counts_too() {
    let scores = |text| serde_json::from_str::<Scores>(text).unwrap().scores;
    assert_eq!(scores(r#"{"a":1,"b":2,"a":3}"#)["a"], 3);
    assert!(scores(r#"{"a":1,"a":null}"#).is_empty());
}

#[test]
fn what_is_wrong_is_named() {
    for (text, message) in [
        ("{}", "missing field `id`"),
        (r#"{"id":1,"scopes":[]}"#, "missing field `owner`"),
        (r#"{"id":1,"owner":null}"#, "missing field `scopes`"),
        (r#"{"id":"x"}"#, "invalid type: string \"x\", expected i64"),
        ("[1]", "invalid type: sequence, expected struct Bot"),
        ("7", "invalid type: integer `7`, expected struct Bot"),
        (r#"{"id":1"#, "EOF while parsing an object"),
    ] {
        let error = serde_json::from_str::<Bot>(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn an_object_without_members_takes_any() {
    let nothing: Nothing = serde_json::from_str(r#"{"a":[{}],"b":null}"#).unwrap();
    assert_eq!(serde_json::to_string(&nothing).unwrap(), "{}");
    assert_eq!(serde_json::to_value(nothing).unwrap(), json!({}));
}

#[test]
fn further_members_of_one_type_are_read_as_answers_are() {
    let counts: Counts = serde_json::from_str(r#"{"name":"a","b":"1","c":null,"d":2}"#).unwrap();
    assert_eq!(counts.name.as_deref(), Some("a"));
    let expected = BTreeMap::from([("b".to_owned(), 1), ("d".to_owned(), 2)]);
    assert_eq!(counts.counts, expected);
    assert_eq!(
        serde_json::to_value(&counts).unwrap(),
        json!({"name": "a", "b": 1, "d": 2})
    );
    let error = serde_json::from_str::<Counts>(r#"{"b":"s3cret"}"#).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("member `b`") && !error.contains("s3cret"),
        "{error}"
    );
}

#[test]
fn an_answer_is_read_leniently_inside_of_an_object() {
    let body = r#"{"id":"7","name":5,"owner":null,"scopes":null,"badges":["1",null],"match":"true","x":1}"#;
    let received = rapid7_core::Received::new(
        StatusCode::OK,
        rapid7_core::HeaderMap::new(),
        body.as_bytes().to_vec(),
    );
    let bot: Bot = decode::json(&received).unwrap();
    let expected = Bot {
        id: 7,
        name: Some("5".to_owned()),
        badges: vec![1],
        r#match: Some(true),
        ..Bot::default()
    };
    assert_eq!(bot, expected);
}

#[derive(Debug, Clone, OpenEnum)]
enum Status {
    #[wire("paused")]
    Paused,
    #[wire("")]
    Empty,
    Unknown(String),
}

#[derive(Debug, Clone, OpenEnum)]
enum Level {
    #[wire(-1)]
    Minus1,
    #[wire(3)]
    N3,
    Unknown(i64),
}

#[test]
fn an_enum_of_texts_keeps_any() {
    for text in ["paused", "", "Paused", "new one"] {
        let status = Status::from(text);
        assert_eq!(status.as_str(), text);
        assert_eq!(status.to_string(), text);
        assert_eq!(serde_json::to_value(&status).unwrap(), json!(text));
        assert_eq!(
            serde_json::from_value::<Status>(json!(text)).unwrap(),
            status
        );
        assert_eq!(text.parse::<Status>().unwrap(), status);
        assert_eq!(Status::from(text.to_owned()), status);
    }
    assert!(matches!(Status::from("paused"), Status::Paused));
    assert!(matches!(Status::from(""), Status::Empty));
    let same = Status::Unknown("paused".to_owned());
    assert_eq!(same, Status::Paused);
    assert_eq!(HashSet::from([same, Status::Paused]).len(), 1);
    assert!(Status::Empty < Status::Paused);
    assert!(serde_json::from_str::<Status>("7").is_err());
}

#[test]
fn an_enum_of_integers_keeps_any() {
    for number in [-1, 3, 4, i64::MAX] {
        let level = Level::from(number);
        assert_eq!(level.as_i64(), number);
        assert_eq!(level.to_string(), number.to_string());
        assert_eq!(serde_json::to_value(&level).unwrap(), json!(number));
        assert_eq!(
            serde_json::from_value::<Level>(json!(number)).unwrap(),
            level
        );
        assert_eq!(number.to_string().parse::<Level>().unwrap(), level);
    }
    assert!(matches!(Level::from(-1_i32), Level::Minus1));
    assert_eq!(HashSet::from([Level::Unknown(3), Level::N3]).len(), 1);
    assert!(Level::Minus1 < Level::N3);
    assert!("x".parse::<Level>().is_err());
}
