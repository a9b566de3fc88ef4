//! Logs at their most talkative: those of this crate and of the libraries below it.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rapid7_core::{
    AuthScheme, Connection, ConnectionBuilder, Credentials, KeyPlacement, Operation, Request,
    RetryPolicy, decode,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::canary::{CANARY, leak};
use crate::script::{Http2, Script};
use crate::server::{Server, reply};
use crate::{AUTH, CREATE, GET, LIST, Planted, WITHIN_SESSION};

/// What all threads log, in one text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The log of this process from the first call on.
    fn start() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            // Also takes what is logged through the crate `log`.
            tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log
        })
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Where the lines of a log come from: the first part of each target.
fn sources(log: &str) -> BTreeSet<&str> {
    let words = log.lines().flat_map(str::split_whitespace);
    words
        .filter_map(|word| word.strip_suffix(':'))
        .map(|target| target.split("::").next().unwrap_or_default())
        .collect()
}

static RESTARTING: Operation = Operation {
    path: "/v2/restarting",
    ..GET
};
static LIMITED: Operation = Operation {
    path: "/v2/limited",
    ..GET
};
static EXPIRING: Operation = Operation {
    path: "/v2/expiring",
    ..GET
};
static MOVED: Operation = Operation {
    path: "/v2/moved",
    ..GET
};
static ELSEWHERE: Operation = Operation {
    path: "/v2/elsewhere",
    ..GET
};
static DENIED: Operation = Operation {
    path: "/v2/denied",
    ..GET
};
static ODD: Operation = Operation {
    path: "/v2/odd",
    ..GET
};

/// Keys and passwords in every place, with the secret as part of each.
fn schemes() -> Vec<(KeyPlacement, Credentials)> {
    let key = || Credentials::api_key(format!("{CANARY}-k+y/="));
    let all = KeyPlacement::All(&[KeyPlacement::Header("Api-Key"), KeyPlacement::Query("key")]);
    vec![
        (KeyPlacement::Header("Api-Key"), key()),
        (KeyPlacement::Query("key"), key()),
        (KeyPlacement::Cookie("key"), key()),
        (KeyPlacement::Bearer, Credentials::bearer(CANARY)),
        (KeyPlacement::Basic, Credentials::basic("ada", CANARY)),
        (
            all,
            Credentials::keys([("Api-Key", CANARY), ("key", CANARY)]),
        ),
        (KeyPlacement::None, Credentials::login("ada", CANARY)),
        (KeyPlacement::None, Credentials::session(CANARY)),
    ]
}

/// One call of every kind with each kind of credentials; gives the number of calls that succeeded.
async fn call_all(url: &str, settings: impl Fn(ConnectionBuilder) -> ConnectionBuilder) -> usize {
    let operations = [
        &LIST,
        &CREATE,
        &WITHIN_SESSION,
        &RESTARTING,
        &LIMITED,
        &EXPIRING,
        &EXPIRING,
        &MOVED,
        &ELSEWHERE,
        &DENIED,
        &ODD,
    ];
    let quick = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let mut succeeded = 0;
    for (api_key, credentials) in schemes() {
        let auth = AuthScheme { api_key, ..AUTH };
        let builder = Connection::builder(auth, url, credentials).retries(quick);
        let builder = builder.same_origin_redirects(true);
        let connection = settings(builder).build().unwrap();
        for operation in operations {
            let mut request = Request::new(operation);
            if *operation == CREATE {
                let secrets = serde_json::json!({"password": CANARY, "keys": [CANARY]});
                request = request.json(&Ok(secrets));
            }
            let answer = connection.call(request, decode::json::<Planted>, decode::body);
            succeeded += usize::from(answer.await.is_ok());
        }
    }
    succeeded
}

fn assert_clean(log: &Log, expected: &[&str]) {
    let text = log.text();
    assert_eq!(leak(&text), None, "the log shows a secret");
    let sources = sources(&text);
    for source in expected {
        assert!(
            sources.contains(source),
            "nothing of {source} is logged: {sources:?}"
        );
    }
}

