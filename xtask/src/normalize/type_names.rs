//! Gives every Rust type a name, in one place.
//!
//! Inline objects, enums and unions become components, so that the generator never invents a name; components that no
//! operation reaches are left out; names come from the lock where the type's place is locked, are legal and unique.

use super::multipart::FORM;
use super::{Facts, lossless};
use crate::change::Change;
use crate::folder::{OperationKey, TypesToml};
use crate::names::{Taken, singular, type_name, unique};
use crate::schema::{
    Place, SCHEMAS, Shape, children, children_mut, component_name, components, components_mut,
    edit_operations, edit_schemas, escape, operations, reference_to, schemas_of, shape, text,
    unescape, walk_mut,
};
use crate::usage::usage;
use heck::ToPascalCase;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const RULE: &str = "type_names";

pub(super) fn apply(root: &mut Value, facts: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    // What no operation reaches must not take a name either.
    prune(root, &mut changes);
    hoist(root, facts, &mut changes);
    rename(root, facts.types, &mut changes);
    changes
}

/// Where each type is used first: the shortest place, then the first in order. This is what the lock records.
#[must_use]
pub fn places(root: &Value) -> BTreeMap<String, String> {
    let mut shortest: BTreeMap<String, String> = BTreeMap::new();
    for (place, name) in all_places(root) {
        let rank = |place: &String| {
            (
                place.matches(['.', '[', '{']).count(),
                place.len(),
                place.clone(),
            )
        };
        let known = shortest.entry(name).or_insert_with(|| place.clone());
        if rank(&place) < rank(known) {
            *known = place;
        }
    }
    shortest
        .into_iter()
        .map(|(name, place)| (place, name))
        .collect()
}

/// Every place that refers to a component, each component being entered once.
fn all_places(root: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut queue: VecDeque<(String, &Value)> = VecDeque::new();
    for operation in operations(root) {
        let key = OperationKey::new(operation.method, operation.path);
        for (place, _, schema) in schemas_of(operation.value) {
            let place = match place {
                Place::Parameter(name) => format!("{key} parameter {name}"),
                Place::Request => format!("{key} request"),
                Place::Answer(status) => format!("{key} {status}"),
            };
            queue.push_back((format!("{place} "), schema));
        }
    }
    let all = components(root);
    let mut entered = BTreeSet::new();
    while let Some((place, schema)) = queue.pop_front() {
        if let Some(name) = component_name(schema) {
            found.push((place.trim_end().to_owned(), name.clone()));
            let first = entered.insert(name.clone());
            if let Some(target) = all.and_then(|all| all.get(&name)).filter(|_| first) {
                queue.push_back((place, target));
            }
            continue;
        }
        for (segment, child) in children(schema) {
            queue.push_back((format!("{place}{}", place_segment(&segment)), child));
        }
    }
    found
}

/// A pointer segment as a place shows it: `.member`, `[]`, `{}`; alternatives are told apart by number.
fn place_segment(segment: &str) -> String {
    if let Some(member) = segment.strip_prefix("/properties/") {
        format!(".{}", unescape(member))
    } else if segment == "/items" {
        "[]".to_owned()
    } else if segment == "/additionalProperties" {
        "{}".to_owned()
    } else {
        segment.replace('/', "|")
    }
}

/// Turns inline objects, enums and unions into components.
fn hoist(root: &mut Value, facts: Facts<'_>, changes: &mut Vec<Change>) {
    let mut hoisting = Hoisting {
        taken: components(root)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        made: Map::new(),
        changes,
    };
    edit_operations(root, &mut |path, method, operation| {
        let key = OperationKey::new(method, path);
        let known = facts.operations.get(&key).map(|entry| entry.name.clone());
        let base = known
            .or_else(|| text(operation, "operationId"))
            .unwrap_or_else(|| key.to_string());
        let base = type_name(&base);
        edit_schemas(operation, &mut |place, pointer, schema| {
            let name = match place {
                Place::Parameter(parameter) => format!("{base}{}", parameter.to_pascal_case()),
                Place::Request => format!("{base}Request"),
                Place::Answer(status) if status.starts_with(['1', '2']) => format!("{base}Answer"),
                Place::Answer(_) => format!("{base}Error"),
            };
            let pointer = format!("{key} {pointer}");
            if schema.get(FORM).is_some() {
                // The parts of a form are set one by one.
                hoisting.visit_children(&name, &pointer, schema);
            } else {
                hoisting.visit(&name, &pointer, schema);
            }
        });
    });
    let names: Vec<String> = components(root)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        if let Some(schema) = components_mut(root).and_then(|all| all.get_mut(&name)) {
            let pointer = format!("{SCHEMAS}/{}", escape(&name));
            hoisting.visit_children(&name, &pointer, schema);
        }
    }
    let made = hoisting.made;
    if let Some(all) = components_mut(root) {
        all.extend(made);
    }
}

struct Hoisting<'a> {
    taken: Taken,
    made: Map<String, Value>,
    changes: &'a mut Vec<Change>,
}

