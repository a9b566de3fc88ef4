//! The listener and its thread.
//!
//! The server has a thread and a runtime of its own. A mock in a `static` outlives the runtime of the test
//! that started it, and tests without a runtime can use one too.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::delivery::{Broken, Outgoing};
use crate::exchange::Shared;
use crate::reply::Reply;
use crate::socket::{Line, Socket};

/// Longest request body, in bytes.
const MAX_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// Wait after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// A running server; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on the loopback interface; port 0 is any free one.
    pub(crate) fn start(port: u16, shared: Arc<Shared>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let serving = async move {
            tokio::select! {
                () = accept(listener, shared) => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("insightcloudsec-mock".to_owned())
            .spawn(move || runtime.block_on(serving))?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping the sender is the signal. Then wait, so that the port is free again.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // There is nobody to tell if it ended badly.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    // Connections end with the set, and the set with this future.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&shared)));
                }
                // Out of descriptors, most likely; connections that end give some back.
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Small pieces are to leave when they are written; where that cannot be set, they leave later.
    let _ = stream.set_nodelay(true);
    let line = Line::default();
    let socket = Socket::new(stream, line.clone(), shared.tally().open_connection());
    let respond = service_fn(move |request| respond(request, Arc::clone(&shared), line.clone()));
    // A client that goes away is no concern of the server, and a scripted end of the connection no error.
    let _ = http1::Builder::new()
        .serve_connection(socket, respond)
        .await;
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    line: Line,
) -> Result<Response<Outgoing>, Broken> {
    let in_flight = shared.tally().begin_request();
    let (parts, body) = request.into_parts();
    let reply = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(body) => shared.answer(&parts, body.to_bytes()),
        Err(error) => Reply::error(413, "RequestTooLarge", &error.to_string()),
    };
    reply.send(line, Some(in_flight)).await
}
