//! How much of what a document says of its values the generated code forgets.
//!
//! Walks the document as it was read and the one that code is made from side by side, from the operations down. A
//! member that states a type counts as untyped where the code holds any JSON value or raw bytes instead, in itself or in
//! its items; so do all members below it.

mod source;

use crate::normalize::media_types::{JSON, essence, is_json};
use crate::normalize::multipart::PART;
use crate::schema::{Shape, flag, list, operations, resolve, shape};
use serde_json::Value;
use source::{Body, Operation};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Members of a document by what became of them: parameters, bodies, and members of objects at any depth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untyped {
    /// Members whose schema states a type.
    pub stated: usize,
    /// Those of them that are any value or raw bytes in the code, each by a way that leads to it.
    pub untyped: Vec<String>,
}

/// Compares the document as it was read, and the normalized one.
#[must_use]
pub fn untyped(read: &Value, normalized: &Value) -> Untyped {
    let mut walk = Walk {
        read,
        normalized,
        members: HashMap::new(),
        compared: HashSet::new(),
        lost: HashSet::new(),
        order: Vec::new(),
    };
    let before = source::operations(read);
    let after = operations(normalized);
    let same_number = before.len() == after.len();
    for (index, operation) in before.iter().enumerate() {
        let same = |path: &str, method: &str| path == operation.path && method == operation.method;
        let found = after
            .iter()
            .find(|after| same(after.path, after.method))
            // A repaired template has another text, and stands where it stood.
            .or_else(|| after.get(index).filter(|_| same_number));
        if let Some(found) = found {
            walk.operation(operation, found.value);
        }
    }
    walk.result()
}

/// Schemas are told apart by where they stand.
type Address = *const Value;

