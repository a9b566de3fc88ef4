//! Documents that nobody would write, made from ones that somebody might: what the pipeline must survive.
//!
//! A mutant is a function of the seeds and one number, so that a finding can be made again from what is printed.

mod edits;
pub mod seeds;
pub mod trial;
mod values;

use serde_json::Value;

/// Most changes to one document.
const MOST_EDITS: usize = 6;

/// The document of this number: one of the seeds, with one to six changes. Without seeds it is null.
#[must_use]
pub fn mutant(seeds: &[Value], number: u64) -> Value {
    let mut random = fastrand::Rng::with_seed(number);
    let Some(seed) = random.choice(seeds) else {
        return Value::Null;
    };
    let mut document = seed.clone();
    for _ in 0..random.usize(1..=MOST_EDITS) {
        edits::apply_one(&mut document, seeds, &mut random);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_document() {
        let seeds = seeds::committed();
        assert_eq!(mutant(&seeds, 7), mutant(&seeds, 7));
        assert_ne!(mutant(&seeds, 7), mutant(&seeds, 8));
        assert_eq!(mutant(&[], 7), Value::Null);
    }

    #[test]
    fn most_mutants_differ_from_their_seed() {
        let seeds = seeds::committed();
        let same = (0..200)
            .filter(|number| seeds.contains(&mutant(&seeds, *number)))
            .count();
        assert!(same < 20, "{same} of 200 are seeds");
    }
}
