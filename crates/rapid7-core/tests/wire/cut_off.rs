//! Answers that end too early, in either version of HTTP, and what is no answer at all.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use h2::server::{self, SendResponse};
use h2::{Reason, SendStream};
use rapid7_core::{
    Body, Connection, Credentials, Error, Method, Operation, Request, RetryPolicy,
    TransportErrorKind,
};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Server, json, reply};
use crate::{AUTH, ApiError, CREATE, GET, LIST, call};

static HEAD: Operation = Operation {
    method: Method::HEAD,
    ..GET
};

/// How a server of HTTP/2 ends an answer that announces ten bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// As it should.
    Whole,
    /// By a reset of the stream that says that nothing is wrong.
    Reset(Reason),
    /// By the end of the connection, likewise.
    GoAway,
    /// By the end of the stream.
    Short,
    /// Without a body, as answers to HEAD.
    Bodiless(u16),
}

const GZIP: bool = true;
const PLAIN: bool = false;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A server that ends the first answer in this way and all others as it should; and how many requests it has seen.
async fn server(end: End, is_gzip: bool, status: u16) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, end, is_gzip, status, Arc::clone(&counter)));
        }
    });
    (url, seen)
}

async fn serve(stream: TcpStream, end: End, is_gzip: bool, status: u16, seen: Arc<AtomicUsize>) {
    let mut connection = server::handshake(stream).await.unwrap();
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        let is_first = seen.fetch_add(1, Ordering::SeqCst) == 0;
        let (status, end) = if is_first {
            (status, end)
        } else {
            (200, End::Whole)
        };
        let text = b"0123456789";
        let body = if is_gzip { gzip(text) } else { text.to_vec() };
        let sent = begin(&mut respond, status, end, is_gzip, &body);
        let Some(mut stream) = sent else { continue };
        if end == End::Whole {
            stream.send_data(body.into(), true).unwrap();
            continue;
        }
        let half = body[..body.len() / 2].to_vec();
        stream.send_data(half.into(), end == End::Short).unwrap();
        // What was sent has to be on its way before the end overtakes it.
        let drive = std::future::poll_fn(|context| connection.poll_closed(context));
        _ = tokio::time::timeout(Duration::from_millis(10), drive).await;
        match end {
            End::Reset(reason) => stream.send_reset(reason),
            End::GoAway => {
                connection.abrupt_shutdown(Reason::NO_ERROR);
                _ = std::future::poll_fn(|context| connection.poll_closed(context)).await;
                return;
            }
            _ => {}
        }
    }
}

fn begin(
    respond: &mut SendResponse<bytes::Bytes>,
    status: u16,
    end: End,
    is_gzip: bool,
    body: &[u8],
) -> Option<SendStream<bytes::Bytes>> {
    let is_bodiless = matches!(end, End::Bodiless(_));
    let mut head = http::Response::builder()
        .status(status)
        .header("content-length", body.len());
    if is_gzip {
        head = head.header("content-encoding", "gzip");
    }
    let sent = respond.send_response(head.body(()).unwrap(), is_bodiless);
    sent.ok().filter(|_| !is_bodiless)
}

fn connect(url: &str, policy: RetryPolicy) -> Connection {
    Connection::builder(AUTH, url, Credentials::api_key("k3y"))
        .retries(policy.base_delay(Duration::from_millis(1)))
        .timeout(Duration::from_secs(10))
        .configure_http(reqwest::ClientBuilder::http2_prior_knowledge)
        .build()
        .unwrap()
}