struct Walk<'a> {
    read: &'a Value,
    normalized: &'a Value,
    /// Whether each member that states a type still has one, and a way to it.
    members: HashMap<Address, (bool, String)>,
    compared: HashSet<(Address, Address)>,
    lost: HashSet<Address>,
    order: Vec<Address>,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, before: &Operation<'a>, after: &'a Value) {
        let way = format!("{} {}", before.method.to_uppercase(), before.path);
        let parameters = after.get("parameters").and_then(Value::as_array);
        let parameters = parameters.map_or(&[] as &[Value], Vec::as_slice);
        for (place, name, schema) in &before.parameters {
            let found = parameters.iter().find(|parameter| {
                parameter.get("in").and_then(Value::as_str) == Some(*place)
                    && parameter.get("name").and_then(Value::as_str) == Some(*name)
            });
            // What the connection sends is no parameter of the operation.
            if let Some(found) = found {
                self.member(schema, parameter_schema(found), &format!("{way} {name}"));
            }
        }
        for body in &before.bodies {
            self.body(body, after, &way);
        }
        for (name, schema) in &before.form {
            let form = after.pointer("/requestBody/content").and_then(first);
            let fields = form.and_then(|(_, form)| form.get("schema"));
            let fields = fields.map_or_else(Vec::new, |form| vec![form]);
            let after = members_of(self.normalized, &fields);
            let after = after.get(*name).cloned().unwrap_or_default();
            self.member(
                schema,
                best((self.read, self.normalized), schema, &after),
                &format!("{way} {name}"),
            );
        }
    }

    fn body(&mut self, body: &Body<'a>, after: &'a Value, way: &str) {
        let (holder, way) = match body.status {
            None => (after.get("requestBody"), format!("{way} body")),
            Some(status) => {
                let answers = after.get("responses");
                (
                    answers.and_then(|answers| answers.get(status)),
                    format!("{way} {status}"),
                )
            }
        };
        let content = holder.and_then(|holder| holder.get("content"));
        let Some((media_type, content)) = content.and_then(first) else {
            return;
        };
        let kept = |found: &&(&str, &Value)| found.0 == media_type;
        // Swagger 2.0 has one schema for all media types.
        let schema = match body.schemas.as_slice() {
            [("", schema)] => schema,
            several => match several.iter().find(kept) {
                Some((_, schema)) => schema,
                None => return,
            },
        };
        let json = is_json(media_type) || flag(content, JSON) || essence(media_type) == "*/*";
        if !json && !is_composite(self.read, schema) {
            self.typed(schema, &way);
            return;
        }
        self.member(schema, content.get("schema"), &way);
    }

    /// Records that a member has a type.
    fn typed(&mut self, member: &'a Value, way: &str) {
        if states(self.read, member, 0) {
            self.note(member, true, way);
        }
    }

    fn note(&mut self, member: &'a Value, typed: bool, way: &str) {
        let address = std::ptr::from_ref(member);
        let order = &mut self.order;
        let entry = self.members.entry(address).or_insert_with(|| {
            order.push(address);
            (true, way.to_owned())
        });
        if !typed && entry.0 {
            *entry = (false, way.to_owned());
        }
    }

    fn member(&mut self, before: &'a Value, after: Option<&'a Value>, way: &str) {
        if states(self.read, before, 0) {
            let typed = self.compare(before, after, way);
            self.note(before, typed, way);
        }
    }

    /// Whether a schema and its items still have types; its members are recorded on their own.
    fn compare(&mut self, before: &'a Value, after: Option<&'a Value>, way: &str) -> bool {
        if !states(self.read, before, 0) {
            return true;
        }
        let after = after.and_then(|after| resolve(self.normalized, after));
        if after.is_some_and(is_part) {
            return true;
        }
        let Some(after) = after.filter(|after| shape(after) != Shape::Any) else {
            self.lose(before, way);
            return false;
        };
        let pair = (std::ptr::from_ref(before), std::ptr::from_ref(after));
        if !self.compared.insert(pair) {
            return true;
        }
        let after_members = members_of(self.normalized, &[after]);
        for (name, members) in members_of(self.read, &[before]) {
            let candidates = after_members.get(&name).cloned().unwrap_or_default();
            for member in members {
                if candidates.is_empty() && is_one_way(member) {
                    continue;
                }
                let found = best((self.read, self.normalized), member, &candidates);
                self.member(member, found, &format!("{way}.{name}"));
            }
        }
        let mut typed = true;
        for key in ["items", "additionalProperties"] {
            let candidates = below(self.normalized, after, key);
            for inner in below(self.read, before, key) {
                let found = best((self.read, self.normalized), inner, &candidates);
                typed &= self.compare(inner, found, &format!("{way}[]"));
            }
        }
        typed
    }

    /// All members below a schema whose type is lost are lost with it.
    fn lose(&mut self, before: &'a Value, way: &str) {
        let Some(resolved) = resolve(self.read, before) else {
            return;
        };
        if !self.lost.insert(std::ptr::from_ref(resolved)) {
            return;
        }
        for (name, members) in members_of(self.read, &[before]) {
            for member in members {
                let way = format!("{way}.{name}");
                if states(self.read, member, 0) {
                    self.note(member, false, &way);
                    self.lose(member, &way);
                }
            }
        }
        for key in ["items", "additionalProperties"] {
            for inner in below(self.read, before, key) {
                self.lose(inner, &format!("{way}[]"));
            }
        }
    }

    fn result(self) -> Untyped {
        let untyped = self
            .order
            .iter()
            .filter_map(|address| self.members.get(address))
            .filter(|(typed, _)| !typed)
            .map(|(_, way)| way.clone())
            .collect();
        Untyped {
            stated: self.members.len(),
            untyped,
        }
    }
}

/// Files of a form have a type of the runtime.
fn is_part(schema: &Value) -> bool {
    let items = schema.get("items");
    [Some(schema), items]
        .into_iter()
        .flatten()
        .any(|schema| schema.get(PART).is_some())
}

fn first(content: &Value) -> Option<(&str, &Value)> {
    let (name, value) = content.as_object()?.iter().next()?;
    Some((name, value))
}

