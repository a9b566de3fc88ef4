//! YAML 1.2 with the core schema, from the parser's events.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Tag};
use serde_json::{Number, Value};

use super::locate::{Content, Entry, NodeId, Tree};
use super::{LoadError, MAX_ALIAS_BYTES, MAX_DEPTH};
use crate::problem::ProblemKind;
use crate::source::Span;

/// What a value weighs against [`MAX_ALIAS_BYTES`], beside its text.
const NODE_BYTES: usize = 32;

/// Parses a YAML text.
///
/// * Scalars follow the core schema: `yes`, `on` and dates are strings. So are `.inf` and `.nan`, which JSON has not,
///   and, beyond the core schema, digits after a zero: writers of YAML 1.1 leave codes such as `02138` unquoted.
/// * Keys that are no strings become their text: `200:` is `"200"`.
/// * Merge keys (`<<`) are resolved; members that stand beside them win.
/// * Aliases share a node. What they stand for together is bounded, so that expanding the tree is safe.
pub(crate) fn parse(text: &str) -> Result<Tree, LoadError> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| scan_error(text, &error))?;
        let span = span.byte_range().unwrap_or(0..0);
        builder.event(event, span)?;
    }
    let Some(root) = builder.root else {
        return Err(LoadError::new(
            ProblemKind::Syntax,
            0..0,
            "the file holds no document",
        ));
    };
    builder.tree.root = root;
    Ok(builder.tree)
}

/// Lines that are indented at most before a text counts as broken.
const MAX_INDENTED: usize = 200;

/// The text with the lines of quoted scalars indented that stand as far left as their key.
///
/// YAML forbids it, but widely used parsers allow it, and published documents rely on that.
pub(crate) fn indented(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_INDENTED {
        match parse(&text) {
            Err(error) if error.unindented => {
                let at = error.span.start.min(text.len());
                let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
                let spaces = text[line..].len() - text[line..].trim_start_matches(' ').len();
                text.to_mut().insert_str(line, &" ".repeat(spaces + 1));
            }
            _ => break,
        }
    }
    text
}

fn scan_error(text: &str, error: &ScanError) -> LoadError {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let span = at..text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => LoadError::too_deep(span),
        ErrorKind::InvalidQuotedScalarIndent => LoadError {
            unindented: true,
            ..LoadError::new(
                ProblemKind::Syntax,
                span,
                format!("invalid YAML: {}", error.kind()),
            )
        },
        kind => LoadError::new(ProblemKind::Syntax, span, format!("invalid YAML: {kind}")),
    }
}

/// What an anchor stands for.
#[derive(Clone, Copy)]
struct Anchored {
    node: NodeId,
    /// Bytes of its expansion, see [`MAX_ALIAS_BYTES`].
    weight: usize,
    /// Levels of nesting: 0 for a scalar.
    height: usize,
}

/// A collection whose end has not come yet.
struct Frame {
    start: usize,
    anchor: usize,
    weight: usize,
    height: usize,
    open: Open,
}

enum Open {
    Sequence(Vec<NodeId>),
    Mapping {
        members: Vec<Member>,
        key: Option<Key>,
    },
}

struct Key {
    text: String,
    span: Span,
    merge: bool,
}

struct Member {
    key: Key,
    value: NodeId,
}

