//! Random faults: what succeeds, what fails how, and that nothing is done twice.

use super::{PREFIX, create, created, read, scaled, small_mock};
use insightcloudsec::v2::types::ApiError;
use insightcloudsec::{
    Credentials, Error, InsightCloudSec, RetryPolicy, StatusCode, TransportErrorKind,
};
use insightcloudsec_mock::{Fault, Faults, Mock, Reply};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TASKS: usize = 64;
/// One call in so many creates something.
const CREATES: usize = 4;
/// Requests of a hundred that meet a fault, besides those of bursts.
const PERCENT: u32 = 15;
/// Requests that fail together.
const BURST: usize = 5;
/// As the default policy has it.
const ATTEMPTS: u32 = 4;
/// Longest time of a call.
const TIMEOUT: Duration = Duration::from_secs(20);
/// A wait that a 429 asks for, in seconds. One of less than a second counts as an attempt, so that all budgets are alike.
const WAIT: &str = "0.02";

/// Faults of the mix that reads are repeated after. The others are results, a 500, and bodies of another shape.
const REPEATED: usize = 13;

/// Each with an equal share.
fn mix(mock: &Mock) -> [Fault; 19] {
    let limited = |header: &str| Reply::status(429).header(header, WAIT);
    let slow = |answer: Reply| answer.trickled(128, Duration::from_millis(5));
    [
        // Connections.
        Reply::reset().into(),
        Reply::close().into(),
        Fault::lost_answer(),
        Fault::cut_answer(),
        Fault::after(|answer| answer.closed_after(20)),
        // Limits, and servers that fail.
        limited("retry-after").into(),
        limited("ratelimit-reset").into(),
        limited("x-ratelimit-reset").into(),
        Reply::error(500, "InternalServerError", "an internal error").into(),
        Reply::html_page(502).into(),
        burst(mock),
        Reply::status(503).header("retry-after", "0").into(),
        Fault::after(|_| Reply::html_page(504)),
        // Bodies.
        Fault::after(slow),
        Fault::after(Reply::gzipped),
        Fault::after(|answer| answer.gzipped().garbled()),
        Fault::after(|answer| answer.media_type("text/html")),
        Fault::garbled_answer(),
        Reply::html_page(200).into(),
    ]
}

/// A 503 for a request, and for those that come next.
fn burst(mock: &Mock) -> Fault {
    let failure = Reply::error(503, "ServiceUnavailable", "try again later");
    let left = Arc::new(AtomicUsize::new(0));
    let coming = Arc::clone(&left);
    let one_less = move || {
        let less = |left: usize| left.checked_sub(1);
        coming.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
    };
    let scripted = mock.on_any().only(move |_| one_less().is_ok());
    scripted.respond(failure.clone()).unwrap();
    Fault::before_with(move |_| {
        left.store(BURST - 1, Ordering::SeqCst);
        failure.clone()
    })
}

/// What came of the calls.
#[derive(Default)]
struct Outcomes {
    succeeded: usize,
    /// Failures by what they are.
    classes: BTreeMap<String, usize>,
    /// Failures that no description allows.
    undocumented: Vec<String>,
    /// Names of what was created for sure, and of what may have been.
    made: BTreeSet<String>,
    unknown: BTreeSet<String>,
    longest: Duration,
    most_attempts: u32,
}

impl Outcomes {
    fn add(&mut self, name: Option<String>, outcome: Result<(), Error<ApiError>>, took: Duration) {
        self.longest = self.longest.max(took);
        let Err(error) = outcome else {
            self.succeeded += 1;
            self.made.extend(name);
            return;
        };
        let attempts = error.effort().attempts();
        self.most_attempts = self.most_attempts.max(attempts);
        let is_read = name.is_none();
        let kind = if is_read { "read" } else { "create" };
        let class = format!("{kind}, {}, attempts: {attempts}", cause(&error));
        *self.classes.entry(class).or_default() += 1;
        if !is_documented(&error, is_read) {
            self.undocumented.push(error.to_string());
        }
        if error.is_outcome_unknown() {
            self.unknown.extend(name);
        }
    }

    fn check_calls(&self, calls: usize) {
        let failed: usize = self.classes.values().sum();
        println!(
            "{} succeeded, {failed} failed, longest {:.2} s: {:#?}",
            self.succeeded,
            self.longest.as_secs_f64(),
            self.classes
        );
        assert_eq!(self.succeeded + failed, calls);
        assert_eq!(self.undocumented, [""; 0]);
        assert!(self.most_attempts <= ATTEMPTS);
        assert!(self.longest < TIMEOUT);
    }

    /// What was reported is there, what is there was not denied, and nothing is there twice.
    fn check_created(&self, created: &BTreeMap<String, usize>) {
        println!(
            "{} things were created: {} reported, {} of unknown outcome",
            created.len(),
            self.made.len(),
            self.unknown.len()
        );
        for name in &self.made {
            assert!(created.contains_key(name), "{name} is not there");
        }
        for (name, count) in created {
            assert_eq!(*count, 1, "{name}");
            let is_told = self.made.contains(name) || self.unknown.contains(name);
            assert!(is_told, "{name} is there, and its call denied it");
        }
    }
}

