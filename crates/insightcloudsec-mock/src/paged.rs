//! Made-up lists of any length that come in pages, in every style that the API has.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::record::Recorded;
use crate::reply::{Failure, Reply};

/// Rows of a page where the request does not say.
const DEFAULT_SIZE: usize = 25;

/// Most rows of a page.
const MAX_SIZE: usize = 1000;

/// What a cursor begins with; the last id that was given follows.
const CURSOR: &str = "after-";

/// How a [`PagedList`] is asked for its pages, and what it says besides its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageStyle {
    /// All rows at once, with `total_count`.
    Whole,
    /// `limit` and `offset` in the JSON body; `total_count` in the answer.
    OffsetBody,
    /// `page`, from 1, and `page_size` in the query string; `page`, `total_pages` and `total_count` in the answer.
    PageQuery,
    /// `cursor` and `limit` in the JSON body; `next_cursor` in the answer, null on the last page.
    CursorBody,
    /// `cursor` and `limit` in the query string; `next_cursor` in the answer, null on the last page.
    CursorQuery,
    /// `page` and `total_pages` in the answer, and no way to ask for another page than the first.
    PageAnswer,
}

/// A made-up list that an operation answers with, page by page; give it to [`Mock::handle`](crate::Mock::handle).
///
/// Rows have ids, by which they are sorted. A row is made when it is asked for, so that a list can have 100,000 of them.
/// Clones are the same list: rows can be added and removed while it is read. Cursors say after which id a page begins:
/// of the rows that stay, each comes once, whatever is added or removed. Positions shift, as they do everywhere.
///
/// ```
/// use insightcloudsec_mock::{Mock, PageStyle, PagedList, Reply};
/// use serde_json::json;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::builder().start_blocking()?;
/// let row = |id: u64| json!({"resource_id": format!("instance:{id}"), "resource_type": "instance"});
/// let list = PagedList::new(PageStyle::OffsetBody, "resources", 0..100_000, row);
///
/// let shown = list.clone();
/// mock.handle("search_resources", move |request| shown.answer(request))?;
/// // ... while the program under test reads it:
/// list.remove(7);
///
/// // Trouble: a total that is too high.
/// mock.handle("search_resources", move |request| match list.page(request) {
///     Some(mut page) => {
///         page["total_count"] = json!(200_000);
///         Reply::json(200, page)
///     }
///     None => Reply::status(400),
/// })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PagedList {
    style: PageStyle,
    items: &'static str,
    sizes: (usize, usize),
    /// In order.
    ids: Arc<Mutex<Vec<u64>>>,
    row: Arc<dyn Fn(u64) -> Value + Send + Sync>,
}

impl PagedList {
    /// A list of the rows that `row` makes of these ids. Pages have them in the member `items`.
    pub fn new(
        style: PageStyle,
        items: &'static str,
        ids: impl IntoIterator<Item = u64>,
        row: impl Fn(u64) -> Value + Send + Sync + 'static,
    ) -> Self {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self {
            style,
            items,
            sizes: (DEFAULT_SIZE, MAX_SIZE),
            ids: Arc::new(Mutex::new(ids)),
            row: Arc::new(row),
        }
    }

    /// Rows of a page where the request does not say, and the most there are, at least one. A request for more gets
    /// those. Default 25 and 1000.
    #[must_use]
    pub fn page_sizes(mut self, default: usize, most: usize) -> Self {
        self.sizes = (default, most);
        self
    }

