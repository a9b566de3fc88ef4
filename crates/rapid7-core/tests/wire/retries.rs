//! Which failures are followed by another attempt, after how long, and within which time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rapid7_core::{
    CallOptions, Connection, ConnectionBuilder, Credentials, Effect, Error, Method, Operation,
    Refusal, Request, RetryPolicy, Stability, decode,
};

use crate::server::{Seen, Server, json, reply};
use crate::{AUTH, ApiError, CREATE, GET, LIST, call};

static REPLACE: Operation = Operation {
    name: "replace_thing",
    method: Method::PUT,
    effect: Effect::Idempotent,
    ..GET
};
static PROTOTYPE: Operation = Operation {
    name: "try_things",
    stability: Stability::Prototype,
    ..GET
};

/// With delays that tests can wait for.
fn builder(url: &str) -> ConnectionBuilder {
    let policy = RetryPolicy::new().base_delay(Duration::from_millis(1));
    Connection::builder(AUTH, url, Credentials::api_key("k3y")).retries(policy)
}

fn connect(url: &str) -> Connection {
    builder(url).build().unwrap()
}

/// Answers the first requests with these and all others with an empty object.
async fn failing(first: Vec<Vec<u8>>) -> Server {
    let at = AtomicUsize::new(0);
    Server::with(move |_| {
        let at = at.fetch_add(1, Ordering::SeqCst);
        first.get(at).cloned().unwrap_or_else(|| json(200, "{}"))
    })
    .await
}

async fn fails(connection: &Connection, operation: &'static Operation) -> Error<ApiError> {
    call(connection, Request::new(operation)).await.unwrap_err()
}

#[tokio::test]
async fn by_status_and_effect() {
    for (status, headers, reads, writes) in [
        (408, &[][..], 2, 1),
        (429, &[], 2, 2),
        (500, &[], 1, 1),
        (501, &[], 1, 1),
        (502, &[], 2, 1),
        (503, &[], 2, 1),
        (503, &[("retry-after", "0")], 2, 2),
        (504, &[], 2, 1),
        (400, &[], 1, 1),
        (404, &[("retry-after", "0")], 1, 1),
    ] {
        for (operation, expected) in [(&LIST, reads), (&REPLACE, reads), (&CREATE, writes)] {
            let server = failing(vec![reply(status, headers, "")]).await;
            let outcome = call(&connect(&server.url), Request::new(operation)).await;
            let name = operation.name;
            assert_eq!(server.seen().len(), expected, "{status} {headers:?} {name}");
            assert_eq!(
                outcome.is_ok(),
                expected == 2,
                "{status} {headers:?} {name}"
            );
        }
    }
}

