//! A call through a connection against the same call written by hand with `reqwest`, in CPU time.
//!
//! ```text
//! cargo bench -p rapid7-core --bench call
//! ```
//!
//! Both sides send the same bytes to the same server on this machine, with bodies of a few hundred bytes,
//! so that what a call costs besides the wire shows. Types derive what generated ones and hand-written
//! ones do. The connection has its default settings, and the side by hand has HTTP settings that give the
//! same guarantees; `tracing` is on and nobody subscribes. Only the time of the thread that calls is
//! counted, kernel included, and the server has a thread of its own.
//!
//! First the ratios: the sides take turns, and the hand-written side against a second one of its kind tells
//! how much of a ratio is noise; ours is compared with both. Then criterion's own measurements.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

#[path = "call/by_hand.rs"]
mod by_hand;
#[path = "shared/http.rs"]
mod http;
#[path = "call/list.rs"]
mod list;
#[path = "call/server.rs"]
mod server;

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::Criterion;
use rapid7_core::{
    Access, AuthScheme, Connection, Credentials, Effect, KeyPlacement, Method, Object, Operation,
    Request, SessionScheme, Stability, Style, decode,
};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use by_hand::ByHand;
use server::Server;

/// Turns of each side; the median of their ratios counts.
const ROUNDS: usize = 201;
/// Calls in a turn, a multiple of each concurrency.
const CALLS: u64 = 640;
const CONCURRENCIES: [u64; 2] = [1, 64];

const KEY: &str = "k3y-0f8fad5b-d9cb-469f-a165";
const SCHEME: AuthScheme = AuthScheme {
    api_key: KeyPlacement::Header("api-key"),
    session: Some(SessionScheme {
        login_path: server::LOGIN_PATH,
        header: "x-auth-token",
    }),
    uuid_keys_of: None,
};

static GET: Operation = Operation {
    name: "show_resource",
    id: "showResource",
    method: Method::GET,
    path: "/v2/public/resource/{id}/detail",
    tag: "Resource",
    summary: "Details of a resource.",
    effect: Effect::Read,
    stability: Stability::Public,
    confidence: None,
    access: Access::Credentials,
    accept: "application/json",
    success: &[],
    session_ended: &[],
    paging: None,
};

static POST: Operation = Operation {
    name: "query_resource",
    id: "queryResource",
    method: Method::POST,
    path: "/v2/public/resource/query",
    ..GET
};

/// The answer of the server, as generated code has it.
#[derive(Object)]
#[allow(clippy::struct_field_names, reason = "as servers call them")]
struct Resource {
    resource_id: String,
    resource_name: Option<String>,
    resource_type: String,
    organization_service_id: i64,
    region_name: Option<String>,
    severity: Option<i64>,
    is_public: Option<bool>,
    #[wire(default)]
    tags: Vec<String>,
}

#[derive(Debug, Object)]
struct Failure {
    error_message: String,
}

/// The body of the requests that have one.
#[derive(Serialize)]
struct Query {
    limit: u32,
    offset: u32,
    scopes: [&'static str; 2],
}

const QUERY: Query = Query {
    limit: 100,
    offset: 0,
    scopes: ["resourcegroup:7:", "badge:environment:production"],
};

/// What is called, and how it is authorized.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    GetWithKey,
    GetWithSession,
    PostWithKey,
}

impl Case {
    const ALL: [Self; 3] = [Self::GetWithKey, Self::GetWithSession, Self::PostWithKey];

    fn name(self) -> &'static str {
        match self {
            Self::GetWithKey => "GET with key",
            Self::GetWithSession => "GET with session",
            Self::PostWithKey => "POST with key",
        }
    }
}

/// One way to make the call.
trait Side: Clone + Send + 'static {
    type Answer;

    fn call(&self) -> impl Future<Output = Self::Answer> + Send;
}

/// The call as generated code makes it.
#[derive(Clone)]
struct Ours {
    connection: Connection,
    case: Case,
}

impl Ours {
    fn new(server: &Server, case: Case) -> Self {
        let credentials = match case {
            Case::GetWithSession => Credentials::login("ada", "pa55word"),
            Case::GetWithKey | Case::PostWithKey => Credentials::api_key(KEY),
        };
        let connection = Connection::builder(SCHEME, &server.url, credentials);
        Self {
            connection: connection.build().unwrap(),
            case,
        }
    }
}

impl Side for Ours {
    type Answer = Resource;

