//! Responses broken at random, over sockets: no call panics or hangs, every error is a short line, no secret is shown.
//!
//! `MUTATED_RESPONSES=100000 cargo test --release --test mutated_responses -- --nocapture` tries as many as one likes;
//! `MUTATED_FIRST` is the number of the first, to see one again.

#![cfg(feature = "insightcloudsec-v2")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too, and says what it covered"
)]

mod response;

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use insightcloudsec::{Credentials, Error, InsightCloudSec, RetryPolicy};
use rapid7_core::{Decode, Operation, Request, Secret, decode};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use response::{End, Response};

/// Responses of a run that nobody asked more of.
const CASES: u64 = 2000;

/// Clients at once, each with a server of its own.
const WORKERS: u64 = 8;

/// Longest time for a call, by its own limit, and how long it may take to notice.
const TIMEOUT: Duration = Duration::from_millis(400);
const HANGS: Duration = Duration::from_secs(20);

/// The canary is in the second half: a server may cut what it repeats, and half of a secret is hidden.
const SECRET: &str = "k3y/+=01-c4nary";
const CANARY: &str = "c4nary";

/// A failure that shows all of itself.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Failure {
    error_message: Value,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Row {
    id: u64,
    #[serde(default)]
    tags: BTreeMap<String, Vec<i8>>,
    secret: Option<Secret>,
}

static LIST: Operation = Operation {
    name: "list_things",
    path: "/v2/things",
    ..Operation::USUAL
};

/// What came of all cases.
#[derive(Default)]
struct Totals {
    by_outcome: Mutex<BTreeMap<&'static str, usize>>,
    lines: AtomicUsize,
    longest_line: AtomicUsize,
    slowest: Mutex<(Duration, u64)>,
}

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_response_does_harm() {
    let panics: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&panics);
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        seen.lock().unwrap().push(info.to_string());
        earlier(info);
    }));
    let (first, cases) = (
        number("MUTATED_FIRST", 0),
        number("MUTATED_RESPONSES", CASES),
    );
    let totals = Arc::new(Totals::default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = Instant::now();
    runtime.block_on(async {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let numbers = (first..first + cases).skip(usize::try_from(worker).unwrap());
                let numbers = numbers.step_by(usize::try_from(WORKERS).unwrap());
                tokio::spawn(work(numbers.collect(), Arc::clone(&totals)))
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
    });
    let by_outcome = totals.by_outcome.lock().unwrap();
    let (slowest, case) = *totals.slowest.lock().unwrap();
    println!(
        "{cases} responses in {:?}: {by_outcome:?}; {} lines of errors, the longest of {} characters; the slowest call \
         took {slowest:?} (case {case})",
        began.elapsed(),
        totals.lines.load(Ordering::Relaxed),
        totals.longest_line.load(Ordering::Relaxed),
    );
    assert_eq!(*panics.lock().unwrap(), Vec::<String>::new());
    // Enough of each kind, so that the responses are not all broken in the same way.
    for outcome in [
        "result",
        "Answer",
        "UnexpectedStatus",
        "Decode",
        "Transport",
    ] {
        let share = by_outcome.get(outcome).copied().unwrap_or_default() as u64;
        assert!(share * 50 > cases, "{outcome}: {share}");
    }
}

/// The number of the case that a server answers with.
type Current = Arc<AtomicU64>;

async fn work(numbers: Vec<u64>, totals: Arc<Totals>) {
    let current = Current::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, Arc::clone(&current)));
    let with_key = client(&url, Credentials::api_key(SECRET));
    let with_session = client(&url, Credentials::login("ada", SECRET));
    let mut random = fastrand::Rng::with_seed(numbers.first().copied().unwrap_or_default());
    for case in numbers {
        current.store(case, Ordering::SeqCst);
        let is_session = random.u8(..4) == 0;
        let client = if is_session { &with_session } else { &with_key };
        if is_session && random.u8(..8) == 0 {
            // What was refused once is not tried again otherwise.
            let login = client.login();
            let login = tokio::time::timeout(HANGS, login)
                .await
                .expect("a log-in hangs");
            if let Err(error) = login {
                totals.error(case, &error);
            }
        }
        let began = Instant::now();
        let call = call(client, random.u8(..6), case, &totals);
        let outcome = tokio::time::timeout(HANGS, call).await;
        let outcome = outcome.unwrap_or_else(|_| panic!("case {case} hangs"));
        totals.count(outcome, began.elapsed(), case);
    }
}

fn client(url: &str, credentials: Credentials) -> InsightCloudSec {
    let policy = RetryPolicy::new()
        .max_attempts(2)
        .base_delay(Duration::from_millis(1));
    InsightCloudSec::builder(url, credentials)
        .retries(policy)
        .timeout(TIMEOUT)
        .configure_http(|http| http.pool_max_idle_per_host(0))
        .build()
        .unwrap()
}

