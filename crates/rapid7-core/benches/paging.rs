//! Lists in pages against the same lists read by a hand-written loop: memory, items per second, CPU time.
//!
//! ```text
//! cargo bench -p rapid7-core --bench paging
//! ```
//!
//! Both sides read the same list from the same server on this machine, item by item, on a runtime of one thread. The
//! hand-written loop is `reqwest` and `serde_json`, one page after the other. The connection has its default settings;
//! `tracing` is on and nobody subscribes.
//!
//! Memory is what the client's thread has allocated; the server has a thread of its own. CPU time is that of the
//! client's thread, kernel included: the sides take turns, and the hand-written side against a second one of its kind
//! tells how much of a ratio is noise. Last come criterion's own measurements.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

#[path = "paging/by_hand.rs"]
mod by_hand;
#[path = "shared/http.rs"]
mod http;
#[path = "paging/ours.rs"]
mod ours;
#[path = "paging/server.rs"]
mod server;
#[path = "paging/work.rs"]
mod work;

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::{measure, opt_out};
use cpu_time::ThreadTime;
use criterion::Criterion;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use by_hand::ByHand;
use ours::Ours;
use server::Server;
use work::{Reader, Work};

const PAGE_SIZES: [usize; 2] = [100, 500];
const CONCURRENCY: usize = 8;

/// Items of the list whose memory counts.
const LONG: usize = 100_000;

/// Time that the slow server and a busy caller take for each page, and pages read so.
const LATENCY: Duration = Duration::from_millis(20);
const SLOW_PAGES: usize = 81;
/// Turns of each side with the slow server.
const SLOW_ROUNDS: usize = 3;

/// Turns of each side for CPU time; the median of their ratios counts.
const ROUNDS: usize = 41;
/// Items read in a turn.
const ITEMS: usize = 20_000;

const KEY: &str = "k3y-0f8fad5b-d9cb-469f-a165";

/// How pages are asked for.
#[derive(Clone, Copy)]
enum Paged {
    ByCursor,
    ByOffset,
}

impl Paged {
    const ALL: [Self; 2] = [Self::ByCursor, Self::ByOffset];

    fn name(self) -> &'static str {
        match self {
            Self::ByCursor => "cursor",
            Self::ByOffset => "offset",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::ByCursor => server::CURSOR_PATH,
            Self::ByOffset => server::OFFSET_PATH,
        }
    }
}

/// The body of a request; the members in the order in which the engine writes them.
#[derive(Serialize)]
struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    limit: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    scopes: [&'static str; 2],
}

impl Query {
    fn new(limit: usize) -> Self {
        Self {
            cursor: None,
            limit,
            offset: None,
            scopes: ["resourcegroup:7:", "badge:environment:production"],
        }
    }
}

#[derive(Deserialize)]
struct ResourcePage {
    #[serde(default)]
    resources: Vec<Resource>,
    next_cursor: Option<String>,
    total_count: Option<u64>,
}