    async fn call(&self) -> Resource {
        let request = if self.case == Case::PostWithKey {
            Request::new(&POST).json(&Ok(QUERY))
        } else {
            Request::new(&GET)
                .path("id", &Ok(4711))
                .query("region", &Ok("us-east-1"), Style::Form)
                .query("page", &Ok(3), Style::Form)
        };
        let answer =
            self.connection
                .call(request, decode::json::<Resource>, decode::json::<Failure>);
        answer.await.unwrap().into_inner()
    }
}

/// What so many calls cost this thread.
fn cpu_time(runtime: &Runtime, side: &impl Side, concurrency: u64, calls: u64) -> Duration {
    let each = calls.div_ceil(concurrency);
    let work = |side| async move {
        for _ in 0..each {
            black_box(Side::call(&side).await);
        }
    };
    let start = ThreadTime::now();
    runtime.block_on(async {
        if concurrency == 1 {
            return work(side.clone()).await;
        }
        let tasks: JoinSet<()> = (0..concurrency).map(|_| work(side.clone())).collect();
        tasks.join_all().await;
    });
    start.elapsed()
}

/// Both sides of one case, and a second hand-written one, each with sockets of its own.
struct Contest {
    runtime: Runtime,
    ours: Ours,
    by_hand: [ByHand; 2],
}

impl Contest {
    fn new(server: &Server, case: Case) -> Self {
        let contest = Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            ours: Ours::new(server, case),
            by_hand: [(); 2].map(|()| ByHand::new(server, case)),
        };
        contest.check_bytes(server);
        contest
    }

    /// Sockets and sessions stand after this, too.
    fn check_bytes(&self, server: &Server) {
        let runtime = &self.runtime;
        let sent = |side: &dyn Fn()| {
            side();
            server.last_request()
        };
        let ours = sent(&|| _ = runtime.block_on(self.ours.call()));
        for side in &self.by_hand {
            assert_eq!(sent(&|| _ = runtime.block_on(side.call())), ours);
        }
    }

    /// Turns of ours, the hand-written side and its like.
    fn round(&self, round: usize, concurrency: u64) -> [f64; 3] {
        let mut times = [0.0; 3];
        // Whoever comes later finds other caches and clocks.
        let mut order = [0, 1, 2];
        order.rotate_left(round / 2 % 3);
        if round % 2 == 1 {
            order.reverse();
        }
        for turn in order {
            let runtime = &self.runtime;
            let time = match turn {
                0 => cpu_time(runtime, &self.ours, concurrency, CALLS),
                turn => cpu_time(runtime, &self.by_hand[turn - 1], concurrency, CALLS),
            };
            times[turn] = time.as_secs_f64() / f64::from(u32::try_from(CALLS).unwrap());
        }
        times
    }

    fn print_ratios(&self, name: &str, concurrency: u64) {
        // The first turns open the sockets.
        self.round(0, concurrency);
        let rounds: Vec<_> = (0..ROUNDS).map(|at| self.round(at, concurrency)).collect();
        let column = |of: fn(&[f64; 3]) -> f64| quartiles(rounds.iter().map(of).collect());
        println!("{name}, {concurrency} at once:");
        for (name, [low, median, high]) in [
            (
                "ours / by hand",
                column(|[ours, hand, like]| 2.0 * ours / (hand + like)),
            ),
            ("by hand / by hand", column(|[_, hand, like]| hand / like)),
        ] {
            println!("  {name}: {median:.3} of the CPU time (quartiles {low:.3} to {high:.3})");
        }
        let microseconds = [
            column(|[ours, ..]| ours * 1e6)[1],
            column(|[_, hand, _]| hand * 1e6)[1],
        ];
        let [ours, hand] = microseconds;
        println!("  a call: {ours:.1} µs ours, {hand:.1} µs by hand");
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn main() {
    let server = Server::start();
    let contests = Case::ALL.map(|case| (case.name(), Contest::new(&server, case)));
    for (name, contest) in &contests {
        for concurrency in CONCURRENCIES {
            contest.print_ratios(name, concurrency);
        }
    }

    list::print_ratios(&server);

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("call");
    group.sample_size(30);
    for (name, contest) in &contests {
        for concurrency in CONCURRENCIES {
            let runtime = &contest.runtime;
            group.bench_function(format!("{name}, {concurrency} at once, ours"), |bencher| {
                bencher.iter_custom(|calls| cpu_time(runtime, &contest.ours, concurrency, calls));
            });
            let side = &contest.by_hand[0];
            group.bench_function(
                format!("{name}, {concurrency} at once, by hand"),
                |bencher| {
                    bencher.iter_custom(|calls| cpu_time(runtime, side, concurrency, calls));
                },
            );
        }
    }
    group.finish();
    criterion.final_summary();
}
