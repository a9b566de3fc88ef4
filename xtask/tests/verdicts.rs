//! The verdicts of `cargo xtask diff`, change by change: each case changes one thing in a document of ten operations,
//! and is judged in both directions.
//!
//! What the table says is what the page says, in every run. That it is true is told by two others, on demand:
//!
//! ```sh
//! cargo install cargo-semver-checks --locked
//! SEMVER_CHECKS=cargo-semver-checks cargo test -p xtask --test verdicts -- --ignored --nocapture
//! ```
//!
//! It generates a crate for each case, with all its features on, compares its rustdoc with `cargo semver-checks`, and compiles a caller that uses
//! everything at its stated type, since `cargo semver-checks` does not compare types of fields, arguments and answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too; the table is printed for people"
)]

#[path = "verdicts/caller.rs"]
mod caller;
#[path = "verdicts/cases.rs"]
mod cases;
#[path = "verdicts/crates.rs"]
mod crates;
#[path = "verdicts/cut.rs"]
mod cut;

use cases::Case;
use cases::Expected::{self, Calls, Compilation, Minor, Nothing, Patch};
use cut::Cut;
use xtask::diff::compare::{Difference, Subject};
use xtask::diff::findings;
use xtask::diff::surface::{Part, Surface};
use xtask::diff::verdict::{Breaks, Bump, Finding};
use xtask::pipeline::{Output, STACK_BYTES};

/// A case, generated.
struct Made {
    case: Case,
    output: Output,
    surface: Surface,
    /// From the document as it is to the changed one, and back.
    findings: [Vec<Finding>; 2],
}

/// The document as it is, and all cases.
fn made() -> (Output, Surface, Vec<Made>) {
    let cut = Cut::read();
    let base = cut.clone().output(None);
    let old = Surface::read(&base.files).unwrap();
    let generate = |case: Case| {
        let mut changed = cut.clone();
        (case.change)(&mut changed);
        assert_ne!(changed, cut, "{}: nothing was changed", case.name);
        let output = changed.output(Some(&base));
        let new = Surface::read(&output.files).unwrap();
        Made {
            findings: [findings(&old, &new), findings(&new, &old)],
            case,
            output,
            surface: new,
        }
    };
    let mut cases = cases::all().into_iter();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = cases.len().div_ceil(threads);
    let made = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let own: Vec<Case> = cases.by_ref().take(share).collect();
                let work = || own.into_iter().map(&generate).collect::<Vec<Made>>();
                let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
                worker.spawn_scoped(scope, work).unwrap()
            })
            .collect();
        let made = workers.into_iter().map(|worker| worker.join().unwrap());
        made.flatten().collect()
    });
    (base, old, made)
}

/// The pipeline is not frugal with its stack.
fn with_stack(test: fn()) {
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
    let ended = worker.spawn(test).unwrap().join();
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

/// Without what only those notice who turn on some features: the crates are compared with all of them on.
fn with_all_features(findings: &[Finding]) -> Vec<Finding> {
    let is_of_features = |finding: &&Finding| {
        let change = &finding.change;
        let moved = matches!(
            &change.difference,
            Difference::Changed {
                part: Part::Features | Part::BuilderFeatures,
                ..
            }
        );
        moved || matches!(change.subject, Subject::Feature(_))
    };
    let others = findings.iter().filter(|finding| !is_of_features(finding));
    others.cloned().collect()
}

fn said(findings: &[Finding]) -> Expected {
    let breaks = |breaks| {
        findings
            .iter()
            .any(|finding| finding.verdict.breaks == breaks)
    };
    let bump = findings.iter().map(|finding| finding.verdict.bump).max();
    match bump {
        _ if breaks(Breaks::Compilation) => Compilation,
        _ if breaks(Breaks::Calls) => Calls,
        None => Nothing,
        Some(Bump::Patch) => Patch,
        Some(Bump::Minor) => Minor,
        Some(Bump::Major) => unreachable!("what is major breaks something"),
    }
}

#[test]
fn the_page_says_what_the_table_says() {
    with_stack(|| {
        let (_, _, cases) = made();
        assert!(cases.len() >= 60, "{} cases", cases.len());
        let mut wrong = Vec::new();
        for Made { case, findings, .. } in &cases {
            for finding in findings.iter().flatten() {
                assert!(!finding.verdict.meaning.is_empty(), "{finding:?}");
            }
            let said = findings.each_ref().map(|findings| said(findings));
            if said != case.expected {
                let found: Vec<_> = findings
                    .iter()
                    .map(|findings| serde_json::to_string_pretty(findings).unwrap())
                    .collect();
                let (name, expected) = (case.name, case.expected);
                wrong.push(format!(
                    "{name}: {said:?}, not {expected:?}\n{}",
                    found.join("\n<-\n")
                ));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} wrong\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    });
}

#[test]
#[ignore = "SEMVER_CHECKS names the program cargo-semver-checks; takes minutes"]
fn semver_checks_and_a_caller_agree() {
    with_stack(|| {
        let program = std::env::var_os("SEMVER_CHECKS").expect("SEMVER_CHECKS names a program");
        let (base, surface, cases) = made();
        let crates = crates::Crates::write(&base, &surface, &cases);
        let judged = crates.judge(&program);
        let mut disagreements = 0;
        println!("| change | direction | page | semver-checks | caller | |");
        println!("|---|---|---|---|---|---|");
        for (case, [forth, back]) in cases.iter().zip(judged) {
            for (index, direction, truth) in [(0, "forth", forth), (1, "back", back)] {
                let page = said(&with_all_features(&case.findings[index]));
                let broken = truth.major.is_some() || truth.caller.is_some();
                let added = truth.minor.is_some() && matches!(page, Nothing | Patch);
                let agrees = broken == (page == Compilation) && !added;
                let note = match (agrees, page) {
                    (true, Calls) => "agree: compiles, and fails when called",
                    (true, _) => "agree",
                    (false, _) => "DISAGREE",
                };
                disagreements += usize::from(!agrees);
                let lints = match (&truth.major, &truth.minor) {
                    (Some(lints), _) => format!("major: {lints}"),
                    (None, Some(lints)) => format!("minor: {lints}"),
                    (None, None) => "-".to_owned(),
                };
                println!(
                    "| {} | {direction} | {page:?} | {lints} | {} | {note} |",
                    case.case.name,
                    truth.caller.as_deref().unwrap_or("-"),
                );
            }
        }
        println!("{} verdicts, {disagreements} disagree", cases.len() * 2);
        assert_eq!(disagreements, 0);
    });
}
