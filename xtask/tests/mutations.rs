//! Mutants of the committed seeds: none breaks the pipeline.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use xtask::mutate::mutant;
use xtask::mutate::seeds::committed;
use xtask::mutate::trial::{Outcome, Trial, trial};

const COUNT: u64 = 300;

/// What no trial of such small documents comes near to, on a busy machine in debug.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn no_mutant_breaks_the_pipeline() {
    let seeds = committed();
    let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..COUNT {
        let document = mutant(&seeds, number);
        let started = Instant::now();
        let Trial { outcome, .. } = trial(&document.to_string(), number % 4 == 0);
        assert!(
            started.elapsed() < LONGEST,
            "mutant {number}: {:?}",
            started.elapsed()
        );
        let name = match outcome {
            Outcome::Generated { .. } => "generated",
            Outcome::Refused => "refused",
            broken => panic!("mutant {number}: {broken:?}\n{document:#}"),
        };
        *outcomes.entry(name).or_default() += 1;
    }
    // Mutants that are all refused, or all read, would test only half.
    for name in ["generated", "refused"] {
        assert!(outcomes.get(name) > Some(&(COUNT / 20)), "{outcomes:?}");
    }
}

#[test]
fn the_seeds_come_through_whole() {
    for seed in committed() {
        let Trial { outcome, .. } = trial(&seed.to_string(), true);
        assert!(
            matches!(outcome, Outcome::Generated { .. }),
            "{outcome:?}: {}",
            seed["info"]["title"]
        );
        assert_ne!(seed, Value::Null);
    }
}
