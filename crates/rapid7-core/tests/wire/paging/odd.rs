//! Servers that do not page as they should, and lists that change while they are read.

use super::*;

type Make = fn(&Asked, usize) -> List;

/// An operation, how its server answers, how many rows can be read of it, and what is said then.
fn cases() -> [(&'static Operation, Make, usize, StopReason); 9] {
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
        // Cursors go round in a circle of one, and of two.
        (
            &CURSOR,
            |_, _| List {
                next: Some("at-0".into()),
                ..page_of(&Asked::default(), 30, 10)
            },
            20,
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
    // Grows from 20 to 30 while it is read; shrinks from 30 to 20.
    for (first, then) in [(20, 30), (30, 20)] {
        for operation in [&OFFSET, &PAGE] {
            let server = serve(move |asked, number| {
                page_of(asked, if number == 0 { first } else { then }, 10)
            })
            .await;
            let (ids, end) = drain(&mut items(&connect(&server.url), operation)).await;
            assert_eq!(ids, upto(then), "{} {first} {then}", operation.name);
            assert_eq!(end.unwrap(), Some(PagingEnd::Complete));
        }
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
