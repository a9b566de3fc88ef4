//! What an answer says about its place in a list.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use serde_json::Value;

use crate::body::Body;
use crate::operation::Paging;

/// How an operation's answers are read as pages; generated.
#[derive(Debug)]
pub struct PageShape<T, I> {
    /// Takes the rows out of an answer.
    pub rows: fn(T, &Paging) -> Vec<I>,
    /// Reads what an answer says besides.
    pub marks: fn(&T, &Paging) -> Marks,
}

impl<T, I> Clone for PageShape<T, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, I> Copy for PageShape<T, I> {}

/// What an answer says about its place in a list: generated code fills it in from the members that the operation
/// table names.
///
/// Members are taken in whatever form they come: a count as a number or a text of digits, a cursor as text or number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Marks {
    pub(super) rows: usize,
    pub(super) fingerprint: u64,
    pub(super) next: Option<String>,
    /// It is known where the cursor would be, so that its absence says something.
    pub(super) is_next_known: bool,
    pub(super) total: Option<u64>,
    pub(super) page: Option<u64>,
    pub(super) total_pages: Option<u64>,
    /// There is something, and no rows can be told in it.
    pub(super) is_unreadable: bool,
}

/// A cursor is the server's text and may repeat what the request held.
impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marks")
            .field("rows", &self.rows)
            .field("has_next", &self.next.is_some())
            .field("total", &self.total)
            .field("page", &self.page)
            .field("total_pages", &self.total_pages)
            .finish_non_exhaustive()
    }
}

impl Marks {
    /// Of a page with these rows.
    #[must_use]
    pub fn of<I: Serialize>(rows: &[I]) -> Self {
        Self {
            rows: rows.len(),
            fingerprint: fingerprint(rows),
            ..Self::default()
        }
    }

    /// The cursor of the next page; null, nothing, an empty text and false end the list.
    ///
    /// Not called where no member is known to hold it: then only a total or an empty page ends a list of cursors.
    #[must_use]
    pub fn next(mut self, member: &impl Serialize) -> Self {
        self.is_next_known = true;
        self.next = cursor(&value(member));
        self
    }

    /// The number of rows of all pages. An object of counts by kind is their sum.
    #[must_use]
    pub fn total(mut self, member: &impl Serialize) -> Self {
        self.total = count(&value(member));
        self
    }

    /// The number of this page.
    #[must_use]
    pub fn page(mut self, member: &impl Serialize) -> Self {
        self.page = count(&value(member));
        self
    }

    /// The number of pages.
    #[must_use]
    pub fn total_pages(mut self, member: &impl Serialize) -> Self {
        self.total_pages = count(&value(member));
        self
    }
}

fn value(member: &impl Serialize) -> Value {
    serde_json::to_value(member).unwrap_or_default()
}

fn cursor(member: &Value) -> Option<String> {
    match member {
        // A text member that came as `false` is the text.
        Value::String(text) if !text.is_empty() && text != "false" => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn count(member: &Value) -> Option<u64> {
    match member {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Object(counts) => counts
            .values()
            .map(count)
            .try_fold(0_u64, |sum, one| Some(sum.saturating_add(one?))),
        _ => None,
    }
}

/// Tells pages apart by their first and last row; servers that page by position repeat whole pages or none.
fn fingerprint<I: Serialize>(rows: &[I]) -> u64 {
    let mut hasher = DefaultHasher::new();
    rows.len().hash(&mut hasher);
    for row in [rows.first(), rows.last()].into_iter().flatten() {
        serde_json::to_vec(row)
            .unwrap_or_default()
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// The rows of an answer that nobody has documented: a list, or the list that an object holds under the name that the
/// operation table has, or else the only list in it. `None` where there is none, or several to choose from.
fn untyped_rows(answer: Value, paging: &Paging) -> Option<Vec<Value>> {
    let mut members = match answer {
        Value::Array(rows) => return Some(rows),
        Value::Object(members) => members,
        _ => return None,
    };
    let name = paging.answer_members().items;
    if let Some(Value::Array(rows)) = name.and_then(|name| members.get_mut(name)) {
        return Some(std::mem::take(rows));
    }
    let mut lists = members.values_mut().filter_map(Value::as_array_mut);
    let only = lists.next()?;
    lists.next().is_none().then(|| std::mem::take(only))
}

impl PageShape<Body, Value> {
    /// For answers that nobody has documented: members are looked for under the names of the operation table, and the
    /// rows may be the answer itself or its only list.
    pub const UNTYPED: Self = Self {
        rows: |body, paging| {
            untyped_rows(body.json().unwrap_or_default(), paging).unwrap_or_default()
        },
        marks: untyped_marks,
    };
}

fn untyped_marks(body: &Body, paging: &Paging) -> Marks {
    let answer: Value = body.json().unwrap_or_default();
    let names = paging.answer_members();
    let member = |name: Option<&str>| name.and_then(|name| answer.get(name)).cloned();
    let (next, total) = (member(names.next), member(names.total));
    let (page, total_pages) = (member(names.page), member(names.total_pages));
    let rows = untyped_rows(answer, paging);
    let marks = Marks {
        is_unreadable: rows.is_none() && !body.is_empty(),
        ..Marks::of(&rows.unwrap_or_default())
    }
    .total(&total)
    .page(&page)
    .total_pages(&total_pages);
    if names.next.is_some() {
        marks.next(&next)
    } else {
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_read_in_every_form() {
        let next = |member: Value| Marks::default().next(&member).next;
        for (member, expected) in [
            (json!("abc"), Some("abc")),
            (json!(7), Some("7")),
            (json!(null), None),
            (json!(""), None),
            (json!(false), None),
            (json!("false"), None),
        ] {
            assert_eq!(next(member.clone()).as_deref(), expected, "{member}");
        }
        let total = |member: Value| Marks::default().total(&member).total;
        for (member, expected) in [
            (json!(7), Some(7)),
            (json!(" 7"), Some(7)),
            (json!({"a": 3, "b": "4"}), Some(7)),
            (json!({"a": u64::MAX, "b": 2}), Some(u64::MAX)),
            (json!({"a": 3, "b": []}), None),
            (json!(null), None),
            (json!(-1), None),
            (json!("many"), None),
        ] {
            assert_eq!(total(member.clone()), expected, "{member}");
        }
    }

    #[test]
    fn rows_of_undocumented_answers() {
        const PAGING: Paging = Paging::CursorQuery {
            cursor: Some("cursor"),
            limit: None,
            items: Some("results"),
            next: Some("next"),
            total: None,
        };
        let marks = |answer: &str| untyped_marks(&Body::from(answer), &PAGING);
        for (answer, rows) in [
            ("[1,2]", 2),
            (r#"{"results":[1],"others":[1,2]}"#, 1),
            (r#"{"items":[1,2,3],"count":3}"#, 3),
            ("", 0),
        ] {
            let marks = marks(answer);
            assert_eq!((marks.rows, marks.is_unreadable), (rows, false), "{answer}");
        }
        for answer in [r#"{"a":[1],"b":[2]}"#, "{}", "7", "<html>"] {
            assert!(marks(answer).is_unreadable, "{answer}");
        }
        assert_eq!(
            marks(r#"{"results":[],"next":"x"}"#).next.as_deref(),
            Some("x")
        );
    }
}
