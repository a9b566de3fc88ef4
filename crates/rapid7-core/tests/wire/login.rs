//! Sessions: one log-in for all, and what becomes of bad ones.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rapid7_core::{Connection, Credentials, Error, LoginErrorKind, Method, Operation, Request};

use crate::server::{Seen, Server, json, reply};
use crate::{GET, LIST, call, connect_as};

const LOGIN: &str = "/v2/public/user/login";

/// Answers log-ins after a pause, so that calls pile up behind the first, and everything else at once.
async fn server(login: impl Into<Vec<u8>>) -> Server {
    let login = login.into();
    Server::with_async(move |seen: &Seen| {
        let login = (seen.target() == LOGIN).then(|| login.clone());
        Box::pin(async move {
            match login {
                Some(login) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    login
                }
                None => json(200, "{}"),
            }
        })
    })
    .await
}

fn connect(server: &Server) -> Connection {
    connect_as(&server.url, Credentials::login("ada", "pa55 wörd \n"))
}

fn logins(server: &Server) -> usize {
    server
        .seen()
        .iter()
        .filter(|seen| seen.target() == LOGIN)
        .count()
}

async fn call_16_times(connection: &Connection) -> Vec<Result<(), String>> {
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                call(&connection, Request::new(&LIST))
                    .await
                    .map(drop)
                    .map_err(|error| error.to_string())
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

#[tokio::test]
async fn concurrent_calls_log_in_once() {
    let server = server(json(
        200,
        r#"{"session_id":"t0ken","user_id":"divvyuser:2:"}"#,
    ))
    .await;
    let connection = connect(&server);
    assert!(call_16_times(&connection).await.iter().all(Result::is_ok));
    assert_eq!(logins(&server), 1);

    let seen = server.seen();
    let login: serde_json::Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(
        login,
        serde_json::json!({"username": "ada", "password": "pa55 wörd "})
    );
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].header("x-auth-token"), None);
    assert_eq!(seen.len(), 17);
    assert!(
        seen[1..]
            .iter()
            .all(|seen| seen.header("x-auth-token") == Some("t0ken"))
    );

    connection.login().await.unwrap();
    assert_eq!(logins(&server), 1);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_for_all_waiting_calls() {
    let server = server(reply(401, &[("x-request-id", "r-1")], "bad pa55")).await;
    let connection = connect(&server);
    let outcomes = call_16_times(&connection).await;
    assert!(outcomes.iter().all(|outcome| {
        outcome
            .as_ref()
            .is_err_and(|text| text.contains("the log-in was refused (status 401)"))
    }));
    assert_eq!(logins(&server), 1);
    assert_eq!(server.seen().len(), 1);

    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    assert_eq!(logins(&server), 1, "the password stays wrong");
    connection.login().await.unwrap_err();
    assert_eq!(logins(&server), 2, "the program asks for it");
    assert!(error.is_unauthorized());
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(error.request_id(), Some("r-1"));
    assert!(!format!("{error:?} {error}").contains("pa55"));
}

