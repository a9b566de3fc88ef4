//! Members of a form as pairs of name and text.

use super::node::Node;
use super::{Problem, Style, TOO_DEEP, pairs, scalars, separator};

/// The value of one pair.
#[derive(Debug, PartialEq)]
pub(crate) enum Field {
    /// As it is.
    Text(String),
    /// JSON.
    Json(String),
    /// Elements with a separator between them.
    Joined(Vec<String>, Style),
}

impl Field {
    /// The text, elements joined as they are.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Json(text) => text,
            Self::Joined(items, style) => items.join(separator(style)),
        }
    }
}

/// Where the pairs of a member go.
pub(crate) type Push<'a> = dyn FnMut(String, Field) + 'a;

/// The pairs of one member of a form.
///
/// Without a style an array is a pair for each element, and an object is JSON, in an array too.
pub(crate) fn fields(
    name: &str,
    node: Node,
    style: Option<Style>,
    push: &mut Push<'_>,
) -> Result<(), Problem> {
    match (node, style) {
        (Node::Absent, _) => {}
        (Node::Scalar(text) | Node::Text(text), _) => push(name.to_owned(), Field::Text(text)),
        (node, Some(Style::DeepObject)) => push_deep(name, node, push),
        (Node::Object(members), Some(Style::Form)) => {
            for (key, value) in members {
                fields(&key, value, None, push)?;
            }
        }
        (Node::List(items), None | Some(Style::Form)) => {
            for item in items {
                push_element(name, item, push);
            }
        }
        (node, None | Some(Style::Json)) => push(name.to_owned(), Field::Json(node.json())),
        (node, Some(style)) => {
            let items = match node {
                Node::List(items) => scalars(items)?,
                Node::Object(members) => {
                    let pairs = pairs(members)?.into_iter();
                    pairs.flat_map(<[String; 2]>::from).collect()
                }
                Node::Absent | Node::Scalar(_) | Node::Text(_) => return Err(TOO_DEEP),
            };
            if !items.is_empty() {
                push(name.to_owned(), Field::Joined(items, style));
            }
        }
    }
    Ok(())
}

/// An element that is not a scalar is JSON: nothing nests inside of a pair.
fn push_element(name: &str, item: Node, push: &mut Push<'_>) {
    let field = match item {
        Node::Absent => return,
        Node::Scalar(text) | Node::Text(text) => Field::Text(text),
        item => Field::Json(item.json()),
    };
    push(name.to_owned(), field);
}

/// Brackets at any depth, as PHP, Rack and Node's `qs` read them: `a[key]`, `a[]` for scalars, `a[0][key]` for others.
///
/// A repeated `a` would be its last value there.
fn push_deep(name: &str, node: Node, push: &mut Push<'_>) {
    match node {
        Node::Absent => {}
        Node::Scalar(text) | Node::Text(text) => push(name.to_owned(), Field::Text(text)),
        Node::Object(members) => {
            for (key, value) in members {
                push_deep(&format!("{name}[{key}]"), value, push);
            }
        }
        Node::List(items) => {
            for (index, item) in items.into_iter().enumerate() {
                let name = match item {
                    Node::List(_) | Node::Object(_) => format!("{name}[{index}]"),
                    _ => format!("{name}[]"),
                };
                push_deep(&name, item, push);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pairs(value: &Value, style: Option<Style>) -> Result<String, Problem> {
        let mut pairs = Vec::new();
        fields("a", Node::of(value)?, style, &mut |name, field| {
            pairs.push(format!("{name}={}", field.into_text()));
        })?;
        Ok(pairs.join("&"))
    }

    #[test]
    fn members_in_each_style() {
        let object = json!({ "k": "v", "n": 1 });
        let deep = json!({ "k": { "l": ["x", "y"] }, "m": [{ "n": 1 }, { "n": 2 }] });
        for (value, style, expected) in [
            (json!(null), None, ""),
            (json!("x"), Some(Style::Json), "a=x"),
            (json!([1, null, "x"]), None, "a=1&a=x"),
            (json!([1, "x"]), Some(Style::Form), "a=1&a=x"),
            (json!([1, "x"]), Some(Style::Comma), "a=1,x"),
            (json!([1, "x"]), Some(Style::Space), "a=1 x"),
            (json!([1, "x"]), Some(Style::Pipe), "a=1|x"),
            (json!([1, "x"]), Some(Style::Json), "a=[1,\"x\"]"),
            (json!([1, "x"]), Some(Style::DeepObject), "a[]=1&a[]=x"),
            (json!([]), Some(Style::Comma), ""),
            (object.clone(), None, "a={\"k\":\"v\",\"n\":1}"),
            (object.clone(), Some(Style::Form), "k=v&n=1"),
            (object.clone(), Some(Style::Comma), "a=k,v,n,1"),
            (object.clone(), Some(Style::DeepObject), "a[k]=v&a[n]=1"),
            (
                json!([{ "k": null }, [true]]),
                None,
                "a={\"k\":null}&a=[true]",
            ),
            (
                deep,
                Some(Style::DeepObject),
                "a[k][l][]=x&a[k][l][]=y&a[m][0][n]=1&a[m][1][n]=2",
            ),
        ] {
            assert_eq!(
                pairs(&value, style),
                Ok(expected.to_owned()),
                "{value} {style:?}"
            );
        }
        assert_eq!(pairs(&json!([[1]]), Some(Style::Comma)), Err(TOO_DEEP));
    }
}
