//! The list as generated code reads it.

use rapid7_core::paging::{Items, Marks, PageShape, Pages, PagingEnd};
use rapid7_core::{
    Access, AuthScheme, Connection, Credentials, Effect, KeyPlacement, Method, Operation, Paging,
    Request, Stability, decode,
};

use crate::server::{CURSOR_PATH, OFFSET_PATH, Server};
use crate::work::Reader;
use crate::{Failure, KEY, Paged, Query, Resource, ResourcePage, Side};

const SCHEME: AuthScheme = AuthScheme {
    api_key: KeyPlacement::Header("api-key"),
    session: None,
    uuid_keys_of: None,
};

static BY_CURSOR: Operation = Operation {
    name: "query_resources_for_export",
    id: "queryResourcesForExport",
    method: Method::POST,
    path: CURSOR_PATH,
    tag: "Resource",
    summary: "Resources that match a query.",
    effect: Effect::Read,
    stability: Stability::Public,
    confidence: None,
    access: Access::Credentials,
    accept: "application/json",
    success: &[],
    session_ended: &[],
    paging: Some(Paging::CursorBody {
        cursor: Some("cursor"),
        limit: Some("limit"),
        items: Some("resources"),
        next: Some("next_cursor"),
        total: None,
    }),
};

static BY_OFFSET: Operation = Operation {
    name: "query_resources",
    id: "queryResources",
    method: Method::POST,
    path: OFFSET_PATH,
    paging: Some(Paging::OffsetBody {
        limit: Some("limit"),
        offset: Some("offset"),
        items: Some("resources"),
        total: Some("total_count"),
    }),
    ..BY_CURSOR
};

/// A connection with default settings, and how the list is asked for.
#[derive(Clone)]
pub(crate) struct Ours {
    connection: Connection,
    paged: Paged,
    page_size: usize,
    concurrency: Option<usize>,
}

impl Ours {
    pub(crate) fn new(server: &Server, paged: Paged, page_size: usize) -> Self {
        let connection =
            Connection::builder(SCHEME, &server.url, Credentials::api_key(KEY)).build();
        Self {
            connection: connection.unwrap(),
            paged,
            page_size,
            concurrency: None,
        }
    }

    /// With so many pages at once.
    pub(crate) fn concurrently(mut self, pages: usize) -> Self {
        self.concurrency = Some(pages);
        self
    }

    fn items(&self) -> Items<ResourcePage, Resource, Failure> {
        let (operation, shape) = match self.paged {
            Paged::ByCursor => (
                &BY_CURSOR,
                PageShape {
                    rows: |page: ResourcePage, _: &Paging| page.resources,
                    marks: |page: &ResourcePage, _: &Paging| {
                        Marks::of(&page.resources).next(&page.next_cursor)
                    },
                },
            ),
            Paged::ByOffset => (
                &BY_OFFSET,
                PageShape {
                    rows: |page: ResourcePage, _: &Paging| page.resources,
                    marks: |page: &ResourcePage, _: &Paging| {
                        Marks::of(&page.resources).total(&page.total_count)
                    },
                },
            ),
        };
        let request = Request::new(operation).json(&Ok(Query::new(self.page_size)));
        Pages::new(&self.connection, request, decode::json, decode::json, shape).into_items()
    }
}

impl Side for Ours {
    async fn read(&self, reader: &mut Reader) {
        let mut items = self.items();
        if let Some(pages) = self.concurrency {
            items = items.concurrency(pages);
        }
        while let Some(item) = items.next().await {
            reader.take(item.unwrap()).await;
        }
        assert_eq!(items.end(), Some(PagingEnd::Complete));
    }
}
