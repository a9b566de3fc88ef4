//! Sessions that expire under calls.

use super::{PREFIX, create, created, read, scaled, small_mock};
use insightcloudsec::{Credentials, InsightCloudSec};
use insightcloudsec_mock::{Fault, Mock, Reply};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::sleep;

const TASKS: usize = 64;
/// One call in so many creates something.
const CREATES: usize = 5;
/// Least time between two expiries, counted from the first call that a session has served.
const APART: Duration = Duration::from_millis(100);
/// Calls set out in so many groups between two expiries, so that some are always under way.
const GROUPS: u32 = 20;
/// Keeps calls under way a little longer than this machine needs for them.
const DELAY: Duration = Duration::from_millis(5);

/// What all tasks share.
struct Soak {
    mock: Mock,
    ics: InsightCloudSec,
    calls: usize,
    expiries: usize,
    begun: AtomicUsize,
    /// One for each call, given out as sessions expire: calls and expiries last equally long.
    allowed: Semaphore,
    failures: Mutex<Vec<String>>,
}

impl Soak {
    async fn new((calls, expiries): (usize, usize)) -> Self {
        let mock = small_mock().await;
        mock.keep_requests(2 * TASKS);
        let late = |answer: Reply| answer.delayed(DELAY);
        mock.on_any().fault(Fault::after(late)).unwrap();
        let login = Credentials::login(mock.username(), mock.password());
        let ics = InsightCloudSec::builder(mock.url(), login).build().unwrap();
        Self {
            mock,
            ics,
            calls,
            expiries,
            begun: AtomicUsize::new(0),
            allowed: Semaphore::new(0),
            failures: Mutex::default(),
        }
    }

    async fn call(&self) {
        loop {
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            if number >= self.calls {
                return;
            }
            self.allowed.acquire().await.unwrap().forget();
            let outcome = match number % CREATES {
                0 => create(&self.ics, &format!("{PREFIX} {number}")).await,
                _ => read(&self.ics, number).await,
            };
            if let Err(error) = outcome {
                let mut failures = self.failures.lock().unwrap();
                failures.push(format!("call {number}: {error}"));
            }
        }
    }

    /// Ends the session so many times, each time after it has served calls.
    async fn expire(&self) {
        let share = self.calls / (self.expiries + 1);
        let group = share / GROUPS as usize;
        let mut ended = BTreeSet::new();
        for _ in 0..self.expiries {
            // One group at once, with what does not make another.
            let others = GROUPS - 1;
            self.allowed.add_permits(share - group * others as usize);
            let token = loop {
                match self.serving(&ended) {
                    Some(token) => break token,
                    None => sleep(Duration::from_millis(1)).await,
                }
            };
            for _ in 0..others {
                sleep(APART / others).await;
                self.allowed.add_permits(group);
            }
            self.mock.expire_sessions();
            ended.insert(token);
        }
        self.allowed.add_permits(self.calls - share * self.expiries);
    }

    /// The token of the session at hand, once a call with it was processed.
    fn serving(&self, ended: &BTreeSet<String>) -> Option<String> {
        let requests = self.mock.requests();
        let mut served = requests
            .iter()
            .filter(|request| request.processed == Some(200));
        let token = served.find_map(|request| {
            let token = request.header("x-auth-token")?;
            (!ended.contains(token)).then_some(token)
        });
        token.map(str::to_owned)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_when_sessions_expire() {
    let soak = Arc::new(Soak::new(scaled((2_000, 20), (20_000, 200))).await);
    let start = Instant::now();
    let expiring = tokio::spawn({
        let soak = Arc::clone(&soak);
        async move { soak.expire().await }
    });
    let task = |_| {
        let soak = Arc::clone(&soak);
        tokio::spawn(async move { soak.call().await })
    };
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    for task in tasks {
        task.await.unwrap();
    }
    expiring.await.unwrap();
    let seconds = start.elapsed().as_secs_f64();

    let failures = soak.failures.lock().unwrap().clone();
    let (logins, refused) = (soak.mock.logins(), soak.mock.refused_logins());
    let requests = soak.mock.counters().requests;
    println!(
        "{TASKS} tasks, {} calls, {} expiries: {} failures, {logins} log-ins, {requests} requests, {seconds:.1} s",
        soak.calls,
        soak.expiries,
        failures.len(),
    );
    let shown = &failures[..failures.len().min(10)];
    assert!(failures.is_empty(), "{}", shown.join("\n"));
    assert_eq!(logins, soak.expiries as u64 + 1);
    assert_eq!(refused, 0);
    let created = created(&soak.ics).await;
    assert_eq!(created.len(), soak.calls.div_ceil(CREATES));
    assert!(created.values().all(|count| *count == 1));
}
