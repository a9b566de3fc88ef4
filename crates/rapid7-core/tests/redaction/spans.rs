//! Spans and events of this crate: which fields they have, and what stands in them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rapid7_core::{Connection, Credentials, Request, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

use crate::canary::{CANARY, leak};
use crate::server::{Server, json, reply};
use crate::{AUTH, LIST, LOGIN, body, call, fails, with_query};

#[derive(Debug, Default, Clone)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

#[derive(Debug, Clone)]
struct Span {
    name: &'static str,
    declared: Vec<&'static str>,
    fields: Fields,
}

/// Spans and events of this crate, in the order in which they began.
#[derive(Debug, Default)]
struct Recorded {
    spans: Vec<(Id, Span)>,
    events: Vec<Fields>,
}

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target().starts_with("rapid7_core") {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            let span = Span {
                name: metadata.name(),
                declared: metadata.fields().iter().map(|field| field.name()).collect(),
                fields,
            };
            self.0.lock().unwrap().spans.push((id.clone(), span));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        // Ids are used again once a span is closed.
        if let Some((_, span)) = recorded.spans.iter_mut().rfind(|(own, _)| own == id) {
            values.record(&mut span.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("rapid7_core") {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().unwrap().events.push(fields);
        }
    }
}

/// Runs this with a recorder of its own, and gives what that recorded.
async fn recorded(run: impl Future<Output = ()>) -> (Vec<Span>, Vec<Fields>) {
    let recorder = Recorder::default();
    let guard = tracing::subscriber::set_default(registry().with(recorder.clone()));
    run.await;
    drop(guard);
    let Recorded { spans, events } = std::mem::take(&mut *recorder.0.lock().unwrap());
    (spans.into_iter().map(|(_, span)| span).collect(), events)
}

/// Values of a span that are the same each time.
fn steady(span: &Span) -> [&str; 5] {
    ["operation", "method", "path", "attempts", "end"].map(|name| {
        let value = span.fields.0.get(name).map(String::as_str);
        value.unwrap_or_default().trim_matches('"')
    })
}

fn milliseconds(span: &Span, name: &str) -> u64 {
    span.fields.0[name].parse().unwrap()
}

/// Nothing but the known fields, and no secret in them.
fn assert_fields(spans: &[Span], events: &[Fields]) {
    for span in spans {
        assert_eq!(span.name, "call");
        let known = [
            "operation",
            "method",
            "path",
            "attempts",
            "end",
            "elapsed_ms",
            "waited_ms",
        ];
        assert_eq!(span.declared, known);
        assert_eq!(span.fields.0.len(), known.len(), "{span:?}");
        assert_eq!(leak(&format!("{span:?}")), None);
    }
    for event in events {
        let names: Vec<_> = event.0.keys().copied().collect();
        let known: &[&str] = match event.0["message"].as_str() {
            "attempt ended" => &["attempt", "elapsed_ms", "end", "message"],
            "waiting" => &["asked_by_server", "message", "wait_ms"],
            "log-in ended" => &["message", "outcome"],
            _ => panic!("{event:?}"),
        };
        assert_eq!(names, known);
        assert_eq!(leak(&format!("{event:?}")), None);
    }
}

fn messages(events: &[Fields]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event.0["message"].as_str())
        .collect()
}

/// Answers the first request with one text, and all later ones with a result.
async fn first(answer: Vec<u8>) -> Server {
    let first = Mutex::new(Some(answer));
    Server::with(move |_| {
        let first = first.lock().unwrap().take();
        first.unwrap_or_else(|| reply(200, &crate::HEADERS, body()))
    })
    .await
}

#[tokio::test]
async fn a_call_is_one_span_with_its_attempts() {
    let restarting = first(reply(503, &crate::HEADERS, CANARY)).await;
    let limited = first(reply(
        429,
        &[("retry-after", "1"), ("x-other", CANARY)],
        CANARY,
    ))
    .await;
    let quick = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let (spans, events) = recorded(async {
        for server in [&restarting, &limited] {
            let connection = with_query(&server.url).retries(quick).build().unwrap();
            call(&connection, Request::new(&LIST)).await.unwrap();
        }
        let connection = with_query("http://127.0.0.1:1").build().unwrap();
        fails(&connection, Request::new(&LIST)).await;
        fails(&connection, Request::new(&crate::WITHIN_SESSION)).await;
    })
    .await;
    assert_fields(&spans, &events);
    let list = |attempts, end| ["list_things", "GET", "/v2/things", attempts, end];
    assert_eq!(spans.len(), 4);
    assert_eq!(steady(&spans[0]), list("2", "200"));
    assert_eq!(steady(&spans[1]), list("2", "200"));
    assert_eq!(steady(&spans[2]), list("1", "Connect"));
    let refused = steady(&spans[3]);
    assert_eq!((refused[0], refused[3]), ("export_things", "0"));
    assert!(
        refused[4].starts_with("not sent: it needs a log-in session"),
        "{}",
        refused[4]
    );
    let waited = milliseconds(&spans[1], "waited_ms");
    assert!((900..5000).contains(&waited), "{waited}");
    assert!(milliseconds(&spans[1], "elapsed_ms") >= waited);
    assert_eq!(
        messages(&events),
        [
            "attempt ended",
            "waiting",
            "attempt ended",
            "attempt ended",
            "waiting",
            "attempt ended",
            "attempt ended",
            "attempt ended",
        ]
    );
    assert_eq!(events[0].0["end"], "503");
    assert_eq!(events[4].0["asked_by_server"], "true");
}

#[tokio::test]
async fn log_ins_and_dropped_calls_are_told() {
    let refusing = Server::with(|seen| match seen.target() {
        LOGIN => json(401, &format!(r#"{{"error_message":"{CANARY}"}}"#)),
        _ => json(200, "{}"),
    })
    .await;
    let accepting = Server::with(|seen| match seen.target() {
        LOGIN => json(200, &format!(r#"{{"session_id":"{CANARY}"}}"#)),
        _ => json(200, &body()),
    })
    .await;
    let silent = Server::with_async(|_| Box::pin(std::future::pending())).await;
    let (spans, events) = recorded(async {
        let login = |url: &str| {
            let credentials = Credentials::login(CANARY, CANARY);
            Connection::builder(AUTH, url, credentials).build().unwrap()
        };
        fails(&login(&refusing.url), Request::new(&LIST)).await;
        call(&login(&accepting.url), Request::new(&LIST))
            .await
            .unwrap();
        let connection = with_query(&silent.url).build().unwrap();
        let call = call(&connection, Request::new(&LIST));
        tokio::time::timeout(Duration::from_millis(50), call)
            .await
            .unwrap_err();
    })
    .await;
    assert_fields(&spans, &events);
    let ends: Vec<_> = spans
        .iter()
        .map(|span| (steady(span)[3], steady(span)[4]))
        .collect();
    assert_eq!(
        ends,
        [("0", "log-in Refused"), ("1", "200"), ("0", "dropped")]
    );
    assert_eq!(
        messages(&events),
        [
            "log-in ended",
            "attempt ended",
            "log-in ended",
            "attempt ended"
        ]
    );
    assert_eq!(events[0].0["outcome"], "\"failed\"");
    assert_eq!(events[2].0["outcome"], "\"done\"");
}
