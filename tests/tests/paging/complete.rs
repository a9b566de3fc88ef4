//! Lists that do not change: all of them, in order, nothing twice, with faults too.

use std::time::Instant;

use insightcloudsec::paging::{PagingEnd, StopReason};
use insightcloudsec_mock::{Faults, Mock, PageStyle, PagedList, Reply};
use serde_json::json;

use crate::lists::{ANSWER, List, Options, WHOLE, drain};
use crate::random::Random;
use crate::{connect, in_time, scaled, seeds, start};

fn count() -> u64 {
    scaled(2_500, 100_000)
}

/// Faults of a hundred requests.
const PERCENT: u32 = 10;

async fn check(list: List, seed: u64, percent: u32) {
    let (mock, ics) = start().await;
    let count = count();
    let mut random = Random::new(seed, list.name);
    list.serve(&mock, &list.of(0..count), |_, page| page);
    // Sizes that divide the list, and those that do not; bigger ones than the server gives.
    let most = list.max_size().min(count / 10);
    let sizes = [
        random.between(most / 20, most),
        random.between(most / 2, most),
        most,
    ];
    let mut fault_seed = seed;
    for size in sizes {
        fault_seed += 1000;
        let faults = Faults::seeded(fault_seed).rate(f64::from(percent) / 100.0);
        mock.faults(faults);
        mock.clear_counters();
        let concurrency = usize::try_from(random.between(1, 9)).unwrap();
        let options = Options::pages_of(size).concurrency(concurrency);
        let begun = Instant::now();
        let name = format!(
            "{}, seed {seed}, pages of {size}, {concurrency} at once",
            list.name
        );
        let read = in_time(&name, list.read_on(&ics, &options)).await;
        let counters = mock.counters();
        println!(
            "{name}: {} items, {} pages, {} requests, {} faults, {} failed for good, {:.2} s",
            read.ids.len(),
            read.pages,
            counters.requests,
            counters.faults,
            read.failed,
            begun.elapsed().as_secs_f64()
        );
        assert_eq!(read.end.unwrap(), PagingEnd::Complete, "{name}");
        assert!(read.ids.into_iter().eq(0..count), "{name}");
        assert!(percent > 0 || read.failed == 0, "{name}");
        let is_hit = counters.faults > 0 || read.pages < 30;
        assert!(percent == 0 || is_hit, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_style_reads_all() {
    for seed in seeds(1, 3) {
        for list in WHOLE {
            check(list, seed, 0).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_style_reads_all_through_faults() {
    for seed in seeds(1, 3) {
        for list in WHOLE {
            check(list, seed, PERCENT).await;
        }
    }
}

#[tokio::test]
async fn a_list_in_one_answer_is_whole() {
    let (mock, ics) = start().await;
    let count = count();
    let row = |id: u64| json!({"username": id.to_string()});
    let list = PagedList::new(PageStyle::Whole, "users", 0..count, row);
    mock.handle("v2.list_users", move |request| list.answer(request))
        .unwrap();
    mock.faults(Faults::seeded(1).rate(0.1).mix([Reply::reset().into()]));
    let users = ics.v2().list_users().send().await.unwrap().into_inner();
    let names = users
        .users
        .iter()
        .map(|user| user.username.clone().unwrap());
    let ids = names.map(|name| name.parse::<u64>().unwrap());
    assert!(ids.eq(0..count));
    println!("all in one answer: {} users", users.users.len());
}

#[tokio::test]
async fn a_page_in_the_answer_is_all_or_says_that_there_are_more() {
    let (mock, ics) = start().await;
    let most = usize::try_from(count()).unwrap();
    for (rows, size) in [
        (0, 10),
        (9, 10),
        (10, 10),
        (count(), most),
        (11, 10),
        (count(), 10),
    ] {
        let list = ANSWER.of(0..rows).page_sizes(size, size);
        ANSWER.serve(&mock, &list, |_, page| page);
        let mut reading = ANSWER.open(&ics, &Options::default());
        let (ids, end) = in_time(ANSWER.name, drain(&mut *reading)).await;
        let size = size as u64;
        assert!(ids.into_iter().eq(0..rows.min(size)));
        if rows <= size {
            assert_eq!(end.unwrap(), PagingEnd::Complete);
        } else {
            let pages = Some(rows.div_ceil(size));
            assert_eq!(
                end.unwrap_err().reason,
                Some(StopReason::MorePages { pages })
            );
        }
    }
}

/// The mock's own resources, as its queries page them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_resources_of_the_mock() {
    let count = scaled(1_500, 100_000);
    let mock = Mock::builder().resources(count).start().await.unwrap();
    mock.keep_requests(0);
    let ics = connect(&mock);
    mock.faults(Faults::seeded(3).mix([Reply::reset().into(), Reply::status(503).into()]));
    let begun = Instant::now();
    let by_offset = ics
        .v2()
        .query_resources()
        .items()
        .page_size(1000)
        .concurrency(2);
    let by_offset = in_time("by offset", by_offset.all(count));
    let by_offset = by_offset.await.unwrap();
    let by_cursor = ics.v3().query_resources().items().page_size(1000);
    let by_cursor = in_time("by cursor", by_cursor.all(count));
    let by_cursor = by_cursor.await.unwrap();
    assert_eq!((by_offset.len(), by_cursor.len()), (count, count));
    let mut ids = Vec::new();
    for (one, other) in by_offset.iter().zip(&by_cursor) {
        let one = one.value.as_ref().unwrap().common().unwrap();
        let other = other.value.as_ref().unwrap().common().unwrap();
        assert_eq!(one.resource_id, other.resource_id);
        ids.push(one.resource_id.clone().unwrap());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    println!(
        "{count} resources by offset and by cursor in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}