/// One call, in one of the ways in which bodies are read.
async fn call(client: &InsightCloudSec, way: u8, case: u64, totals: &Totals) -> &'static str {
    let connection = client.connection();
    let request = || Request::new(&LIST);
    let failure: Decode<Failure> = decode::json;
    match way {
        0 | 1 => {
            let answer = client.v2().list_clouds().send().await;
            totals.outcome(case, answer.err())
        }
        2 => {
            let answer = connection.call(request(), decode::json::<Vec<Row>>, failure);
            totals.outcome(case, answer.await.err())
        }
        3 => {
            let answer = connection.call(request(), decode::optional::<Row>, decode::body);
            totals.outcome(case, answer.await.err())
        }
        4 => {
            let answer = connection.call(request(), decode::json::<Value>, failure);
            totals.outcome(case, answer.await.err())
        }
        _ => {
            let answer = connection.call(request(), decode::body, failure).await;
            if let Ok(body) = &answer {
                show(case, &[format!("{body:?}")]);
                if let Err(misfit) = body.json::<Row>() {
                    totals.error(case, &misfit);
                }
            }
            totals.outcome(case, answer.err())
        }
    }
}

impl Totals {
    fn count(&self, outcome: &'static str, took: Duration, case: u64) {
        *self.by_outcome.lock().unwrap().entry(outcome).or_default() += 1;
        let mut slowest = self.slowest.lock().unwrap();
        *slowest = (*slowest).max((took, case));
    }

    fn outcome<E: Debug>(&self, case: u64, error: Option<Error<E>>) -> &'static str {
        let Some(error) = error else { return "result" };
        self.error(case, &error);
        show(case, &[error.request_id().unwrap_or_default().to_owned()]);
        match &error {
            Error::Answer { answer, .. } => {
                show(case, &[format!("{answer} {answer:?}")]);
                "Answer"
            }
            Error::UnexpectedStatus { answer, .. } => {
                let origin = answer.redirect_origin().unwrap_or_default().to_owned();
                show(case, &[format!("{answer} {answer:?}"), origin]);
                "UnexpectedStatus"
            }
            Error::Decode { error, .. } => {
                show(case, &[format!("{error} {error:?}")]);
                "Decode"
            }
            Error::Transport { error, .. } => {
                self.error(case, &**error);
                "Transport"
            }
            Error::Login { error, .. } => {
                self.error(case, &**error);
                "Login"
            }
            Error::Refused { .. } => "Refused",
            _ => "InvalidInput",
        }
    }

    /// Checks all that an error says.
    fn error(&self, case: u64, error: &impl StdError) {
        let line = error.to_string();
        let length = line.chars().count();
        assert!(
            length <= 1000 && !line.contains('\n'),
            "case {case}: {line}"
        );
        self.lines.fetch_add(1, Ordering::Relaxed);
        self.longest_line.fetch_max(length, Ordering::Relaxed);
        let mut texts = vec![line, format!("{error:?}"), format!("{error:#?}")];
        let mut next = error.source();
        while let Some(source) = next {
            texts.push(format!("{source} {source:?} {source:#?}"));
            next = source.source();
        }
        show(case, &texts);
    }
}

/// No secret is in what is shown.
fn show(case: u64, texts: &[String]) {
    for text in texts {
        let lower = text.to_lowercase();
        let leak = response::encodings(CANARY)
            .into_iter()
            .find(|form| text.contains(form.as_str()) || lower.contains(CANARY));
        assert_eq!(leak, None, "case {case} leaks: {text}");
    }
}

async fn serve(listener: TcpListener, current: Current) {
    while let Ok((stream, _)) = listener.accept().await {
        let case = current.load(Ordering::SeqCst);
        tokio::spawn(answer(stream, case));
    }
}

/// Answers with the response of a case, and ends as it says.
async fn answer(mut stream: TcpStream, case: u64) -> Option<()> {
    let mut request = vec![0; 8192];
    let len = stream.read(&mut request).await.ok()?;
    let is_login = request[..len].starts_with(b"POST");
    let response = Response::of(case, is_login);
    if response.end == End::AtOnce {
        return reset(&stream);
    }
    for piece in &response.pieces {
        stream.write_all(piece).await.ok()?;
        if response.pieces.len() > 1 {
            tokio::task::yield_now().await;
        }
    }
    match response.end {
        End::Reset => reset(&stream),
        End::Silent => {
            tokio::time::sleep(2 * TIMEOUT).await;
            Some(())
        }
        _ => {
            _ = stream.shutdown().await;
            Some(())
        }
    }
}

fn reset(stream: &TcpStream) -> Option<()> {
    stream.set_zero_linger().ok()
}