fn parameter_schema(parameter: &Value) -> Option<&Value> {
    let in_content = || first(parameter.get("content")?)?.1.get("schema");
    parameter.get("schema").or_else(in_content)
}

/// Members that only one direction has.
fn is_one_way(member: &Value) -> bool {
    ["readOnly", "writeOnly"]
        .iter()
        .any(|key| member.get(key) == Some(&Value::Bool(true)))
}

/// How deep compositions are looked through.
const DEPTH: usize = 24;

/// Whether a schema says what type its values have.
fn states(root: &Value, schema: &Value, depth: usize) -> bool {
    let Some(schema) = resolve(root, schema).and_then(Value::as_object) else {
        return false;
    };
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind != "null",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind != "null"),
        _ => false,
    };
    let says = |key: &str| schema.get(key).is_some_and(Value::is_object);
    let values = list(schema, "enum").iter().any(|value| !value.is_null());
    if kind || values || says("properties") || says("items") {
        return true;
    }
    if depth > DEPTH {
        return false;
    }
    let states = |part: &Value| states(root, part, depth + 1);
    let all = |key: &str| {
        let parts = list(schema, key);
        !parts.is_empty() && parts.iter().filter(|part| !is_null(part)).all(states)
    };
    list(schema, "allOf").iter().any(states) || all("oneOf") || all("anyOf")
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Whether values of the schema have members or items.
fn is_composite(root: &Value, schema: &Value) -> bool {
    !members_of(root, &[schema]).is_empty() || !below(root, schema, "items").is_empty()
}

/// A schema and all that it is composed of.
fn parts<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a serde_json::Map<String, Value>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let Some(object) = resolve(root, schema).and_then(Value::as_object) else {
            continue;
        };
        if !seen.insert(std::ptr::from_ref(object)) {
            continue;
        }
        found.push(object);
        for key in ["allOf", "oneOf", "anyOf"] {
            open.extend(list(object, key));
        }
    }
    found
}

/// The members of objects that fit any of the schemas, by name.
fn members_of<'a>(root: &'a Value, schemas: &[&'a Value]) -> BTreeMap<String, Vec<&'a Value>> {
    let mut members: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for object in schemas.iter().flat_map(|schema| parts(root, schema)) {
        let properties = object.get("properties").and_then(Value::as_object);
        for (name, member) in properties.into_iter().flatten() {
            members.entry(name.clone()).or_default().push(member);
        }
    }
    members
}

/// The schemas of items or of further members.
fn below<'a>(root: &'a Value, schema: &'a Value, key: &str) -> Vec<&'a Value> {
    parts(root, schema)
        .into_iter()
        .filter_map(|object| object.get(key).filter(|value| value.is_object()))
        .collect()
}

/// Of several schemas of the normalized document the one that is most like a schema of the document as read.
fn best<'a>(
    roots: (&'a Value, &'a Value),
    before: &'a Value,
    candidates: &[&'a Value],
) -> Option<&'a Value> {
    if candidates.len() < 2 {
        return candidates.first().copied();
    }
    let (read, normalized) = roots;
    let kind = |root, schema| resolve(root, schema).and_then(|schema| schema.get("type"));
    let wanted = names(read, before);
    candidates.iter().copied().max_by_key(|candidate| {
        let names = names(normalized, candidate);
        let common = names.iter().filter(|name| wanted.contains(*name));
        let same = kind(normalized, candidate) == kind(read, before);
        let says = states(normalized, candidate, 0);
        (common.count(), same, says)
    })
}

/// The names of all members of a schema and of its items.
fn names(root: &Value, schema: &Value) -> BTreeSet<String> {
    let inner = ["items", "additionalProperties"]
        .iter()
        .flat_map(|key| below(root, schema, key));
    let schemas: Vec<&Value> = inner.chain([schema]).collect();
    members_of(root, &schemas).into_keys().collect()
}

#[cfg(test)]
mod tests;
