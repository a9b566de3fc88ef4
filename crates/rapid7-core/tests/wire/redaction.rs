//! Secrets planted everywhere appear nowhere.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt::{Debug, Write};
use std::time::Duration;

use rapid7_core::{
    Answer, AuthScheme, Body, Connection, Credentials, Error, KeyPlacement, Request, RetryPolicy,
    Secret, Style, Timestamp, decode,
};
use serde::Deserialize;
use serde_json::json;

use crate::server::{Server, json as json_reply, reply};
use crate::{AUTH, CREATE, LIST, THING};

const CANARY: &str = "c4nary";

/// Text that was checked, by name, for the report at the end.
#[derive(Default)]
struct Checked(BTreeMap<&'static str, usize>);

impl Checked {
    fn debug(&mut self, name: &'static str, value: &impl Debug) {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            assert!(!text.contains(CANARY), "{name}: {text}");
            // The beginning of the canary in Base64, for Basic authentication.
            assert!(!text.contains("YzRuYXJ5"), "{name}: {text}");
        }
        *self.0.entry(name).or_default() += 1;
    }

    fn error(&mut self, name: &'static str, error: &impl StdError) {
        self.debug(name, error);
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            write!(text, " {cause} {cause:?} {cause:#?}").unwrap();
            source = cause.source();
        }
        assert!(!text.contains(CANARY), "{name}: {text}");
    }
}

/// A documented failure; its secret member has the type that generated code gives it.
#[derive(Debug, Deserialize)]
struct Failure {
    #[allow(dead_code, reason = "seen through Debug")]
    password: Secret,
}

fn body() -> String {
    format!(r#"{{"password":"{CANARY}"}}"#)
}

const PLANTED: [(&str, &str); 2] = [("set-cookie", "s=c4nary"), ("x-other", "c4nary")];

async fn fails(connection: &Connection, request: Request) -> Error<Failure> {
    let outcome = connection
        .call(request, decode::json::<u64>, decode::json::<Failure>)
        .await;
    outcome.map(Answer::into_inner).unwrap_err()
}

fn with_query(url: &str) -> Connection {
    let auth = AuthScheme {
        api_key: KeyPlacement::Query("key"),
        session: None,
        uuid_keys_of: None,
    };
    Connection::builder(auth, url, Credentials::api_key(CANARY))
        .retries(RetryPolicy::never())
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap()
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "tells what was covered")]
async fn secrets_appear_in_no_text() {
    let mut checked = Checked::default();
    values(&mut checked);
    answers(&mut checked).await;
    failures(&mut checked).await;
    transport(&mut checked).await;
    proxies(&mut checked).await;
    logins(&mut checked).await;
    builds(&mut checked);
    for (name, times) in &checked.0 {
        // Shown by `cargo test -- --nocapture`.
        println!("without the canary: {name}, {times} times");
    }
}

fn values(checked: &mut Checked) {
    checked.debug("Secret", &Secret::from(CANARY));
    for text in [CANARY, "2022-c4nary", "2022-04-05 c4nary"] {
        let error = Timestamp::from(text).to_system_time().unwrap_err();
        checked.error("TimestampError", &error);
    }
    for value in [json!(CANARY), json!([CANARY]), json!({ CANARY: CANARY })] {
        let misfit = decode::from_value::<u64>(&value).unwrap_err();
        checked.error("Misfit", &misfit);
    }
    checked.debug(
        "Body",
        &Body::from(CANARY).with_content_type(format!("text/{CANARY} x")),
    );
    for credentials in [
        Credentials::api_key(CANARY),
        Credentials::keys([("Api-Key", CANARY), ("key", CANARY)]),
        Credentials::keys([(CANARY, "Api-Key")]),
        Credentials::bearer(CANARY),
        Credentials::session(CANARY),
        Credentials::login(CANARY, CANARY),
        Credentials::basic(CANARY, CANARY),
    ] {
        checked.debug("Credentials", &credentials);
        assert!(!credentials.to_string().contains(CANARY));
        let placements = [
            KeyPlacement::Header("Api-Key"),
            KeyPlacement::Query("key"),
            KeyPlacement::Cookie("key"),
            KeyPlacement::Bearer,
            KeyPlacement::Basic,
            KeyPlacement::All(&[KeyPlacement::Header("Api-Key"), KeyPlacement::Query("key")]),
        ];
        for api_key in placements {
            let auth = AuthScheme { api_key, ..AUTH };
            let builder = Connection::builder(auth, "https://acme.example", credentials.clone());
            checked.debug("ConnectionBuilder", &builder);
            if let Ok(connection) = builder.build() {
                checked.debug("Connection", &connection);
            }
        }
    }
    let request = Request::new(&CREATE)
        .path("id", &Ok(CANARY))
        .query("q", &Ok(CANARY), Style::Form)
        .header("X-Password", &Ok(CANARY))
        .cookie("c", &Ok(CANARY))
        .json(&Ok(CANARY));
    checked.debug("Request", &request);
}

