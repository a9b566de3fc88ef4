//! Markdown of texts from outside: it renders as the author meant it, and can be no HTML, no script and no code to run.

use crate::text::visible;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Languages that a block of code may name; a block of another one, or of Rust, which would be tested, is plain text.
const LANGUAGES: [&str; 32] = [
    "bash",
    "c",
    "console",
    "cpp",
    "csharp",
    "css",
    "csv",
    "curl",
    "diff",
    "go",
    "graphql",
    "html",
    "http",
    "ini",
    "java",
    "javascript",
    "js",
    "json",
    "kotlin",
    "markdown",
    "php",
    "powershell",
    "python",
    "ruby",
    "sh",
    "shell",
    "sql",
    "text",
    "toml",
    "xml",
    "yaml",
    "yml",
];

/// A value as code, whatever it holds: one span that no line break divides and no table cuts.
#[must_use]
pub fn code_span(value: &str) -> String {
    span_of(value, true)
}

/// A span of code that may stand in a table, or surely does not.
fn span_of(value: &str, in_table: bool) -> String {
    let value = visible(value).replace('\n', "\\n").replace('\t', "\\t");
    if value.is_empty() {
        return "`\"\"`".to_owned();
    }
    if in_table && value.contains('|') {
        return html_code(&value);
    }
    let fence = "`".repeat(longest_run(&value) + 1);
    let ends = |c| value.starts_with(c) || value.ends_with(c);
    let is_trimmed = value.starts_with(' ') && value.ends_with(' ') && !value.trim().is_empty();
    let space = if ends('`') || is_trimmed { " " } else { "" };
    format!("{fence}{space}{value}{space}{fence}")
}

