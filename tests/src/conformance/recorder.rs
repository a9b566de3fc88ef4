//! A server on the loopback interface that keeps what passes between a client and the validator behind it.

use crate::server::{Seen, read};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as the client sent it, and the answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What the client sent.
    pub request: Seen,
    /// Status of the answer.
    pub status: u16,
    /// What the validator has against request or answer, a JSON array.
    pub violations: Option<String>,
    /// The answer, head and body.
    pub answer: Vec<u8>,
}

impl Exchange {
    /// The body of the answer.
    pub fn body(&self) -> &[u8] {
        let head = self.answer.windows(4).position(|four| four == b"\r\n\r\n");
        head.map_or(&[], |at| &self.answer[at + 4..])
    }
}

/// The recorder; it ends with the runtime that it was started in.
pub struct Recorder {
    /// Where it listens, as a base URL.
    pub url: String,
    validator: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What the next requests ask of the validator, as a `Prefer` header; clients know nothing of it.
    preference: String,
    exchanges: Vec<Exchange>,
    faults: Vec<String>,
}

impl Recorder {
    /// Listens in front of the validator at this `host:port`.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start(validator: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let recorder = Self {
            url: format!("http://{}", listener.local_addr()?),
            validator: validator.to_owned(),
            state: Arc::default(),
        };
        let (validator, state) = (recorder.validator.clone(), recorder.state.clone());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (validator, state) = (validator.clone(), state.clone());
                tokio::spawn(async move { pass_on(&mut client, &validator, &state).await });
            }
        });
        Ok(recorder)
    }

    /// Sets what the next requests ask of the validator.
    pub fn prefer(&self, preference: &str) {
        preference.clone_into(&mut self.state.lock().unwrap().preference);
    }

    /// The only exchange since the last call of this.
    ///
    /// # Errors
    ///
    /// There was none, more than one, or the validator gave no answer.
    pub fn take(&self) -> Result<Exchange, String> {
        let (mut exchanges, faults) = {
            let mut state = self.state.lock().unwrap();
            (
                std::mem::take(&mut state.exchanges),
                std::mem::take(&mut state.faults),
            )
        };
        match (exchanges.pop(), faults.first()) {
            (_, Some(fault)) => Err(fault.clone()),
            (Some(exchange), None) if exchanges.is_empty() => Ok(exchange),
            (Some(_), None) => Err(format!("{} requests were sent", exchanges.len() + 1)),
            (None, None) => Err("nothing was sent".to_owned()),
        }
    }

    /// Sends a request to the validator that no client made.
    ///
    /// # Errors
    ///
    /// The validator gave no answer.
    pub async fn send(&self, request: &Seen) -> Result<Exchange, String> {
        ask(request, &self.validator, "").await
    }
}

async fn pass_on(client: &mut TcpStream, validator: &str, state: &Mutex<State>) {
    let Some(request) = read(client).await else {
        let fault = "what was sent is no request".to_owned();
        state.lock().unwrap().faults.push(fault);
        return;
    };
    let preference = state.lock().unwrap().preference.clone();
    let answered = ask(&request, validator, &preference).await;
    let answer = {
        let mut state = state.lock().unwrap();
        match answered {
            Ok(exchange) => {
                let answer = exchange.answer.clone();
                state.exchanges.push(exchange);
                answer
            }
            Err(fault) => {
                state.faults.push(fault);
                return;
            }
        }
    };
    // The client may have gone; that is seen from its own end.
    _ = client.write_all(&answer).await;
    _ = client.shutdown().await;
}

/// Puts the request to the validator, on a connection of its own.
async fn ask(request: &Seen, validator: &str, preference: &str) -> Result<Exchange, String> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !preference.is_empty() {
        head.extend(["prefer: ", preference, "\r\n"]);
    }
    head.push_str("connection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect(validator).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&request.body).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = exchange.await;
    let answer = answer.map_err(|error| format!("the validator does not answer: {error}"))?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let head = String::from_utf8_lossy(&answer[..end.unwrap_or(0)]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let violations = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let found = name.eq_ignore_ascii_case("sl-violations");
        found.then(|| value.trim().to_owned())
    });
    Ok(Exchange {
        request: request.clone(),
        status: status.ok_or("the validator's answer has no status")?,
        violations,
        answer,
    })
}
