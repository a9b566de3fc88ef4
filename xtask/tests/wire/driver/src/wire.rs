//! A server on the loopback interface that gives one answer at a time and keeps the raw request.

use rapid7_core::Operation;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How the requests of a document show who sends them.
#[derive(Clone, Copy)]
pub enum Credential {
    /// A whole header line.
    Header(&'static str),
    /// The last pair of the query.
    Query(&'static str),
}

/// Sent where the document names no media type of an answer.
pub const ANY: &str = "accept: application/json, */*;q=0.5";

/// Sent where all answers are JSON.
pub const JSON: &str = "accept: application/json";

/// Sent with a JSON body.
pub const OF_JSON: &str = "content-type: application/json";

/// Headers that the HTTP client decides.
const OF_CLIENT: [&str; 4] = ["host", "user-agent", "accept-encoding", "connection"];

pub struct Wire {
    document: &'static str,
    operations: &'static [&'static Operation],
    credential: Credential,
    url: String,
    exchange: Arc<Mutex<Exchange>>,
    called: Mutex<BTreeSet<&'static str>>,
}

#[derive(Default)]
struct Exchange {
    reply: Vec<u8>,
    sent: Option<Sent>,
}

impl Wire {
    pub fn new(
        document: &'static str,
        operations: &'static [&'static Operation],
        credential: Credential,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let exchange = Arc::new(Mutex::new(Exchange::default()));
        let shared = exchange.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &shared);
            }
        });
        let called = Mutex::default();
        Self {
            document,
            operations,
            credential,
            url,
            exchange,
            called,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Operations called so far, and all there are.
    pub fn count(&self) -> (usize, usize) {
        (self.called.lock().unwrap().len(), self.operations.len())
    }

    /// Answers the request of an operation; gives what was sent, and what came of it.
    pub async fn call<T>(
        &self,
        operation: &'static Operation,
        reply: Reply,
        request: impl Future<Output = T>,
    ) -> (Sent, T) {
        let done = self.try_call(operation, reply, request).await;
        let sent = done
            .0
            .unwrap_or_else(|| panic!("{} sent nothing", operation.name));
        (sent, done.1)
    }

    /// As `call`, for a request that has to be refused before it is sent.
    pub async fn refused<T, E>(
        &self,
        operation: &'static Operation,
        request: impl Future<Output = Result<T, rapid7_core::Error<E>>>,
    ) {
        let (sent, outcome) = self.try_call(operation, Reply::empty(500), request).await;
        assert!(
            sent.is_none(),
            "{} sent {}",
            operation.name,
            sent.unwrap().line
        );
        assert!(
            outcome.err().unwrap().is_invalid_input(),
            "{}",
            operation.name
        );
    }

    async fn try_call<T>(
        &self,
        operation: &'static Operation,
        reply: Reply,
        request: impl Future<Output = T>,
    ) -> (Option<Sent>, T) {
        *self.exchange.lock().unwrap() = Exchange {
            reply: reply.0,
            sent: None,
        };
        let outcome = request.await;
        if self.called.lock().unwrap().insert(operation.name) {
            println!(
                "{} {} {} {}",
                self.document, operation.name, operation.method, operation.path
            );
        }
        let sent = self.exchange.lock().unwrap().sent.take();
        (sent.map(|sent| sent.of(self.credential)), outcome)
    }
}

/// A request as it arrived.
pub struct Sent {
    /// Method and target, without the credential.
    line: String,
    /// In lower case up to the colon; without the credential and what the HTTP client decides.
    headers: BTreeSet<String>,
    body: Vec<u8>,
    has_credential: bool,
}

impl Sent {
    /// The request has a credential and is nothing but this.
    #[track_caller]
    pub fn is(&self, line: &str, headers: &[&str], body: impl Into<Body>) {
        assert!(self.has_credential, "{line}: no credential");
        self.matches(line, headers, body.into());
    }

    /// The request has no credential and is nothing but this.
    #[track_caller]
    pub fn is_open(&self, line: &str, headers: &[&str]) {
        assert!(!self.has_credential, "{line}: a credential");
        self.matches(line, headers, Body::Text(String::new()));
    }

