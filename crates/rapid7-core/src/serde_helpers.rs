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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
