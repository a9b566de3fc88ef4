//! What `#[derive(Keyed)]` and `#[derive(KeyedValue)]` stand on: objects whose one varying member is named by another.
//!
//! Nothing here is meant to be called by hand.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::decode::Captured;
use crate::object::Writer;

/// The enum of what the varying member may hold.
pub trait KeyedValue: Serialize + Sized {
    /// Reads what a member of this name holds; `None` where none is known of that name, or it does not fit.
    fn read(key: &str, text: &str) -> Option<Self>;

    /// What a member of another name holds, or one whose value has another shape.
    fn other(key: String, value: Value) -> Self;

    /// The name of the member.
    fn name(&self) -> &str;
}

/// An object in parts: the name of the varying member, what that holds, and all other members.
pub type Read<T> = (Option<String>, Option<T>, Map<String, Value>);

/// Reads an object whose member `by` names the varying one.
///
/// # Errors
///
/// No object.
pub fn read<'de, T: KeyedValue, D: Deserializer<'de>>(
    deserializer: D,
    by: &'static str,
) -> Result<Read<T>, D::Error> {
    deserializer.deserialize_map(KeyedVisitor::<T> {
        by,
        value: PhantomData,
    })
}

struct KeyedVisitor<T> {
    by: &'static str,
    value: PhantomData<T>,
}

impl<'de, T: KeyedValue> Visitor<'de> for KeyedVisitor<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Read<T>, A::Error> {
        let mut key = None;
        let mut members: Vec<(String, Captured<'de>)> = Vec::new();
        while let Some(name) = access.next_key::<String>()? {
            if name == self.by {
                key = text(access.next_value()?);
            } else {
                members.push((name, access.next_value()?));
            }
        }
        let mut value = None;
        let mut others = Map::new();
        // Of two members with one name the last counts.
        for (name, member) in members {
            if key.as_ref() == Some(&name) {
                value = Some(match T::read(&name, member.as_ref()) {
                    Some(known) => known,
                    None => T::other(name, member.value()?),
                });
            } else {
                others.insert(name, member.value()?);
            }
        }
        Ok((key, value, others))
    }
}

/// The name that a value gives.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// Writes an object whose member `by` names the varying one.
///
/// # Errors
///
/// That of the serializer.
pub fn write<T: KeyedValue, S: Serializer>(
    serializer: S,
    by: &'static str,
    key: &Option<String>,
    value: &Option<T>,
    others: &Map<String, Value>,
) -> Result<S::Ok, S::Error> {
    let mut object = Writer::new(serializer);
    object.optional(by, key);
    if let Some(value) = value {
        object.member(value.name(), value);
    }
    object.further(others);
    object.end()
}
