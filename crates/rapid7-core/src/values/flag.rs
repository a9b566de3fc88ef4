//! A flag in any of its spellings.

use super::scalar::{Scalar, around_scalar};

/// A flag that comes as a boolean, as 0 or 1, or as a word.
///
/// Is written in the form that it came in. Two flags are equal if they have the same form.
///
/// ```
/// use rapid7_core::Flag;
///
/// let flags: Vec<Flag> = serde_json::from_str(r#"[true, 0, "Yes", "unknown"]"#)?;
/// let set: Vec<_> = flags.iter().map(Flag::is_set).collect();
/// assert_eq!(set, [Some(true), Some(false), Some(true), None]);
/// assert_eq!(serde_json::to_string(&flags)?, r#"[true,0,"Yes","unknown"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Flag(Scalar);

around_scalar!(Flag);

/// Words for a set and for an unset flag.
const WORDS: [(&str, bool); 12] = [
    ("true", true),
    ("t", true),
    ("yes", true),
    ("y", true),
    ("on", true),
    ("1", true),
    ("false", false),
    ("f", false),
    ("no", false),
    ("n", false),
    ("off", false),
    ("0", false),
];

impl Flag {
    /// Whether it is set; `None` where what came is no flag.
    ///
    /// `true`, 1, `yes`, `y`, `t` and `on` are; `false`, 0, `no`, `n`, `f` and `off` are not. Words count
    /// in any case.
    #[must_use]
    pub fn is_set(&self) -> Option<bool> {
        match &self.0 {
            Scalar::Bool(value) => Some(*value),
            Scalar::Integer(0) => Some(false),
            Scalar::Integer(1) => Some(true),
            Scalar::Integer(_) => None,
            Scalar::Number(text) => match text.parse::<f64>() {
                Ok(0.0) => Some(false),
                Ok(1.0) => Some(true),
                _ => None,
            },
            Scalar::Text(text) => WORDS
                .iter()
                .find(|(word, _)| text.trim().eq_ignore_ascii_case(word))
                .map(|(_, value)| *value),
        }
    }
}

/// Not set.
impl Default for Flag {
    fn default() -> Self {
        false.into()
    }
}

impl From<bool> for Flag {
    fn from(value: bool) -> Self {
        Self(Scalar::Bool(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Flag;

    #[test]
    fn spellings() {
        for (text, expected) in [
            ("true", Some(true)),
            ("1", Some(true)),
            ("1.0", Some(true)),
            ("\" TRUE \"", Some(true)),
            ("\"on\"", Some(true)),
            ("false", Some(false)),
            ("0", Some(false)),
            ("-0", Some(false)),
            ("\"No\"", Some(false)),
            ("2", None),
            ("0.5", None),
            ("\"\"", None),
            ("\"maybe\"", None),
        ] {
            let flag: Flag = crate::decode::from_json(text.as_bytes(), None).unwrap();
            assert_eq!(flag.is_set(), expected, "{text}");
        }
        assert_eq!(Flag::default().is_set(), Some(false));
        assert_eq!(Flag::from(true).to_string(), "true");
        assert_eq!(format!("{:?}", Flag::from("yes")), "Flag(\"yes\")");
        assert!(crate::decode::from_json::<Flag>(b"[1]", None).is_err());
    }
}
