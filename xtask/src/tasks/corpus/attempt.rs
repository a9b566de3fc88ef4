//! One document generated in a process of its own, within limits of time and memory.

use super::documents::Document;
use super::outcome::{Ended, Outcome, Said, read};
use crate::problem::{Problem, ProblemKind};
use crate::report::Summary;
use serde::Serialize;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use wait_timeout::ChildExt;

/// How documents are tried.
#[derive(Debug)]
pub(super) struct Runner {
    /// The program of this task.
    pub(super) program: PathBuf,
    /// Where crates and logs go.
    pub(super) folder: PathBuf,
    pub(super) time_limit: Duration,
    /// In MiB.
    pub(super) memory_limit: u64,
}

/// What came of one document.
#[derive(Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) document: String,
    #[serde(rename = "crate")]
    pub(super) crate_name: String,
    pub(super) outcome: Outcome,
    /// Why there is no client.
    pub(super) reason: Option<String>,
    /// Operations left out of the client, with the reason of each.
    pub(super) skips: Vec<Said>,
    pub(super) summary: Summary,
}

/// Tries all documents, some at one time. The results have the order of the documents.
///
/// # Errors
///
/// When a process cannot be started or waited for.
pub(super) fn attempt_all(
    runner: &Runner,
    documents: &[Document],
    jobs: usize,
) -> Result<Vec<Attempt>, Problem> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(document) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(runner.attempt(document)?);
        }
        Ok::<_, Problem>(done)
    };
    let mut attempts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for worker in workers {
            let done = worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.extend(done?);
        }
        Ok::<_, Problem>(all)
    })?;
    let place = |attempt: &Attempt| {
        documents
            .iter()
            .position(|document| document.crate_name == attempt.crate_name)
    };
    attempts.sort_by_cached_key(place);
    Ok(attempts)
}

impl Runner {
    /// The folder of a crate.
    pub(super) fn crate_folder(folder: &Path, crate_name: &str) -> PathBuf {
        folder.join("crates").join(crate_name)
    }

    fn attempt(&self, document: &Document) -> Result<Attempt, Problem> {
        let started = Instant::now();
        let ended = self.run(document).map_err(|error| {
            let message = format!("cannot run {}: {error}", self.program.display());
            Problem::error(ProblemKind::Unreadable, message)
        })?;
        let seconds = started.elapsed().as_secs_f64();
        let result = read(&ended);
        let unknown = Summary {
            name: document.crate_name.clone(),
            version: document.version.clone(),
            operations: document.operations,
            methods: 0,
            skipped: document.operations,
            lossy: 0,
            stated_members: 0,
            untyped_members: 0,
            untyped: Vec::new(),
            seconds,
        };
        Ok(Attempt {
            document: document.name.clone(),
            crate_name: document.crate_name.clone(),
            outcome: result.outcome,
            reason: result.reason,
            skips: result.skips,
            summary: result
                .summary
                .map_or(unknown, |summary| Summary { seconds, ..summary }),
        })
    }

    /// What the process wrote goes to files: nobody needs to read while it runs, and it can be looked at afterwards.
    fn run(&self, document: &Document) -> io::Result<Ended> {
        let name = &document.crate_name;
        let logs = self.folder.join("logs");
        fs::create_dir_all(&logs)?;
        let crate_folder = Self::crate_folder(&self.folder, name);
        // An earlier run may have had another template, or ended the process while it wrote.
        match fs::remove_dir_all(&crate_folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let report = logs.join(format!("{name}.json"));
        let messages = logs.join(format!("{name}.txt"));
        let mut child = Command::new(&self.program)
            .arg("--memory-limit")
            .arg(self.memory_limit.to_string())
            .args(["generate", "--json", "--crate", name])
            .arg("--spec")
            .arg(&document.path)
            .arg("--out")
            .arg(crate_folder)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(File::create(&report)?)
            .stderr(File::create(&messages)?)
            .spawn()?;
        let status = child.wait_timeout(self.time_limit)?;
        if status.is_none() {
            child.kill()?;
            child.wait()?;
        }
        Ok(Ended {
            status,
            report: String::from_utf8_lossy(&fs::read(report)?).into_owned(),
            messages: String::from_utf8_lossy(&fs::read(messages)?).into_owned(),
        })
    }
}
