//! Where in a JSON text a position lies, as a path.
//!
//! A deserialiser that tracks the path would be compiled for every type a second time, which nearly
//! doubles the code of a client crate. The byte at which the refused value begins is enough, and nothing
//! is spent on paths unless a value is refused.

use std::borrow::Cow;
use std::fmt::Write;

/// Longest map key shown in a path, in characters.
const KEY_SHOWN: usize = 64;

/// Path of the value that begins at a byte of the text, such as `clouds[3].group.id`.
///
/// Empty for the whole text; for the end of the text, the path of what was due there.
pub(crate) fn path_at(text: &[u8], position: usize) -> String {
    let mut path = Path::default();
    for token in (Cursor { text, at: 0 }) {
        if position < token.end {
            break;
        }
        path.advance(&token);
    }
    path.render()
}

/// Line and column of a byte of the text, both from 1; columns are bytes.
pub(crate) fn line_and_column(text: &[u8], position: usize) -> (usize, usize) {
    let before = &text[..position.min(text.len())];
    let line_start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let line = before.split(|&byte| byte == b'\n').count();
    (line, before.len() - line_start + 1)
}

/// One token and where it ends.
struct Token<'a> {
    kind: Kind<'a>,
    end: usize,
}

enum Kind<'a> {
    OpenArray,
    OpenObject,
    Close,
    Comma,
    Colon,
    /// A string with its quotes, a number, a word, or whatever else stands there.
    Scalar(&'a [u8]),
}

/// Splits a text into tokens; takes any bytes.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let start = self.at + rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let rest = &self.text[start..];
        let (kind, len) = match rest.first()? {
            b'[' => (Kind::OpenArray, 1),
            b'{' => (Kind::OpenObject, 1),
            b']' | b'}' => (Kind::Close, 1),
            b',' => (Kind::Comma, 1),
            b':' => (Kind::Colon, 1),
            first => {
                let len = if *first == b'"' {
                    string_len(rest)
                } else {
                    word_len(rest)
                };
                (Kind::Scalar(&rest[..len]), len)
            }
        };
        self.at = start + len;
        Some(Token { kind, end: self.at })
    }
}

/// Length of the string that begins here, quotes included.
fn string_len(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |at| at + 2)
}

fn word_len(text: &[u8]) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"[]{},:\"".contains(byte);
    text.iter().position(ends).unwrap_or(text.len())
}

/// The containers that are open at some place, outermost first.
#[derive(Default)]
struct Path<'a>(Vec<Level<'a>>);

enum Level<'a> {
    /// An array, at the element of this index.
    Array(usize),
    /// An object, at the member of this key, once the key was read.
    Object(Option<&'a [u8]>),
}

impl<'a> Path<'a> {
    /// Moves past a token.
    fn advance(&mut self, token: &Token<'a>) {
        match token.kind {
            Kind::OpenArray => self.0.push(Level::Array(0)),
            Kind::OpenObject => self.0.push(Level::Object(None)),
            Kind::Close => _ = self.0.pop(),
            Kind::Comma => match self.0.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(key)) => *key = None,
                None => {}
            },
            Kind::Scalar(text) => {
                if let Some(Level::Object(key @ None)) = self.0.last_mut() {
                    *key = Some(text);
                }
            }
            Kind::Colon => {}
        }
    }

    fn render(&self) -> String {
        let mut text = String::new();
        for level in &self.0 {
            match level {
                Level::Array(index) => _ = write!(text, "[{index}]"),
                Level::Object(Some(key)) => push_key(&mut text, &unquoted(key)),
                Level::Object(None) => {}
            }
        }
        text
    }
}

fn unquoted(key: &[u8]) -> Cow<'_, str> {
    match serde_json::from_slice(key) {
        Ok(text) => Cow::Owned(text),
        Err(_) => String::from_utf8_lossy(key),
    }
}

