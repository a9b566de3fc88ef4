//! An answer, read to its end.

use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::task::yield_now;
use tokio::time::Instant;

use super::encoding::{Unpacker, is_gzip};
use super::{Bounds, is_result};
use crate::error::TransportError;
use crate::mask::Mask;
use crate::received::Received;
use crate::time_limit::{TimedOut, Watch};

/// Most bytes kept of an answer that is a failure; enough for any message worth reading.
const MAX_FAILURE_BYTES: usize = 1024 * 1024;

/// Longest answer, in bytes, that is kept in the memory that the HTTP client read it into. A longer one is copied, and
/// its headers too: each would keep the whole of the client's buffer, of up to 400 KiB.
const MAX_PIECE: usize = 64 * 1024;

/// Most bytes reserved on a server's word for the length of an answer.
const MAX_RESERVED: u64 = 1024 * 1024;

/// Bytes unpacked in one go, before other tasks have their turn; this takes about a millisecond.
const MAX_UNPACKED: usize = 256 * 1024;

type Result<T> = std::result::Result<T, Box<TransportError>>;

/// An answer that is being read.
pub(super) struct Reading<'a, 'w> {
    response: &'a mut Response,
    watch: &'a mut Watch<'w>,
    bounds: &'a Bounds<'a>,
    mask: &'a Arc<Mask>,
    /// Bytes that are to come on the wire, if the server said.
    announced: Option<u64>,
    /// Bytes that came.
    got: u64,
}

