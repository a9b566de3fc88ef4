//! One operation of each style, and lists that the mock lets it page.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use insightcloudsec::InsightCloudSec;
use insightcloudsec::paging::{
    Checkpoint, Items, Marks, PageError, PageShape, Pages, PagingEnd, Progress, StopReason,
};
use insightcloudsec::v2::types::{ApiError, SearchResourcesRequest};
use insightcloudsec::v3::types::ResourceItem;
use insightcloudsec_mock::{Mock, PageStyle, PagedList, Recorded, Reply};
use rapid7_core::{Access, Effect, Method, Operation, Paging, Request, Stability, decode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A paged operation.
#[derive(Clone, Copy)]
pub(crate) struct List {
    pub(crate) name: &'static str,
    /// What it is called for the mock.
    pub(crate) operation: &'static str,
    pub(crate) style: PageStyle,
    /// The answer's member that holds the rows.
    pub(crate) rows: &'static str,
    pub(crate) row: fn(u64) -> Value,
    open: fn(&InsightCloudSec, &Options) -> Box<dyn Reading>,
    /// Whether the mock says how many rows there are.
    pub(crate) is_counted: bool,
}

/// How a list is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) page_size: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) concurrency: usize,
    pub(crate) start_at: Option<Checkpoint>,
}

impl Options {
    pub(crate) fn pages_of(size: u64) -> Self {
        Self {
            page_size: Some(size),
            concurrency: 1,
            ..Self::default()
        }
    }

    pub(crate) fn concurrency(self, concurrency: usize) -> Self {
        Self {
            concurrency,
            ..self
        }
    }

    pub(crate) fn start_at(self, start_at: Option<Checkpoint>) -> Self {
        Self { start_at, ..self }
    }

    fn set<T, I, E>(&self, mut items: Items<T, I, E>) -> Items<T, I, E> {
        items = items.concurrency(self.concurrency);
        if let Some(size) = self.page_size {
            items = items.page_size(size);
        }
        if let Some(max) = self.max_items {
            items = items.max_items(max);
        }
        match &self.start_at {
            Some(saved) => items.start_at(saved.clone()),
            None => items,
        }
    }
}

pub(crate) const OFFSET: List = List {
    name: "offset in the body",
    operation: "v2.search_resources",
    style: PageStyle::OffsetBody,
    rows: "resources",
    row: |id| json!({"resource_id": id.to_string()}),
    open: |ics, options| {
        let body = SearchResourcesRequest::builder().search_string("");
        let items = ics.v2().search_resources().body(body).items();
        reading(options.set(items), |row| number(row.resource_id.as_ref()))
    },
    is_counted: true,
};

/// Of offsets, too, and nobody says how many there are.
pub(crate) const UNCOUNTED: List = List {
    name: "offset in the body, without a total",
    operation: "v2.query_resources",
    style: PageStyle::OffsetBody,
    rows: "resources",
    row: resource_row,
    open: |ics, options| {
        let items = ics.v2().query_resources().items();
        let id = |row: &insightcloudsec::v2::types::ResourceItem| {
            let common = row.value.as_ref().and_then(|value| value.common());
            number(common.and_then(|common| common.resource_id.as_ref()))
        };
        reading(options.set(items), id)
    },
    is_counted: false,
};

pub(crate) const PAGE: List = List {
    name: "page in the query",
    operation: "v3.list_vulnerabilities",
    style: PageStyle::PageQuery,
    rows: "data",
    row: |id| json!({"cve_id": id.to_string()}),
    open: |ics, options| {
        let items = ics.v3().list_vulnerabilities().items();
        reading(options.set(items), |row| number(row.cve_id.as_ref()))
    },
    is_counted: true,
};

pub(crate) const CURSOR: List = List {
    name: "cursor in the body",
    operation: "v3.query_resources",
    style: PageStyle::CursorBody,
    rows: "resources",
    row: resource_row,
    open: |ics, options| {
        let items = ics.v3().query_resources().items();
        let id = |row: &ResourceItem| {
            let common = row.value.as_ref().and_then(|value| value.common());
            number(common.and_then(|common| common.resource_id.as_ref()))
        };
        reading(options.set(items), id)
    },
    is_counted: false,
};

