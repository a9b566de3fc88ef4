//! All measures of one document, in their order.

use super::calls::{self, Call};
use super::extent::{self, Extent};
use super::features::{Feature, Wanted};
use super::programs::{Program, program};
use super::smallest::{self, SMALLEST};
use super::unrefined::{Unrefined, unrefined};
use super::workshop::{Mode, Selection, WeighError, Workshop};
use super::wrapper::Cost;
use super::{Pair, Programs, REFINED, Sizes, UNREFINED, Weight};
use crate::model::Api;
use crate::package::{Core, standalone};
use crate::pipeline::Output;
use crate::problem::render;
use crate::write::FileSet;
use std::path::PathBuf;

/// What is measured, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often each crate is checked.
    pub rounds: u32,
    /// Features that are checked alone.
    pub features: Wanted,
    /// Names or ids of the operations that the programs call; empty: they are chosen.
    pub calls: Vec<String>,
    /// Whether anything is compiled with optimizations.
    pub release: bool,
    /// The runtime of our crate.
    pub core: Core,
    /// Versions of dependencies.
    pub lock: PathBuf,
    /// Where workspaces and what is built of them go.
    pub scratch: PathBuf,
}

/// Weighs what the pipeline made of a document. `tell` hears what is going on: this takes minutes.
///
/// # Errors
///
/// Whatever keeps a crate or a program from being made or compiled.
pub fn weigh(
    name: &str,
    output: &Output,
    options: &Options,
    tell: &dyn Fn(&str),
) -> Result<Weight, WeighError> {
    tell("generating with progenitor alone");
    let theirs =
        unrefined(&output.normalized, &output.api, UNREFINED).map_err(WeighError::Progenitor)?;
    let mut ours = output.files.clone().under("src/generated");
    let about = standalone(REFINED, &output.api, &options.core);
    ours.0.extend(about.0);
    let lines = Pair {
        refined: lines(&ours),
        unrefined: lines(&theirs.files),
    };
    let extents = extent::of_crate(&output.files, &output.api);
    let chosen = options.features.choose(&extents.by_feature);
    let chosen = chosen.map_err(|name| WeighError::UnknownFeature {
        name,
        known: extents.by_feature.into_keys().collect(),
    })?;
    let calls = calls(output, &theirs, options)?;
    let operations = Pair {
        refined: output.methods(),
        unrefined: theirs.operations.len(),
    };
    let mut members = vec![(REFINED, ours), (UNREFINED, theirs.files)];
    if options.release {
        members.extend(program_members(output, &calls, &options.core)?);
    }
    let scale = Scale {
        workshop: Workshop::build(
            &options.scratch.join(name),
            &options.scratch.join("target"),
            &options.lock,
            members,
        )?,
        tell,
    };
    let check = scale.compare(Mode::Check, options.rounds)?;
    let features = scale.features(chosen, extents.full, options.rounds)?;
    let (release, programs) = if options.release {
        let release = scale.compare(Mode::Release, 1)?;
        (Some(release), Some(scale.programs(&calls)?))
    } else {
        (None, None)
    };
    Ok(Weight {
        name: name.to_owned(),
        operations,
        left_out: theirs.left_out,
        lines,
        check,
        release,
        features,
        programs,
    })
}

/// The calls that both crates have.
fn calls(output: &Output, theirs: &Unrefined, options: &Options) -> Result<Vec<Call>, WeighError> {
    let mut api: Api = output.api.clone();
    api.operations
        .retain(|operation| theirs.operations.contains(&operation.name));
    let root = &output.normalized;
    if options.calls.is_empty() {
        return Ok(calls::choose(root, &api));
    }
    calls::named(root, &api, &options.calls).map_err(WeighError::Call)
}

fn program_members(
    output: &Output,
    calls: &[Call],
    core: &Core,
) -> Result<Vec<(&'static str, FileSet)>, WeighError> {
    let smallest = smallest::crate_for(&output.normalized, &output.api, calls, core)
        .map_err(|problems| WeighError::Smallest(render(&problems, false)))?;
    let mut members = vec![(SMALLEST, smallest)];
    for which in Program::ALL {
        members.push((which.name(), program(which, calls, core)));
    }
    Ok(members)
}

/// Lines of all Rust files.
fn lines(files: &FileSet) -> usize {
    let rust = files
        .0
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|(_, text)| text.lines().count()).sum()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "there are at most thousands of operations and types"
)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

struct Scale<'a> {
    workshop: Workshop,
    tell: &'a dyn Fn(&str),
}

impl Scale<'_> {
    /// Compiles both crates in turns.
    fn compare(&self, mode: Mode, rounds: u32) -> Result<Pair<Cost>, WeighError> {
        (self.tell)(&format!("{mode} of the dependencies"));
        self.workshop.prepare(mode)?;
        let round = |round: u32| {
            let measure = |member: &str| {
                (self.tell)(&format!("{mode} of {member}, round {round} of {rounds}"));
                self.workshop.measure(member, mode, Selection::Default)
            };
            let refined = measure(REFINED)?;
            let unrefined = measure(UNREFINED)?;
            Ok::<_, WeighError>(Pair { refined, unrefined })
        };
        let mut costs = round(1)?;
        for next in 2..=rounds {
            let other = round(next)?;
            costs = Pair {
                refined: costs.refined.better(other.refined),
                unrefined: costs.unrefined.better(other.unrefined),
            };
        }
        Ok(costs)
    }

    /// Checks our crate with each of these features alone, and before and after every round with all: a share is of a time of
    /// the same minutes, since a machine that others use is faster now and slower then.
    fn features(
        &self,
        chosen: Vec<(String, Extent)>,
        whole: Extent,
        rounds: u32,
    ) -> Result<Vec<Feature>, WeighError> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let check = |selection: Selection| self.workshop.measure(REFINED, Mode::Check, selection);
        let mut full = check(Selection::Default)?;
        let mut alone: Vec<Cost> = Vec::new();
        for round in 1..=rounds {
            (self.tell)(&format!("check of each feature, round {round} of {rounds}"));
            for (index, (name, _)) in chosen.iter().enumerate() {
                let cost = check(Selection::Only(name))?;
                match alone.get_mut(index) {
                    Some(known) => *known = known.better(cost),
                    None => alone.push(cost),
                }
            }
            full = full.better(check(Selection::Default)?);
        }
        let weighed = chosen.into_iter().zip(alone);
        Ok(weighed
            .map(|((name, extent), cost)| Feature {
                name,
                extent,
                cost,
                share: cost.cpu / full.cpu,
                share_of_operations: share(extent.operations, whole.operations),
                share_of_types: share(extent.types, whole.types),
            })
            .collect())
    }

    fn programs(&self, calls: &[Call]) -> Result<Programs, WeighError> {
        (self.tell)("programs that make the same calls");
        let names = Program::ALL.map(Program::name);
        self.workshop.programs(&names, SMALLEST)?;
        let size = |which: Program| self.workshop.size(which.name());
        Ok(Programs {
            calls: calls.iter().map(|call| call.name.clone()).collect(),
            sizes: Sizes {
                by_hand: size(Program::ByHand)?,
                unrefined: size(Program::Unrefined)?,
                refined: size(Program::Refined)?,
                core: size(Program::Core)?,
            },
        })
    }
}
