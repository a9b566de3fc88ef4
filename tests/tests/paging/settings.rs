//! What a program can set: page size, most items, where to begin; and `all`.

use insightcloudsec::InsightCloudSec;
use insightcloudsec::paging::{PagingEnd, StopReason};
use insightcloudsec_mock::{Mock, PagedList, Recorded};

use crate::lists::{ANSWER, CURSOR, List, OFFSET, Options, PAGE, WHOLE, drain, saved};
use crate::{in_time, start};

const COUNT: u64 = 40;
const SIZE: u64 = 8;

/// The page size that a request asks for.
fn asked_size(list: List, request: &Recorded) -> Option<u64> {
    let body = request.json().unwrap_or_default();
    let in_query = |name| request.query_value(name)?.parse().ok();
    match list.operation {
        operation if operation == PAGE.operation => in_query("page_size"),
        "v4.list_cloud_findings" => in_query("limit"),
        _ => body["limit"].as_u64(),
    }
}

fn requests(mock: &Mock, list: List) -> Vec<Recorded> {
    let name = list.operation.split_once('.').unwrap().1;
    mock.requests_of(name)
}

/// A server of its own for each reading: pages asked for ahead and no longer wanted may arrive after its end.
async fn serving(list: List, paged: &PagedList) -> (Mock, InsightCloudSec) {
    let (mock, ics) = start().await;
    mock.keep_requests(usize::MAX);
    list.serve(&mock, paged, |_, page| page);
    (mock, ics)
}

#[tokio::test]
async fn every_page_is_asked_for_in_the_size_that_was_set() {
    for list in WHOLE {
        for size in [None, Some(1), Some(SIZE), Some(list.max_size())] {
            let (mock, ics) = serving(list, &list.of(0..COUNT)).await;
            let options = Options {
                page_size: size,
                concurrency: 2,
                ..Options::default()
            };
            let mut reading = list.open(&ics, &options);
            let (ids, end) = in_time(list.name, drain(&mut *reading)).await;
            assert!(ids.into_iter().eq(0..COUNT), "{}", list.name);
            assert_eq!(end.unwrap(), PagingEnd::Complete);
            let requests = requests(&mock, list);
            let pages = COUNT.div_ceil(size.unwrap_or(25));
            assert!(requests.len() as u64 >= pages, "{}", list.name);
            for request in requests {
                assert_eq!(asked_size(list, &request), size, "{}", list.name);
            }
        }
    }
    // No parameter is known that would set it.
    let (_mock, ics) = start().await;
    let mut reading = ANSWER.open(&ics, &Options::pages_of(SIZE));
    let (_, end) = drain(&mut *reading).await;
    let stop = end.unwrap_err();
    assert!(
        stop.text
            .contains("no parameter is known that sets the page size"),
        "{}",
        stop.text
    );
}

#[tokio::test]
async fn a_cap_is_told_from_the_end() {
    for list in WHOLE.into_iter().chain([ANSWER]) {
        let paged = list.of(0..COUNT).page_sizes(40, 1000);
        for max in [0, 1, SIZE - 1, SIZE, SIZE + 1, COUNT - 1, COUNT, COUNT + 1] {
            let (mock, ics) = serving(list, &paged).await;
            let is_sized = list.operation != ANSWER.operation;
            let options = Options {
                page_size: is_sized.then_some(SIZE),
                max_items: Some(max),
                concurrency: 3,
                start_at: None,
            };
            let mut reading = list.open(&ics, &options);
            let (ids, end) = in_time(list.name, drain(&mut *reading)).await;
            let name = format!("{}, at most {max}", list.name);
            assert!(ids.into_iter().eq(0..max.min(COUNT)), "{name}");
            assert_eq!(reading.progress().items, max.min(COUNT), "{name}");
            let end = end.unwrap();
            // Without a total, the end of a list by offset is where nothing more comes.
            let is_known = max > COUNT || list.is_counted || !list.is_by_position();
            match max {
                COUNT.. if is_known => assert_eq!(end, PagingEnd::Complete, "{name}"),
                _ => assert_eq!(end, PagingEnd::Capped, "{name}"),
            }
            // Pages that nobody wants are not fetched.
            let wanted = max.div_ceil(SIZE).max(1);
            assert!(mock.counters().requests <= wanted + 1, "{name}");
        }
    }
}

