//! Where in a JSON text a position lies, as a path.
//!
//! A deserialiser that tracks the path would be compiled for every type a second time, which nearly
//! doubles the code of a client crate. The byte at which the refused value begins is enough, and nothing
//! is spent on paths unless a value is refused.

use std::fmt::Write;

use crate::decode::unescaped;
use crate::line::cut;
use crate::mask::Mask;

/// Longest map key shown in a path, in characters.
const KEY_SHOWN: usize = 64;

/// Longest map key that is read, in bytes: secrets in it are masked before it is cut.
const KEY_READ: usize = 64 * 1024;

/// Longest path, in characters.
const PATH_SHOWN: usize = 400;

/// Containers that are shown at either end of a path. A text may nest as many as it has bytes.
const LEVELS_SHOWN: usize = 16;

/// Path of the value that begins at a byte of the text, such as `clouds[3].group.id`.
///
/// Empty for the whole text; for the end of the text, the path of what was due there. A long one is cut in its middle.
pub(crate) fn path_at(text: &[u8], position: usize, mask: Option<&Mask>) -> String {
    let tokens = || Cursor { text, at: 0 }.take_while(|token| position >= token.end);
    let depth = tokens().fold(0, |depth, token| token.kind.depth_after(depth));
    let mut path = Path::of_depth(depth);
    tokens().for_each(|token| path.advance(&token));
    path.render(mask)
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

impl Kind<'_> {
    /// How many containers are open after this token.
    fn depth_after(&self, depth: usize) -> usize {
        match self {
            Self::OpenArray | Self::OpenObject => depth + 1,
            Self::Close => depth.saturating_sub(1),
            Self::Comma | Self::Colon | Self::Scalar(_) => depth,
        }
    }
}

/// The containers that are open at some place, outermost first: the first and the last of those that are open in the end.
struct Path<'a> {
    first: Vec<Level<'a>>,
    last: Vec<Level<'a>>,
    /// Containers in between, which are not kept.
    skipped: usize,
    /// How many are open now, those within what closes again before the end included.
    depth: usize,
}

enum Level<'a> {
    /// An array, at the element of this index.
    Array(usize),
    /// An object, at the member of this key, once the key was read.
    Object(Option<&'a [u8]>),
}

impl<'a> Path<'a> {
    fn of_depth(depth: usize) -> Self {
        Self {
            first: Vec::new(),
            last: Vec::new(),
            skipped: depth.saturating_sub(2 * LEVELS_SHOWN),
            depth: 0,
        }
    }

    /// Moves past a token.
    fn advance(&mut self, token: &Token<'a>) {
        match token.kind {
            Kind::OpenArray => self.open(Level::Array(0)),
            Kind::OpenObject => self.open(Level::Object(None)),
            Kind::Comma => match self.innermost() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(key)) => *key = None,
                None => {}
            },
            Kind::Scalar(text) => {
                if let Some(Level::Object(key @ None)) = self.innermost() {
                    *key = Some(text);
                }
            }
            Kind::Close => self.close(),
            Kind::Colon => {}
        }
    }

    fn open(&mut self, level: Level<'a>) {
        if let Some((levels, _)) = self.levels(self.depth) {
            levels.push(level);
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if let Some((levels, at)) = self.levels(self.depth) {
            levels.truncate(at);
        }
    }

    /// The container that is open innermost, if it is kept.
    fn innermost(&mut self) -> Option<&mut Level<'a>> {
        let (levels, at) = self.levels(self.depth.checked_sub(1)?)?;
        levels.get_mut(at)
    }

    /// Where the container of a depth is kept. Deeper ones than those of the end close again before it.
    fn levels(&mut self, depth: usize) -> Option<(&mut Vec<Level<'a>>, usize)> {
        if depth < LEVELS_SHOWN {
            return Some((&mut self.first, depth));
        }
        let at = depth.checked_sub(LEVELS_SHOWN + self.skipped)?;
        (at < LEVELS_SHOWN).then_some((&mut self.last, at))
    }

    fn render(&self, mask: Option<&Mask>) -> String {
        cut(PATH_SHOWN, |path| {
            let mut is_first = true;
            for level in &self.first {
                write_level(path, level, &mut is_first, mask)?;
            }
            if self.skipped > 0 {
                write!(path, "[{} more levels]", self.skipped)?;
            }
            for level in &self.last {
                write_level(path, level, &mut is_first, mask)?;
            }
            Ok(())
        })
    }
}

