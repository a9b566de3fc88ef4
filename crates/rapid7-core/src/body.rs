//! A body without a documented shape.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::decode::{self, Limits};
use crate::mask::Mask;
use crate::misfit::Misfit;
use crate::received::{Received, media_type};

/// A body that is not JSON, or whose shape nobody has documented.
///
/// `Debug` shows length and kind of content only.
///
/// ```
/// let body = rapid7_core::Body::from(r#"{"count": 3}"#);
/// let value: serde_json::Value = body.json()?;
/// assert_eq!(value["count"], 3);
/// # Ok::<(), rapid7_core::Misfit>(())
/// ```
#[derive(Clone, Default)]
pub struct Body {
    bytes: Bytes,
    content_type: Option<Box<str>>,
    limits: Limits,
    /// Of the connection that it came by; no part of its value.
    mask: Option<Arc<Mask>>,
}

impl Body {
    /// The body of an answer. Decoding it later has no time limit: the call is over by then.
    pub(crate) fn received(received: &Received) -> Self {
        Self {
            bytes: received.bytes().clone(),
            content_type: received.content_type().map(Into::into),
            limits: Limits {
                time: None,
                ..received.limits()
            },
            mask: received.mask().cloned(),
        }
    }

    /// States the content type; sent in place of the one that the operation would name.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into().into_boxed_str());
        self
    }

    /// The bytes, after transfer and content encodings (gzip) are undone.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes, given away.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The body decoded from JSON.
    ///
    /// # Errors
    ///
    /// [`Misfit`] where the body is not JSON or does not have the shape of `T`; an empty body is not
    /// JSON. Also where the value takes more memory than
    /// [`max_decoded_bytes`](crate::ConnectionBuilder::max_decoded_bytes) of the connection that the body came over, or
    /// else 512 MiB.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Misfit> {
        decode::within(
            self.limits,
            &self.bytes,
            self.content_type(),
            self.mask.as_deref(),
        )
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Content type as the server stated it, parameters included, or as set.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, &self.content_type) == (&other.bytes, &other.content_type)
    }
}

impl Eq for Body {}

#[allow(
    clippy::missing_fields_in_debug,
    reason = "the mask is the connection's"
)]
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("len", &self.bytes.len())
            .field("content_type", &self.content_type().map(media_type))
            .finish_non_exhaustive()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self {
            bytes,
            content_type: None,
            limits: Limits::default(),
            mask: None,
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

/// A [`Body`] or an `Option<Body>`, for [`Request::raw`](crate::Request::raw).
pub trait RequestBody: sealed::Sealed {
    /// The body to send, if any.
    fn body(&self) -> Option<&Body>;
}

impl RequestBody for Body {
    fn body(&self) -> Option<&Body> {
        Some(self)
    }
}

impl RequestBody for Option<Body> {
    fn body(&self) -> Option<&Body> {
        self.as_ref()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Body {}
    impl Sealed for Option<super::Body> {}
}
