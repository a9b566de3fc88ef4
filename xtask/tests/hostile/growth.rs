//! Time grows with the size of a document, and not with its square.
//!
//! Each input is so large that quadratic work takes minutes; the limit leaves room for a slow machine.

use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use xtask::load::load_text;
use xtask::names::{Taken, unique};
use xtask::pipeline::{Input, STACK_BYTES, run};

const LIMIT: Duration = Duration::from_secs(40);

/// Runs the pipeline on a document with this answer, on the stack that the program has.
fn generates(name: &str, schema: &Value) {
    let content = json!({ "application/json": { "schema": schema } });
    let get = json!({ "operationId": "a", "responses": { "200": { "description": "", "content": content } } });
    let document = json!({
        "openapi": "3.0.3", "info": { "title": "Large", "version": "1" }, "paths": { "/a": { "get": get } },
    });
    let started = Instant::now();
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
    let worker = worker.spawn(move || {
        let document = load_text(Path::new("openapi.json"), document.to_string()).unwrap();
        run(Input::from_document(document, "large")).map(|output| output.methods())
    });
    assert_eq!(worker.unwrap().join().unwrap().unwrap(), 1, "{name}");
    assert!(started.elapsed() < LIMIT, "{name}: {:?}", started.elapsed());
}

#[test]
fn an_enum_of_many_values() {
    let values: Vec<String> = (0..50_000).map(|index| format!("v{index}")).collect();
    generates("values", &json!({ "type": "string", "enum": values }));
}

#[test]
fn many_names_that_are_all_one() {
    // No letter or digit: all of them are called alike.
    let marks: Vec<char> = ".,;:-_/|~^()[]{}?".chars().collect();
    let name = |mut number: usize| {
        let mut name = String::new();
        loop {
            name.push(marks[number % marks.len()]);
            number /= marks.len();
            if number == 0 {
                return name;
            }
        }
    };
    let members: Map<String, Value> = (0..5_000)
        .map(|index| (name(index), json!({ "type": "string" })))
        .collect();
    generates(
        "members",
        &json!({ "type": "object", "properties": members }),
    );
    let started = Instant::now();
    let mut taken = Taken::default();
    let last = (0..300_000).map(|_| unique("name", &mut taken)).last();
    assert_eq!(last.unwrap(), "name300000");
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
}

#[test]
fn prose_of_backticks_of_every_length() {
    let mut prose = String::new();
    for length in 1..1_500 {
        let _ = write!(prose, "{} ", "`".repeat(length));
    }
    let started = Instant::now();
    assert!(xtask::markdown::escape(&prose).len() > prose.len());
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
}
