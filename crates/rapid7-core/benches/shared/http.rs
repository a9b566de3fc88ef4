//! What both benchmarks of calls do by hand: the client, and the form of requests and answers.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

pub(crate) const AGENT: &str = concat!("rapid7-core/", env!("CARGO_PKG_VERSION"));
pub(crate) const TIMEOUT: Duration = Duration::from_secs(300);

/// An HTTP client with the settings that a connection has by default.
pub(crate) fn client() -> Client {
    let client = Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
        .redirect(Policy::none())
        .referer(false)
        .no_proxy();
    client.build().unwrap()
}

/// The body of a request that has come whole; empty where the head announces none.
pub(crate) fn complete_body(request: &[u8]) -> Option<&[u8]> {
    let end = request.windows(4).position(|at| at == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&request[..end]).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    let body = &request[end + 4..];
    (body.len() >= length).then_some(body)
}

pub(crate) fn response(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nserver: nginx\r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\n\
         content-type: application/json\r\nx-request-id: 0f8fad5bd9cb469fa165\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
