//! Text from outside, made visible where it is shown: documents, servers and file names may hold any character.

use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Whether a character has no shape of its own, or changes how the characters around it are shown: controls, line
/// separators, directions, invisible formats, private use and what is no character. A line feed, a tab and the two
/// joiners that scripts and emoji need are ordinary.
#[must_use]
pub fn is_odd(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{10ffff}' => true,
        // The last two of each plane are no characters.
        c => c as u32 & 0xfffe == 0xfffe || c.is_control(),
    }
}

/// The text with each odd character as Rust writes it: `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_odd(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Longest line of a message, in characters, with room for what stands before it.
const MAX_LINE: usize = 900;

/// The text with the middle of each long line cut out: both ends of a path or pointer tell most.
#[must_use]
pub fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_LINE {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(shortened_line).collect();
    Cow::Owned(lines.join("\n"))
}

fn shortened_line(line: &str) -> Cow<'_, str> {
    const CUT: &str = " ... ";
    const END: usize = (MAX_LINE - CUT.len()) / 2;
    let Some((after_head, _)) = line.char_indices().nth(END) else {
        return Cow::Borrowed(line);
    };
    let tail = line.char_indices().rev().nth(END - 1);
    match (tail, line.chars().nth(MAX_LINE)) {
        (Some((tail, _)), Some(_)) => {
            Cow::Owned([&line[..after_head], CUT, &line[tail..]].concat())
        }
        _ => Cow::Borrowed(line),
    }
}

/// A value as JSON in one line, with each odd character as an escape of JSON.
///
/// # Errors
///
/// A value that is no JSON, such as a map whose keys are lists.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_odd(c) {
            // They stand in strings only: between them, JSON is ASCII.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Ok(out)
}

/// A writer for people: what goes through it is [`visible`], bytes that are no UTF-8 included.
///
/// All that a task prints goes through one, so that nothing from outside can steer a terminal.
#[derive(Debug)]
pub struct Terminal<W: Write> {
    out: W,
    /// The beginning of a character whose end has not been written yet.
    rest: Vec<u8>,
}

impl<W: Write> Terminal<W> {
    /// A writer to this one.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            rest: Vec::new(),
        }
    }

    /// Writes what is there; the beginning of a character is kept, unless it is the end.
    fn drain(&mut self, is_end: bool) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.rest);
        let keep = if is_end { 0 } else { begun(&bytes) };
        let (whole, rest) = bytes.split_at(bytes.len() - keep);
        self.rest = rest.to_vec();
        let mut text = String::with_capacity(whole.len());
        for chunk in whole.utf8_chunks() {
            text.push_str(&visible(chunk.valid()));
            for byte in chunk.invalid() {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        self.out.write_all(text.as_bytes())
    }
}

/// How many bytes at the end are a character that is not finished.
fn begun(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last();
    let tail = last.map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(tail) {
        Err(error) if error.error_len().is_none() => tail.len(),
        _ => 0,
    }
}

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        self.drain(false)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain(true)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_are_visible_and_others_stay() {
        let plain = "a\tü\n漢字 👩\u{200d}💻 e\u{301} ✔\u{fe0f} \u{a0}";
        assert_eq!(visible(plain), plain);
        for odd in [
            '\0',
            '\u{7}',
            '\r',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{200b}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{61c}',
            '\u{feff}',
            '\u{e000}',
            '\u{fffe}',
            '\u{1ffff}',
            '\u{fdd0}',
            '\u{e0041}',
            '\u{10fffd}',
        ] {
            let shown = visible(&format!("a{odd}b"));
            assert!(shown.starts_with("a\\") && shown.is_ascii(), "{shown}");
            let text = json(&format!("a{odd}\"\\")).unwrap();
            assert!(text.is_ascii() && !text.contains('\u{7f}'), "{text}");
            let back: String = serde_json::from_str(&text).unwrap();
            assert_eq!(back, format!("a{odd}\"\\"));
        }
    }

    #[test]
    fn long_lines_keep_both_ends() {
        let short = format!("{}\n{}", "a".repeat(MAX_LINE), "ß".repeat(MAX_LINE));
        assert_eq!(shortened(&short), short);
        let long = format!("begin {} end\nnext", "漢".repeat(100_000));
        let cut = shortened(&long);
        assert!(cut.starts_with("begin 漢") && cut.ends_with("漢 end\nnext"));
        assert!(cut.lines().all(|line| line.chars().count() <= MAX_LINE));
    }

    #[test]
    fn a_terminal_gets_no_odd_character_however_the_bytes_are_cut() {
        let bytes = "a\u{1b}[31mü\u{202e}\u{9b}漢\n".as_bytes();
        let bytes = [bytes, b"\xff\xe2\x80", b"z\xe6\xbc"].concat();
        for size in 1..=bytes.len() {
            let mut out = Vec::new();
            let mut terminal = Terminal::new(&mut out);
            for piece in bytes.chunks(size) {
                terminal.write_all(piece).unwrap();
            }
            terminal.flush().unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap(),
                "a\\u{1b}[31mü\\u{202e}\\u{9b}漢\n\\xff\\xe2\\x80z\\xe6\\xbc",
                "{size}"
            );
        }
    }
}
