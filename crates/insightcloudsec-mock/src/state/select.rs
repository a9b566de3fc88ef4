//! Filters, order and pages of lists.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::table::{Object, plain, text};
use crate::reply::Failure;

/// Part of a list, and how many there are in all.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) rows: Vec<Value>,
    pub(crate) total: usize,
}

/// Applies list options: `filters`, `order_by`, `limit` and `offset`. Absent ones change nothing.
pub(crate) fn select(rows: Vec<Object>, options: &Value) -> Result<Selection, Failure> {
    let mut rows = rows;
    for filter in options["filters"].as_array().into_iter().flatten() {
        let filter = ListFilter::read(filter)?;
        rows.retain(|row| filter.keeps(&text(row, filter.field)));
    }
    sort(&mut rows, options["order_by"].as_str().unwrap_or_default());
    let total = rows.len();
    let offset = number(options, "offset")?.unwrap_or(0);
    let limit = number(options, "limit")?.unwrap_or(total);
    let rows = rows
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(Value::Object)
        .collect();
    Ok(Selection { rows, total })
}

/// A count in a request body; absent and null are none.
pub(crate) fn number(options: &Value, name: &str) -> Result<Option<usize>, Failure> {
    match &options[name] {
        Value::Null => Ok(None),
        value => match value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
        {
            Some(number) => Ok(Some(number)),
            None => Err(Failure::member("json", name, "Must be a number from 0 on.")),
        },
    }
}

struct ListFilter<'a> {
    field: &'a str,
    kind: &'a str,
    value: String,
    list: Vec<String>,
}

impl<'a> ListFilter<'a> {
    fn read(filter: &'a Value) -> Result<Self, Failure> {
        let kind = filter["filter_type"].as_str().unwrap_or_default();
        if !["EXACT", "LIKE", "NOT", "IN", "NOT_IN", "BETWEEN"].contains(&kind) {
            return Err(Failure::member(
                "json",
                "filter_type",
                "Not a valid choice.",
            ));
        }
        let list = filter["filter_list_value"].as_array().into_iter().flatten();
        Ok(Self {
            field: filter["field_name"].as_str().unwrap_or_default(),
            kind,
            value: plain(&filter["filter_value"]),
            list: list.map(plain).collect(),
        })
    }

    fn keeps(&self, text: &str) -> bool {
        let is_listed = || self.list.iter().any(|one| one == text);
        match self.kind {
            "EXACT" => text == self.value,
            "NOT" => text != self.value,
            "IN" => is_listed(),
            "NOT_IN" => !is_listed(),
            "BETWEEN" => match self.list.as_slice() {
                [low, high] => compare(low, text).is_le() && compare(text, high).is_le(),
                _ => false,
            },
            _ => contains(text, self.value.trim_matches('%')),
        }
    }
}

/// Whether a text has another in it; capitals do not matter.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

/// Sorts by `name ASC` or `name DESC`; nothing given, nothing sorted.
pub(crate) fn sort(rows: &mut [Map<String, Value>], order_by: &str) {
    let mut words = order_by.split_whitespace();
    let Some(field) = words.next() else { return };
    let descending = words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    rows.sort_by(|one, other| {
        let order = compare(&text(one, field), &text(other, field));
        if descending { order.reverse() } else { order }
    });
}

/// Numbers by size, other texts by letter.
fn compare(one: &str, other: &str) -> Ordering {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

/// Rows of a page, from 1, and the number of pages.
pub(crate) fn page<T>(rows: Vec<T>, page: usize, size: usize) -> (Vec<T>, usize) {
    let pages = rows.len().div_ceil(size.max(1));
    let rows = rows
        .into_iter()
        .skip(page.saturating_sub(1).saturating_mul(size))
        .take(size);
    (rows.collect(), pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::table::members;
    use serde_json::json;

    fn names(options: &Value) -> Vec<String> {
        let rows = [("beta", 10), ("alpha", 9), ("Gamma", 100)];
        let rows = rows.map(|(name, size)| members(json!({"name": name, "size": size})));
        let rows = select(rows.to_vec(), options).unwrap().rows;
        rows.iter().map(|row| plain(&row["name"])).collect()
    }

    #[test]
    fn filters() {
        let keeping = |field: &str, kind: &str, value: Value, list: Value| {
            let filter = json!({"field_name": field, "filter_type": kind,
                "filter_value": value, "filter_list_value": list});
            names(&json!({"filters": [filter]})).join(" ")
        };
        assert_eq!(keeping("name", "EXACT", json!("beta"), json!(null)), "beta");
        assert_eq!(keeping("name", "LIKE", json!("%AM%"), json!(null)), "Gamma");
        assert_eq!(
            keeping("name", "NOT", json!("beta"), json!(null)),
            "alpha Gamma"
        );
        assert_eq!(
            keeping("name", "IN", json!(null), json!(["beta", "alpha"])),
            "beta alpha"
        );
        assert_eq!(
            keeping("name", "NOT_IN", json!(null), json!(["beta"])),
            "alpha Gamma"
        );
        assert_eq!(
            keeping("size", "BETWEEN", json!(null), json!(["9", "10"])),
            "beta alpha"
        );
        assert_eq!(keeping("size", "BETWEEN", json!(null), json!([])), "");
    }

    #[test]
    fn order_and_pages() {
        assert_eq!(
            names(&json!({"order_by": "size DESC"})).join(" "),
            "Gamma beta alpha"
        );
        assert_eq!(
            names(&json!({"order_by": "name ASC", "offset": 1, "limit": 1})),
            ["alpha"]
        );
        assert!(select(Vec::new(), &json!({"limit": -1})).is_err());
        assert_eq!(page(vec![1, 2, 3], 2, 2), (vec![3], 2));
        assert_eq!(page(vec![1, 2, 3], usize::MAX, usize::MAX), (vec![], 1));
    }
}
