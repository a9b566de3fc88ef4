//! Functions for serde attributes in generated code.

use serde::{Deserialize, Deserializer};

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

/// The order in which to try the alternatives of a union on a JSON object: most known members first.
///
/// `alternatives` lists the member names of each. One that knows none of the members is left out,
/// unless the object has none; of two that know as many, the earlier comes first. Any other JSON
/// value has no alternatives.
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
    ranked.sort_by_key(|(_, known)| std::cmp::Reverse(*known));
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
        assert_eq!(order(serde_json::json!({})), [0, 1, 2, 3]);
        assert_eq!(order(serde_json::json!([1])), [] as [usize; 0]);
    }

    #[derive(serde::Deserialize)]
    struct Page {
        #[serde(default, deserialize_with = "super::null_default")]
        rows: Vec<u8>,
        #[serde(default, deserialize_with = "super::null_default")]
        tags: BTreeMap<String, String>,
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
