//! A server that sends back what it was sent, in every place and encoding: nothing of this crate shows it.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use rapid7_core::paging::{PageShape, Pages};
use rapid7_core::{
    AuthScheme, Body, Connection, Credentials, Decode, Error, KeyPlacement, Operation, Paging,
    Request, RetryPolicy, decode,
};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

use crate::canary::leak;
use crate::server::Server;
use crate::{AUTH, GET, LOGIN};

/// Characters that encodings write in other ways, with the canary at the beginning.
const SECRET: &str = "c4nary/k+y\"<%41>=";

/// Of the pairs of a place and an encoding, each so manieth is tried: all with `ECHO_STEP=1`.
fn step() -> usize {
    let given = std::env::var("ECHO_STEP").ok();
    given.and_then(|step| step.parse().ok()).unwrap_or(6)
}

/// Those of a list that are tried with the encoding of this number.
fn some<T>(all: Vec<T>, number: usize) -> Vec<T> {
    let step = step();
    all.into_iter().skip(number % step).step_by(step).collect()
}

/// A failure that shows all of itself, as generated ones do.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Shown {
    error_message: serde_json::Value,
}

/// A result that few bodies fit.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Row {
    id: u64,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, u64>,
}

static LIST: Operation = Operation {
    paging: Some(Paging::CursorQuery {
        cursor: Some("cursor"),
        limit: None,
        items: Some("rows"),
        next: Some("next"),
        total: None,
    }),
    ..GET
};

/// One that hosts, names of headers and types can hold.
const PLAIN: &str = "c4nary-0123-abcdef";

/// The secret where only some characters may stand.
fn token(echo: &str, secret: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if echo.chars().all(is_plain) {
        return echo.to_lowercase();
    }
    hexadecimal(secret.as_bytes())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// The secret as servers repeat it.
fn encodings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let each = |write: fn(&u8) -> String| bytes.iter().map(write).collect::<String>();
    let json = serde_json::to_string(secret).unwrap();
    let mut all = vec![
        secret.to_owned(),
        secret.to_uppercase(),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("%{byte:02X}")),
        secret.replace('/', "%2F").replace('+', "%2b"),
        json.trim_matches('"').to_owned(),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("%5Cu{byte:04X}")),
        hexadecimal(bytes),
    ];
    for before in ["", "a", "ab", "ada:"] {
        let text = format!("{before}{secret}");
        all.push(BASE64_STANDARD.encode(&text));
        all.push(BASE64_URL_SAFE_NO_PAD.encode(&text));
    }
    all
}

/// Answers of HTTP/1 with the text in one place each, and one with it in all of them.
fn answers(echo: &str, secret: &str) -> Vec<Vec<u8>> {
    let key = echo.replace('\\', "\\\\").replace('"', "\\\"");
    let token = token(echo, secret);
    let headers = [
        format!("x-request-id: {echo}"),
        format!("r7-correlation-id: {echo}"),
        format!("set-cookie: {echo}={echo}; Path={echo}"),
        format!("content-type: text/{token}; charset={echo}"),
        format!("content-type: {token}/json"),
        format!("{token}: {echo}"),
        format!("{echo}: {echo}"),
        format!("www-authenticate: Basic realm=\"{echo}\""),
        format!("retry-after: {echo}"),
        format!("ratelimit: {echo};r=0;t={echo}"),
        format!("date: {echo}"),
        format!("content-encoding: {echo}"),
        format!("content-length: {echo}"),
        format!("transfer-encoding: {echo}"),
        format!("location: https://{echo}/"),
        format!("location: https://{token}.example/{echo}?{echo}#{echo}"),
        format!("location: https://{echo}:{echo}@{token}:8443/"),
        format!("location: {echo}"),
    ];
    let mut bodies = vec![
        format!("<html>{echo}</html>"),
        echo.to_owned(),
        format!("\"{key}\""),
        format!("{{\"error_message\":\"{key}\"}}"),
        format!("{{\"error_message\":{{\"{key}\":[\"{key}\"]}}}}"),
        format!("{{\"{key}\":1,\"id\":\"{key}\"}}"),
        format!("{{\"id\":1,\"tags\":{{\"{key}\":\"{key}\"}}}}"),
        format!("{{\"id\":1,\"tags\":{{\"{}{key}\":[]}}}}", "x".repeat(59)),
        format!("{{\"id\":1,\"tags\":{{\"{key}"),
        format!("{{\"id\":1,\"tags\":{{\"a\":[{{\"{key}\":{{\"{key}\":"),
        format!("{{\"id\":1,\"tags\":{{\"{echo}\":\"x\"}}}}"),
        format!("{{\"rows\":[],\"next\":\"{key}\"}}"),
    ];
    bodies.push("{}".to_owned());
    let mut all = Vec::new();
    for status in [200, 302, 400, 401, 429, 503] {
        let reason = if status == 400 { echo } else { "X" };
        let close = "connection: close";
        for header in &headers {
            all.push(format!(
                "HTTP/1.1 {status} {reason}\r\n{close}\r\n{header}\r\n\r\n{{}}"
            ));
        }
        for body in &bodies {
            all.push(format!(
                "HTTP/1.1 {status} {reason}\r\n{close}\r\n\r\n{body}"
            ));
            let len = body.len();
            all.push(format!(
                "HTTP/1.1 {status} X\r\n{close}\r\ntransfer-encoding: chunked\r\ntrailer: {token}\r\n\r\n\
                 {len:x};{token}=\"{token}\"\r\n{body}\r\n0\r\n{token}: {echo}\r\nx-request-id: {echo}\r\n\r\n"
            ));
        }
        let valid = headers.iter().filter(|header| {
            !["content-", "transfer-", &format!("{echo}:")]
                .iter()
                .any(|start| header.starts_with(*start))
        });
        let valid = valid.cloned().collect::<Vec<_>>().join("\r\n");
        all.push(format!(
            "HTTP/1.1 {status} {echo}\r\n{close}\r\n{valid}\r\n\r\n{}",
            bodies[3]
        ));
    }
    all.push(format!("{echo} 200 OK\r\n\r\n"));
    all.push(format!("HTTP/1.1 {echo}\r\n\r\n"));
    all.push(format!(
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n{echo}\r\n{echo}"
    ));
    all.into_iter().map(String::into_bytes).collect()
}