/// The documented operation of this style lacks the name of the answer's cursor; here it has one.
pub(crate) const CURSOR_QUERY: List = List {
    name: "cursor in the query",
    operation: "v4.list_cloud_findings",
    style: PageStyle::CursorQuery,
    rows: "results",
    row: |id| json!({"id": id}),
    open: |ics, options| {
        let request = Request::new(&FINDINGS).path("organization_service_id", &Ok(1));
        let pages: Pages<Findings, Finding, ApiError> = Pages::new(
            ics.connection(),
            request,
            decode::json,
            decode::json,
            PageShape {
                rows: |answer, _| answer.results,
                marks: |answer, _| Marks::of(&answer.results).next(&answer.next_cursor),
            },
        );
        reading(options.set(pages.into_items()), |row| row.id)
    },
    is_counted: false,
};

pub(crate) const ANSWER: List = List {
    name: "page in the answer only",
    operation: "v3.list_principal_permissions",
    style: PageStyle::PageAnswer,
    rows: "permissions",
    row: |id| json!({"count": id}),
    open: |ics, options| {
        let items = ics.v3().list_principal_permissions();
        let items = items.principal_resource_id("serviceuser:1").items();
        let id = |row: &insightcloudsec::v3::types::PrincipalPermission| {
            u64::try_from(row.count.unwrap()).unwrap()
        };
        reading(options.set(items), id)
    },
    is_counted: false,
};

/// The styles that lead through the whole list.
pub(crate) const WHOLE: [List; 5] = [OFFSET, UNCOUNTED, PAGE, CURSOR, CURSOR_QUERY];

static FINDINGS: Operation = Operation {
    name: "list_findings",
    id: "list_findings",
    method: Method::GET,
    path: "/v4/insights/findings-per-cloud/{organization_service_id}",
    tag: "Insights",
    summary: "Lists findings.",
    effect: Effect::Read,
    stability: Stability::Other,
    confidence: None,
    access: Access::Credentials,
    accept: "application/json",
    success: &[],
    session_ended: &[],
    paging: Some(Paging::CursorQuery {
        cursor: Some("cursor"),
        limit: Some("limit"),
        items: Some("results"),
        next: Some("next_cursor"),
        total: None,
    }),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Findings {
    results: Vec<Finding>,
    next_cursor: Value,
}

#[derive(Debug, Serialize, Deserialize)]
struct Finding {
    id: u64,
}

fn resource_row(id: u64) -> Value {
    let common = json!({"resource_id": id.to_string()});
    json!({"resource_type": "instance", "instance": {"common": common}})
}

fn number(text: Option<&String>) -> u64 {
    text.unwrap().parse().unwrap()
}

/// The id of a row as the server has it.
pub(crate) fn id_of(list: List, row: &Value) -> u64 {
    let known = (0..1000).find(|id| (list.row)(*id) == *row);
    known.unwrap()
}

impl List {
    /// Rows of these ids.
    pub(crate) fn of(self, ids: impl IntoIterator<Item = u64>) -> PagedList {
        PagedList::new(self.style, self.rows, ids, self.row)
    }

    /// Lets the mock answer with a list, and what `spoil` makes of its pages.
    pub(crate) fn serve(
        self,
        mock: &Mock,
        list: &PagedList,
        spoil: impl Fn(&Recorded, Value) -> Value + Send + Sync + 'static,
    ) {
        let list = list.clone();
        let answer = move |request: &Recorded| match list.page(request) {
            Some(mut page) => {
                if !self.is_counted
                    && let Some(page) = page.as_object_mut()
                {
                    page.remove("total_count");
                }
                Reply::json(200, spoil(request, page))
            }
            None => Reply::status(400),
        };
        mock.handle(self.operation, answer).unwrap();
    }

    pub(crate) fn open(self, ics: &InsightCloudSec, options: &Options) -> Box<dyn Reading> {
        (self.open)(ics, options)
    }

    /// Reads to the end, going on where a call fails for good.
    pub(crate) async fn read_on(self, ics: &InsightCloudSec, options: &Options) -> Read {
        let (mut ids, mut pages, mut failed) = (Vec::new(), 0, 0);
        let mut from = options.start_at.clone();
        loop {
            let mut reading = self.open(ics, &options.clone().start_at(from.take()));
            let (some, end) = drain(&mut *reading).await;
            ids.extend(some);
            assert_eq!(reading.progress().items, ids.len() as u64);
            pages += reading.progress().pages;
            match end {
                Err(stop) if stop.is_call => {
                    from = stop.checkpoint.as_ref().map(saved);
                    failed += 1;
                }
                end => {
                    return Read {
                        ids,
                        end,
                        pages,
                        failed,
                    };
                }
            }
        }
    }

    pub(crate) fn is_by_position(self) -> bool {
        matches!(self.style, PageStyle::OffsetBody | PageStyle::PageQuery)
    }

    /// Page sizes that a request may ask for.
    pub(crate) fn max_size(self) -> u64 {
        if self.operation == PAGE.operation {
            100
        } else {
            1000
        }
    }
}

/// What was read, and how it ended.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) ids: Vec<u64>,
    pub(crate) end: Result<PagingEnd, Stop>,
    pub(crate) pages: u64,
    /// Calls that failed after all attempts.
    pub(crate) failed: u64,
}

