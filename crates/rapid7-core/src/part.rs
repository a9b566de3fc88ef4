//! Forms in parts, as the caller fills them.

mod encode;

use std::fmt;

use bytes::Bytes;

pub(crate) use encode::encode;

/// The content of one part of a multipart form: a file, or text.
///
/// Contents are in memory and shared, not copied, between clones. `Debug` shows names and sizes only.
///
/// ```
/// use rapid7_core::Part;
///
/// let image = Part::bytes(vec![0x89, b'P', b'N', b'G'])
///     .file_name("a.png")
///     .content_type("image/png");
/// let note = Part::text("a note");
/// assert_eq!(image.len() + note.len(), 10);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    bytes: Bytes,
    is_file: bool,
    file_name: Option<Box<str>>,
    content_type: Option<Box<str>>,
}

impl Part {
    /// A file.
    ///
    /// Unless set, its file name is the name of the part, since servers take a part without one for text, and its
    /// content type is what the operation names, else `application/octet-stream`.
    #[must_use]
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            is_file: true,
            file_name: None,
            content_type: None,
        }
    }

    /// Text, sent without a file name, and without a content type unless one is set or the operation names one.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            is_file: false,
            ..Self::bytes(text.into())
        }
    }

    /// Sets the file name that the server is told; makes a file of a text.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into().into_boxed_str());
        self.is_file = true;
        self
    }

    /// Sets the content type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into().into_boxed_str());
        self
    }

    /// Length of the content in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the content is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The part with this content type, if it has none.
    pub(crate) fn or_content_type(mut self, content_type: Option<&str>) -> Self {
        if self.content_type.is_none() {
            self.content_type = content_type.map(Into::into);
        }
        self
    }

    /// The part as a file, whatever it was made from.
    pub(crate) fn into_file(mut self) -> Self {
        self.is_file = true;
        self
    }
}

#[allow(
    clippy::missing_fields_in_debug,
    reason = "whether it is a file shows in its name"
)]
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("len", &self.bytes.len())
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .finish()
    }
}

impl From<Bytes> for Part {
    fn from(bytes: Bytes) -> Self {
        Self::bytes(bytes)
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&[u8]> for Part {
    fn from(bytes: &[u8]) -> Self {
        Self::bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Part {
    fn from(bytes: &[u8; N]) -> Self {
        Self::bytes(bytes.to_vec())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// Named parts in the order in which they are sent; a name may stand more than once.
///
/// ```
/// use rapid7_core::{Form, Part};
///
/// let form = Form::new()
///     .part("title", "Holidays")
///     .part("image", Part::bytes(vec![1, 2, 3]).file_name("a.png"));
/// assert_eq!(form.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    parts: Vec<(String, Part)>,
}

impl Form {
    /// A form without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, name: impl Into<String>, part: impl Into<Part>) -> Self {
        self.push(name.into(), part.into());
        self
    }

    /// Number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are no parts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn push(&mut self, name: String, part: Part) {
        self.parts.push((name, part));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|(there, _)| there == name)
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.parts.extend(other.parts.iter().cloned());
    }
}

/// A [`Part`], an `Option` or a list of them, for [`Request::file`](crate::Request::file).
pub trait Parts: sealed::Sealed {
    /// The parts to send.
    fn parts(&self) -> &[Part];
}

impl Parts for Part {
    fn parts(&self) -> &[Part] {
        std::slice::from_ref(self)
    }
}

impl Parts for Option<Part> {
    fn parts(&self) -> &[Part] {
        self.as_slice()
    }
}

impl Parts for Vec<Part> {
    fn parts(&self) -> &[Part] {
        self
    }
}

impl Parts for Option<Vec<Part>> {
    fn parts(&self) -> &[Part] {
        self.as_deref().unwrap_or_default()
    }
}

mod sealed {
    use super::Part;

    pub trait Sealed {}
    impl Sealed for Part {}
    impl Sealed for Option<Part> {}
    impl Sealed for Vec<Part> {}
    impl Sealed for Option<Vec<Part>> {}
}
