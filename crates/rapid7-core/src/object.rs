//! What `#[derive(Object)]` and `#[derive(OpenEnum)]` stand on: the code that is the same for all types.
//!
//! Nothing here is meant to be called by hand.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

pub use serde::de::{Deserialize, Deserializer, MapAccess};
pub use serde::ser::{Serialize, Serializer};

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, Visitor};
use serde::ser::SerializeMap;
use serde_json::Value;

use crate::decode;

/// A struct that is a JSON object.
pub trait Object: Sized {
    /// The name of the struct, for messages.
    const NAME: &'static str;

    /// The names of its members on the wire.
    const MEMBERS: &'static [&'static str];

    /// Whether it has a field for members of other names.
    const KEEPS_ALL: bool;

    /// Reads the members.
    ///
    /// # Errors
    ///
    /// A value that does not fit, or a member that is missing.
    fn read<'de, A: MapAccess<'de>>(members: &mut Members<A>) -> Result<Self, A::Error>;
}

/// Reads an object.
///
/// # Errors
///
/// No object, a value in it that does not fit, or a member that is missing.
pub fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let visitor = ObjectVisitor(PhantomData);
    if T::KEEPS_ALL {
        deserializer.deserialize_map(visitor)
    } else {
        deserializer.deserialize_struct(T::NAME, T::MEMBERS, visitor)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        T::read(&mut Members {
            access,
            names: T::MEMBERS,
            keeps_all: T::KEEPS_ALL,
            following: 0,
            further: String::new(),
        })
    }
}

/// The members of an object that is being read.
pub struct Members<A> {
    access: A,
    names: &'static [&'static str],
    keeps_all: bool,
    /// Index of the name after the last one: servers keep an order, most of them the document's.
    following: usize,
    /// The last name that is none of `names`.
    further: String,
}

impl<A> fmt::Debug for Members<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl<'de, A: MapAccess<'de>> Members<A> {
    /// Index of the next member; one that is not listed has the index after the last.
    ///
    /// # Errors
    ///
    /// What comes next is no member.
    pub fn name(&mut self) -> Result<Option<usize>, A::Error> {
        let name = Name {
            names: self.names,
            following: self.following,
            further: self.keeps_all.then_some(&mut self.further),
        };
        let index = self.access.next_key_seed(name)?;
        if let Some(index) = index
            && index < self.names.len()
        {
            self.following = index + 1;
        }
        Ok(index)
    }

    /// Reads the value of this member.
    ///
    /// # Errors
    ///
    /// It does not fit.
    pub fn value<T: Deserialize<'de>>(&mut self, slot: &mut T) -> Result<(), A::Error> {
        *slot = self.access.next_value()?;
        Ok(())
    }

    /// Reads the value of a member that must be there.
    ///
    /// # Errors
    ///
    /// It does not fit.
    pub fn some<T: Deserialize<'de>>(&mut self, slot: &mut Option<T>) -> Result<(), A::Error> {
        *slot = Some(self.access.next_value()?);
        Ok(())
    }

    /// Reads the value of a list or map: servers write null where the document promises one.
    ///
    /// # Errors
    ///
    /// It does not fit.
    pub fn or_default<T: Deserialize<'de> + Default>(
        &mut self,
        slot: &mut T,
    ) -> Result<(), A::Error> {
        *slot = self.access.next_value::<Option<T>>()?.unwrap_or_default();
        Ok(())
    }

    /// Keeps a member that is not listed.
    ///
    /// # Errors
    ///
    /// It does not fit.
    pub fn further<T: Further>(&mut self, slot: &mut T) -> Result<(), A::Error> {
        let value: Value = self.access.next_value()?;
        slot.keep(std::mem::take(&mut self.further), value)
            .map_err(A::Error::custom)
    }

    /// Passes over a member that is not listed.
    ///
    /// # Errors
    ///
    /// What comes next is no value.
    pub fn pass(&mut self) -> Result<(), A::Error> {
        self.access.next_value::<IgnoredAny>().map(drop)
    }

    /// The error that a member is missing: the first of these, of whose indices it is said whether nothing came.
    #[cold]
    pub fn missing(&self, required: &[(usize, bool)]) -> A::Error {
        let missing = required.iter().find(|(_, is_missing)| *is_missing);
        let name = missing.and_then(|(index, _)| self.names.get(*index));
        A::Error::missing_field(name.copied().unwrap_or_default())
    }
}

