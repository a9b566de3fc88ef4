//! Makes every schema that something refers to a named component, and every reference one to such a component.

mod names;
mod resolve;

use super::Version;
use super::nodes::{Kind, remove};
use super::report::Report;
use super::target::{Fault, locate_value, reference};
use crate::diagnose::walk::Walk;
use crate::names::Taken;
use crate::schema::{escape, named_mut, reference_text};
use indexmap::IndexMap;
use resolve::{Resolver, is_named};
use serde_json::{Value, json};
use std::collections::HashMap;

const RULE: &str = "references_elsewhere";

/// What was moved may refer to what no reference reached before. Nobody nests that twice; this is a bound for input
/// that tries.
const MAX_ROUNDS: usize = 16;

/// Where a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A schema that is a reference.
    Schema,
    /// `$dynamicRef` or `$recursiveRef`, which 3.0 does not have.
    Dynamic,
    /// A value of a discriminator's `mapping`.
    Mapping,
}

/// One reference to a schema.
struct Use {
    place: Place,
    /// Of the schema, or of the value in the mapping.
    pointer: String,
    /// As it stands there.
    target: String,
    /// Pointer of what it names.
    found: Result<String, Fault>,
}

pub(super) fn apply(root: &mut Value, version: Version, report: &mut Report) {
    let home = match version {
        Version::Swagger2 => "/definitions",
        Version::V30 | Version::V31 => "/components/schemas",
    };
    for _ in 0..MAX_ROUNDS {
        let uses = uses(root);
        let mut names = Names::default();
        for found in uses.iter().filter_map(|found| found.found.as_ref().ok()) {
            if !is_named(found) && !names.by_pointer.contains_key(found) {
                names.add(root, home, found);
            }
        }
        redirect(root, &uses, &names, home, report);
        name_targets(root, home, &names, &uses, report);
        if names.by_pointer.is_empty() {
            break;
        }
    }
    cut_circles(root, report);
}

fn uses(root: &Value) -> Vec<Use> {
    let walk = Walk::new(root);
    let resolver = Resolver::new(root, &walk);
    let mut uses = Vec::new();
    for node in walk.of_kind(Kind::Schema) {
        let text = |key: &str| node.get(key).and_then(Value::as_str);
        let dynamic = text("$dynamicRef").or_else(|| text("$recursiveRef"));
        let own = match (text("$ref"), dynamic) {
            (Some(target), _) => Some((Place::Schema, target)),
            (None, Some(target)) => Some((Place::Dynamic, target)),
            (None, None) => None,
        };
        let mapping = node.value.pointer("/discriminator/mapping");
        let mapping = mapping.and_then(Value::as_object);
        if own.is_none() && mapping.is_none() {
            continue;
        }
        let pointer = walk.pointer(node);
        for (name, value) in mapping.into_iter().flatten() {
            // A bare name is that of a component already.
            if let Some(target) = value.as_str().filter(|target| target.starts_with('#')) {
                uses.push(Use {
                    place: Place::Mapping,
                    pointer: format!("{pointer}/discriminator/mapping/{}", escape(name)),
                    target: target.to_owned(),
                    found: resolver.resolve(target, &pointer),
                });
            }
        }
        if let Some((place, target)) = own {
            uses.push(Use {
                place,
                target: target.to_owned(),
                found: resolver.resolve(target, &pointer),
                pointer,
            });
        }
    }
    uses
}

/// The names of the components to be.
#[derive(Default)]
struct Names {
    by_pointer: IndexMap<String, String>,
    taken: Taken,
}

impl Names {
    fn add(&mut self, root: &Value, home: &str, pointer: &str) {
        if self.taken.is_empty() {
            let named = root.pointer(home).and_then(Value::as_object);
            self.taken = named
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect();
        }
        let name = names::from_place(root, pointer, &self.taken);
        let name = crate::names::unique(name, &mut self.taken);
        self.by_pointer.insert(pointer.to_owned(), name);
    }
}

