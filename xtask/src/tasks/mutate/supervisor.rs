//! One worker process after the other, until all its mutants are tried.

use super::Arguments;
use super::worker::{Line, SECONDS};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// What must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Finding {
    Panic,
    Overflow,
    Hang,
    OutOfMemory,
    /// The worker died of something else.
    Crash,
    /// The result is not what it must be.
    Broken,
}

impl Finding {
    pub(super) const ALL: [Self; 6] = [
        Self::Panic,
        Self::Overflow,
        Self::Hang,
        Self::OutOfMemory,
        Self::Crash,
        Self::Broken,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Overflow => "overflow",
            Self::Hang => "hang",
            Self::OutOfMemory => "out-of-memory",
            Self::Crash => "crash",
            Self::Broken => "broken",
        }
    }

    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Panic => "panics",
            Self::Overflow => "overflows",
            Self::Hang => "hangs",
            Self::OutOfMemory => "out of memory",
            Self::Crash => "crashes",
            Self::Broken => "broken results",
        }
    }
}

/// How one trial ended.
#[derive(Debug)]
pub(super) enum End {
    Survived {
        generated: bool,
        isolated: bool,
        took: Duration,
    },
    Found(Finding, String),
}

/// Number of a mutant, and how its trial ended.
pub(super) type Tried = io::Result<(u64, End)>;

/// Tries every `jobs`-th mutant, from the `job`-th.
pub(super) fn run(
    arguments: &Arguments,
    job: u64,
    seeds: &Path,
    results: &Sender<Tried>,
) -> io::Result<()> {
    let mut done = job;
    while done < arguments.count {
        let mut worker = Worker::start(arguments, done, seeds)?;
        let mut current = None;
        loop {
            let line = worker.lines.recv_timeout(Duration::from_secs(SECONDS));
            let end = match line {
                Ok(Line::Begin(number)) => {
                    current = Some(number);
                    continue;
                }
                Ok(Line::End(end)) => end,
                Err(RecvTimeoutError::Timeout) => {
                    let message = format!("no end within {SECONDS} s");
                    End::Found(Finding::Hang, message)
                }
                Err(RecvTimeoutError::Disconnected) if done >= arguments.count => break,
                Err(RecvTimeoutError::Disconnected) => worker.cause_of_death(),
            };
            let Some(number) = current.take() else {
                let message = "a worker ended before its first trial";
                return Err(io::Error::other(message));
            };
            done += arguments.jobs;
            let replaced = matches!(&end, End::Found(finding, _)
                if !matches!(finding, Finding::Panic | Finding::Broken));
            if results.send(Ok((number, end))).is_err() {
                return Ok(());
            }
            if replaced {
                break;
            }
        }
    }
    Ok(())
}

/// A process that is killed when it is no longer needed.
struct Worker {
    process: Child,
    lines: Receiver<Line>,
    /// The end of what it wrote to standard error.
    words: Receiver<String>,
}

impl Worker {
    fn start(arguments: &Arguments, done: u64, seeds: &Path) -> io::Result<Self> {
        let number = |number: u64| number.to_string();
        let mut process = Command::new(std::env::current_exe()?)
            .arg("mutate")
            .arg("--worker")
            .arg(seeds)
            .args(["--seed", &number(arguments.seed.wrapping_add(done))])
            .args(["--count", &number(arguments.count - done)])
            .args(["--jobs", &number(arguments.jobs)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (lines, words) = (process.stdout.take(), process.stderr.take());
        let (sender, received) = mpsc::channel();
        std::thread::spawn(move || {
            let read = lines
                .into_iter()
                .flat_map(|lines| BufReader::new(lines).lines());
            for line in read.map_while(Result::ok) {
                if line.parse().map(|line| sender.send(line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            process,
            lines: received,
            words: collect(words),
        })
    }

    fn cause_of_death(&mut self) -> End {
        let words = self.words.recv().unwrap_or_default();
        let finding = if words.contains("has overflowed its stack") {
            Finding::Overflow
        } else if words.contains("memory allocation of") {
            Finding::OutOfMemory
        } else {
            Finding::Crash
        };
        let last = words.lines().map(str::trim).rfind(|line| !line.is_empty());
        let message = last.unwrap_or("it died without a word").to_owned();
        End::Found(finding, message)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads to the end, and keeps the last bytes.
fn collect(stream: Option<impl Read + Send + 'static>) -> Receiver<String> {
    const KEPT: usize = 4096;
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let mut chunk = [0; KEPT];
        let mut stream = stream;
        while let Some(Ok(read @ 1..)) = stream.as_mut().map(|stream| stream.read(&mut chunk)) {
            kept.extend_from_slice(&chunk[..read]);
            kept.drain(..kept.len().saturating_sub(KEPT));
        }
        sender.send(String::from_utf8_lossy(&kept).into_owned())
    });
    received
}
