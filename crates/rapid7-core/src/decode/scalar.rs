//! Numbers and flags in whatever form they come.

use serde::de::Visitor;

use super::fault::Fault;

/// An integer, of the smallest kind that holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Unsigned(u64),
    Signed(i64),
    Large(i128),
    Larger(u128),
}

impl Number {
    fn of_digits(text: &str) -> Option<Self> {
        if let Ok(value) = text.parse() {
            return Some(Self::Unsigned(value));
        }
        if let Ok(value) = text.parse() {
            return Some(Self::Signed(value));
        }
        if let Ok(value) = text.parse() {
            return Some(Self::Large(value));
        }
        text.parse().ok().map(Self::Larger)
    }

    /// Hands over the text of a JSON number as `serde_json` would.
    pub(super) fn visit_own_kind<'de, V: Visitor<'de>>(
        text: &str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if text != "-0" && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            match Self::of_digits(text) {
                Some(Self::Unsigned(value)) => return visitor.visit_u64(value),
                Some(Self::Signed(value)) => return visitor.visit_i64(value),
                _ => {}
            }
        }
        match number_of_text(text) {
            Some(value) => visitor.visit_f64(value),
            None => Err(Fault::kind("a number out of range", &visitor)),
        }
    }
}

impl TryFrom<Number> for u64 {
    type Error = std::num::TryFromIntError;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        match number {
            Number::Unsigned(value) => Ok(value),
            Number::Signed(value) => value.try_into(),
            Number::Large(value) => value.try_into(),
            Number::Larger(value) => value.try_into(),
        }
    }
}

impl TryFrom<Number> for i64 {
    type Error = std::num::TryFromIntError;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        match number {
            Number::Unsigned(value) => value.try_into(),
            Number::Signed(value) => Ok(value),
            Number::Large(value) => value.try_into(),
            Number::Larger(value) => value.try_into(),
        }
    }
}

/// Up to here every integer is a float of its own.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The integer that a text stands for: `5`, `-5`, `5.0`, `5e3`; `None` where it is none or too large for any type.
pub(crate) fn integer_of_text(text: &str) -> Option<Number> {
    if let Some(number) = Number::of_digits(text) {
        return is_number(text).then_some(number);
    }
    if !is_number(text) {
        return None;
    }
    if let Some((whole, fraction)) = text.split_once('.')
        && fraction.bytes().all(|byte| byte == b'0')
    {
        return Number::of_digits(whole);
    }
    let value: f64 = text.parse().ok()?;
    if value.fract() != 0.0 || value.abs() > MAX_EXACT {
        return None;
    }
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a whole number within 53 bits"
    )]
    Number::of_digits(&(value as i64).to_string())
}

/// The finite number that a text stands for.
pub(crate) fn number_of_text(text: &str) -> Option<f64> {
    if !is_number(text) {
        return None;
    }
    // Left to `serde_json`, so that a number is the same one however it is read.
    serde_json::from_str(text).ok()
}

/// Whether a text is written as a number of JSON, a leading `+` or zeros aside.
fn is_number(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    matches!(first, Some(b'0'..=b'9' | b'-' | b'+'))
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
}

/// `true`, `false`, `1` and `0` in any case.
pub(super) fn bool_of_text(text: &str) -> Option<bool> {
    if text == "1" || text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text == "0" || text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, bool_of_text, integer_of_text, number_of_text};

    #[test]
    fn integers_of_texts_are_exact_or_none() {
        for (text, expected) in [
            ("5", Some(Number::Unsigned(5))),
            ("5.0", Some(Number::Unsigned(5))),
            ("-5.00", Some(Number::Signed(-5))),
            ("5e3", Some(Number::Unsigned(5000))),
            ("007", Some(Number::Unsigned(7))),
            ("18446744073709551615", Some(Number::Unsigned(u64::MAX))),
            ("18446744073709551616.0", Some(Number::Large(1 << 64))),
            (
                "340282366920938463463374607431768211455",
                Some(Number::Larger(u128::MAX)),
            ),
            ("340282366920938463463374607431768211456", None),
            ("1e30", None),
            ("5.5", None),
            ("5.", Some(Number::Unsigned(5))),
            ("", None),
            ("-", None),
            ("N/A", None),
            ("0x5", None),
            ("5 5", None),
            ("inf", None),
            ("1_000", None),
        ] {
            assert_eq!(integer_of_text(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number_of_text("1.5"), Some(1.5));
        assert_eq!(number_of_text("-2"), Some(-2.0));
        for text in ["", "nan", "inf", "-inf", "1e999", "95%", "1,5", "-"] {
            assert_eq!(number_of_text(text), None, "{text}");
        }
    }

    #[test]
    fn flags_have_four_spellings() {
        assert_eq!(bool_of_text("TRUE"), Some(true));
        assert_eq!(bool_of_text("0"), Some(false));
        assert_eq!(bool_of_text("yes"), None);
    }
}
