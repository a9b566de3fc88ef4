//! A server that answers with what it is told to, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The length that is announced; the body's own by default.
    pub(crate) length: Option<usize>,
}

pub(crate) fn page(body: &str) -> Reply {
    reply(200, "text/html", body)
}

pub(crate) fn yaml(body: &str) -> Reply {
    reply(200, "application/yaml", body)
}

pub(crate) fn json(body: &str) -> Reply {
    reply(200, "application/json", body)
}

pub(crate) fn script(body: &str) -> Reply {
    reply(200, "application/javascript", body)
}

pub(crate) fn redirect(to: &str) -> Reply {
    let mut reply = reply(302, "text/html", "");
    reply.headers.push(("Location".to_owned(), to.to_owned()));
    reply
}

fn reply(status: u16, media_type: &str, body: &str) -> Reply {
    Reply {
        status,
        headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
        body: body.as_bytes().to_vec(),
        length: None,
    }
}

/// A request as it came: path with query, and the key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) key: Option<String>,
}

/// Answers by path; 404 for all others, and 401 for those that lack the key, where one is wanted.
pub(crate) struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn new(replies: &[(&str, Reply)]) -> Self {
        Self::with_key(replies, None)
    }

    pub(crate) fn with_key(replies: &[(&str, Reply)], key: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let replies: BTreeMap<String, Reply> = replies
            .iter()
            .map(|(path, reply)| ((*path).to_owned(), reply.clone()))
            .collect();
        let (key, record) = (key.map(str::to_owned), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is none of the server's business.
                let _ = answer(&stream, &replies, key.as_deref(), &record);
            }
        });
        Self { address, asked }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: &TcpStream,
    replies: &BTreeMap<String, Reply>,
    wanted: Option<&str>,
    record: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut key = None;
    for line in lines {
        let line = line?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("api-key") => {
                key = Some(value.to_owned());
            }
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let is_open = wanted.is_none() || key.as_deref() == wanted;
    record.lock().unwrap().push(Asked {
        path: path.clone(),
        key,
    });
    let found = replies.get(&path).cloned();
    let reply = if is_open {
        found.unwrap_or_else(|| reply(404, "text/plain", "nothing here"))
    } else {
        reply(401, "application/json", "{}")
    };
    let length = reply.length.unwrap_or(reply.body.len());
    let head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {length}\r\nConnection: close\r\n",
        reply.status
    );
    stream.write_all(head.as_bytes())?;
    for (name, value) in &reply.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&reply.body)?;
    stream.flush()
}