#[tokio::test]
async fn odd_answers_are_typed() {
    for (answer, text) in [
        (
            reply(200, &[], "<html>"),
            "not a JSON object with text in `session_id`",
        ),
        (
            reply(200, &[], ""),
            "not a JSON object with text in `session_id`",
        ),
        (
            json(200, r#" ["t0ken"]"#),
            "not a JSON object with text in `session_id`",
        ),
        (json(200, r#"{"user_id":"x"}"#), "has no `session_id`"),
        (json(200, r#"{"session_id":null}"#), "has no `session_id`"),
        (
            json(200, r#"{"session_id":7}"#),
            "not a JSON object with text in `session_id`",
        ),
        (
            json(200, r#"{"session_id":"a\nb"}"#),
            "not text that a header can hold",
        ),
        (
            json(200, r#"{"session_id":""}"#),
            "not text that a header can hold",
        ),
        (
            reply(302, &[("location", "https://sso.example/")], ""),
            "(status 302)",
        ),
        (reply(429, &[], ""), "(status 429)"),
        (reply(502, &[], ""), "(status 502)"),
    ] {
        let error = connect(&Server::always(answer).await)
            .login()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), LoginErrorKind::UnexpectedAnswer, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn an_unreachable_server_is_told_as_such() {
    let connection = connect_as("http://127.0.0.1:1", Credentials::login("ada", "pa55"));
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    let Error::Login { error: login, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(login.kind(), LoginErrorKind::Unreachable);
    assert!(error.is_connect() && !error.is_unauthorized());
    assert!(std::error::Error::source(&error).is_some());
    assert!(
        error
            .to_string()
            .contains("the log-in got no answer: could not connect"),
        "{error}"
    );
}

#[tokio::test]
async fn only_log_in_credentials_log_in() {
    let server = server(json(200, "{}")).await;
    for credentials in [
        Credentials::api_key("k"),
        Credentials::session("t"),
        Credentials::none(),
    ] {
        connect_as(&server.url, credentials).login().await.unwrap();
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_abandoned_log_in_does_not_block_the_next() {
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let asked = AtomicUsize::new(0);
    // The first log-in is never answered.
    let server = Server::with_async(move |_| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        arrived.send(()).unwrap();
        Box::pin(async move {
            if is_first {
                std::future::pending::<()>().await;
            }
            json(200, r#"{"session_id":"t"}"#)
        })
    })
    .await;
    let connection = connect(&server);
    let abandoned = connection.clone();
    let abandoned = tokio::spawn(async move { abandoned.login().await.map_err(drop) });
    arrivals.recv().await.unwrap();
    abandoned.abort();
    assert!(abandoned.await.unwrap_err().is_cancelled());
    connection.login().await.unwrap();
    assert_eq!(logins(&server), 2);
}

static LOGOUT: Operation = Operation {
    name: "logout",
    method: Method::POST,
    path: "/v2/public/user/logout",
    ..GET
};

fn logouts(server: &Server) -> Vec<Seen> {
    let mut seen = server.seen();
    seen.retain(|seen| seen.target() == LOGOUT.path);
    seen
}

#[tokio::test]
async fn logging_out_ends_the_session_and_the_next_call_logs_in_anew() {
    let server = server(json(200, r#"{"session_id":"t0ken"}"#)).await;
    let connection = connect(&server);
    connection.logout(&LOGOUT).await.unwrap();
    assert!(server.seen().is_empty(), "no session was open");

    call(&connection, Request::new(&LIST)).await.unwrap();
    connection.clone().logout(&LOGOUT).await.unwrap();
    connection.logout(&LOGOUT).await.unwrap();
    let seen = logouts(&server);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("x-auth-token"), Some("t0ken"));

    call(&connection, Request::new(&LIST)).await.unwrap();
    assert_eq!(logins(&server), 2);
}

#[tokio::test]
async fn only_sessions_are_logged_out() {
    let server = server(json(200, "{}")).await;
    for credentials in [Credentials::api_key("k"), Credentials::none()] {
        let connection = connect_as(&server.url, credentials);
        connection.logout(&LOGOUT).await.unwrap();
    }
    assert!(server.seen().is_empty());

    let connection = connect_as(&server.url, Credentials::session("t"));
    connection.logout(&LOGOUT).await.unwrap();
    assert_eq!(logouts(&server)[0].header("x-auth-token"), Some("t"));
}

#[tokio::test]
async fn a_failed_log_out_forgets_the_session_and_is_told() {
    for (status, ended) in [
        (200, true),
        (204, true),
        (401, true),
        (403, false),
        (500, false),
    ] {
        let server = Server::with(move |seen| match seen.target() {
            LOGIN => json(200, r#"{"session_id":"t0ken"}"#),
            _ => reply(status, &[], "t0ken"),
        })
        .await;
        let connection = connect(&server);
        connection.login().await.unwrap();
        let outcome = connection.logout(&LOGOUT).await;
        assert_eq!(outcome.is_ok(), ended, "{status}");
        if let Err(error) = outcome {
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.operation().name, "logout");
            assert!(!format!("{error:?} {error}").contains("t0ken"));
        }
        connection.login().await.unwrap();
        assert_eq!(logins(&server), 2, "{status}");
    }
}
