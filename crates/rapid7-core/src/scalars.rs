//! Stand-ins for scalars that servers send in several forms: what generated code needs of them.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Reads a value out of JSON that is in memory.
///
/// # Errors
///
/// The value does not have the shape of `T`.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(value)
}

macro_rules! text_scalar {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_scalar! {
    /// A date or time, as the server writes it.
    Timestamp
}
text_scalar! {
    /// A percentage, as the server writes it.
    Percentage
}

/// A number that some answers hold as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IntegerOrText {
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<i64> for IntegerOrText {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for IntegerOrText {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for IntegerOrText {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for IntegerOrText {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl fmt::Display for IntegerOrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// A yes or no that may come as a boolean, a number or a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Flag(Value);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => Ok(Self(value)),
            _ => Err(D::Error::custom("neither boolean, number nor text")),
        }
    }
}

impl From<bool> for Flag {
    fn from(value: bool) -> Self {
        Self(value.into())
    }
}

impl From<i64> for Flag {
    fn from(value: i64) -> Self {
        Self(value.into())
    }
}

impl From<&str> for Flag {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

impl From<String> for Flag {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(text) => f.write_str(text),
            other => other.fmt(f),
        }
    }
}
