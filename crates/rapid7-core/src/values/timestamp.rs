//! A point in time in any of the forms that servers write.

mod instant;

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scalar::Scalar;
use instant::{Instant, Zone};

/// A point in time, kept in the text that it came in and read on demand.
///
/// Servers write dates in many forms, and words where there is none. No answer fails for that: the text is
/// kept, is written back in the form that it came in, and [`to_system_time`](Self::to_system_time),
/// `to_jiff` (feature `jiff`) and `to_chrono` (feature `chrono`) read it. They take
///
/// * `2022-04-05`, or with a time after `T`, a space or a comma: `2022-04-05 03:35:06`; slashes for dashes;
/// * the month first: `05/15/2019 22:13:19`;
/// * fractions of a second, and times without seconds;
/// * then nothing, `Z`, `UTC`, `GMT` or an offset such as `+02:00`;
/// * seconds since 1970 as a number, or milliseconds if that would be after the year 5138. As text, they
///   have at least nine digits.
///
/// **Without a zone the time is taken for UTC**, and [`states_zone`](Self::states_zone) is false. A date
/// alone is its midnight.
///
/// There is no order, since that of the texts is not that of the times; compare what they are read as.
/// Two timestamps are equal if they have the same form.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use rapid7_core::Timestamp;
///
/// let times: Vec<Timestamp> = serde_json::from_str(
///     r#"["2019-07-11 02:40:51.5", "2019-07-11T02:40:51.5Z", 1562812851.5, "None"]"#,
/// )?;
/// let expected = SystemTime::UNIX_EPOCH + Duration::from_millis(1_562_812_851_500);
/// for time in &times[..3] {
///     assert_eq!(time.to_system_time(), Ok(Some(expected)));
/// }
/// assert!(times[3].is_absent());
/// assert_eq!(times[3].to_system_time(), Ok(None));
/// assert!(!times[0].states_zone() && times[1].states_zone());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Timestamp {
    text: Box<str>,
    /// Whether it is a number in JSON.
    is_number: bool,
}

/// Why a text is not read as a point in time. It does not quote the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// The text has another form than those that are known.
    #[error("the text is not a date in a known form")]
    UnknownForm,
    /// There is no such day or time, or the library cannot hold it.
    #[error("there is no such date or time, or it is too far away")]
    OutOfRange,
}

impl Timestamp {
    /// The text as it came; of a number, its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the text says that there is no time: it is empty, `-`, `None` or `null`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        let text = self.text.trim();
        ["", "-", "none", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
    }

    /// Whether the text says which zone it is in. Seconds since 1970 do; a text that cannot be read does not.
    #[must_use]
    pub fn states_zone(&self) -> bool {
        matches!(self.instant(), Ok(Some(instant)) if instant.zone == Zone::Stated)
    }

    /// The time as the standard library has it; `None` where it [is absent](Self::is_absent).
    ///
    /// # Errors
    ///
    /// [`TimestampError`] where the text is no time, or the system cannot hold it.
    pub fn to_system_time(&self) -> Result<Option<SystemTime>, TimestampError> {
        let Some(instant) = self.instant()? else {
            return Ok(None);
        };
        let seconds = Duration::from_secs(instant.seconds.unsigned_abs());
        let time = if instant.seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(seconds)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(seconds)
        };
        time.and_then(|time| time.checked_add(Duration::from_nanos(instant.nanoseconds.into())))
            .map(Some)
            .ok_or(TimestampError::OutOfRange)
    }

    /// The time as `jiff` has it; `None` where it [is absent](Self::is_absent).
    ///
    /// # Errors
    ///
    /// [`TimestampError`] where the text is no time, or is out of the years -9999 to 9999.
    #[cfg(feature = "jiff")]
    pub fn to_jiff(&self) -> Result<Option<jiff::Timestamp>, TimestampError> {
        let Some(instant) = self.instant()? else {
            return Ok(None);
        };
        let nanoseconds = i32::try_from(instant.nanoseconds).unwrap_or_default();
        jiff::Timestamp::new(instant.seconds, nanoseconds)
            .map(Some)
            .map_err(|_| TimestampError::OutOfRange)
    }

    /// The time as `chrono` has it; `None` where it [is absent](Self::is_absent).
    ///
    /// # Errors
    ///
    /// [`TimestampError`] where the text is no time.
    #[cfg(feature = "chrono")]
    pub fn to_chrono(&self) -> Result<Option<chrono::DateTime<chrono::Utc>>, TimestampError> {
        let Some(instant) = self.instant()? else {
            return Ok(None);
        };
        chrono::DateTime::from_timestamp(instant.seconds, instant.nanoseconds)
            .map(Some)
            .ok_or(TimestampError::OutOfRange)
    }

    fn instant(&self) -> Result<Option<Instant>, TimestampError> {
        if self.is_absent() {
            return Ok(None);
        }
        Instant::read(self.text.trim(), self.is_number).map(Some)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_number {
            write!(f, "Timestamp({})", self.text)
        } else {
            write!(f, "Timestamp({:?})", self.text)
        }
    }
}

