//! What an answer says about when to come again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Numbers from here on are seconds since 1970 and no time left: 2001 against 31 years.
const EPOCH_SECONDS: f64 = 1e9;

/// And from here on milliseconds.
const EPOCH_MILLISECONDS: f64 = 1e11;

// Statics, since every answer is looked through, and names in text would be parsed each time.
static RESET: [HeaderName; 3] = [
    HeaderName::from_static("ratelimit-reset"),
    HeaderName::from_static("x-ratelimit-reset"),
    HeaderName::from_static("x-rate-limit-reset"),
];
static REMAINING: [HeaderName; 3] = [
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-rate-limit-remaining"),
];
static COMBINED: HeaderName = HeaderName::from_static("ratelimit");

/// `Retry-After`: seconds or an HTTP date, one in the past being no wait; `None` for anything else.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    if let Some(seconds) = number(text) {
        return Some(seconds_of(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now(headers)).unwrap_or_default())
}

/// The time until the limit that the headers tell of begins anew.
pub(crate) fn reset(headers: &HeaderMap) -> Option<Duration> {
    let reset = RESET
        .iter()
        .find_map(|name| number(text(headers, name)?))
        .or_else(|| combined(headers, &["reset", "t"]))?;
    let since_1970 = if reset >= EPOCH_MILLISECONDS {
        reset / 1000.0
    } else if reset >= EPOCH_SECONDS {
        reset
    } else {
        return Some(seconds_of(reset));
    };
    let now = now(headers).duration_since(UNIX_EPOCH);
    Some(seconds_of(since_1970).saturating_sub(now.unwrap_or_default()))
}

/// Whether the headers say that no further request is allowed before the reset.
pub(crate) fn is_used_up(headers: &HeaderMap) -> bool {
    // Few answers tell of a limit, and this is cheaper than to look for each name.
    let tells = |name: &HeaderName| *name == COMBINED || REMAINING.contains(name);
    if !headers.keys().any(tells) {
        return false;
    }
    let remaining = REMAINING
        .iter()
        .find_map(|name| number(text(headers, name)?))
        .or_else(|| combined(headers, &["remaining", "r"]));
    remaining.is_some_and(|remaining| remaining < 1.0)
}

/// One of the values in `RateLimit: limit=100, remaining=0, reset=30` or `RateLimit: "default";r=0;t=30`.
fn combined(headers: &HeaderMap, names: &[&str]) -> Option<f64> {
    text(headers, &COMBINED)?
        .split([',', ';'])
        .filter_map(|part| part.split_once('='))
        .find_map(|(name, value)| names.contains(&name.trim()).then(|| number(value))?)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain.then(|| text.parse().ok())?
}

fn seconds_of(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// The server's clock where the answer tells it: the dates of its headers are by that one.
fn now(headers: &HeaderMap) -> SystemTime {
    text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    const DATE: (&str, &str) = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let wait = |text| retry_after(&headers(&[DATE, ("retry-after", text)]));
        for (text, milliseconds) in [
            ("5000", 5_000_000),
            (" 0 ", 0),
            ("1.5", 1500),
            ("Sun, 22 Nov 2026 10:01:00 GMT", 60_000),
            ("Sunday, 22-Nov-26 10:01:00 GMT", 60_000),
            ("Sun, 22 Nov 2015 10:01:00 GMT", 0),
        ] {
            assert_eq!(
                wait(text),
                Some(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in ["", "soon", "-1", "1e3", "NaN", "inf", "5 s", "."] {
            assert_eq!(wait(text), None, "{text}");
        }
        assert_eq!(wait("99999999999999999999999"), Some(Duration::MAX));
        assert_eq!(retry_after(&headers(&[])), None);
    }

    #[test]
    fn a_reset_is_time_left_or_a_time() {
        let epoch = httpdate::parse_http_date(DATE.1).unwrap();
        let epoch = epoch.duration_since(UNIX_EPOCH).unwrap().as_secs();
        for (name, value, expected) in [
            ("RateLimit-Reset", "30".to_owned(), Some(30)),
            ("X-RateLimit-Reset", "30".to_owned(), Some(30)),
            ("X-Rate-Limit-Reset", "30".to_owned(), Some(30)),
            ("RateLimit-Reset", (epoch + 900).to_string(), Some(900)),
            ("RateLimit-Reset", format!("{}000", epoch + 900), Some(900)),
            ("X-RateLimit-Reset", (epoch - 900).to_string(), Some(0)),
            (
                "RateLimit",
                "limit=100, remaining=0, reset=7".to_owned(),
                Some(7),
            ),
            ("RateLimit", "\"default\";r=0;t=7".to_owned(), Some(7)),
            ("RateLimit-Reset", "9".repeat(20), Some(u64::MAX)),
            ("X-RateLimit-Reset", "9".repeat(400), Some(u64::MAX)),
            (
                "RateLimit",
                format!("r=0;t={}", "9".repeat(30)),
                Some(u64::MAX),
            ),
            ("RateLimit", "what".to_owned(), None),
            ("RateLimit-Reset", "soon".to_owned(), None),
        ] {
            let found = reset(&headers(&[DATE, (name, &value)]));
            // What cannot be told is longer than any call takes.
            let found = found.map(|wait| wait.as_secs());
            let is_endless = |wait| expected == Some(u64::MAX) && wait > u64::MAX / 1_000_000;
            assert!(
                found == expected || found.is_some_and(is_endless),
                "{name}: {value}: {found:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_wait_or_none(value in "[ -~]{0,40}", date in "[ -~]{0,40}", digits in "[0-9.]{1,60}") {
            for value in [&value, &digits] {
                let combined = format!("limit=1, remaining={value}, reset={value}");
                let headers = headers(&[
                    ("date", &date),
                    ("retry-after", value),
                    ("x-ratelimit-reset", value),
                    ("ratelimit-remaining", value),
                    ("ratelimit", &combined),
                ]);
                _ = (retry_after(&headers), reset(&headers), is_used_up(&headers));
            }
        }
    }

    #[test]
    fn used_up_means_none_remaining() {
        for (name, value, expected) in [
            ("ratelimit-remaining", "0", true),
            ("x-ratelimit-remaining", "0", true),
            ("x-ratelimit-remaining", "1", false),
            ("ratelimit-remaining", "none", false),
            ("ratelimit", "limit=5, remaining=0, reset=7", true),
            ("ratelimit", "\"burst\";r=12;t=7", false),
        ] {
            assert_eq!(
                is_used_up(&headers(&[(name, value)])),
                expected,
                "{name}: {value}"
            );
        }
        assert!(!is_used_up(&headers(&[])));
    }
}
