//! Hides a connection's own secrets in text that a server sent.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// Stands in the place of a secret.
pub(crate) const MASKED: &str = "[masked]";

/// Shorter secrets are part of too many words.
const MIN_SECRET: usize = 3;

/// Of longer ones, the first half is hidden when it stands alone: a server may cut what it repeats.
const MIN_HALVED: usize = 12;

/// Shorter pieces of Base64 are parts of too many words, too.
const MIN_PIECE: usize = 4;

/// Encodings inside of encodings that are undone, such as JSON in a query.
const MAX_LAYERS: usize = 4;

/// Secrets that are remembered: those the connection was built with, and the newest that it obtained.
const MAX_SECRETS: usize = 64;

/// The secrets of a connection, in the forms in which a server may repeat them. Wiped when dropped.
#[derive(Default)]
pub(crate) struct Mask(Mutex<VecDeque<Forms>>);

/// One secret as it is, in Base64 at each place within three bytes, and in hexadecimal digits.
struct Forms(Vec<SecretString>);

impl Mask {
    /// Hides this secret from now on.
    pub(crate) fn learn(&self, secret: &SecretString) {
        if secret.expose_secret().len() < MIN_SECRET {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |forms: &Forms| forms.0[0].expose_secret() == secret.expose_secret();
        if known.iter().any(is_known) {
            return;
        }
        if known.len() >= MAX_SECRETS {
            // The first are those of the program, which stay in use.
            known.remove(MAX_SECRETS / 2);
        }
        known.push_back(Forms::of(secret));
    }

    /// Whether the text holds no secret.
    pub(crate) fn is_clean(&self, text: &str) -> bool {
        !self.covered(text).contains(&true)
    }

    /// The text with each secret in it replaced, whatever the encoding.
    pub(crate) fn apply(&self, text: &str) -> String {
        let covered = self.covered(text);
        let mut clean = String::with_capacity(text.len());
        let mut was_covered = false;
        for (at, letter) in text.char_indices() {
            let is_covered = covered.get(at).copied().unwrap_or_default();
            if !is_covered {
                clean.push(letter);
            } else if !was_covered {
                clean.push_str(MASKED);
            }
            was_covered = is_covered;
        }
        clean
    }

    /// Which bytes of a text belong to a secret.
    fn covered(&self, text: &str) -> Vec<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut covered = vec![false; text.len()];
        let mut view = View::of(text);
        for _ in 0..=MAX_LAYERS {
            for form in known.iter().flat_map(|forms| &forms.0) {
                view.cover(form.expose_secret().as_bytes(), &mut covered);
            }
            match view.decoded() {
                Some(next) => view = next,
                None => break,
            }
        }
        covered
    }
}

impl Forms {
    fn of(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        let mut forms = vec![secret.clone(), hexadecimal(bytes)];
        for before in 0..3 {
            let standard = base64_piece(bytes, before);
            if standard.expose_secret().len() < MIN_PIECE {
                continue;
            }
            let url_safe = standard.expose_secret().replace('+', "-").replace('/', "_");
            forms.extend([standard, url_safe.into()]);
        }
        Self(forms)
    }
}

fn hexadecimal(bytes: &[u8]) -> SecretString {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    let both = |byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(both).collect::<String>().into()
}

/// The letters of Base64 that depend on the secret alone, when so many bytes precede it.
fn base64_piece(bytes: &[u8], before: usize) -> SecretString {
    let padded = SecretString::from(format!(
        "{}{}",
        "\0".repeat(before),
        String::from_utf8_lossy(bytes)
    ));
    let letters = SecretString::from(BASE64_STANDARD.encode(padded.expose_secret()));
    let whole = (before * 8).div_ceil(6)..(before + bytes.len()) * 8 / 6;
    letters
        .expose_secret()
        .get(whole)
        .unwrap_or_default()
        .into()
}

/// A text with some layers of encoding undone, and where each byte came from.
struct View {
    bytes: Vec<u8>,
    /// Where each byte begins in the text; one more, for the end.
    starts: Vec<usize>,
}

