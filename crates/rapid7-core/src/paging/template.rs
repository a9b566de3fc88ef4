//! One request of which every page's is made.

use serde_json::value::{RawValue, to_raw_value};

use super::checkpoint::Position;
use crate::operation::{Operation, Paging};
use crate::request::{Members, Request};

/// A request and what in it changes from page to page.
pub(super) struct Template {
    request: Request,
    paging: Paging,
    /// The JSON body, where that says which page.
    body: Members,
}

impl Template {
    /// Refuses operations without pages, and bodies that are no object.
    pub(super) fn new(request: Request) -> Result<Self, String> {
        let paging = request.operation().paging;
        let paging = paging.ok_or("the operation has no pages")?;
        let body = match paging {
            Paging::OffsetBody { .. } | Paging::CursorBody { .. } => request.json_members()?,
            _ => Members::new(),
        };
        Ok(Self {
            request,
            paging,
            body,
        })
    }

    pub(super) fn operation(&self) -> &'static Operation {
        self.request.operation()
    }

    pub(super) fn paging(&self) -> &Paging {
        &self.paging
    }

    /// Where the request itself begins.
    pub(super) fn start(&self) -> Position {
        match self.paging {
            Paging::OffsetBody { offset, .. } => Position::Offset(self.number(offset).unwrap_or(0)),
            Paging::PageQuery { page, .. } => {
                let given = page.and_then(|name| self.request.query_value(name));
                Position::Page(given.and_then(|page| page.parse().ok()).unwrap_or(1))
            }
            Paging::CursorBody { cursor, .. } => {
                let given = cursor.and_then(|name| {
                    serde_json::from_str::<String>(self.body.get(name)?.get()).ok()
                });
                Position::Cursor(given.filter(|given| !given.is_empty()))
            }
            Paging::CursorQuery { cursor, .. } => {
                let given = cursor.and_then(|name| self.request.query_value(name));
                Position::Cursor(given.filter(|given| !given.is_empty()))
            }
            Paging::PageAnswer { .. } => Position::Only,
        }
    }

    /// How many rows a page has, if the request says.
    pub(super) fn page_size(&self) -> Option<u64> {
        let name = self.size_name();
        if self.is_in_body() {
            self.number(name)
        } else {
            self.request.query_value(name?)?.parse().ok()
        }
    }

    fn size_name(&self) -> Option<&'static str> {
        match self.paging {
            Paging::OffsetBody { limit, .. }
            | Paging::CursorBody { limit, .. }
            | Paging::CursorQuery { limit, .. } => limit,
            Paging::PageQuery { page_size, .. } => page_size,
            Paging::PageAnswer { .. } => None,
        }
    }

    /// Sets how many rows a page has; says no where the operation has no parameter for it.
    pub(super) fn set_page_size(&mut self, rows: u64) -> Result<(), String> {
        let name = self.size_name();
        let name = name.ok_or("no parameter is known that sets the page size")?;
        if self.is_in_body() {
            self.body.insert(name.to_owned(), raw(&rows));
        } else {
            self.request.set_query_value(name, &rows.to_string());
        }
        Ok(())
    }

    /// The request of the page at a position; `None` where no parameter is known that asks for it.
    pub(super) fn at(&self, position: &Position) -> Option<Request> {
        let mut request = self.request.clone();
        let (name, value) = match (self.paging, position) {
            (Paging::OffsetBody { offset, .. }, Position::Offset(rows)) => {
                (offset, Some(rows.to_string()))
            }
            (Paging::PageQuery { page, .. }, Position::Page(number)) => {
                (page, Some(number.to_string()))
            }
            (
                Paging::CursorBody { cursor, .. } | Paging::CursorQuery { cursor, .. },
                Position::Cursor(text),
            ) => (cursor, text.clone()),
            _ => (None, None),
        };
        if name.is_none() && *position != self.start() {
            return None;
        }
        match (name, value) {
            (Some(name), Some(value)) if self.is_in_body() => {
                let mut body = self.body.clone();
                let value = match position {
                    Position::Cursor(_) => raw(&value),
                    _ => raw(&value.parse::<u64>().unwrap_or_default()),
                };
                body.insert(name.to_owned(), value);
                request.set_json_members(&body);
            }
            (Some(name), Some(value)) => request.set_query_value(name, &value),
            _ if self.is_in_body() => request.set_json_members(&self.body),
            _ => {}
        }
        Some(request)
    }

    fn is_in_body(&self) -> bool {
        matches!(
            self.paging,
            Paging::OffsetBody { .. } | Paging::CursorBody { .. }
        )
    }

    fn number(&self, name: Option<&str>) -> Option<u64> {
        self.body.get(name?)?.get().parse().ok()
    }
}

/// Numbers and texts as JSON, which cannot fail.
fn raw(value: &impl serde::Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