    /// The request has a credential, and its body is a form of these parts: head lines and content.
    ///
    /// The boundary is the only thing that is not known before.
    #[track_caller]
    pub fn is_form(mut self, line: &str, headers: &[&str], parts: &[(&str, &[u8])]) {
        const TYPE: &str = "content-type: multipart/form-data; boundary=";
        let found = self
            .headers
            .iter()
            .find(|header| header.starts_with(TYPE))
            .cloned();
        let header = found.unwrap_or_else(|| panic!("{line}: {:?}", self.headers));
        self.headers.remove(&header);
        let boundary = &header[TYPE.len()..];
        let mut expected = Vec::new();
        for (head, content) in parts {
            expected.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            expected.extend_from_slice(format!("{head}\r\n\r\n").as_bytes());
            expected.extend_from_slice(content);
            expected.extend_from_slice(b"\r\n");
        }
        expected.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let same = self.body.eq_ignore_ascii_case(&expected);
        let sent = String::from_utf8_lossy(&self.body).into_owned();
        assert!(same, "{line}: {sent}");
        self.body.clear();
        self.is(line, headers, "");
    }

    #[track_caller]
    fn matches(&self, line: &str, headers: &[&str], body: Body) {
        assert_eq!(self.line, line);
        let expected: BTreeSet<String> =
            headers.iter().map(|header| (*header).to_owned()).collect();
        assert_eq!(self.headers, expected, "{line}");
        let text = String::from_utf8_lossy(&self.body);
        match body {
            Body::Text(expected) => assert_eq!(text, expected, "{line}"),
            Body::Json(expected) => {
                let value: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(value, expected, "{line}");
            }
        }
    }

    /// Takes the credential out.
    fn of(mut self, credential: Credential) -> Self {
        match credential {
            Credential::Header(header) => self.has_credential = self.headers.remove(header),
            Credential::Query(pair) => {
                let ends = [format!("?{pair}"), format!("&{pair}")];
                let without = ends
                    .iter()
                    .find_map(|end| self.line.strip_suffix(end.as_str()));
                if let Some(without) = without {
                    self.line = without.to_owned();
                    self.has_credential = true;
                }
            }
        }
        self
    }
}

/// What a body has to be.
pub enum Body {
    Text(String),
    Json(Value),
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

/// An answer to give.
pub struct Reply(Vec<u8>);

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self::new(status, &[], b"")
    }

    pub fn json(status: u16, body: Value) -> Self {
        Self::typed(status, "application/json", body.to_string())
    }

    pub fn typed(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new(status, &[("content-type", media_type)], body.as_ref())
    }

    fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        Self([head.as_bytes(), body].concat())
    }
}

fn serve(mut stream: TcpStream, exchange: &Mutex<Exchange>) {
    let Some(sent) = read(&mut stream) else {
        return;
    };
    let reply = {
        let mut exchange = exchange.lock().unwrap();
        assert!(exchange.sent.is_none(), "a second request: {}", sent.line);
        exchange.sent = Some(sent);
        exchange.reply.clone()
    };
    stream.write_all(&reply).unwrap();
}

fn read(stream: &mut TcpStream) -> Option<Sent> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let mut more = |bytes: &mut Vec<u8>| {
        let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&part[..length]);
        Some(())
    };
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        more(&mut bytes)?;
    };
    let mut body = bytes.split_off(head_end);
    let head = String::from_utf8(bytes).unwrap();
    let mut lines = head.trim_end().lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = BTreeSet::new();
    let mut length = 0;
    for header in lines {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        let name = name.to_lowercase();
        if name == "content-length" {
            length = value.parse().unwrap();
        }
        // That of a body is checked by reading it; that of none is worth seeing.
        if !OF_CLIENT.contains(&name.as_str()) && (name != "content-length" || length == 0) {
            assert!(headers.insert(format!("{name}: {value}")), "{name} twice");
        }
    }
    while body.len() < length {
        more(&mut body)?;
    }
    Some(Sent {
        line,
        headers,
        body,
        has_credential: false,
    })
}
