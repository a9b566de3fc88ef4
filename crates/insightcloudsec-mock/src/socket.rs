//! One connection of a client, and how it ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::counters::OpenConnection;

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// TCP RST.
    Reset,
    /// TCP FIN.
    Close,
}

/// What an answer can do to the connection it is on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    resets: Arc<AtomicBool>,
}

impl Line {
    /// How the connection is to end as soon as it is given up.
    pub(crate) fn end(&self, closing: Closing) {
        self.resets
            .store(closing == Closing::Reset, Ordering::Relaxed);
    }
}

/// The socket of a connection; when it is dropped, it ends as its [`Line`] says.
pub(crate) struct Socket {
    io: TokioIo<TcpStream>,
    line: Line,
    _open: OpenConnection,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, line: Line, open: OpenConnection) -> Self {
        Self {
            io: TokioIo::new(stream),
            line,
            _open: open,
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.line.resets.load(Ordering::Relaxed) {
            // A socket that does not linger resets its connection; where it fails, the connection closes.
            let _ = self.io.inner().set_zero_linger();
        }
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }
}
