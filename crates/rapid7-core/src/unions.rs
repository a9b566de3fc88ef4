//! Which alternative of a union a value is.

use std::cmp::Reverse;

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
}