fn cause(error: &Error<ApiError>) -> String {
    match error {
        Error::Answer { .. } | Error::UnexpectedStatus { .. } => {
            let status = error.status().unwrap().as_u16();
            let wait = error.retry_after().map_or("", |_| " with a wait");
            format!("status {status}{wait}")
        }
        Error::Transport { error, .. } => format!("{:?}", error.kind()),
        Error::Decode { .. } => "undecodable".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a failure is one that the table of retries ends in.
fn is_documented(error: &Error<ApiError>, is_read: bool) -> bool {
    let attempts = error.effort().attempts();
    let is_within = (1..=ATTEMPTS).contains(&attempts);
    let is_exhausted = attempts == ATTEMPTS;
    let tells_wait = error.retry_after().is_some();
    match error {
        Error::Decode { .. } => {
            is_within && !error.is_retryable() && error.is_outcome_unknown() != is_read
        }
        Error::Transport { error: broken, .. } => {
            let is_break = matches!(
                broken.kind(),
                TransportErrorKind::Send | TransportErrorKind::Read
            );
            let is_final = if is_read { is_exhausted } else { is_within };
            is_break && is_final && error.is_retryable() && error.is_outcome_unknown() != is_read
        }
        Error::Answer { .. } | Error::UnexpectedStatus { .. } => match error.status() {
            Some(StatusCode::INTERNAL_SERVER_ERROR) => is_within && !error.is_retryable(),
            Some(StatusCode::TOO_MANY_REQUESTS) => {
                is_exhausted && tells_wait && error.is_rate_limited() && !error.is_outcome_unknown()
            }
            Some(StatusCode::SERVICE_UNAVAILABLE) if tells_wait => {
                is_exhausted && error.is_retryable() && !error.is_outcome_unknown()
            }
            Some(
                StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT,
            ) => {
                let is_final = if is_read { is_exhausted } else { is_within };
                is_final && error.is_retryable() && error.is_outcome_unknown() != is_read
            }
            _ => false,
        },
        _ => false,
    }
}

/// With delays that tests can wait for.
fn connect(mock: &Mock) -> InsightCloudSec {
    let policy = RetryPolicy::default().base_delay(Duration::from_millis(5));
    let key = Credentials::api_key(mock.api_key());
    let builder = InsightCloudSec::builder(mock.url(), key).retries(policy);
    builder.timeout(TIMEOUT).build().unwrap()
}

/// All calls of one seed, and what came of them.
async fn run(seed: u64, calls: usize, mock: &Mock, ics: &InsightCloudSec) -> Outcomes {
    mock.faults(
        Faults::seeded(seed)
            .rate(f64::from(PERCENT) / 100.0)
            .mix(mix(mock)),
    );
    let outcomes = Arc::new(Mutex::new(Outcomes::default()));
    let begun = Arc::new(AtomicUsize::new(0));
    let task = |_| {
        let (outcomes, begun, ics) = (outcomes.clone(), begun.clone(), ics.clone());
        tokio::spawn(async move {
            loop {
                let number = begun.fetch_add(1, Ordering::Relaxed);
                if number >= calls {
                    return;
                }
                let name = (number % CREATES == 0).then(|| format!("{PREFIX} {number}"));
                let start = Instant::now();
                let outcome = match &name {
                    Some(name) => create(&ics, name).await,
                    None => read(&ics, number).await,
                };
                let took = start.elapsed();
                outcomes.lock().unwrap().add(name, outcome, took);
            }
        })
    };
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    for task in tasks {
        task.await.unwrap();
    }
    std::mem::take(&mut *outcomes.lock().unwrap())
}

async fn one_seed(seed: u64, calls: usize) {
    let mock = small_mock().await;
    mock.keep_requests(0);
    let ics = connect(&mock);
    let start = Instant::now();
    let outcomes = run(seed, calls, &mock, &ics).await;
    let (seconds, counters) = (start.elapsed().as_secs_f64(), mock.counters());
    println!(
        "seed {seed}: {calls} calls, {} requests, {} faults and their bursts, {seconds:.1} s",
        counters.requests, counters.faults
    );
    // Chance leaves some out.
    let expected = counters.requests * u64::from(PERCENT) / 100;
    assert!(counters.faults * 10 >= expected * 9);
    outcomes.check_calls(calls);
    mock.clear_faults();
    mock.clear_scripts();
    outcomes.check_created(&created(&ics).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_end_as_documented_and_nothing_is_done_twice() {
    let (seeds, calls) = scaled((1..2, 2_000), (1..4, 20_000));
    for seed in seeds {
        one_seed(seed, calls).await;
    }
}

/// What chance rarely does: every attempt fails.
#[tokio::test]
async fn a_read_ends_after_its_budget() {
    let mock = small_mock().await;
    let ics = connect(&mock);
    let faults = mix(&mock);
    let mut exhausted = 0;
    for (number, fault) in faults.into_iter().enumerate() {
        mock.clear_scripts();
        mock.clear_counters();
        mock.on("list_clouds").fault(fault).unwrap();
        let outcome = read(&ics, 0).await;
        let requests = mock.counters().requests;
        let expected = match &outcome {
            Err(error) if error.is_retryable() => ATTEMPTS,
            _ => 1,
        };
        println!(
            "{number}: {}",
            outcome
                .as_ref()
                .map_or_else(cause, |()| "success".to_owned())
        );
        assert_eq!(requests, u64::from(expected), "{outcome:?}");
        if let Err(error) = outcome {
            assert!(is_documented(&error, true), "{error}");
            assert_eq!(error.effort().attempts(), expected);
            exhausted += usize::from(expected == ATTEMPTS);
        }
    }
    assert_eq!(exhausted, REPEATED);
}
