//! Bodies that take much more memory than their length.

use std::collections::BTreeMap;
use std::future::Future;

use insightcloudsec_v2::types::{BadgeFilter, CloudList, ResourceItem};
use rapid7_core::{Body, Connection, Decode, Error, IntegerOrText, Object, Request, decode};
use serde_json::Value;

use crate::LIST;

/// A body, and how a program reads it.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    start: &'static str,
    /// `#` is the number of the element.
    element: &'static str,
    end: &'static str,
    pub(crate) call: Call,
}

type Call = fn(&Connection) -> Result<(), Error<Body>>;

impl Shape {
    const fn list(name: &'static str, element: &'static str, call: Call) -> Self {
        Self {
            name,
            start: "[",
            element,
            end: "]",
            call,
        }
    }

    /// A text of nearly this length.
    pub(crate) fn text(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        text.push_str(self.start);
        let mut number = 0_u64;
        // As much room as an element may take, and the end.
        while text.len() < length - 100 {
            if number > 0 {
                text.push(',');
            }
            match self.element.split_once('#') {
                Some((before, after)) => {
                    text.extend([before, &format!("{number:x}"), after]);
                }
                None => text.push_str(self.element),
            }
            number += 1;
        }
        text.push_str(self.end);
        text
    }
}

/// Reads a body as this type. The value is dropped after the peak is over.
fn call<T: serde::de::DeserializeOwned + Send + 'static>(
    connection: &Connection,
) -> Result<(), Error<Body>> {
    let answer: Decode<T> = decode::json;
    let call = connection.call(Request::new(&LIST), answer, decode::body);
    block_on(call).map(drop)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// A body that the program itself reads.
fn read_later(connection: &Connection) -> Result<(), Error<Body>> {
    let answer = connection.call(Request::new(&LIST), decode::body, decode::body);
    let body = block_on(answer)?.into_inner();
    let misfit = body.json::<Value>().unwrap_err().to_string();
    assert!(misfit.contains("bytes of memory"), "{misfit}");
    // The same error as that of the others.
    call::<Value>(connection)
}

#[derive(Object, Default)]
#[allow(dead_code, reason = "only its size matters")]
struct Node {
    a: Option<Box<Node>>,
    b: Option<String>,
    numbers: Option<[i64; 24]>,
}

#[derive(Object)]
#[allow(dead_code, reason = "only its size matters")]
struct Kept {
    #[wire(further)]
    members: serde_json::Map<String, Value>,
}

pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "structs",
        start: r#"{"clouds":["#,
        element: "{}",
        end: "]}",
        call: call::<CloudList>,
    },
    Shape::list(
        "boxed structs",
        r#"{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}"#,
        call::<Vec<Node>>,
    ),
    Shape::list("short members", r#"{"b":"x"}"#, call::<Vec<Node>>),
    Shape::list(
        "small maps",
        r#"{"":0}"#,
        call::<Vec<BTreeMap<String, i64>>>,
    ),
    Shape {
        name: "one map",
        start: "{",
        element: r##""#":"""##,
        end: "}",
        call: call::<BTreeMap<String, String>>,
    },
    Shape::list("lists of lists", "[]", call::<Vec<Vec<i64>>>),
    Shape::list("lists of an element", "[0]", call::<Vec<Vec<i64>>>),
    Shape::list("values: lists", "[]", call::<Value>),
    Shape::list("values: objects", r#"{"":0}"#, call::<Value>),
    Shape::list("values: numbers", "0", call::<Value>),
    Shape::list("values: read by the program", r#"{"":[]}"#, read_later),
    Shape::list("further members", r##"{"#":0}"##, call::<Vec<Kept>>),
    Shape::list("unions", r#"{"key":""}"#, call::<Vec<BadgeFilter>>),
    Shape::list("unions: lists", "[{}]", call::<Vec<BadgeFilter>>),
    Shape::list(
        "keyed by a member",
        r#"{"resource_type":"instance","instance":{}}"#,
        call::<Vec<ResourceItem>>,
    ),
    Shape::list("texts", r#""x""#, call::<Vec<String>>),
    Shape::list("escapes", r#""\n""#, call::<Vec<String>>),
    Shape::list("escapes: values", r#""\u0000""#, call::<Value>),
    Shape::list("numbers", "0", call::<Vec<i64>>),
    Shape::list("identifiers", r#""""#, call::<Vec<IntegerOrText>>),
];