/// Reads the name of a member as its index.
struct Name<'a> {
    names: &'static [&'static str],
    following: usize,
    further: Option<&'a mut String>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<usize, E> {
        // Members that were left out are few, so that the next one is near.
        let (earlier, later) = self.names.split_at(self.following.min(self.names.len()));
        let ahead = position(later, name);
        if ahead < later.len() {
            return Ok(earlier.len() + ahead);
        }
        let index = position(earlier, name);
        if index < earlier.len() {
            return Ok(index);
        }
        if let Some(further) = self.further {
            name.clone_into(further);
        }
        Ok(self.names.len())
    }

    fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<usize, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }
}

/// The index of a name, or how many names there are.
#[must_use]
pub fn position(names: &[&str], name: &str) -> usize {
    let found = names.iter().position(|known| *known == name);
    found.unwrap_or(names.len())
}

/// What takes the members that are not listed.
pub trait Further: Default {
    /// Takes one.
    ///
    /// # Errors
    ///
    /// Its value does not fit; the message has its name and not the value.
    fn keep(&mut self, name: String, value: Value) -> Result<(), String>;
}

impl Further for serde_json::Map<String, Value> {
    fn keep(&mut self, name: String, value: Value) -> Result<(), String> {
        self.insert(name, value);
        Ok(())
    }
}

/// Values are read as answers are, null ones are left out.
impl<T: DeserializeOwned> Further for BTreeMap<String, T> {
    fn keep(&mut self, name: String, value: Value) -> Result<(), String> {
        if value.is_null() {
            self.remove(&name);
            return Ok(());
        }
        match decode::from_value(&value) {
            Ok(value) => drop(self.insert(name, value)),
            Err(misfit) => return Err(format!("member `{name}`: {misfit}")),
        }
        Ok(())
    }
}

/// Writes the members of an object; an error ends it and is kept for the end.
pub struct Writer<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> fmt::Debug for Writer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl<S: Serializer> Writer<S> {
    /// Begins the object.
    #[inline]
    pub fn new(serializer: S) -> Self {
        Self(serializer.serialize_map(None))
    }

    /// Writes a member.
    pub fn member<T: Serialize>(&mut self, name: &str, value: &T) {
        // Not as an entry, whose code for the name would be there for each type of value.
        if let Ok(map) = &mut self.0
            && let Err(error) = map
                .serialize_key(name)
                .and_then(|()| map.serialize_value(value))
        {
            self.0 = Err(error);
        }
    }

    /// Writes a member unless there is none.
    pub fn optional<T: Serialize>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Writes a list or map unless it is empty.
    pub fn unless_empty<T: Serialize + MayBeEmpty>(&mut self, name: &str, value: &T) {
        if !value.is_empty() {
            self.member(name, value);
        }
    }

    /// Writes the entries of a map as members.
    pub fn further<'a, V: Serialize + 'a>(
        &mut self,
        members: impl IntoIterator<Item = (&'a String, &'a V)>,
    ) {
        for (name, value) in members {
            self.member(name, value);
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    ///
    /// The first of a member.
    #[inline]
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
    }
}

/// Lists and maps, and what may be absent.
pub trait MayBeEmpty {
    /// Whether there is nothing in it.
    fn is_empty(&self) -> bool;
}

impl<T> MayBeEmpty for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> MayBeEmpty for BTreeMap<K, V> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<T> MayBeEmpty for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T: MayBeEmpty> MayBeEmpty for Box<T> {
    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

impl MayBeEmpty for serde_json::Map<String, Value> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Reads an open enum of texts.
///
/// # Errors
///
/// No text.
pub fn text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> From<&'a str>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_string(TextVisitor(PhantomData))
}

/// A listed value is recognised where it stands, with no copy of it.
struct TextVisitor<T>(PhantomData<T>);

impl<T: for<'a> From<&'a str>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

/// Reads an open enum of integers.
///
/// # Errors
///
/// No integer.
pub fn integer<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: From<i64>,
    D: Deserializer<'de>,
{
    i64::deserialize(deserializer).map(T::from)
}
