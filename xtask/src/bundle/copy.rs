//! Copies the document, and whatever it reaches in other files.

use super::names;
use super::sources::{Fault, Sources, Spot};
use crate::diagnose::walk::{Kind, Shape};
use crate::load::MAX_DEPTH;
use crate::load::files::MAIN;
use crate::names::Taken;
use crate::schema::{escape, reference_text};
use crate::source::Source;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Most values that the copy may have.
const MAX_VALUES: usize = 16 * 1024 * 1024;

/// Most values that are copied in place more than once: files that hold each other twice would double with each.
const MAX_REPEATED: usize = 256 * 1024;

/// Where the components of each kind live. What has no home is copied to where it is used.
type Homes = &'static [(Kind, &'static str)];

const HOMES_3: Homes = &[
    (Kind::Schema, "/components/schemas"),
    (Kind::Parameter, "/components/parameters"),
    (Kind::RequestBody, "/components/requestBodies"),
    (Kind::Response, "/components/responses"),
    (Kind::Header, "/components/headers"),
];

const HOMES_2: Homes = &[
    (Kind::Schema, "/definitions"),
    (Kind::Parameter, "/parameters"),
    (Kind::Response, "/responses"),
];

/// A reference that could not be followed.
pub(super) struct Faulted {
    pub(super) fault: Fault,
    /// Where it stands first, in its file and in the document.
    pub(super) first: String,
    pub(super) out: String,
    /// Where it stands.
    pub(super) pointers: BTreeSet<String>,
}

/// A component that is still to be copied.
struct Job {
    spot: Spot,
    kind: Kind,
    home: &'static str,
    name: String,
}

