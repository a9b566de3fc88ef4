//! The changes that make a mutant, each a function on a place of the document.

use super::values;
use crate::source::escape_segment;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// What a change may look at.
struct Subject<'a> {
    document: &'a mut Value,
    /// Pointers of all values of the document before the change.
    places: Vec<String>,
    seeds: &'a [Value],
    random: &'a mut Rng,
}

const EDITS: &[fn(&mut Subject<'_>)] = &[
    drop_member,
    duplicate_member,
    rename_member,
    retype,
    set_odd,
    deepen,
    refer,
    refer,
    set_keyword,
    set_keyword,
    set_keyword,
    set_version,
    splice_own,
    splice_own,
    splice_other,
];

/// Makes one change, chosen by `random`.
pub(super) fn apply_one(document: &mut Value, seeds: &[Value], random: &mut Rng) {
    let mut places = Vec::new();
    pointers(document, &mut String::new(), &mut places);
    let edit = random.choice(EDITS);
    let mut subject = Subject {
        document,
        places,
        seeds,
        random,
    };
    if let Some(edit) = edit {
        edit(&mut subject);
    }
}

/// The pointers of a value and of all inside it. The recursion is as deep as the document, which loading has bounded.
fn pointers(value: &Value, at: &mut String, found: &mut Vec<String>) {
    found.push(at.clone());
    let end = at.len();
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                at.push('/');
                at.push_str(&escape_segment(name));
                pointers(value, at, found);
                at.truncate(end);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                at.push('/');
                at.push_str(&index.to_string());
                pointers(value, at, found);
                at.truncate(end);
            }
        }
        _ => {}
    }
}

impl Subject<'_> {
    fn place(&mut self) -> String {
        self.random
            .choice(&self.places)
            .cloned()
            .unwrap_or_default()
    }

    fn value(&mut self) -> Option<&mut Value> {
        let place = self.place();
        self.document.pointer_mut(&place)
    }

    /// An object with members, and the name of one of them.
    fn member(&mut self) -> Option<(&mut Map<String, Value>, String)> {
        for _ in 0..20 {
            let place = self.place();
            let (holder, _) = place.rsplit_once('/').unwrap_or(("", ""));
            let name = match self.document.pointer(holder) {
                Some(Value::Object(members)) => self.random.choice(members.keys()).cloned(),
                _ => None,
            };
            if let Some(name) = name {
                let members = self.document.pointer_mut(holder)?.as_object_mut()?;
                return Some((members, name));
            }
        }
        None
    }

    /// A schema, or what looks like one.
    fn schema(&mut self) -> Option<&mut Map<String, Value>> {
        const SIGNS: [&str; 7] = [
            "type",
            "$ref",
            "properties",
            "allOf",
            "oneOf",
            "anyOf",
            "schema",
        ];
        let mut place = self.place();
        for _ in 0..50 {
            let found = self.document.pointer(&place);
            if found.is_some_and(|value| SIGNS.iter().any(|sign| value.get(sign).is_some())) {
                break;
            }
            place = self.place();
        }
        self.document.pointer_mut(&place)?.as_object_mut()
    }
}

fn drop_member(subject: &mut Subject<'_>) {
    if let Some((members, name)) = subject.member() {
        members.shift_remove(&name);
    }
}

fn duplicate_member(subject: &mut Subject<'_>) {
    let new = values::name(subject.random);
    if let Some((members, name)) = subject.member() {
        let value = members.get(&name).cloned().unwrap_or_default();
        members.insert(new, value);
    }
}

fn rename_member(subject: &mut Subject<'_>) {
    let new = values::name(subject.random);
    if let Some((members, name)) = subject.member() {
        let value = members.shift_remove(&name).unwrap_or_default();
        members.insert(new, value);
    }
}

