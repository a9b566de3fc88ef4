//! What the setters of builders were given.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::line;

/// A value, or why there is none: nothing was given, or it could not be converted.
pub type Given<T> = Result<T, Cow<'static, str>>;

/// A value of which a required part is missing, or could not be converted.
#[derive(Clone, PartialEq, Eq)]
pub struct ConversionError(Cow<'static, str>);

impl fmt::Debug for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line::print(f, |f| f.write_str(&self.0))
    }
}

impl std::error::Error for ConversionError {}

impl From<&'static str> for ConversionError {
    fn from(value: &'static str) -> Self {
        Self(value.into())
    }
}

impl From<String> for ConversionError {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

/// A value that has to be given yet.
///
/// # Errors
///
/// Always: this is what a setter replaces.
pub const fn required<T>() -> Given<T> {
    Err(Cow::Borrowed("required and not given"))
}

/// What the setter of a value keeps.
///
/// # Errors
///
/// The value cannot be converted.
#[inline]
pub fn value<T, V>(value: V) -> Given<T>
where
    V: TryInto<T, Error: ToString>,
{
    value.try_into().map_err(|error| message(&error))
}

/// What the setter of a value that may be absent keeps.
///
/// # Errors
///
/// The value cannot be converted.
#[inline]
pub fn option<T, V>(value: V) -> Given<Option<T>>
where
    V: TryInto<T, Error: ToString>,
{
    self::value(value).map(Some)
}

/// What the setter of a list keeps.
///
/// # Errors
///
/// The first value that cannot be converted.
pub fn each<T, V>(values: impl IntoIterator<Item = V>) -> Given<Vec<T>>
where
    V: TryInto<T, Error: ToString>,
{
    values.into_iter().map(value).collect()
}

/// Why a struct cannot be finished: the first problem of its members, which it names.
#[cold]
#[must_use]
pub fn problem(members: &[(&str, Option<&Cow<'static, str>>)]) -> ConversionError {
    let mut problems = members
        .iter()
        .filter_map(|(name, problem)| Some(format!("{name}: {}", (*problem)?)));
    problems.next().unwrap_or_default().into()
}

#[cold]
fn message(error: &dyn ToString) -> Cow<'static, str> {
    error.to_string().into()
}