#[derive(Deserialize, Serialize)]
#[allow(clippy::struct_field_names, reason = "as the API has them")]
struct Resource {
    resource_id: String,
    resource_name: Option<String>,
    resource_type: String,
    organization_service_id: i64,
    cloud_type_id: Option<String>,
    account_id: Option<String>,
    region_name: Option<String>,
    creation_timestamp: Option<String>,
    severity: Option<i64>,
    is_public: Option<bool>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Failure {
    error_message: String,
}

/// One way to read the list to its end.
trait Side {
    async fn read(&self, reader: &mut Reader);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Reads the whole list, and sees to it that it was whole.
fn read(runtime: &Runtime, side: &impl Side, server: &Server, page_size: usize, work: Work) {
    let mut reader = Reader::new(work, page_size);
    runtime.block_on(side.read(&mut reader));
    assert_eq!(reader.items, server.items);
}

fn main() {
    print_memory();
    opt_out(|| {
        print_pace();
        let server = Server::start(ITEMS, Duration::ZERO);
        for paged in Paged::ALL {
            for page_size in PAGE_SIZES {
                Contest::new(&server, paged, page_size).print_ratios();
            }
        }
        measure_with_criterion(&server);
    });
}

/// The peak of the heap while a long list is read, above what it was with a connection that had sent nothing.
fn print_memory() {
    let server = Server::start(LONG, Duration::ZERO);
    // Long enough for the next pages to be there, decoded, while no item of this one is gone.
    let work = Work::Awaits(Duration::from_millis(5));
    for page_size in PAGE_SIZES {
        let text = server.first_page(page_size);
        let mut page = None;
        let decoded = measure(|| page = serde_json::from_slice::<ResourcePage>(&text).ok());
        assert_eq!(page.map_or(0, |page| page.resources.len()), page_size);
        let worth = u64::try_from(decoded.bytes_current).unwrap();
        println!(
            "heap, {LONG} items in pages of {page_size}, each {} KiB decoded and {} KiB of JSON:",
            worth / 1024,
            text.len() / 1024
        );
        let cursor = Ours::new(&server, Paged::ByCursor, page_size);
        let offset = Ours::new(&server, Paged::ByOffset, page_size);
        let many = Ours::new(&server, Paged::ByOffset, page_size).concurrently(CONCURRENCY);
        let hand = ByHand::new(&server, Paged::ByCursor, page_size);
        let peak = |name: &str, bytes: u64| {
            let [bytes, worth] =
                [bytes, worth].map(|bytes| f64::from(u32::try_from(bytes).unwrap()));
            println!(
                "  {name}: {:.2} pages at most ({:.0} KiB)",
                bytes / worth,
                bytes / 1024.0
            );
        };
        peak("ours by cursor", peak_of(&cursor, &server, page_size, work));
        peak("ours by offset", peak_of(&offset, &server, page_size, work));
        let name = format!("ours by offset, {CONCURRENCY} at once");
        peak(&name, peak_of(&many, &server, page_size, work));
        peak("by hand", peak_of(&hand, &server, page_size, work));
    }
}

fn peak_of(side: &impl Side, server: &Server, page_size: usize, work: Work) -> u64 {
    let mut runtime = Some(runtime());
    let counted = measure(|| {
        read(runtime.as_ref().unwrap(), side, server, page_size, work);
        // With the sockets that it has opened.
        drop(runtime.take());
    });
    counted.bytes_max
}

/// Items per second from a slow server.
fn print_pace() {
    for page_size in PAGE_SIZES {
        let server = Server::start(SLOW_PAGES * page_size, LATENCY);
        println!(
            "pace, {SLOW_PAGES} pages of {page_size} from a server that takes {LATENCY:?} for each:"
        );
        let cursor = Ours::new(&server, Paged::ByCursor, page_size);
        let offset = Ours::new(&server, Paged::ByOffset, page_size).concurrently(CONCURRENCY);
        let [by_cursor, by_offset] = Paged::ALL.map(|paged| ByHand::new(&server, paged, page_size));
        let print = |name: &str, [ours, hand]: [f64; 2]| {
            let ratio = ours / hand;
            println!(
                "  {name}: {ratio:.2} times the hand-written loop ({ours:.0} to {hand:.0} items a second)"
            );
        };
        let awaits = Work::Awaits(LATENCY);
        let name = format!("cursor, caller awaits {LATENCY:?} a page");
        print(&name, pace(&cursor, &by_cursor, &server, page_size, awaits));
        let blocks = Work::Blocks(LATENCY);
        let name = format!("cursor, caller blocks for {LATENCY:?} a page");
        print(&name, pace(&cursor, &by_cursor, &server, page_size, blocks));
        let name = format!("offset, {CONCURRENCY} at once");
        print(
            &name,
            pace(&offset, &by_offset, &server, page_size, Work::Nothing),
        );
    }
}

/// Items per second, ours and by hand: the medians.
fn pace(ours: &Ours, hand: &ByHand, server: &Server, page_size: usize, work: Work) -> [f64; 2] {
    let runtime = runtime();
    let rate =
        |time: Duration| f64::from(u32::try_from(server.items).unwrap()) / time.as_secs_f64();
    let mut rates = [const { Vec::new() }; 2];
    for _ in 0..SLOW_ROUNDS {
        let start = Instant::now();
        read(&runtime, ours, server, page_size, work);
        rates[0].push(rate(start.elapsed()));
        let start = Instant::now();
        read(&runtime, hand, server, page_size, work);
        rates[1].push(rate(start.elapsed()));
    }
    rates.map(|rates| quartiles(rates)[1])
}

/// Both sides of one style, and a second hand-written one, each with sockets of its own.
struct Contest<'a> {
    runtime: Runtime,
    server: &'a Server,
    paged: Paged,
    page_size: usize,
    ours: Ours,
    by_hand: [ByHand; 2],
}

impl<'a> Contest<'a> {
    fn new(server: &'a Server, paged: Paged, page_size: usize) -> Self {
        let contest = Self {
            runtime: runtime(),
            server,
            paged,
            page_size,
            ours: Ours::new(server, paged, page_size),
            by_hand: [(); 2].map(|()| ByHand::new(server, paged, page_size)),
        };
        contest.check_bytes();
        contest
    }

