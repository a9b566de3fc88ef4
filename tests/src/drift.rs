//! Changes of an answer such as releases of a server bring, and what of it a client must keep.

use crate::documented::{Documented, Random, Schemas};
use serde_json::{Map, Value, json};

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub kind: Kind,
    /// Where, as errors of decoding write it: `clouds[3].group.id`. For a null among elements, the list.
    pub path: String,
}

/// The kinds of [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A member of an object goes.
    MemberDropped,
    /// A member of an object becomes null.
    MemberNull,
    /// A member appears that nobody has documented.
    MemberAdded,
    /// An enum gets a value that nobody has documented.
    ValueUnknown,
    /// A scalar changes its kind, where it is known to.
    ScalarOfOtherKind,
    /// A list or map as a whole becomes null.
    ContainerNull,
    /// A list has a null among its elements.
    ElementNull,
    /// A map has null under a key.
    EntryNull,
    /// An object, list or map has nothing in it.
    Emptied,
}

/// Makes one change, if there is anything to change; what was changed before may be changed again.
pub fn change(answer: &Documented, value: &mut Value, random: &mut Random) -> Option<Change> {
    let mut options = Vec::new();
    let mut finder = Finder {
        schemas: &answer.schemas,
        options: &mut options,
    };
    finder.find(&answer.schema, value, &Place::default());
    // Kind first: members are so many that nothing else would come about.
    let mut kinds: Vec<Kind> = options.iter().map(|(kind, ..)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        return None;
    }
    let kind = *random.pick(&kinds);
    options.retain(|(known, ..)| *known == kind);
    let (_, place, name) = random.pick(&options).clone();
    apply(kind, value.pointer_mut(&place.pointer)?, &name, random);
    let path = if name.is_empty() {
        place.path
    } else {
        place.member(&name).path
    };
    Some(Change { kind, path })
}

/// A place in a value, as a pointer and as errors write it.
#[derive(Debug, Clone, Default)]
struct Place {
    pointer: String,
    path: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            pointer: format!("{}/{escaped}", self.pointer),
            path: format!("{}{dot}{name}", self.path),
        }
    }

    fn element(&self, at: usize) -> Self {
        Self {
            pointer: format!("{}/{at}", self.pointer),
            path: format!("{}[{at}]", self.path),
        }
    }
}

/// Finds what can be changed: the kind, the place, and the member there where one is meant.
struct Finder<'a> {
    schemas: &'a Schemas,
    options: &'a mut Vec<(Kind, Place, String)>,
}

impl Finder<'_> {
    fn find(&mut self, schema: &Value, value: &Value, place: &Place) {
        let schemas = self.schemas;
        let schema = schemas.resolve(schema);
        let mut offer = |kind| self.options.push((kind, place.clone(), String::new()));
        match value {
            Value::Object(_) if is_union(schema) => {
                let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
                for alternative in alternatives.into_iter().flatten() {
                    if schemas.resolve(alternative)["type"] == "object" {
                        self.find(alternative, value, place);
                    }
                }
            }
            Value::Object(members) if schema["properties"].is_object() => {
                offer(Kind::MemberAdded);
                offer(Kind::Emptied);
                self.members(schema, members, place);
            }
            Value::Object(members) if schema["type"] == "object" => {
                offer(Kind::Emptied);
                offer(Kind::ContainerNull);
                for (name, member) in members {
                    self.options
                        .push((Kind::EntryNull, place.clone(), name.clone()));
                    self.find(&schema["additionalProperties"], member, &place.member(name));
                }
            }
            Value::Array(elements) if schema["type"] == "array" => {
                offer(Kind::Emptied);
                offer(Kind::ContainerNull);
                offer(Kind::ElementNull);
                for (at, element) in elements.iter().enumerate() {
                    self.find(&schema["items"], element, &place.element(at));
                }
            }
            Value::String(_) if schema["enum"].is_array() => offer(Kind::ValueUnknown),
            Value::String(_) | Value::Number(_) | Value::Bool(_) if wanders(schemas, schema) => {
                offer(Kind::ScalarOfOtherKind);
            }
            _ => {}
        }
    }

    fn members(&mut self, schema: &Value, members: &Map<String, Value>, place: &Place) {
        for (name, member) in members {
            let always = schema["x-always-present"].as_array();
            if !always.is_some_and(|names| names.contains(&json!(name))) {
                for kind in [Kind::MemberDropped, Kind::MemberNull] {
                    self.options.push((kind, place.clone(), name.clone()));
                }
            }
            self.find(&schema["properties"][name], member, &place.member(name));
        }
    }
}

fn is_union(schema: &Value) -> bool {
    schema["oneOf"].is_array() || schema["anyOf"].is_array()
}

