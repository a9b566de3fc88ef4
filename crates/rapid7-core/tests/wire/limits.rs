//! Time, size, redirects and compression.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use rapid7_core::{
    Connection, ConnectionBuilder, Credentials, Error, Request, RetryPolicy, TransportErrorKind,
    decode,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{Server, json, reply};
use crate::{AUTH, ApiError, LIST, call, connect};

fn builder(url: &str) -> ConnectionBuilder {
    Connection::builder(AUTH, url, Credentials::api_key("k3y")).retries(RetryPolicy::never())
}

async fn fails(connection: &Connection) -> Error<ApiError> {
    call(connection, Request::new(&LIST)).await.unwrap_err()
}

fn kind(error: &Error<ApiError>) -> TransportErrorKind {
    match error {
        Error::Transport { error, .. } => error.kind(),
        other => panic!("{other:?}"),
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn gzip_is_undone() {
    let server = Server::always(reply(200, &[("content-encoding", "gzip")], gzip(b"[1,2]"))).await;
    let answer = connect(&server.url)
        .call(
            Request::new(&LIST),
            decode::json::<Vec<u8>>,
            decode::json::<ApiError>,
        )
        .await
        .unwrap();
    assert_eq!(*answer, [1, 2]);
}

#[tokio::test]
async fn the_limit_counts_decompressed_bytes() {
    let bomb = gzip(&vec![b' '; 4 * 1024 * 1024]);
    assert!(bomb.len() < 10_000);
    let server = Server::always(reply(200, &[("content-encoding", "gzip")], bomb)).await;
    let connection = builder(&server.url)
        .max_answer_bytes(10_000)
        .build()
        .unwrap();
    let error = fails(&connection).await;
    assert_eq!(kind(&error), TransportErrorKind::TooLarge { limit: 10_000 });
    assert_eq!(error.status().unwrap(), 200);
    assert!(
        error.to_string().contains("longer than 10000 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn the_limit_is_exact() {
    let server = Server::always(reply(200, &[], "12345")).await;
    let at = |max| builder(&server.url).max_answer_bytes(max).build().unwrap();
    assert_eq!(
        call(&at(5), Request::new(&LIST)).await.unwrap().text(),
        "12345"
    );
    assert_eq!(
        kind(&fails(&at(4)).await),
        TransportErrorKind::TooLarge { limit: 4 }
    );
    let announced = Server::always(reply(200, &[("content-length", "99999999999")], "")).await;
    assert_eq!(
        kind(&fails(&connect(&announced.url)).await),
        TransportErrorKind::TooLarge {
            limit: 64 * 1024 * 1024
        }
    );
}

#[tokio::test]
async fn a_long_failure_is_cut_and_stays_a_failure() {
    let server = Server::always(reply(500, &[], vec![b'x'; 3 * 1024 * 1024])).await;
    let error = fails(&connect(&server.url)).await;
    assert_eq!(error.status().unwrap(), 500);
    assert_eq!(error.raw_body().unwrap().len(), 1024 * 1024);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::always(json(200, "{}")).await;
    let location = format!("{}/login?token=hunter2", elsewhere.url);
    let server = Server::always(reply(302, &[("location", &location)], "")).await;
    let error = fails(&connect(&server.url)).await;
    let Error::UnexpectedStatus { answer, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(answer.redirect_origin(), Some(elsewhere.url.as_str()));
    assert!(
        error
            .to_string()
            .ends_with(&format!("; it points to {}", elsewhere.url)),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
    assert!(elsewhere.seen().is_empty());

    // Not even where the program's own settings ask for it.
    let follow =
        |http: reqwest::ClientBuilder| http.redirect(reqwest::redirect::Policy::limited(5));
    let connection = builder(&server.url).configure_http(follow).build().unwrap();
    assert_eq!(fails(&connection).await.status().unwrap(), 302);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_given_client_that_follows_redirects_is_found_out() {
    let elsewhere = Server::always(json(200, "{}")).await;
    let server = Server::always(reply(307, &[("location", &elsewhere.url)], "")).await;
    let connection = builder(&server.url)
        .http_client(reqwest::Client::new())
        .build()
        .unwrap();
    let error = fails(&connection).await;
    assert_eq!(kind(&error), TransportErrorKind::Redirected);
    assert!(error.to_string().contains("Policy::none()"), "{error}");
}

#[tokio::test]
async fn silence_times_out() {
    let server = Server::with_async(|_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Vec::new()
        })
    })
    .await;
    let short = Duration::from_millis(50);
    let given = reqwest::Client::builder().build().unwrap();
    for builder in [
        builder(&server.url).read_timeout(short),
        builder(&server.url).timeout(short),
        builder(&server.url).http_client(given).timeout(short),
    ] {
        let error = fails(&builder.build().unwrap()).await;
        assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
        assert!(
            error
                .to_string()
                .ends_with("timed out while waiting for the answer"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn silence_within_an_answer_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.read_buf(&mut Vec::new()).await.unwrap();
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
            stream.write_all(head).await.unwrap();
            // Longer than the limit in all, and never as long at once.
            for byte in b"[1,2" {
                stream.write_all(&[*byte]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            open.push(stream);
        }
    });
    let connection = builder(&url).read_timeout(Duration::from_millis(400));
    let began = Instant::now();
    let error = fails(&connection.build().unwrap()).await;
    assert!(
        began.elapsed() > Duration::from_millis(800),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(kind(&error), TransportErrorKind::Timeout);
    assert_eq!(error.status().unwrap(), 200);
    let message = error.to_string();
    assert!(
        message.ends_with("timed out while reading the answer"),
        "{message}"
    );
}

#[tokio::test]
async fn a_broken_answer_keeps_the_status() {
    let server = Server::always(reply(200, &[("content-length", "10")], "123")).await;
    let error = fails(&connect(&server.url)).await;
    assert_eq!(kind(&error), TransportErrorKind::Read);
    assert_eq!(error.status().unwrap(), 200);
    assert!(
        error
            .to_string()
            .contains("broke before the answer was complete: "),
        "{error}"
    );

    let server = Server::always("").await;
    assert_eq!(
        kind(&fails(&connect(&server.url)).await),
        TransportErrorKind::Send
    );
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let error = fails(&connect("http://127.0.0.1:1")).await;
    assert!(error.is_connect() && !error.is_timeout());
    assert!(
        error
            .to_string()
            .to_lowercase()
            .contains("connection refused"),
        "{error}"
    );
}
