//! Bodies that take little memory, however long they are.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// Bytes that are repeated, a mebibyte at a time.
const BLOCK: usize = 1024 * 1024;

/// Longest piece of an endless body.
const PIECE: usize = 64 * 1024;

/// JSON allows any number of them before a value.
const BLANK: u8 = b' ';

/// A gzip header: deflate, no flags, no time, no system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];

/// A body: a beginning, a pattern that is repeated, and an end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Content {
    head: Bytes,
    pattern: Bytes,
    /// None is without end.
    repeats: Option<u64>,
    tail: Bytes,
}

impl Content {
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self {
            head: bytes,
            repeats: Some(0),
            ..Self::default()
        }
    }

    /// Blanks without end.
    pub(crate) fn endless() -> Self {
        Self {
            pattern: Bytes::from(vec![BLANK; PIECE]),
            repeats: None,
            ..Self::default()
        }
    }

    /// The gzip form of that many blanks, about a thousandth as long.
    ///
    /// One block is compressed. It refers to nothing before it and ends at a byte, so that it can be repeated.
    pub(crate) fn gzip_bomb(unpacked: u64) -> io::Result<Self> {
        let blanks = vec![BLANK; BLOCK];
        let blocks = unpacked / BLOCK as u64;
        let rest = usize::try_from(unpacked % BLOCK as u64).unwrap_or_default();
        let rest = blanks.get(..rest).unwrap_or_default();

        let mut block = DeflateEncoder::new(Vec::new(), Compression::best());
        block.write_all(&blanks)?;
        block.flush()?;
        let mut tail = DeflateEncoder::new(Vec::new(), Compression::best());
        tail.write_all(rest)?;
        let mut tail = tail.finish()?;
        tail.extend(checksum(&blanks, blocks, rest).to_le_bytes());
        // The format has the length modulo 2^32.
        tail.extend(unpacked.to_le_bytes().into_iter().take(4));
        Ok(Self {
            head: Bytes::from_static(&GZIP_HEADER),
            pattern: Bytes::copy_from_slice(block.get_ref()),
            repeats: Some(blocks),
            tail: Bytes::from(tail),
        })
    }

    /// Bytes that are left; none of a body without end.
    pub(crate) fn len(&self) -> Option<u64> {
        let repeated = self.repeats?.saturating_mul(self.pattern.len() as u64);
        Some(repeated.saturating_add((self.head.len() + self.tail.len()) as u64))
    }

    /// The bytes of a body that repeats nothing.
    pub(crate) fn as_whole(&self) -> Option<&Bytes> {
        (self.repeats == Some(0) && self.tail.is_empty()).then_some(&self.head)
    }

    /// The next bytes, never none of them.
    pub(crate) fn next(&mut self) -> Option<Bytes> {
        let next = if !self.head.is_empty() {
            std::mem::take(&mut self.head)
        } else if self.repeats == Some(0) {
            std::mem::take(&mut self.tail)
        } else {
            self.repeats = self.repeats.map(|repeats| repeats - 1);
            self.pattern.clone()
        };
        (!next.is_empty()).then_some(next)
    }
}

/// The CRC of so many blocks and a rest, by doubling: checksums of parts can be combined.
fn checksum(block: &[u8], blocks: u64, rest: &[u8]) -> u32 {
    let mut sum = Crc::new();
    let mut power = Crc::new();
    power.update(block);
    let mut left = blocks;
    while left > 0 {
        if left % 2 == 1 {
            sum.combine(&power);
        }
        let mut doubled = Crc::new();
        doubled.combine(&power);
        doubled.combine(&power);
        power = doubled;
        left /= 2;
    }
    sum.update(rest);
    sum.sum()
}

pub(crate) fn gzip(bytes: &[u8]) -> io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(Bytes::from(encoder.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut content: Content) -> Vec<u8> {
        std::iter::from_fn(|| content.next()).flatten().collect()
    }

    #[test]
    fn bombs_unpack_to_their_length() {
        for unpacked in [0, 1, BLOCK - 1, BLOCK, 5 * BLOCK + 7] {
            let bomb = Content::gzip_bomb(unpacked as u64).unwrap();
            let announced = bomb.len().unwrap();
            let packed = all(bomb);
            assert_eq!(packed.len() as u64, announced);
            // The reader compares length and checksum with those of the trailer.
            let mut decoder = flate2::read::GzDecoder::new(&packed[..]);
            assert_eq!(
                io::copy(&mut decoder, &mut io::sink()).unwrap(),
                unpacked as u64
            );
        }
    }

    #[test]
    fn big_bombs_are_small_on_the_wire() {
        let bomb = Content::gzip_bomb(10_000_000_000).unwrap();
        assert!((8_000_000..16_000_000).contains(&bomb.len().unwrap()));
    }

    #[test]
    fn whole_bodies_come_in_one_piece() {
        let content = Content::whole(Bytes::from_static(b"abc"));
        assert_eq!(content.len(), Some(3));
        assert_eq!(content.as_whole().unwrap(), "abc");
        assert_eq!(all(content), b"abc");
        assert_eq!(Content::whole(Bytes::new()).next(), None);
        assert_eq!(Content::endless().len(), None);
        assert_eq!(Content::endless().as_whole(), None);
    }
}
