//! A document's text, its parsed value, and the way from one to the other.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::load::files::Files;
use crate::load::locate::Tree;
use crate::load::{json, yaml};

/// A range of bytes in [`Source::text`].
pub type Span = Range<usize>;

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML 1.2.
    Yaml,
    /// Another text, such as TOML: it has lines, but pointers are not resolved in it.
    Text,
}

/// The text of one file.
pub struct Source {
    /// The path as the user gave it.
    pub path: PathBuf,
    /// The text, without a byte order mark.
    pub text: String,
    /// The notation of the text.
    pub format: Format,
    tree: OnceLock<Option<Tree>>,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// Wraps a text that was read from `path`.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>, format: Format) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            format,
            tree: OnceLock::new(),
            line_starts: OnceLock::new(),
        }
    }

    /// Where the value at a JSON pointer stands.
    ///
    /// The span is that of the value when it is a scalar on one line, else that of its key. When the pointer does
    /// not exist in the text, as after a repair, its longest existing prefix is used; the root has no span.
    /// `None` for [`Format::Text`] and for a text that does not parse.
    ///
    /// The first call parses the text again; later ones only walk.
    pub fn locate(&self, pointer: &str) -> Option<Span> {
        self.tree()?.locate(&self.text, pointer)
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor_char_boundary(offset);
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |text| text.chars().count());
        (line, column + 1)
    }

    /// The byte offset at which a line (from 1) starts; the end of the text for a line past the last.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts()
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(self.text.len())
    }

    /// The nodes of the text with their positions; `None` where it does not parse.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        self.tree
            .get_or_init(|| match self.format {
                Format::Json => json::scan(&self.text),
                Format::Yaml => yaml::parse(&self.text).ok(),
                Format::Text => None,
            })
            .as_ref()
    }

    /// The last character boundary at or before `offset`.
    pub(crate) fn floor_char_boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            std::iter::once(0)
                .chain(self.text.match_indices('\n').map(|(at, _)| at + 1))
                .collect()
        })
    }
}

impl fmt::Debug for Source {
    /// Leaves the text out: it may be megabytes long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path)
            .field("bytes", &self.text.len())
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// A parsed document with the text that it came from.
///
/// `root` is what the pipeline changes; `source` stays as it was read, so that a problem found late still shows the
/// line that caused it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The value. Members keep the order of the text.
    pub root: Value,
    /// The text.
    pub source: Arc<Source>,
    /// SHA-256 of the file, in hexadecimal digits: of its bytes as they were read.
    pub sha256: String,
    /// The other files that it refers to.
    pub files: Arc<Files>,
    /// What came from other places, by pointer: the text, and the pointer there.
    pub(crate) parts: BTreeMap<String, (Arc<Source>, String)>,
}

impl Document {
    /// A document of one file.
    #[must_use]
    pub fn new(root: Value, source: Arc<Source>) -> Self {
        Self {
            root,
            sha256: sha256(source.text.as_bytes()),
            source,
            files: Arc::default(),
            parts: BTreeMap::new(),
        }
    }

    /// The text that holds what is at a pointer, and the pointer in that text.
    #[must_use]
    pub fn place(&self, pointer: &str) -> (Arc<Source>, String) {
        let ends = pointer.match_indices('/').map(|(at, _)| at);
        let mut ends: Vec<usize> = ends.collect();
        ends.push(pointer.len());
        let part = ends.into_iter().rev().find_map(|end| {
            let (start, rest) = pointer.split_at(end);
            let (source, there) = self.parts.get(start)?;
            Some((Arc::clone(source), format!("{there}{rest}")))
        });
        part.unwrap_or_else(|| (Arc::clone(&self.source), pointer.to_owned()))
    }

    /// The value at a JSON pointer.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// The value at a JSON pointer, for changing it.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Value> {
        self.root.pointer_mut(pointer)
    }

    /// The path of the file, as the user gave it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.source.path
    }
}

/// The SHA-256 of some bytes, in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Escapes a member name for use as one segment of a JSON pointer.
#[must_use]
pub fn escape_segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    push_escaped_segment(&mut segment, name);
    segment
}

/// Puts what [`escape_segment`] gives at the end of a pointer.
pub fn push_escaped_segment(pointer: &mut String, name: &str) {
    let mut rest = name;
    while let Some(at) = rest.find(['~', '/']) {
        let (before, special) = rest.split_at(at);
        pointer.push_str(before);
        pointer.push_str(if special.starts_with('~') { "~0" } else { "~1" });
        rest = &special[1..];
    }
    pointer.push_str(rest);
}

/// Undoes [`escape_segment`].
#[must_use]
pub fn unescape_segment(segment: &str) -> String {
    if !segment.contains('~') {
        return segment.to_owned();
    }
    segment.replace("~1", "/").replace("~0", "~")
}

/// The operation that a pointer leads into, as `GET /v2/x`; `None` outside operations.
#[must_use]
pub fn operation_at(pointer: &str) -> Option<String> {
    let mut segments = pointer.strip_prefix("/paths/")?.split('/');
    let path = unescape_segment(segments.next()?);
    let method = segments.next()?;
    METHODS
        .contains(&method)
        .then(|| format!("{} {path}", method.to_ascii_uppercase()))
}

/// The members of a path item that are operations.
pub const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_from_one() {
        let source = Source::new("a.txt", "one\nzwöi\n", Format::Text);
        for (offset, expected) in [
            (0, (1, 1)),
            (3, (1, 4)),
            (4, (2, 1)),
            (7, (2, 3)),
            (8, (2, 4)),
            (10, (3, 1)),
            (999, (3, 1)),
        ] {
            assert_eq!(source.line_column(offset), expected, "offset {offset}");
        }
        assert_eq!(source.line_start(2), 4);
        assert_eq!(source.line_start(99), source.text.len());
    }

    #[test]
    fn a_pointer_names_its_operation() {
        for (pointer, expected) in [
            (
                "/paths/~1v2~1x~1{id}/get/responses/200",
                Some("GET /v2/x/{id}"),
            ),
            ("/paths/~1v2~1x/post", Some("POST /v2/x")),
            ("/paths/~1v2~1x/parameters/0", None),
            ("/paths/~1v2~1x", None),
            ("/components/schemas/get", None),
            ("", None),
        ] {
            assert_eq!(operation_at(pointer).as_deref(), expected, "{pointer}");
        }
    }

    #[test]
    fn segments_round_trip() {
        for name in ["/v2/x", "a~b", "~1", "", "a/b~/c"] {
            assert_eq!(unescape_segment(&escape_segment(name)), name);
        }
    }
}
