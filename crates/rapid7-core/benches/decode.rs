//! Decoding as the client does it against plain `serde_json`, on bodies of 5 MB.
//!
//! ```text
//! cargo bench -p rapid7-core --bench decode
//! ```
//!
//! First the ratio of CPU time: both sides take turns on the same clean body, and `serde_json` against
//! itself tells how much of the ratio is noise. Then criterion's own measurements, with the body that
//! drifts too, which `serde_json` cannot read.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::{Criterion, Throughput};
use rapid7_core::{Bytes, HeaderMap, Received, StatusCode, decode};

/// Size of a body.
const BYTES: usize = 5_000_000;
/// Turns of both sides; the median of their ratios counts.
const ROUNDS: usize = 101;

/// The types of the list, with the derives of hand-written or of generated code.
macro_rules! items {
    ($derive:ident, $wire:ident) => {
        #[derive($derive)]
        pub(super) struct Item {
            resource_id: String,
            resource_name: Option<String>,
            resource_type: String,
            organization_service_id: i64,
            cloud_type_id: Option<String>,
            account_id: Option<String>,
            region_name: Option<String>,
            creation_timestamp: Option<String>,
            severity: Option<i64>,
            score: Option<f64>,
            is_public: Option<bool>,
            #[$wire(default)]
            badges: Vec<Badge>,
            #[$wire(default)]
            counts: BTreeMap<String, i64>,
            owner: Option<Owner>,
            #[$wire(default)]
            regions: Vec<String>,
        }

        #[derive($derive)]
        struct Badge {
            key: String,
            value: Option<String>,
        }

        #[derive($derive)]
        struct Owner {
            user_id: i64,
            email: Option<String>,
            #[$wire(default)]
            groups: Vec<i64>,
        }
    };
}

#[allow(dead_code, reason = "only its shape matters")]
mod by_hand {
    use serde::Deserialize;
    use std::collections::BTreeMap;

    items!(Deserialize, serde);
}

mod generated {
    use rapid7_core::Object;
    use std::collections::BTreeMap;

    items!(Object, wire);
}

/// A list of resources. One that drifts has numbers in strings, numbers for strings, nulls and 0 for flags.
fn body(drifts: bool) -> Bytes {
    let mut text = String::from("[");
    let mut number: i64 = 1;
    while text.len() < BYTES {
        let comma = if number == 1 { "" } else { "," };
        let (quote, account, flag, badges, null) = if drifts {
            ("\"", "123456789012", "0", "null", ",null")
        } else {
            (
                "",
                "\"123456789012\"",
                "true",
                r#"[{"key":"environment","value":"production"},{"key":"owner","value":null}]"#,
                "",
            )
        };
        write!(
            text,
            r#"{comma}{{"resource_id":"instance:{number}:us-east-1:i-0abc{number:08x}:","resource_name":"web \"{number}\"","resource_type":"instance","organization_service_id":{quote}{number}{quote},"cloud_type_id":"AWS","account_id":{account},"region_name":null,"creation_timestamp":"2022-04-05 03:35:06","severity":{quote}{}{quote},"score":{}.25,"is_public":{flag},"badges":{badges},"counts":{{"critical":{},"high":12{}}},"owner":{{"user_id":{number},"email":"ada@acme.example","groups":[1,22,333{null}]}},"regions":["us-east-1","eu-central-1"],"undocumented":{{"a":[1,{{"b":null}}],"c":"text"}}}}"#,
            number % 5 + 1,
            number % 100,
            number * 7919 % 100_000,
            if drifts { r#","low":null"# } else { "" },
        )
        .unwrap();
        number += 1;
    }
    text.push(']');
    Bytes::from(text)
}

fn plain(body: &Received) -> Vec<by_hand::Item> {
    serde_json::from_slice(body.bytes()).unwrap()
}

fn ours(body: &Received) -> Vec<generated::Item> {
    decode::json(body).unwrap()
}

type Side<T> = fn(&Received) -> Vec<T>;

fn cpu_time<T>(side: Side<T>, body: &Received) -> Duration {
    let start = ThreadTime::now();
    let value = side(black_box(body));
    let time = start.elapsed();
    // Not counted: dropping is the same on both sides.
    drop(black_box(value));
    time
}

/// Median of the ratios of CPU time, and the quartiles around it.
fn ratio<A, B>(first: Side<A>, second: Side<B>, body: &Received) -> [f64; 3] {
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            // Whoever comes second finds warmer caches.
            let (first, second) = if round % 2 == 0 {
                let time = cpu_time(first, body);
                (time, cpu_time(second, body))
            } else {
                let time = cpu_time(second, body);
                (cpu_time(first, body), time)
            };
            first.as_secs_f64() / second.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    [ROUNDS / 4, ROUNDS / 2, ROUNDS * 3 / 4].map(|at| ratios[at])
}

fn main() {
    let received = |body| Received::new(StatusCode::OK, HeaderMap::new(), body);
    let (clean, drifting) = (received(body(false)), received(body(true)));
    assert_eq!(plain(&clean).len(), ours(&clean).len());

    let ratios = [
        ("serde_json / serde_json", ratio(plain, plain, &clean)),
        ("decode::json / serde_json", ratio(ours, plain, &clean)),
    ];
    for (name, [low, median, high]) in ratios {
        println!("{name}: {median:.3} of the CPU time (quartiles {low:.3} to {high:.3})");
    }

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(30);
    group.throughput(Throughput::Bytes(clean.bytes().len() as u64));
    group.bench_function("serde_json, clean", |bencher| {
        bencher.iter_with_large_drop(|| plain(&clean));
    });
    for (name, body) in [("clean", &clean), ("drifting", &drifting)] {
        group.throughput(Throughput::Bytes(body.bytes().len() as u64));
        group.bench_function(format!("decode::json, {name}"), |bencher| {
            bencher.iter_with_large_drop(|| ours(body));
        });
    }
    group.finish();
    criterion.final_summary();
}