#[tokio::test]
async fn what_follows_a_cap_is_read_from_its_checkpoint() {
    for list in WHOLE {
        let (mock, ics) = start().await;
        list.serve(&mock, &list.of(0..COUNT), |_, page| page);
        for max in [1, SIZE - 1, SIZE, SIZE + 1, COUNT - 1, COUNT] {
            let mut ids = Vec::new();
            let mut from = None;
            loop {
                let options = Options {
                    max_items: Some(max),
                    ..Options::pages_of(SIZE).concurrency(2).start_at(from)
                };
                let mut reading = list.open(&ics, &options);
                let (read, end) = in_time(list.name, drain(&mut *reading)).await;
                ids.extend(read);
                if end.unwrap() == PagingEnd::Complete {
                    break;
                }
                from = reading.checkpoint().map(saved);
            }
            assert!(
                ids.into_iter().eq(0..COUNT),
                "{}, {max} at a time",
                list.name
            );
        }
    }
}

#[tokio::test]
async fn all_gives_all_or_says_that_there_are_more() {
    for list in WHOLE.into_iter().chain([ANSWER]) {
        let (mock, ics) = start().await;
        list.serve(&mock, &list.of(0..COUNT).page_sizes(40, 1000), |_, page| {
            page
        });
        let count = usize::try_from(COUNT).unwrap();
        let is_sized = list.operation != ANSWER.operation;
        for limit in [0, 1, count - 1, count, count + 1, usize::MAX] {
            let options = Options {
                page_size: is_sized.then_some(SIZE),
                concurrency: 2,
                ..Options::default()
            };
            let all = list.open(&ics, &options).all(limit);
            let name = format!("{}, at most {limit}", list.name);
            match in_time(&name, all).await {
                Ok(ids) => {
                    assert!(limit >= count, "{name}");
                    assert!(ids.into_iter().eq(0..COUNT), "{name}");
                }
                Err(stop) => {
                    assert!(limit < count, "{name}: {}", stop.text);
                    assert_eq!(stop.reason, Some(StopReason::TooMany { limit }));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_place_belongs_to_its_operation() {
    let (mock, ics) = start().await;
    for list in WHOLE {
        list.serve(&mock, &list.of(0..COUNT), |_, page| page);
    }
    for list in WHOLE {
        let mut reading = list.open(&ics, &Options::pages_of(SIZE));
        reading.next().await.unwrap().unwrap();
        let place = reading.checkpoint().map(saved);
        assert_eq!(
            place.as_ref().unwrap().is_by_position(),
            list.is_by_position()
        );
        for other in WHOLE
            .into_iter()
            .filter(|other| other.operation != list.operation)
        {
            let options = Options::pages_of(SIZE).start_at(place.clone());
            let (ids, end) = drain(&mut *other.open(&ics, &options)).await;
            let stop = end.unwrap_err();
            assert!(
                ids.is_empty() && stop.text.contains("the checkpoint is of"),
                "{}",
                stop.text
            );
        }
    }
}

/// Another page size is refused where the place would be another one.
#[tokio::test]
async fn a_place_within_a_page_goes_with_its_page_size() {
    let (mock, ics) = start().await;
    for list in [OFFSET, PAGE, CURSOR] {
        list.serve(&mock, &list.of(0..COUNT), |_, page| page);
        let mut reading = list.open(&ics, &Options::pages_of(SIZE));
        for _ in 0..SIZE + 2 {
            reading.next().await.unwrap().unwrap();
        }
        let place = reading.checkpoint().map(saved);
        for size in [1, SIZE - 1, SIZE, SIZE + 1] {
            let options = Options::pages_of(size).start_at(place.clone());
            let (ids, end) = drain(&mut *list.open(&ics, &options)).await;
            let name = format!("{}, {size}", list.name);
            match end {
                Ok(end) => {
                    assert_eq!(end, PagingEnd::Complete, "{name}");
                    assert!(ids.into_iter().eq(SIZE + 2..COUNT), "{name}");
                    assert!(size == SIZE || list.operation == OFFSET.operation, "{name}");
                }
                Err(stop) => {
                    assert!(size != SIZE && ids.is_empty(), "{name}");
                    assert!(stop.text.contains("the same page size"), "{}", stop.text);
                }
            }
        }
    }
}