async fn answers(checked: &mut Checked) {
    let server = Server::always(reply(200, &PLANTED, body())).await;
    let connection = with_query(&server.url);
    let request = Request::new(&LIST);
    let answer = connection
        .call(request, decode::json::<Failure>, decode::body)
        .await
        .unwrap();
    assert_eq!(answer.password.expose(), CANARY);
    checked.debug("Answer", &answer);
}

async fn failures(checked: &mut Checked) {
    let planted = |status, body: &str| Server::always(reply(status, &PLANTED, body));
    let request = || Request::new(&LIST).query("q", &Ok(CANARY), Style::Form);

    let error = fails(&with_query(&planted(401, &body()).await.url), request()).await;
    assert!(matches!(error, Error::Answer { .. }));
    assert!(
        error
            .raw_body()
            .is_some_and(|body| body.windows(6).any(|text| text == b"c4nary"))
    );
    checked.error("Error::Answer", &error);

    let error = fails(&with_query(&planted(500, CANARY).await.url), request()).await;
    checked.error("Error::UnexpectedStatus", &error);

    let location = format!("https://{CANARY}:{CANARY}@sso.example/{CANARY}?{CANARY}#{CANARY}");
    let server = Server::always(reply(302, &[("location", &location)], "")).await;
    checked.error(
        "Error::UnexpectedStatus (redirect)",
        &fails(&with_query(&server.url), request()).await,
    );

    for body in [
        format!("\"{CANARY}\""),
        format!("[\"{CANARY}\"]"),
        CANARY.to_owned(),
        format!("1 {CANARY}"),
        format!("\"a, expected {CANARY} at line 1 column 1"),
        format!("{{\"{CANARY}\":"),
        format!("{{\"a\":\"{CANARY}\"}}"),
        format!("\u{feff}<html>{CANARY}"),
        format!("\"\\u{CANARY}\""),
        format!("9{CANARY}"),
    ] {
        let server = planted(200, &body).await;
        let error = fails(&with_query(&server.url), request()).await;
        assert!(error.is_decode());
        checked.error("Error::Decode", &error);
    }

    let unreachable = with_query("http://127.0.0.1:1");
    let error = fails(
        &unreachable,
        Request::new(&THING).path("id", &Ok([[CANARY]])),
    )
    .await;
    assert!(error.is_invalid_input());
    checked.error("Error::InvalidInput", &error);
    let split = Request::new(&LIST).header("X-A", &Ok(format!("{CANARY}\n")));
    checked.error(
        "Error::InvalidInput (header)",
        &fails(&unreachable, split).await,
    );
}

async fn transport(checked: &mut Checked) {
    let request = || Request::new(&LIST).query("q", &Ok(CANARY), Style::Form);
    let connect = fails(&with_query("http://127.0.0.1:1"), request()).await;
    assert!(connect.is_connect());
    checked.error("Error::Transport (connect)", &connect);

    let broken = Server::always(CANARY).await;
    checked.error(
        "Error::Transport (send)",
        &fails(&with_query(&broken.url), request()).await,
    );
    let cut = Server::always(reply(200, &[("content-length", "99")], CANARY)).await;
    checked.error(
        "Error::Transport (read)",
        &fails(&with_query(&cut.url), request()).await,
    );
    let encoding = Server::always(reply(200, &[("content-encoding", "gzip")], CANARY)).await;
    checked.error(
        "Error::Transport (gzip)",
        &fails(&with_query(&encoding.url), request()).await,
    );
    let slow = Server::with_async(|_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Vec::new()
        })
    })
    .await;
    let timeout = fails(&with_query(&slow.url), request()).await;
    assert!(timeout.is_timeout());
    checked.error("Error::Transport (timeout)", &timeout);
}

