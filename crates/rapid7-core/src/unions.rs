//! What `#[derive(Union)]` stands on: which alternative of a union a value is.
//!
//! Nothing here is meant to be called by hand.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::decode::{Captured, Entries, captured};

/// An enum of alternatives, and one variant for what is none of them.
pub trait Union: Sized {
    /// The member that tells which alternative an object is; empty where none does.
    const DISCRIMINATOR: &'static str;

    /// What each alternative looks like.
    const ALTERNATIVES: &'static [Alternative];

    /// Reads the alternative of this index; `None` where it does not fit.
    fn read(index: usize, text: &str) -> Option<Self>;

    /// What is no alternative.
    fn other(value: Value) -> Self;
}

/// What the JSON of an alternative looks like.
#[derive(Debug, Clone, Copy)]
pub enum Alternative {
    /// An object whose discriminator has one of these values.
    Tagged(&'static [&'static str]),
    /// An object that has some of these members.
    Object(&'static [&'static str]),
    /// Any object.
    Map,
    /// An array.
    List,
    /// A string.
    Text,
    /// A number that an `i64` holds.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Flag,
    /// Anything.
    Any,
}

/// Reads a union: the first candidate that fits.
///
/// # Errors
///
/// The text is not JSON.
pub fn read<'de, T: Union, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Captured::deserialize(deserializer)?;
    let mut candidates = candidates(value.as_ref(), T::DISCRIMINATOR, T::ALTERNATIVES).into_iter();
    match candidates.find_map(|index| T::read(index, value.as_ref())) {
        Some(known) => Ok(known),
        None => value.value().map(T::other),
    }
}

/// What an alternative holds, from its text.
#[must_use]
#[inline(never)]
pub fn held<T: DeserializeOwned>(text: &str) -> Option<T> {
    captured::read(text)
}

/// The alternatives that a value may be, in the order in which they are tried: the one that its discriminator names, then
/// objects by the members that they know, then the others as they are listed.
fn candidates(text: &str, discriminator: &str, alternatives: &[Alternative]) -> Vec<usize> {
    let tag = tag(text, discriminator);
    let fits = |alternative: &Alternative| match alternative {
        Alternative::Tagged(values) => tag.as_deref().is_some_and(|tag| values.contains(&tag)),
        Alternative::Object(_) => false,
        Alternative::Map => text.starts_with('{'),
        Alternative::List => text.starts_with('['),
        Alternative::Text => text.starts_with('"'),
        Alternative::Integer => text.parse::<i64>().is_ok(),
        Alternative::Number => {
            text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        }
        Alternative::Flag => matches!(text, "true" | "false"),
        Alternative::Any => true,
    };
    let mut candidates = most_recognised(text, alternatives);
    let others = alternatives.iter().enumerate();
    candidates.extend(others.filter_map(|(index, alternative)| fits(alternative).then_some(index)));
    candidates
}

/// The text that this member holds, the last one where it stands twice.
fn tag(text: &str, member: &str) -> Option<String> {
    if member.is_empty() {
        return None;
    }
    let named = Entries::of(text).filter(|(name, _)| name == member);
    let (_, value) = named.last()?;
    // A number is no text here.
    held(value).filter(|_| value.starts_with('"'))
}

/// The order in which to try alternatives that are objects: most known members first.
///
/// One that knows none of the members is left out, unless the object has none; of two that know as many, the one with fewer
/// members comes first, then the earlier. Any other value is no object.
fn most_recognised(text: &str, alternatives: &[Alternative]) -> Vec<usize> {
    let objects = alternatives.iter().enumerate();
    let mut objects = objects.filter_map(|(index, alternative)| match alternative {
        Alternative::Object(members) => Some((index, *members)),
        _ => None,
    });
    if !text.starts_with('{') {
        return Vec::new();
    }
    let Some(first) = objects.next() else {
        return Vec::new();
    };
    let names: BTreeSet<Cow<'_, str>> = Entries::of(text).map(|(name, _)| name).collect();
    let known = |members: &[&str]| {
        let known = members.iter().filter(|name| names.contains(**name));
        known.count()
    };
    let ranked = std::iter::once(first).chain(objects);
    let mut ranked: Vec<(usize, usize, usize)> = ranked
        .map(|(index, members)| (index, known(members), members.len()))
        .filter(|(_, known, _)| *known > 0 || names.is_empty())
        .collect();
    ranked.sort_by_key(|(_, known, members)| (Reverse(*known), *members));
    ranked.into_iter().map(|(index, ..)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::Alternative::{self, Any, Flag, Integer, List, Map, Number, Object, Tagged, Text};
    use super::candidates;

    #[test]
    fn the_object_that_knows_most_comes_first() {
        let alternatives = [
            Object(&["a"]),
            Object(&["a", "b"]),
            Object(&["c"]),
            Object(&["b", "a", "d"]),
        ];
        let order = |text| candidates(text, "", &alternatives);
        assert_eq!(order(r#"{"a": 1, "b": [{}]}"#), [1, 3, 0]);
        assert_eq!(order(r#"{"x": 1}"#), [] as [usize; 0]);
        assert_eq!(order("{ }"), [0, 2, 1, 3]);
        assert_eq!(order(r#"{"\u0061":{"c":0}}"#), [0, 1, 3]);
        assert_eq!(order("[1]"), [] as [usize; 0]);
        assert_eq!(
            candidates(r#"{"a":1}"#, "", &[Object(&["a", "b"]), Object(&["a"])]),
            [1, 0]
        );
    }

    #[test]
    fn other_kinds_come_as_listed() {
        let alternatives = [Any, Number, Integer, Text, List, Map, Flag, Object(&["a"])];
        let order = |text| candidates(text, "", &alternatives);
        assert_eq!(order("7"), [0, 1, 2]);
        assert_eq!(order("-7.0"), [0, 1]);
        assert_eq!(order("9223372036854775808"), [0, 1]);
        assert_eq!(order(r#""7""#), [0, 3]);
        assert_eq!(order("[]"), [0, 4]);
        assert_eq!(order(r#"{"a":1}"#), [7, 0, 5]);
        assert_eq!(order("false"), [0, 6]);
        assert_eq!(order("null"), [0]);
    }

    #[test]
    fn the_discriminator_names_one() {
        const ALTERNATIVES: &[Alternative] = &[Tagged(&["x", "é"]), Tagged(&["y"])];
        let order = |text| candidates(text, "kind", ALTERNATIVES);
        assert_eq!(order(r#"{"a":{"kind":"x"},"kind":"y"}"#), [1]);
        assert_eq!(order(r#"{"kind":"\u00e9"}"#), [0]);
        // Of two the last counts.
        assert_eq!(order(r#"{"kind":"x","kind":"y"}"#), [1]);
        for text in [r#"{"kind":"z"}"#, r#"{"kind":null}"#, "{}", r#""x""#] {
            assert_eq!(order(text), [] as [usize; 0], "{text}");
        }
    }
}