type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ids of a list's items, whatever their type.
pub(crate) trait Reading: Send {
    fn next(&mut self) -> Pending<'_, Option<Result<u64, Stop>>>;
    fn all(self: Box<Self>, limit: usize) -> Pending<'static, Result<Vec<u64>, Stop>>;
    fn checkpoint(&self) -> Option<&Checkpoint>;
    fn progress(&self) -> Progress;
    fn end(&self) -> Option<PagingEnd>;
}

/// An error, whatever its type.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) reason: Option<StopReason>,
    /// A call failed.
    pub(crate) is_call: bool,
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) text: String,
}

impl<E> From<PageError<E>> for Stop {
    fn from(error: PageError<E>) -> Self {
        Self {
            reason: error.stop_reason(),
            is_call: error.call_error().is_some(),
            checkpoint: error.checkpoint().cloned(),
            text: error.to_string(),
        }
    }
}

struct Typed<T, I, E> {
    items: Items<T, I, E>,
    id: fn(&I) -> u64,
}

fn reading<T, I, E>(items: Items<T, I, E>, id: fn(&I) -> u64) -> Box<dyn Reading>
where
    T: Send + 'static,
    I: Send + 'static,
    E: Debug + Send + 'static,
{
    Box::new(Typed { items, id })
}

impl<T, I, E> Reading for Typed<T, I, E>
where
    T: Send + 'static,
    I: Send + 'static,
    E: Debug + Send + 'static,
{
    fn next(&mut self) -> Pending<'_, Option<Result<u64, Stop>>> {
        Box::pin(async {
            let item = self.items.next().await?;
            Some(item.map(|row| (self.id)(&row)).map_err(Stop::from))
        })
    }

    fn all(self: Box<Self>, limit: usize) -> Pending<'static, Result<Vec<u64>, Stop>> {
        Box::pin(async move {
            let all = self.items.all(limit).await?;
            Ok(all.iter().map(self.id).collect())
        })
    }

    fn checkpoint(&self) -> Option<&Checkpoint> {
        self.items.checkpoint()
    }

    fn progress(&self) -> Progress {
        self.items.progress()
    }

    fn end(&self) -> Option<PagingEnd> {
        self.items.end()
    }
}

/// The ids read, and how it ended.
pub(crate) async fn drain(list: &mut dyn Reading) -> (Vec<u64>, Result<PagingEnd, Stop>) {
    let mut ids = Vec::new();
    while let Some(item) = list.next().await {
        match item {
            Ok(id) => ids.push(id),
            Err(stop) => {
                assert!(list.next().await.is_none(), "nothing comes after an error");
                assert_eq!(list.end(), None, "an error is no end");
                return (ids, Err(stop));
            }
        }
    }
    assert!(list.next().await.is_none(), "the end is the end");
    let end = list.end();
    (ids, Ok(end.unwrap_or_else(|| panic!("no word on the end"))))
}

/// The saved form, and back.
pub(crate) fn saved(checkpoint: &Checkpoint) -> Checkpoint {
    let text = serde_json::to_string(checkpoint).unwrap();
    serde_json::from_str(&text).unwrap()
}
