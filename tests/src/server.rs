//! A server on the loopback interface that keeps what it was sent.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`.
    pub method: String,
    /// Path and query as they stood in the request line.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Seen {
    /// The value of the header of that name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body, read as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An answer to send.
#[derive(Debug, Clone)]
pub struct Reply(Vec<u8>);

impl Reply {
    /// A JSON body: a value, or its text.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "values are written in the call"
    )]
    pub fn json(status: u16, body: impl ToString) -> Self {
        Self::new(
            status,
            &[("content-type", "application/json")],
            body.to_string(),
        )
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self::new(status, &[], "")
    }

    /// A page of a gateway or proxy.
    pub fn html(status: u16, body: &str) -> Self {
        Self::new(status, &[("content-type", "text/html")], body)
    }

    /// Any status, headers and body; the body ends where the connection does.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body.as_ref());
        Self(bytes)
    }

    /// Bytes that are no answer.
    pub fn garbage(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

/// The server; it ends with the runtime that it was started in.
#[derive(Debug)]
pub struct Server {
    /// Where it listens, as a base URL.
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers every request with `reply`.
    pub async fn always(reply: Reply) -> Self {
        Self::with(move |_| reply.clone()).await
    }

    /// Answers each request with what `reply` makes of it.
    pub async fn with(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, reply) = (seen.clone(), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, reply) = (log.clone(), reply.clone());
                tokio::spawn(async move {
                    if let Some(request) = read(&mut stream).await {
                        log.lock().unwrap().push(request.clone());
                        // The other side may have gone; the test sees that from its own end.
                        _ = stream.write_all(&reply(&request).0).await;
                        _ = stream.shutdown().await;
                    }
                });
            }
        });
        Self { url, seen }
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The latest request.
    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request was sent")
    }
}

/// Reads one request; none when the stream ends before it does.
pub(crate) async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let body = bytes.split_off(head_end);
    let head = String::from_utf8(bytes).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
    };
    let headers = lines.filter_map(header).collect();
    let mut seen = Seen {
        method,
        target,
        headers,
        body,
    };
    let length = seen
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}
