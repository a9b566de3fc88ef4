//! A JSON value that is no list, object or null, kept as it came.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::decode::EXACT;

/// A scalar in the JSON kind that it came in.
///
/// Read by [`crate::decode`] a number keeps its digits, however many; any other deserializer hands over
/// floats where an integer is beyond 64 bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Scalar {
    Bool(bool),
    /// An integer in its shortest form.
    Integer(i64),
    /// Any other number, in its JSON text.
    Number(Box<str>),
    Text(Box<str>),
}

impl Scalar {
    pub(super) fn of_number(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(value) if text != "-0" => Self::Integer(value),
            _ => Self::Number(text.into()),
        }
    }

    pub(super) fn of_float(value: f64) -> Self {
        match serde_json::Number::from_f64(value) {
            Some(number) => Self::Number(number.to_string().into()),
            None => Self::Text(value.to_string().into()),
        }
    }

    /// The text of a string without its quotes; of any other kind, its JSON text.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Bool(value) => value.to_string().into(),
            Self::Integer(value) => value.to_string().into(),
            Self::Number(text) | Self::Text(text) => Cow::Borrowed(text),
        }
    }
}

impl Default for Scalar {
    fn default() -> Self {
        Self::Text("".into())
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            other => f.write_str(&other.text()),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(text) => serialize_number(text, serializer),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// An integer of more than 128 bits, which no serializer takes, is written as a string.
fn serialize_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(value) = text.parse() {
        return serializer.serialize_u64(value);
    }
    if let Ok(value) = text.parse() {
        return serializer.serialize_i128(value);
    }
    if let Ok(value) = text.parse() {
        return serializer.serialize_u128(value);
    }
    let is_integer = !text.contains(['.', 'e', 'E']);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && (!is_integer || text == "-0") => {
            serializer.serialize_f64(value)
        }
        _ => serializer.serialize_str(text),
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(EXACT, ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }

    /// The text of a number; see [`EXACT`].
    fn visit_borrowed_bytes<E: serde::de::Error>(self, digits: &'de [u8]) -> Result<Scalar, E> {
        let text = std::str::from_utf8(digits).map_err(|_| E::custom("not a number"))?;
        Ok(Scalar::of_number(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::of_number(&value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::of_float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }
}

/// What all types around a [`Scalar`] have.
macro_rules! around_scalar {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }

        /// The text of a string without its quotes; of a number or boolean, its JSON text.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0.text())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Scalar::deserialize(deserializer).map(Self)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Scalar::Text(text.into()))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Scalar::Text(text.into()))
            }
        }
    };
}

pub(super) use around_scalar;

#[cfg(test)]
mod tests {
    use super::Scalar;
    use crate::decode::from_value;

    /// Reads as the client does.
    fn read(text: &str) -> Scalar {
        crate::decode::from_json(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn every_kind_comes_back_as_it_was() {
        for text in [
            "5",
            "-5",
            "0.5",
            "\"5\"",
            "\"\"",
            "\"a\\\"b\"",
            "true",
            "18446744073709551615",
            "18446744073709551616",
            "-18446744073709551616",
            "340282366920938463463374607431768211455",
        ] {
            assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
        }
    }

    #[test]
    fn strict_deserializers_read_it_too() {
        for text in ["5", "0.5", "\"5\"", "true", "18446744073709551615"] {
            let strict: Scalar = serde_json::from_str(text).unwrap();
            assert_eq!(strict, read(text));
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(from_value::<Scalar>(&value).unwrap(), strict);
            assert_eq!(serde_json::from_value::<Scalar>(value).unwrap(), strict);
        }
        for text in ["null", "[]", "{}"] {
            assert!(serde_json::from_str::<Scalar>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn digits_beyond_all_types_become_text() {
        let digits = "9".repeat(50);
        let scalar = read(&digits);
        assert_eq!(scalar.text(), digits.as_str());
        assert_eq!(
            serde_json::to_string(&scalar).unwrap(),
            format!("\"{digits}\"")
        );
    }
}
