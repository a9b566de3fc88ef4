//! Decoding as the client does it against plain `serde_json`, on bodies of 5 MB.
//!
//! ```text
//! cargo bench -p rapid7-core --bench decode
//! ```
//!
//! First the ratios of CPU time: both sides take turns on the same clean body, and `serde_json` against
//! itself tells how much of the ratio is noise. The rows are objects, then objects of which a member names the one that
//! varies, then alternatives that are told by their members. Then criterion's own measurements, with the body that
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
use serde::de::DeserializeOwned;

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
        pub(super) struct Badge {
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

    #[derive(Deserialize)]
    pub(super) struct Keyed {
        resource_type: String,
        instance: Option<Box<Item>>,
        volume: Option<Box<Badge>>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    pub(super) enum Either {
        Item(Box<Item>),
        Badge(Badge),
    }
}

#[allow(dead_code, reason = "only its shape matters")]
mod generated {
    use rapid7_core::{KeyedValue, Object, Union};
    use serde_json::{Map, Value};
    use std::collections::BTreeMap;

    items!(Object, wire);

    #[derive(rapid7_core::Keyed)]
    pub(super) struct Keyed {
        resource_type: Option<String>,
        value: Option<Held>,
        others: Map<String, Value>,
    }

    impl Keyed {
        pub(super) fn is_known(&self) -> bool {
            matches!(self.value, Some(Held::Instance(_)))
        }
    }

    #[derive(KeyedValue)]
    enum Held {
        #[wire("instance")]
        Instance(Box<Item>),
        #[wire("volume")]
        Volume(Box<Badge>),
        Other(String, Value),
    }

    #[derive(Union)]
    pub(super) enum Either {
        #[wire(object)]
        Item(Box<Item>),
        #[wire(object)]
        Badge(Box<Badge>),
        Other(Value),
    }
}

/// A list of such rows.
fn body(row: impl Fn(&mut String, i64)) -> Bytes {
    let mut text = String::from("[");
    let mut number = 1;
    while text.len() < BYTES {
        if number > 1 {
            text.push(',');
        }
        row(&mut text, number);
        number += 1;
    }
    text.push(']');
    Bytes::from(text)
}

/// A row under the name that another member gives.
fn keyed(text: &mut String, number: i64) {
    text.push_str(r#"{"resource_type":"instance","instance":"#);
    row(text, number, false);
    text.push('}');
}

/// A resource. One that drifts has numbers in strings, numbers for strings, nulls and 0 for flags.
fn row(text: &mut String, number: i64, drifts: bool) {
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
        r#"{{"resource_id":"instance:{number}:us-east-1:i-0abc{number:08x}:","resource_name":"web \"{number}\"","resource_type":"instance","organization_service_id":{quote}{number}{quote},"cloud_type_id":"AWS","account_id":{account},"region_name":null,"creation_timestamp":"2022-04-05 03:35:06","severity":{quote}{}{quote},"score":{}.25,"is_public":{flag},"badges":{badges},"counts":{{"critical":{},"high":12{}}},"owner":{{"user_id":{number},"email":"ada@acme.example","groups":[1,22,333{null}]}},"regions":["us-east-1","eu-central-1"],"undocumented":{{"a":[1,{{"b":null}}],"c":"text"}}}}"#,
        number % 5 + 1,
        number % 100,
        number * 7919 % 100_000,
        if drifts { r#","low":null"# } else { "" },
    )
    .unwrap();
}

fn plain<T: DeserializeOwned>(body: &Received) -> Vec<T> {
    serde_json::from_slice(body.bytes()).unwrap()
}

fn ours<T: DeserializeOwned>(body: &Received) -> Vec<T> {
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

/// That what is measured was recognised.
fn check(keyed: &Received, clean: &Received) {
    let keyed: Vec<generated::Keyed> = ours(keyed);
    assert!(keyed.iter().all(generated::Keyed::is_known));
    let either: Vec<generated::Either> = ours(clean);
    let is_item = |either: &generated::Either| matches!(either, generated::Either::Item(_));
    assert!(either.iter().all(is_item));
}

fn main() {
    let received = |body| Received::new(StatusCode::OK, HeaderMap::new(), body);
    let clean = received(body(|text, number| row(text, number, false)));
    let drifting = received(body(|text, number| row(text, number, true)));
    let keyed = received(body(keyed));
    let by_hand = plain::<by_hand::Item>;
    let generated = ours::<generated::Item>;
    assert_eq!(by_hand(&clean).len(), generated(&clean).len());
    check(&keyed, &clean);

    let ratios = [
        ("serde_json / serde_json", ratio(by_hand, by_hand, &clean)),
        (
            "decode::json / serde_json",
            ratio(generated, by_hand, &clean),
        ),
        (
            "decode::json / serde_json, keyed",
            ratio(ours::<generated::Keyed>, plain::<by_hand::Keyed>, &keyed),
        ),
        (
            "decode::json / serde_json, alternatives",
            ratio(ours::<generated::Either>, plain::<by_hand::Either>, &clean),
        ),
    ];
    for (name, [low, median, high]) in ratios {
        println!("{name}: {median:.3} of the CPU time (quartiles {low:.3} to {high:.3})");
    }

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(30);
    group.throughput(Throughput::Bytes(clean.bytes().len() as u64));
    group.bench_function("serde_json, clean", |bencher| {
        bencher.iter_with_large_drop(|| by_hand(&clean));
    });
    for (name, body) in [("clean", &clean), ("drifting", &drifting)] {
        group.throughput(Throughput::Bytes(body.bytes().len() as u64));
        group.bench_function(format!("decode::json, {name}"), |bencher| {
            bencher.iter_with_large_drop(|| generated(body));
        });
    }
    group.finish();
    criterion.final_summary();
}