#[derive(Default)]
struct Builder {
    tree: Tree,
    root: Option<NodeId>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    alias_bytes: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), LoadError> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => Err(LoadError::new(
                ProblemKind::Unsupported,
                span,
                "the file holds more than one YAML document",
            )),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::SequenceStart(_, anchor, tag) => {
                check_collection_tag(tag.as_deref(), "seq", &span)?;
                self.open(anchor, span, Open::Sequence(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                check_collection_tag(tag.as_deref(), "map", &span)?;
                self.open(
                    anchor,
                    span,
                    Open::Mapping {
                        members: Vec::new(),
                        key: None,
                    },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), LoadError> {
        let plain = style == ScalarStyle::Plain;
        let value = match tag {
            None if plain => core_schema(text),
            None => Value::String(text.to_owned()),
            Some(tag) => tagged(tag, text).ok_or_else(|| unfit_tag(tag, text, &span))?,
        };
        let weight = NODE_BYTES + text.len();
        if self.expects_key() {
            if anchor > 0 {
                let node = self.tree.push(span.clone(), Content::Scalar(value));
                self.anchors.insert(
                    anchor,
                    Anchored {
                        node,
                        weight,
                        height: 0,
                    },
                );
            }
            let merge = plain && tag.is_none() && text == "<<";
            self.key(Key {
                text: text.to_owned(),
                span,
                merge,
            });
            return Ok(());
        }
        let node = self.tree.push(span.clone(), Content::Scalar(value));
        let placed = Anchored {
            node,
            weight,
            height: 0,
        };
        self.remember(anchor, placed);
        self.place(placed, span)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), LoadError> {
        let Some(target) = self.anchors.get(&anchor).copied() else {
            let message = "this alias stands inside the node that it stands for";
            return Err(LoadError::new(ProblemKind::Syntax, span, message));
        };
        if self.expects_key() {
            let node = self.tree.nodes.get(target.node);
            let Some(Content::Scalar(value)) = node.map(|node| &node.content) else {
                return Err(key_is_collection(span));
            };
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            self.key(Key {
                text,
                span,
                merge: false,
            });
            return Ok(());
        }
        self.alias_bytes = self.alias_bytes.saturating_add(target.weight);
        if self.alias_bytes > MAX_ALIAS_BYTES {
            let message = format!(
                "the aliases stand for more than {} MiB",
                MAX_ALIAS_BYTES / 1024 / 1024
            );
            return Err(LoadError::new(ProblemKind::TooLarge, span, message));
        }
        if self.stack.len() + target.height > MAX_DEPTH {
            return Err(LoadError::too_deep(span));
        }
        self.place(target, span)
    }

    fn open(&mut self, anchor: usize, span: Span, open: Open) -> Result<(), LoadError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(LoadError::too_deep(span));
        }
        if self.expects_key() {
            return Err(key_is_collection(span));
        }
        self.stack.push(Frame {
            start: span.start,
            anchor,
            weight: NODE_BYTES,
            height: 0,
            open,
        });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), LoadError> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let content = match frame.open {
            Open::Sequence(items) => Content::Sequence(items),
            Open::Mapping { members, .. } => Content::Mapping(self.merge(members)?),
        };
        let span = frame.start..span.end.max(frame.start);
        let node = self.tree.push(span.clone(), content);
        let placed = Anchored {
            node,
            weight: frame.weight,
            height: frame.height + 1,
        };
        self.remember(frame.anchor, placed);
        self.place(placed, span)
    }

    /// Whether the next node is a key of the innermost mapping.
    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn key(&mut self, new: Key) {
        if let Some(Frame {
            open: Open::Mapping { key, .. },
            weight,
            ..
        }) = self.stack.last_mut()
        {
            *weight = weight.saturating_add(new.text.len());
            *key = Some(new);
        }
    }

    /// Puts a finished node into the collection that holds it.
    fn place(&mut self, placed: Anchored, span: Span) -> Result<(), LoadError> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(placed.node);
            return Ok(());
        };
        frame.weight = frame.weight.saturating_add(placed.weight);
        frame.height = frame.height.max(placed.height);
        match &mut frame.open {
            Open::Sequence(items) => items.push(placed.node),
            Open::Mapping { members, key } => match key.take() {
                Some(key) => members.push(Member {
                    key,
                    value: placed.node,
                }),
                None => return Err(key_is_collection(span)),
            },
        }
        Ok(())
    }

    fn remember(&mut self, anchor: usize, anchored: Anchored) {
        if anchor > 0 {
            self.anchors.insert(anchor, anchored);
        }
    }

    /// Resolves merge keys: their members stand where the `<<` stood, unless the mapping has them itself or an earlier
    /// merge gave them.
    fn merge(&self, members: Vec<Member>) -> Result<Vec<Entry>, LoadError> {
        if !members.iter().any(|member| member.key.merge) {
            return Ok(members.into_iter().map(Member::into_entry).collect());
        }
        let mut taken: HashSet<String> = members
            .iter()
            .filter(|member| !member.key.merge)
            .map(|member| member.key.text.clone())
            .collect();
        let mut entries = Vec::with_capacity(members.len());
        for member in members {
            if !member.key.merge {
                entries.push(member.into_entry());
                continue;
            }
            for entry in self.merged_entries(member.value, &member.key.span)? {
                if taken.insert(entry.key.clone()) {
                    entries.push(entry);
                }
            }
        }
        Ok(entries)
    }

    fn merged_entries(&self, value: NodeId, key_span: &Span) -> Result<Vec<Entry>, LoadError> {
        let content = |id: NodeId| self.tree.nodes.get(id).map(|node| &node.content);
        let sources = match content(value) {
            Some(Content::Sequence(items)) => items.clone(),
            _ => vec![value],
        };
        let mut entries = Vec::new();
        for source in sources {
            let Some(Content::Mapping(found)) = content(source) else {
                let message = "a merge key (`<<`) takes a mapping or a sequence of mappings";
                return Err(
                    LoadError::new(ProblemKind::Syntax, key_span.clone(), message)
                        .help("quote the key if it is a name"),
                );
            };
            entries.extend(found.iter().cloned());
        }
        Ok(entries)
    }
}

