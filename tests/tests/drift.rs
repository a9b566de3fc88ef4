//! Answers of all operations, as documented and then changed as releases change them, read by the typed clients.
//!
//! `DRIFT_CASES=100000 cargo test -p tests --test drift -- --nocapture` tries as many as one likes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use insightcloudsec_mock::Mock;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;
use tests::calls::{Failure, FailureKind, Outcome, Sample};
use tests::documented::{Documented, Random, documented};
use tests::drift::{Change, Kind, change, losses};
use tests::playback::{Player, Recording, operation};

/// Cases of a run that nobody asked more of.
const CASES: usize = 2_000;
/// Most changes of one answer.
const CHANGES: usize = 5;
/// Failures shown in full.
const SHOWN: usize = 40;

/// The clients, with a request for each operation.
struct Stage {
    player: Player,
    requests: HashMap<(&'static str, String), Sample>,
}

impl Stage {
    async fn new(answers: &[Documented]) -> Self {
        let mock = Mock::builder().seed(1).clouds(2).resources(16);
        let mock = mock.start().await.unwrap();
        let request = |answer: &Documented| {
            let key = format!("{}.{}", answer.api, answer.operation);
            let sample = Sample(mock.sample_request(&key, 1).unwrap());
            ((answer.api, answer.operation.clone()), sample)
        };
        Self {
            player: Player::start().await,
            requests: answers.iter().map(request).collect(),
        }
    }

