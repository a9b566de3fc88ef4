//! The secrets of a connection, found in whatever form a server gives them back.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// What stands in place of a secret.
const MASK: &str = "***";

/// Shortest secret that can be told from other text, in bytes.
const SHORTEST: usize = 4;

/// Shortest part of Base64 that stands for a secret, in characters.
const SHORTEST_ENCODED: usize = 6;

/// How often escapes of escapes are resolved.
const ROUNDS: usize = 3;

/// Secrets that are neither printed nor stored.
///
/// A secret is found as it is, in any case of its letters, in hexadecimal digits, in Base64 at any place of the encoded
/// text, and with some or all of its characters escaped as in addresses, JSON, scripts or HTML, up to three times over.
/// One of fewer than four bytes is not looked for: it would be found everywhere.
#[derive(Clone, Default)]
pub struct Secrets(Option<AhoCorasick>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

impl Secrets {
    /// These secrets; spaces around them do not count.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let forms: Vec<String> = secrets
            .into_iter()
            .map(str::trim)
            .filter(|secret| secret.len() >= SHORTEST)
            .flat_map(forms)
            .collect();
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&forms);
        Self(search.ok().filter(|_| !forms.is_empty()))
    }

    /// The text with all secrets masked. Texts are masked before they are cut: half of a secret is not found.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for Range { start, end: next } in self.found(text) {
            if start >= end {
                out.push_str(&text[end..start]);
                out.push_str(MASK);
            }
            end = end.max(next);
        }
        out.push_str(&text[end..]);
        out
    }

    /// Where the first secret of a text begins, in bytes.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        self.found(text).first().map(|found| found.start)
    }

    /// JSON pointer to a text or name in a value that holds a secret; the secret itself is masked in it.
    #[must_use]
    pub fn find_in(&self, value: &Value) -> Option<String> {
        let mut open = vec![(String::new(), value)];
        while let Some((pointer, value)) = open.pop() {
            match value {
                Value::String(text) if self.find(text).is_some() => return Some(pointer),
                Value::Object(members) => {
                    for (name, value) in members {
                        let at = format!("{pointer}/{}", crate::schema::escape(&self.mask(name)));
                        if self.find(name).is_some() {
                            return Some(at);
                        }
                        open.push((at, value));
                    }
                }
                Value::Array(items) => {
                    open.extend((0..).zip(items).map(|(index, item)| {
                        let index: usize = index;
                        (format!("{pointer}/{index}"), item)
                    }));
                }
                _ => {}
            }
        }
        None
    }

    /// Where secrets stand, in order; some may overlap.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let Some(search) = &self.0 else {
            return Vec::new();
        };
        let whole = |found: aho_corasick::Match| found.range();
        let mut all: Vec<Range<usize>> = search.find_iter(text).map(whole).collect();
        let mut view = View::of(text);
        for _ in 0..ROUNDS {
            let Some(next) = view.resolved() else {
                break;
            };
            let found = search.find_iter(&next.bytes).map(|found| {
                let end = next.starts.get(found.end()).copied();
                next.starts[found.start()]..end.unwrap_or(text.len())
            });
            all.extend(found);
            view = next;
        }
        all.retain(|found| text.is_char_boundary(found.start) && text.is_char_boundary(found.end));
        all.sort_by_key(|found| (found.start, found.end));
        all
    }
}

/// The forms that a secret is looked for in.
fn forms(secret: &str) -> Vec<String> {
    let mut hex = String::new();
    for byte in secret.bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    let mut forms = vec![secret.to_owned(), hex];
    // What comes before the secret moves it within the groups of three bytes.
    for before in 0..3 {
        let bytes = [&[0; 3][..before], secret.as_bytes()].concat();
        // Characters that other bytes have a part in are left out.
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for encoded in [
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            let part = encoded.get(own.clone()).unwrap_or_default();
            if part.len() >= SHORTEST_ENCODED {
                forms.push(part.to_owned());
            }
        }
    }
    forms
}

/// A text whose escapes are resolved, with the place of each byte in the text as it came.
struct View {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl View {
    fn of(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            starts: (0..text.len()).collect(),
        }
    }

    /// With one layer of escapes resolved; `None` where there is none.
    fn resolved(&self) -> Option<Self> {
        let mut next = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            starts: Vec::with_capacity(self.bytes.len()),
        };
        let mut at = 0;
        let mut has_escapes = false;
        while let Some(byte) = self.bytes.get(at) {
            let rest = &self.bytes[at..];
            let (c, length) = match escape(rest) {
                Some((c, length)) => {
                    has_escapes = true;
                    (c, length)
                }
                None => (u32::from(*byte), 1),
            };
            // Secrets are sent in headers, and those are ASCII.
            next.bytes.push(u8::try_from(c).unwrap_or(u8::MAX));
            next.starts.push(self.starts[at]);
            at += length;
        }
        has_escapes.then_some(next)
    }
}

