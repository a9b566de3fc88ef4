//! A decoded answer.

use std::fmt;
use std::ops::Deref;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::effort::Effort;
use crate::received::Received;

/// A value decoded from an answer, with the status and headers it came with.
///
/// Dereferences to the value. `Debug` shows the status and the value, never the headers.
#[derive(Clone)]
pub struct Answer<T> {
    value: T,
    /// Without its body.
    received: Received,
}

impl<T> Answer<T> {
    pub(crate) fn new(value: T, received: Received) -> Self {
        Self {
            value,
            received: received.without_body(),
        }
    }

    /// The decoded value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The decoded value, given away.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status. It may carry meaning: some operations answer 202 or 406 with a result.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.received.status()
    }

    /// The headers. Their values may hold secrets, such as cookies.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.received.headers()
    }

    /// The id that the server or a gateway gave the request, from `X-Request-Id` and its kin.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.received.request_id()
    }

    /// What the call cost: attempts, time, waits.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.received.effort()
    }

    /// The same answer with another value.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            value: f(self.value),
            received: self.received,
        }
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status().as_u16())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