    async fn play(&self, answer: &Documented, body: &Value) -> Result<Outcome, Failure> {
        let request = &self.requests[&(answer.api, answer.operation.clone())];
        let recording = Recording::json(answer.status, body);
        let called = (answer.api, answer.operation.as_str());
        self.player.play(called, request, &recording).await
    }
}

fn is_result(answer: &Documented) -> bool {
    let known = operation(answer.api, &answer.operation).unwrap();
    answer.status < 300 || known.success.contains(&answer.status)
}

/// Results, and failures apart from them.
fn answers() -> (Vec<Documented>, Vec<Documented>) {
    documented().into_iter().partition(is_result)
}

fn cases() -> usize {
    let asked = std::env::var("DRIFT_CASES").ok();
    asked.map_or(CASES, |text| text.parse().unwrap())
}

/// The changed value of a case, and what was changed.
fn drifted(answer: &Documented, random: &mut Random) -> (Value, Vec<Change>) {
    let mut body = answer.sample(random);
    let wanted = 1 + random.below(CHANGES);
    let changes = (0..wanted).map_while(|_| change(answer, &mut body, random));
    let changes = changes.collect();
    (body, changes)
}

/// The change that an error at this place is about: one of this very place, else a null in this list, else the one whose
/// place has most in common with it.
fn blamed(changes: &[Change], path: &str) -> Option<Kind> {
    let nearness = |change: &&Change| {
        let pairs = change.path.bytes().zip(path.bytes());
        let common = pairs.take_while(|(left, right)| left == right).count();
        let rest = path.strip_prefix(change.path.as_str());
        let element = rest.is_some_and(|rest| rest.starts_with('[') && rest.ends_with(']'));
        let null = change.kind == Kind::ElementNull && element;
        let whole = [Kind::ContainerNull, Kind::EntryNull, Kind::MemberNull];
        (
            change.path == path && whole.contains(&change.kind),
            null && rest.is_some_and(|rest| rest.matches('[').count() == 1),
            common,
        )
    };
    changes
        .iter()
        .max_by_key(nearness)
        .map(|change| change.kind)
}

/// What went wrong in a run.
#[derive(Default)]
struct Faults {
    by_kind: BTreeMap<String, usize>,
    shown: Vec<String>,
    without_path: Vec<String>,
}

impl Faults {
    fn add(&mut self, case: usize, answer: &Documented, changes: &[Change], failure: &Failure) {
        let name = format!("case {case}, {}.{}", answer.api, answer.operation);
        let (path, message) = match &failure.kind {
            FailureKind::Decode { path, message } => (path.as_str(), message.as_str()),
            _ => ("", failure.text.as_str()),
        };
        // The place of the whole body has no name.
        let whole = changes.iter().any(|change| change.path.is_empty());
        if path.is_empty() && !whole {
            self.without_path.push(format!("{name}: {failure}"));
        }
        let kind = match blamed(changes, path) {
            Some(kind) => format!("{kind:?}"),
            None => "unchanged".to_owned(),
        };
        // Types are too many to count apart.
        let message = message.split(" struct ").next().unwrap();
        let place = if path.is_empty() { " of the body" } else { "" };
        let count = self.by_kind.entry(format!("{kind}{place}: {message}"));
        let seen = count.or_default();
        *seen += 1;
        if *seen <= 3 && self.shown.len() < SHOWN {
            self.shown
                .push(format!("{name} at `{path}`: {message}; {changes:?}"));
        }
    }
}

#[tokio::test]
async fn changed_answers_decode() {
    let (answers, _) = answers();
    let stage = Stage::new(&answers).await;
    let (cases, start) = (cases(), Instant::now());
    let (mut faults, mut decoded) = (Faults::default(), 0);
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for case in 0..cases {
        let answer = &answers[case % answers.len()];
        let mut random = Random::new(case as u64);
        let (body, changes) = drifted(answer, &mut random);
        for change in &changes {
            *kinds.entry(change.kind).or_default() += 1;
        }
        match stage.play(answer, &body).await {
            Ok(_) => decoded += 1,
            Err(failure) => faults.add(case, answer, &changes, &failure),
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{decoded} of {cases} changed answers decode, {seconds:.1} s; changes: {kinds:?}");
    println!("{:#?}\n{}", faults.by_kind, faults.shown.join("\n"));
    assert!(
        decoded * 1_000 >= cases * 999,
        "only {decoded} of {cases} decode"
    );
    assert!(
        faults.without_path.is_empty(),
        "{} errors without a place:\n{}",
        faults.without_path.len(),
        faults.without_path[..faults.without_path.len().min(10)].join("\n")
    );
}

/// Nothing that a document knows is lost between an answer and the value that a program gets.
#[tokio::test]
async fn documented_answers_come_through_whole() {
    let (answers, _) = answers();
    let stage = Stage::new(&answers).await;
    let mut lost = Vec::new();
    for (case, answer) in (0..5).flat_map(|_| &answers).enumerate() {
        let sent = answer.sample(&mut Random::new(case as u64));
        let name = format!("case {case}, {}.{}", answer.api, answer.operation);
        match stage.play(answer, &sent).await {
            Ok(got) => lost.extend(
                losses(answer, &sent, &got.value)
                    .iter()
                    .map(|loss| format!("{name}{loss}")),
            ),
            Err(failure) => lost.push(format!("{name}: {failure}")),
        }
    }
    println!("{} answers, five samples each", answers.len());
    let shown = lost.iter().take(SHOWN).map(String::as_str);
    let shown: Vec<_> = shown.collect();
    assert!(lost.is_empty(), "{}:\n{}", lost.len(), shown.join("\n"));
}

/// A failure stays one whatever becomes of its body.
#[tokio::test]
async fn changed_failures_stay_failures() {
    let (_, failures) = answers();
    assert!(failures.len() >= 900);
    let stage = Stage::new(&failures).await;
    for (case, answer) in failures.iter().enumerate() {
        let mut random = Random::new(case as u64);
        let (body, changes) = drifted(answer, &mut random);
        let outcome = stage.play(answer, &body).await;
        let failure = outcome.err().map(|failure| (failure.kind, failure.status));
        let status = failure.as_ref().and_then(|(_, status)| *status);
        assert_eq!(status.unwrap().as_u16(), answer.status, "case {case}");
        assert!(
            matches!(failure, Some((FailureKind::Answer(_), _))),
            "case {case}: {failure:?}, {changes:?}"
        );
    }
}
