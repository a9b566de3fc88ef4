//! Servers that do not page as they should: each ends in a typed outcome, and none goes on for ever.

use std::sync::atomic::{AtomicU64, Ordering};

use insightcloudsec::paging::{PagingEnd, StopReason};
use insightcloudsec_mock::{PageStyle, Recorded, Reply};
use serde_json::{Value, json};

use crate::lists::{
    ANSWER, CURSOR, CURSOR_QUERY, List, OFFSET, Options, PAGE, Stop, UNCOUNTED, WHOLE, drain, saved,
};
use crate::{in_time, start};

/// Rows on the server, and of a page.
const COUNT: u64 = 50;
const SIZE: u64 = 10;

/// What a list gave, and how it ended; `Err` is why it stopped.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    ids: Vec<u64>,
    end: Result<PagingEnd, StopReason>,
}

impl Outcome {
    fn complete(ids: impl IntoIterator<Item = u64>) -> Self {
        Self {
            ids: ids.into_iter().collect(),
            end: Ok(PagingEnd::Complete),
        }
    }

    fn stopped(ids: impl IntoIterator<Item = u64>, reason: StopReason) -> Self {
        Self {
            ids: ids.into_iter().collect(),
            end: Err(reason),
        }
    }
}

/// Reads a list whose pages a server spoils, one page at a time and several at once, to the same outcome. The function is
/// given how many pages there were before in this reading.
async fn check<F>(what: &str, list: List, spoil: F, expected: Outcome)
where
    F: Fn(&Recorded, Value, u64) -> Value + Send + Sync + Clone + 'static,
{
    for concurrency in [1, 4] {
        let (mock, ics) = start().await;
        let (number, spoil) = (AtomicU64::new(0), spoil.clone());
        list.serve(&mock, &list.of(0..COUNT), move |request, page| {
            spoil(request, page, number.fetch_add(1, Ordering::SeqCst))
        });
        let name = format!("{what}, {}, {concurrency} at once", list.name);
        let options = Options::pages_of(SIZE).concurrency(concurrency);
        let mut reading = list.open(&ics, &options);
        let (ids, end) = in_time(&name, drain(&mut *reading)).await;
        if let Err(stop) = &end {
            check_stop(stop, ids.len(), &name);
        }
        let end = end.map_err(|stop| stop.reason.unwrap_or_else(|| panic!("{}", stop.text)));
        assert_eq!(Outcome { ids, end }, expected, "{name}");
        // A list that goes on for ever is stopped, and soon.
        assert!(mock.counters().requests <= 110, "{name}");
    }
    println!(
        "{what}, {}: {} items, {:?}",
        list.name,
        expected.ids.len(),
        expected.end
    );
}

/// An error names the operation and says where reading stands.
fn check_stop(stop: &Stop, read: usize, name: &str) {
    let checkpoint = stop.checkpoint.as_ref();
    assert_eq!(checkpoint.unwrap().items(), read as u64, "{name}");
    assert!(stop.text.contains(": "), "{name}: {}", stop.text);
}

/// The page of a position, whatever was asked for.
fn set(mut page: Value, member: &str, value: impl Into<Value>) -> Value {
    page[member] = value.into();
    page
}

fn cursor_of(list: List, request: &Recorded) -> Option<String> {
    if list.style == PageStyle::CursorQuery {
        return request.query_value("cursor");
    }
    Some(request.json()?["cursor"].as_str()?.to_owned())
}

fn rows(list: List, ids: impl IntoIterator<Item = u64>) -> Value {
    ids.into_iter().map(list.row).collect()
}

#[tokio::test]
async fn cursors_that_come_again() {
    for list in [CURSOR, CURSOR_QUERY] {
        let repeated = |ids| Outcome::stopped(0..ids, StopReason::RepeatedCursor);
        // One that leads to its own page.
        let same = |_: &Recorded, page, _| set(page, "next_cursor", "after-9");
        check("the same cursor for ever", list, same, repeated(20)).await;
        // At the end back to the second page.
        let circle = |_: &Recorded, page: Value, _| match page["next_cursor"].clone() {
            Value::Null => set(page, "next_cursor", "after-9"),
            _ => page,
        };
        check("a circle of cursors", list, circle, repeated(50)).await;
        // The cursor is not heeded: the first page comes again, with its cursor.
        let deaf = move |_: &Recorded, page, _| {
            let page = set(page, list.rows, rows(list, 0..SIZE));
            set(page, "next_cursor", "after-9")
        };
        let expected = Outcome::stopped(0..SIZE, StopReason::RepeatedCursor);
        check("a cursor that is not heeded", list, deaf, expected).await;
    }
}