/// The character that an escape at the start stands for, and the length of the escape.
fn escape(text: &[u8]) -> Option<(u32, usize)> {
    match text {
        [b'%', rest @ ..] => number(rest, 16, 2, 2, 1),
        [b'\\', b'u' | b'U' | b'x', b'{', rest @ ..] => {
            let (c, length) = number(rest, 16, 1, 8, 3)?;
            (text.get(length) == Some(&b'}')).then_some((c, length + 1))
        }
        [b'\\', b'u', rest @ ..] => number(rest, 16, 4, 4, 2),
        [b'\\', b'U', rest @ ..] => number(rest, 16, 8, 8, 2),
        [b'\\', b'x', rest @ ..] => number(rest, 16, 2, 2, 2),
        [b'\\', c, ..] if c.is_ascii_punctuation() => Some((u32::from(*c), 2)),
        [b'&', b'#', b'x' | b'X', rest @ ..] => Some(reference(text, number(rest, 16, 1, 8, 3)?)),
        [b'&', b'#', rest @ ..] => Some(reference(text, number(rest, 10, 1, 8, 2)?)),
        [b'&', ..] => {
            let named = [
                ("&amp;", '&'),
                ("&lt;", '<'),
                ("&gt;", '>'),
                ("&quot;", '"'),
                ("&apos;", '\''),
            ];
            let found = named
                .iter()
                .find(|(name, _)| text.starts_with(name.as_bytes()));
            found.map(|(name, c)| (u32::from(*c), name.len()))
        }
        _ => None,
    }
}

/// A number at the start of a text, and its length with what is before it.
fn number(
    text: &[u8],
    radix: u32,
    least: usize,
    most: usize,
    before: usize,
) -> Option<(u32, usize)> {
    let digits = text.iter().take(most);
    let digits = digits.map_while(|byte| char::from(*byte).to_digit(radix));
    let digits: Vec<u32> = digits.collect();
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        number.checked_mul(radix)?.checked_add(*digit)
    });
    (digits.len() >= least).then_some((number?, before + digits.len()))
}

/// A reference of HTML ends with a semicolon, or without.
fn reference(text: &[u8], (c, length): (u32, usize)) -> (u32, usize) {
    (c, length + usize::from(text.get(length) == Some(&b';')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KEY: &str = "c4n/Ry+\"\\k3y";

    /// The key in all forms that a server may give it back in.
    fn echoes() -> Vec<String> {
        let each = |form: &dyn Fn(u8) -> String| KEY.bytes().map(form).collect::<String>();
        let percent = each(&|byte| format!("%{byte:02x}"));
        let mut all = vec![
            KEY.to_owned(),
            KEY.to_uppercase(),
            percent.to_uppercase(),
            percent.replace('%', "%25"),
            percent.replace('%', "%2525"),
            each(&|byte| {
                if byte % 2 == 0 {
                    format!("%{byte:02X}")
                } else {
                    char::from(byte).to_string()
                }
            }),
            each(&|byte| format!("\\u{byte:04x}")),
            each(&|byte| format!("\\x{byte:02X}")),
            each(&|byte| format!("\\u{{{byte:x}}}")),
            each(&|byte| format!("&#{byte};")),
            each(&|byte| format!("&#X{byte:x};")),
            each(&|byte| format!("{byte:02X}")),
            json!(KEY).to_string(),
            json!(json!(KEY).to_string()).to_string(),
            KEY.replace('/', "\\/").replace('"', "&quot;"),
            percent,
        ];
        for before in ["", "a", "ab", "user:"] {
            for after in ["", "z", "zz"] {
                let bytes = format!("{before}{KEY}{after}");
                all.push(STANDARD_NO_PAD.encode(&bytes));
                all.push(URL_SAFE_NO_PAD.encode(&bytes));
            }
        }
        all
    }

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let secrets = Secrets::new([" ", "abc", KEY]);
        for echo in echoes() {
            let text = format!("ü {echo} ü");
            let masked = secrets.mask(&text);
            assert!(masked.contains(MASK), "{echo}: {masked}");
            assert_eq!(secrets.mask(&masked), masked, "{echo}");
            assert!(
                masked.starts_with("ü ") && masked.ends_with(" ü"),
                "{masked}"
            );
            assert!(secrets.find(&text).is_some(), "{echo}");
            assert!(masked.len() < "ü  ü".len() + MASK.len() + 12, "{masked}");
        }
        for text in ["", "abc", "c4n", "%zz \\u00 &#; & \\", "%41%4"] {
            assert_eq!(secrets.mask(text), text);
        }
        assert_eq!(format!("{secrets:?}"), "Secrets(..)");
        assert_eq!(Secrets::default().mask(KEY), KEY);
    }

    #[test]
    fn a_secret_in_a_value_is_named_by_its_place() {
        let secrets = Secrets::new([KEY]);
        let value = json!({ "a": [{ "b/c": format!("x{KEY}") }] });
        assert_eq!(secrets.find_in(&value).unwrap(), "/a/0/b~1c");
        let value = json!({ "a": { KEY: 1 } });
        assert_eq!(secrets.find_in(&value).unwrap(), "/a/***");
        assert_eq!(secrets.find_in(&json!({ "a": ["b", 1, null] })), None);
    }
}
