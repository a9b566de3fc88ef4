//! JSON: values by `serde_json`, positions by a scan of its own.

use serde_json::Value;

use super::locate::{Content, Entry, NodeId, Tree};
use super::{LoadError, MAX_DEPTH};
use crate::problem::ProblemKind;

/// Parses a JSON text. The last of two equal member names wins.
pub(super) fn parse(text: &str) -> Result<Value, LoadError> {
    serde_json::from_str(text).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        let message = error.to_string();
        // `serde_json` has no category of its own for its recursion limit.
        if message.starts_with("recursion limit exceeded") {
            return LoadError::too_deep(at..at + 1);
        }
        let reason = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(reason, _)| reason);
        LoadError::new(
            ProblemKind::Syntax,
            at..at + 1,
            format!("invalid JSON: {reason}"),
        )
    })
}

/// The byte offset of a position as `serde_json` gives it: line from 1, column in bytes, 0 at a line's start.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (start + column.saturating_sub(1)).min(text.len().saturating_sub(1))
}

/// The nodes of a JSON text, for their positions; `None` when it is not JSON.
pub(crate) fn scan(text: &str) -> Option<Tree> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        text,
        at: 0,
        tree: Tree::default(),
    };
    scanner.skip_space();
    let root = scanner.value(0)?;
    scanner.tree.root = root;
    Some(scanner.tree)
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    tree: Tree,
}

impl Scanner<'_> {
    /// Recursion is bounded by the depth limit.
    fn value(&mut self, depth: usize) -> Option<NodeId> {
        if depth > MAX_DEPTH {
            return None;
        }
        let start = self.at;
        let content = match self.peek()? {
            b'{' => self.object(depth)?,
            b'[' => self.array(depth)?,
            b'"' => {
                self.skip_string()?;
                Content::Scalar(Value::Null)
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
                {
                    self.at += 1;
                }
                Content::Scalar(Value::Null)
            }
        };
        (self.at > start).then(|| self.tree.push(start..self.at, content))
    }

    fn object(&mut self, depth: usize) -> Option<Content> {
        let mut entries = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(Content::Mapping(entries));
                }
                b',' => self.at += 1,
                b'"' => {
                    let key_start = self.at;
                    self.skip_string()?;
                    let key_span = key_start..self.at;
                    let quoted = self.text.get(key_span.clone())?;
                    let key = serde_json::from_str(quoted).ok()?;
                    self.skip_space();
                    if self.peek()? != b':' {
                        return None;
                    }
                    self.at += 1;
                    self.skip_space();
                    let value = self.value(depth + 1)?;
                    entries.push(Entry {
                        key,
                        key_span,
                        value,
                    });
                }
                _ => return None,
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Content> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(Content::Sequence(items));
                }
                b',' => self.at += 1,
                _ => items.push(self.value(depth + 1)?),
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}