    /// The ids of all rows now, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<u64> {
        self.lock().clone()
    }

    /// Adds a row where its id belongs; false if there is one of that id.
    #[allow(
        clippy::must_use_candidate,
        reason = "the row is there, whatever becomes of the answer"
    )]
    pub fn insert(&self, id: u64) -> bool {
        let mut ids = self.lock();
        match ids.binary_search(&id) {
            Ok(_) => false,
            Err(place) => {
                ids.insert(place, id);
                true
            }
        }
    }

    /// Removes a row; false if there is none of that id.
    #[allow(
        clippy::must_use_candidate,
        reason = "the row is gone, whatever becomes of the answer"
    )]
    pub fn remove(&self, id: u64) -> bool {
        let mut ids = self.lock();
        match ids.binary_search(&id) {
            Ok(place) => {
                ids.remove(place);
                true
            }
            Err(_) => false,
        }
    }

    /// The answer to a request: a page, or a 400 for a cursor that is none of this list's.
    #[must_use]
    pub fn answer(&self, request: &Recorded) -> Reply {
        match self.page(request) {
            Some(page) => Reply::json(200, page),
            None => {
                Failure::member("json", "cursor", "Not a cursor of this list.").into_reply(None)
            }
        }
    }

    /// The body of the answer, for tests that change it. None for a cursor that is none of this list's.
    #[must_use]
    pub fn page(&self, request: &Recorded) -> Option<Value> {
        let asked = Asked::read(request, self.style);
        let most = self.sizes.1.max(1);
        let size = asked.size.unwrap_or(self.sizes.0).clamp(1, most);
        let ids = self.lock();
        let total = ids.len();
        let pages = total.div_ceil(size);
        let (start, size) = match self.style {
            PageStyle::Whole => (0, total),
            PageStyle::OffsetBody => (asked.place.unwrap_or(0), size),
            PageStyle::PageQuery => {
                let before = asked.place.unwrap_or(1).saturating_sub(1);
                (before.saturating_mul(size), size)
            }
            PageStyle::CursorBody | PageStyle::CursorQuery => {
                (place_after(&ids, asked.cursor.as_deref())?, size)
            }
            PageStyle::PageAnswer => (0, size),
        };
        let page: Vec<u64> = ids.iter().skip(start).take(size).copied().collect();
        let is_last = start.saturating_add(page.len()) >= total;
        drop(ids);
        let rows = page.iter().map(|id| (self.row)(*id));
        let mut body = json!({self.items: rows.collect::<Value>()});
        match self.style {
            PageStyle::Whole | PageStyle::OffsetBody => body["total_count"] = json!(total),
            PageStyle::PageQuery => {
                body["page"] = json!(asked.place.unwrap_or(1));
                body["total_count"] = json!(total);
                body["total_pages"] = json!(pages);
            }
            PageStyle::CursorBody | PageStyle::CursorQuery => {
                let last = page.last().filter(|_| !is_last);
                body["next_cursor"] = json!(last.map(|id| format!("{CURSOR}{id:x}")));
            }
            PageStyle::PageAnswer => {
                body["page"] = json!(1);
                body["total_pages"] = json!(pages);
            }
        }
        Some(body)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u64>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PagedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagedList")
            .field("style", &self.style)
            .field("items", &self.items)
            .field("page_sizes", &self.sizes)
            .field("rows", &self.lock().len())
            .finish_non_exhaustive()
    }
}

/// Where a page begins that a cursor leads to, or none.
fn place_after(ids: &[u64], cursor: Option<&str>) -> Option<usize> {
    let Some(cursor) = cursor else { return Some(0) };
    let last = u64::from_str_radix(cursor.strip_prefix(CURSOR)?, 16).ok()?;
    Some(ids.partition_point(|id| *id <= last))
}

/// What a request asks for.
#[derive(Debug, Default)]
struct Asked {
    size: Option<usize>,
    /// Offset, or number of the page.
    place: Option<usize>,
    cursor: Option<String>,
}

impl Asked {
    fn read(request: &Recorded, style: PageStyle) -> Self {
        let body = || request.json().unwrap_or_default();
        match style {
            PageStyle::Whole | PageStyle::PageAnswer => Self::default(),
            PageStyle::OffsetBody => Self {
                size: count(&body()["limit"]),
                place: count(&body()["offset"]),
                cursor: None,
            },
            PageStyle::CursorBody => Self {
                size: count(&body()["limit"]),
                place: None,
                cursor: body()["cursor"].as_str().map(str::to_owned),
            },
            PageStyle::PageQuery => Self {
                size: request.query_value("page_size").and_then(number),
                place: request.query_value("page").and_then(number),
                cursor: None,
            },
            PageStyle::CursorQuery => Self {
                size: request.query_value("limit").and_then(number),
                place: None,
                cursor: request.query_value("cursor"),
            },
        }
    }
}

fn count(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

#[allow(clippy::needless_pass_by_value, reason = "fits `and_then`")]
fn number(text: String) -> Option<usize> {
    text.parse().ok()
}
