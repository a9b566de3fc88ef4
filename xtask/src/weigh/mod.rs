//! What a generated crate costs its users, beside what progenitor alone makes of the same API.
//!
//! Both crates stand in one workspace with one lock file, and are compiled in turns by one compiler. A ratio is ours over
//! theirs, so that less than 1 is less than progenitor's users pay.

pub mod limits;
pub mod table;
pub mod unrefined;
pub mod workshop;
pub mod wrapper;

use limits::Limit;
use serde::Serialize;
use unrefined::LeftOut;
use wrapper::Cost;

/// Name of our crate in the workspace that is measured.
pub const REFINED: &str = "refined";

/// Name of the crate that progenitor alone made.
pub const UNREFINED: &str = "unrefined";

/// One figure of both crates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pair<T> {
    /// Of our crate.
    pub refined: T,
    /// Of progenitor's.
    pub unrefined: T,
}

impl<T: Copy> Pair<T> {
    /// The same part of both.
    pub fn map<U>(self, part: impl Fn(T) -> U) -> Pair<U> {
        Pair {
            refined: part(self.refined),
            unrefined: part(self.unrefined),
        }
    }
}

impl Pair<f64> {
    /// Ours over theirs; `None` where theirs is nothing.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        (self.unrefined > 0.0).then(|| self.refined / self.unrefined)
    }
}

/// All figures of one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weight {
    /// The specification folder, or the document's file name without its extension.
    pub name: String,
    /// Operations of each crate.
    pub operations: Pair<usize>,
    /// What progenitor's crate lacks.
    pub left_out: LeftOut,
    /// Lines of all `.rs` files.
    pub lines: Pair<usize>,
    /// `cargo check` of the crate alone: the least processor time and its wall time, the most memory.
    pub check: Pair<Cost>,
    /// The library built with optimizations, where that was asked for.
    pub release: Option<Pair<Cost>>,
}

impl Weight {
    /// The ratios that have a limit, each with its own.
    #[must_use]
    pub fn ratios(&self) -> Vec<(Limit, f64)> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "bytes and lines are far below 2^52"
        )]
        let pairs = [
            (limits::CHECK_TIME, self.check.map(|cost| cost.cpu)),
            (
                limits::CHECK_MEMORY,
                self.check.map(|cost| cost.memory as f64),
            ),
            (limits::LINES, self.lines.map(|lines| lines as f64)),
        ];
        pairs
            .into_iter()
            .filter_map(|(limit, pair)| Some((limit, pair.ratio()?)))
            .collect()
    }

    /// The ratios above their limits.
    #[must_use]
    pub fn exceeded(&self) -> Vec<(Limit, f64)> {
        let mut ratios = self.ratios();
        ratios.retain(|(limit, ratio)| ratio > &limit.at_most);
        ratios
    }
}
