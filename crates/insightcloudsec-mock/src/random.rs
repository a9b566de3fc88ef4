//! Numbers that look random and are the same on every run.

/// `SplitMix64`: small, fast, and good enough for made-up data.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed` and `label`.
    pub(crate) fn labelled(seed: u64, label: &str) -> Self {
        // FNV-1a; std's hasher may change between releases.
        let hash = label
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = low.abs_diff(high).saturating_add(1);
        low.saturating_add_unsigned(self.next() % span)
    }

    /// A number from 0 to 1, 1 not included.
    #[allow(
        clippy::cast_precision_loss,
        reason = "a number of 53 bits is a float as it is"
    )]
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in one of `n` cases.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n.max(1))
    }

    /// One of the items; the default where there is none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = usize::try_from(self.next() % (items.len().max(1) as u64)).unwrap_or_default();
        items.get(at).copied().unwrap_or_default()
    }

    /// Lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        self.text(digits, b"0123456789abcdef")
    }

    /// Characters of an alphabet.
    pub(crate) fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length)
            .map(|_| char::from(self.pick(alphabet)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_label_one_sequence() {
        let take = |seed, label: &str| {
            let mut random = Random::labelled(seed, label);
            [random.next(), random.next()]
        };
        assert_eq!(take(7, "clouds"), take(7, "clouds"));
        assert_ne!(take(7, "clouds"), take(8, "clouds"));
        assert_ne!(take(7, "clouds"), take(7, "bots"));
    }

    #[test]
    fn bounds_are_included() {
        let mut random = Random::labelled(1, "bounds");
        let drawn: Vec<i64> = (0..200).map(|_| random.between(1, 5)).collect();
        assert_eq!(
            (drawn.iter().min(), drawn.iter().max()),
            (Some(&1), Some(&5))
        );
        assert_eq!(random.between(3, 3), 3);
        assert_eq!(random.pick::<u8>(&[]), 0);
    }
}
