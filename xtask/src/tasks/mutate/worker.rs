//! The process in which trials run, and the lines in which it tells of them.

use super::Arguments;
use super::supervisor::{End, Finding};
use crate::limit::limit_memory;
use crate::mutate::mutant;
use crate::mutate::trial::{Outcome, Trial, trial};
use serde_json::Value;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Longest trial.
pub(super) const SECONDS: u64 = 10;

/// Most address space of a worker: 4 GiB, of which an eighth is the stack.
const MEMORY_MIB: u64 = 4 * 1024;

/// One mutant in so many is tried twice, for the same result.
const TWICE_EVERY: u64 = 16;

/// Tries mutants, and writes a line before and after each.
pub(super) fn work(seeds: &Path, arguments: &Arguments, out: &mut dyn Write) -> io::Result<()> {
    limit_memory(MEMORY_MIB, 0)?;
    let seeds: Vec<Value> = serde_json::from_slice(&std::fs::read(seeds)?)?;
    let step = usize::try_from(arguments.jobs).unwrap_or(1);
    for index in (0..arguments.count).step_by(step) {
        let number = arguments.seed.wrapping_add(index);
        writeln!(out, "{}", Line::Begin(number))?;
        out.flush()?;
        let text = mutant(&seeds, number).to_string();
        let started = Instant::now();
        let trial = trial(&text, number % TWICE_EVERY == 0);
        writeln!(out, "{}", Line::End(end(trial, started.elapsed())))?;
        out.flush()?;
    }
    Ok(())
}

fn end(trial: Trial, took: Duration) -> End {
    let generated = match trial.outcome {
        Outcome::Generated { .. } => true,
        Outcome::Refused => false,
        Outcome::Panicked(message) => return End::Found(Finding::Panic, message),
        Outcome::Broken(what) => return End::Found(Finding::Broken, what),
    };
    End::Survived {
        generated,
        isolated: trial.generator_failed,
        took,
    }
}

/// One line of a worker.
#[derive(Debug)]
pub(super) enum Line {
    Begin(u64),
    End(End),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(number) => write!(f, "begin {number}"),
            Self::End(End::Survived {
                generated,
                isolated,
                took,
            }) => write!(f, "survived {generated} {isolated} {}", took.as_millis()),
            Self::End(End::Found(finding, detail)) => {
                let detail = detail.lines().next().unwrap_or_default();
                write!(f, "found {} {detail}", finding.as_str())
            }
        }
    }
}

impl FromStr for Line {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (word, rest) = text.split_once(' ').ok_or(())?;
        let (first, further) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "begin" => first.parse().map(Self::Begin).map_err(drop),
            "survived" => {
                let (isolated, took) = further.split_once(' ').ok_or(())?;
                Ok(Self::End(End::Survived {
                    generated: first.parse().map_err(drop)?,
                    isolated: isolated.parse().map_err(drop)?,
                    took: Duration::from_millis(took.parse().map_err(drop)?),
                }))
            }
            "found" => {
                let mut known = Finding::ALL.into_iter();
                let finding = known.find(|finding| finding.as_str() == first).ok_or(())?;
                Ok(Self::End(End::Found(finding, further.to_owned())))
            }
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written() {
        for text in [
            "begin 7",
            "survived true false 12",
            "found panic index out of bounds: 1",
            "found out-of-memory ",
        ] {
            assert_eq!(text.parse::<Line>().unwrap().to_string(), text);
        }
        for text in ["", "begin", "begin x", "survived true", "found bug a"] {
            assert!(text.parse::<Line>().is_err(), "{text}");
        }
    }
}
