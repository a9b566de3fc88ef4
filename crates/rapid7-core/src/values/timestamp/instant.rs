//! Reading of dates and times in the forms that servers write.

use super::TimestampError;

use TimestampError::{OutOfRange, UnknownForm};

/// Numbers below are seconds since 1970, those from here on milliseconds.
const FIRST_MILLISECONDS: u64 = 100_000_000_000;

/// Fewest digits of a text that counts as seconds since 1970; eight may be a date without dashes.
const MIN_EPOCH_DIGITS: usize = 9;

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    /// Since 1970, rounded down.
    pub(super) seconds: i64,
    /// Below a billion.
    pub(super) nanoseconds: u32,
    pub(super) zone: Zone,
}

/// Whether a zone was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Stated,
    /// Taken for UTC.
    Unstated,
}

impl Instant {
    /// The time that a text stands for. It is not empty and has no white space around it.
    pub(super) fn read(text: &str, is_number: bool) -> Result<Self, TimestampError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let is_epoch = text[digits..].is_empty() || text.as_bytes()[digits] == b'.';
        if is_number || (is_epoch && digits >= MIN_EPOCH_DIGITS) {
            return since_1970(text);
        }
        let mut reader = Reader { text };
        let days = reader.date()?;
        let (seconds, nanoseconds) = reader.time()?;
        let offset = reader.zone()?;
        Ok(Self {
            seconds: days * 86_400 + seconds - offset.unwrap_or_default(),
            nanoseconds,
            zone: if offset.is_some() {
                Zone::Stated
            } else {
                Zone::Unstated
            },
        })
    }
}

/// Seconds or milliseconds with a fraction; as a number they may be negative.
fn since_1970(text: &str) -> Result<Instant, TimestampError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: u64 = whole.parse().map_err(|_| UnknownForm)?;
    let fraction = nanoseconds(fraction)?;
    let nanoseconds = if whole < FIRST_MILLISECONDS {
        i128::from(whole) * 1_000_000_000 + i128::from(fraction)
    } else {
        i128::from(whole) * 1_000_000 + i128::from(fraction / 1000)
    } * sign;
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    Ok(Instant {
        seconds: i64::try_from(seconds).map_err(|_| OutOfRange)?,
        nanoseconds: u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or_default(),
        zone: Zone::Stated,
    })
}

/// The digits behind the point, as billionths; those after the ninth are dropped.
fn nanoseconds(fraction: &str) -> Result<u32, TimestampError> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UnknownForm);
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Ok(digits.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// What is left of a text.
struct Reader<'a> {
    text: &'a str,
}

impl<'a> Reader<'a> {
    /// One of these characters, moved past.
    fn any_of(&mut self, chars: &[char]) -> Option<char> {
        let first = self.text.chars().next().filter(|c| chars.contains(c))?;
        self.text = &self.text[first.len_utf8()..];
        Some(first)
    }

