//! What is shown of calls that were answered, or were not.

use std::error::Error as StdError;
use std::time::Duration;

use rapid7_core::{
    Body, Credentials, Error, LoginErrorKind, Operation, Request, Style, TransportErrorKind, decode,
};
use tokio::time::sleep;

use crate::canary::{CANARY, Checked, show};
use crate::pki::{Authority, serve};
use crate::server::{Server, json, reply};
use crate::{HEADERS, LIST, Planted, body, builder, call, fails, with_query};

static THING: Operation = Operation {
    path: "/v2/things/{id}/parts",
    ..crate::GET
};

/// Answers, and errors of every kind that a server can cause.
pub(crate) async fn show_failures(checked: &mut Checked) {
    answers(checked).await;
    statuses(checked).await;
    misfits(checked).await;
    inputs(checked).await;
    unanswered(checked).await;
    tls_and_redirects(checked).await;
    proxies(checked).await;
    logins(checked).await;
    callbacks(checked).await;
}

fn request() -> Request {
    Request::new(&LIST).query("q", &Ok(CANARY), Style::Form)
}

/// The error of a call to a server with this answer, by a connection that has its key in the query.
async fn fails_with(answer: Vec<u8>) -> Error<Planted> {
    let server = Server::always(answer).await;
    let error = fails(&with_query(&server.url).build().unwrap(), request()).await;
    let sent = server.last();
    assert!(sent.target().contains("key=c4nary"), "{}", sent.target());
    error
}

/// Shows an error, and what is in it.
fn show_error(checked: &mut Checked, error: &Error<Planted>) {
    show!(checked, *error);
    match error {
        Error::Answer { answer, .. } => show!(checked, **answer),
        Error::UnexpectedStatus { answer, .. } => {
            show!(checked, **answer);
            show!(checked, *answer.received());
        }
        Error::Decode { error, .. } => {
            show!(checked, **error);
            show!(checked, *error.misfit());
        }
        Error::Transport { error, .. } => {
            show!(checked, **error);
            show!(checked, error.kind());
        }
        Error::Login { error, .. } => {
            show!(checked, **error);
            show!(checked, error.kind());
        }
        Error::Refused { reason, .. } => show!(checked, *reason),
        _ => {}
    }
    show!(checked, error.effort());
}

async fn answers(checked: &mut Checked) {
    let server = Server::always(reply(200, &HEADERS, body())).await;
    let connection = with_query(&server.url).build().unwrap();
    let answer = call(&connection, request()).await.unwrap();
    assert_eq!(answer.password.expose(), CANARY);
    show!(checked, answer);
    let answer = connection
        .call(request(), decode::body, decode::json::<Planted>)
        .await
        .unwrap();
    assert!(answer.text().contains(CANARY));
    show!(checked, answer);
    let body: Body = answer.into_inner();
    show!(checked, body);
}