fn write_level(
    path: &mut impl Write,
    level: &Level<'_>,
    is_first: &mut bool,
    mask: Option<&Mask>,
) -> std::fmt::Result {
    match level {
        Level::Array(index) => write!(path, "[{index}]")?,
        Level::Object(Some(key)) => write_key(path, &shown_key(key, mask), *is_first)?,
        Level::Object(None) => return Ok(()),
    }
    *is_first = false;
    Ok(())
}

/// A key as it is shown, and whether there is more of it.
fn shown_key(key: &[u8], mask: Option<&Mask>) -> (String, bool) {
    let key = unquoted(key);
    let key = mask.map_or_else(|| key.clone(), |mask| mask.apply(&key));
    let shown: String = key.chars().take(KEY_SHOWN).collect();
    let is_cut = shown.len() < key.len();
    (shown, is_cut)
}

fn unquoted(key: &[u8]) -> String {
    let key = key.get(..KEY_READ).unwrap_or(key);
    let key = String::from_utf8_lossy(key);
    // Where this fails, it stays with its escapes, through which masks see.
    unescaped(&key).unwrap_or_else(|| key.into_owned())
}

/// Writes a member; keys that are not plain words come from maps and are quoted and cut.
fn write_key(
    path: &mut impl Write,
    (key, is_cut): &(String, bool),
    is_first: bool,
) -> std::fmt::Result {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':');
    if key.is_empty() || *is_cut || !key.chars().all(plain) {
        let more = if *is_cut { "..." } else { "" };
        return write!(path, "[{key:?}{more}]");
    }
    if !is_first {
        path.write_char('.')?;
    }
    path.write_str(key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::{Mask, line_and_column, path_at};
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
        path_at(text.as_bytes(), fault.into_parts().1, None)
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
    fn secrets_in_keys_are_masked_before_they_are_cut() {
        let mask = Mask::default();
        mask.learn(&"k3y-k3y-k3y".to_owned().into());
        let shown = |key: &str| {
            let text = format!(r#"{{"{key}":"#);
            path_at(text.as_bytes(), usize::MAX, Some(&mask))
        };
        assert_eq!(shown("k3y-k3y-k3y"), r#"["[masked]"]"#);
        assert_eq!(shown("\\u006b3y-k3y-k3y"), r#"["[masked]"]"#);
        let before = "a".repeat(60);
        assert_eq!(
            shown(&format!("{before}k3y-k3y-k3y")),
            format!(r#"["{before}[mas"...]"#)
        );
    }

    #[test]
    fn deep_and_long_paths_are_cut_in_their_middle() {
        let deep = "[".repeat(3_000_000) + "7";
        let path = path_at(deep.as_bytes(), usize::MAX, None);
        let ends = "[0]".repeat(16);
        assert_eq!(path, format!("{ends}[2999968 more levels]{ends}"));
        let closed = format!("[{}{},{{\"a\":7", "[".repeat(99), "]".repeat(99));
        assert_eq!(path_at(closed.as_bytes(), usize::MAX, None), "[1].a");
        let long = format!("{{\"{}\":", "a".repeat(60)).repeat(20);
        let path = path_at(long.as_bytes(), usize::MAX, None);
        assert_eq!(path.chars().count(), 400);
        assert!(path.starts_with("aaa") && path.contains(" ... ") && path.ends_with("aaa"));
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
            path_at(&text, position, None);
            path_at(&text, usize::MAX, None);
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
            prop_assert_eq!(path_at(text.as_bytes(), at, None), expected);
        }
    }
}
