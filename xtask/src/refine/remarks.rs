//! What the document says of a member besides its description: the values it lists, and an example.

use crate::markdown::{code_span, escape};
use crate::schema::{Shape, list, resolve, shape, text};
use serde_json::Value;

/// Most listed values that are worth repeating at each member.
const MOST_VALUES: usize = 12;

/// Longest example that is shown, in characters.
const LONGEST_EXAMPLE: usize = 80;

/// The words about a member as Markdown, with what there is to add to them.
pub(super) fn with_remarks(root: &Value, member: &Value, words: &str) -> String {
    let mut all = escape(words);
    for remark in [values(root, member), example(root, member, words)]
        .into_iter()
        .flatten()
    {
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        all.push_str(&remark);
    }
    all
}

fn values(root: &Value, member: &Value) -> Option<String> {
    let target = scalar(root, member)?;
    if shape(target) != Shape::Enum {
        return None;
    }
    let values: Vec<String> = list(target.as_object()?, "enum")
        .iter()
        .filter_map(code)
        .map(|value| code_span(&value))
        .collect();
    (1..=MOST_VALUES)
        .contains(&values.len())
        .then(|| format!("Known values: {}.", values.join(", ")))
}

/// The example of a member or of its items; what is secret has none.
fn example(root: &Value, member: &Value, words: &str) -> Option<String> {
    let target = scalar(root, member)?;
    if text(target, "format").as_deref() == Some("password") {
        return None;
    }
    let stated = |schema: &'_ Value| {
        let several = schema.get("examples").and_then(Value::as_array);
        let found = schema.get("example").or_else(|| several?.first())?;
        code(
            found
                .as_array()
                .map_or(Some(found), |items| items.first())?,
        )
    };
    let shown = stated(member).or_else(|| stated(target))?;
    let known = words.contains(&shown);
    (!known && shown.chars().count() <= LONGEST_EXAMPLE)
        .then(|| format!("Example: {}.", code_span(&shown)))
}

/// The scalar that a member holds, by itself or in a list.
fn scalar<'a>(root: &'a Value, member: &'a Value) -> Option<&'a Value> {
    let mut target = resolve(root, member)?;
    for _ in 0..2 {
        if shape(target) == Shape::Array {
            target = resolve(root, target.get("items")?)?;
        }
    }
    matches!(shape(target), Shape::Scalar | Shape::Enum).then_some(target)
}

/// A plain value as code.
fn code(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let plain = !text.is_empty() && !text.contains(['\n', '\r']);
    plain.then_some(text)
}
