//! What goes wrong with a mock, seen by clients over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod load;
mod random;
mod sessions;
mod wire;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use insightcloudsec_mock::Mock;

const CLOUDS: &str = "/v2/public/clouds/list";

/// No test waits longer for something that is to come.
const PATIENCE: Duration = Duration::from_secs(5);

async fn start() -> Mock {
    Mock::start().await.unwrap()
}

/// An HTTP client that follows nothing and retries nothing.
fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .timeout(PATIENCE)
        .no_proxy()
        .build()
        .unwrap()
}

fn get(mock: &Mock, client: &reqwest::Client) -> reqwest::RequestBuilder {
    let url = format!("{}{CLOUDS}", mock.url());
    client.get(url).header("api-key", mock.api_key())
}

async fn status(mock: &Mock) -> u16 {
    get(mock, &client()).send().await.unwrap().status().as_u16()
}

/// A request by hand, up to where the answer begins.
fn ask(mock: &Mock) -> TcpStream {
    let mut stream = TcpStream::connect(mock.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let key = mock.api_key();
    write!(
        stream,
        "GET {CLOUDS} HTTP/1.1\r\nhost: mock\r\napi-key: {key}\r\n\r\n"
    )
    .unwrap();
    stream
}

/// All that comes until the connection ends, and the error it ends with.
fn read_all(mut stream: impl Read) -> (String, Option<std::io::ErrorKind>) {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return (String::from_utf8_lossy(&read).into_owned(), None),
            Ok(bytes) => read.extend(&piece[..bytes]),
            Err(error) => {
                return (
                    String::from_utf8_lossy(&read).into_owned(),
                    Some(error.kind()),
                );
            }
        }
    }
}

/// Waits until it is so.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}