/// What this crate said, and how much it was.
#[derive(Default)]
struct Said {
    texts: usize,
    errors: usize,
}

impl Said {
    fn text(&mut self, text: &str) {
        self.texts += 1;
        assert_eq!(leak(text), None, "an echo is shown");
    }

    fn value(&mut self, value: &impl Debug) {
        self.text(&format!("{value:?}"));
        self.text(&format!("{value:#?}"));
        assert!(format!("{value:?}").chars().count() <= 2000);
    }

    fn error(&mut self, error: &impl StdError) {
        self.errors += 1;
        self.value(error);
        let line = error.to_string();
        assert!(
            line.chars().count() <= 1000 && line.lines().count() == 1,
            "{line}"
        );
        self.text(&line);
        let mut next = error.source();
        while let Some(source) = next {
            self.text(&format!("{source} {source:?} {source:#?}"));
            next = source.source();
        }
    }

    fn call_error<E>(&mut self, error: &Error<E>) {
        self.error(error);
        self.text(error.request_id().unwrap_or_default());
        match error {
            Error::Answer { answer, .. } => {
                self.value(answer);
                self.text(&answer.to_string());
            }
            Error::UnexpectedStatus { answer, .. } => {
                self.value(answer);
                self.value(answer.received());
                self.text(answer.redirect_origin().unwrap_or_default());
            }
            Error::Decode { error, .. } => {
                self.value(error);
                self.value(error.misfit());
                self.text(error.misfit().path());
                self.text(error.misfit().message());
            }
            Error::Transport { error, .. } => self.error(&**error),
            Error::Login { error, .. } => self.error(&**error),
            _ => {}
        }
    }
}

/// Calls in every way that reads an answer differently.
async fn call_all(said: &mut Said, connection: &Connection) {
    let typed: Decode<Shown> = decode::json;
    let row = connection.call(Request::new(&LIST), decode::json::<Row>, typed);
    if let Err(error) = row.await {
        said.call_error(&error);
    }
    let body = connection
        .call(Request::new(&LIST), decode::body, decode::body)
        .await;
    match body {
        Err(error) => said.call_error(&error),
        Ok(answer) => {
            said.value(&answer);
            said.text(answer.request_id().unwrap_or_default());
            if let Err(misfit) = answer.json::<Row>() {
                said.error(&misfit);
            }
        }
    }
}

async fn page_all(said: &mut Said, connection: &Connection) {
    let shape = PageShape::UNTYPED;
    let typed: Decode<Shown> = decode::json;
    let request = Request::new(&LIST);
    let mut pages: Pages<Body, _, _> = Pages::new(connection, request, decode::body, typed, shape);
    for _ in 0..3 {
        match pages.next().await {
            None => break,
            Some(Ok(page)) => {
                said.value(&page);
                said.value(&pages.checkpoint());
            }
            Some(Err(error)) => {
                said.error(&error);
                break;
            }
        }
    }
}

#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<(String, String)>>>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Logged {
    fn add(&self, target: &str, text: Text) {
        self.0.lock().unwrap().push((target.to_owned(), text.0));
    }
}

impl<S: Subscriber> Layer<S> for Logged {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = Text(attributes.metadata().name().to_owned());
        attributes.record(&mut text);
        self.add(attributes.metadata().target(), text);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        self.add("rapid7_core", text);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.add(event.metadata().target(), text);
    }
}

