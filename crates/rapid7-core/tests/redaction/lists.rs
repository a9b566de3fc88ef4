//! What is shown of lists in pages. A cursor is no secret: a program keeps it.

use rapid7_core::paging::{Items, Marks, PageError, PageShape, Pages, PagingEnd, StopReason};
use rapid7_core::{Body, Connection, Credentials, Operation, Paging, Request, decode};
use serde_json::Value;

use crate::canary::{CANARY, Checked, show};
use crate::server::{Seen, Server, json, reply};
use crate::{GET, Planted, builder};

static BY_PAGE: Operation = Operation {
    paging: Some(Paging::PageQuery {
        page: Some("page"),
        page_size: None,
        items: Some("rows"),
        total: Some("total"),
        total_pages: None,
    }),
    ..GET
};

type TestPages = Pages<Body, Value, Planted>;

pub(crate) async fn show_lists(checked: &mut Checked) {
    let server = Server::with(|seen: &Seen| {
        if seen.target().ends_with("page=1") {
            return json(200, &format!(r#"{{"rows":["{CANARY}"],"total":5}}"#));
        }
        reply(500, &[], CANARY)
    })
    .await;
    let connection = builder(&server.url, Credentials::api_key(CANARY)).build();
    let connection = connection.unwrap();
    let mut pages = pages(&connection, Request::new(&BY_PAGE));
    show!(checked, pages);
    let page = pages.next().await.unwrap().unwrap();
    show!(checked, page);
    show!(checked, *page.begin());
    show!(checked, pages.progress());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, PageError::Call { .. }), "{error:?}");
    show!(checked, error);
    items(checked, &connection).await;
    others(checked, &connection).await;
}

fn pages(connection: &Connection, request: Request) -> TestPages {
    let shape = PageShape::UNTYPED;
    Pages::new(connection, request, decode::body, decode::json, shape)
}

async fn items(checked: &mut Checked, connection: &Connection) {
    let items: Items<_, _, _> = pages(connection, Request::new(&BY_PAGE)).into_items();
    show!(checked, items);
    let error = items.all(0).await.unwrap_err();
    assert!(matches!(error, PageError::Stopped { .. }), "{error:?}");
    show!(checked, error);
}

async fn others(checked: &mut Checked, connection: &Connection) {
    let body = Ok(CANARY);
    let mut unusable = pages(connection, Request::new(&GET_WITHOUT).json(&body));
    let error = unusable.next().await.unwrap().unwrap_err();
    assert!(matches!(error, PageError::Unusable { .. }), "{error:?}");
    show!(checked, error);
    show!(checked, PageShape::UNTYPED);
    show!(checked, Marks::of(&[CANARY]));
    for end in [PagingEnd::Complete, PagingEnd::Capped] {
        show!(checked, end);
    }
    for reason in [
        StopReason::Short {
            expected: 2,
            got: 1,
        },
        StopReason::Shrunk {
            expected: 2,
            got: 1,
        },
        StopReason::RepeatedCursor,
        StopReason::RepeatedPage,
        StopReason::MorePages { pages: None },
        StopReason::EmptyPages,
        StopReason::NoRows,
        StopReason::TooMany { limit: 1 },
    ] {
        show!(checked, reason);
    }
}

static GET_WITHOUT: Operation = GET;