pub(super) struct Bundler<'a> {
    sources: Sources<'a>,
    homes: Homes,
    /// The components that places in other files have become, by pointer.
    named: HashMap<(Spot, &'static str), String>,
    taken: HashMap<&'static str, Taken>,
    queue: VecDeque<Job>,
    /// What is being copied in place, the outermost first.
    open: Vec<Spot>,
    values: usize,
    /// What was copied in place so far, and how many of the open copies are of such.
    copied: HashSet<Spot>,
    repeating: usize,
    repeated: usize,
    /// Whether what was copied in place nests deeper than one document may.
    pub(super) is_too_deep: bool,
    /// Components that the document did not have: home, name and value.
    pub(super) components: Vec<(&'static str, String, Value)>,
    pub(super) parts: BTreeMap<String, (Arc<Source>, String)>,
    pub(super) faults: IndexMap<(usize, String), Faulted>,
}

/// A place of the copy: where it comes from, and where it goes.
#[derive(Clone)]
struct At {
    from: Spot,
    out: String,
    depth: usize,
}

impl At {
    fn member(&self, name: &str) -> Self {
        Self {
            from: self.from.member(name),
            out: format!("{}/{}", self.out, escape(name)),
            depth: self.depth + 1,
        }
    }
}

impl<'a> Bundler<'a> {
    pub(super) fn new(sources: Sources<'a>) -> Self {
        let homes = if sources.main.get("swagger").is_some() {
            HOMES_2
        } else {
            HOMES_3
        };
        Self {
            sources,
            homes,
            named: HashMap::new(),
            taken: HashMap::new(),
            queue: VecDeque::new(),
            open: Vec::new(),
            values: 0,
            copied: HashSet::new(),
            repeating: 0,
            repeated: 0,
            is_too_deep: false,
            components: Vec::new(),
            parts: BTreeMap::new(),
            faults: IndexMap::new(),
        }
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.values > MAX_VALUES || self.repeated > MAX_REPEATED
    }

    /// The document, its references to other files rewritten; `components` holds what they lead to.
    pub(super) fn document(&mut self) -> Value {
        for (_, home) in self.homes {
            self.adopt(home);
        }
        let at = At {
            from: Spot {
                file: MAIN,
                pointer: String::new(),
            },
            out: String::new(),
            depth: 0,
        };
        let main = self.sources.main;
        let root = self.copy(&at, Some(Shape::One(Kind::Root)), main);
        while let Some(job) = self.queue.pop_front() {
            let Some(value) = self.sources.value(&job.spot) else {
                continue;
            };
            let out = format!("{}/{}", job.home, escape(&job.name));
            self.part(&out, &job.spot);
            let at = At {
                from: job.spot,
                out,
                depth: job.home.matches('/').count() + 1,
            };
            let copied = self.copy(&at, Some(Shape::One(job.kind)), value);
            self.components.push((job.home, job.name, copied));
        }
        root
    }

    /// Remembers the components that the document names itself: one that is nothing but a reference into another file
    /// is the home of what it refers to.
    fn adopt(&mut self, home: &'static str) {
        let mut place = self.sources.locate(MAIN, &format!("#{home}"));
        // The components may themselves stand in another file, and in one after that.
        for _ in 0..MAX_DEPTH {
            let Ok(spot) = place else {
                return;
            };
            let members = self.sources.value(&spot).and_then(Value::as_object);
            let entries = || members.into_iter().flatten();
            for (name, _) in entries() {
                let pointer = format!("{home}/{}", escape(name));
                self.taken
                    .entry(home)
                    .or_default()
                    .insert(name.to_lowercase());
                self.named
                    .entry((spot.member(name), home))
                    .or_insert(pointer);
            }
            // After all names: an alias of another component is no home.
            for (name, value) in entries() {
                let alone = value.as_object().is_some_and(|value| value.len() == 1);
                let target = value.get("$ref").and_then(Value::as_str);
                if let Some(target) = target.filter(|_| alone)
                    && let Ok(target) = self.sources.locate(spot.file, target)
                    && target.file != MAIN
                {
                    let pointer = format!("{home}/{}", escape(name));
                    self.named.entry((target, home)).or_insert(pointer);
                }
            }
            let onward = members.and_then(|members| members.get("$ref")?.as_str());
            let Some(onward) = onward else {
                return;
            };
            place = self.sources.locate(spot.file, onward);
        }
    }

    fn copy(&mut self, at: &At, shape: Option<Shape>, value: &Value) -> Value {
        self.values += 1;
        self.repeated += usize::from(self.repeating > 0);
        self.is_too_deep |= at.depth > MAX_DEPTH;
        if self.is_exhausted() || self.is_too_deep {
            return Value::Null;
        }
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str)
                    && let Some(copied) = self.reference(at, shape, members, target)
                {
                    return copied;
                }
                let copied = members.iter().map(|(name, value)| {
                    let inner = at.member(name);
                    let copied = if name == "discriminator" && is_schema(shape) {
                        self.discriminator(&inner, value)
                    } else {
                        self.copy(&inner, member_shape(shape, name), value)
                    };
                    (name.clone(), copied)
                });
                Value::Object(copied.collect())
            }
            Value::Array(items) => {
                let shape = item_shape(shape);
                let items = items.iter().enumerate();
                let copied = items
                    .map(|(index, item)| self.copy(&at.member(&index.to_string()), shape, item));
                Value::Array(copied.collect())
            }
            scalar => scalar.clone(),
        }
    }

    /// What becomes of an object with `$ref`; `None` when it is copied as it is.
    fn reference(
        &mut self,
        at: &At,
        shape: Option<Shape>,
        members: &Map<String, Value>,
        target: &str,
    ) -> Option<Value> {
        let wanted = Wanted::of(shape?)?;
        let is_local = target.starts_with('#');
        if is_local && at.from.file == MAIN || self.is_identified(target) {
            return None;
        }
        let located = self.sources.locate(at.from.file, target);
        let spot = match located.and_then(|spot| self.fitting(&wanted, spot)) {
            Ok(spot) => spot,
            // Local ones that dangle are reported with all others, and bare names are understood later.
            Err(_) if is_local || !target.contains(['/', '.', '#', ':']) => return None,
            Err(fault) => {
                self.fault(at, target, fault);
                return None;
            }
        };
        let Some((kind, home)) = self.home(&wanted, &spot) else {
            return self.in_place(at, shape, members, target, &spot);
        };
        let pointer = match spot.file {
            MAIN => spot.pointer,
            _ => self.component(&spot, kind, home),
        };
        if pointer == at.out {
            let spot = self.sources.locate(at.from.file, target).ok()?;
            return self.in_place(at, shape, members, target, &spot);
        }
        let mut copied = members.clone();
        copied.insert("$ref".to_owned(), reference_text(&pointer).into());
        Some(Value::Object(copied))
    }

    /// The pointer of the component that a place in another file becomes.
    fn component(&mut self, spot: &Spot, kind: Kind, home: &'static str) -> String {
        let key = (spot.clone(), home);
        if let Some(pointer) = self.named.get(&key) {
            return pointer.clone();
        }
        let path = &self.sources.source(spot.file).path;
        let name = names::choose(spot, path, self.taken.entry(home).or_default());
        let pointer = format!("{home}/{}", escape(&name));
        self.named.insert(key, pointer.clone());
        self.queue.push_back(Job {
            spot: spot.clone(),
            kind,
            home,
            name,
        });
        pointer
    }

    /// A copy of what a reference names, in its place. Members beside the reference are meant for this place.
    fn in_place(
        &mut self,
        at: &At,
        shape: Option<Shape>,
        members: &Map<String, Value>,
        target: &str,
        spot: &Spot,
    ) -> Option<Value> {
        if self.open.contains(spot) || self.open.len() > MAX_DEPTH {
            self.fault(at, target, Fault::Circle);
            return None;
        }
        let value = self.sources.value(spot)?;
        self.part(&at.out, spot);
        self.open.push(spot.clone());
        let again = usize::from(!self.copied.insert(spot.clone()));
        self.repeating += again;
        let inside = At {
            from: spot.clone(),
            out: at.out.clone(),
            depth: at.depth,
        };
        let mut copied = self.copy(&inside, shape, value);
        self.repeating -= again;
        self.open.pop();
        for (name, value) in members.iter().filter(|(name, _)| *name != "$ref") {
            let inner = at.member(name);
            self.part(&inner.out, &inner.from);
            let beside = self.copy(&inner, member_shape(shape, name), value);
            if let Some(copied) = copied.as_object_mut() {
                copied.insert(name.clone(), beside);
            }
        }
        Some(copied)
    }

    /// Targets in other files become components; bare names and local targets of the document stay.
    fn discriminator(&mut self, at: &At, value: &Value) -> Value {
        let mut copied = value.clone();
        let mapping = copied.get_mut("mapping").and_then(Value::as_object_mut);
        for (name, target) in mapping.into_iter().flatten() {
            let Some(text) = target.as_str() else {
                continue;
            };
            if text.starts_with('#') && at.from.file == MAIN {
                continue;
            }
            let found = self.sources.locate(at.from.file, text).or_else(|fault| {
                // In another file, a bare name is that of a schema there.
                let homes = ["/components/schemas", "/definitions", "/$defs"];
                let local = homes.iter().map(|home| format!("#{home}/{}", escape(text)));
                let mut found = local.map(|local| self.sources.locate(at.from.file, &local));
                found.find_map(Result::ok).ok_or(fault)
            });
            match found.and_then(|spot| self.fitting(&Wanted::Node(Kind::Schema), spot)) {
                Ok(spot) if spot.file == MAIN => *target = reference_text(&spot.pointer).into(),
                Ok(spot) => {
                    if let Some((kind, home)) = self.home(&Wanted::Node(Kind::Schema), &spot) {
                        *target = reference_text(&self.component(&spot, kind, home)).into();
                    }
                }
                Err(fault) if text.contains(['/', '#']) && !text.starts_with('#') => {
                    self.fault(&at.member("mapping").member(name), text, fault);
                }
                Err(_) => {}
            }
        }
        copied
    }

    /// The place, when what is there can stand for what is wanted.
    fn fitting(&self, wanted: &Wanted, spot: Spot) -> Result<Spot, Fault> {
        let value = self.sources.value(&spot).ok_or(Fault::Missing)?;
        let fits = match wanted {
            Wanted::Node(Kind::Schema) => value.is_object() || value.is_boolean(),
            Wanted::Node(_) | Wanted::Map => value.is_object(),
            Wanted::List => value.is_array(),
            Wanted::Any => true,
        };
        let is_whole = value
            .get("openapi")
            .or_else(|| value.get("swagger"))
            .is_some();
        if !fits {
            Err(Fault::Mismatch)
        } else if is_whole && spot.pointer.is_empty() && matches!(wanted, Wanted::Node(_)) {
            Err(Fault::WholeDocument)
        } else {
            Ok(spot)
        }
    }

    /// Where the components live that such a value becomes; `None` for what is copied in place.
    fn home(&self, wanted: &Wanted, spot: &Spot) -> Option<(Kind, &'static str)> {
        let Wanted::Node(mut kind) = *wanted else {
            return None;
        };
        let value = self.sources.value(spot)?;
        // Many documents name a schema where an answer or a body belongs, and later stages understand it.
        if matches!(kind, Kind::Response | Kind::RequestBody) && looks_like_schema(value) {
            kind = Kind::Schema;
        }
        self.homes.iter().find(|(known, _)| *known == kind).copied()
    }

    /// Whether a reference is to a schema of the document that bears this very text as its `$id`.
    fn is_identified(&self, target: &str) -> bool {
        let homes = ["/components/schemas", "/definitions"];
        let mut named = homes
            .iter()
            .filter_map(|home| self.sources.main.pointer(home)?.as_object())
            .flatten();
        named.any(|(_, schema)| schema.get("$id").and_then(Value::as_str) == Some(target))
    }

    fn part(&mut self, out: &str, spot: &Spot) {
        let place = (
            Arc::clone(self.sources.source(spot.file)),
            spot.pointer.clone(),
        );
        self.parts.insert(out.to_owned(), place);
    }

    fn fault(&mut self, at: &At, target: &str, fault: Fault) {
        let key = (at.from.file, target.to_owned());
        let faulted = self.faults.entry(key).or_insert_with(|| Faulted {
            fault,
            first: at.from.pointer.clone(),
            out: at.out.clone(),
            pointers: BTreeSet::new(),
        });
        faulted.pointers.insert(at.from.pointer.clone());
    }
}

