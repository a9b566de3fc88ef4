//! A place in a list that reading can go on from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::operation::Operation;

/// A place in a list, to go on from after a crash; see [`Items::start_at`](crate::paging::Items::start_at).
///
/// Serializable, and small. It says where the next item is, not what was asked for: resume with the same request. `Debug`
/// does not show the server's cursor, which is part of what is serialized.
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
    /// Items of a page, as the request asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) page_size: Option<u64>,
    /// Items of the page at the position that were read already.
    #[serde(default)]
    pub(super) skip: u64,
    /// Items read before this place.
    #[serde(default)]
    pub(super) items: u64,
    /// Items in all, as the server said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    /// How many items there were, if after that the list got shorter before this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shrunk_from: Option<u64>,
    /// The request began amid the list, after nobody knows how many items.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_partial: bool,
}

/// Where a page begins.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A cursor is the server's text and may repeat what the request held.
impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset(rows) => write!(f, "Offset({rows})"),
            Self::Page(number) => write!(f, "Page({number})"),
            Self::Cursor(Some(_)) => f.write_str("Cursor(..)"),
            Self::Cursor(None) => f.write_str("Cursor"),
            Self::Only => f.write_str("Only"),
        }
    }
}

impl Checkpoint {
    pub(super) fn new(operation: &Operation, position: Position, page_size: Option<u64>) -> Self {
        let is_partial = match &position {
            Position::Page(number) => *number > 1,
            Position::Cursor(cursor) => cursor.is_some(),
            Position::Offset(_) | Position::Only => false,
        };
        Self {
            is_partial,
            operation: name(operation),
            position,
            page_size,
            skip: 0,
            items: 0,
            total: None,
            shrunk_from: None,
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

    /// The place as it is asked for. An offset is that of the next item itself, whatever the size of pages.
    pub(super) fn settled(mut self, page_size: Option<u64>) -> Result<Self, String> {
        let depends = match &mut self.position {
            Position::Offset(rows) => {
                *rows = rows.saturating_add(std::mem::take(&mut self.skip));
                false
            }
            Position::Page(number) => *number > 1 || self.skip > 0,
            Position::Cursor(_) => self.skip > 0,
            Position::Only => false,
        };
        if depends && self.page_size != page_size {
            let size = self.page_size.map_or_else(
                || "the server's own size".to_owned(),
                |items| format!("{items} items"),
            );
            return Err(format!(
                "the checkpoint is of pages of {size}; ask for the same page size"
            ));
        }
        self.page_size = page_size;
        Ok(self)
    }

    /// Notes how many items there are now. A list that is read by position and has got shorter may have moved up items
    /// that were not read yet to places that were.
    pub(super) fn note_total(&mut self, total: Option<u64>) {
        let Some(total) = total else { return };
        if self.is_by_position()
            && self.items > 0
            && self.shrunk_from.is_none()
            && let Some(before) = self.total.filter(|before| *before > total)
        {
            self.shrunk_from = Some(before);
        }
        self.total = Some(total);
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