/// Appends a member; keys that are not plain words come from maps and are quoted and cut.
fn push_key(path: &mut String, key: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':');
    let shown: String = key.chars().take(KEY_SHOWN).collect();
    if !key.is_empty() && key == shown && key.chars().all(plain) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        let more = if shown.len() < key.len() { "..." } else { "" };
        _ = write!(path, "[{shown:?}{more}]");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::{line_and_column, path_at};
    use crate::decode::Scanner;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Page {
        clouds: Vec<Cloud>,
        #[serde(default)]
        tags: BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Cloud {
        id: u64,
        kind: Option<Kind>,
        group: Option<Box<Cloud>>,
        pair: Option<(bool, String)>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Aws,
    }

    fn path<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
        let mut scanner = Scanner::new(text);
        let fault = T::deserialize(&mut scanner).unwrap_err();
        path_at(text.as_bytes(), fault.into_parts().1)
    }

    /// What a deserialiser that tracks the path says.
    fn tracked<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
        let mut scanner = Scanner::new(text);
        let error = serde_path_to_error::deserialize::<_, T>(&mut scanner).unwrap_err();
        let path = error.path().to_string();
        if path == "." { String::new() } else { path }
    }

    #[test]
    fn agrees_with_a_deserialiser_that_tracks_the_path() {
        for (text, expected) in [
            ("7", ""),
            (" [7]", "[0]"),
            ("{}", ""),
            (r#"{"clouds":7}"#, "clouds"),
            (r#"{"clouds": {"a":1}}"#, "clouds"),
            (r#"{"clouds":[{"id":1},{"id":"x"}]}"#, "clouds[1].id"),
            (
                r#"{"clouds":[{"id":1},{"id":-1 , "kind":null}]}"#,
                "clouds[1].id",
            ),
            (r#"{"clouds":[{"id":1}, true]}"#, "clouds[1]"),
            (r#"{"clouds":[{"id":1},[1,[]]]}"#, "clouds[1][1]"),
            (
                "{\n \"clouds\": [\n  {\"id\": 1},\n  {\"kind\": \"Aws\"}\n ]\n}",
                "clouds[1]",
            ),
            (
                "{\n \"clouds\": [\n  {\"id\": 1},\n  {\"id\":\n[]}\n ]\n}",
                "clouds[1].id",
            ),
            (r#"{"clouds":[{"id":1,"kind":"Other"}]}"#, "clouds[0].kind"),
            (
                r#"{"clouds":[{"id":1,"group":{"id":1,"group":{"id":true}}}]}"#,
                "clouds[0].group.group.id",
            ),
            (
                r#"{"clouds":[{"id":1,"pair":[true,{}]}]}"#,
                "clouds[0].pair[1]",
            ),
            (r#"{"clouds":[{"id":1,"pair":[true]}]}"#, "clouds[0].pair"),
            (
                r#"{"x":[{"a":"]}\"\\"},[[]]],"clouds":[],"tags":{"a":1,"b":256}}"#,
                "tags.b",
            ),
            (r#"{"clouds":[{"id":null}]}"#, "clouds[0].id"),
        ] {
            assert_eq!(path::<Page>(text), expected, "{text}");
            assert_eq!(tracked::<Page>(text), expected, "{text}");
        }
    }

    #[test]
    fn nulls_that_are_passed_over_count() {
        assert_eq!(
            path::<Page>(r#"{"clouds": [null, null, ["x"]]}"#),
            "clouds[2][0]"
        );
        assert_eq!(
            path::<Page>(r#"{"clouds":[],"tags":{"a":null,"b":"x"}}"#),
            "tags.b"
        );
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = b"{\n \"a\"\n}";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 3), (2, 2));
        assert_eq!(line_and_column(text, 7), (3, 1));
        assert_eq!(line_and_column(b"", 9), (1, 1));
    }

    #[test]
    fn odd_keys_are_quoted_and_cut() {
        type Map = BTreeMap<String, u8>;
        assert_eq!(path::<Map>(r#"{"a.b\n\"c":"x"}"#), r#"["a.b\n\"c"]"#);
        assert_eq!(path::<Map>(r#"{"":"x"}"#), r#"[""]"#);
        assert_eq!(path::<Map>(r#"{"divvyuser:2:":"x"}"#), "divvyuser:2:");
        let long = path::<Map>(&format!(r#"{{"{}":"x"}}"#, "k".repeat(1000)));
        assert_eq!(long, format!("[\"{}\"...]", "k".repeat(64)));
    }

    #[test]
    fn broken_texts_have_a_path_too() {
        assert_eq!(
            path::<Page>(r#"{"clouds":[{"id":1},{"id":"#),
            "clouds[1].id"
        );
        assert_eq!(path::<Page>(r#"{"clouds":[{"id":1}"#), "clouds[0]");
        assert_eq!(path::<Page>("<html>"), "");
        assert_eq!(path::<Page>("]]}},,::\"\\"), "");
    }

    proptest! {
        #[test]
        fn takes_any_bytes(text in any::<Vec<u8>>(), position in 0_usize..99) {
            path_at(&text, position);
            path_at(&text, usize::MAX);
            line_and_column(&text, position);
            line_and_column(&text, usize::MAX);
        }

        /// The wrong value sits at a known place in a tree of arrays and objects.
        #[test]
        fn finds_any_place(
            levels in proptest::collection::vec((any::<bool>(), 0_usize..4), 0..6),
            wrong in prop_oneof![Just("\"s\""), Just("true"), Just("-1"), Just("[]"), Just("{}")],
            space in prop_oneof![Just(""), Just(" "), Just("\n ")],
        ) {
            let (mut text, mut expected) = (wrong.to_owned(), String::new());
            for (is_array, before) in levels.iter().rev() {
                let good = |key: String| if *is_array { "0".to_owned() } else { format!("{key}{space}:0") };
                let mut items: Vec<_> = (0..*before).map(|i| good(format!("\"g{i}\""))).collect();
                items.push(if *is_array { text } else { format!("\"k\"{space}:{space}{text}") });
                items.push(good("\"after\"".to_owned()));
                let items = items.join(&format!("{space},{space}"));
                text = if *is_array { format!("[{items}{space}]") } else { format!("{{{items}{space}}}") };
                let here = if *is_array { format!("[{before}]") } else { "k".to_owned() };
                let dot = if expected.is_empty() || expected.starts_with('[') { "" } else { "." };
                expected = format!("{here}{dot}{expected}");
            }
            let at = text.find(wrong).unwrap();
            prop_assert_eq!(path_at(text.as_bytes(), at), expected);
        }
    }
}