fn check_collection_tag(tag: Option<&Tag>, expected: &str, span: &Span) -> Result<(), LoadError> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema_tag(expected) && !is_non_specific(tag) => {
            Err(unsupported_tag(tag, span))
        }
        _ => Ok(()),
    }
}

impl Member {
    fn into_entry(self) -> Entry {
        Entry {
            key: self.key.text,
            key_span: self.key.span,
            value: self.value,
        }
    }
}

fn key_is_collection(span: Span) -> LoadError {
    LoadError::new(
        ProblemKind::Unsupported,
        span,
        "a mapping key is itself a mapping or a sequence",
    )
}

fn unsupported_tag(tag: &Tag, span: &Span) -> LoadError {
    let message = format!("the tag `{}` has no counterpart in JSON", tag.original());
    LoadError::new(ProblemKind::Unsupported, span.clone(), message)
}

fn unfit_tag(tag: &Tag, text: &str, span: &Span) -> LoadError {
    if tag.is_custom() || matches!(tag.core_suffix(), Some("seq" | "map")) {
        return unsupported_tag(tag, span);
    }
    let message = format!("`{text}` is not what its tag `{}` says", tag.original());
    LoadError::new(ProblemKind::Syntax, span.clone(), message)
}

/// The tag `!`, which only says that plain scalars are strings.
fn is_non_specific(tag: &Tag) -> bool {
    tag.original() == "!"
}

/// The value of a scalar with a tag; `None` when the tag or the text does not fit.
fn tagged(tag: &Tag, text: &str) -> Option<Value> {
    if is_non_specific(tag) {
        return Some(Value::String(text.to_owned()));
    }
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref()? {
        "str" | "timestamp" => Some(Value::String(text.to_owned())),
        "null" => Some(core_schema(text)).filter(Value::is_null),
        "bool" => Some(core_schema(text)).filter(Value::is_boolean),
        "int" => Some(core_schema(text)).filter(|value| value.is_i64() || value.is_u64()),
        "float" => Some(core_schema(text)).filter(Value::is_number),
        _ => None,
    }
}

/// The value of a plain scalar by the core schema of YAML 1.2 (chapter 10.3.2).
fn core_schema(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    // Most scalars are words: leave before any parsing.
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return None;
        }
        let positive = text.strip_prefix('+').unwrap_or(text);
        let whole = positive
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| positive.parse::<u64>().map(Number::from));
        return whole.ok().or_else(|| float(text));
    }
    is_float(unsigned).then(|| float(text)).flatten()
}

fn radix(digits: &str, radix: u32) -> Option<Number> {
    if digits.starts_with(['-', '+']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok().map(Number::from)
}

/// `None` for what is too large for an `f64`.
fn float(text: &str) -> Option<Number> {
    Number::from_f64(text.parse().ok()?)
}

/// Whether a text without sign is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !unsigned.is_empty() && digits(unsigned)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}
