//! Lists in pages: nothing twice, nothing missing, and a word where a server makes that impossible.

mod odd;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rapid7_core::paging::{
    Checkpoint, Items, Marks, PageError, PageShape, Pages, PagingEnd, StopReason,
};
use rapid7_core::{Connection, Effect, Method, Operation, Paging, Request, Style, decode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::server::{Seen, Server, reply};
use crate::{ApiError, GET, connect};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    id: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct List {
    rows: Vec<Row>,
    next: Option<String>,
    total: Option<u64>,
    page: Option<u64>,
    pages: Option<u64>,
}

const SHAPE: PageShape<List, Row> = PageShape {
    rows: |list, _| list.rows,
    marks: |list, _| {
        Marks::of(&list.rows)
            .next(&list.next)
            .total(&list.total)
            .page(&list.page)
            .total_pages(&list.pages)
    },
};

static OFFSET: Operation = Operation {
    name: "list_by_offset",
    method: Method::POST,
    effect: Effect::Read,
    paging: Some(Paging::OffsetBody {
        limit: Some("limit"),
        offset: Some("offset"),
        items: Some("rows"),
        total: Some("total"),
    }),
    ..GET
};
static PAGE: Operation = Operation {
    name: "list_by_page",
    paging: Some(Paging::PageQuery {
        page: Some("page"),
        page_size: Some("page_size"),
        items: Some("rows"),
        total: Some("total"),
        total_pages: Some("pages"),
    }),
    ..GET
};
static CURSOR: Operation = Operation {
    name: "list_by_cursor",
    method: Method::POST,
    effect: Effect::Read,
    paging: Some(Paging::CursorBody {
        cursor: Some("cursor"),
        limit: Some("limit"),
        items: Some("rows"),
        next: Some("next"),
        total: Some("total"),
    }),
    ..GET
};
static CURSOR_QUERY: Operation = Operation {
    name: "list_by_cursor_in_the_query",
    paging: Some(Paging::CursorQuery {
        cursor: Some("cursor"),
        limit: Some("limit"),
        items: Some("rows"),
        next: Some("next"),
        total: None,
    }),
    ..GET
};
static ANSWER: Operation = Operation {
    name: "list_without_a_parameter",
    paging: Some(Paging::PageAnswer {
        page: Some("page"),
        items: Some("rows"),
        total: None,
        total_pages: Some("pages"),
    }),
    ..GET
};
static STYLES: [&Operation; 4] = [&OFFSET, &PAGE, &CURSOR, &CURSOR_QUERY];

/// What a request asks for.
#[derive(Debug, Clone, Default)]
struct Asked {
    limit: Option<usize>,
    offset: usize,
    page: Option<usize>,
    cursor: Option<String>,
    others: Vec<String>,
}

impl Asked {
    fn read(seen: &Seen) -> Self {
        let mut asked = Self::default();
        if let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&seen.body) {
            let number = |name: &str| body.get(name)?.as_u64()?.try_into().ok();
            asked.limit = number("limit");
            asked.offset = number("offset").unwrap_or(0);
            let cursor = body.get("cursor").and_then(Value::as_str);
            asked.cursor = cursor.map(str::to_owned);
            let known = ["limit", "offset", "cursor"];
            asked.others = body.into_iter().map(|(name, _)| name).collect();
            asked.others.retain(|name| !known.contains(&name.as_str()));
        }
        let query = seen.target().split_once('?').map_or("", |(_, query)| query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "limit" | "page_size" => asked.limit = value.parse().ok(),
                "page" => asked.page = value.parse().ok(),
                "cursor" => asked.cursor = Some(value.to_owned()),
                other => asked.others.push(other.to_owned()),
            }
        }
        asked
    }

    /// Rows before the page.
    fn start(&self, size: usize) -> usize {
        match (&self.cursor, self.page) {
            (Some(cursor), _) => cursor.trim_start_matches("at-").parse().unwrap(),
            (None, Some(page)) => (page - 1) * size,
            (None, None) => self.offset,
        }
    }
}

/// An honest page of a list of `count` rows.
fn page_of(asked: &Asked, count: usize, most: usize) -> List {
    let size = asked.limit.unwrap_or(10).min(most);
    let start = asked.start(size).min(count);
    let end = (start + size).min(count);
    List {
        rows: (start..end).map(|id| Row { id: id as u64 }).collect(),
        next: (end < count).then(|| format!("at-{end}")),
        total: Some(count as u64),
        page: asked.page.map(|page| page as u64),
        pages: Some(count.div_ceil(size) as u64),
    }
}

fn answer(list: &List) -> Vec<u8> {
    reply(200, &[], serde_json::to_vec(list).unwrap())
}