impl View {
    fn of(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            starts: (0..=text.len()).collect(),
        }
    }

    /// Marks where a form of a secret stands, or enough of its beginning.
    fn cover(&self, form: &[u8], covered: &mut [bool]) {
        let enough = if form.len() < MIN_HALVED {
            form.len()
        } else {
            form.len().div_ceil(2)
        };
        for at in 0..self.bytes.len() {
            let (len, end) = self.common(form, at);
            if len >= enough {
                covered[self.starts[at]..self.starts[end]].fill(true);
            }
        }
    }

    /// How many bytes of a form stand here, each as it is or escaped, and where they end.
    ///
    /// Case is no matter: names of headers and hosts lose it. A byte that begins escapes may be either, so that all ways to
    /// read on are followed.
    fn common(&self, form: &[u8], at: usize) -> (usize, usize) {
        let mut best = (0, at);
        let mut ways = BTreeSet::new();
        let mut way = Some(best);
        while let Some((len, end)) = way {
            best = best.max((len, end));
            let (wanted, found) = (&form[len..], &self.bytes[end..]);
            if let (Some(wanted), Some(found)) = (wanted.first(), found.first())
                && wanted.eq_ignore_ascii_case(found)
            {
                ways.insert((len + 1, end + 1));
            }
            if let Some((letter, escape_len)) = escape(found)
                && let Some(letter_len) = letter.begins(wanted)
            {
                ways.insert((len + letter_len, end + escape_len));
            }
            // By length, so that none is followed twice.
            way = ways.pop_first();
        }
        best
    }

    /// One layer of encoding less; `None` where there is none.
    fn decoded(&self) -> Option<Self> {
        let mut next = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            starts: Vec::with_capacity(self.starts.len()),
        };
        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let (letter, len) = escape(&self.bytes[at..]).unwrap_or((Letter::Byte(*byte), 1));
            next.bytes.extend_from_slice(letter.bytes(&mut [0; 4]));
            next.starts.resize(next.bytes.len(), self.starts[at]);
            at += len;
        }
        next.starts.extend(self.starts.last());
        (next.bytes.len() < self.bytes.len()).then_some(next)
    }
}

enum Letter {
    Byte(u8),
    Char(char),
}

impl Letter {
    fn bytes<'a>(&self, buffer: &'a mut [u8; 4]) -> &'a [u8] {
        match self {
            Self::Byte(byte) => {
                buffer[0] = *byte;
                &buffer[..1]
            }
            Self::Char(letter) => letter.encode_utf8(buffer).as_bytes(),
        }
    }

    /// Its length, if the text begins with it.
    fn begins(&self, text: &[u8]) -> Option<usize> {
        let mut buffer = [0; 4];
        let bytes = self.bytes(&mut buffer);
        let begin = text.get(..bytes.len())?;
        begin.eq_ignore_ascii_case(bytes).then_some(bytes.len())
    }
}

/// What an escape stands for, and its length: `%41`, `\u0041`, `\u{41}`, `\x41`, `\"`, `&#65;`, `&#x41;` or `&amp;`.
fn escape(text: &[u8]) -> Option<(Letter, usize)> {
    match text {
        [b'%', rest @ ..] => byte(rest, 1),
        [b'\\', b'x', rest @ ..] => byte(rest, 2),
        [b'\\', b'u', b'{', rest @ ..] => code(rest, b'}', 16, 3),
        [b'\\', b'u', rest @ ..] => utf16(rest),
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\'' | b'\\' | b'/' => *escaped,
                _ => return None,
            };
            Some((Letter::Byte(byte), 2))
        }
        [b'&', b'#', b'x' | b'X', rest @ ..] => code(rest, b';', 16, 3),
        [b'&', b'#', rest @ ..] => code(rest, b';', 10, 2),
        [b'&', ..] => [
            (&b"&amp;"[..], b'&'),
            (b"&lt;", b'<'),
            (b"&gt;", b'>'),
            (b"&quot;", b'"'),
            (b"&apos;", b'\''),
        ]
        .into_iter()
        .find(|(entity, _)| text.starts_with(entity))
        .map(|(entity, byte)| (Letter::Byte(byte), entity.len())),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    let are_digits = digits.chars().all(|digit| digit.is_digit(radix));
    are_digits.then(|| u32::from_str_radix(digits, radix).ok())?
}

/// Two hexadecimal digits.
fn byte(text: &[u8], before: usize) -> Option<(Letter, usize)> {
    let value = number(text.get(..2)?, 16)?;
    Some((Letter::Byte(u8::try_from(value).ok()?), before + 2))
}

/// A character's number up to this byte.
fn code(text: &[u8], end: u8, radix: u32, before: usize) -> Option<(Letter, usize)> {
    let len = text.iter().take(9).position(|byte| *byte == end)?;
    let letter = char::from_u32(number(&text[..len], radix)?)?;
    Some((Letter::Char(letter), before + len + 1))
}

