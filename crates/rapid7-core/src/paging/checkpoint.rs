//! A place in a list that reading can go on from.

use serde::{Deserialize, Serialize};

use crate::operation::Operation;

/// A place in a list, to go on from after a crash; see [`Items::start_at`](crate::paging::Items::start_at).
///
/// Serializable, and small. It says where the next item is, not what was asked for: resume with the same request.
///
/// ```
/// use rapid7_core::paging::Checkpoint;
///
/// let saved = r#"{"operation":"GET /v3/iac/scans","position":{"page":3},"skip":20,"items":120,"total":500}"#;
/// let checkpoint: Checkpoint = serde_json::from_str(saved)?;
/// assert_eq!(checkpoint.items(), 120);
/// assert!(checkpoint.is_by_position());
/// assert_eq!(serde_json::to_string(&checkpoint)?, saved);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Method and path template.
    pub(super) operation: String,
    pub(super) position: Position,
    /// Items of the page at the position that were read already.
    #[serde(default)]
    pub(super) skip: u64,
    /// Items read before this place.
    #[serde(default)]
    pub(super) items: u64,
    /// Items in all, as the server said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    /// The request began amid the list, after nobody knows how many items.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_partial: bool,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Position {
    /// So many rows before it.
    Offset(u64),
    /// The page of this number.
    Page(u64),
    /// Where the server said; at the beginning without a cursor.
    Cursor(Option<String>),
    /// The one page that can be asked for.
    Only,
}

impl Checkpoint {
    pub(super) fn new(operation: &Operation, position: Position) -> Self {
        let is_partial = match &position {
            Position::Page(number) => *number > 1,
            Position::Cursor(cursor) => cursor.is_some(),
            Position::Offset(_) | Position::Only => false,
        };
        Self {
            is_partial,
            operation: name(operation),
            position,
            skip: 0,
            items: 0,
            total: None,
        }
    }

    /// How many items were read before this place.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// How many items there are in all, as the server said last.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether the place is counted from the beginning of the list: items added or removed before it shift the list,
    /// so that some are read twice or not at all. Otherwise the server's own cursor says where it is.
    #[must_use]
    pub fn is_by_position(&self) -> bool {
        !matches!(self.position, Position::Cursor(_))
    }

    /// Whether both are places of the same kind.
    pub(super) fn is_alike(&self, position: &Position) -> bool {
        std::mem::discriminant(&self.position) == std::mem::discriminant(position)
    }

    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        self.operation == name(operation)
    }
}

fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}
