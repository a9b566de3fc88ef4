//! Why a text could not be read as a type, kept without the values that stood in it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::meter::Exceeded;

/// What went wrong, and where the value begins that it went wrong with.
///
/// Boxed, so that the results of the many small functions of the good path stay small.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    cause: Cause,
    at: Option<usize>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The text is not JSON.
    Syntax(&'static str),
    /// A value of one kind stands where another is due.
    Kind {
        /// What stands there.
        found: &'static str,
        /// What is due, in the words of the Rust type.
        expected: Option<Box<str>>,
    },
    /// Words that hold names of the Rust types and nothing of the text.
    Words(Cow<'static, str>),
    /// Nothing is wrong with the value, but it takes more than it may.
    Exceeded(Exceeded),
}

impl Fault {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Inner { cause, at: None }))
    }

    #[cold]
    pub(super) fn syntax(message: &'static str, at: usize) -> Self {
        Self::new(Cause::Syntax(message)).at(at)
    }

    #[cold]
    pub(super) fn kind(found: &'static str, expected: &dyn Expected) -> Self {
        Self::new(Cause::Kind {
            found,
            expected: Some(expected.to_string().into()),
        })
    }

    #[cold]
    pub(super) fn exceeded(exceeded: Exceeded) -> Self {
        Self::new(Cause::Exceeded(exceeded))
    }

    /// States the place, unless an inner value has stated its own.
    pub(super) fn at(mut self, at: usize) -> Self {
        self.0.at.get_or_insert(at);
        self
    }

    pub(crate) fn into_parts(self) -> (Cause, usize) {
        (self.0.cause, self.0.at.unwrap_or_default())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => write!(f, "not JSON: {message}"),
            Self::Kind { found, expected } => {
                write!(f, "found {found}")?;
                match expected {
                    Some(expected) => write!(f, ", expected {expected}"),
                    None => Ok(()),
                }
            }
            Self::Words(words) => f.write_str(words),
            Self::Exceeded(exceeded) => exceeded.fmt(f),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.cause.fmt(f)
    }
}

impl std::error::Error for Fault {}

/// Serde's own wording quotes the value that was found; only its kind is kept.
impl de::Error for Fault {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let no_variant = message
            .strip_prefix("data did not match any variant of untagged enum ")
            .is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        Self::new(Cause::Words(if no_variant {
            message.into()
        } else {
            "the value is refused by its type".into()
        }))
    }

    #[cold]
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // So does serde call integers of more than 64 bits.
        if let Unexpected::Other(text) = unexpected
            && text.starts_with("integer `")
        {
            return Self::kind("an integer out of range", expected);
        }
        Self::kind(kind_of(unexpected), expected)
    }

    #[cold]
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match kind_of(unexpected) {
            "an integer" => "an integer out of range",
            "a number" => "a number out of range",
            "a string" => "a string that is refused",
            "an array" => "an array that is refused",
            "an object" => "an object that is refused",
            _ => "a value that is refused",
        };
        Self::kind(found, expected)
    }

    #[cold]
    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::kind("an array or object of another length", expected)
    }

    #[cold]
    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("an unknown variant", expected)
    }

    #[cold]
    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("an unknown member", expected)
    }

    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self::new(Cause::Words(format!("missing member `{field}`").into()))
    }

    #[cold]
    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Cause::Words(format!("member `{field}` twice").into()))
    }
}

impl Fault {
    fn unknown(found: &'static str, names: &'static [&'static str]) -> Self {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let expected = match names.as_slice() {
            [] => None,
            [name] => Some(name.as_str().into()),
            [first, second] => Some(format!("{first} or {second}").into()),
            names => Some(format!("one of {}", names.join(", ")).into()),
        };
        Self::new(Cause::Kind { found, expected })
    }
}

fn kind_of(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::UnitVariant => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant => "an object",
        _ => "another value",
    }
}
