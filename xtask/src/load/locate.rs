//! The nodes of a text with their positions.

use serde_json::{Map, Value};

use crate::source::{Span, unescape_segment};

/// Index of a node in [`Tree::nodes`].
pub(crate) type NodeId = usize;

/// A text as nodes. Aliases of YAML share a node, so that the tree is never larger than the text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
}

/// One value of the text.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) content: Content,
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// A scalar. A scan for positions only leaves it null.
    Scalar(Value),
    Sequence(Vec<NodeId>),
    Mapping(Vec<Entry>),
}

/// One member of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: NodeId,
}

impl Tree {
    pub(crate) fn push(&mut self, span: Span, content: Content) -> NodeId {
        self.nodes.push(Node { span, content });
        self.nodes.len() - 1
    }

    /// See [`crate::source::Source::locate`].
    pub(crate) fn locate(&self, text: &str, pointer: &str) -> Option<Span> {
        let mut node = self.nodes.get(self.root)?;
        let mut found = None;
        for segment in pointer.split('/').skip(1) {
            let name = unescape_segment(segment);
            let (key_span, id) = match &node.content {
                Content::Scalar(_) => break,
                Content::Sequence(items) => {
                    match name.parse::<usize>().ok().and_then(|at| items.get(at)) {
                        Some(id) => (None, *id),
                        None => break,
                    }
                }
                // The last of two equal keys is the one that counts.
                Content::Mapping(entries) => {
                    match entries.iter().rev().find(|entry| entry.key == name) {
                        Some(entry) => (Some(entry.key_span.clone()), entry.value),
                        None => break,
                    }
                }
            };
            node = self.nodes.get(id)?;
            found = Some(shown(text, node, key_span));
        }
        found
    }

    /// The keys that stand more than once in their mapping, but for the last of each: pointer and place.
    pub(crate) fn duplicate_keys(&self) -> Vec<(String, Span)> {
        let mut duplicates = Vec::new();
        let mut queue = vec![(self.root, String::new())];
        let mut seen_nodes = vec![false; self.nodes.len()];
        while let Some((id, pointer)) = queue.pop() {
            let Some(node) = self.nodes.get(id) else {
                continue;
            };
            if std::mem::replace(&mut seen_nodes[id], true) {
                continue;
            }
            match &node.content {
                Content::Scalar(_) => {}
                Content::Sequence(items) => {
                    queue.extend(
                        items
                            .iter()
                            .enumerate()
                            .map(|(at, id)| (*id, format!("{pointer}/{at}"))),
                    );
                }
                Content::Mapping(entries) => {
                    let mut last = std::collections::HashMap::new();
                    for entry in entries {
                        let child =
                            format!("{pointer}/{}", crate::source::escape_segment(&entry.key));
                        if let Some(span) = last.insert(entry.key.as_str(), entry.key_span.clone())
                        {
                            duplicates.push((child.clone(), span));
                        }
                        queue.push((entry.value, child));
                    }
                }
            }
        }
        duplicates.sort_by_key(|(_, span)| span.start);
        duplicates
    }

    /// The value of the text, aliases expanded. The parser has bounded both depth and size.
    pub(crate) fn to_value(&self) -> Value {
        self.node_value(self.root)
    }

    fn node_value(&self, id: NodeId) -> Value {
        match self.nodes.get(id).map(|node| &node.content) {
            None => Value::Null,
            Some(Content::Scalar(value)) => value.clone(),
            Some(Content::Sequence(items)) => {
                Value::Array(items.iter().map(|id| self.node_value(*id)).collect())
            }
            Some(Content::Mapping(entries)) => {
                let mut map = Map::with_capacity(entries.len());
                for entry in entries {
                    map.insert(entry.key.clone(), self.node_value(entry.value));
                }
                Value::Object(map)
            }
        }
    }
}

/// The part of a value that a diagnostic underlines.
fn shown(text: &str, node: &Node, key_span: Option<Span>) -> Span {
    let value = text.get(node.span.clone()).unwrap_or_default();
    let short = matches!(node.content, Content::Scalar(_))
        && !value.is_empty()
        && !value.trim_end().contains('\n');
    match key_span {
        Some(key) if !short => key,
        _ => {
            let line = value.lines().next().unwrap_or_default().trim_end();
            node.span.start..node.span.start + line.len()
        }
    }
}
