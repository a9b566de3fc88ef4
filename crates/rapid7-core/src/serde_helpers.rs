//! Functions for serde attributes in generated code.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use crate::decode;

/// For `#[serde(default, deserialize_with = "rapid7_core::null_default")]`: null is the default value.
///
/// Servers write `null` where the document promises an array or a map.
///
/// # Errors
///
/// Whatever decoding a value that is not null reports.
pub fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// For `#[serde(flatten, deserialize_with = "rapid7_core::further_members")]`: members that no other field takes, each
/// read as answers are; null ones are left out.
///
/// # Errors
///
/// The first value that does not fit, by its name.
pub fn further_members<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let members: BTreeMap<String, serde_json::Value> = BTreeMap::deserialize(deserializer)?;
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match decode::from_value(&value) {
            Ok(value) => Ok((name, value)),
            Err(misfit) => Err(D::Error::custom(format_args!("member `{name}`: {misfit}"))),
        })
        .collect()
}

/// The order in which to try the alternatives of a union on a JSON object: most known members first.
///
/// `alternatives` lists the member names of each. One that knows none of the members is left out,
/// unless the object has none; of two that know as many, the one with fewer members comes first, then
/// the earlier. Any other JSON value has no alternatives.
#[must_use]
pub fn most_recognised(value: &serde_json::Value, alternatives: &[&[&str]]) -> Vec<usize> {
    let Some(object) = value.as_object() else {
        return Vec::new();
    };
    let known = |members: &&[&str]| {
        members
            .iter()
            .filter(|name| object.contains_key(**name))
            .count()
    };
    let mut ranked: Vec<(usize, usize)> = alternatives.iter().map(known).enumerate().collect();
    ranked.retain(|(_, known)| *known > 0 || object.is_empty());
    ranked.sort_by_key(|(index, known)| (Reverse(*known), alternatives[*index].len()));
    ranked.into_iter().map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn the_alternative_that_knows_most_comes_first() {
        let alternatives: &[&[&str]] = &[&["a"], &["a", "b"], &["c"], &["b", "a", "d"]];
        let order = |value: serde_json::Value| super::most_recognised(&value, alternatives);
        assert_eq!(order(serde_json::json!({"a": 1, "b": 2})), [1, 3, 0]);
        assert_eq!(order(serde_json::json!({"x": 1})), [] as [usize; 0]);
        assert_eq!(order(serde_json::json!({})), [0, 2, 1, 3]);
        let nested: &[&[&str]] = &[&["a", "b"], &["a"]];
        assert_eq!(
            super::most_recognised(&serde_json::json!({"a": 1}), nested),
            [1, 0]
        );
        assert_eq!(order(serde_json::json!([1])), [] as [usize; 0]);
    }

    #[derive(serde::Deserialize)]
    struct Page {
        #[serde(default, deserialize_with = "super::null_default")]
        rows: Vec<u8>,
        #[serde(default, deserialize_with = "super::null_default")]
        tags: BTreeMap<String, String>,
    }

    #[derive(serde::Deserialize)]
    struct Row {
        name: Option<String>,
        #[serde(flatten, deserialize_with = "super::further_members")]
        counts: BTreeMap<String, u8>,
    }

    #[test]
    fn further_members_are_read_as_answers_are() {
        let row: Row = serde_json::from_str(r#"{"name":"a","b":"1","c":null,"d":2}"#).unwrap();
        assert_eq!(row.name.as_deref(), Some("a"));
        assert_eq!(
            row.counts,
            BTreeMap::from([("b".to_owned(), 1), ("d".to_owned(), 2)])
        );
        let Err(error) = serde_json::from_str::<Row>(r#"{"b":"s3cret"}"#) else {
            panic!("a text is no count");
        };
        let error = error.to_string();
        assert!(
            error.contains("member `b`") && !error.contains("s3cret"),
            "{error}"
        );
    }

    #[test]
    fn null_missing_and_empty_are_the_same() {
        for text in [
            "{}",
            r#"{"rows":null,"tags":null}"#,
            r#"{"rows":[],"tags":{}}"#,
        ] {
            let page: Page = serde_json::from_str(text).unwrap();
            assert!(page.rows.is_empty() && page.tags.is_empty(), "{text}");
        }
        let page: Page = serde_json::from_str(r#"{"rows":[1]}"#).unwrap();
        assert_eq!(page.rows, [1]);
        assert!(serde_json::from_str::<Page>(r#"{"rows":7}"#).is_err());
    }
}