async fn statuses(checked: &mut Checked) {
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        let mut headers = HEADERS.to_vec();
        headers.push(("retry-after", "7"));
        let error = fails_with(reply(status, &headers, body())).await;
        assert!(matches!(error, Error::Answer { .. }), "{error:?}");
        assert_eq!(error.answer().unwrap().password.expose(), CANARY);
        show_error(checked, &error);
        let error = fails_with(reply(status, &headers, CANARY)).await;
        assert!(matches!(error, Error::UnexpectedStatus { .. }), "{error:?}");
        assert_eq!(error.raw_body().unwrap(), CANARY);
        show_error(checked, &error);
    }
    let location = format!("https://{CANARY}:{CANARY}@sso.example/{CANARY}?{CANARY}#{CANARY}");
    for status in [301, 302, 303, 307, 308] {
        show_error(
            checked,
            &fails_with(reply(status, &[("location", &location)], "")).await,
        );
    }
    for message in ["error_message", "message", "messages"] {
        let error = fails_with(json(400, &format!(r#"{{"{message}":"{CANARY}"}}"#))).await;
        assert_eq!(error.server_message().as_deref(), Some(CANARY));
        show_error(checked, &error);
    }
}

async fn misfits(checked: &mut Checked) {
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
        let server = Server::always(reply(200, &HEADERS, &body)).await;
        let connection = with_query(&server.url).build().unwrap();
        let number = connection.call(request(), decode::json::<u64>, decode::json::<Planted>);
        let error = number.await.unwrap_err();
        assert!(error.is_decode(), "{body}: {error:?}");
        show_error(checked, &error);
    }
    for misfit in [format!("[\"{CANARY}\"]"), format!("{{\"{CANARY}\":1}}")] {
        let body = format!("{{\"password\":{misfit}}}");
        let error = fails_with(reply(200, &HEADERS, &body)).await;
        assert!(error.is_decode(), "{body}: {error:?}");
        show_error(checked, &error);
    }
    let kind = format!("text/{CANARY} {CANARY}; {CANARY}");
    show_error(
        checked,
        &fails_with(reply(200, &[("content-type", &kind)], CANARY)).await,
    );
}

async fn inputs(checked: &mut Checked) {
    let connection = with_query("http://127.0.0.1:1").build().unwrap();
    for request in [
        Request::new(&THING).path("id", &Ok([[CANARY]])),
        Request::new(&LIST).header("X-A", &Ok(format!("{CANARY}\n"))),
        Request::new(&LIST).cookie("a", &Ok([[CANARY]])),
    ] {
        let error = fails(&connection, request).await;
        assert!(error.is_invalid_input(), "{error:?}");
        show_error(checked, &error);
    }
}

/// Shows an error of a transport, after a look at its kind.
fn show_transport(checked: &mut Checked, error: &Error<Planted>, expected: TransportErrorKind) {
    match error {
        Error::Transport { error, .. } => assert_eq!(error.kind(), expected, "{error:?}"),
        other => panic!("{other:?}"),
    }
    show_error(checked, error);
}

async fn unanswered(checked: &mut Checked) {
    let refused = with_query("http://127.0.0.1:1").build().unwrap();
    let error = fails(&refused, request()).await;
    show_transport(checked, &error, TransportErrorKind::Connect);

    let garbage = fails_with(CANARY.into()).await;
    show_transport(checked, &garbage, TransportErrorKind::Malformed);
    let nothing = fails_with(Vec::new()).await;
    show_transport(checked, &nothing, TransportErrorKind::Send);
    for header in [
        format!("{CANARY} {CANARY}"),
        format!("content-length: {CANARY}"),
    ] {
        let head = format!("HTTP/1.1 200 {CANARY}\r\n{header}\r\n\r\n");
        show_transport(
            checked,
            &fails_with(head.into()).await,
            TransportErrorKind::Malformed,
        );
    }
    for header in [
        ("content-length", "99"),
        ("content-encoding", "gzip"),
        ("transfer-encoding", "chunked"),
    ] {
        let error = fails_with(reply(200, &[header], CANARY)).await;
        show_transport(checked, &error, TransportErrorKind::Read);
    }

    let silent = Server::with_async(|_| {
        Box::pin(async {
            sleep(Duration::from_secs(60)).await;
            Vec::new()
        })
    })
    .await;
    let impatient = with_query(&silent.url).timeout(Duration::from_millis(200));
    let error = fails(&impatient.build().unwrap(), request()).await;
    show_transport(checked, &error, TransportErrorKind::Timeout);

    let long = Server::always(reply(200, &HEADERS, CANARY)).await;
    let strict = with_query(&long.url).max_answer_bytes(3).build().unwrap();
    let error = fails(&strict, request()).await;
    show_transport(checked, &error, TransportErrorKind::TooLarge { limit: 3 });

    let list = format!("[{{\"{CANARY}\": \"{CANARY}\"}}]");
    let server = Server::always(json(200, &list)).await;
    let small = builder(&server.url, Credentials::api_key(CANARY)).max_decoded_bytes(9);
    let error = fails(&small.build().unwrap(), request()).await;
    show_transport(
        checked,
        &error,
        TransportErrorKind::TooMuchMemory { limit: 9 },
    );
}

async fn tls_and_redirects(checked: &mut Checked) {
    let unknown = Authority::new("unknown");
    let port = serve(&unknown.issue("localhost"), None).await;
    let untrusting = with_query(&format!("https://localhost:{port}"))
        .build()
        .unwrap();
    let error = fails(&untrusting, request()).await;
    show_transport(checked, &error, TransportErrorKind::Tls);

    let server = Server::with(|seen| {
        if seen.target().starts_with("/v2") {
            return reply(302, &[("location", "/elsewhere?key=c4nary")], CANARY);
        }
        reply(200, &HEADERS, body())
    })
    .await;
    let following = with_query(&server.url).http_client(reqwest::Client::new());
    let error = fails(&following.build().unwrap(), request()).await;
    show_transport(checked, &error, TransportErrorKind::Redirected);
}

async fn proxies(checked: &mut Checked) {
    let wants_more = Server::always(reply(407, &HEADERS, CANARY)).await;
    for proxy in ["127.0.0.1:1", wants_more.url.trim_start_matches("http://")] {
        for url in ["https://ics.example", "http://ics.example"] {
            let connection = builder(url, Credentials::api_key(CANARY))
                .allow_insecure_http(true)
                .proxy(format!("http://{CANARY}:{CANARY}@{proxy}"))
                .build()
                .unwrap();
            show!(checked, connection);
            show_error(checked, &fails(&connection, Request::new(&LIST)).await);
        }
    }
    let seen = wants_more.seen();
    assert_eq!(seen.len(), 2);
    assert!(
        seen.iter()
            .all(|seen| seen.header("proxy-authorization").is_some())
    );
}

async fn logins(checked: &mut Checked) {
    use LoginErrorKind::{Locked, Refused, SecondFactor, UnexpectedAnswer};
    let says = |words: &str| format!(r#"{{"error_message":"{words} {CANARY}"}}"#);
    for (answer, kind) in [
        (reply(401, &HEADERS, CANARY), Refused),
        (json(403, &says("no")), Refused),
        (json(423, &says("no")), Locked),
        (json(401, &says("MFA required for")), SecondFactor),
        (reply(200, &HEADERS, CANARY), UnexpectedAnswer),
        (
            json(200, &format!(r#"{{"session_id":["{CANARY}"]}}"#)),
            UnexpectedAnswer,
        ),
        (
            json(200, &format!(r#"{{"session_id":"{CANARY}\n"}}"#)),
            UnexpectedAnswer,
        ),
        (
            json(200, &format!(r#"{{"{CANARY}":"{CANARY}"}}"#)),
            UnexpectedAnswer,
        ),
        (reply(500, &HEADERS, CANARY), UnexpectedAnswer),
    ] {
        let server = Server::always(answer).await;
        let connection = builder(&server.url, Credentials::login(CANARY, CANARY))
            .build()
            .unwrap();
        let error = fails(&connection, Request::new(&LIST)).await;
        assert!(
            server.last().text().contains(CANARY),
            "the password is sent"
        );
        match &error {
            Error::Login { error, .. } => assert_eq!(error.kind(), kind, "{error}"),
            other => panic!("{other:?}"),
        }
        show_error(checked, &error);
    }
    for url in ["http://127.0.0.1:1", &Server::always(CANARY).await.url] {
        let connection = builder(url, Credentials::login(CANARY, CANARY))
            .build()
            .unwrap();
        let error = connection.login().await.unwrap_err();
        assert_eq!(error.kind(), LoginErrorKind::Unreachable);
        show!(checked, error);
        show!(checked, error.kind());
    }
    let token = format!(r#"{{"session_id":"{CANARY}"}}"#);
    let server = Server::always(json(200, &token)).await;
    let connection = builder(&server.url, Credentials::login(CANARY, CANARY))
        .build()
        .unwrap();
    connection.login().await.unwrap();
    show!(checked, connection);
}

/// The error of a callback is the program's own, and only its source.
async fn callbacks(checked: &mut Checked) {
    let vault = || async { Err::<Credentials, _>(std::io::Error::other(CANARY)) };
    let url = "http://127.0.0.1:1";
    let connection = builder(url, Credentials::callback(vault)).build().unwrap();
    let error = connection.login().await.unwrap_err();
    assert_eq!(error.kind(), LoginErrorKind::NoCredentials);
    assert_eq!(error.source().unwrap().to_string(), CANARY);
    checked.without_sources(&error);
    show!(checked, error.kind());
    let error = fails(&connection, Request::new(&LIST)).await;
    assert_eq!(error.source().unwrap().to_string(), CANARY);
    checked.without_sources(&error);

    for given in [format!("{CANARY}\n{CANARY}"), String::new()] {
        let given = Credentials::callback(move || {
            let key = given.clone();
            async { Ok::<_, std::fmt::Error>(Credentials::api_key(key)) }
        });
        let connection = builder(url, given).build().unwrap();
        show_error(checked, &fails(&connection, Request::new(&LIST)).await);
    }
}