    fn digits(&mut self) -> &'a str {
        let len = self.text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.text.split_at(len);
        self.text = rest;
        digits
    }

    /// A number of so many digits.
    fn number(&mut self, len: std::ops::RangeInclusive<usize>) -> Result<i64, TimestampError> {
        let digits = self.digits();
        if !len.contains(&digits.len()) {
            return Err(UnknownForm);
        }
        digits.parse().map_err(|_| UnknownForm)
    }

    /// `2022-04-05`, `2022/04/05` or `04/05/2022`, as days since 1970.
    fn date(&mut self) -> Result<i64, TimestampError> {
        let is_year_first = self.text.bytes().take_while(u8::is_ascii_digit).count() == 4;
        let first = self.number(1..=4)?;
        let separators: &[char] = if is_year_first { &['-', '/'] } else { &['/'] };
        let separator = self.any_of(separators).ok_or(UnknownForm)?;
        let second = self.number(1..=2)?;
        self.any_of(&[separator]).ok_or(UnknownForm)?;
        if is_year_first {
            let day = self.number(1..=2)?;
            days_since_1970(first, second, day)
        } else {
            let year = self.number(4..=4)?;
            days_since_1970(year, first, second)
        }
    }

    /// `T03:35:06.5`, ` 03:35` or nothing, as seconds of the day and billionths.
    fn time(&mut self) -> Result<(i64, u32), TimestampError> {
        if self.text.is_empty() {
            return Ok((0, 0));
        }
        self.any_of(&['T', 't', ' ', ',']).ok_or(UnknownForm)?;
        self.text = self.text.trim_start();
        let hour = self.number(1..=2)?;
        self.any_of(&[':']).ok_or(UnknownForm)?;
        let minute = self.number(2..=2)?;
        let (mut second, mut fraction) = (0, 0);
        if self.any_of(&[':']).is_some() {
            second = self.number(2..=2)?;
            if self.any_of(&['.', ',']).is_some() {
                fraction = match self.digits() {
                    "" => return Err(UnknownForm),
                    digits => nanoseconds(digits)?,
                };
            }
        }
        // A leap second is the first of the next minute.
        if hour > 23 || minute > 59 || second > 60 {
            return Err(OutOfRange);
        }
        Ok((hour * 3600 + minute * 60 + second, fraction))
    }

    /// The rest: a zone, as seconds east of UTC, or nothing.
    fn zone(&mut self) -> Result<Option<i64>, TimestampError> {
        self.text = self.text.trim_start();
        if self.text.is_empty() {
            return Ok(None);
        }
        if ["Z", "UTC", "GMT"]
            .iter()
            .any(|name| self.text.eq_ignore_ascii_case(name))
        {
            return Ok(Some(0));
        }
        let sign = match self.any_of(&['+', '-']).ok_or(UnknownForm)? {
            '-' => -1,
            _ => 1,
        };
        let digits = self.digits();
        let (hours, minutes) = match (digits.len(), self.any_of(&[':'])) {
            (2, Some(_)) => (digits, self.digits()),
            (2, None) => (digits, "00"),
            (4, None) => digits.split_at(2),
            _ => return Err(UnknownForm),
        };
        if minutes.len() != 2 || !self.text.is_empty() {
            return Err(UnknownForm);
        }
        let number = |digits: &str| digits.parse::<i64>().map_err(|_| UnknownForm);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if hours > 23 || minutes > 59 {
            return Err(OutOfRange);
        }
        Ok(Some(sign * (hours * 3600 + minutes * 60)))
    }
}

/// Days from 0000-03-01 to 1970-01-01.
const TO_1970: i64 = 719_468;

