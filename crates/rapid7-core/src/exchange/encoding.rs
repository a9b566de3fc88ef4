//! Encodings of content that are undone here: gzip.
//!
//! The HTTP client could do so too. It takes no other name than `gzip` in small letters, and drops the length that was
//! announced, so that nobody can tell whether all came.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// Whether the content is encoded with gzip and nothing else.
pub(super) fn is_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let mut codings = values
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    let is_gzip = |coding: &str| {
        ["gzip", "x-gzip"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(coding))
    };
    codings.next().is_some_and(is_gzip) && codings.next().is_none()
}

/// Undoes gzip piece by piece.
pub(super) struct Unpacker {
    decoder: MultiGzDecoder<Kept>,
}

/// What was unpacked, up to a limit.
struct Kept {
    bytes: Vec<u8>,
    max: usize,
    is_over: bool,
}

impl Unpacker {
    /// Keeps at most so many bytes.
    pub(super) fn new(max: usize) -> Self {
        Self {
            decoder: MultiGzDecoder::new(Kept {
                bytes: Vec::new(),
                max,
                is_over: false,
            }),
        }
    }

    /// Unpacks the beginning of a piece, into some ten thousand bytes at most; gives what is left of the piece.
    pub(super) fn unpack<'a>(&mut self, packed: &'a [u8]) -> io::Result<&'a [u8]> {
        match self.decoder.write(packed)? {
            0 => Err(io::ErrorKind::InvalidData.into()),
            taken => Ok(packed.get(taken..).unwrap_or_default()),
        }
    }

    /// Whether there is more than is kept.
    pub(super) fn is_over(&self) -> bool {
        self.decoder.get_ref().is_over
    }

    pub(super) fn len(&self) -> usize {
        self.decoder.get_ref().bytes.len()
    }

    /// What is kept, if nothing more is to come: the end of the stream and its checksum are looked at.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        let kept = self.decoder.finish()?;
        Ok(kept.bytes)
    }

    /// What is kept so far.
    pub(super) fn into_kept(mut self) -> Vec<u8> {
        std::mem::take(&mut self.decoder.get_mut().bytes)
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.max.saturating_sub(self.bytes.len());
        self.is_over |= bytes.len() > room;
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.bytes.extend_from_slice(kept);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn gzip_by_any_name_and_alone() {
        for (values, expected) in [
            (&["gzip"][..], true),
            (&["GZIP"], true),
            (&["x-gzip"], true),
            (&[" X-GZip "], true),
            (&["identity, gzip"], true),
            (&["gzip,"], true),
            (&["identity", "gzip"], true),
            (&[], false),
            (&[""], false),
            (&["identity"], false),
            (&["br"], false),
            (&["gzip, gzip"], false),
            (&["gzip", "br"], false),
            (&["gzip\u{e9}"], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(is_gzip(&headers), expected, "{values:?}");
        }
    }
}