/// A bar ends a table's cell in a span of backticks, too: here it cannot be seen.
fn html_code(value: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in value.chars() {
        if c == ' ' || c.is_ascii_punctuation() {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out + "</code>"
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// A block of code in a language; nothing in the text ends it.
#[must_use]
pub fn code_block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{fence}{language}\n{text}{end}{fence}")
}

/// A text without any Markdown, such as a title, in one line of which it is not the start.
#[must_use]
pub fn plain(text: &str) -> String {
    let text = visible(&one_line(text));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>|&~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A document's Markdown as one line, which opens no block of code: other words may follow.
#[must_use]
pub fn inline(text: &str) -> String {
    let text = without_html(&prose(&one_line(text)));
    escape_line(&one_line(&text), true)
}

/// The same for the cell of a table.
#[must_use]
pub fn cell(text: &str) -> String {
    // A bar would cut a span of code or a link in two.
    if text.contains('|') {
        plain(text)
    } else {
        inline(text)
    }
}

/// A label of our own and what a document says of it.
#[must_use]
pub fn labelled(label: &str, text: &str) -> String {
    let text = escape(text);
    let gap = if text.lines().next().and_then(Fence::open).is_some() {
        "\n\n"
    } else {
        " "
    };
    format!("{label}:{gap}{text}")
}

/// Words as they are shown: lines end as they do here, and controls are space. What else is odd is seen.
fn prose(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    visible(&text.replace(is_control, " "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a line, each span of code whole.
pub(crate) fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        if c == '\\' {
            // What it escapes opens no span.
            at += 1 + line[at + 1..].chars().next().map_or(0, |next| {
                if next.is_whitespace() {
                    0
                } else {
                    next.len_utf8()
                }
            });
        } else if c == '`' {
            let run = run(&line[at..]);
            at += span(&line[at..]).unwrap_or(run);
        } else if c.is_whitespace() {
            if start < at {
                words.push(&line[start..at]);
            }
            at += c.len_utf8();
            start = at;
        } else {
            at += c.len_utf8();
        }
    }
    if start < at {
        words.push(&line[start..]);
    }
    words
}

/// Length of the backticks at the start.
fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

/// Length of the span of code at the start, which backticks open.
fn span(text: &str) -> Option<usize> {
    let opening = run(text);
    let mut at = opening;
    loop {
        at += text[at..].find('`')?;
        let closing = run(&text[at..]);
        at += closing;
        if closing == opening {
            return Some(at);
        }
    }
}

/// The line that opens a block of code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// What the line opens, and the words after the marks.
    pub(crate) fn open(line: &str) -> Option<(Self, &str)> {
        let line = line.trim_start();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
        is_fence.then_some((Self { mark, length }, info.trim()))
    }

    /// Whether the line closes what this one opened.
    pub(crate) fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.trim_start_matches(self.mark).is_empty()
    }
}

/// A document's Markdown as rustdoc shall take it: no accidental links, tags, blocks of code or doc tests.
#[must_use]
pub fn escape(text: &str) -> String {
    let text = without_html(prose(text).trim());
    let has_table = text.lines().any(is_delimiter);
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if let Some((fence, info)) = Fence::open(line) {
            let code: Vec<&str> = lines
                .by_ref()
                .take_while(|line| !fence.is_closed_by(line))
                .map(str::trim_end)
                .collect();
            out.push(code_block(language(info), &code.join("\n")));
        } else {
            let trimmed = line.trim_start();
            let indent = (line.len() - trimmed.len()).min(3);
            out.push(format!(
                "{}{}",
                &"   "[..indent],
                escape_line(trimmed, has_table)
            ));
        }
    }
    out.join("\n")
}

/// Whether a line may be the one below the head of a table.
fn is_delimiter(line: &str) -> bool {
    let is_mark = |c: char| c.is_whitespace() || c.is_ascii_digit() || "|-:>*+.)".contains(c);
    line.contains('-') && line.chars().all(is_mark)
}

/// The language that the words after a fence name.
fn language(info: &str) -> &str {
    let word = info.split(|c: char| !c.is_ascii_alphanumeric()).next();
    let word = word.filter(|word| LANGUAGES.contains(word));
    word.unwrap_or("text")
}

/// Tags that descriptions use for layout, and the markdown for them.
const TAGS: [(&str, &str); 32] = [
    ("<p>", "\n\n"),
    ("</p>", "\n\n"),
    ("<br>", "\n"),
    ("<br/>", "\n"),
    ("<br />", "\n"),
    ("<ul>", "\n"),
    ("</ul>", "\n\n"),
    ("<ol>", "\n"),
    ("</ol>", "\n\n"),
    ("<li>", "\n- "),
    ("</li>", ""),
    ("<b>", "**"),
    ("</b>", "**"),
    ("<strong>", "**"),
    ("</strong>", "**"),
    ("<i>", "*"),
    ("</i>", "*"),
    ("<em>", "*"),
    ("</em>", "*"),
    ("<code>", "`"),
    ("</code>", "`"),
    ("<h1>", "\n\n"),
    ("</h1>", "\n\n"),
    ("<h2>", "\n\n"),
    ("</h2>", "\n\n"),
    ("<h3>", "\n\n"),
    ("</h3>", "\n\n"),
    ("<h4>", "\n\n"),
    ("</h4>", "\n\n"),
    ("<div>", "\n"),
    ("</div>", "\n"),
    ("</a>", ""),
];

/// Layout tags become markdown; other tags are left to be escaped.
fn without_html(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = text.to_owned();
    for (tag, markdown) in TAGS {
        out = out.replace(tag, markdown);
    }
    let out = without_anchors(&out);
    let mut lines: Vec<&str> = Vec::new();
    for line in out.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// The text without the opening tags of links.
fn without_anchors(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<a href") {
        let Some(length) = rest[start..].find('>') else {
            break;
        };
        out.push_str(&rest[..start]);
        rest = &rest[start + length + 1..];
    }
    out + rest
}

/// The marks of lists and quotes that a line begins with, and the rest.
///
/// More than one space after a mark would make a block of code of the rest.
fn markers(line: &str) -> (String, &str) {
    let mut marks = String::new();
    let mut rest = line;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let ends = if digits > 0 {
            &['.', ')'][..]
        } else {
            &['-', '*', '+', '>']
        };
        let Some(after) = rest[digits..].strip_prefix(ends) else {
            return (marks, rest);
        };
        let trimmed = after.trim_start();
        let is_quote = rest.starts_with('>');
        if !is_quote && trimmed.len() == after.len() {
            return (marks, rest);
        }
        marks.push_str(&rest[..rest.len() - after.len()]);
        if trimmed.len() < after.len() {
            marks.push(' ');
        }
        rest = trimmed;
    }
}