impl<'a, 'w> Reading<'a, 'w> {
    pub(super) fn new(
        response: &'a mut Response,
        watch: &'a mut Watch<'w>,
        bounds: &'a Bounds<'a>,
        mask: &'a Arc<Mask>,
        is_head: bool,
    ) -> Self {
        let announced = response.content_length();
        // There the length is of what another request would be answered with.
        let is_bodiless = is_head
            || response.status().is_informational()
            || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status());
        Self {
            response,
            watch,
            bounds,
            mask,
            announced: announced.filter(|_| !is_bodiless),
            got: 0,
        }
    }

    /// The answer, complete but for the end of a long failure.
    pub(super) async fn whole(&mut self) -> Result<Received> {
        let is_result = is_result(self.response.status(), self.bounds.success);
        let body = if is_gzip(self.response.headers()) {
            Box::pin(self.unpacked(is_result)).await?
        } else if is_result {
            self.result().await?
        } else {
            Box::pin(self.failure()).await?
        };
        let headers = std::mem::take(self.response.headers_mut());
        let received = Received::new(self.response.status(), headers, body);
        Ok(received.hiding(self.mask))
    }

    async fn result(&mut self) -> Result<Bytes> {
        let max = self.bounds.max_answer_bytes;
        if self.announced.is_some_and(|announced| announced > max) {
            return Err(self.too_large().into());
        }
        match self.next().await? {
            None => {
                self.check_length()?;
                Ok(Bytes::new())
            }
            // Most answers are short and come in one piece.
            Some(first) if self.announced == Some(self.got) && first.len() <= MAX_PIECE => {
                Ok(first)
            }
            Some(first) => Box::pin(self.read_on(first)).await,
        }
    }

    /// The whole body, or an error once it is too long.
    async fn read_on(&mut self, first: Bytes) -> Result<Bytes> {
        let announced = self.announced.unwrap_or_default();
        let reserved = usize::try_from(announced.min(MAX_RESERVED)).unwrap_or(0);
        let mut body = Vec::with_capacity(reserved.max(first.len()));
        let mut is_long = false;
        let mut next = Some(first);
        while let Some(chunk) = next {
            if self.got > self.bounds.max_answer_bytes {
                return Err(self.too_large().into());
            }
            if !is_long && reserved.max(body.len() + chunk.len()) > MAX_PIECE {
                is_long = true;
                own_values(self.response.headers_mut());
            }
            make_room(&mut body, chunk.len(), announced);
            body.extend_from_slice(&chunk);
            // The client reads on into the memory of a chunk that is gone.
            drop(chunk);
            // Unpacking a long answer never waits, and would keep the thread to itself.
            tokio::task::coop::consume_budget().await;
            next = self.next().await?;
        }
        self.check_length()?;
        Ok(body.into())
    }

    /// The beginning of the body of a failure.
    async fn failure(&mut self) -> Result<Bytes> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.next().await? {
            let room = MAX_FAILURE_BYTES - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == MAX_FAILURE_BYTES {
                return Ok(body.freeze());
            }
        }
        self.check_length()?;
        Ok(body.freeze())
    }

    /// The body with gzip undone: that of a result whole, or an error once it is too long; the beginning of a failure's.
    async fn unpacked(&mut self, is_result: bool) -> Result<Bytes> {
        let max = if is_result {
            usize::try_from(self.bounds.max_answer_bytes).unwrap_or(usize::MAX)
        } else {
            MAX_FAILURE_BYTES
        };
        let mut unpacker = Unpacker::new(max);
        while let Some(chunk) = self.next().await? {
            self.unpack(&mut unpacker, &chunk).await?;
            if unpacker.is_over() {
                break;
            }
        }
        let body = if unpacker.is_over() {
            if is_result {
                return Err(self.too_large().into());
            }
            unpacker.into_kept()
        } else {
            self.check_length()?;
            if self.got == 0 {
                Vec::new()
            } else {
                unpacker
                    .finish()
                    .map_err(|error| self.undecodable(&error))?
            }
        };
        let headers = self.response.headers_mut();
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        own_values(headers);
        Ok(body.into())
    }

    /// Unpacks a chunk, which may become a thousand times as long: so that neither time limits nor other tasks wait for it.
    async fn unpack(&self, unpacker: &mut Unpacker, chunk: &[u8]) -> Result<()> {
        let mut left = chunk;
        let mut rest_at = unpacker.len() + MAX_UNPACKED;
        while !left.is_empty() && !unpacker.is_over() {
            left = unpacker
                .unpack(left)
                .map_err(|error| self.undecodable(&error))?;
            if unpacker.len() >= rest_at {
                rest_at = unpacker.len() + MAX_UNPACKED;
                if Instant::now() >= self.bounds.time.deadline {
                    return Err(TransportError::timed_out_reading(self.response.status()).into());
                }
                yield_now().await;
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        let status = self.response.status();
        match self.watch.wait(pin!(self.response.chunk())).await {
            Ok(Ok(chunk)) => {
                let len = chunk.as_ref().map_or(0, Bytes::len);
                self.got = self.got.saturating_add(len as u64);
                Ok(chunk)
            }
            Ok(Err(error)) => Err(TransportError::reading(status, &error, self.mask).into()),
            Err(TimedOut) => Err(TransportError::timed_out_reading(status).into()),
        }
    }

    /// Whether all came that was announced: the HTTP client takes an HTTP/2 stream that was reset without an error for one
    /// that ended.
    fn check_length(&self) -> Result<()> {
        match self.announced {
            Some(announced) if announced != self.got => {
                let status = self.response.status();
                Err(TransportError::cut_off(status, announced, self.got).into())
            }
            _ => Ok(()),
        }
    }

    fn too_large(&self) -> TransportError {
        let max = self.bounds.max_answer_bytes;
        TransportError::too_large(self.response.status(), max)
    }

    fn undecodable(&self, error: &std::io::Error) -> TransportError {
        TransportError::undecodable(self.response.status(), error)
    }
}

/// Makes a body at most twice as long at a time, and no longer than was announced: it is kept with all its room.
fn make_room(body: &mut Vec<u8>, bytes: usize, announced: u64) {
    let left = usize::try_from(announced).unwrap_or(usize::MAX);
    let left = left.saturating_sub(body.len());
    if body.capacity() - body.len() < bytes && left >= bytes {
        let ahead = body.len().max(bytes);
        body.reserve_exact(left.min(ahead));
    }
}

/// Moves the values of headers into memory of their own.
fn own_values(headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        if let Ok(mut own) = HeaderValue::from_bytes(value.as_bytes()) {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
    }
}
