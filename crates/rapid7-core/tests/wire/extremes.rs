//! Numbers and dates beyond all reason, from servers and from programs.

use std::time::Duration;

use rapid7_core::{CallOptions, Connection, Credentials, Request, RetryPolicy};

use crate::server::{Server, json, reply};
use crate::{AUTH, LIST, call};

/// Texts where a number or a date belongs.
const TIMES: [&str; 16] = [
    "99999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "1e999",
    "-1",
    "-99999999999999999999",
    "0.00000000000000000001",
    "9999999999999999999999999999999999999999.9",
    "inf",
    "NaN",
    "0x7fffffffffffffff",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Sun, 06 Nov 0000 08:49:37 GMT",
    "1700000000000000000000",
    "",
];

fn connect(url: &str, credentials: Credentials) -> Connection {
    Connection::builder(AUTH, url, credentials)
        .timeout(Duration::from_millis(300))
        .retries(
            RetryPolicy::new()
                .max_attempts(2)
                .base_delay(Duration::from_millis(1)),
        )
        .build()
        .unwrap()
}

#[tokio::test]
async fn waits_and_dates_of_servers_saturate() {
    for time in TIMES {
        let combined = format!("limit=1, remaining=0, reset={time}");
        for (status, headers) in [
            (429, &[("retry-after", time)][..]),
            (429, &[("ratelimit", &combined)]),
            (503, &[("retry-after", time), ("date", time), ("age", time)]),
            (
                200,
                &[("ratelimit-remaining", "0"), ("x-ratelimit-reset", time)],
            ),
        ] {
            let server = Server::always(reply(status, headers, "{}")).await;
            let connection = connect(&server.url, Credentials::api_key("k3y"));
            for _ in 0..2 {
                if let Err(error) = call(&connection, Request::new(&LIST)).await {
                    let line = error.to_string();
                    assert!(line.len() < 1000, "{time}: {line}");
                    assert!(
                        !line.contains("wait 0 s") || status == 503 || is_no_wait(time),
                        "{time}: {line}"
                    );
                    assert!(format!("{error:?}").len() < 1000);
                }
            }
        }
    }
}

/// Those that are no wait at all. By the date of the answer itself, which has status 503, any may be.
fn is_no_wait(time: &str) -> bool {
    time.contains("1970") || time.contains("0000 08") || time.starts_with("0.0")
}

#[tokio::test]
async fn a_wait_that_overflows_is_told() {
    let server = Server::always(reply(429, &[("retry-after", TIMES[0])], "{}")).await;
    let connection = connect(&server.url, Credentials::api_key("k3y"));
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::MAX));
    let expected = format!("the server asks to wait {} s", u64::MAX);
    assert!(error.to_string().contains(&expected), "{error}");
}

#[tokio::test]
async fn ends_of_sessions_saturate() {
    for end in TIMES {
        for seconds in ["18446744073709551615", "1e300"] {
            let session = format!(
                r#"{{"session_id":"s","session_expiration":"{end}","session_timeout_seconds":{seconds}}}"#
            );
            let server = Server::with(move |seen| match seen.target() {
                "/v2/public/user/login" => json(200, &session),
                _ => json(200, "{}"),
            })
            .await;
            let connection = connect(&server.url, Credentials::login("ada", "pa55word"));
            call(&connection, Request::new(&LIST)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn times_of_programs_saturate() {
    let server = Server::always(reply(503, &[], "{}")).await;
    for time in [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 2),
        Duration::ZERO,
    ] {
        let policy = RetryPolicy::new()
            .max_attempts(2)
            .base_delay(time)
            .max_delay(time);
        let builder = Connection::builder(AUTH, &server.url, Credentials::api_key("k3y"))
            .connect_timeout(Duration::MAX)
            .read_timeout(Duration::MAX)
            .retries(policy)
            .timeout(Duration::from_millis(100));
        let connection = builder.build().unwrap();
        call(&connection, Request::new(&LIST)).await.unwrap_err();
        let endless = CallOptions::new()
            .timeout(Duration::MAX)
            .retries(RetryPolicy::never());
        let error = call(&connection.with_options(endless), Request::new(&LIST)).await;
        assert_eq!(error.unwrap_err().status().unwrap(), 503);
    }
}