fn kind(error: &Error<ApiError>) -> TransportErrorKind {
    match error {
        Error::Transport { error, .. } => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_http_2_answer_that_is_cut_off_is_an_error_and_repeated_as_such() {
    for end in [
        End::Reset(Reason::NO_ERROR),
        End::Reset(Reason::CANCEL),
        End::GoAway,
        End::Short,
    ] {
        for is_gzip in [PLAIN, GZIP] {
            for status in [200, 500] {
                let (url, seen) = server(end, is_gzip, status).await;
                let once = connect(&url, RetryPolicy::never());
                let error = call(&once, Request::new(&CREATE)).await.unwrap_err();
                assert_eq!(kind(&error), TransportErrorKind::Read, "{end:?}: {error}");
                assert_eq!(error.status().unwrap(), status);
                assert!(error.is_outcome_unknown() && error.is_retryable());
                assert_eq!(seen.load(Ordering::SeqCst), 1);

                let (url, seen) = server(end, is_gzip, status).await;
                let again = connect(&url, RetryPolicy::new());
                let answer = call(&again, Request::new(&LIST)).await;
                assert_eq!(answer.unwrap().text(), "0123456789", "{end:?}");
                assert_eq!(seen.load(Ordering::SeqCst), 2, "{end:?}");

                let (url, seen) = server(end, is_gzip, status).await;
                let again = connect(&url, RetryPolicy::new());
                call(&again, Request::new(&CREATE)).await.unwrap_err();
                assert_eq!(seen.load(Ordering::SeqCst), 1, "a write");
            }
        }
    }
}

#[tokio::test]
async fn the_length_of_what_has_no_body_is_not_waited_for() {
    for (operation, status) in [(&HEAD, 200), (&LIST, 204), (&LIST, 304)] {
        for is_gzip in [PLAIN, GZIP] {
            let (url, seen) = server(End::Bodiless(status), is_gzip, status).await;
            let answer = call(&connect(&url, RetryPolicy::new()), Request::new(operation)).await;
            let status = match answer {
                Ok(body) => {
                    assert!(body.is_empty());
                    status
                }
                Err(error) => error.status().unwrap().as_u16(),
            };
            assert_ne!(status, 0);
            assert_eq!(seen.load(Ordering::SeqCst), 1, "{status}");
        }
    }
    let head = reply(
        200,
        &[("content-length", "99"), ("content-encoding", "gzip")],
        "",
    );
    let server = Server::always(head).await;
    let answer: Body = call(&crate::connect(&server.url), Request::new(&HEAD))
        .await
        .unwrap();
    assert!(answer.is_empty());
}

#[tokio::test]
async fn an_http_1_answer_that_is_cut_off_is_an_error() {
    let packed = gzip(b"0123456789");
    let half = &packed[..packed.len() / 2];
    let length = packed.len().to_string();
    let long = [packed.as_slice(), b"more"].concat();
    let mut wrong = packed.clone();
    let checksum = wrong.len() - 6;
    wrong[checksum] ^= 1;
    let gzip_of = |body: &[u8], length: Option<&str>| {
        let mut headers = vec![("content-encoding", "gzip")];
        headers.extend(length.map(|length| ("content-length", length)));
        reply(200, &headers, body)
    };
    for answer in [
        reply(200, &[("content-length", "10")], "12345"),
        reply(200, &[("transfer-encoding", "chunked")], "5\r\n12345\r\n"),
        gzip_of(half, Some(&length)),
        gzip_of(half, None),
        gzip_of(&packed[..packed.len() - 1], None),
        gzip_of(&packed[..5], None),
        gzip_of(&long, None),
        gzip_of(&wrong, None),
    ] {
        let server = Server::always(answer).await;
        let connection = crate::connect(&server.url);
        let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
        assert_eq!(kind(&error), TransportErrorKind::Read, "{error}");
    }
}

#[tokio::test]
async fn gzip_has_several_names() {
    let packed = gzip(b"[1]");
    for name in ["gzip", "GZIP", "x-gzip", "X-Gzip", " gzip , identity"] {
        for status in [200, 500] {
            let server =
                Server::always(reply(status, &[("content-encoding", name)], &packed)).await;
            let answer = call(&crate::connect(&server.url), Request::new(&LIST)).await;
            let body = match &answer {
                Ok(body) => body.bytes(),
                Err(error) => error.raw_body().unwrap(),
            };
            assert_eq!(body, "[1]", "{name}");
            assert_eq!(server.last().header("accept-encoding"), Some("gzip"));
        }
    }
    let twice = [gzip(b"[1"), gzip(b",2]")].concat();
    let server = Server::always(reply(200, &[("content-encoding", "gzip")], twice)).await;
    let answer = call(&crate::connect(&server.url), Request::new(&LIST)).await;
    assert_eq!(answer.unwrap().text(), "[1,2]");
}

#[tokio::test]
async fn a_call_is_not_repeated_after_what_is_no_answer() {
    for head in [
        "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{46}",
    ] {
        for operation in [&LIST, &CREATE] {
            let at = AtomicUsize::new(0);
            let server = Server::with(move |_| match at.fetch_add(1, Ordering::SeqCst) {
                0 => head.into(),
                _ => json(200, "{}"),
            })
            .await;
            let connection = Connection::builder(AUTH, &server.url, Credentials::api_key("k3y"));
            let connection = connection.build().unwrap();
            let error = call(&connection, Request::new(operation))
                .await
                .unwrap_err();
            assert_eq!(
                kind(&error),
                TransportErrorKind::Malformed,
                "{head}: {error}"
            );
            assert_eq!(server.seen().len(), 1, "{head}");
            assert!(!error.is_retryable());
            assert_eq!(error.is_outcome_unknown(), *operation == CREATE);
        }
    }
}

#[tokio::test]
async fn not_modified_is_told_as_such() {
    let server = Server::always(reply(304, &[("location", "https://acme.example")], "")).await;
    let error = call(&crate::connect(&server.url), Request::new(&LIST))
        .await
        .unwrap_err();
    let line = error.to_string();
    assert!(
        line.contains("has not changed") && !line.contains("redirect"),
        "{line}"
    );
    assert!(!line.contains("acme.example"), "{line}");
}