/// Days from 1970-01-01 to a day of the Gregorian calendar, whose year has four digits.
fn days_since_1970(year: i64, month: i64, day: i64) -> Result<i64, TimestampError> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return Err(OutOfRange),
    };
    if !(1..=last).contains(&day) {
        return Err(OutOfRange);
    }
    // Years that begin in March have their leap day at the end.
    let year = if month < 3 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Ok(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - TO_1970)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Instant, Zone};
    use crate::TimestampError::{self, OutOfRange, UnknownForm};

    fn read(text: &str) -> Result<(i64, u32, Zone), TimestampError> {
        let instant = Instant::read(text, false)?;
        Ok((instant.seconds, instant.nanoseconds, instant.zone))
    }

    #[test]
    fn all_forms() {
        use Zone::{Stated, Unstated};
        for (text, seconds, nanoseconds, zone) in [
            ("2022-04-05 03:35:06", 1_649_129_706, 0, Unstated),
            (
                "2019-07-11 02:40:51.443796",
                1_562_812_851,
                443_796_000,
                Unstated,
            ),
            ("2022-02-18T05:35:47Z", 1_645_162_547, 0, Stated),
            ("2022-10-02T13:17:16", 1_664_716_636, 0, Unstated),
            ("05/15/2019 22:13:19", 1_557_958_399, 0, Unstated),
            ("5/5/2019 2:13", 1_557_022_380, 0, Unstated),
            ("2023/01/01, 01:01:01 UTC", 1_672_534_861, 0, Stated),
            (
                "2022-02-18T05:35:47.1+02:00",
                1_645_155_347,
                100_000_000,
                Stated,
            ),
            ("2022-02-18T05:35:47 -0130", 1_645_167_947, 0, Stated),
            (
                "2022-02-18t05:35:47,123456789123+02",
                1_645_155_347,
                123_456_789,
                Stated,
            ),
            ("2022-02-18", 1_645_142_400, 0, Unstated),
            ("2016-12-31T23:59:60Z", 1_483_228_800, 0, Stated),
            ("0001-01-01", -62_135_596_800, 0, Unstated),
            ("9999-12-31", 253_402_214_400, 0, Unstated),
            ("1649129706", 1_649_129_706, 0, Stated),
            ("1649129706123", 1_649_129_706, 123_000_000, Stated),
            ("1649129706.25", 1_649_129_706, 250_000_000, Stated),
        ] {
            assert_eq!(read(text), Ok((seconds, nanoseconds, zone)), "{text}");
        }
        let number = |text| Instant::read(text, true).map(|time| (time.seconds, time.nanoseconds));
        assert_eq!(number("0"), Ok((0, 0)));
        assert_eq!(number("-1.5"), Ok((-2, 500_000_000)));
        assert_eq!(number("1e9"), Err(UnknownForm));
        assert_eq!(number("18446744073709551616"), Err(UnknownForm));
    }

    #[test]
    fn what_is_no_time_is_told_from_what_has_no_known_form() {
        for text in [
            "2022-13-01",
            "2022-00-01",
            "2022-02-29",
            "2022-02-00",
            "13/13/2022",
            "2022-02-18 24:00:00",
            "2022-02-18 05:60",
            "2022-02-18 05:35:61",
            "2022-02-18T05:35:47+24:00",
        ] {
            assert_eq!(read(text), Err(OutOfRange), "{text}");
        }
        for text in [
            "yesterday",
            "20220218",
            "2022-02",
            "2022-02/18",
            "2022-02-18X05:35",
            "2022-02-18 05",
            "2022-02-18 05:35:47.",
            "2022-02-18 05:35:47 CET",
            "2022-02-18 05:35+2",
            "2022-02-18 05:35+02:0",
            "18-02-2022",
            "2022-02-18 05:35:47Z!",
            "März",
            "1.5",
        ] {
            assert_eq!(read(text), Err(UnknownForm), "{text}");
        }
    }

    proptest! {
        #[test]
        fn takes_any_text(text in "\\PC{1,40}", digits in "[0-9/:T .,+-]{1,40}", is_number: bool) {
            _ = Instant::read(&text, is_number);
            _ = Instant::read(&digits, is_number);
        }

        #[test]
        fn every_day_is_one_after_the_last(days in -719_162_i64..2_932_896) {
            let (year, month, day) = civil(days);
            prop_assert_eq!(super::days_since_1970(year, month, day), Ok(days));
        }
    }

    /// The calendar day, counted year by year.
    fn civil(mut days: i64) -> (i64, i64, i64) {
        let mut year = 1970;
        let of_year = |year: i64| 365 + i64::from(super::days_since_1970(year, 2, 29).is_ok());
        while days < 0 {
            year -= 1;
            days += of_year(year);
        }
        while days >= of_year(year) {
            days -= of_year(year);
            year += 1;
        }
        let mut month = 1;
        loop {
            let last = (28..=31)
                .rev()
                .find(|&day| super::days_since_1970(year, month, day).is_ok());
            let last = last.unwrap();
            if days < last {
                return (year, month, days + 1);
            }
            days -= last;
            month += 1;
        }
    }
}
