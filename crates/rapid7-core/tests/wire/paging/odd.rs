//! Servers that do not page as they should, and lists that change while they are read.

use super::*;

type Make = fn(&Asked, usize) -> List;

/// An operation, how its server answers, how many rows can be read of it, and what is said then.
fn cases() -> [(&'static Operation, Make, usize, StopReason); 11] {
    [
        // The server does not look at the position.
        (
            &OFFSET,
            |_, _| page_of(&Asked::default(), 30, 10),
            10,
            StopReason::RepeatedPage,
        ),
        (
            &PAGE,
            |_, _| page_of(&Asked::default(), 30, 10),
            10,
            StopReason::RepeatedPage,
        ),
        // Not even where two such pages are as many rows as the list has.
        (
            &OFFSET,
            |_, _| page_of(&Asked::default(), 20, 10),
            10,
            StopReason::RepeatedPage,
        ),
        (
            &PAGE,
            |_, _| page_of(&Asked::default(), 15, 10),
            10,
            StopReason::RepeatedPage,
        ),
        // Cursors go round in a circle of one, and of two.
        (
            &CURSOR,
            |_, _| List {
                next: Some("at-0".into()),
                ..page_of(&Asked::default(), 30, 10)
            },
            10,
            StopReason::RepeatedCursor,
        ),
        (
            &CURSOR,
            |asked, _| {
                let mut list = page_of(asked, 30, 10);
                list.next = list.next.or(Some("at-10".into()));
                list
            },
            30,
            StopReason::RepeatedCursor,
        ),
        // The list ends before the total.
        (
            &OFFSET,
            |asked, _| List {
                total: Some(50),
                ..page_of(asked, 30, 10)
            },
            30,
            StopReason::Short {
                expected: 50,
                got: 30,
            },
        ),
        (
            &PAGE,
            |asked, _| List {
                total: Some(50),
                ..page_of(asked, 30, 10)
            },
            30,
            StopReason::Short {
                expected: 50,
                got: 30,
            },
        ),
        (
            &CURSOR,
            |asked, _| List {
                total: Some(50),
                ..page_of(asked, 30, 10)
            },
            30,
            StopReason::Short {
                expected: 50,
                got: 30,
            },
        ),
        // More is announced for ever, and nothing comes.
        (
            &CURSOR,
            |_, number| List {
                next: Some(format!("at-{}", number + 1)),
                ..List::default()
            },
            0,
            StopReason::EmptyPages,
        ),
        // There are more pages, and nobody knows how to ask for them.
        (
            &ANSWER,
            |_, _| List {
                pages: Some(3),
                page: Some(1),
                ..page_of(&Asked::default(), 10, 10)
            },
            10,
            StopReason::MorePages { pages: Some(3) },
        ),
    ]
}

#[tokio::test]
async fn what_does_not_add_up_is_an_error() {
    for (operation, make, read, reason) in cases() {
        let server = serve(make).await;
        let (ids, end) = drain(&mut items(&connect(&server.url), operation)).await;
        let error = end.unwrap_err();
        assert_eq!(
            error.stop_reason(),
            Some(reason),
            "{}: {error}",
            operation.name
        );
        assert_eq!(ids.len(), read, "{}: {reason:?}", operation.name);
        assert_eq!(error.checkpoint().unwrap().items(), read as u64);
        assert!(error.to_string().starts_with(operation.name), "{error}");
    }
}

#[tokio::test]
async fn odd_ends_of_cursors_are_ends() {
    for next in [json!(null), json!(""), json!(false), json!("false")] {
        let server = Server::with(move |seen: &Seen| {
            let mut list = json!(page_of(&Asked::read(seen), 10, 10));
            list["next"] = next.clone();
            reply(200, &[], list.to_string())
        })
        .await;
        let (ids, end) = drain(&mut items(&connect(&server.url), &CURSOR)).await;
        assert_eq!(ids, upto(10));
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
}

#[tokio::test]
async fn totals_may_change_and_empty_pages_may_come() {
    // Grows from 20 to 30 while it is read.
    for operation in [&OFFSET, &PAGE] {
        let server = serve(|asked, number| page_of(asked, if number == 0 { 20 } else { 30 }, 10));
        let server = server.await;
        let (ids, end) = drain(&mut items(&connect(&server.url), operation)).await;
        assert_eq!(ids, upto(30), "{}", operation.name);
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
    let server = serve(|asked, number| {
        let list = page_of(asked, 30, 10);
        let is_empty = number % 2 == 0;
        // Every other page is empty and leads on, under a cursor of its own.
        let next = if is_empty {
            Some(format!("at-0{}", asked.start(1)))
        } else {
            list.next
        };
        let rows = if is_empty { Vec::new() } else { list.rows };
        List {
            rows,
            next,
            ..List::default()
        }
    })
    .await;
    let (ids, end) = drain(&mut items(&connect(&server.url), &CURSOR)).await;
    assert_eq!(ids, upto(30));
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
}

#[tokio::test]
async fn rows_inserted_and_removed_meanwhile() {
    // By cursor, rows that stay come once, whatever happens to others: here the cursor is the last id.
    let rows = Arc::new(Mutex::new((0..1000).step_by(10).collect::<Vec<u64>>()));
    let list = Arc::clone(&rows);
    let server = Server::with(move |seen: &Seen| {
        let asked = Asked::read(seen);
        let mut rows = list.lock().unwrap();
        let after: Option<u64> = asked.cursor.map(|cursor| cursor[3..].parse().unwrap());
        let mut page: Vec<u64> = rows.iter().copied().collect();
        page.retain(|id| after.is_none_or(|after| *id > after));
        let is_more = page.len() > 7;
        page.truncate(7);
        let end = page.last().copied().unwrap_or(0);
        // One row is added before the place, one after it, and an added one goes.
        rows.push(end.saturating_sub(3));
        rows.push(end + 3);
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|id| id % 10 == 0 || id % 10 == 3 || *id > end);
        answer(&List {
            rows: page.into_iter().map(|id| Row { id }).collect(),
            next: is_more.then(|| format!("id-{end}")),
            ..List::default()
        })
    })
    .await;
    let (ids, end) = drain(&mut items(&connect(&server.url), &CURSOR)).await;
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    assert!(ids.is_sorted_by(|one, other| one < other), "none twice");
    let stayed: Vec<u64> = ids.into_iter().filter(|id| id % 10 == 0).collect();
    assert_eq!(stayed, (0..1000).step_by(10).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_list_that_shrinks_under_a_position_says_so() {
    let shrunk = StopReason::Shrunk {
        expected: 30,
        got: 20,
    };
    for (operation, concurrency) in [(&OFFSET, 1), (&PAGE, 1), (&OFFSET, 3), (&PAGE, 3)] {
        let server = serve(|asked, number| page_of(asked, if number == 0 { 30 } else { 20 }, 10));
        let server = server.await;
        let connection = connect(&server.url);
        let mut list = items(&connection, operation).concurrency(concurrency);
        let (ids, end) = drain(&mut list).await;
        // What is there is given out before.
        assert_eq!(ids, upto(20), "{}", operation.name);
        let error = end.unwrap_err();
        assert_eq!(error.stop_reason(), Some(shrunk), "{}", operation.name);
        // Going on does not make it good.
        let saved = error.checkpoint().unwrap().clone();
        let (ids, end) = drain(&mut items(&connection, operation).start_at(saved)).await;
        assert_eq!(ids, [0; 0]);
        assert_eq!(end.unwrap_err().stop_reason(), Some(shrunk));
    }
    // A cursor does not shift.
    let server = serve(|asked, number| page_of(asked, if number == 0 { 30 } else { 20 }, 10)).await;
    let (ids, end) = drain(&mut items(&connect(&server.url), &CURSOR)).await;
    assert_eq!(ids, upto(20));
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
}

#[tokio::test]
async fn a_list_that_shrinks_between_two_runs_says_so() {
    let count = Arc::new(AtomicUsize::new(30));
    let now = Arc::clone(&count);
    let server = serve(move |asked, _| page_of(asked, now.load(Ordering::SeqCst), 10)).await;
    let connection = connect(&server.url);
    for operation in [&OFFSET, &PAGE] {
        count.store(30, Ordering::SeqCst);
        let mut first = items(&connection, operation);
        for _ in 0..12 {
            first.next().await.unwrap().unwrap();
        }
        let saved = first.checkpoint().unwrap().clone();
        count.store(29, Ordering::SeqCst);
        let (_, end) = drain(&mut items(&connection, operation).start_at(saved)).await;
        let shrunk = StopReason::Shrunk {
            expected: 30,
            got: 29,
        };
        assert_eq!(end.unwrap_err().stop_reason(), Some(shrunk));
    }
}

#[tokio::test]
async fn an_empty_page_that_is_not_the_last_ends_no_list() {
    // The third page of five is empty, and nothing but the number of pages says that there are more.
    let make = |asked: &Asked, _| {
        let mut list = page_of(asked, 50, 10);
        list.total = None;
        if asked.page == Some(3) {
            list.rows.clear();
        }
        list
    };
    for concurrency in [1, 3] {
        let server = serve(make).await;
        let mut list = items(&connect(&server.url), &PAGE).concurrency(concurrency);
        let (ids, end) = drain(&mut list).await;
        assert_eq!(ids, (0..20).chain(30..50).collect::<Vec<_>>());
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
    let server = serve(|_, _| List {
        pages: Some(u64::MAX),
        ..List::default()
    })
    .await;
    let (ids, end) = drain(&mut items(&connect(&server.url), &PAGE)).await;
    assert_eq!(ids, [0; 0]);
    let reason = end.unwrap_err().stop_reason();
    assert_eq!(reason, Some(StopReason::EmptyPages));
}

#[tokio::test]
async fn a_total_below_the_rows_at_hand_is_none() {
    for operation in [&OFFSET, &PAGE] {
        let server = serve(|asked, _| List {
            total: Some(0),
            pages: None,
            ..page_of(asked, 30, 10)
        })
        .await;
        let (ids, end) = drain(&mut items(&connect(&server.url), operation)).await;
        assert_eq!(ids, upto(30), "{}", operation.name);
        assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
    }
}

#[tokio::test]
async fn what_is_added_behind_a_cursor_is_not_missing() {
    // The total grows with each page, and the new rows come before the place.
    let server = serve(|asked, number| List {
        total: Some(30 + number as u64),
        ..page_of(asked, 30, 10)
    })
    .await;
    let (ids, end) = drain(&mut items(&connect(&server.url), &CURSOR)).await;
    assert_eq!(ids, upto(30));
    assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
}
