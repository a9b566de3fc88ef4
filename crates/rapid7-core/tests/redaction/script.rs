//! A server over TLS and HTTP/2, and answers full of secrets for it and for that of HTTP/1.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::canary::CANARY;
use crate::pki::{Authority, acceptor};
use crate::{HEADERS, LOGIN, body};

/// One answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Answers by path, and by how often it was asked for.
#[derive(Default)]
pub(crate) struct Script(Mutex<BTreeMap<String, usize>>);

impl Script {
    pub(crate) fn reply(&self, target: &str) -> Reply {
        let path = target.split('?').next().unwrap_or_default();
        let times = {
            let mut counts = self.0.lock().unwrap();
            let count = counts.entry(path.to_owned()).or_default();
            *count += 1;
            *count
        };
        let (status, header, body) = match (path, times) {
            (LOGIN, _) => {
                let session = format!(r#"{{"session_id":"{CANARY}-{times}"}}"#);
                (200, None, session)
            }
            ("/v2/restarting", 1) => (503, None, CANARY.to_owned()),
            ("/v2/limited", 1) => (429, Some(("retry-after", "0".to_owned())), body()),
            ("/v2/expiring", 2) => (401, None, body()),
            ("/v2/denied", _) => (403, None, format!(r#"{{"error_message":"{CANARY}"}}"#)),
            ("/v2/odd", _) => (200, None, format!(r#"{{"password":["{CANARY}"]}}"#)),
            ("/v2/moved", _) => {
                let place = format!("/v2/things?token={CANARY}#{CANARY}");
                (302, Some(("location", place)), String::new())
            }
            ("/v2/elsewhere", _) => {
                let place = format!("https://{CANARY}:{CANARY}@sso.example/{CANARY}?{CANARY}");
                (302, Some(("location", place)), String::new())
            }
            _ => (200, None, body()),
        };
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(HEADERS.map(|(name, value)| (name, value.to_owned())));
        headers.extend(header);
        Reply {
            status,
            headers,
            body,
        }
    }
}

/// A server of HTTP/2 on a port of the loopback interface.
pub(crate) struct Http2 {
    pub(crate) url: String,
    /// Trusts it.
    pub(crate) authority: String,
    /// Addresses and header values of requests, as text.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Http2 {
    pub(crate) async fn start() -> Self {
        let authority = Authority::new("http2");
        let acceptor = acceptor(&authority.issue("localhost"), None, &["h2"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (seen.clone(), Arc::new(Script::default()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(
                    acceptor.clone(),
                    stream,
                    script.clone(),
                    log.clone(),
                ));
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            authority: authority.pem(),
            seen,
        }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    script: Arc<Script>,
    log: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let tls = acceptor.accept(stream).await.ok()?;
    let mut connection = h2::server::handshake(tls).await.ok()?;
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let mut text = request.uri().to_string();
        for (name, value) in request.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.extend([" ", name.as_str(), ": ", &value]);
        }
        log.lock().unwrap().push(text);
        let target = request.uri().path_and_query()?.to_string();
        let reply = script.reply(&target);
        let mut head = http::Response::builder().status(reply.status);
        for (name, value) in reply.headers {
            head = head.header(name, value);
        }
        let mut stream = respond.send_response(head.body(()).unwrap(), false).ok()?;
        stream.send_data(Bytes::from(reply.body), true).ok()?;
    }
    Some(())
}