impl Hoisting<'_> {
    /// Moves the schema out when it needs a Rust type of its own; `name` is what it would be called.
    fn visit(&mut self, name: &str, pointer: &str, schema: &mut Value) {
        self.visit_children(name, pointer, schema);
        if !matches!(
            shape(schema),
            Shape::Struct | Shape::Enum | Shape::Union | Shape::Composed
        ) {
            return;
        }
        let titled = text(schema, "title").map(|title| type_name(&title));
        let chosen = unique(titled.unwrap_or_else(|| type_name(name)), &mut self.taken);
        let what = format!("inline schema named {chosen}");
        self.changes.push(lossless(RULE, pointer, None, what));
        let mut outside = reference_to(&chosen);
        for key in ["description", "nullable"] {
            if let Some(value) = schema.get(key) {
                outside[key] = value.clone();
            }
        }
        let mut inside = std::mem::replace(schema, outside);
        if let Some(object) = inside.as_object_mut() {
            object.shift_remove("nullable");
        }
        self.made.insert(chosen, inside);
    }

    fn visit_children(&mut self, name: &str, pointer: &str, schema: &mut Value) {
        for (segment, child) in children_mut(schema) {
            let child_name = match segment.strip_prefix("/properties/") {
                Some(member) => format!("{name}{}", unescape(member).to_pascal_case()),
                None if segment == "/items" => item_name(name),
                None if segment == "/additionalProperties" => format!("{name}Value"),
                None => {
                    let number: String = segment.chars().filter(char::is_ascii_digit).collect();
                    format!("{name}Variant{number}")
                }
            };
            self.visit(&child_name, &format!("{pointer}{segment}"), child);
        }
    }
}

/// The item of `Clouds` is a `Cloud`; a name that is no plural gets a suffix.
fn item_name(list: &str) -> String {
    let item = singular(list);
    if item == list {
        format!("{list}Item")
    } else {
        item
    }
}

fn prune(root: &mut Value, changes: &mut Vec<Change>) {
    let usages = usage(root);
    let Some(all) = components_mut(root) else {
        return;
    };
    all.retain(|name, _| {
        let used = usages
            .get(name)
            .is_some_and(|usage| usage.request || usage.answer);
        if !used {
            let pointer = format!("{SCHEMAS}/{}", escape(name));
            changes.push(lossless(
                RULE,
                &pointer,
                None,
                "no operation reaches it: left out".into(),
            ));
        }
        used
    });
}

/// Gives each component its final name and redirects all references.
fn rename(root: &mut Value, lock: &TypesToml, changes: &mut Vec<Change>) {
    let names = final_names(root, lock);
    for (old, new) in names.iter().filter(|(old, new)| old != new) {
        let pointer = format!("{SCHEMAS}/{}", escape(old));
        changes.push(lossless(
            RULE,
            &pointer,
            None,
            format!("named {new} in Rust"),
        ));
    }
    let redirect = |schema: &mut Value| {
        walk_mut(schema, "", &mut |_, inner| {
            if let Some(new) = component_name(inner).and_then(|old| names.get(&old)) {
                inner["$ref"] = reference_to(new)["$ref"].clone();
            }
        });
    };
    edit_operations(root, &mut |_, _, operation| {
        edit_schemas(operation, &mut |_, _, schema| redirect(schema));
    });
    let Some(all) = components_mut(root) else {
        return;
    };
    let mut renamed = Map::new();
    for (old, mut schema) in std::mem::take(all) {
        redirect(&mut schema);
        // The name is decided; typify would prefer the title.
        if let Some(object) = schema.as_object_mut()
            && let Some(Value::String(title)) = object.shift_remove("title")
        {
            object.entry("description").or_insert(Value::String(title));
        }
        renamed.insert(names.get(&old).cloned().unwrap_or(old), schema);
    }
    renamed.sort_keys();
    *all = renamed;
}

/// Locked names first, since they must not move; then those that are Rust names already; then the others. By name, so
/// that the order of the document decides nothing.
fn final_names(root: &Value, lock: &TypesToml) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let mut taken = Taken::default();
    let all = components(root);
    let places = all_places(root);
    // A dangling reference has a place, but no type that could have the name.
    let places = places
        .into_iter()
        .filter(|(_, old)| all.is_some_and(|all| all.contains_key(old)));
    for (place, old) in places {
        if let Some(locked) = lock.by_location.get(&place)
            && !names.contains_key(&old)
            && taken.insert(locked.clone())
        {
            names.insert(old, locked.clone());
        }
    }
    let mut others: Vec<&String> = components(root)
        .into_iter()
        .flatten()
        .map(|(old, _)| old)
        .filter(|old| !names.contains_key(*old))
        .collect();
    others.sort_by_key(|old| (type_name(old) != **old, *old));
    for old in others {
        let new = unique(type_name(old), &mut taken);
        names.insert(old.clone(), new);
    }
    names
}
