//! Every operation against a validator of somebody else's making, which serves the same document.
//!
//! A request made from the schema ([`requests`]) goes through the generated client to a recorder ([`recorder`]), which
//! passes it on to the validator. The validator says whether it fits the document; since it lets pass what the document
//! does not mention, what was recorded is compared with the sample too ([`compare`]). The client must be able to read
//! the answers, be they made from examples or generated. What is known not to hold is listed ([`exceptions`]).

pub mod clients;
pub mod compare;
pub mod document;
pub mod exceptions;
pub mod recorder;
pub mod requests;
pub mod trial;

use exceptions::Exceptions;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;
use trial::{Trials, Verdict};

/// Faults of a part that are printed.
const SHOWN_FAULTS: usize = 5;

/// What holds of an operation, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The validator takes the requests, and they are what was meant.
    Request,
    /// So too with members that are not declared, where the schema invites them.
    Undeclared,
    /// The client reads answers made from examples.
    Static,
    /// The client reads answers generated from the schema.
    Dynamic,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Request, Self::Undeclared, Self::Static, Self::Dynamic];

    /// Its name in the table of exceptions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Undeclared => "undeclared",
            Self::Static => "static",
            Self::Dynamic => "dynamic",
        }
    }
}

/// An API, and where its validator listens.
#[derive(Debug, Clone)]
pub struct Target {
    /// Name of the client crate.
    pub crate_name: String,
    /// The document that the validator serves, as JSON.
    pub document: PathBuf,
    /// `host:port`.
    pub validator: String,
}

/// Tries all operations of all targets, prints a line for each and the totals; gives whether all is well.
///
/// # Errors
///
/// `out` cannot be written to.
pub async fn run(
    targets: &[Target],
    exceptions: &Exceptions,
    out: &mut (dyn Write + Send),
) -> io::Result<bool> {
    let mut totals = Totals::new();
    for target in targets {
        let trials = match Trials::start(target).await {
            Ok(trials) => trials,
            Err(fault) => {
                totals.fail(&format!("{}: {fault}", target.crate_name), out)?;
                continue;
            }
        };
        for difference in trials.differences() {
            totals.fail(&format!("{}: {difference}", target.crate_name), out)?;
        }
        for operation in &trials.document.operations {
            let key = format!("{} {}", operation.method, operation.path);
            let verdict = trials.run(operation).await;
            totals.add(key, &verdict, exceptions, out)?;
        }
    }
    for stale in exceptions.stale(|key| totals.is_in_scope(key, targets.len())) {
        totals.fail(&format!("exception `{stale}` is stale: delete it"), out)?;
    }
    if totals.varied == 0 {
        totals.fail("no generated answer differs from the one of examples", out)?;
    }
    totals.print(exceptions, out)?;
    Ok(totals.failures == 0)
}

struct Totals {
    started: Instant,
    operations: BTreeSet<String>,
    /// Operations in which the part holds.
    holds: [usize; Part::ALL.len()],
    sent: usize,
    refused: usize,
    without_answer_body: usize,
    varied: usize,
    failures: usize,
}

impl Totals {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            operations: BTreeSet::new(),
            holds: [0; Part::ALL.len()],
            sent: 0,
            refused: 0,
            without_answer_body: 0,
            varied: 0,
            failures: 0,
        }
    }

    /// Whether the exception could have been used: where only some of the APIs are tried, the others' are left alone.
    fn is_in_scope(&self, key: &str, targets: usize) -> bool {
        targets == crate::specs::CRATES.len() || self.operations.contains(key)
    }

    fn fail(&mut self, fault: &str, out: &mut dyn Write) -> io::Result<()> {
        self.failures += 1;
        writeln!(out, "FAILED {fault}")
    }

    fn add(
        &mut self,
        key: String,
        verdict: &Verdict,
        exceptions: &Exceptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut held = Vec::new();
        let mut notes = Vec::new();
        let mut fails = false;
        for (part, holds) in Part::ALL.into_iter().zip(&mut self.holds) {
            let Some(faults) = verdict.faults.get(&part) else {
                *holds += 1;
                if matches!(part, Part::Static | Part::Dynamic) {
                    held.push(part.as_str());
                }
                continue;
            };
            if let Some(exception) = exceptions.find(&key, part, faults) {
                notes.push(format!("{}, excepted: {}", part.as_str(), exception.reason));
                continue;
            }
            fails = true;
            for fault in faults.iter().take(SHOWN_FAULTS) {
                notes.push(format!("{}: {fault}", part.as_str()));
            }
            if let Some(more) = faults.len().checked_sub(SHOWN_FAULTS + 1) {
                notes.push(format!("{}: and {} more", part.as_str(), more + 1));
            }
        }
        let word = if fails { "FAILED" } else { "ok" };
        writeln!(out, "{}", [&[word, &key], &held[..]].concat().join(" "))?;
        for note in notes {
            writeln!(out, "    {note}")?;
        }
        self.sent += verdict.sent;
        self.refused += verdict.refused;
        self.without_answer_body += usize::from(!verdict.has_answer_body);
        self.varied += usize::from(verdict.is_varied);
        self.failures += usize::from(fails);
        self.operations.insert(key);
        Ok(())
    }

    fn print(&self, exceptions: &Exceptions, out: &mut dyn Write) -> io::Result<()> {
        let [valid, _, statics, dynamics] = self.holds;
        writeln!(
            out,
            "conformance: {} requests sent, {} spoiled ones refused; generated answers of {} operations differ from \
             those of examples, and {} document no body",
            self.sent, self.refused, self.varied, self.without_answer_body
        )?;
        writeln!(
            out,
            "conformance: {valid} of {} requests valid, {statics} static and {dynamics} dynamic answers decode, \
             {} exceptions, {} s",
            self.operations.len(),
            exceptions.used(),
            self.started.elapsed().as_secs()
        )
    }
}
