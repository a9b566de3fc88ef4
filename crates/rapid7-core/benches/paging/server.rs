//! A server that has one list of resources and gives it out by cursor and by offset.

use std::fmt::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

use crate::http::{complete_body, response};

pub(crate) const CURSOR_PATH: &str = "/v3/public/resource/query";
pub(crate) const OFFSET_PATH: &str = "/v2/public/resource/query";

/// What pages are asked for with, whatever the style.
#[derive(Deserialize)]
struct Asked {
    limit: usize,
    offset: Option<usize>,
    /// The offset, in other words.
    cursor: Option<String>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) items: usize,
    /// As it came from the wire.
    newest: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    /// With so many resources, and this time before each answer; on a thread of its own, for as long as the process
    /// lives.
    pub(crate) fn start(items: usize, latency: Duration) -> Self {
        let newest = Arc::new(Mutex::new(Vec::new()));
        let (sender, address) = mpsc::channel();
        let seen = Arc::clone(&newest);
        thread::spawn(move || {
            let list = Arc::new(List::new(items));
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (list, seen) = (Arc::clone(&list), Arc::clone(&seen));
                    tokio::spawn(serve(stream, list, latency, seen));
                }
            });
        });
        let url = format!("http://{}", address.recv().unwrap());
        Self { url, items, newest }
    }

    pub(crate) fn last_request(&self) -> Vec<u8> {
        self.newest.lock().unwrap().clone()
    }

    /// The body of the first page.
    pub(crate) fn first_page(&self, rows: usize) -> Vec<u8> {
        List::new(self.items).page(0, rows).into_bytes()
    }
}

/// All rows as JSON, one after the other, and where each begins and the last ends.
struct List {
    text: String,
    begins: Vec<usize>,
}

impl List {
    fn new(items: usize) -> Self {
        let (mut text, mut begins) = (String::new(), vec![0]);
        for number in 0..items {
            write!(
                text,
                r#"{{"resource_id":"instance:7:us-east-1:i-0abc{number:08x}:","resource_name":"web \"{number}\"","resource_type":"instance","organization_service_id":{},"cloud_type_id":"AWS","account_id":"123456789012","region_name":"us-east-1","creation_timestamp":"2022-04-05 03:35:06","severity":{},"is_public":false,"tags":["production","web"]}},"#,
                number % 20,
                number % 5 + 1,
            )
            .unwrap();
            begins.push(text.len());
        }
        Self { text, begins }
    }

    fn page(&self, offset: usize, limit: usize) -> String {
        let total = self.begins.len() - 1;
        let end = (offset + limit).min(total);
        let rows = self.text[self.begins[offset.min(end)]..self.begins[end]].trim_end_matches(',');
        let next = if end < total {
            format!("\"{end}\"")
        } else {
            "null".to_owned()
        };
        format!(r#"{{"resources":[{rows}],"next_cursor":{next},"total_count":{total}}}"#)
    }
}

async fn serve(
    mut stream: TcpStream,
    list: Arc<List>,
    latency: Duration,
    newest: Arc<Mutex<Vec<u8>>>,
) {
    stream.set_nodelay(true).unwrap();
    let mut request = Vec::with_capacity(4096);
    while stream
        .read_buf(&mut request)
        .await
        .is_ok_and(|read| read > 0)
    {
        let Some(body) = complete_body(&request) else {
            continue;
        };
        let asked: Asked = serde_json::from_slice(body).unwrap();
        let offset = match asked.cursor {
            Some(cursor) => cursor.parse().unwrap(),
            None => asked.offset.unwrap_or(0),
        };
        // Before the answer, so that whoever has that finds the request.
        std::mem::swap(&mut *newest.lock().unwrap(), &mut request);
        request.clear();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let answer = response(&list.page(offset, asked.limit));
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}