#[tokio::test]
async fn cursors_that_end_in_every_way() {
    for list in [CURSOR, CURSOR_QUERY] {
        for end in [json!(null), json!(""), json!(false), json!("false")] {
            let odd = move |_: &Recorded, page: Value, _| match page["next_cursor"].clone() {
                Value::Null => set(page, "next_cursor", end.clone()),
                _ => page,
            };
            check("an odd end", list, odd, Outcome::complete(0..COUNT)).await;
        }
        let missing = |_: &Recorded, mut page: Value, _| {
            if page["next_cursor"].is_null() {
                page.as_object_mut().unwrap().remove("next_cursor");
            }
            page
        };
        check("no cursor", list, missing, Outcome::complete(0..COUNT)).await;
    }
}

#[tokio::test]
async fn empty_pages_that_are_not_the_last() {
    // Every other page is empty and leads on.
    for list in [CURSOR, CURSOR_QUERY] {
        let hollow = move |request: &Recorded, page: Value, number: u64| {
            let Some(cursor) = cursor_of(list, request).filter(|_| !number.is_multiple_of(2))
            else {
                return page;
            };
            // To the same place under another name.
            let again = cursor.replacen('-', "-0", 1);
            set(set(page, list.rows, json!([])), "next_cursor", again)
        };
        check("empty pages", list, hollow, Outcome::complete(0..COUNT)).await;
        let endless = move |_: &Recorded, page, number: u64| {
            let page = set(page, list.rows, json!([]));
            set(page, "next_cursor", format!("after-{number:x}"))
        };
        let expected = Outcome::stopped([], StopReason::EmptyPages);
        check("nothing but empty pages", list, endless, expected).await;
    }
    let hollow = |request: &Recorded, page, _| match request.query_value("page").as_deref() {
        Some("3") => set(page, "data", json!([])),
        _ => page,
    };
    // The total says what the empty page has cost.
    let short = StopReason::Short {
        expected: 50,
        got: 40,
    };
    let expected = Outcome::stopped((0..20).chain(30..COUNT), short);
    check("an empty page", PAGE, hollow, expected).await;
    let uncounted = move |request: &Recorded, page: Value, number| {
        set(hollow(request, page, number), "total_count", json!(null))
    };
    let expected = Outcome::complete((0..20).chain(30..COUNT));
    check("an empty page, no total", PAGE, uncounted, expected).await;
    // By offset nothing leads past an empty page.
    let hollow = |request: &Recorded, page, _| match request.json().unwrap()["offset"].as_u64() {
        Some(20..) => set(page, "resources", json!([])),
        _ => page,
    };
    let short = StopReason::Short {
        expected: 50,
        got: 20,
    };
    check(
        "an empty page",
        OFFSET,
        hollow,
        Outcome::stopped(0..20, short),
    )
    .await;
    check("an empty page", UNCOUNTED, hollow, Outcome::complete(0..20)).await;
}

#[tokio::test]
async fn totals_that_do_not_hold() {
    for list in [OFFSET, PAGE] {
        let high = |_: &Recorded, page, _| set(page, "total_count", 60);
        let short = StopReason::Short {
            expected: 60,
            got: 50,
        };
        let expected = Outcome::stopped(0..COUNT, short);
        check("a total that is too high", list, high, expected).await;
        // From the second page on; rows may have been passed over.
        let shrinking = |_: &Recorded, page, number: u64| {
            set(page, "total_count", if number == 0 { 60 } else { 50 })
        };
        let shrunk = StopReason::Shrunk {
            expected: 60,
            got: 50,
        };
        let expected = Outcome::stopped(0..COUNT, shrunk);
        check("a total that shrinks", list, shrinking, expected).await;
        let growing = |_: &Recorded, page, number: u64| {
            set(page, "total_count", if number == 0 { 40 } else { 50 })
        };
        let expected = Outcome::complete(0..COUNT);
        check("a total that grows", list, growing, expected).await;
        for absurd in [json!(0), json!(-1), json!(null)] {
            let absurd = move |_: &Recorded, page: Value, _| {
                let page = set(page, "total_count", absurd.clone());
                set(page, "total_pages", json!(null))
            };
            let expected = Outcome::complete(0..COUNT);
            check("a total that says nothing", list, absurd, expected).await;
        }
    }
}

#[tokio::test]
async fn positions_that_are_not_heeded() {
    for list in [OFFSET, UNCOUNTED, PAGE] {
        let deaf = move |_: &Recorded, page, _| set(page, list.rows, rows(list, 0..SIZE));
        let again = || Outcome::stopped(0..SIZE, StopReason::RepeatedPage);
        check("a position that is not heeded", list, deaf, again()).await;
        // Not even where two such pages are as many rows as the list has.
        let twice = move |request: &Recorded, page, number| {
            let page = set(deaf(request, page, number), "total_count", 20);
            set(page, "total_pages", 2)
        };
        check(
            "a position that is not heeded, two pages",
            list,
            twice,
            again(),
        )
        .await;
    }
}

