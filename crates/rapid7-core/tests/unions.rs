//! `#[derive(Union)]`, `#[derive(Keyed)]` and `#[derive(RedactedDebug)]`, read by `serde_json` and as an answer.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use rapid7_core::{Keyed, KeyedValue, Object, RedactedDebug, StatusCode, Union, decode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

#[derive(Clone, Debug, Default, Object, PartialEq)]
struct Badge {
    key: Option<String>,
    value: Option<i64>,
}

#[derive(Clone, Debug, Object, PartialEq)]
struct Owner {
    id: i64,
    name: Option<String>,
    value: Option<Box<Anything>>,
}

#[derive(Clone, PartialEq, RedactedDebug, Union)]
enum Anything {
    #[wire(object)]
    Badge(Box<Badge>),
    #[wire(object)]
    Owner(Box<Owner>),
    #[wire(map)]
    Counts(BTreeMap<String, i64>),
    #[wire(list)]
    List(Vec<Anything>),
    #[wire(text)]
    Text(String),
    #[wire(integer)]
    Integer(i64),
    #[wire(flag)]
    Flag(bool),
    Other(Value),
}

#[derive(Clone, PartialEq, RedactedDebug, Union)]
#[wire(discriminator = "kind")]
enum Event {
    #[wire("login" | "logout")]
    Session(Box<Owner>),
    #[wire("badge")]
    Badge(Box<Badge>),
    #[wire("badges")]
    Another(Box<Badge>),
    Unknown(Value),
}

#[derive(Clone, Default, Keyed, PartialEq, RedactedDebug)]
struct Item {
    #[wire(rename = "resource_type")]
    kind: Option<String>,
    value: Option<ItemValue>,
    #[wire(further)]
    others: Map<String, Value>,
}

#[derive(Clone, KeyedValue, PartialEq, RedactedDebug)]
#[shared(value = i64)]
enum ItemValue {
    #[wire("badge")]
    Badge(Box<Badge>),
    #[wire("tag")]
    Tag(Box<Badge>),
    Other(String, Value),
}

fn read_answer<T: DeserializeOwned>(text: &str) -> Option<T> {
    let headers = rapid7_core::HeaderMap::new();
    let answer = rapid7_core::Received::new(StatusCode::OK, headers, text.as_bytes().to_vec());
    decode::json(&answer).ok()
}

