//! From the text of a reference to a place in one of the files.

use crate::load::files::{Files, MAIN, Unread};
use crate::schema::{escape, unescape};
use crate::source::{Document, Source};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// References followed one after another before it counts as a circle.
const MAX_HOPS: usize = 32;

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) file: usize,
    pub(super) pointer: String,
}

impl Spot {
    /// The member, or the element, of this name.
    pub(super) fn member(&self, name: &str) -> Self {
        Self {
            file: self.file,
            pointer: format!("{}/{}", self.pointer, escape(name)),
        }
    }
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    Missing,
    Circle,
    /// It is there, but is something else.
    Mismatch,
    /// It is all of another API description.
    WholeDocument,
    /// The files of the document were not read at all.
    NotRead,
    Unread(Arc<Unread>),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is not there",
            Self::Circle => "leads back to itself",
            Self::Mismatch => "is something else",
            Self::WholeDocument => "is a whole document",
            Self::NotRead => "leads into another file",
            Self::Unread(unread) => &unread.reason,
        })
    }
}

/// The document and its files, as they were read.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) main: &'a Value,
    source: &'a Arc<Source>,
    files: &'a Files,
}

impl<'a> Sources<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            main: &document.root,
            source: &document.source,
            files: &document.files,
        }
    }

    /// The text of a file.
    pub(super) fn source(&self, file: usize) -> &'a Arc<Source> {
        let other = self.files.get(file).filter(|_| file != MAIN);
        other.map_or(self.source, |other| &other.source)
    }

    pub(super) fn value(&self, spot: &Spot) -> Option<&'a Value> {
        self.files
            .root(self.main, spot.file)?
            .pointer(&spot.pointer)
    }

    /// What a reference in the file `from` names, which may be a reference again. References on the way are followed.
    pub(super) fn locate(&self, from: usize, target: &str) -> Result<Spot, Fault> {
        self.locate_within(from, target, &mut 0)
    }

    fn locate_within(&self, from: usize, target: &str, hops: &mut usize) -> Result<Spot, Fault> {
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let file = match self.files.linked(from, path) {
            _ if path.is_empty() => from,
            Some(Ok(file)) => file,
            Some(Err(unread)) => return Err(Fault::Unread(unread)),
            None => return Err(Fault::NotRead),
        };
        let root = self.files.root(self.main, file).ok_or(Fault::Missing)?;
        let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return match anchored(root, &decoded) {
                Some(pointer) => Ok(Spot { file, pointer }),
                // Some writers leave the first slash out.
                None => self.walk(file, root, &format!("/{decoded}"), hops),
            };
        }
        match self.walk(file, root, &decoded, hops) {
            // A name may hold a percent sign of its own.
            Err(Fault::Missing) if decoded != fragment => self.walk(file, root, fragment, hops),
            // `file.yaml#/`, which strictly is the member without a name.
            Err(Fault::Missing) if fragment == "/" => Ok(Spot {
                file,
                pointer: String::new(),
            }),
            found => found,
        }
    }

    /// The place that a pointer has without the references on its way.
    fn walk(
        &self,
        file: usize,
        root: &'a Value,
        pointer: &str,
        hops: &mut usize,
    ) -> Result<Spot, Fault> {
        let mut wanted: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
        wanted.reverse();
        let mut value = root;
        let mut at = Spot {
            file,
            pointer: String::new(),
        };
        while let Some(segment) = wanted.pop() {
            let inner = match value {
                Value::Object(members) => members.get(&segment),
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|at| items.get(at)),
                _ => None,
            };
            if let Some(inner) = inner {
                at = at.member(&segment);
                value = inner;
                continue;
            }
            let onward = value.get("$ref").and_then(Value::as_str);
            let onward = onward.ok_or(Fault::Missing)?;
            *hops += 1;
            if *hops > MAX_HOPS {
                return Err(Fault::Circle);
            }
            at = self.locate_within(at.file, onward, hops)?;
            value = self.value(&at).ok_or(Fault::Missing)?;
            wanted.push(segment);
        }
        Ok(at)
    }
}

/// The pointer of the schema that is called `name` by `$anchor`, or by the older `$id: "#name"`.
fn anchored(root: &Value, name: &str) -> Option<String> {
    let mut queue = vec![(root, String::new())];
    while let Some((value, pointer)) = queue.pop() {
        match value {
            Value::Object(members) => {
                let text = |key: &str| members.get(key).and_then(Value::as_str);
                if text("$anchor") == Some(name)
                    || text("$dynamicAnchor") == Some(name)
                    || text("$id").and_then(|id| id.strip_prefix('#')) == Some(name)
                {
                    return Some(pointer);
                }
                let inner = members.iter();
                queue.extend(
                    inner.map(|(key, value)| (value, format!("{pointer}/{}", escape(key)))),
                );
            }
            Value::Array(items) => {
                let inner = items.iter().enumerate();
                queue.extend(inner.map(|(at, value)| (value, format!("{pointer}/{at}"))));
            }
            _ => {}
        }
    }
    None
}