/// What a reference stands in place of.
enum Wanted {
    Node(Kind),
    Map,
    List,
    Any,
}

impl Wanted {
    fn of(shape: Shape) -> Option<Self> {
        match shape {
            Shape::One(kind) => Some(Self::Node(kind)),
            Shape::SchemaOrList => Some(Self::Node(Kind::Schema)),
            Shape::Map(_) => Some(Self::Map),
            Shape::List(_) => Some(Self::List),
            // Servers and tags, or one of them.
            Shape::Array => Some(Self::Any),
            _ => None,
        }
    }
}

fn is_schema(shape: Option<Shape>) -> bool {
    matches!(shape, Some(Shape::One(Kind::Schema) | Shape::SchemaOrList))
}

/// What a member of an object is.
fn member_shape(shape: Option<Shape>, name: &str) -> Option<Shape> {
    match shape? {
        Shape::Map(kind) => Some(Shape::One(kind)),
        Shape::SchemaOrList => member_shape(Some(Shape::One(Kind::Schema)), name),
        Shape::One(kind) => {
            if let Some(inner) = kind.named() {
                return (!name.starts_with("x-")).then_some(Shape::One(inner));
            }
            let known = kind.members().iter().find(|(known, _)| *known == name);
            known.map(|(_, shape)| *shape)
        }
        _ => None,
    }
}

/// What an element of an array is.
fn item_shape(shape: Option<Shape>) -> Option<Shape> {
    match shape? {
        Shape::List(kind) => Some(Shape::One(kind)),
        Shape::SchemaOrList => Some(Shape::One(Kind::Schema)),
        Shape::Array => Some(Shape::Array),
        _ => None,
    }
}

fn looks_like_schema(value: &Value) -> bool {
    let keys = [
        "type",
        "properties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
    ];
    keys.iter().any(|key| value.get(key).is_some())
}
