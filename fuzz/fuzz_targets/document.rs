//! Any bytes as a document, JSON or YAML, through the whole pipeline.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use xtask::mutate::trial::{Outcome, trial};
use xtask::pipeline::STACK_BYTES;

/// Sanitizers need more stack than the pipeline alone, and the fuzzer's own thread has little.
const STACK: usize = 2 * STACK_BYTES;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let outcome = std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let spawned = worker.spawn_scoped(scope, || trial(text, false).outcome);
        spawned.map(|thread| thread.join())
    });
    match outcome {
        Ok(Ok(Outcome::Generated { .. } | Outcome::Refused)) => Corpus::Keep,
        broken => panic!("{broken:?}"),
    }
});
