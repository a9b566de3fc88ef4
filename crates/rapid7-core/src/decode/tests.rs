//! What is read as what, and that nothing that serde reads is read otherwise.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{from_json, from_value};
use crate::{Flag, IntegerOrText, Misfit, Percentage, Secret, Timestamp};

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    from_json(text.as_bytes(), None)
}

#[derive(Debug, PartialEq, Deserialize)]
struct Id(i64);

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    Aws,
    Account(i64),
    Pair(i64, String),
    Named { id: i64 },
}

#[derive(Debug, PartialEq, Deserialize, Default)]
#[serde(default)]
struct Member {
    integer: Option<i64>,
    small: Option<u8>,
    large: Option<u128>,
    float: Option<f64>,
    text: Option<String>,
    flag: Option<bool>,
    letter: Option<char>,
    list: Vec<i64>,
    optional_list: Option<Vec<Option<String>>>,
    map: BTreeMap<String, String>,
    ids: HashMap<i64, Id>,
    nested: Option<Box<Member>>,
    pair: Option<(i64, String)>,
    kind: Option<Kind>,
    any: Value,
    unit: Option<()>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(i64),
    Members(BTreeMap<String, Value>),
    List(Vec<Either>),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    id: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Both texts read as `T` are the same value.
fn same<T: DeserializeOwned + Debug + PartialEq>(drifted: &str, documented: &str) {
    let expected: T = serde_json::from_str(documented).unwrap();
    assert_eq!(read::<T>(drifted).unwrap(), expected, "{drifted}");
    let value: Value = serde_json::from_str(drifted).unwrap();
    assert_eq!(from_value::<T>(&value).unwrap(), expected, "{drifted}");
    assert_eq!(from_value::<T>(value).unwrap(), expected, "{drifted}");
}

#[test]
fn scalars_are_read_as_what_is_asked_for() {
    for text in ["\"5\"", "5.0", "5e0", "\" 5 \"", "\"5.0\""] {
        same::<i64>(text, "5");
        same::<u8>(text, "5");
        same::<Option<Id>>(text, "5");
    }
    same::<i64>("\"-9223372036854775808\"", "-9223372036854775808");
    same::<u128>("\"18446744073709551616\"", "18446744073709551616");
    same::<f64>("\"1.5\"", "1.5");
    same::<f64>("\"-1e3\"", "-1000.0");
    for (text, documented) in [("5", "\"5\""), ("5.50", "\"5.50\""), ("true", "\"true\"")] {
        assert_eq!(read::<String>(text).unwrap(), documented.trim_matches('"'));
    }
    same::<Secret>("123456", "\"123456\"");
    for text in ["1", "\"true\"", "\"TRUE\"", "\"1\""] {
        same::<bool>(text, "true");
    }
    for text in ["0", "\"False\"", "\"0\""] {
        same::<bool>(text, "false");
    }
}

#[test]
fn nulls_are_nothing_where_nothing_is_possible() {
    same::<Vec<i64>>("null", "[]");
    same::<BTreeMap<String, i64>>("null", "{}");
    same::<Option<Vec<i64>>>("null", "null");
    same::<Vec<i64>>("[null,1,null,null,2,null]", "[1,2]");
    same::<Vec<i64>>("[ null , null ]", "[]");
    same::<Vec<Id>>("[null,\"1\"]", "[1]");
    same::<Vec<Vec<String>>>("[null,[null,1],[null]]", r#"[["1"],[]]"#);
    same::<Vec<Option<i64>>>("[null,\"1\"]", "[null,1]");
    same::<Vec<Value>>("[null,\"1\"]", "[null,\"1\"]");
    same::<Vec<Option<Vec<i64>>>>("[null,[null]]", "[null,[]]");
    same::<BTreeMap<String, i64>>(r#"{"a":null,"b":"1","c":null}"#, r#"{"b":1}"#);
    same::<BTreeMap<String, i64>>(r#"{ "a" : null , "b" : null }"#, "{}");
    same::<BTreeMap<i64, i64>>(
        r#"{"1":null,"2":null,"3":4,"5":null,"6":7}"#,
        r#"{"3":4,"6":7}"#,
    );
    same::<BTreeMap<String, Option<i64>>>(r#"{"a":null}"#, r#"{"a":null}"#);
    same::<BTreeMap<String, Value>>(r#"{"a":null}"#, r#"{"a":null}"#);
    same::<HashMap<String, Vec<i64>>>(r#"{"a":null,"b":[null]}"#, r#"{"b":[]}"#);
    same::<Vec<Timestamp>>("[null,\"None\"]", "[\"None\"]");
    same::<Vec<(i64, String)>>("[null,[\"1\",2]]", r#"[[1,"2"]]"#);
    same::<Vec<Member>>("[null,{},null]", "[{}]");
    same::<Vec<Kind>>(
        "[null,\"Aws\",{\"Account\":\"5\"}]",
        "[\"Aws\",{\"Account\":5}]",
    );
}

#[test]
fn nested_members_are_read_alike() {
    same::<Member>(
        r#"{"integer":"1","float":"2.5","text":3,"flag":1,"list":null,"optional_list":[4,null],
            "map":{"a":5,"b":null},"ids":{"6":"7"},"nested":{"integer":"8","list":[null,"9"]},
            "pair":["1",2],"kind":{"Named":{"id":"3"}},"any":{"a":["1",null]},"other":[{"x":"]}"}]}"#,
        r#"{"integer":1,"float":2.5,"text":"3","flag":true,"list":[],"optional_list":["4",null],
            "map":{"a":"5"},"ids":{"6":7},"nested":{"integer":8,"list":[9]},
            "pair":[1,"2"],"kind":{"Named":{"id":3}},"any":{"a":["1",null]}}"#,
    );
    same::<Kind>(r#"{"Pair":["1",2]}"#, r#"{"Pair":[1,"2"]}"#);
    same::<Flat>(r#"{"id":"1","a":"1"}"#, r#"{"id":1,"a":"1"}"#);
}

#[test]
fn what_a_member_cannot_hold_is_an_error_at_its_place() {
    fn misfit<T: DeserializeOwned + Debug>(text: &str) -> (String, String) {
        let misfit = read::<T>(text).unwrap_err();
        assert!(!misfit.to_string().contains("hunter2"), "{misfit}");
        let found = misfit.found().unwrap_or_default().to_owned();
        (misfit.path().to_owned(), found)
    }
    for (text, path, found) in [
        (
            r#"{"integer":"hunter2"}"#,
            "integer",
            "a string that is no integer",
        ),
        (
            r#"{"integer":"N/A"}"#,
            "integer",
            "a string that is no integer",
        ),
        (r#"{"integer":true}"#, "integer", "a boolean"),
        (
            r#"{"integer":5.5}"#,
            "integer",
            "a fraction, or an integer out of range",
        ),
        (
            r#"{"integer":9223372036854775808}"#,
            "integer",
            "an integer out of range",
        ),
        (
            r#"{"list":[1,null,9223372036854775808]}"#,
            "list[2]",
            "an integer out of range",
        ),
        (
            r#"{"integer":18446744073709551616}"#,
            "integer",
            "an integer out of range",
        ),
        (r#"{"small":"256"}"#, "small", "an integer out of range"),
        (r#"{"float":"95%"}"#, "float", "a string that is no number"),
        (r#"{"float":1e999}"#, "float", "a number out of range"),
        (r#"{"float":false}"#, "float", "a boolean"),
        (r#"{"text":{"hunter2":1}}"#, "text", "an object"),
        (r#"{"text":["hunter2"]}"#, "text", "an array"),
        (r#"{"flag":2}"#, "flag", "a number other than 0 and 1"),
        (
            r#"{"flag":"hunter2"}"#,
            "flag",
            "a string that is no boolean",
        ),
        (r#"{"map":{"a":null,"b":[]}}"#, "map.b", "an array"),
        (r#"{"list":{}}"#, "list", "an object"),
        (r#"{"list":[null,[]]}"#, "list[1]", "an array"),
        (r#"{"map":[]}"#, "map", "an array"),
        (
            r#"{"pair":[1]}"#,
            "pair",
            "an array or object of another length",
        ),
        (
            r#"{"pair":[1,"2",3]}"#,
            "pair",
            "an array or object of another length",
        ),
        (
            r#"{"pair":[1,null]}"#,
            "pair",
            "an array or object of another length",
        ),
        (
            r#"{"nested":{"nested":{"kind":"Gce"}}}"#,
            "nested.nested.kind",
            "an unknown variant",
        ),
        (r#"{"nested":7}"#, "nested", "a number"),
        (r#"{"unit":7}"#, "unit", "a number"),
        ("7", "", "a number"),
    ] {
        assert_eq!(
            misfit::<Member>(text),
            (path.to_owned(), found.to_owned()),
            "{text}"
        );
    }
    assert_eq!(misfit::<i64>("null").1, "null");
    assert_eq!(misfit::<Id>(" null").1, "null");
    assert_eq!(misfit::<BTreeMap<String, Id>>(r#"{"a":{}}"#).0, "a");
    assert_eq!(
        read::<Member>(r#"{"small":[]}"#).unwrap_err().expected(),
        Some("u8")
    );
}

#[test]
fn other_texts_are_not_json() {
    for text in [
        "",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[null",
        "[null,",
        "[null,]",
        "[null 1]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":null",
        "{\"a\":null,",
        "{\"a\":null,}",
        "{\"a\" 1}",
        "{a:1}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "1 2",
        "nul",
        "tru",
        "01",
        "1.",
        "1e",
        "-",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\n\"",
        "\"\\ud80\"",
        "\"\\ud800\\x\"",
        "]",
        "}",
        "[1}",
    ] {
        assert!(read::<Value>(text).is_err(), "{text}");
        assert!(read::<Vec<i64>>(text).is_err(), "{text}");
        assert!(read::<BTreeMap<String, i64>>(text).is_err(), "{text}");
        assert!(read::<Member>(text).is_err(), "{text}");
        let is_escape = text.starts_with("\"\\") && text.len() > 2;
        assert_eq!(
            read::<serde::de::IgnoredAny>(text).is_ok(),
            is_escape,
            "{text}"
        );
    }
    let misfit = from_json::<Value>(b"[\"\xff\"]", None).unwrap_err();
    assert_eq!(
        (misfit.path(), misfit.message()),
        ("[0]", "not JSON: the text is not UTF-8")
    );
    let misfit = from_json::<Value>(b"\xEF\xBB\xBF<html>hunter2", None).unwrap_err();
    assert_eq!(
        misfit.to_string(),
        "not JSON but what looks like HTML or XML: expected a value (line 1 column 1)"
    );
}

#[test]
fn half_a_character_becomes_the_mark_for_one() {
    for (text, expected) in [
        (r#""\ud800""#, "\u{fffd}"),
        (r#""\uDFFF""#, "\u{fffd}"),
        (r#""a\udc00b\n""#, "a\u{fffd}b\n"),
        (r#""\ud83d\ude00""#, "\u{1f600}"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
        (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        (r#""\ud800\u0041""#, "\u{fffd}A"),
        (r#""\ud800\\udc00""#, "\u{fffd}\\udc00"),
        (r#""\\ud800\ud800é""#, "\\ud800\u{fffd}é"),
        (r#""\ud800é""#, "\u{fffd}é"),
    ] {
        assert_eq!(read::<String>(text).unwrap(), expected, "{text}");
        assert_eq!(read::<Value>(text).unwrap(), json!(expected), "{text}");
        let list = format!("[{{\"text\":{text}}},{{\"map\":{{{text}:{text}}}}}]");
        let list = read::<Vec<Member>>(&list).unwrap();
        assert_eq!(list[0].text.as_deref(), Some(expected), "{text}");
        assert_eq!(list[1].map[expected], expected, "{text}");
    }
}

#[test]
fn depth_is_limited_where_it_costs_stack() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read::<Value>(&nested(128)).is_ok());
    let misfit = read::<Value>(&nested(129)).unwrap_err();
    assert_eq!(misfit.message(), "not JSON: nested too deep");
    assert!(read::<Member>(&format!(r#"{{"other":{}}}"#, nested(100_000))).is_ok());
}

#[test]
fn values_stay_as_they_came() {
    let text = r#"{"a":[1,-1,1.5,"1",true,null,18446744073709551615,1e300,-0],"b":{"c":"\u00e9\n"},"d":""}"#;
    let expected: Value = serde_json::from_str(text).unwrap();
    assert_eq!(read::<Value>(text).unwrap(), expected);
    assert_eq!(from_value::<Value>(&expected).unwrap(), expected);
}

/// JSON values of all kinds, the members of [`Member`] among the keys.
fn values() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        proptest::sample::select(vec![
            "integer",
            "small",
            "large",
            "float",
            "text",
            "flag",
            "letter",
            "list",
            "optional_list",
            "map",
            "ids",
            "nested",
            "pair",
            "kind",
            "any",
            "unit",
            "id",
            "Account",
            "Pair",
            "Named",
            "5",
        ])
        .prop_map(str::to_owned),
        "[a-c\\\\\"é]{0,2}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0_i64..3).prop_map(Value::from),
        // Few digits, so that no two readers round them differently.
        (-100_000_i32..100_000).prop_map(|number| Value::from(f64::from(number) / 64.0)),
        proptest::sample::select(vec![
            "5", "-5.0", "true", "N/A", "Aws", "Account", "", "1e3", "None"
        ])
        .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[\"\\\\/\n\t\u{0}-\u{1f}é𝄞a]{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Reads a text as `T`; where serde reads it too, both values are the same.
fn agrees<T: DeserializeOwned + Debug + PartialEq>(text: &str) {
    let lenient = read::<T>(text);
    if let Ok(strict) = serde_json::from_str::<T>(text) {
        // A null value of a map is passed over, but only where serde refuses it.
        assert_eq!(lenient.unwrap(), strict, "{text}");
    }
}

/// Nobody looks at the escapes of a string that is skipped.
fn is_json_but_for_escapes(text: &str) -> bool {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        // Outside of a string a backslash is an error of its own, with or without what follows.
        let is_escape = c == '\\' && chars.next().is_some();
        if is_escape {
            plain.push_str("\\\\");
        } else {
            plain.push(c);
        }
    }
    serde_json::from_str::<serde::de::IgnoredAny>(&plain).is_ok()
}

fn agrees_for_all_types(text: &str) {
    agrees::<Member>(text);
    agrees::<Vec<Member>>(text);
    agrees::<BTreeMap<String, Member>>(text);
    agrees::<Either>(text);
    agrees::<Flat>(text);
    agrees::<Kind>(text);
    agrees::<Vec<Kind>>(text);
    agrees::<Value>(text);
    agrees::<(i64, Option<String>)>(text);
    agrees::<Vec<Option<f64>>>(text);
    agrees::<BTreeMap<i64, Vec<bool>>>(text);
    // `serde_json` panics on some keys of this type.
    _ = read::<BTreeMap<bool, u8>>(text);
    agrees::<String>(text);
    agrees::<char>(text);
    agrees::<()>(text);
    let is_skipped = read::<serde::de::IgnoredAny>(text).is_ok();
    assert_eq!(is_skipped, is_json_but_for_escapes(text), "{text}");
}

/// Numbers that an f64 holds: of others, serde has less than the digits.
fn agrees_for_values_of_several_forms(text: &str) {
    agrees::<Vec<(Timestamp, Flag)>>(text);
    agrees::<Vec<IntegerOrText>>(text);
    agrees::<BTreeMap<String, Timestamp>>(text);
    agrees::<Option<Percentage>>(text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_serde_reads_is_read_alike(value in values(), is_pretty: bool) {
        let text = if is_pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        agrees_for_all_types(&text);
        agrees_for_values_of_several_forms(&text);
    }

    #[test]
    fn broken_texts_are_errors(value in values(), at in any::<proptest::sample::Index>(), with in "[\\[\\]{},:\"\\\\0-9a-z. é]{0,3}") {
        let mut text = value.to_string();
        let mut at = at.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        agrees_for_all_types(&text[..at]);
        text.insert_str(at, &with);
        agrees_for_all_types(&text);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(bytes in any::<Vec<u8>>()) {
        _ = from_json::<Member>(&bytes, None);
        _ = from_json::<Value>(&bytes, None);
    }
}

#[test]
fn values_are_borrowed_or_given() {
    let value = json!({"id": "7", "x": 1});
    assert_eq!(from_value::<Flat>(&value).unwrap().id, 7);
    let misfit = from_value::<Vec<Flat>>(json!([{"id": []}])).unwrap_err();
    assert_eq!(misfit.path(), "[0].id");
}
