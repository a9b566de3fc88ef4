//! `cargo xtask mutate`: the pipeline on as many mutants as one likes.
//!
//! Trials run in worker processes: a stack that overflows, memory that runs out and a run without end take the process
//! with them. The worker is replaced then, and the document at fault is saved.

mod supervisor;
mod worker;

use super::{Exit, workspace};
use crate::mutate::{mutant, seeds};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use supervisor::{End, Finding};

/// Between two lines that say how far it is.
const REPORT_EVERY: u64 = 5_000;

/// Try the pipeline on mutants of documents
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Folders of documents, besides the committed ones; each is cut to a few operations
    pub folders: Vec<PathBuf>,
    /// Mutants to try
    #[arg(long, default_value_t = 100_000)]
    pub count: u64,
    /// Number of the first mutant
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Worker processes
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub jobs: u64,
    /// Be a worker: try every `jobs`-th mutant from `seed`, made from the seeds in this file
    #[arg(long, hide = true)]
    pub worker: Option<PathBuf>,
}

/// Runs the task. Findings are saved below `target/mutate/`.
///
/// # Errors
///
/// When a folder cannot be listed, no worker can be started, or something cannot be written.
pub fn mutate(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    if let Some(seeds) = &arguments.worker {
        worker::work(seeds, arguments, out)?;
        return Ok(Exit::Success);
    }
    let folder = workspace().join("target/mutate");
    std::fs::create_dir_all(&folder)?;
    let mut documents = seeds::committed();
    for given in &arguments.folders {
        documents.extend(seeds::from_folder(given)?);
    }
    let seeds = folder.join("seeds.json");
    std::fs::write(&seeds, serde_json::to_vec(&documents)?)?;
    writeln!(
        out,
        "{} seeds, {} mutants from number {}",
        documents.len(),
        arguments.count,
        arguments.seed
    )?;
    let totals = supervise(arguments, &documents, &seeds, out)?;
    totals.print(out)?;
    Ok(if totals.findings() == 0 {
        Exit::Success
    } else {
        Exit::Failure
    })
}

/// Runs the workers, and saves what they find.
fn supervise(
    arguments: &Arguments,
    documents: &[Value],
    seeds: &Path,
    out: &mut dyn Write,
) -> io::Result<Totals> {
    let mut totals = Totals::new();
    let (sender, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for job in 0..arguments.jobs {
            let sender = sender.clone();
            scope.spawn(move || {
                let failed = supervisor::run(arguments, job, seeds, &sender).err();
                // Nobody listens only when the task is at an end.
                failed.map(|error| sender.send(Err(error)))
            });
        }
        drop(sender);
        for result in results {
            let (number, end) = result?;
            totals.add(&end);
            if let End::Found(finding, detail) = &end {
                let name = format!("{}-{number}.json", finding.as_str());
                let path = seeds.with_file_name(&name);
                std::fs::write(&path, format!("{:#}\n", mutant(documents, number)))?;
                writeln!(out, "target/mutate/{name}: {detail}")?;
            }
            if totals.tried.is_multiple_of(REPORT_EVERY) {
                totals.print(out)?;
            }
        }
        Ok(totals)
    })
}

/// How the trials ended.
struct Totals {
    started: Instant,
    tried: u64,
    generated: u64,
    refused: u64,
    /// Trials in which the generator failed, and the pipeline caught it.
    isolated: u64,
    longest: Duration,
    found: BTreeMap<Finding, u64>,
}

impl Totals {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            tried: 0,
            generated: 0,
            refused: 0,
            isolated: 0,
            longest: Duration::ZERO,
            found: BTreeMap::new(),
        }
    }

    fn add(&mut self, end: &End) {
        self.tried += 1;
        match end {
            End::Survived {
                generated,
                isolated,
                took,
            } => {
                self.generated += u64::from(*generated);
                self.refused += u64::from(!*generated);
                self.isolated += u64::from(*isolated);
                self.longest = self.longest.max(*took);
            }
            End::Found(finding, _) => *self.found.entry(*finding).or_default() += 1,
        }
    }

    fn findings(&self) -> u64 {
        self.found.values().sum()
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let seconds = self.started.elapsed().as_secs().max(1);
        write!(
            out,
            "{} tried in {seconds} s ({} a second, longest {} ms): {} generated, {} refused with problems, \
             {} with generator failures isolated",
            self.tried,
            self.tried / seconds,
            self.longest.as_millis(),
            self.generated,
            self.refused,
            self.isolated,
        )?;
        for finding in Finding::ALL {
            let count = self.found.get(&finding).copied().unwrap_or_default();
            write!(out, ", {count} {}", finding.plural())?;
        }
        writeln!(out)?;
        out.flush()
    }
}
