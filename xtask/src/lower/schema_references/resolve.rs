//! From the text of a reference to the place of a schema.

use super::super::nodes::Kind;
use super::super::target::{Fault, locate, reference};
use crate::diagnose::walk::Walk;
use crate::schema::escape;
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// Where named schemas live, in 3.x and in 2.0.
const HOMES: [&str; 2] = ["/components/schemas/", "/definitions/"];

/// Whether a pointer is that of a named component.
pub(super) fn is_named(pointer: &str) -> bool {
    let name = HOMES.iter().find_map(|home| pointer.strip_prefix(home));
    name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// Finds schemas by reference.
pub(super) struct Resolver<'a> {
    root: &'a Value,
    walk: &'a Walk<'a>,
    /// Pointers of all schemas; most documents never need them.
    schemas: OnceCell<HashSet<String>>,
    /// Pointers by `$id`, and by `#` and `$anchor`.
    identified: HashMap<String, String>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(root: &'a Value, walk: &'a Walk<'a>) -> Self {
        let mut identified = HashMap::new();
        for node in walk.of_kind(Kind::Schema) {
            for (key, prefix) in [("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")] {
                if let Some(text) = node.get(key).and_then(Value::as_str) {
                    let name = format!("{prefix}{text}");
                    identified.entry(name).or_insert_with(|| walk.pointer(node));
                }
            }
        }
        Self {
            root,
            walk,
            schemas: OnceCell::new(),
            identified,
        }
    }

    /// The pointer of the schema that a reference in the schema at `place` names: that of a named component, or of a
    /// schema elsewhere that is no reference itself.
    pub(super) fn resolve(&self, target: &str, place: &str) -> Result<String, Fault> {
        let mut pointer = self.first(target, place)?;
        for _ in 0..32 {
            if is_named(&pointer) {
                return Ok(pointer);
            }
            pointer = self.schema_at(&pointer)?;
            let Some(next) = self.root.pointer(&pointer).and_then(reference) else {
                return Ok(pointer);
            };
            pointer = self.first(next, &pointer)?;
        }
        Err(Fault::Circle)
    }

    /// What a reference names, be it a reference again.
    fn first(&self, target: &str, place: &str) -> Result<String, Fault> {
        if let Some(pointer) = self.identified.get(target) {
            return Ok(pointer.clone());
        }
        if target == "#" {
            return component_around(place).ok_or(Fault::Mismatch);
        }
        match locate(self.root, target) {
            Err(fault @ (Fault::Missing | Fault::External)) => {
                self.guess(target, place).ok_or(fault)
            }
            found => found,
        }
    }

    /// What was most likely meant by a reference that names nothing.
    fn guess(&self, target: &str, place: &str) -> Option<String> {
        if let Some(fragment) = target.strip_prefix('#')
            && ["/$defs/", "/definitions/"]
                .iter()
                .any(|start| fragment.starts_with(start))
        {
            // Relative to the schema that it was written for, before that became a part of this document.
            let around = place.match_indices('/').map(|(at, _)| &place[..at]).rev();
            let found = std::iter::once(place)
                .chain(around)
                .find_map(|outer| locate(self.root, &format!("#{outer}{fragment}")).ok());
            if found.is_some() {
                return found;
            }
        }
        let name = match target.strip_prefix('#') {
            Some(fragment) => {
                let starts = [
                    "/components/schemas/",
                    "/definitions/",
                    "/$defs/",
                    "/schemas/",
                ];
                let known = starts.iter().find_map(|start| fragment.strip_prefix(start));
                known.filter(|name| !name.contains('/'))?
            }
            // A bare name, as Swagger 1.2 had it.
            None if !target.contains(['/', '#', '.', ':']) => target,
            None => return None,
        };
        HOMES
            .iter()
            .find_map(|home| locate(self.root, &format!("#{home}{name}")).ok())
    }

    /// The schema at a place where a schema, or something that holds one, is.
    fn schema_at(&self, pointer: &str) -> Result<String, Fault> {
        let value = self.root.pointer(pointer).ok_or(Fault::Missing)?;
        if value.is_object() && (self.is_schema(pointer) || is_extension(pointer)) {
            return Ok(pointer.to_owned());
        }
        let content = value.get("content").and_then(Value::as_object);
        let media_type = content.and_then(|content| content.keys().next());
        let inside = media_type.map_or_else(
            || format!("{pointer}/schema"),
            |media_type| format!("{pointer}/content/{}/schema", escape(media_type)),
        );
        let found = self.root.pointer(&inside).is_some_and(Value::is_object);
        if found && self.is_schema(&inside) {
            Ok(inside)
        } else {
            Err(Fault::Mismatch)
        }
    }

    fn is_schema(&self, pointer: &str) -> bool {
        let known = self.schemas.get_or_init(|| {
            let nodes = self.walk.of_kind(Kind::Schema);
            nodes.map(|node| self.walk.pointer(node)).collect()
        });
        known.contains(pointer)
    }
}

/// Whether a pointer leads to where documents keep schemas that no version provides for.
fn is_extension(pointer: &str) -> bool {
    let mut names = pointer.split('/').skip(1).peekable();
    let at_top = names
        .peek()
        .is_some_and(|name| ["$defs", "schemas", "models"].contains(name));
    let inside = pointer.matches('/').count() > 1;
    inside && (at_top || names.any(|name| name.starts_with("x-")))
}

/// The named component that a place is in.
fn component_around(place: &str) -> Option<String> {
    HOMES.iter().find_map(|home| {
        let name = place.strip_prefix(home)?.split('/').next()?;
        Some(format!("{home}{name}"))
    })
}
