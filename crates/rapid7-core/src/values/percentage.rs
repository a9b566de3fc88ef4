//! A share of a hundred.

use super::scalar::{Scalar, around_scalar};
use crate::decode::number_of_text;

/// A percentage that comes as text, `"95%"` or `"95.0 %"`, or as a number.
///
/// Is written in the form that it came in. Nothing is scaled: whether 0.95 means 95 % or less than one is
/// known to the operation's documentation at best.
///
/// ```
/// use rapid7_core::Percentage;
///
/// let shares: Vec<Percentage> = serde_json::from_str(r#"["95.5 %", 95, 0.95, "n/a"]"#)?;
/// let values: Vec<_> = shares.iter().map(Percentage::value).collect();
/// assert_eq!(values, [Some(95.5), Some(95.0), Some(0.95), None]);
/// assert_eq!(serde_json::to_string(&shares)?, r#"["95.5 %",95,0.95,"n/a"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Percentage(Scalar);

around_scalar!(Percentage);

impl Percentage {
    /// The number in front of the sign, as it is; `None` where there is none.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        let text = self.0.text();
        let text = text.trim();
        number_of_text(text.strip_suffix('%').unwrap_or(text).trim_end())
    }
}

/// A number; one that is not finite becomes the text `NaN` or `inf`.
impl From<f64> for Percentage {
    fn from(value: f64) -> Self {
        Self(Scalar::of_float(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Percentage;

    #[test]
    fn values_of_all_forms() {
        for (text, expected) in [
            ("\"95%\"", Some(95.0)),
            ("\" 95.0 % \"", Some(95.0)),
            ("\"-1.5%\"", Some(-1.5)),
            ("95", Some(95.0)),
            ("0.95", Some(0.95)),
            ("\"\"", None),
            ("\"%\"", None),
            ("\"N/A\"", None),
            ("\"95%%\"", None),
            ("true", None),
        ] {
            let share: Percentage = crate::decode::from_json(text.as_bytes(), None).unwrap();
            assert_eq!(share.value(), expected, "{text}");
            assert_eq!(serde_json::to_string(&share).unwrap(), text);
        }
        assert_eq!(Percentage::from(0.5).to_string(), "0.5");
        assert_eq!(Percentage::from(f64::NAN).value(), None);
    }
}