/// The text as it came.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self {
            text: text.into(),
            is_number: false,
        }
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_number {
            return Scalar::of_number(&self.text).serialize(serializer);
        }
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Scalar::deserialize(deserializer)? {
            Scalar::Text(text) => Self {
                text,
                is_number: false,
            },
            Scalar::Bool(value) => value.to_string().into(),
            number => Self {
                text: number.text().into(),
                is_number: true,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, TimestampError};
    use std::time::{Duration, SystemTime};

    fn read(json: &str) -> Timestamp {
        crate::decode::from_json(json.as_bytes(), None).unwrap()
    }

    #[test]
    fn keeps_text_and_kind() {
        for json in [
            "\"2022-04-05 03:35:06\"",
            "1649129706",
            "1649129706.25",
            "\"None\"",
        ] {
            let time = read(json);
            assert_eq!(time.as_str(), json.trim_matches('"'));
            assert_eq!(time.to_string(), time.as_str());
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
            assert_eq!(serde_json::from_str::<Timestamp>(json).unwrap(), time);
            assert_eq!(format!("{time:?}"), format!("Timestamp({json})"));
        }
        assert_ne!(read("1649129706"), read("\"1649129706\""));
    }

    #[test]
    fn absent_words_are_no_error() {
        for text in ["", " ", "-", "None", "none", "null", "NULL"] {
            let time = Timestamp::from(text);
            assert!(time.is_absent(), "{text}");
            assert_eq!(time.to_system_time(), Ok(None));
            assert!(!time.states_zone());
        }
        assert!(Timestamp::default().is_absent());
        let unknown = Timestamp::from("yesterday");
        assert!(!unknown.is_absent());
        assert_eq!(unknown.to_system_time(), Err(TimestampError::UnknownForm));
        assert!(
            !TimestampError::UnknownForm
                .to_string()
                .contains("yesterday")
        );
    }

    #[test]
    fn times_before_1970_are_times() {
        let expected = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        let time = Timestamp::from("1969-12-31 23:59:59.5").to_system_time();
        assert_eq!(time, Ok(Some(expected)));
    }

    #[cfg(all(feature = "jiff", feature = "chrono"))]
    #[test]
    fn the_libraries_agree() {
        for text in [
            "2022-04-05T03:35:06.123456Z",
            "1969-07-20 20:17:40.5+02:00",
            "2024-02-29",
        ] {
            let time = Timestamp::from(text);
            let jiff = time.to_jiff().unwrap().unwrap();
            let chrono = time.to_chrono().unwrap().unwrap();
            assert_eq!(
                Some(jiff.as_nanosecond()),
                chrono.timestamp_nanos_opt().map(i128::from)
            );
            let system = time.to_system_time().unwrap().unwrap();
            assert_eq!(jiff::Timestamp::try_from(system).unwrap(), jiff);
        }
    }
}