/// Writes every reference as one to a named component, or gives it up.
fn redirect(root: &mut Value, uses: &[Use], names: &Names, home: &str, report: &mut Report) {
    let mut lost: IndexMap<(&str, Fault), Vec<&str>> = IndexMap::new();
    for found in uses {
        match &found.found {
            Ok(pointer) => {
                let new = names.by_pointer.get(pointer);
                let new = new.map(|name| format!("{home}/{}", escape(name)));
                write(
                    root,
                    found,
                    reference_text(new.as_ref().unwrap_or(pointer)),
                    report,
                );
            }
            Err(fault) if found.place == Place::Mapping => {
                let what = format!("`{}` {fault}: no longer mapped", found.target);
                report.loss(RULE, &found.pointer, what, "the schema of this value");
                remove(root, &found.pointer);
            }
            Err(fault) => {
                if let Some(schema) = root.pointer_mut(&found.pointer) {
                    give_up(schema);
                }
                let at = lost.entry((&found.target, *fault)).or_default();
                at.push(&found.pointer);
            }
        }
    }
    for ((target, fault), pointers) in lost {
        let what = match pointers.len() {
            1 => format!("`{target}` {fault}: any JSON"),
            count => format!("`{target}` {fault} ({count} references): any JSON"),
        };
        let pointer = pointers.first().copied().unwrap_or_default();
        report.loss(RULE, pointer, what, "what stands there");
    }
}

/// Writes the reference `text` where a reference stands.
fn write(root: &mut Value, found: &Use, text: String, report: &mut Report) {
    let Some(place) = root.pointer_mut(&found.pointer) else {
        return;
    };
    match place {
        Value::Object(schema) => {
            schema.insert("$ref".to_owned(), text.into());
            if found.place == Place::Dynamic {
                schema.shift_remove("$dynamicRef");
                schema.shift_remove("$recursiveRef");
                let what = format!("`{}` read as `$ref`", found.target);
                let loss = "that the place of use may redefine it";
                report.loss(RULE, &found.pointer, what, loss);
            }
        }
        mapped => *mapped = text.into(),
    }
}

/// A reference that leads nowhere becomes any JSON; what stands beside it stays.
fn give_up(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
            members.shift_remove(key);
        }
    }
}

/// Moves what is referred to into the named components, the innermost first.
fn name_targets(root: &mut Value, home: &str, names: &Names, uses: &[Use], report: &mut Report) {
    let mut targets: Vec<(&String, &String)> = names.by_pointer.iter().collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for pointer in uses.iter().filter_map(|found| found.found.as_deref().ok()) {
        *counts.entry(pointer).or_default() += 1;
    }
    let mut moves = Vec::new();
    targets.sort_by_key(|(pointer, _)| std::cmp::Reverse(pointer.matches('/').count()));
    for (pointer, name) in targets {
        let now = format!("{home}/{}", escape(name));
        let Some(place) = root.pointer_mut(pointer) else {
            continue;
        };
        let schema = std::mem::replace(place, json!({ "$ref": reference_text(&now) }));
        if let Some(named) = named_mut(root, home) {
            named.insert(name.clone(), schema);
        }
        let what = match counts.get(pointer.as_str()).copied().unwrap_or_default() {
            1 => format!("named `{name}`, for a reference to it"),
            count => format!("named `{name}`, for {count} references to it"),
        };
        report.note(RULE, pointer, what);
        moves.push((pointer.clone(), now));
    }
    report.moved(moves);
}

/// Components that are references to each other and to nothing else.
fn cut_circles(root: &mut Value, report: &mut Report) {
    for home in ["/definitions", "/components/schemas"] {
        let circular: Vec<String> = root
            .pointer(home)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(_, schema)| {
                let target = reference(schema).map(|target| locate_value(root, target));
                target == Some(Err(Fault::Circle))
            })
            .map(|(name, _)| format!("{home}/{}", escape(name)))
            .collect();
        for pointer in circular {
            if let Some(schema) = root.pointer_mut(&pointer) {
                give_up(schema);
            }
            report.loss(
                RULE,
                &pointer,
                "refers to itself and to nothing else: any JSON",
                "what was meant",
            );
        }
    }
}