/// A server whose pages a function makes; it is given what was asked, and how many were before.
async fn serve(make: impl Fn(&Asked, usize) -> List + Send + Sync + 'static) -> Server {
    let number = AtomicUsize::new(0);
    Server::with(move |seen| {
        answer(&make(
            &Asked::read(seen),
            number.fetch_add(1, Ordering::SeqCst),
        ))
    })
    .await
}

async fn honest(count: usize) -> Server {
    serve(move |asked, _| page_of(asked, count, usize::MAX)).await
}

type TestItems = Items<List, Row, ApiError>;

fn items(connection: &Connection, operation: &'static Operation) -> TestItems {
    items_of(connection, Request::new(operation))
}

fn items_of(connection: &Connection, request: Request) -> TestItems {
    Pages::new(connection, request, decode::json, decode::json, SHAPE).into_items()
}

/// The ids read, and how it ended.
async fn drain(
    items: &mut TestItems,
) -> (Vec<u64>, Result<Option<PagingEnd>, PageError<ApiError>>) {
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(row) => ids.push(row.id),
            Err(error) => {
                assert!(items.next().await.is_none(), "nothing comes after an error");
                return (ids, Err(error));
            }
        }
    }
    assert!(items.next().await.is_none(), "the end is the end");
    (ids, Ok(items.end()))
}

fn upto(count: usize) -> Vec<u64> {
    (0..count as u64).collect()
}