async fn proxies(checked: &mut Checked) {
    let wants_more = Server::always(reply(407, &PLANTED, CANARY)).await;
    for proxy in ["127.0.0.1:1", wants_more.url.trim_start_matches("http://")] {
        for url in ["https://ics.example", "http://ics.example"] {
            let connection = Connection::builder(AUTH, url, Credentials::api_key(CANARY))
                .retries(RetryPolicy::never())
                .allow_insecure_http(true)
                .proxy(format!("http://{CANARY}:{CANARY}@{proxy}"))
                .build()
                .unwrap();
            checked.debug("Connection (proxy)", &connection);
            let error = fails(&connection, Request::new(&LIST)).await;
            checked.error("Error (proxy)", &error);
        }
    }
    let seen = wants_more.last();
    assert!(
        seen.header("proxy-authorization").is_some(),
        "{}",
        seen.head
    );
}

async fn logins(checked: &mut Checked) {
    let connect = |url: &str| {
        Connection::builder(AUTH, url, Credentials::login(CANARY, CANARY))
            .retries(RetryPolicy::never())
            .build()
            .unwrap()
    };
    for answer in [
        reply(401, &PLANTED, CANARY),
        reply(200, &PLANTED, CANARY),
        json_reply(200, &format!(r#"{{"session_id":["{CANARY}"]}}"#)),
        json_reply(200, &format!(r#"{{"session_id":"{CANARY}\n"}}"#)),
        reply(500, &PLANTED, CANARY),
    ] {
        let server = Server::always(answer).await;
        let error = fails(&connect(&server.url), Request::new(&LIST)).await;
        assert!(matches!(error, Error::Login { .. }));
        checked.error("Error::Login", &error);
    }
    let error = connect("http://127.0.0.1:1").login().await.unwrap_err();
    checked.error("LoginError", &error);

    let server = Server::always(json_reply(200, &format!(r#"{{"session_id":"{CANARY}"}}"#))).await;
    let connection = connect(&server.url);
    connection.login().await.unwrap();
    checked.debug("Connection (logged in)", &connection);
}

fn builds(checked: &mut Checked) {
    let key = format!("{CANARY}\n{CANARY}");
    let url = format!("https://{CANARY}:{CANARY}@acme.example/{CANARY}?{CANARY}#{CANARY}");
    for (url, credentials) in [
        (url.as_str(), Credentials::none()),
        ("https://acme.example", Credentials::api_key(key.clone())),
        (
            "https://acme.example",
            Credentials::keys([("Api-Key", key)]),
        ),
        (
            "https://acme.example",
            Credentials::keys([(CANARY, CANARY)]),
        ),
        (CANARY, Credentials::none()),
        ("https://c4nary:p c4nary@ :", Credentials::none()),
        ("ftp://c4nary", Credentials::none()),
        ("http://c4nary", Credentials::none()),
    ] {
        let builder = Connection::builder(AUTH, url, credentials).retries(RetryPolicy::never());
        checked.debug("ConnectionBuilder (refused)", &builder);
        checked.error("BuildError", &builder.build().unwrap_err());
    }
    for pem in [
        CANARY.to_owned(),
        format!("-----BEGIN {CANARY}-----"),
        format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"),
        format!(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n\
             -----BEGIN PRIVATE KEY-----\n{CANARY}AA\n-----END PRIVATE KEY-----"
        ),
    ] {
        let builder = || Connection::builder(AUTH, "https://acme.example", Credentials::none());
        for builder in [
            builder().identity(&pem),
            builder().add_root_certificate(&pem),
        ] {
            checked.debug("ConnectionBuilder (PEM)", &builder);
            checked.error("BuildError (PEM)", &builder.build().unwrap_err());
        }
    }
    for proxy in ["://", "ftp://", "http:///", "http://:", "socks5://%20"] {
        let builder = Connection::builder(AUTH, "https://acme.example", Credentials::none());
        let builder = builder.proxy(format!("{proxy}{CANARY}:{CANARY}@{CANARY}:{CANARY}"));
        checked.debug("ConnectionBuilder (proxy)", &builder);
        checked.error("BuildError (proxy)", &builder.build().unwrap_err());
    }
}