/// One line outside of a code block.
fn escape_line(line: &str, in_table: bool) -> String {
    let (mut out, mut rest) = markers(line);
    out.reserve(line.len() + 8);
    if rest.starts_with('~') {
        // Behind a mark, too, it could open a block of code.
        out.push('\\');
    }
    let last = last_runs(rest);
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '`' => backticks(rest, &last, in_table, &mut out),
            '\\' => backslash(rest, &mut out),
            'h' if rest.starts_with("http://") || rest.starts_with("https://") => {
                let url = url(rest);
                if out.ends_with("](") {
                    out.push_str(url);
                } else {
                    out.extend(["<", url, ">"]);
                }
                url.len()
            }
            c => {
                let is_escaped = match c {
                    '[' => link_length(rest).is_none(),
                    ']' => !is_target(rest),
                    '!' => rest.starts_with("!["),
                    '<' | '>' => true,
                    _ => false,
                };
                out.extend(is_escaped.then_some('\\'));
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// Where the last backticks of each length stand, from the end: nothing is looked for where nothing can be found.
fn last_runs(text: &str) -> BTreeMap<usize, usize> {
    let mut last = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let length = run(&rest[at..]);
        last.insert(length, rest.len() - at);
        rest = &rest[at + length..];
    }
    last
}

/// A span of code, or backticks that open none; gives their length.
fn backticks(text: &str, last: &BTreeMap<usize, usize>, in_table: bool, out: &mut String) -> usize {
    let opening = run(text);
    let is_closed = last
        .get(&opening)
        .is_some_and(|from_end| *from_end < text.len());
    if let Some(length) = is_closed.then(|| span(text)).flatten() {
        let inside = &text[opening..length - opening];
        let is_padded = inside.starts_with(' ') && inside.ends_with(' ');
        let is_padded = is_padded && !inside.trim().is_empty();
        let inside = if is_padded {
            &inside[1..inside.len() - 1]
        } else {
            inside
        };
        out.push_str(&span_of(inside, in_table));
        return length;
    }
    out.push_str(&"\\`".repeat(opening));
    opening
}

/// A backslash with the mark that the author escaped; gives their length.
fn backslash(text: &str, out: &mut String) -> usize {
    let next = text[1..].chars().next();
    let length = 1 + next.map_or(0, |c| usize::from(c.is_ascii_punctuation()));
    out.push_str(&text[..length]);
    length
}

/// Whether a text goes on as a link to the web does.
fn is_target(text: &str) -> bool {
    text.starts_with("](http://") || text.starts_with("](https://")
}

/// The URL at the start; punctuation at its end belongs to the sentence.
fn url(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_whitespace() || "<>\"'`)]|\\".contains(c))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_'])
}

/// The length of `[text](http...)` at the start, if it is one.
fn link_length(text: &str) -> Option<usize> {
    let middle = 1 + text[1..].find(['[', ']'])?;
    is_target(&text[middle..]).then_some(())?;
    // No further than to the next link: there may be thousands that nobody closes.
    let end = middle + 1 + text[middle + 1..].find([')', '['])?;
    text[end..].starts_with(')').then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_escaped() {
        for (text, expected) in [
            ("an [id] and <name>", "an \\[id\\] and \\<name\\>"),
            ("see https://a.example/x.", "see <https://a.example/x>."),
            (
                "see [docs](https://a.example/x)",
                "see [docs](https://a.example/x)",
            ),
            ("`[x]` stays", "`[x]` stays"),
            ("one ` tick", "one \\` tick"),
            ("a\n\n    indented", "a\n\n   indented"),
            ("```\ncode [x]\n```", "```text\ncode [x]\n```"),
            ("```json\n{}", "```json\n{}\n```"),
            ("> quote", "> quote"),
            ("`a|b`", "`a|b`"),
            ("a|b\n-|-\n`c|d`|e", "a|b\n-|-\n<code>c&#124;d</code>|e"),
            ("`` a`b ``", "``a`b``"),
            ("``a` <x>", "\\`\\`a\\` \\<x\\>"),
            ("\\` <x> `", "\\` \\<x\\> \\`"),
            ("\\<x>", "\\<x\\>"),
            ("```rust,no_run\nx", "```text\nx\n```"),
            ("~~~\n```\n~~~", "````text\n```\n````"),
            ("-     code", "- code"),
            ("1.\tcode\n- ~~~", "1. code\n- \\~~~"),
            ("a\r<x>\u{0}\u{202e}", "a\n\\<x\\> \\u{202e}"),
            (
                "[`a](http://x)`](javascript:x)",
                "[`a](http://x)`\\](javascript:x)",
            ),
            ("![a](http://x)", "\\![a](http://x)"),
            ("<p>one</p><ul><li>two</li></ul>", "one\n\n- two"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }

    #[test]
    fn any_value_is_code() {
        for (value, expected) in [
            ("a", "`a`"),
            ("", "`\"\"`"),
            (" ", "` `"),
            (" a ", "`  a  `"),
            ("`", "`` ` ``"),
            ("a``b`c", "```a``b`c```"),
            ("a\n\u{202e}", "`a\\n\\u{202e}`"),
            ("a|<x>", "<code>a&#124;&#60;x&#62;</code>"),
        ] {
            assert_eq!(code_span(value), expected, "{value}");
        }
        assert_eq!(plain("a\n<x> [c]|`"), "a \\<x\\> \\[c\\]\\|\\`");
        assert_eq!(cell("a | `b"), "a \\| \\`b");
        assert_eq!(inline("```\n<x>"), "\\`\\`\\` \\<x\\>");
        assert_eq!(labelled("`a`", "```\nb\n```"), "`a`:\n\n```text\nb\n```");
        assert_eq!(
            words("a `b  c`\u{3000}\\` d`"),
            ["a", "`b  c`", "\\`", "d`"]
        );
    }
}
