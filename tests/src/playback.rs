//! Answers of one's own choice, played to the typed clients over connections that stay open.

use crate::calls::{Failure, Outcome, Sample};
use crate::generated;
use rapid7_core::{AuthScheme, Connection, Credentials, Operation, RetryPolicy};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An answer as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Status code.
    pub status: u16,
    /// Headers in their order.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Recording {
    /// A JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
        }
    }

    /// Reads a status line, headers and, after an empty line, the body.
    ///
    /// # Errors
    ///
    /// What is not of that form.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n");
        let end = end.ok_or("no empty line ends the headers")?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|error| error.to_string())?;
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        let status = status.and_then(|code| code.parse().ok());
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").ok_or(format!("no header: {line}"))?;
            Ok::<_, String>((name.to_owned(), value.to_owned()))
        };
        Ok(Self {
            status: status.ok_or_else(|| format!("no status line: {first}"))?,
            headers: lines.map(header).collect::<Result<_, _>>()?,
            body: bytes[end + 2..].to_vec(),
        })
    }

    fn wire(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        // An answer 204 has neither a body nor a length.
        if self.status != 204 {
            let length = self.body.len().to_string();
            head.extend(["content-length: ", &length, "\r\n"]);
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// Clients of all versions, and the server that they talk to.
#[derive(Debug)]
pub struct Player {
    next: Arc<Mutex<Vec<u8>>>,
    /// The client of v2.
    pub v2: insightcloudsec_v2::Client,
    /// The client of v3.
    pub v3: insightcloudsec_v3::Client,
    /// The client of v4.
    pub v4: insightcloudsec_v4::Client,
}

impl Player {
    /// Starts the server; it ends with the runtime that it was started in.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let next = Arc::new(Mutex::new(Vec::new()));
        let answer = next.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone()));
            }
        });
        let connect = |auth: AuthScheme| {
            // One operation takes no key.
            let session = Credentials::session("a-session");
            // What failures are, not how often: each answer is asked for once.
            Connection::builder(auth, &url, session)
                .retries(RetryPolicy::never())
                .build()
                .unwrap()
        };
        Self {
            next,
            v2: insightcloudsec_v2::Client::new(connect(insightcloudsec_v2::AUTH)),
            v3: insightcloudsec_v3::Client::new(connect(insightcloudsec_v3::AUTH)),
            v4: insightcloudsec_v4::Client::new(connect(insightcloudsec_v4::AUTH)),
        }
    }

    /// What every call from now on is answered with.
    pub fn load(&self, recording: &Recording) {
        *self.next.lock().unwrap() = recording.wire();
    }

    /// Sends an operation of `v2`, `v3` or `v4`, which is answered with the recording.
    ///
    /// # Errors
    ///
    /// What the client makes of the recording, if no result.
    pub async fn play(
        &self,
        (api, operation): (&str, &str),
        sample: &Sample,
        recording: &Recording,
    ) -> Result<Outcome, Failure> {
        self.load(recording);
        match api {
            "v2" => generated::insightcloudsec_v2::call(operation, &self.v2, sample).await,
            "v3" => generated::insightcloudsec_v3::call(operation, &self.v3, sample).await,
            "v4" => generated::insightcloudsec_v4::call(operation, &self.v4, sample).await,
            other => Err(Failure::from(format!("no version is called `{other}`"))),
        }
    }
}

/// What the client knows of an operation.
pub fn operation(api: &str, id: &str) -> Option<&'static Operation> {
    let operations = match api {
        "v2" => insightcloudsec_v2::OPERATIONS,
        "v3" => insightcloudsec_v3::OPERATIONS,
        "v4" => insightcloudsec_v4::OPERATIONS,
        _ => return None,
    };
    operations.iter().find(|known| known.id == id).copied()
}

/// Answers request after request, until the client hangs up.
async fn serve(mut stream: TcpStream, answer: Arc<Mutex<Vec<u8>>>) {
    _ = stream.set_nodelay(true);
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let complete = head.map(|at| at + 4 + content_length(&bytes[..at]));
        match complete.filter(|end| bytes.len() >= *end) {
            Some(end) => {
                bytes.drain(..end);
                let answer = answer.lock().unwrap().clone();
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
            }
            None => match stream.read_buf(&mut bytes).await {
                Ok(count) if count > 0 => {}
                _ => return,
            },
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(0, |text| text.trim().parse().unwrap())
}

#[cfg(test)]
mod tests {
    use super::Recording;

    #[test]
    fn recordings_are_read_byte_for_byte() {
        let read = Recording::read(b"HTTP/1.1 406 Not Acceptable\na: b\n\n\xef\n\n").unwrap();
        assert_eq!(read.status, 406);
        assert_eq!(read.headers, [("a".to_owned(), "b".to_owned())]);
        assert_eq!(read.body, b"\xef\n\n");
        for odd in ["", "HTTP/1.1 200 OK", "200\n\n", "HTTP/1.1 200 OK\na\n\n"] {
            assert!(Recording::read(odd.as_bytes()).is_err(), "{odd:?}");
        }
    }
}