/// Whether the document says of a scalar that its kind is not always the same.
fn wanders(schemas: &Schemas, schema: &Value) -> bool {
    let known = ["x-integer-or-text", "x-flag", "x-percentage"];
    if schema["format"]
        .as_str()
        .is_some_and(|name| known.contains(&name))
    {
        return true;
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let scalar = |one: &Value| {
        let one = schemas.resolve(one);
        matches!(
            one["type"].as_str(),
            Some("integer" | "string" | "boolean" | "number")
        )
    };
    alternatives.is_some_and(|all| all.iter().all(scalar))
}

fn apply(kind: Kind, target: &mut Value, name: &str, random: &mut Random) {
    match (kind, target) {
        (Kind::MemberDropped, Value::Object(members)) => {
            members.remove(name);
        }
        (Kind::MemberNull | Kind::EntryNull, Value::Object(members)) => {
            members.insert(name.to_owned(), Value::Null);
        }
        (Kind::MemberAdded, Value::Object(members)) => {
            let added = [
                json!(null),
                json!("x"),
                json!(-1.5),
                json!([{}]),
                json!({ "a": [1] }),
            ];
            members.insert("x_of_next_release".to_owned(), random.pick(&added).clone());
        }
        (Kind::ElementNull, Value::Array(elements)) => {
            let at = random.below(elements.len() + 1);
            elements.insert(at, Value::Null);
        }
        (Kind::Emptied, Value::Object(members)) => members.clear(),
        (Kind::Emptied, Value::Array(elements)) => elements.clear(),
        (Kind::ValueUnknown, target) => *target = json!("value of the next release"),
        (Kind::ScalarOfOtherKind, target) => *target = of_other_kind(target, random),
        (_, target) => *target = Value::Null,
    }
}

fn of_other_kind(value: &Value, random: &mut Random) -> Value {
    match value {
        Value::String(text) => match text.trim_end_matches('%').parse::<i64>() {
            Ok(number) => json!(number),
            Err(_) => random.pick(&[json!(0), json!(1), json!(true)]).clone(),
        },
        Value::Bool(flag) => {
            let text = if *flag { "true" } else { "false" };
            random.pick(&[json!(text), json!(u8::from(*flag))]).clone()
        }
        other => json!(other.to_string()),
    }
}

/// Where a value that went through a client is not what was sent.
///
/// Nulls, empty lists and empty maps are as good as missing; members that the schema does not know may be lost, where
/// it does not promise to keep them.
pub fn losses(answer: &Documented, sent: &Value, got: &Value) -> Vec<String> {
    let mut losses = Vec::new();
    Compared {
        schemas: &answer.schemas,
        losses: &mut losses,
    }
    .compare(&answer.schema, sent, got, "");
    losses
}

struct Compared<'a> {
    schemas: &'a Schemas,
    losses: &'a mut Vec<String>,
}

impl Compared<'_> {
    fn compare(&mut self, schema: &Value, sent: &Value, got: &Value, path: &str) {
        let schemas = self.schemas;
        let schema = schemas.resolve(schema);
        match (sent, got) {
            _ if is_nothing(sent) && is_nothing(got) => {}
            (Value::Object(sent), Value::Object(got)) => {
                let names = sent
                    .keys()
                    .chain(got.keys().filter(|name| !sent.contains_key(*name)));
                for name in names {
                    let nothing = Value::Null;
                    let pair = [sent, got].map(|of| of.get(name).unwrap_or(&nothing));
                    let member = &schema["properties"][name];
                    if pair[1].is_null() && !keeps(schema, name) {
                        continue;
                    }
                    let of = if member.is_null() {
                        &schema["additionalProperties"]
                    } else {
                        member
                    };
                    self.compare(of, pair[0], pair[1], &format!("{path}/{name}"));
                }
            }
            (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => {
                for (at, (sent, got)) in sent.iter().zip(got).enumerate() {
                    self.compare(&schema["items"], sent, got, &format!("{path}/{at}"));
                }
            }
            (sent, got) if same(sent, got) || (wanders(schemas, schema) && alike(sent, got)) => {}
            _ => self.losses.push(format!("{path}: {sent} became {got}")),
        }
    }
}

/// Whether the schema knows the member, or keeps those that it does not know.
fn keeps(schema: &Value, name: &str) -> bool {
    let known = schema["properties"].get(name).is_some();
    let map = schema["properties"].is_null();
    known || map || schema["x-keep-unknown"] == true || schema["x-keyed-by"].is_string()
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
        _ => false,
    }
}

/// Numbers are the same with and without a fraction of zero.
fn same(sent: &Value, got: &Value) -> bool {
    match (sent, got) {
        (Value::Number(sent), Value::Number(got)) => sent == got || sent.as_f64() == got.as_f64(),
        _ => sent == got,
    }
}

/// A scalar that is known to change its kind may be written as the other one.
fn alike(sent: &Value, got: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.trim_end_matches('%').to_owned(),
        Value::Bool(flag) => u8::from(*flag).to_string(),
        other => other.to_string(),
    };
    let plain = |value: &Value| match text(value).as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        other => other.to_owned(),
    };
    plain(sent) == plain(got)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documented::documented;

    #[test]
    fn samples_have_no_losses_against_themselves_and_changes_show() {
        for (seed, answer) in (0..).zip(documented()) {
            let mut random = Random::new(seed);
            let sample = answer.sample(&mut random);
            assert_eq!(losses(&answer, &sample, &sample), [] as [String; 0]);
            assert_eq!(sample, answer.sample(&mut Random::new(seed)));
        }
    }

    #[test]
    fn what_is_lost_is_named() {
        let answers = documented();
        let clouds = answers
            .iter()
            .find(|answer| answer.operation == "list_clouds");
        let sent = json!({
            "clouds": [{"name": "a", "later": 1, "badges": null}], "total_count": 1, "later": 2,
        });
        let differ = |got: Value| losses(clouds.unwrap(), &sent, &got);
        // A cloud keeps what it does not know, the list of them does not.
        let kept = json!({"clouds": [{"name": "a", "later": 1}], "total_count": 1.0});
        assert_eq!(differ(kept), [] as [String; 0]);
        let lost = json!({"clouds": [{}], "total_count": 2});
        assert_eq!(differ(lost).len(), 3);
    }
}
