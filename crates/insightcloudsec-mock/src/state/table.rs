//! Rows of one kind.

use serde_json::{Map, Value};

use crate::reply::Failure;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Rows in order of arrival, found by the text of a member.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What a row is called in errors.
    what: &'static str,
    key: &'static str,
    rows: Vec<Object>,
}

impl Table {
    pub(crate) fn new(what: &'static str, key: &'static str) -> Self {
        Self {
            what,
            key,
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: Object) {
        self.rows.push(row);
    }

    pub(crate) fn rows(&self) -> &[Object] {
        &self.rows
    }

    /// The row with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.find(self.key, key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Object> {
        self.rows.iter_mut().find(|row| text(row, self.key) == key)
    }

    /// The first row with this text in that member.
    pub(crate) fn find(&self, member: &str, wanted: &str) -> Option<&Object> {
        self.rows.iter().find(|row| text(row, member) == wanted)
    }

    /// Takes the row with this key out.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Object> {
        let at = self
            .rows
            .iter()
            .position(|row| text(row, self.key) == key)?;
        Some(self.rows.remove(at))
    }

    /// The row with this key, or a 404.
    pub(crate) fn require(&self, key: &str) -> Result<&Object, Failure> {
        self.get(key)
            .ok_or_else(|| Failure::unknown(self.what, key))
    }

    /// The row with this key, or a 404.
    pub(crate) fn require_mut(&mut self, key: &str) -> Result<&mut Object, Failure> {
        let what = self.what;
        self.get_mut(key).ok_or_else(|| Failure::unknown(what, key))
    }

    /// Takes the row with this key out, or gives a 404.
    pub(crate) fn take(&mut self, key: &str) -> Result<Object, Failure> {
        self.remove(key)
            .ok_or_else(|| Failure::unknown(self.what, key))
    }

    /// A 404 if one of the keys is not known.
    pub(crate) fn require_all(&self, keys: &[String]) -> Result<(), Failure> {
        keys.iter()
            .try_for_each(|key| self.require(key).map(|_| ()))
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }
}

/// A member as text; numbers in digits, absent and other ones empty.
pub(crate) fn text(row: &Object, member: &str) -> String {
    row.get(member).map(plain).unwrap_or_default()
}

/// A member as a number, 0 where it is none.
pub(crate) fn integer(row: &Object, member: &str) -> i64 {
    row.get(member).and_then(Value::as_i64).unwrap_or_default()
}

/// A value as it is compared and sorted.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// The members of an object; none of anything else.
pub(crate) fn members(value: Value) -> Object {
    match value {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

/// Takes over the members of the request that are there and not null.
pub(crate) fn overlay(row: &mut Object, given: &Value, names: &[&str]) {
    for name in names {
        if let Some(value) = given.get(*name).filter(|value| !value.is_null()) {
            row.insert((*name).to_owned(), value.clone());
        }
    }
}

/// The members of the request that are there and not null.
pub(crate) fn given(request: &Value, names: &[&str]) -> Value {
    let mut members = Object::new();
    overlay(&mut members, request, names);
    Value::Object(members)
}