/// Another JSON type that holds the same, as far as it goes.
fn retype(subject: &mut Subject<'_>) {
    let choice = subject.random.u8(..6);
    if let Some(value) = subject.value() {
        let old = value.take();
        *value = match (choice, old) {
            (0, Value::Object(members)) => members.into_iter().map(|(_, value)| value).collect(),
            (0, Value::Array(items)) => Value::Object(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| (index.to_string(), item))
                    .collect(),
            ),
            (0 | 1, old) => json!([old]),
            (2, old) => Value::from(old.to_string()),
            (3, _) => json!(1),
            (4, _) => json!(true),
            _ => Value::Null,
        };
    }
}

fn set_odd(subject: &mut Subject<'_>) {
    let odd = values::odd(subject.random);
    if let Some(value) = subject.value() {
        *value = odd;
    }
}

/// Wraps a value in schemas, up to a depth that loading refuses.
fn deepen(subject: &mut Subject<'_>) {
    let deepest = if subject.random.u8(..8) == 0 { 150 } else { 12 };
    let (depth, kind) = (subject.random.usize(1..deepest), subject.random.u8(..7));
    if let Some(value) = subject.value() {
        for _ in 0..depth {
            let inner = value.take();
            *value = match kind {
                0 => json!({ "type": "array", "items": inner }),
                1 => json!({ "type": "object", "properties": { "a": inner } }),
                2 => json!({ "allOf": [inner] }),
                3 => json!({ "oneOf": [inner, { "type": "string" }] }),
                4 => json!({ "type": "object", "additionalProperties": inner }),
                5 => json!([inner]),
                _ => json!({ "anyOf": [inner, { "type": "null" }] }),
            };
        }
    }
}

/// A reference: to anything, to an ancestor, to itself, to nothing.
fn refer(subject: &mut Subject<'_>) {
    let at = subject.place();
    let target = match subject.random.u8(..8) {
        0 => format!("#{at}"),
        1 => format!("#{}", at.rsplit_once('/').unwrap_or(("", "")).0),
        2 => {
            let ends = at.match_indices('/').map(|(end, _)| end);
            format!(
                "#{}",
                &at[..subject.random.choice(ends.collect::<Vec<_>>()).unwrap_or(0)]
            )
        }
        3 => values::name(subject.random),
        4 => format!("other.yaml#{at}"),
        5 => format!("#/components/schemas/{}", values::name(subject.random)),
        _ => format!("#{}", subject.place()),
    };
    let with_siblings = subject.random.bool();
    match subject.document.pointer_mut(&at) {
        Some(Value::Object(members)) if with_siblings => {
            members.insert("$ref".to_owned(), target.into());
        }
        Some(value) => *value = json!({ "$ref": target }),
        None => {}
    }
}

fn set_keyword(subject: &mut Subject<'_>) {
    let (key, value) = values::keyword(subject.random);
    if let Some(schema) = subject.schema() {
        schema.insert(key, value);
    }
}

fn set_version(subject: &mut Subject<'_>) {
    let (key, version) = values::version(subject.random);
    if let Some(members) = subject.document.as_object_mut() {
        members.shift_remove("swagger");
        members.shift_remove("openapi");
        members.insert(key.to_owned(), version.into());
    }
}

/// A value of the document in another place of it.
fn splice_own(subject: &mut Subject<'_>) {
    let from = subject.place();
    let copied = subject.document.pointer(&from).cloned().unwrap_or_default();
    put(subject, copied);
}

/// A value of another seed.
fn splice_other(subject: &mut Subject<'_>) {
    let Some(other) = subject.random.choice(subject.seeds) else {
        return;
    };
    let mut places = Vec::new();
    pointers(other, &mut String::new(), &mut places);
    let copied = subject
        .random
        .choice(&places)
        .and_then(|place| other.pointer(place));
    let copied = copied.cloned().unwrap_or_default();
    put(subject, copied);
}

/// Puts a value anywhere but in the place of the whole document.
fn put(subject: &mut Subject<'_>, new: Value) {
    let place = subject.place();
    if place.is_empty() {
        return;
    }
    if let Some(value) = subject.document.pointer_mut(&place) {
        *value = new;
    }
}