/// Crates whose log repeats what a server sent, as `lib.rs` says.
const TALKATIVE: [&str; 1] = ["h2"];

/// Runs this with a log of everything: of this crate, it shows no secret, and neither does that of crates unknown.
async fn logged(run: impl Future<Output = ()>) {
    let log = Logged::default();
    let guard = tracing::subscriber::set_default(registry().with(log.clone()));
    run.await;
    drop(guard);
    let lines = std::mem::take(&mut *log.0.lock().unwrap());
    assert!(
        lines
            .iter()
            .any(|(target, _)| target.starts_with("rapid7_core"))
    );
    let mut talkative = BTreeSet::new();
    for (target, text) in &lines {
        if leak(text).is_some() {
            talkative.insert(target.split("::").next().unwrap_or_default());
        }
    }
    assert!(
        talkative.iter().all(|one| TALKATIVE.contains(one)),
        "{talkative:?}"
    );
}

fn connect(scheme: AuthScheme, url: &str, credentials: Credentials) -> Connection {
    Connection::builder(scheme, url, credentials)
        .retries(RetryPolicy::never())
        .timeout(Duration::from_secs(5))
        .on_call(|report| assert_eq!(leak(&format!("{report:?} {}", report.end())), None))
        .build()
        .unwrap()
}

/// A server that gives these answers one after the other, and new sessions to who logs in.
async fn in_turn(answers: Vec<Vec<u8>>) -> Server {
    let turn = Mutex::new((0, 0));
    Server::with(move |seen| {
        let mut turn = turn.lock().unwrap();
        if seen.target() == LOGIN {
            turn.1 += 1;
            return session(turn.1);
        }
        turn.0 += 1;
        // Each is given for the calls of one round.
        answers[turn.0 / 2 % answers.len()].clone()
    })
    .await
}

fn session(number: usize) -> Vec<u8> {
    let token = format!("{}-{number}", SECRET.replace(['"', '%', '<', '>'], "_"));
    crate::server::json(200, &format!(r#"{{"session_id":"{token}"}}"#))
}

#[tokio::test]
async fn an_http_1_server_that_echoes_the_key_is_not_repeated() {
    let mut said = Said::default();
    logged(async {
        for (number, echo) in encodings(SECRET).into_iter().enumerate() {
            let answers = some(answers(&echo, SECRET), number);
            let rounds = answers.len();
            let server = in_turn(answers).await;
            let connection = connect(AUTH, &server.url, Credentials::api_key(SECRET));
            for _ in 0..rounds {
                call_all(&mut said, &connection).await;
            }
        }
    })
    .await;
    assert!(said.errors * step() > 2000, "{}", said.errors);
}

#[tokio::test]
async fn nor_is_one_that_echoes_passwords_tokens_or_ended_sessions() {
    let mut said = Said::default();
    let key = |api_key| AuthScheme { api_key, ..AUTH };
    let first = SECRET.replace(['"', '%', '<', '>'], "_") + "-1";
    for (scheme, credentials, secret) in [
        (
            key(KeyPlacement::Query("key")),
            Credentials::api_key(SECRET),
            SECRET,
        ),
        (
            key(KeyPlacement::Cookie("key")),
            Credentials::api_key(SECRET),
            SECRET,
        ),
        (
            key(KeyPlacement::Bearer),
            Credentials::bearer(SECRET),
            SECRET,
        ),
        (
            key(KeyPlacement::Basic),
            Credentials::basic("ada", SECRET),
            SECRET,
        ),
        (
            key(KeyPlacement::Basic),
            Credentials::api_key(format!("ada:{SECRET}")),
            SECRET,
        ),
        (AUTH, Credentials::session(SECRET), SECRET),
        (AUTH, Credentials::session(PLAIN), PLAIN),
        (AUTH, Credentials::login("ada", SECRET), SECRET),
        (AUTH, Credentials::login("ada", SECRET), &first),
        (AUTH, given(), SECRET),
    ] {
        for number in [0, 3, 9, 16] {
            let echo = encodings(secret).swap_remove(number);
            let answers = some(answers(&echo, secret), number);
            let rounds = answers.len();
            let server = in_turn(answers).await;
            let connection = connect(scheme, &server.url, credentials.clone());
            // The first session has served, and ends with the first 401.
            for _ in 0..rounds {
                call_all(&mut said, &connection).await;
            }
            page_all(&mut said, &connection).await;
        }
    }
    assert!(said.errors * step() > 1000, "{}", said.errors);
}

fn given() -> Credentials {
    Credentials::callback(|| async { Ok::<_, Infallible>(Credentials::api_key(SECRET)) })
}

#[tokio::test]
async fn nor_is_one_that_refuses_a_log_in_or_leads_lists_in_a_circle() {
    let mut said = Said::default();
    for (number, echo) in encodings(SECRET).into_iter().enumerate() {
        let is_of_log_in = |answer: &Vec<u8>| !answer.starts_with(b"HTTP/1.1 3");
        let mut answers = some(answers(&echo, SECRET), number);
        answers.retain(is_of_log_in);
        let rounds = answers.len();
        let answers = Mutex::new(answers.into_iter().cycle());
        let server = Server::with(move |_| answers.lock().unwrap().next().unwrap()).await;
        let connection = connect(AUTH, &server.url, Credentials::login("ada", SECRET));
        for _ in 0..rounds {
            let error = connection.login().await.unwrap_err();
            said.error(&error);
            said.text(error.request_id().unwrap_or_default());
        }
        let key = serde_json::to_string(&echo).unwrap();
        let page = format!("{{\"rows\":[1],\"next\":{key}}}");
        let server = Server::always(crate::server::json(200, &page)).await;
        let connection = connect(AUTH, &server.url, Credentials::api_key(SECRET));
        page_all(&mut said, &connection).await;
    }
    assert!(said.errors * step() > 500, "{}", said.errors);
}

/// How a server of HTTP/2 sends the text back.
#[derive(Debug, Clone, Copy)]
enum Way {
    Answer(u16),
    /// With the end of the connection, before or within the answer.
    GoAway {
        code: u8,
        within: bool,
    },
}

async fn http_2(echo: String, way: Way) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let echo = echo.clone();
            tokio::spawn(async move {
                match way {
                    Way::Answer(status) => answer(stream, &echo, status).await,
                    Way::GoAway { code, within } => go_away(stream, &echo, code, within).await,
                }
            });
        }
    });
    url
}

