//! What a generated crate costs its users, beside what progenitor alone makes of the same API.
//!
//! Both crates stand in one workspace with one lock file, and are compiled in turns by one compiler. A ratio is ours over
//! theirs, so that less than 1 is less than progenitor's users pay.

pub mod calls;
pub mod extent;
pub mod features;
pub mod limits;
pub mod measure;
pub mod programs;
pub mod smallest;
pub mod table;
pub mod unrefined;
pub mod workshop;
pub mod wrapper;

use features::Feature;
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
    /// Features of our crate, each alone.
    pub features: Vec<Feature>,
    /// Programs with a few calls, where anything was built with optimizations.
    pub programs: Option<Programs>,
}

/// Programs that make the same calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Programs {
    /// The methods that they call.
    pub calls: Vec<String>,
    /// What they weigh.
    pub sizes: Sizes,
}

/// Bytes of stripped programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// With reqwest alone.
    pub by_hand: u64,
    /// Through progenitor's crate.
    pub unrefined: u64,
    /// Through our crate.
    pub refined: u64,
    /// A call of each kind through the smallest crate of ours.
    pub core: u64,
}

impl Sizes {
    /// What the crates add to the program by hand, in bytes; negative where they take away.
    #[must_use]
    pub fn added(self) -> Pair<f64> {
        Pair {
            refined: difference(self.refined, self.by_hand),
            unrefined: difference(self.unrefined, self.by_hand),
        }
    }

    /// What the runtime adds, which is there once for all clients and calls, in bytes.
    #[must_use]
    pub fn core_added(self) -> f64 {
        difference(self.core, self.by_hand)
    }

    /// As [`Self::added`], without the runtime of ours.
    #[must_use]
    pub fn added_by_calls(self) -> Pair<f64> {
        Pair {
            refined: difference(self.refined, self.core),
            ..self.added()
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
fn difference(larger: u64, smaller: u64) -> f64 {
    larger as f64 - smaller as f64
}

impl Weight {
    /// The figures that have a limit, each with its own.
    #[must_use]
    pub fn bounded(&self) -> Vec<(Limit, f64)> {
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
        let programs = self.programs.as_ref();
        let added = programs.map(|programs| (limits::PROGRAM, programs.sizes.added_by_calls()));
        let ratios = pairs.into_iter().chain(added);
        let mut bounded: Vec<(Limit, f64)> = ratios
            .filter_map(|(limit, pair)| Some((limit, pair.ratio()?)))
            .collect();
        if self.operations.refined >= limits::LARGE_FROM {
            #[allow(clippy::cast_precision_loss, reason = "memory is far below 2^52")]
            let gigabytes = self.check.refined.memory as f64 / 1e9;
            bounded.push((limits::LARGE_CHECK_MEMORY, gigabytes));
        }
        if self.operations.refined >= limits::FEATURES_FROM {
            let median = features::median(&self.features);
            let worst = features::worst(&self.features).map(Feature::surplus);
            bounded.extend(median.map(|median| (limits::MEDIAN_FEATURE, median)));
            bounded.extend(worst.map(|surplus| (limits::FEATURE_SURPLUS, surplus)));
        }
        bounded
    }

    /// The figures above their limits.
    #[must_use]
    pub fn exceeded(&self) -> Vec<(Limit, f64)> {
        let mut bounded = self.bounded();
        bounded.retain(|(limit, figure)| *figure > limit.at_most);
        bounded
    }
}

#[cfg(test)]
mod tests;