/// The value that a text is, which an answer and `serde_json` agree on.
fn read<T: DeserializeOwned + PartialEq + Debug>(text: &str) -> T {
    let value: T = read_answer(text).unwrap();
    assert_eq!(value, serde_json::from_str(text).unwrap(), "{text}");
    assert_eq!(value, serde_json::from_value(json(text)).unwrap(), "{text}");
    value
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn a_value_is_the_alternative_that_fits() {
    let badge = |key: &str| Badge {
        key: Some(key.to_owned()),
        value: None,
    };
    let owner = Owner {
        id: 7,
        name: None,
        value: Some(Box::new(Anything::from(badge("a")))),
    };
    for (text, expected) in [
        (r#"{"key":"a"}"#, Anything::from(badge("a"))),
        (r#" { "id" : 7 , "value" : {"key":"a"} } "#, owner.into()),
        // It knows more members of the badge, whose value would have to be a number.
        (
            r#"{"value":"x","key":"y"}"#,
            Anything::Other(json(r#"{"value":"x","key":"y"}"#)),
        ),
        (r#"{"x":1}"#, Anything::Counts([("x".to_owned(), 1)].into())),
        (
            "[1,null,[]]",
            vec![
                1.into(),
                Anything::Other(Value::Null),
                Anything::List(vec![]),
            ]
            .into(),
        ),
        (r#""\u0061\"""#, "a\"".to_owned().into()),
        ("-5", (-5).into()),
        ("1.5", Anything::Other(json!(1.5))),
        ("true", true.into()),
        ("null", Anything::Other(Value::Null)),
    ] {
        let value: Anything = read(text);
        assert_eq!(value, expected, "{text}");
        let again: Anything = read(&written(&value).to_string());
        assert_eq!(again, value, "{text}");
    }
}

#[test]
fn a_discriminator_decides() {
    let session = r#"{"kind":"logout","id":7,"key":"a"}"#;
    assert!(matches!(read(session), Event::Session(owner) if owner.id == 7));
    assert!(matches!(
        read(r#"{"key":"a","kind":"badge"}"#),
        Event::Badge(_)
    ));
    assert!(matches!(read(r#"{"kind":"badges"}"#), Event::Another(_)));
    for text in [
        r#"{"kind":"new","id":7}"#,
        r#"{"kind":"login","id":"x"}"#,
        r#"{"kind":["badge"]}"#,
        "{}",
        r#""badge""#,
    ] {
        let event: Event = read(text);
        assert_eq!(event, Event::Unknown(json(text)), "{text}");
        assert_eq!(written(&event), json(text));
    }
}

/// Values are nested in texts that are nested in others; the limit is that of the whole.
#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let answer = |text: String| {
        let headers = rapid7_core::HeaderMap::new();
        let answer = rapid7_core::Received::new(StatusCode::OK, headers, text.into_bytes());
        decode::json::<Anything>(&answer)
    };
    assert!(answer(nested(128)).is_ok());
    for depth in [129, 100_000] {
        let misfit = answer(nested(depth)).unwrap_err();
        assert!(misfit.to_string().contains("nested too deep"), "{misfit}");
    }
    for text in ["[", r#"{"key":}"#, r#"["\q"]"#, "[1]]", "[01]"] {
        assert!(answer(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn the_member_that_is_named_is_the_value() {
    let text =
        r#"{"badge":{"key":"a","value":"5"},"x":{"y":null},"resource_type":"badge","tag":null}"#;
    let item: Item = decode::from_value(json(text)).unwrap();
    let Some(ItemValue::Badge(badge)) = &item.value else {
        panic!("{item:?}");
    };
    assert_eq!((badge.key.as_deref(), badge.value), (Some("a"), Some(5)));
    assert_eq!(item.value.as_ref().unwrap().key(), "badge");
    assert_eq!(
        Value::from(item.others.clone()),
        json!({"x": {"y": null}, "tag": null})
    );
    assert_eq!(
        written(&item),
        json!({"resource_type": "badge", "badge": {"key": "a", "value": 5}, "x": {"y": null}, "tag": null})
    );
    for (text, kind, value) in [
        ("{}", None, None),
        (r#"{"resource_type":null,"badge":{}}"#, None, None),
        (r#"{"resource_type":"badge"}"#, Some("badge"), None),
        (
            r#"{"resource_type":7,"7":{}}"#,
            Some("7"),
            Some(("7", json!({}))),
        ),
        (
            r#"{"resource_type":"new","new":[1]}"#,
            Some("new"),
            Some(("new", json!([1]))),
        ),
        (
            r#"{"badge":[1],"resource_type":"badge"}"#,
            Some("badge"),
            Some(("badge", json!([1]))),
        ),
    ] {
        let item: Item = read(text);
        assert_eq!(item.kind.as_deref(), kind, "{text}");
        let value = value.map(|(key, value)| ItemValue::Other(key.to_owned(), value));
        assert_eq!(item.value, value, "{text}");
    }
    assert!(serde_json::from_str::<Item>("[]").is_err());
}

#[test]
fn nulls_are_read_as_with_other_objects() {
    let items: Vec<Item> = read_answer(r#"[null,{"resource_type":"x"},null]"#).unwrap();
    assert_eq!(items.len(), 1);
    let items: Vec<Option<Item>> = read_answer("[null,{}]").unwrap();
    assert_eq!(items, [None, Some(Item::default())]);
    let values: Vec<Anything> = read_answer("[null,1]").unwrap();
    assert_eq!(values, [Anything::Other(Value::Null), Anything::Integer(1)]);
}

#[derive(Default, Object, RedactedDebug)]
struct Bot {
    #[wire(rename = "type")]
    r#type: Option<String>,
    settings: Map<String, Value>,
    #[wire(further)]
    extra: Map<String, Value>,
}

#[test]
fn what_is_not_listed_is_not_shown() {
    let bot = r#"{"type":"a","settings":{"b":1},"token":"s3cret"}"#;
    let bot: Bot = serde_json::from_str(bot).unwrap();
    assert_eq!(
        format!("{bot:?}"),
        r#"Bot { type: Some("a"), settings: {"b": Number(1)}, extra: ["token"] }"#
    );
    let item: Item = read(r#"{"resource_type":"new","new":"s3cret","token":"s3cret"}"#);
    let other: Anything = read(r#"{"password":"s3cret"}"#);
    let shown = format!("{item:?} {item:#?} {other:?} {other:#?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    assert_eq!(
        format!("{item:?}"),
        r#"Item { kind: Some("new"), value: Some(Other("new", ..)), others: ["token"] }"#
    );
    assert_eq!(format!("{other:?}"), "Other(..)");
    assert_eq!(
        format!("{:?}", read::<Anything>("[1]")),
        "List([Integer(1)])"
    );
}

/// What a value is by the rules, looked up in the value.
fn expected(value: &Value) -> Anything {
    let other = || Anything::Other(value.clone());
    match value {
        Value::Object(object) => {
            let known = |members: &[&str]| {
                let known = members.iter().filter(|name| object.contains_key(**name));
                Reverse(known.count())
            };
            let badge = (known(&["key", "value"]), 2, read_as(value, Anything::Badge));
            let owner = (
                known(&["id", "name", "value"]),
                3,
                read_as(value, Anything::Owner),
            );
            let mut objects = [badge, owner];
            objects.sort_by_key(|(known, members, _)| (*known, *members));
            let mut objects = objects
                .into_iter()
                .filter(|(known, ..)| known.0 > 0 || object.is_empty());
            objects
                .find_map(|(.., held)| held)
                .or_else(|| read_as(value, Anything::Counts))
                .unwrap_or_else(other)
        }
        Value::Array(items) => Anything::List(items.iter().map(expected).collect()),
        Value::String(text) => Anything::Text(text.clone()),
        Value::Number(number) => number.as_i64().map_or_else(other, Anything::Integer),
        Value::Bool(flag) => Anything::Flag(*flag),
        Value::Null => other(),
    }
}

fn read_as<T: DeserializeOwned>(value: &Value, variant: fn(T) -> Anything) -> Option<Anything> {
    decode::from_value(value).ok().map(variant)
}

fn values() -> impl Strategy<Value = Value> {
    let names = [
        "key",
        "value",
        "id",
        "name",
        "kind",
        "resource_type",
        "badge",
        "x\"é",
    ];
    let texts = ["badge", "login", "tag", "7", "", "\u{0}\\\"é𝄞"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-100_i32..100).prop_map(|number| Value::from(f64::from(number) / 4.0)),
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        let name = proptest::sample::select(names.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_what_the_rules_say(value in values(), is_pretty: bool) {
        let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
        prop_assert_eq!(read_answer::<Anything>(&text), Some(expected(&value)));
    }

    #[test]
    fn nothing_is_lost(value in values()) {
        let text = value.to_string();
        let event = read_answer::<Event>(&text).unwrap();
        match &event {
            Event::Unknown(kept) => prop_assert_eq!(kept, &value),
            known => prop_assert!(value["kind"].is_string(), "{:?}", known),
        }
        let item = read_answer::<Item>(&text);
        prop_assert_eq!(item.is_some(), value.is_object() || value.is_null());
        if let Some(item) = item && value.is_object() {
            let again: Item = read_answer(&written(&item).to_string()).unwrap();
            prop_assert_eq!(again, item);
        }
    }
}