async fn answer(stream: TcpStream, echo: &str, status: u16) -> Option<()> {
    let mut connection = h2::server::handshake(stream).await.ok()?;
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        let token = token(echo, SECRET);
        let head = http::Response::builder()
            .status(status)
            .header(&token, echo)
            .header("x-request-id", echo)
            .header("location", format!("https://{token}/{echo}"))
            .header("content-type", format!("text/{token}"))
            .header("set-cookie", echo);
        let mut stream = respond.send_response(head.body(()).ok()?, false).ok()?;
        let body = format!(
            "{{\"id\":1,\"tags\":{{{}:[]}}}}",
            serde_json::to_string(echo).ok()?
        );
        stream.send_data(Bytes::from(body), false).ok()?;
        let mut trailers = http::HeaderMap::new();
        trailers.insert("x-request-id", echo.parse().ok()?);
        stream.send_trailers(trailers).ok()?;
    }
    Some(())
}

/// A frame of HTTP/2 on a stream.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = len[1..].to_vec();
    frame.extend([kind, flags, 0, 0, 0, stream]);
    frame.extend(payload);
    frame
}

async fn go_away(mut stream: TcpStream, echo: &str, code: u8, within: bool) -> Option<()> {
    stream.write_all(&frame(4, 0, 0, &[])).await.ok()?;
    let mut request = [0; 4096];
    // The preface, settings and the head of the request, in however many pieces.
    let mut got = 0;
    while got < 100 {
        got += stream.read(&mut request).await.ok()?;
    }
    if within {
        // `:status: 200` of the static table, and the beginning of a body.
        stream.write_all(&frame(1, 4, 1, &[0x88])).await.ok()?;
        stream.write_all(&frame(0, 0, 1, b"{\"id\":")).await.ok()?;
    }
    let mut payload = vec![0, 0, 0, 1, 0, 0, 0, code];
    payload.extend(echo.as_bytes());
    stream.write_all(&frame(7, 0, 0, &payload)).await.ok()?;
    tokio::time::sleep(Duration::from_millis(5)).await;
    Some(())
}

#[tokio::test]
async fn nor_is_one_that_echoes_by_http_2() {
    let mut said = Said::default();
    let ways = [200, 302, 400, 500].map(Way::Answer).into_iter();
    let ends = [(0, false), (2, false), (11, false), (0, true), (2, true)];
    let ways = ways.chain(ends.map(|(code, within)| Way::GoAway { code, within }));
    logged(async {
        for (number, way) in ways.enumerate() {
            for echo in some(encodings(SECRET), number) {
                let url = http_2(echo, way).await;
                let connection = Connection::builder(AUTH, &url, Credentials::api_key(SECRET))
                    .retries(RetryPolicy::never())
                    .timeout(Duration::from_secs(5))
                    .configure_http(reqwest::ClientBuilder::http2_prior_knowledge)
                    .build()
                    .unwrap();
                call_all(&mut said, &connection).await;
            }
        }
    })
    .await;
    assert!(said.errors * step() > 100, "{}", said.errors);
}
