//! An identifier that is sometimes a number.

use std::borrow::Cow;

use super::scalar::{Scalar, around_scalar};
use crate::decode::integer_of_text;

/// A whole number of any size, or an identifier that comes as an integer here and as text there, such as an
/// account number.
///
/// Is written in the form that it came in, and `5` and `"5"` are not equal; compare
/// [`as_text`](Self::as_text) to look past the form. Digits are kept, however many, and so are leading
/// zeros of texts. An integer beyond 64 bits keeps its digits in answers; `serde_json` on its own makes a
/// float of it. One beyond 128 bits is written as a string.
///
/// ```
/// use rapid7_core::IntegerOrText;
///
/// let ids: Vec<IntegerOrText> = serde_json::from_str(r#"[5, "5", "012", "divvyuser:2:"]"#)?;
/// assert_eq!(ids[0].as_text(), ids[1].as_text());
/// assert_eq!(ids[2].as_i64(), Some(12));
/// assert_eq!(ids[3].as_i64(), None);
/// assert_eq!(serde_json::to_string(&ids)?, r#"[5,"5","012","divvyuser:2:"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct IntegerOrText(Scalar);

around_scalar!(IntegerOrText);

impl IntegerOrText {
    /// The integer, be it a number or a text of digits; `None` where it is neither or is beyond 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Scalar::Integer(value) => Some(*value),
            Scalar::Number(text) => i64::try_from(integer_of_text(text)?).ok(),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        }
    }

    /// As [`as_i64`](Self::as_i64), for integers up to 18,446,744,073,709,551,615 that are not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Scalar::Integer(value) => u64::try_from(*value).ok(),
            Scalar::Number(text) => u64::try_from(integer_of_text(text)?).ok(),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        }
    }

    /// The text, or the digits of the integer.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        self.0.text()
    }
}

impl From<i64> for IntegerOrText {
    fn from(value: i64) -> Self {
        Self(Scalar::Integer(value))
    }
}

impl From<i32> for IntegerOrText {
    fn from(value: i32) -> Self {
        i64::from(value).into()
    }
}

impl From<u64> for IntegerOrText {
    fn from(value: u64) -> Self {
        Self(Scalar::of_number(&value.to_string()))
    }
}

impl From<u32> for IntegerOrText {
    fn from(value: u32) -> Self {
        i64::from(value).into()
    }
}

#[cfg(test)]
mod tests {
    use super::IntegerOrText;

    #[test]
    fn integers_and_texts_meet_in_both_views() {
        for (text, integer, shown) in [
            ("5", Some(5), "5"),
            ("5.0", Some(5), "5.0"),
            ("5.5", None, "5.5"),
            ("\" 5\"", Some(5), " 5"),
            ("\"ocid1\"", None, "ocid1"),
            ("18446744073709551616", None, "18446744073709551616"),
            ("true", None, "true"),
        ] {
            let id: IntegerOrText = crate::decode::from_json(text.as_bytes(), None).unwrap();
            assert_eq!(id.as_i64(), integer, "{text}");
            assert_eq!(id.as_text(), shown);
            assert_eq!(id.to_string(), shown);
            assert_eq!(serde_json::to_string(&id).unwrap(), text);
        }
        let largest = IntegerOrText::from(u64::MAX);
        assert_eq!((largest.as_i64(), largest.as_u64()), (None, Some(u64::MAX)));
        assert_eq!(
            serde_json::to_string(&largest).unwrap(),
            u64::MAX.to_string()
        );
        assert_eq!(IntegerOrText::from(7_u64), IntegerOrText::from(7_i64));
        assert_eq!(IntegerOrText::from(-7_i64).as_u64(), None);
        let from_literals: [IntegerOrText; 3] = [7.into(), "7".into(), "7".to_owned().into()];
        assert_ne!(from_literals[0], from_literals[1]);
        assert_eq!(from_literals[1], from_literals[2]);
        assert_eq!(IntegerOrText::default(), "".into());
    }
}