    /// That the last page is asked for with the same bytes.
    fn check_bytes(&self) {
        self.cpu_time(&self.ours);
        let ours = self.server.last_request();
        for side in &self.by_hand {
            self.cpu_time(side);
            assert_eq!(self.server.last_request(), ours);
        }
    }

    /// What the list costs this thread.
    fn cpu_time(&self, side: &impl Side) -> Duration {
        let start = ThreadTime::now();
        read(
            &self.runtime,
            black_box(side),
            self.server,
            self.page_size,
            Work::Nothing,
        );
        start.elapsed()
    }

    /// Turns of ours, the hand-written side and its like.
    fn round(&self, round: usize) -> [f64; 3] {
        let mut times = [0.0; 3];
        // Whoever comes later finds other caches and clocks.
        let mut order = [0, 1, 2];
        order.rotate_left(round / 2 % 3);
        if round % 2 == 1 {
            order.reverse();
        }
        for turn in order {
            let time = match turn {
                0 => self.cpu_time(&self.ours),
                turn => self.cpu_time(&self.by_hand[turn - 1]),
            };
            times[turn] = time.as_secs_f64() / f64::from(u32::try_from(ITEMS).unwrap());
        }
        times
    }

    fn print_ratios(&self) {
        // The first turns open the sockets.
        self.round(0);
        let rounds: Vec<_> = (0..ROUNDS).map(|at| self.round(at)).collect();
        let column = |of: fn(&[f64; 3]) -> f64| quartiles(rounds.iter().map(of).collect());
        println!(
            "CPU time, {}, pages of {}:",
            self.paged.name(),
            self.page_size
        );
        for (name, [low, median, high]) in [
            ("ours / by hand", column(|[ours, hand, _]| ours / hand)),
            ("by hand / by hand", column(|[_, hand, like]| hand / like)),
        ] {
            println!("  {name}: {median:.3} of the CPU time (quartiles {low:.3} to {high:.3})");
        }
        let ours = column(|[ours, ..]| ours * 1e9)[1];
        let hand = column(|[_, hand, _]| hand * 1e9)[1];
        println!("  an item: {ours:.0} ns ours, {hand:.0} ns by hand");
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn measure_with_criterion(server: &Server) {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("paging");
    group.sample_size(10);
    for paged in Paged::ALL {
        for page_size in PAGE_SIZES {
            let contest = Contest::new(server, paged, page_size);
            let name = |side| format!("{}, pages of {page_size}, {side}", paged.name());
            group.bench_function(name("ours"), |bencher| {
                bencher
                    .iter_custom(|lists| (0..lists).map(|_| contest.cpu_time(&contest.ours)).sum());
            });
            let hand = &contest.by_hand[0];
            group.bench_function(name("by hand"), |bencher| {
                bencher.iter_custom(|lists| (0..lists).map(|_| contest.cpu_time(hand)).sum());
            });
        }
    }
    group.finish();
    criterion.final_summary();
}
