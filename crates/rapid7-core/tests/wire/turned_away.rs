//! Requests that a server of HTTP/2 says it did not look at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use h2::{Reason, server};
use rapid7_core::{Connection, Credentials, Request, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{AUTH, CREATE, LIST, call};

/// How the first request is turned away.
#[derive(Debug, Clone, Copy)]
enum Way {
    RefusesTheStream,
    ClosesInOrder,
    /// Tells nothing of whether it was processed.
    Fails,
}

/// A server that turns the first request away, and the number of requests it has seen.
async fn server(way: Way) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    tokio::spawn(async move {
        if matches!(way, Way::ClosesInOrder) {
            let (stream, _) = listener.accept().await.unwrap();
            close_in_order(stream).await;
            counter.fetch_add(1, Ordering::SeqCst);
        }
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, way, Arc::clone(&counter)));
        }
    });
    (url, seen)
}

async fn serve(stream: TcpStream, way: Way, seen: Arc<AtomicUsize>) {
    let mut connection = server::handshake(stream).await.unwrap();
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        if seen.fetch_add(1, Ordering::SeqCst) > 0 {
            let head = http::Response::builder().status(200).body(()).unwrap();
            let mut body = respond.send_response(head, false).unwrap();
            body.send_data("{}".into(), true).unwrap();
            continue;
        }
        match way {
            Way::RefusesTheStream => respond.send_reset(Reason::REFUSED_STREAM),
            Way::Fails => respond.send_reset(Reason::INTERNAL_ERROR),
            Way::ClosesInOrder => unreachable!("the first one went to a connection of its own"),
        }
    }
}

/// Takes the first request, and says that the last one looked at was none.
async fn close_in_order(mut stream: TcpStream) {
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const GO_AWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const HEADERS: u8 = 1;
    stream.write_all(&SETTINGS).await.unwrap();
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.unwrap();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length.try_into().unwrap()];
        stream.read_exact(&mut payload).await.unwrap();
        if head[3] == HEADERS {
            break;
        }
    }
    stream.write_all(&GO_AWAY).await.unwrap();
    // The client closes the connection.
    _ = stream.read_to_end(&mut Vec::new()).await;
}

fn connect(url: &str, policy: RetryPolicy) -> Connection {
    Connection::builder(AUTH, url, Credentials::api_key("k3y"))
        .retries(policy.base_delay(Duration::from_millis(1)))
        .configure_http(reqwest::ClientBuilder::http2_prior_knowledge)
        .build()
        .unwrap()
}

#[tokio::test]
async fn writes_are_repeated_where_they_surely_were_not_processed() {
    for (way, expected) in [
        (Way::RefusesTheStream, 2),
        (Way::ClosesInOrder, 2),
        (Way::Fails, 1),
    ] {
        let (url, seen) = server(way).await;
        let answer = call(&connect(&url, RetryPolicy::new()), Request::new(&CREATE)).await;
        assert_eq!(seen.load(Ordering::SeqCst), expected, "{way:?}");
        match answer {
            Ok(_) => assert_eq!(expected, 2),
            Err(error) => assert!(expected == 1 && error.is_outcome_unknown(), "{error}"),
        }
    }
}

#[tokio::test]
async fn nothing_is_repeated_unseen() {
    for operation in [&LIST, &CREATE] {
        let (url, seen) = server(Way::RefusesTheStream).await;
        let answer = call(
            &connect(&url, RetryPolicy::never()),
            Request::new(operation),
        )
        .await;
        let error = answer.unwrap_err();
        assert_eq!(seen.load(Ordering::SeqCst), 1);
        assert_eq!(error.effort().attempts(), 1);
        assert!(
            !error.is_connect() && !error.is_outcome_unknown(),
            "{error}"
        );
    }
}