#[tokio::test]
async fn every_style_reads_all_in_order() {
    for operation in STYLES {
        for (count, size, most, concurrency) in [
            (0, 10, 99, 1),
            (1, 10, 99, 1),
            (9, 3, 99, 1),
            (10, 3, 99, 1),
            (10, 1, 99, 3),
            (100, 7, 99, 4),
            (100, 50, 7, 1),
            (100, 50, 7, 5),
            (25, 1000, 1000, 8),
        ] {
            let server = serve(move |asked, _| page_of(asked, count, most)).await;
            let connection = connect(&server.url);
            let mut items = items(&connection, operation)
                .page_size(size)
                .concurrency(concurrency);
            let (ids, end) = drain(&mut items).await;
            let name = format!("{} {count} {size} {most} {concurrency}", operation.name);
            assert_eq!(ids, upto(count), "{name}");
            assert_eq!(end.unwrap(), Some(PagingEnd::Complete), "{name}");
            let progress = items.progress();
            assert_eq!(progress.items, count as u64, "{name}");
            let sizes: Vec<_> = server
                .seen()
                .iter()
                .map(|seen| Asked::read(seen).limit)
                .collect();
            assert!(
                sizes
                    .iter()
                    .all(|limit| *limit == usize::try_from(size).ok()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn without_a_total_an_empty_page_is_the_end() {
    for operation in [&OFFSET, &PAGE] {
        for count in [0, 9, 10, 11] {
            let server = serve(move |asked, _| List {
                total: None,
                pages: None,
                ..page_of(asked, count, 5)
            })
            .await;
            let (ids, end) = drain(&mut items(&connect(&server.url), operation)).await;
            assert_eq!(ids, upto(count));
            assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
        }
    }
}

#[tokio::test]
async fn the_request_itself_says_where_to_begin() {
    let server = honest(30).await;
    let connection = connect(&server.url);
    let body = json!({"offset": 12, "limit": 5, "filters": [9_007_199_254_740_993_u64]});
    let request = Request::new(&OFFSET).json(&Ok(body));
    let (ids, end) = drain(&mut items_of(&connection, request)).await;
    assert_eq!(ids, (12..30).collect::<Vec<_>>());
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    for seen in server.seen() {
        assert_eq!(Asked::read(&seen).limit, Some(5));
        assert!(
            seen.text().contains(r#""filters":[9007199254740993]"#),
            "{}",
            seen.text()
        );
    }

    let request = Request::new(&PAGE)
        .query("kind", &Ok("a b"), Style::Form)
        .query("page", &Ok(3), Style::Form)
        .query("page_size", &Ok(4), Style::Form);
    let (ids, end) = drain(&mut items_of(&connection, request)).await;
    assert_eq!(ids, (8..30).collect::<Vec<_>>());
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    assert!(server.last().target().contains("kind=a%20b"));

    let request = Request::new(&CURSOR).json(&Ok(json!({"cursor": "at-25"})));
    assert_eq!(
        drain(&mut items_of(&connection, request)).await.0,
        (25..30).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_cap_is_told_from_the_end() {
    for operation in STYLES {
        for (max, end) in [
            (0, PagingEnd::Capped),
            (1, PagingEnd::Capped),
            (9, PagingEnd::Capped),
            (10, PagingEnd::Capped),
            (11, PagingEnd::Capped),
            (29, PagingEnd::Capped),
            (30, PagingEnd::Complete),
            (31, PagingEnd::Complete),
        ] {
            let server = honest(30).await;
            let connection = connect(&server.url);
            let mut items = items(&connection, operation).max_items(max).concurrency(3);
            let (ids, ended) = drain(&mut items).await;
            assert_eq!(
                ids,
                upto(usize::try_from(max.min(30)).unwrap()),
                "{} {max}",
                operation.name
            );
            assert_eq!(ended.unwrap(), Some(end), "{} {max}", operation.name);
            assert!(server.seen().len() as u64 <= max.div_ceil(10).max(1) + 1);
        }
    }
}

#[tokio::test]
async fn all_refuses_to_cut() {
    let server = honest(30).await;
    let connection = connect(&server.url);
    assert_eq!(items(&connection, &CURSOR).all(30).await.unwrap().len(), 30);
    let error = items(&connection, &CURSOR).all(29).await.unwrap_err();
    assert_eq!(error.stop_reason(), Some(StopReason::TooMany { limit: 29 }));
    assert!(error.to_string().contains("more than 29 items"), "{error}");
}

#[tokio::test]
async fn reading_goes_on_at_every_item() {
    for operation in STYLES {
        let server = honest(23).await;
        let connection = connect(&server.url);
        for stop_after in 0..=23 {
            let mut first = items(&connection, operation).page_size(5);
            let mut ids = Vec::new();
            for _ in 0..stop_after {
                ids.push(first.next().await.unwrap().unwrap().id);
            }
            let Some(checkpoint) = first.checkpoint() else {
                assert_eq!(stop_after, 0, "nothing was read yet");
                continue;
            };
            assert_eq!(checkpoint.items(), stop_after);
            assert_eq!(
                checkpoint.is_by_position(),
                !operation.name.contains("cursor")
            );
            let saved = serde_json::to_string(checkpoint).unwrap();
            drop(first);
            let saved: Checkpoint = serde_json::from_str(&saved).unwrap();
            let mut second = items(&connection, operation).page_size(5).start_at(saved);
            let (rest, end) = drain(&mut second).await;
            ids.extend(rest);
            assert_eq!(ids, upto(23), "{} {stop_after}", operation.name);
            assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
            assert_eq!(second.progress().items, 23);
        }
    }
}

#[tokio::test]
async fn a_checkpoint_of_something_else_is_refused() {
    let server = honest(23).await;
    let connection = connect(&server.url);
    let mut some = items(&connection, &CURSOR);
    some.next().await.unwrap().unwrap();
    let saved = some.checkpoint().unwrap().clone();
    let mut other = items(&connection, &PAGE).start_at(saved);
    let error = other.next().await.unwrap().unwrap_err();
    assert!(matches!(error, PageError::Unusable { .. }), "{error:?}");
    assert!(
        error.to_string().contains("the checkpoint is of"),
        "{error}"
    );
    assert!(other.next().await.is_none());
}

#[tokio::test]
async fn a_place_within_a_page_goes_with_its_page_size() {
    let server = honest(30).await;
    let connection = connect(&server.url);
    for operation in STYLES {
        let mut first = items(&connection, operation).page_size(10);
        for _ in 0..18 {
            first.next().await.unwrap().unwrap();
        }
        let saved = first.checkpoint().unwrap();
        for size in [3, 7, 10, 20] {
            let second = items(&connection, operation).page_size(size);
            let (ids, end) = drain(&mut second.start_at(saved.clone())).await;
            // An offset is that of the next item.
            if size == 10 || operation.name == OFFSET.name {
                assert_eq!(
                    ids,
                    (18..30).collect::<Vec<_>>(),
                    "{} {size}",
                    operation.name
                );
                assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
            } else {
                let error = end.unwrap_err().to_string();
                assert!(error.contains("ask for the same page size"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn checkpoints_that_nobody_made_do_no_harm() {
    let server = honest(30).await;
    let connection = connect(&server.url);
    let most = u64::MAX;
    for (operation, position) in [
        (&OFFSET, format!(r#"{{"offset":{most}}}"#)),
        (&PAGE, format!(r#"{{"page":{most}}}"#)),
        (&CURSOR, r#"{"cursor":"at-0"}"#.to_owned()),
    ] {
        let place = format!("{} {}", operation.method, operation.path);
        let saved = format!(
            r#"{{"operation":"{place}","position":{position},"skip":{most},"items":{most},"total":{most}}}"#
        );
        let saved: Checkpoint = serde_json::from_str(&saved).unwrap();
        let mut list = items(&connection, operation).concurrency(3).start_at(saved);
        let (ids, _) = drain(&mut list).await;
        assert!(ids.len() <= 30, "{}", operation.name);
    }
}

#[test]
fn reading_goes_on_in_another_runtime() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let servers = runtime();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = servers.block_on(honest(30));
    let url = server.url.clone();
    let serving = std::thread::spawn(move || servers.block_on(stopped));
    for operation in STYLES {
        let first = runtime();
        let mut list = items(&first.block_on(async { connect(&url) }), operation);
        let mut ids = vec![first.block_on(list.next()).unwrap().unwrap().id];
        // The fetch of the second page goes with it.
        drop(first);
        let second = runtime();
        let rest = async {
            let all = drain(&mut list);
            tokio::time::timeout(Duration::from_secs(10), all).await
        };
        let (rest, end) = second.block_on(rest).unwrap();
        ids.extend(rest);
        assert_eq!(ids, upto(30), "{}", operation.name);
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
    stop.send(()).unwrap();
    serving.join().unwrap().unwrap();
}

#[tokio::test]
async fn a_failed_page_says_where_to_go_on() {
    let fails = Arc::new(AtomicUsize::new(0));
    let failing = Arc::clone(&fails);
    let server = Server::with(move |seen: &Seen| {
        let asked = Asked::read(seen);
        if asked.start(10) == 20 && failing.fetch_add(1, Ordering::SeqCst) == 0 {
            return reply(500, &[], "");
        }
        answer(&page_of(&asked, 50, 10))
    })
    .await;
    let connection = connect(&server.url);
    for operation in STYLES {
        fails.store(0, Ordering::SeqCst);
        let (mut ids, end) = drain(&mut items(&connection, operation).concurrency(3)).await;
        let error = end.unwrap_err();
        assert_eq!(error.call_error().unwrap().status().unwrap(), 500);
        assert!(
            error.to_string().ends_with("20 items were read before"),
            "{error}"
        );
        let saved = error.checkpoint().unwrap().clone();
        let (rest, end) = drain(&mut items(&connection, operation).start_at(saved)).await;
        ids.extend(rest);
        assert_eq!(ids, upto(50), "{}", operation.name);
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
}

#[tokio::test]
async fn pages_come_whole_and_know_their_answers() {
    let server = honest(25).await;
    let request = Request::new(&PAGE);
    let connection = connect(&server.url);
    let mut pages: Pages<List, Row, ApiError> =
        Pages::new(&connection, request, decode::json, decode::json, SHAPE);
    assert!(
        server.seen().is_empty(),
        "nothing is sent before it is read"
    );
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page.total, Some(25));
        assert_eq!(page.begin().items(), sizes.iter().sum::<usize>() as u64);
        assert_eq!(page.status(), 200);
        sizes.push(page.rows.len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(pages.progress().pages, 3);
    assert_eq!(pages.end(), Some(PagingEnd::Complete));
}

/// A server that takes its time, and tells how many requests it had at once.
async fn slow(count: usize, time: Duration) -> (Server, Arc<AtomicUsize>) {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&most);
    let server = Server::with_async(move |seen: &Seen| {
        let list = page_of(&Asked::read(seen), count, usize::MAX);
        let (now, most) = (Arc::clone(&now), Arc::clone(&counted));
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(time).await;
            now.fetch_sub(1, Ordering::SeqCst);
            answer(&list)
        })
    })
    .await;
    (server, most)
}

#[tokio::test]
async fn pages_are_fetched_ahead_in_order_and_not_after_a_drop() {
    for (operation, concurrency, expected) in [
        (&OFFSET, 4, 4),
        (&PAGE, 4, 4),
        (&OFFSET, 1, 1),
        (&CURSOR, 4, 1),
    ] {
        let (server, most) = slow(200, Duration::from_millis(20)).await;
        let connection = connect(&server.url);
        let mut items = items(&connection, operation).concurrency(concurrency);
        assert_eq!(drain(&mut items).await.0, upto(200), "{}", operation.name);
        assert_eq!(most.load(Ordering::SeqCst), expected, "{}", operation.name);
    }

    let (server, _) = slow(200, Duration::from_millis(20)).await;
    let connection = connect(&server.url);
    let mut some = items(&connection, &CURSOR);
    some.next().await.unwrap().unwrap();
    // The second page is fetched while the reader is busy with the first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.seen().len(), 2);
    drop(some);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    for operation in STYLES {
        let (server, _) = slow(60, Duration::from_millis(10)).await;
        let connection = connect(&server.url);
        let mut items = items(&connection, operation).concurrency(2);
        let mut ids = Vec::new();
        let mut dropped = 0;
        loop {
            match tokio::time::timeout(Duration::from_millis(3), items.next()).await {
                Ok(Some(item)) => ids.push(item.unwrap().id),
                Ok(None) => break,
                Err(_) => dropped += 1,
            }
        }
        assert_eq!(ids, upto(60), "{}", operation.name);
        assert!(dropped > 0, "no future was dropped");
    }
}
