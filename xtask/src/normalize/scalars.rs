//! Values that servers send now as one kind of JSON and now as another, and that mean one thing, become one scalar.
//!
//! A number that may be text and a flag that may be a number are no unions to a reader: `rapid7_core` has a type for each,
//! named here by format. The one for numbers holds integers of any size, and so stands for the large ones too.

use super::{Facts, lossless};
use crate::change::Change;
use crate::schema::{Shape, edit_all, list, resolve, shape, text};
use crate::unions::alternatives;
use serde_json::Value;

const RULE: &str = "scalars";

/// A number that may be text.
pub(crate) const INTEGER_OR_TEXT: &str = "x-integer-or-text";
/// A yes or no that may be a number or a text.
pub(crate) const FLAG: &str = "x-flag";
/// A number that may be a text with a percent sign.
pub(crate) const PERCENTAGE: &str = "x-percentage";

pub(super) fn apply(root: &mut Value, _: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    // Alternatives may be named.
    let whole = root.clone();
    edit_all(root, &mut |pointer, operation, schema| {
        let format = stated(schema)
            .or_else(|| wide(schema))
            .or_else(|| implied(&whole, schema));
        let Some(format) = format else {
            return;
        };
        if schema["type"] != "string" || schema["format"] != format {
            become_scalar(schema, format);
            let what = format!("read as one scalar, {format}");
            changes.push(lossless(RULE, pointer, operation, what));
        }
    });
    changes
}

/// The format that the document itself states; what the schema says besides is for other readers.
fn stated(schema: &Value) -> Option<&'static str> {
    let format = text(schema, "format")?;
    if matches!(shape(schema), Shape::Reference | Shape::Struct) {
        return None;
    }
    [INTEGER_OR_TEXT, FLAG, PERCENTAGE]
        .into_iter()
        .find(|known| *known == format)
}

/// The format of an integer that may be beyond 64 bits with a sign, which is what integers are otherwise read into.
fn wide(schema: &Value) -> Option<&'static str> {
    if schema["type"] != "integer" || schema.get("enum").is_some() {
        return None;
    }
    let beyond = |keyword: &str| {
        let bound = schema.get(keyword);
        bound.is_some_and(|bound| bound.is_number() && bound.as_i64().is_none() && is_wide(bound))
    };
    let stated = text(schema, "format").is_some_and(|format| WIDE.contains(&format.as_str()));
    (stated || beyond("maximum") || beyond("minimum")).then_some(INTEGER_OR_TEXT)
}

/// Formats of integers that 64 bits with a sign do not hold.
const WIDE: [&str; 6] = [
    "uint64",
    "uint128",
    "int128",
    "uint256",
    "int256",
    "biginteger",
];

/// Whether a bound is outside of 64 bits with a sign; one with a fraction within is no reason for a wider type.
fn is_wide(bound: &Value) -> bool {
    bound.as_f64().is_some_and(|bound| {
        !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&bound)
    })
}

/// What an alternative is, as far as it matters here.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Boolean,
    /// Any number.
    Integer,
    /// Only 0 and 1.
    Bit,
    /// Any text.
    Text,
    /// Only words such as `true` and `off`.
    Word,
}

/// The format that two alternatives come to.
fn implied(root: &Value, schema: &Value) -> Option<&'static str> {
    if shape(schema) != Shape::Union {
        return None;
    }
    let kinds: Option<Vec<Kind>> = alternatives(schema)
        .iter()
        .map(|alternative| kind(resolve(root, alternative)?))
        .collect();
    let kinds = kinds?;
    let [first, second] = kinds.as_slice() else {
        return None;
    };
    for (one, other) in [(first, second), (second, first)] {
        match (one, other) {
            (Kind::Integer, Kind::Text) => return Some(INTEGER_OR_TEXT),
            (Kind::Boolean, Kind::Text | Kind::Word | Kind::Integer | Kind::Bit)
            | (Kind::Bit, Kind::Word) => return Some(FLAG),
            _ => {}
        }
    }
    None
}

/// Words for yes and no.
const WORDS: [&str; 12] = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "1", "0",
];

/// Formats of text that has another type.
const OTHER_TYPES: [&str; 3] = ["password", "binary", "byte"];

fn kind(schema: &Value) -> Option<Kind> {
    let object = schema.as_object()?;
    let values = list(object, "enum");
    let all = |test: fn(&Value) -> bool| values.iter().all(test);
    match (text(schema, "type")?.as_str(), values.is_empty()) {
        ("boolean", _) => Some(Kind::Boolean),
        ("integer", true) => Some(Kind::Integer),
        ("integer", false) => {
            all(|value| matches!(value.as_i64(), Some(0 | 1))).then_some(Kind::Bit)
        }
        ("string", true) => {
            let format = text(schema, "format").unwrap_or_default();
            (!OTHER_TYPES.contains(&format.as_str())).then_some(Kind::Text)
        }
        ("string", false) => all(is_word).then_some(Kind::Word),
        _ => None,
    }
}

fn is_word(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// Keywords that stay: those about the member, and extensions.
const KEPT: [&str; 8] = [
    "description",
    "title",
    "nullable",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
];

fn become_scalar(schema: &mut Value, format: &str) {
    if let Some(object) = schema.as_object_mut() {
        object.retain(|key, _| KEPT.contains(&key.as_str()) || key.starts_with("x-"));
        object.insert("type".to_owned(), "string".into());
        object.insert("format".to_owned(), format.into());
    }
}