/// Of this crate's own log, without which only the libraries' remains.
const OWN: &str = if cfg!(feature = "tracing") {
    "rapid7_core"
} else {
    "reqwest"
};

#[tokio::test]
async fn calls_by_http_1_log_no_secret() {
    let log = Log::start();
    let script = Script::default();
    let server = Server::with(move |seen| {
        let sent = script.reply(seen.target());
        let headers: Vec<_> = sent
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        reply(sent.status, &headers, sent.body)
    })
    .await;
    let succeeded = call_all(&server.url, |builder| builder).await;
    assert!(succeeded > 40, "{succeeded}");
    let seen: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.head, seen.text()))
        .collect();
    assert_planted(&seen);
    assert!(
        seen.iter()
            .any(|seen| seen.contains(r#""password":"c4nary"#)),
        "in bodies"
    );
    assert_clean(log, &["hyper_util", "reqwest", OWN]);
}

#[tokio::test]
async fn calls_by_http_2_log_no_secret() {
    let log = Log::start();
    let server = Http2::start().await;
    let pem = server.authority.clone();
    let succeeded = call_all(&server.url, |builder| builder.add_root_certificate(&pem)).await;
    assert!(succeeded > 40, "{succeeded}");
    assert_planted(&server.seen());
    assert_clean(log, &["h2", "hyper_util", "reqwest", "rustls", OWN]);
}

/// Secrets were in each place where they can be, so that there was something to log.
fn assert_planted(seen: &[String]) {
    for place in [
        "api-key: c4nary",
        "?key=c4nary",
        "cookie: key=c4nary",
        "authorization: Bearer c4nary",
        "authorization: Basic",
        "x-auth-token: c4nary",
        "session_id=c4nary",
        "token=c4nary",
    ] {
        assert!(
            seen.iter().any(|seen| seen.contains(place)),
            "no secret came in {place}"
        );
    }
}

#[tokio::test]
async fn proxies_and_failures_log_no_secret() {
    let log = Log::start();
    let proxy = Server::always(reply(407, &crate::HEADERS, CANARY)).await;
    let proxy = proxy
        .url
        .replace("http://", &format!("http://{CANARY}:{CANARY}@"));
    for url in ["http://ics.example", "https://ics.example"] {
        let through = |builder: ConnectionBuilder| builder.allow_insecure_http(true).proxy(&proxy);
        assert_eq!(call_all(url, through).await, 0);
    }
    let garbage = Server::always(format!("HTTP/1.1 {CANARY} {CANARY}: {CANARY}\r\n\r\n")).await;
    for url in ["http://127.0.0.1:1", &garbage.url] {
        assert_eq!(call_all(url, |builder| builder).await, 0);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socks = listener.local_addr().unwrap();
    let socks = format!("socks5h://{CANARY}:{CANARY}@{socks}");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Asks for user name and password, and does not take them.
            let mut request = [0; 512];
            _ = stream.read(&mut request).await;
            _ = stream.write_all(&[5, 2]).await;
            _ = stream.read(&mut request).await;
            assert!(request[2..].starts_with(CANARY.as_bytes()));
            _ = stream.write_all(&[1, 1]).await;
        }
    });
    let through = |builder: ConnectionBuilder| builder.proxy(&socks);
    assert_eq!(call_all("https://ics.example", through).await, 0);
    assert_clean(log, &["hyper_util", "reqwest", OWN]);
}

#[test]
fn a_leak_into_either_kind_of_log_is_seen() {
    let log = Log::start();
    tracing::trace!(target: "own", secret = "ok", "nothing yet");
    log::trace!(target: "other", "nothing yet");
    let text = log.text();
    assert!(
        text.contains("own: nothing yet") && text.contains("other: nothing yet"),
        "{text}"
    );
    assert_eq!(
        leak("TRACE reqwest: GET /?key=c4nary"),
        Some("TRACE reqwest: GET /?key=c4nary")
    );
}
