//! A server that gives the same answer to every request but a log-in.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

use crate::http::{complete_body, response};

pub(crate) const LOGIN_PATH: &str = "/v2/public/user/login";
/// Answers with [`LIST_BYTES`] of what other paths answer.
pub(crate) const LIST_PATH: &str = "/v2/public/resource/list";
const LIST_BYTES: usize = 5_000_000;

pub(crate) const TOKEN: &str = "t0ken-70867728950e4f8fad5b";

const ANSWER: &str = r#"{"resource_id":"instance:7:us-east-1:i-0abc00000007:","resource_name":"web \"7\"","resource_type":"instance","organization_service_id":7,"cloud_type_id":"AWS","account_id":"123456789012","region_name":"us-east-1","creation_timestamp":"2022-04-05 03:35:06","severity":3,"is_public":false,"tags":["production","web"]}"#;

pub(crate) struct Server {
    pub(crate) url: String,
    /// As it came from the wire.
    last: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    /// On a thread of its own, for as long as the process lives.
    pub(crate) fn start() -> Self {
        let last = Arc::new(Mutex::new(Vec::new()));
        let (sender, address) = mpsc::channel();
        let seen = Arc::clone(&last);
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(stream, Arc::clone(&seen)));
                }
            });
        });
        let url = format!("http://{}", address.recv().unwrap());
        Self { url, last }
    }

    pub(crate) fn last_request(&self) -> Vec<u8> {
        self.last.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, last: Arc<Mutex<Vec<u8>>>) {
    stream.set_nodelay(true).unwrap();
    let answer = response(ANSWER);
    let rows = response(&format!(
        "[{}]",
        vec![ANSWER; LIST_BYTES / ANSWER.len()].join(",")
    ));
    let session = response(&format!(r#"{{"session_id":"{TOKEN}"}}"#));
    let mut request = Vec::with_capacity(4096);
    while stream
        .read_buf(&mut request)
        .await
        .is_ok_and(|read| read > 0)
    {
        if complete_body(&request).is_none() {
            continue;
        }
        let line = request.split(|byte| *byte == b'\r').next().unwrap();
        let asks_for = |path: &str| line.windows(path.len()).any(|at| at == path.as_bytes());
        let text = if asks_for(LOGIN_PATH) {
            &session
        } else if asks_for(LIST_PATH) {
            &rows
        } else {
            &answer
        };
        // Before the answer, so that whoever has that finds the request.
        std::mem::swap(&mut *last.lock().unwrap(), &mut request);
        request.clear();
        if stream.write_all(text).await.is_err() {
            return;
        }
    }
}