/// A server that gives fewer rows than asked for is followed by what it gave.
#[tokio::test]
async fn page_sizes_that_are_cut_down() {
    for list in WHOLE {
        let (mock, ics) = start().await;
        for (asked, given) in [(100, 7), (10, 9), (8, 8), (90, 1)] {
            for concurrency in [1, 4] {
                let paged = list.of(0..COUNT).page_sizes(given, given);
                list.serve(&mock, &paged, |_, page| page);
                let options = Options::pages_of(asked).concurrency(concurrency);
                let mut reading = list.open(&ics, &options);
                let (ids, end) = in_time(list.name, drain(&mut *reading)).await;
                assert!(
                    ids.into_iter().eq(0..COUNT),
                    "{} {asked} {given}",
                    list.name
                );
                assert_eq!(end.unwrap(), PagingEnd::Complete);
            }
        }
        // And one that changes its mind: each time one fewer, down to one.
        if list.style != PageStyle::PageQuery {
            let number = AtomicU64::new(0);
            list.serve(&mock, &list.of(0..COUNT), move |_, mut page| {
                let left = 10_u64.saturating_sub(number.fetch_add(1, Ordering::SeqCst));
                let rows = page[list.rows].as_array_mut().unwrap();
                rows.truncate(usize::try_from(left.max(1)).unwrap());
                let last = rows.last().map(|row| crate::lists::id_of(list, row));
                if let Some(last) = last.filter(|last| last + 1 < COUNT)
                    && page["next_cursor"].is_string()
                {
                    page["next_cursor"] = json!(format!("after-{last:x}"));
                }
                page
            });
            let mut reading = list.open(&ics, &Options::pages_of(SIZE));
            let (ids, end) = in_time(list.name, drain(&mut *reading)).await;
            assert_eq!(end.unwrap(), PagingEnd::Complete, "{}", list.name);
            // The last page of cursors is cut, too, and says that it is the last.
            let is_cursor = !list.is_by_position();
            let whole = if is_cursor { ids.len() as u64 } else { COUNT };
            assert!(ids.into_iter().eq(0..whole), "{}", list.name);
        }
    }
}

/// As documented, v4 findings do not say where the cursor is: what lacks is told.
#[tokio::test]
async fn a_cursor_in_a_member_that_nobody_knows() {
    let (mock, ics) = start().await;
    for (count, is_told) in [(0, false), (10, true), (COUNT, true)] {
        let list = CURSOR_QUERY.of(0..count).page_sizes(10, 10);
        CURSOR_QUERY.serve(&mock, &list, |_, page| page);
        let findings = ics.v4().list_cloud_findings().organization_service_id(1);
        let read = in_time("findings", findings.items().all(100)).await;
        match read {
            Ok(read) => assert_eq!((read.len(), is_told), (0, false)),
            Err(error) => {
                assert!(is_told, "{error}");
                let more = StopReason::MorePages { pages: None };
                assert_eq!(error.stop_reason(), Some(more));
            }
        }
    }
}

/// A page that fails for good says where to go on.
#[tokio::test]
async fn a_page_that_fails_for_good() {
    for list in WHOLE {
        let (mock, ics) = start().await;
        list.serve(&mock, &list.of(0..COUNT), |_, page| page);
        let number = AtomicU64::new(0);
        let third = move |_: &Recorded| number.fetch_add(1, Ordering::SeqCst) >= 2;
        let when = mock.on(list.operation).only(third);
        when.respond(Reply::html_page(503)).unwrap();
        let mut reading = list.open(&ics, &Options::pages_of(SIZE));
        let (mut ids, end) = in_time(list.name, drain(&mut *reading)).await;
        let stop = end.unwrap_err();
        assert!(stop.is_call, "{}", stop.text);
        assert!(
            stop.text.ends_with("; 20 items were read before"),
            "{}",
            stop.text
        );
        mock.clear_scripts();
        let from = stop.checkpoint.as_ref().map(saved);
        let options = Options::pages_of(SIZE).start_at(from);
        let mut reading = list.open(&ics, &options);
        let (rest, end) = in_time(list.name, drain(&mut *reading)).await;
        ids.extend(rest);
        assert!(ids.into_iter().eq(0..COUNT), "{}", list.name);
        assert_eq!(end.unwrap(), PagingEnd::Complete);
    }
}

/// A page in the answer that announces none, or that is not the first.
#[tokio::test]
async fn a_page_in_the_answer() {
    let more = StopReason::MorePages { pages: Some(3) };
    let several = |_: &Recorded, page, _| set(page, "total_pages", 3);
    let (mock, ics) = start().await;
    for (spoil, expected) in [(Some(several), Err(more)), (None, Ok(PagingEnd::Complete))] {
        let list = ANSWER.of(0..COUNT).page_sizes(50, 50);
        ANSWER.serve(&mock, &list, move |request, page| match spoil {
            Some(spoil) => spoil(request, page, 0),
            None => set(page, "total_pages", json!(null)),
        });
        let mut reading = ANSWER.open(&ics, &Options::default());
        let (ids, end) = in_time(ANSWER.name, drain(&mut *reading)).await;
        assert!(ids.into_iter().eq(0..COUNT));
        assert_eq!(end.map_err(|stop| stop.reason.unwrap()), expected);
    }
}
