//! The whole pipeline against progenitor alone, and how it grows with a document.
//!
//! ```text
//! cargo bench -p xtask --bench pipeline [-- FOLDER]
//! ```
//!
//! Both sides go from the text of a document in memory to formatted Rust in memory, in turns. Of the documents of a
//! folder only those count that progenitor alone can do; a made-up one is always among them.

use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use xtask::load;
use xtask::pipeline::{Input, run};

/// Both sides take turns this often; the median counts.
const ROUNDS: usize = 7;

/// Sizes that the growth is measured between, in operations.
const GROWTH: [u32; 2] = [300, 1200];

fn main() -> io::Result<()> {
    // `cargo bench` passes `--bench`.
    let folder = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"));
    let work = move || compare(folder.as_deref()).and_then(|()| growth());
    let worker = std::thread::Builder::new()
        .stack_size(512 << 20)
        .spawn(work)?;
    worker
        .join()
        .map_err(|_| io::Error::other("the measurement panicked"))?
}

fn compare(folder: Option<&str>) -> io::Result<()> {
    let mut documents = vec![(
        "made-up, 300 operations".to_owned(),
        made_up(300).to_string(),
    )];
    if let Some(folder) = folder {
        documents.extend(read(Path::new(folder))?);
    }
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = io::stdout().lock();
    let mut totals = [Duration::ZERO; 2];
    let mut compared = 0;
    for (name, text) in &documents {
        if alone(text).is_none() || ours(text).is_none() {
            continue;
        }
        compared += 1;
        let [ours, alone] = medians(|| ours(text).is_some(), || alone(text).is_some());
        totals[0] += ours;
        totals[1] += alone;
        writeln!(out, "{name}: {}", ratio(ours, alone))?;
    }
    writeln!(
        out,
        "total of {compared} documents that both can do, of {}: {}",
        documents.len(),
        ratio(totals[0], totals[1])
    )
}

fn growth() -> io::Result<()> {
    let [small, large] = GROWTH.map(|operations| made_up(operations).to_string());
    let [small, large] = medians(|| ours(&small).is_some(), || ours(&large).is_some());
    let [from, to] = GROWTH;
    let grown = large.as_secs_f64() / small.as_secs_f64() * f64::from(from) / f64::from(to);
    writeln!(
        io::stdout().lock(),
        "growth: {from} operations {small:.2?}, {to} operations {large:.2?}: {grown:.2} of linear"
    )
}

fn ratio(ours: Duration, alone: Duration) -> String {
    let ratio = ours.as_secs_f64() / alone.as_secs_f64();
    format!("pipeline {ours:.1?}, progenitor alone {alone:.1?}, ratio {ratio:.2}")
}

/// The median time of each, run in turns.
fn medians(mut first: impl FnMut() -> bool, mut second: impl FnMut() -> bool) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::hint::black_box(first());
        times[0].push(started.elapsed());
        let started = Instant::now();
        std::hint::black_box(second());
        times[1].push(started.elapsed());
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}

/// All JSON documents below a folder.
fn read(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = std::fs::read_to_string(&path)?;
            documents.push((path.display().to_string(), text));
        }
    }
    documents.sort();
    Ok(documents)
}

/// The number of bytes that the pipeline writes.
fn ours(text: &str) -> Option<usize> {
    let document = load::load_text(Path::new("openapi.json"), text.to_owned()).ok()?;
    let output = run(Input::from_document(document, "measured")).ok()?;
    Some(output.files.0.values().map(String::len).sum())
}

/// The number of bytes that progenitor writes, with the same formatter.
fn alone(text: &str) -> Option<usize> {
    catch_unwind(AssertUnwindSafe(|| {
        let document: OpenAPI = serde_json::from_str(text).ok()?;
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder);
        let tokens = Generator::new(&settings).generate_tokens(&document).ok()?;
        Some(prettyplease::unparse(&syn::parse2(tokens).ok()?).len())
    }))
    .ok()
    .flatten()
}

/// A document of ordinary operations: a list, one item, a change, each with types of its own.
fn made_up(operations: u32) -> Value {
    let mut paths = serde_json::Map::new();
    let mut schemas = serde_json::Map::new();
    for index in 0..operations.div_ceil(3) {
        let name = name_of(index);
        let of = |id: &str| format!("{id}_{index}");
        let item = json!({ "$ref": format!("#/components/schemas/{name}") });
        let body =
            |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
        let answer = |schema: &Value| {
            let mut answer = body(schema);
            answer["description"] = "It.".into();
            json!({ "200": answer })
        };
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } });
        let tag = format!("tag {}", index % 20);
        paths.insert(
            format!("/things{index}"),
            json!({ "get": {
                "operationId": of("list"), "tags": [tag],
                "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer" } }],
                "responses": answer(&json!({ "type": "array", "items": item })),
            } }),
        );
        paths.insert(
            format!("/things{index}/{{id}}"),
            json!({
                "get": { "operationId": of("get"), "tags": [tag], "parameters": [id], "responses": answer(&item) },
                "put": {
                    "operationId": of("put"), "tags": [tag], "parameters": [id],
                    "requestBody": body(&item), "responses": answer(&item),
                },
            }),
        );
        schemas.insert(name, thing(index));
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Made up", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn name_of(index: u32) -> String {
    let mut name = "Thing".to_owned();
    let _ = write!(name, "{index}");
    name
}

fn thing(index: u32) -> Value {
    let mut members = serde_json::Map::new();
    for member in 0..8 {
        let schema = match member % 4 {
            0 => json!({ "type": "string", "description": "Some text." }),
            1 => json!({ "type": "integer" }),
            2 => json!({ "type": "array", "items": { "type": "string" } }),
            _ => json!({ "type": "string", "enum": ["on", "off", format!("state{index}")] }),
        };
        members.insert(format!("member_{member}"), schema);
    }
    json!({ "type": "object", "required": ["member_0"], "properties": members })
}
