//! Limits that the server keeps, and what it says of them.

use super::{read, scaled, small_mock};
use insightcloudsec::v2::types::ApiError;
use insightcloudsec::{Credentials, Error, InsightCloudSec, RetryPolicy};
use insightcloudsec_mock::RateLimitHeaders::{
    RateLimit as Standard, RetryAfter, RetryAfterDate, XRateLimit, XRateLimitEpoch,
};
use insightcloudsec_mock::{Mock, RateLimit, RateLimitHeaders, Reply};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::documented::Random;

const HOUR: Duration = Duration::from_secs(3600);
/// For what needs no wait.
const AT_ONCE: Duration = Duration::from_secs(2);

fn connect(mock: &Mock, policy: RetryPolicy) -> InsightCloudSec {
    let key = Credentials::api_key(mock.api_key());
    let builder = InsightCloudSec::builder(mock.url(), key).retries(policy);
    builder.build().unwrap()
}

/// One call that is answered so at first, its error if it fails, how long it took, and how many requests it made.
async fn limited(
    reply: Reply,
    policy: RetryPolicy,
) -> (Result<(), Error<ApiError>>, Duration, usize) {
    let mock = small_mock().await;
    mock.on("list_clouds").once().respond(reply).unwrap();
    let ics = connect(&mock, policy);
    let start = Instant::now();
    let outcome = read(&ics, 0).await;
    (outcome, start.elapsed(), mock.requests().len())
}

#[tokio::test]
async fn a_wait_beyond_the_call_is_told_and_not_begun() {
    let far = RateLimit::per(Duration::from_secs(5000), 10);
    let families = [
        RetryAfter,
        RetryAfterDate,
        Standard,
        XRateLimit,
        XRateLimitEpoch,
    ];
    for family in families {
        let reply = Reply::rate_limited(far.clone().headers(family));
        let (outcome, took, requests) = limited(reply, RetryPolicy::default()).await;
        let error = outcome.unwrap_err();
        // Dates have whole seconds.
        let wait = error.retry_after().unwrap().as_secs();
        assert!((4999..=5001).contains(&wait), "{family:?}: {wait}");
        assert!(error.is_rate_limited() && error.is_retryable());
        assert!(took < AT_ONCE, "{family:?}: {took:?}");
        assert_eq!((error.effort().attempts(), requests), (1, 1), "{family:?}");
    }
}

#[tokio::test]
async fn a_wait_that_is_over_is_none() {
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (header, value) in [
        ("retry-after", past),
        ("retry-after", "0"),
        ("ratelimit-reset", "0"),
        ("x-ratelimit-reset", "1500000000"),
    ] {
        let reply = Reply::status(429).header(header, value);
        // Without the word of the server it would take an hour.
        let policy = RetryPolicy::default().base_delay(HOUR).max_delay(HOUR);
        let (outcome, took, requests) = limited(reply, policy).await;
        outcome.unwrap();
        assert!(took < AT_ONCE, "{header}: {value}: {took:?}");
        assert_eq!(requests, 2, "{header}: {value}");
    }
}

#[tokio::test]
async fn nonsense_is_as_if_nothing_was_said() {
    for header in ["retry-after", "ratelimit-reset", "x-ratelimit-reset"] {
        for value in ["soon", "-1", ""] {
            let reply = || Reply::status(429).header(header, value);
            let (outcome, took, requests) = limited(reply(), RetryPolicy::default()).await;
            outcome.unwrap();
            // The first delay of the default policy is half a second at most.
            assert!(took < AT_ONCE, "{header}: {value}: {took:?}");
            assert_eq!(requests, 2, "{header}: {value}");
            let (outcome, ..) = limited(reply(), RetryPolicy::never()).await;
            assert_eq!(outcome.unwrap_err().retry_after(), None);
        }
    }
}

const TASKS: usize = 32;
const WINDOW: Duration = Duration::from_secs(1);
/// Requests that are served in a window.
const SERVED: u32 = 100;
/// For a busy machine.
const SLACK: Duration = Duration::from_millis(800);

/// What came of tasks that share a limit.
struct Shared {
    refusals: u64,
    seconds: f64,
    longest: Duration,
    /// Calls of the slowest task when the first one was through.
    slowest: usize,
}

/// Each task makes that many calls, one after the other with pauses of up to `pause`, within the limit of the mock.
async fn share_limit(mock: &Mock, calls: usize, pause: Duration) -> Shared {
    let ics = connect(mock, RetryPolicy::default());
    let progress: Arc<[AtomicUsize; TASKS]> = Arc::default();
    let start = Instant::now();
    let task = |task: usize| {
        let (ics, progress) = (ics.clone(), Arc::clone(&progress));
        tokio::spawn(async move {
            let mut longest = Duration::ZERO;
            let mut random = Random::new(task as u64);
            for number in 0..calls {
                let start = Instant::now();
                read(&ics, number).await.unwrap();
                longest = longest.max(start.elapsed());
                progress[task].fetch_add(1, Ordering::Relaxed);
                let share = u32::try_from(random.below(100)).unwrap();
                tokio::time::sleep(pause * share / 100).await;
            }
            let calls = progress.iter().map(|one| one.load(Ordering::Relaxed));
            (longest, calls.min().unwrap())
        })
    };
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    let (mut longest, mut slowest) = (Duration::ZERO, calls);
    for task in tasks {
        let (of_task, calls) = task.await.unwrap();
        longest = longest.max(of_task);
        slowest = slowest.min(calls);
    }
    Shared {
        refusals: mock.counters().rate_limited,
        seconds: start.elapsed().as_secs_f64(),
        longest,
        slowest,
    }
}

/// Gives the refusals, and the windows that all calls need.
async fn check_limit(family: RateLimitHeaders, pause: Duration) -> (u64, u64) {
    let calls = scaled(12, 100);
    let all = calls * TASKS;
    let mock = small_mock().await;
    mock.keep_requests(0);
    mock.rate_limit(RateLimit::per(WINDOW, SERVED).headers(family));
    let shared = share_limit(&mock, calls, pause).await;
    println!(
        "{TASKS} tasks, {all} calls, {SERVED} in {WINDOW:?}, up to {pause:?} apart, {family:?}: {} refused, {:.1} s, \
         longest call {:.2} s, the slowest task had made {} of {calls} calls when the first was through",
        shared.refusals,
        shared.seconds,
        shared.longest.as_secs_f64(),
        shared.slowest
    );
    // Nobody is refused twice: those that wait come first when the limit begins anew.
    assert!(shared.longest < 2 * WINDOW + SLACK);
    assert!(shared.slowest > 0);
    (shared.refusals, (all as u64).div_ceil(SERVED.into()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_starves_within_a_shared_limit() {
    let (refusals, windows) = check_limit(RetryAfter, Duration::ZERO).await;
    // All are under way when the limit is used up.
    assert!(refusals <= windows * TASKS as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_some_learn_of_a_limit_all_heed() {
    for family in [RetryAfter, XRateLimit] {
        // Few are under way when the limit is used up, and the others would all learn of it for themselves.
        let (refusals, windows) = check_limit(family, Duration::from_millis(400)).await;
        assert!(refusals <= windows * TASKS as u64 / 2);
    }
}
