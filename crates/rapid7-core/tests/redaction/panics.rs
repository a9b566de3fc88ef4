//! No input makes this crate panic, and what the program's own panics say is all they say.

use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rapid7_core::{
    Body, Connection, Credentials, Flag, HeaderMap, IntegerOrText, Object, Percentage, Received,
    Request, RetryPolicy, StatusCode, Timestamp, decode,
};
use std::collections::BTreeMap;

use crate::canary::{CANARY, leak};
use crate::server::{Server, json, reply};
use crate::values::{PLACEMENTS, all_credentials};
use crate::{AUTH, CREATE, LIST, Planted, body, builder, call, with_query};

/// What panics of this process say, from the first call on.
fn panics() -> &'static Mutex<Vec<String>> {
    static PANICS: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    PANICS.get_or_init(|| {
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            panics().lock().unwrap().push(info.to_string());
            earlier(info);
        }));
        Mutex::default()
    })
}

/// Panics that began in a file of this crate.
fn own_panics() -> Vec<String> {
    let all = panics().lock().unwrap();
    let own = all.iter().filter(|text| text.contains("rapid7-core/src/"));
    own.cloned().collect()
}

#[derive(Debug, Object)]
#[allow(dead_code, reason = "only its shape matters")]
struct Everything {
    #[wire(default)]
    ids: Vec<u64>,
    seen: Option<Timestamp>,
    share: Option<Percentage>,
    size: Option<IntegerOrText>,
    is_on: Option<Flag>,
    #[wire(further)]
    further: BTreeMap<String, i8>,
}

/// Bodies that fit nothing, each with the secret in it.
fn odd_bodies() -> Vec<Vec<u8>> {
    let deep = format!("{}\"{CANARY}\"", "[".repeat(5000));
    let mut bodies: Vec<Vec<u8>> = [
        CANARY.to_owned(),
        deep,
        format!("{{\"ids\":[\"{CANARY}\"]}}"),
        format!("{{\"ids\":{{\"{CANARY}\":1}},\"{CANARY}\":1e999}}"),
        format!("{{\"seen\":\"{CANARY}\",\"size\":99999999999999999999999}}"),
        format!("{{\"{CANARY}\":\"{CANARY}\"}}"),
        format!("{{\"share\":\"{CANARY} %\",\"is_on\":[\"{CANARY}\"]}}"),
        format!("\"\\ud800{CANARY}\""),
        format!("-{CANARY}"),
    ]
    .map(Into::into)
    .into();
    bodies.push([b"\xff\xfe\"".as_slice(), CANARY.as_bytes()].concat());
    bodies
}

#[test]
fn odd_bodies_cause_no_panic() {
    panics();
    for body in odd_bodies() {
        for kind in ["application/json", "text/plain; c4nary", ""] {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", kind.parse().unwrap());
            let received = Received::new(StatusCode::OK, headers, body.clone());
            let everything = decode::json::<Everything>(&received);
            let texts = [
                format!("{everything:?}"),
                format!("{:?}", decode::json::<Planted>(&received)),
                format!("{:?}", decode::json::<u64>(&received)),
            ];
            // A scalar of the answer is shown, and a member's name; neither is a secret.
            assert_eq!(leak(&texts[1]), None);
            assert_eq!(leak(&texts[2]), None);
        }
    }
    assert_eq!(own_panics(), Vec::<String>::new());
}

#[tokio::test]
async fn odd_settings_and_headers_cause_no_panic() {
    panics();
    let extremes = [Duration::ZERO, Duration::MAX];
    let times = [
        "0",
        "99999999999999999999999",
        "-1",
        CANARY,
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    for time in times {
        let headers = [
            ("retry-after", time),
            ("ratelimit-remaining", "0"),
            ("ratelimit-reset", time),
            ("date", time),
            ("location", "http://[c4nary"),
        ];
        let end = format!(
            r#"{{"session_id":"{CANARY}","session_expiration":"{time}","session_timeout_seconds":18446744073709551615}}"#
        );
        let server = Server::with(move |seen| match seen.target() {
            crate::LOGIN => json(200, &end),
            _ => reply(
                if seen.head.starts_with("GET") {
                    429
                } else {
                    302
                },
                &headers,
                body(),
            ),
        })
        .await;
        for limit in extremes {
            let connection = builder(&server.url, Credentials::login(CANARY, CANARY))
                .connect_timeout(Duration::MAX)
                .read_timeout(Duration::MAX)
                .retries(
                    RetryPolicy::new()
                        .max_attempts(2)
                        .base_delay(limit)
                        .max_delay(limit),
                )
                .timeout(Duration::from_millis(200))
                .max_concurrency(if limit.is_zero() { 0 } else { usize::MAX })
                .max_answer_bytes(0)
                .same_origin_redirects(true)
                .build()
                .unwrap();
            for operation in [&LIST, &CREATE] {
                let request = Request::new(operation).json(&Ok(CANARY));
                _ = call(&connection, request).await;
                let endless = rapid7_core::CallOptions::new().timeout(Duration::MAX);
                _ = call(
                    &connection.with_options(endless.retries(RetryPolicy::never())),
                    Request::new(&CREATE),
                )
                .await;
            }
        }
    }
    for api_key in PLACEMENTS {
        for given in all_credentials() {
            let auth = rapid7_core::AuthScheme { api_key, ..AUTH };
            _ = Connection::builder(auth, "http://[c4nary", given.clone()).build();
            let timeless =
                Connection::builder(auth, "http://127.0.0.1:1", given).timeout(Duration::ZERO);
            if let Ok(connection) = timeless.build() {
                _ = call(&connection, Request::new(&LIST)).await;
            }
        }
    }
    assert_eq!(own_panics(), Vec::<String>::new());
}

#[tokio::test]
async fn a_panic_of_the_program_says_no_more_than_it_says_and_stops_no_other_call() {
    panics();
    let server = Server::always(reply(200, &crate::HEADERS, body())).await;
    let connection = with_query(&server.url)
        .max_concurrency(1)
        .on_call(|report| {
            assert!(
                report.end() == rapid7_core::CallEnd::Dropped,
                "the program's own metrics"
            );
        })
        .build()
        .unwrap();
    for _ in 0..2 {
        let connection = connection.clone();
        let call =
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.is_ok() });
        assert!(call.await.unwrap_err().is_panic());
    }
    assert_eq!(
        server.seen().len(),
        2,
        "the place of the first call is free again"
    );

    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let credentials = Credentials::callback(move || {
        let times = {
            let mut times = count.lock().unwrap();
            *times += 1;
            *times
        };
        async move {
            assert!(times > 1, "the program's own vault");
            Ok::<_, std::fmt::Error>(Credentials::api_key(CANARY))
        }
    });
    let connection = builder(&server.url, credentials)
        .max_concurrency(1)
        .build()
        .unwrap();
    let first = connection.clone();
    let first = tokio::spawn(async move { call(&first, Request::new(&LIST)).await.is_ok() });
    assert!(first.await.unwrap_err().is_panic());
    let answer = connection.call(Request::new(&LIST), decode::body, decode::body);
    let answer: Body = answer.await.unwrap().into_inner();
    assert!(answer.text().contains(CANARY));

    let all = panics().lock().unwrap().clone();
    let of_program = |text: &&String| text.contains("the program's own");
    assert_eq!(all.iter().filter(of_program).count(), 3);
    for text in all.iter().filter(of_program) {
        assert_eq!(leak(text), None, "a panic shows a secret");
    }
    assert_eq!(own_panics(), Vec::<String>::new());
}
