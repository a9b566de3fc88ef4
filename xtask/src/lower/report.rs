//! Collects changes under the pointers that the document had at first.

use crate::change::Change;
use crate::source::operation_at;
use std::collections::BTreeMap;

/// The changes so far, and what has moved.
#[derive(Debug, Default)]
pub(super) struct Report {
    changes: Vec<Change>,
    origins: Origins,
}

/// Where the values of a lowered document stood before.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Origins {
    /// Moves at one time, oldest first: the pointer after the move, and the one before it.
    moves: Vec<BTreeMap<String, String>>,
}

impl Origins {
    /// The pointer that the value at `pointer` had in the document as it was read.
    #[must_use]
    pub fn original(&self, pointer: &str) -> String {
        let mut pointer = pointer.to_owned();
        for moves in self.moves.iter().rev() {
            let ends = pointer.match_indices('/').map(|(at, _)| at).skip(1);
            let mut ends: Vec<usize> = ends.collect();
            ends.push(pointer.len());
            let moved = ends.into_iter().rev().find_map(|end| {
                let (start, rest) = pointer.split_at(end);
                Some(format!("{}{rest}", moves.get(start)?))
            });
            pointer = moved.unwrap_or(pointer);
        }
        pointer
    }
}

impl Report {
    /// A change that keeps all information. The pointer is where the value is now.
    pub(super) fn note(&mut self, rule: &'static str, pointer: &str, what: impl Into<String>) {
        let change = self.change(rule, pointer, what.into());
        self.changes.push(change);
    }

    /// A change that loses information.
    pub(super) fn loss(
        &mut self,
        rule: &'static str,
        pointer: &str,
        what: impl Into<String>,
        loss: impl Into<String>,
    ) {
        let change = self.change(rule, pointer, what.into()).loss(loss);
        self.changes.push(change);
    }

    /// Remembers what was moved at one time, from where to where.
    pub(super) fn moved(&mut self, moves: impl IntoIterator<Item = (String, String)>) {
        let moves: BTreeMap<String, String> = moves
            .into_iter()
            .filter(|(from, to)| from != to)
            .map(|(from, to)| (to, from))
            .collect();
        if !moves.is_empty() {
            self.origins.moves.push(moves);
        }
    }

    /// How many changes there are, for [`Report::reverse_since`].
    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    /// Puts the changes since `start` into the order of the document, after a walk from its end.
    pub(super) fn reverse_since(&mut self, start: usize) {
        if let Some(tail) = self.changes.get_mut(start..) {
            tail.reverse();
        }
    }

    pub(super) fn finish(self) -> (Vec<Change>, Origins) {
        (self.changes, self.origins)
    }

    fn change(&self, rule: &'static str, pointer: &str, what: String) -> Change {
        let pointer = self.origins.original(pointer);
        let operation = operation_at(&pointer);
        let change = Change::new(rule, pointer, what);
        match operation {
            Some(operation) => change.operation(operation),
            None => change,
        }
    }
}
