//! From a complete answer to the value or the error that a call ends with.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::connection::Connection;
use crate::decode::{Decode, Exceeded};
use crate::error::{DecodeError, Error, ErrorAnswer, TransportError, UnexpectedStatus};
use crate::exchange::is_result;
use crate::misfit::Misfit;
use crate::operation::Operation;
use crate::received::Received;

/// Longest body, in bytes, that is decoded on the thread that awaits the call. A longer one would keep timers and other
/// calls of that thread waiting for longer than it takes to hand the body to another thread.
const MAX_DECODED_HERE: usize = 64 * 1024;

impl Connection {
    /// Decodes an answer within its limits of memory and time.
    pub(crate) async fn decode<T: Send + 'static, E: Send + 'static>(
        &self,
        operation: &'static Operation,
        received: Received,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        if received.bytes().len() <= MAX_DECODED_HERE {
            return self.classify(operation, received, answer, error);
        }
        // Rare, and large.
        Box::pin(self.decode_elsewhere(operation, received, answer, error)).await
    }

    async fn decode_elsewhere<T: Send + 'static, E: Send + 'static>(
        &self,
        operation: &'static Operation,
        received: Received,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        let result = Arc::new(Mutex::new(None));
        let job = {
            let (connection, received, result) =
                (self.clone(), received.clone(), Arc::clone(&result));
            move || {
                let done = connection.classify(operation, received, answer, error);
                *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            }
        };
        if elsewhere(Box::new(job), received.limits().time)
            .await
            .is_err()
        {
            return Err(exceeded(&received, Exceeded::Time, operation));
        }
        let done = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        // None where the runtime that was to do it is shut down.
        done.unwrap_or_else(|| self.classify(operation, received, answer, error))
    }

    /// Result or failure, by status and never by what happens to decode.
    #[inline(never)]
    pub(crate) fn classify<T, E>(
        &self,
        operation: &'static Operation,
        received: Received,
        answer: Decode<T>,
        error: Decode<E>,
    ) -> Result<Answer<T>, Error<E>> {
        if is_result(received.status(), operation.success) {
            return match answer(&received) {
                Ok(value) => Ok(Answer::new(value, received)),
                Err(misfit) => Err(undecoded(received, misfit, operation)),
            };
        }
        let suspect = self.inner.suspect(operation);
        let base = &self.inner.base;
        Err(match error(&received) {
            Ok(value) => ErrorAnswer::new(value, received, suspect).of(operation),
            Err(_) => UnexpectedStatus::new(received, base, suspect).of(operation),
        })
    }
}

/// The error of a result that has not the expected shape, or takes more than it may.
#[cold]
fn undecoded<E>(received: Received, misfit: Misfit, operation: &'static Operation) -> Error<E> {
    match misfit.exceeded() {
        Some(limit) => exceeded(&received, limit, operation),
        None => DecodeError::new(received, misfit).of(operation),
    }
}

#[cold]
fn exceeded<E>(received: &Received, limit: Exceeded, operation: &'static Operation) -> Error<E> {
    let error = TransportError::decoding(received.status(), limit);
    Error::Transport {
        operation,
        error: Box::new(error.with_effort(received.effort())),
    }
}

/// The time was up.
struct TimedOut;

/// Does a job on a thread that may be kept busy, and waits for it as long as there is time.
///
/// Without types, so that it is compiled once. The job may be left undone where the runtime shuts down.
async fn elsewhere(job: Box<dyn FnOnce() + Send>, time: Option<Duration>) -> Result<(), TimedOut> {
    let Ok(runtime) = Handle::try_current() else {
        return Ok(());
    };
    let job = runtime.spawn_blocking(job);
    let done = match time {
        Some(time) => timeout(time, job).await.map_err(|_| TimedOut)?,
        None => job.await,
    };
    if let Err(error) = done
        && let Ok(panic) = error.try_into_panic()
    {
        // In a decoder of the program's own.
        resume_unwind(panic);
    }
    Ok(())
}