/// Four hexadecimal digits, or twice as many with `\u` in between.
fn utf16(text: &[u8]) -> Option<(Letter, usize)> {
    let first = number(text.get(..4)?, 16)?;
    if let Some(letter) = char::from_u32(first) {
        return Some((Letter::Char(letter), 6));
    }
    let [b'\\', b'u', rest @ ..] = text.get(4..)? else {
        return None;
    };
    let second = number(rest.get(..4)?, 16)?;
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let letter = char::decode_utf16(units).next()?.ok()?;
    Some((Letter::Char(letter), 12))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str]) -> Mask {
        let mask = Mask::default();
        for secret in secrets {
            mask.learn(&SecretString::from(*secret));
        }
        mask
    }

    fn json_escaped(text: &str) -> String {
        let escape = |unit: u16| format!("\\u{unit:04X}");
        text.encode_utf16().map(escape).collect()
    }

    fn percent_encoded(text: &str) -> String {
        let escape = |byte: u8| format!("%{byte:02x}");
        text.bytes().map(escape).collect()
    }

    #[test]
    fn every_encoding_is_seen_through() {
        let secret = "k+3/y\"ß?";
        let mask = mask(&[secret]);
        let json = serde_json::to_string(secret).unwrap();
        for text in [
            secret.to_owned(),
            secret.to_uppercase().replace("SS", "ß"),
            percent_encoded(secret),
            percent_encoded(secret).to_uppercase(),
            json_escaped(secret),
            json.trim_matches('"').to_owned(),
            percent_encoded(&json_escaped(secret)),
            json_escaped(&percent_encoded(secret)),
            "k%2B3/y%22%c3%9f?".to_owned(),
            "k&#43;3&#x2f;y&quot;ß?".to_owned(),
            secret.escape_unicode().to_string(),
            "6b2B332f7922C39f3f".to_owned(),
        ] {
            assert_eq!(mask.apply(&format!("a{text}z")), "a[masked]z", "{text}");
            assert!(!mask.is_clean(&text), "{text}");
        }
        let other = "an other k+3";
        assert_eq!(mask.apply(other), other);
        assert!(mask.is_clean(other));
    }

    #[test]
    fn secrets_are_told_in_base64_wherever_they_begin() {
        let secret = "pa55-w?rd>>>";
        let mask = mask(&[secret]);
        for before in ["", "a", "ab", "ada:", "basic:"] {
            let letters = BASE64_STANDARD.encode(format!("{before}{secret}"));
            for text in [
                letters.clone(),
                letters.replace('+', "-").replace('/', "_"),
                percent_encoded(&letters),
                letters.to_lowercase(),
            ] {
                let clean = mask.apply(&text);
                assert!(clean.contains(MASKED), "{text}");
                assert!(
                    clean.len() <= MASKED.len() + before.len() * 6 + 12,
                    "{clean}"
                );
            }
        }
    }

    #[test]
    fn half_of_a_secret_is_hidden_and_less_is_not() {
        let mask = mask(&["%41\\\"-long-secret", "short"]);
        for (text, clean) in [
            ("a%41\\\"-long-secret", "a[masked]"),
            ("%2541\\\\%22-long, more", "[masked], more"),
            ("%41\\\"-long", "[masked]"),
            ("%41\\\"-", "%41\\\"-"),
            ("shor short", "shor [masked]"),
        ] {
            assert_eq!(mask.apply(text), clean, "{text}");
        }
        // As many ways to read it as it has characters.
        let slashes = super::Mask::default();
        slashes.learn(&"\\".repeat(50).into());
        assert_eq!(slashes.apply(&"\\".repeat(200)), MASKED);
    }

    #[test]
    fn earlier_secrets_stay_hidden_within_bounds() {
        let first = mask(&["the-first", "ab"]);
        for number in 0..1000 {
            first.learn(&SecretString::from(format!("session-{number}")));
        }
        assert_eq!(first.apply("the-first session-999"), "[masked] [masked]");
        assert_eq!(first.apply("session-990 ab"), "[masked] ab");
        assert!(first.0.lock().unwrap().len() <= MAX_SECRETS);
    }

    proptest! {
        #[test]
        fn any_secret_is_hidden_in_any_text(
            secret in "\\PC{3,20}",
            // What begins an escape takes part of what follows.
            before in "[^\\\\%&]{0,20}",
            after in ".{0,20}",
            form in 0..4,
        ) {
            let mask = mask(&[&secret]);
            let shown = match form {
                0 => secret.clone(),
                1 => percent_encoded(&secret),
                2 => json_escaped(&secret),
                _ => percent_encoded(&json_escaped(&secret)),
            };
            let clean = mask.apply(&format!("{before}{shown}{after}"));
            prop_assert!(!clean.contains(&shown) || MASKED.contains(&shown), "{}", clean);
            prop_assert!(clean.contains(MASKED), "{}", clean);
        }

        #[test]
        fn any_text_is_taken(text in any::<String>(), odd in "[%\\\\u{}&#;x0-9a-f]{0,60}") {
            let mask = mask(&["k3y-k3y"]);
            mask.apply(&text);
            prop_assert_eq!(mask.is_clean(&odd), mask.apply(&odd) == odd);
        }
    }
}