#[tokio::test]
async fn broken_connections_by_effect() {
    let cut = reply(200, &[("content-length", "10")], "123");
    for broken in [Vec::new(), cut] {
        for (operation, expected) in [(&LIST, 2), (&REPLACE, 2), (&CREATE, 1)] {
            let server = failing(vec![broken.clone()]).await;
            let outcome = call(&connect(&server.url), Request::new(operation)).await;
            assert_eq!(server.seen().len(), expected, "{}", operation.name);
            match outcome {
                Ok(_) => assert_eq!(expected, 2),
                Err(error) => {
                    assert_eq!(expected, 1, "{error}");
                    assert!(
                        error.is_outcome_unknown() && error.is_retryable(),
                        "{error}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_did_not_come_about_leaves_no_doubt() {
    // A port that nobody listens on.
    let connection = connect("http://127.0.0.1:1");
    for operation in [&LIST, &CREATE] {
        let error = fails(&connection, operation).await;
        assert_eq!(error.effort().attempts(), 4);
        assert!(error.is_connect() && error.is_retryable());
        assert!(!error.is_outcome_unknown());
        assert!(
            error.to_string().contains("(after 4 attempts in "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_result_of_another_shape_leaves_doubt_and_is_not_asked_for_again() {
    for (operation, is_unknown) in [(&LIST, false), (&CREATE, true), (&REPLACE, true)] {
        let server = Server::always(reply(200, &[], "<html>Sign in</html>")).await;
        let connection = connect(&server.url);
        let answer = connection.call(
            Request::new(operation),
            decode::json::<ApiError>,
            decode::json::<ApiError>,
        );
        let error = answer.await.unwrap_err();
        assert!(error.is_decode() && !error.is_retryable(), "{error}");
        assert_eq!(error.is_outcome_unknown(), is_unknown, "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn writes_are_repeated_where_the_program_says_so() {
    let server = failing(vec![reply(502, &[], "")]).await;
    let connection = connect(&server.url);
    let careless = connection.with_options(CallOptions::new().replay_writes(true));
    call(&careless, Request::new(&CREATE)).await.unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn attempts_end() {
    let server = Server::always(reply(503, &[("x-request-id", "r-9")], "")).await;
    let connection = connect(&server.url);
    let error = fails(&connection, &LIST).await;
    assert_eq!(server.seen().len(), 4);
    assert_eq!(error.effort().attempts(), 4);
    assert!(error.is_retryable() && !error.is_rate_limited());
    let text = error.to_string();
    assert!(
        text.contains("status 503") && text.contains("(after 4 attempts in "),
        "{text}"
    );
    assert!(text.ends_with("(request id r-9)"), "{text}");

    let once = connection.with_options(CallOptions::new().retries(RetryPolicy::never()));
    let error = fails(&once, &LIST).await;
    assert_eq!(error.effort().attempts(), 1);
    assert_eq!(server.seen().len(), 5);
    assert!(!error.to_string().contains("attempts"), "{error}");
}

#[tokio::test]
async fn a_body_is_sent_again_whole() {
    let server = failing(vec![reply(503, &[("retry-after", "0")], "")]).await;
    let body = serde_json::json!({"name": "a", "list": [1, 2, 3]});
    let request = Request::new(&CREATE)
        .query("q", &Ok("x y"), rapid7_core::Style::Form)
        .json(&Ok(&body));
    call(&connect(&server.url), request).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].head, seen[1].head);
    assert_eq!(seen[0].body, seen[1].body);
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&seen[1].body).unwrap(),
        body
    );
}

#[tokio::test]
async fn a_wait_longer_than_the_call_may_take_is_not_begun() {
    for headers in [
        &[("retry-after", "5000")][..],
        &[("X-RateLimit-Reset", "5000")],
        &[("RateLimit", "limit=9, remaining=0, reset=5000")],
    ] {
        let server = Server::always(reply(429, headers, "")).await;
        let started = Instant::now();
        let connection = connect(&server.url);
        let error = fails(&connection, &LIST).await;
        assert!(started.elapsed() < Duration::from_secs(2));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(5000)));
        assert!(error.is_rate_limited() && error.is_retryable());
        assert_eq!(error.effort().attempts(), 1);
        let text = error.to_string();
        assert!(text.contains("the server asks to wait 5000 s"), "{text}");
        // A wait that no call makes is imposed on none.
        fails(&connection, &LIST).await;
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_date_in_the_past_is_no_wait_and_nonsense_is_the_default() {
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    let slow = RetryPolicy::new().base_delay(Duration::from_secs(3600));
    for text in [past, "0"] {
        let server = failing(vec![reply(429, &[("retry-after", text)], "")]).await;
        let connection = builder(&server.url).retries(slow.max_delay(Duration::from_secs(3600)));
        let started = Instant::now();
        call(&connection.build().unwrap(), Request::new(&LIST))
            .await
            .unwrap();
        assert!(started.elapsed() < Duration::from_secs(2), "{text}");
    }
    for text in ["soon", "-1", ""] {
        let server = failing(vec![reply(429, &[("retry-after", text)], "")]).await;
        let outcome = call(&connect(&server.url), Request::new(&LIST)).await;
        assert!(outcome.is_ok(), "{text}");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn waits_that_the_server_asks_for_are_no_attempts() {
    let limited = reply(429, &[("retry-after", "1")], "");
    let server = failing(vec![limited; 3]).await;
    let policy = RetryPolicy::new().max_attempts(2);
    let connection = builder(&server.url).retries(policy).build().unwrap();
    let answer = connection.call(
        Request::new(&LIST),
        rapid7_core::decode::body,
        rapid7_core::decode::body,
    );
    let effort = answer.await.unwrap().effort();
    assert_eq!(effort.attempts(), 4);
    assert!(effort.waited() >= Duration::from_secs(3), "{effort:?}");
    assert!(effort.elapsed() >= effort.waited());
}

#[tokio::test]
async fn what_one_call_learns_all_wait_for() {
    let limited = reply(429, &[("retry-after", "2")], "");
    let server = failing(vec![limited]).await;
    let connection = connect(&server.url);
    let first = tokio::spawn({
        let connection = connection.clone();
        async move { call(&connection, Request::new(&LIST)).await.map(drop) }
    });
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    let others: Vec<_> = (0..8)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.map(drop) })
        })
        .collect();
    // One that cannot wait so long is told how long it would take.
    let hasty = connection.with_options(CallOptions::new().timeout(Duration::from_millis(200)));
    let error = fails(&hasty, &LIST).await;
    assert!(matches!(
        error,
        Error::Refused {
            reason: Refusal::RateLimited { .. },
            ..
        }
    ));
    assert!(error.is_rate_limited() && error.retry_after() > Some(Duration::from_secs(1)));
    assert_eq!(error.effort().attempts(), 0);
    assert_eq!(server.seen().len(), 1);
    for other in others {
        other.await.unwrap().unwrap();
    }
    first.await.unwrap().unwrap();
    assert!(started.elapsed() > Duration::from_millis(1500));
    assert_eq!(server.seen().len(), 10);
}

#[tokio::test]
async fn a_used_up_limit_is_waited_for_before_it_is_exceeded() {
    let headers = [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1")];
    let server = failing(vec![reply(200, &headers, "{}")]).await;
    let connection = connect(&server.url);
    call(&connection, Request::new(&LIST)).await.unwrap();
    let started = Instant::now();
    call(&connection, Request::new(&LIST)).await.unwrap();
    assert!(started.elapsed() > Duration::from_millis(900));
}

#[tokio::test]
async fn all_attempts_are_within_the_time_of_the_call() {
    let silent = Server::with_async(|_: &Seen| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Vec::new()
        })
    })
    .await;
    let connection = builder(&silent.url)
        .read_timeout(Duration::from_millis(200))
        .timeout(Duration::from_millis(700))
        .retries(
            RetryPolicy::new()
                .max_attempts(100)
                .base_delay(Duration::ZERO),
        )
        .build()
        .unwrap();
    let started = Instant::now();
    let error = fails(&connection, &LIST).await;
    // All hundred attempts would take 20 s.
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    assert!((2..=4).contains(&error.effort().attempts()), "{error}");
}

#[tokio::test]
async fn only_so_many_calls_are_under_way() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (in_server, seen_most) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::with_async(move |_: &Seen| {
        let (now, most) = (Arc::clone(&in_server), Arc::clone(&seen_most));
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            json(200, "{}")
        })
    })
    .await;
    let connection = builder(&server.url).max_concurrency(3).build().unwrap();
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(server.seen().len(), 30);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_sent() {
    let server = Server::always(json(200, "{}")).await;
    let careful = builder(&server.url)
        .read_only(true)
        .deny_prototype(true)
        .build()
        .unwrap();
    for (operation, expected) in [
        (&CREATE, Refusal::ReadOnly),
        (&REPLACE, Refusal::ReadOnly),
        (&PROTOTYPE, Refusal::Prototype),
    ] {
        let error = fails(&careful, operation).await;
        assert!(
            matches!(error, Error::Refused { reason, .. } if reason == expected),
            "{error:?}"
        );
        assert!(!error.is_retryable() && !error.is_outcome_unknown());
        assert!(error.to_string().contains("(true)"), "{error}");
    }
    assert!(server.seen().is_empty());
    call(&careful, Request::new(&LIST)).await.unwrap();
    assert_eq!(server.seen().len(), 1);
}
