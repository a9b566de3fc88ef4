//! Redirects: followed on request, within the origin, and never to anywhere else.

use rapid7_core::{
    Connection, ConnectionBuilder, Credentials, Error, Operation, Request, RetryPolicy,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::pki::{Authority, acceptor};
use crate::server::{Seen, Server, json, reply};
use crate::{AUTH, ApiError, CREATE, LIST, call};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn builder(url: &str) -> ConnectionBuilder {
    Connection::builder(AUTH, url, Credentials::api_key("k3y")).retries(RetryPolicy::never())
}

fn following(url: &str) -> ConnectionBuilder {
    builder(url).same_origin_redirects(true)
}

async fn send(
    builder: ConnectionBuilder,
    operation: &'static Operation,
) -> Result<String, Error<ApiError>> {
    let mut request = Request::new(operation);
    if *operation == CREATE {
        request = request.json(&Ok("the body"));
    }
    let connection = builder.build().unwrap();
    let body = call(&connection, request).await?;
    Ok(body.text().into_owned())
}

/// The call ends with the redirect itself as its answer.
fn assert_not_followed(outcome: Result<String, Error<ApiError>>, status: u16, origin: &str) {
    match outcome.unwrap_err() {
        Error::UnexpectedStatus { answer, .. } => {
            assert_eq!(answer.received().status().as_u16(), status);
            assert_eq!(answer.redirect_origin(), Some(origin));
        }
        other => panic!("{other:?}"),
    }
}

/// Redirects everything to this address.
async fn redirecting(status: u16, to: &str) -> Server {
    Server::always(reply(status, &[("location", to)], "")).await
}

/// Redirects what comes to the operation's own path, and answers all else.
async fn moved(status: u16, to: &'static str) -> Server {
    Server::with(move |seen| match seen.target() {
        "/v2/things" => reply(status, &[("location", to)], "moved"),
        _ => json(200, "{}"),
    })
    .await
}

#[tokio::test]
async fn no_redirect_leaves_the_origin() {
    let other = Server::always(json(200, "{}")).await;
    let port = other.url.rsplit(':').next().unwrap();
    // The same machine by another name, and the same server behind the name of a user.
    let named = format!("http://localhost:{port}");
    for status in STATUSES {
        for operation in [&LIST, &CREATE] {
            for origin in [&other.url, &named] {
                let place = format!("{origin}/v2/things?a=b");
                let first = redirecting(status, &place).await;
                for builder in [builder(&first.url), following(&first.url)] {
                    assert_not_followed(send(builder, operation).await, status, origin);
                }
                assert_eq!(first.seen().len(), 2);
                // Without a scheme of its own.
                let place = place.trim_start_matches("http:");
                let first = redirecting(status, place).await;
                assert_not_followed(send(following(&first.url), operation).await, status, origin);
            }
        }
    }
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn redirects_are_off_unless_asked_for() {
    for status in STATUSES {
        for operation in [&LIST, &CREATE] {
            let server = moved(status, "/v3/things").await;
            assert_not_followed(
                send(builder(&server.url), operation).await,
                status,
                &server.url,
            );
            assert_eq!(server.seen().len(), 1, "{status}");
        }
    }
}

#[tokio::test]
async fn reads_follow_within_the_origin_with_their_key() {
    for status in STATUSES {
        let server = moved(status, "/v3/things?page=2").await;
        assert_eq!(send(following(&server.url), &LIST).await.unwrap(), "{}");
        let seen = server.seen();
        assert_eq!(seen.len(), 2, "{status}");
        assert_eq!(seen[1].target(), "/v3/things?page=2");
        assert!(seen[1].head.starts_with("GET "), "{}", seen[1].head);
        for name in ["api-key", "accept", "user-agent"] {
            assert_eq!(seen[1].header(name), seen[0].header(name), "{name}");
        }
        assert_eq!(seen[1].header("api-key"), Some("k3y"));
        assert_eq!(seen[1].header("referer"), None);
    }
}

#[tokio::test]
async fn writes_follow_only_where_they_stay_what_they_are() {
    for status in STATUSES {
        let server = moved(status, "/v3/things").await;
        let outcome = send(following(&server.url), &CREATE).await;
        let seen = server.seen();
        if matches!(status, 307 | 308) {
            assert_eq!(outcome.unwrap(), "{}");
            assert_eq!(seen.len(), 2);
            assert!(
                seen[1].head.starts_with("POST /v3/things "),
                "{}",
                seen[1].head
            );
            assert_eq!(seen[1].text(), r#""the body""#);
            assert_eq!(seen[1].header("content-type"), Some("application/json"));
            assert_eq!(seen[1].header("api-key"), Some("k3y"));
        } else {
            assert_not_followed(outcome, status, &server.url);
            assert_eq!(seen.len(), 1);
        }
    }
}

#[tokio::test]
async fn five_redirects_are_followed_and_no_more() {
    let step = |seen: &Seen| {
        seen.target()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or(0)
    };
    for (stops_at, requests) in [(5, 6), (6, 6)] {
        let server = Server::with(move |seen| {
            let step: u32 = step(seen);
            if step == stops_at {
                return json(200, "{}");
            }
            reply(302, &[("location", &format!("/steps/{}", step + 1))], "")
        })
        .await;
        let outcome = send(following(&server.url), &LIST).await;
        assert_eq!(server.seen().len(), requests);
        if stops_at == 5 {
            assert_eq!(outcome.unwrap(), "{}");
        } else {
            assert_not_followed(outcome, 302, &server.url);
        }
    }
}

#[tokio::test]
async fn a_place_with_a_user_is_not_followed() {
    for user in ["ada", "ada:pa55", ":pa55"] {
        let server = Server::with(move |seen| {
            let host = seen.header("host").unwrap();
            reply(
                302,
                &[("location", &format!("http://{user}@{host}/v3/things"))],
                "",
            )
        })
        .await;
        let outcome = send(following(&server.url), &LIST).await;
        assert!(!format!("{outcome:?}").contains("pa55"));
        assert_not_followed(outcome, 302, &server.url);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn places_that_are_none_are_not_followed() {
    for place in [
        None,
        Some("http://["),
        Some("ftp://127.0.0.1/x"),
        Some("data:,x"),
        Some("\u{e4}\u{f6}"),
    ] {
        let headers: Vec<_> = place.iter().map(|place| ("location", *place)).collect();
        let server = Server::always(reply(302, &headers, "")).await;
        let error = send(following(&server.url), &LIST).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 302, "{place:?}");
        assert!(
            server
                .seen()
                .iter()
                .all(|seen| seen.header("api-key") == Some("k3y"))
        );
    }
    // Statuses that are no redirects, although they name a place.
    for status in [300, 304, 305] {
        let server = moved(status, "/v3/things").await;
        send(following(&server.url), &LIST).await.unwrap_err();
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn encryption_is_not_given_up() {
    let plain = Server::always(json(200, "{}")).await;
    let port = plain.url.rsplit(':').next().unwrap();
    let origin = format!("http://localhost:{port}");
    for status in STATUSES {
        let (url, pem) =
            encrypted(reply(status, &[("location", &format!("{origin}/x"))], "")).await;
        for operation in [&LIST, &CREATE] {
            let builder = following(&url).add_root_certificate(&pem);
            assert_not_followed(send(builder, operation).await, status, &origin);
        }
    }
    assert_eq!(plain.seen().len(), 0);
}

/// A server that gives this answer over TLS: its URL and its authority.
async fn encrypted(answer: Vec<u8>) -> (String, String) {
    let authority = Authority::new("redirecting");
    let acceptor = acceptor(&authority.issue("localhost"), None, &[]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = acceptor.accept(stream).await.unwrap();
            _ = stream.read(&mut [0; 4096]).await;
            _ = stream.write_all(&answer).await;
            _ = stream.shutdown().await;
        }
    });
    (url, authority.pem())
}
