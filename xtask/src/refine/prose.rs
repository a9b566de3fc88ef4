//! Prose of a document, made safe for rustdoc.

use proc_macro2::TokenStream;
use quote::quote;

/// Longest line of a doc comment, without `/// `.
const WIDTH: usize = 100;

/// Doc attributes for prose of the document; none when it is empty.
pub(super) fn doc(text: &str) -> TokenStream {
    markdown(&escape(text))
}

/// Doc attributes for our own markdown, whose links are meant.
pub(super) fn markdown(text: &str) -> TokenStream {
    let lines = wrap(&printable(text));
    let lines = lines.iter().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        quote! { #[doc = #line] }
    });
    quote! { #(#lines)* }
}

/// The text without control characters; Rust takes no bare carriage return in a comment.
fn printable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => '\n',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// The lines of a text, long ones broken at spaces; code and tables stay as they are.
fn wrap(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            fenced = !fenced;
        }
        if fenced || line.chars().count() <= WIDTH || trimmed.starts_with(['|', '#', '`']) {
            out.push(line.to_owned());
            continue;
        }
        let item = trimmed.starts_with("- ") || trimmed.starts_with("* ");
        let indent = line.len() - trimmed.len() + if item { 2 } else { 0 };
        break_line(line, indent, &mut out);
    }
    out
}

fn break_line(line: &str, indent: usize, out: &mut Vec<String>) {
    let start = line.len() - line.trim_start().len();
    let mut current = line[..start].to_owned();
    let mut is_empty = true;
    for word in line.split_whitespace() {
        if !is_empty && current.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut current, " ".repeat(indent)));
            is_empty = true;
            // At the start of a line these would begin a list, a heading or a quote.
            if word.starts_with(['-', '*', '+', '#', '>', '|'])
                || word.ends_with(['.', ')']) && word.starts_with(|c: char| c.is_ascii_digit())
            {
                current.push('\\');
            }
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    out.push(current);
}

/// Markdown that rustdoc takes as the author meant it: no accidental links, tags, code blocks or doc tests.
pub(super) fn escape(text: &str) -> String {
    let mut out = Vec::new();
    let mut fenced = false;
    for line in without_html(text.trim()).lines() {
        let line = line.trim_end();
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            // An unnamed block would be taken for Rust.
            let bare = !fenced && trimmed.trim_matches(['`', '~']).is_empty();
            fenced = !fenced;
            out.push(if bare {
                "```text".to_owned()
            } else {
                trimmed.to_owned()
            });
        } else if fenced {
            out.push(line.to_owned());
        } else {
            let indent = (line.len() - trimmed.len()).min(3);
            out.push(format!("{}{}", &"   "[..indent], escape_line(trimmed)));
        }
    }
    if fenced {
        out.push("```".to_owned());
    }
    out.join("\n")
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

/// One line outside of a code block.
fn escape_line(line: &str) -> String {
    // An odd number of backticks opens a span that nobody closes.
    let balanced = line.matches('`').count().is_multiple_of(2);
    let mut out = String::with_capacity(line.len() + 8);
    let mut in_code = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            in_code = balanced && !in_code;
            out.push_str(if balanced { "`" } else { "\\`" });
            rest = &rest[1..];
            continue;
        }
        if !in_code && (rest.starts_with("http://") || rest.starts_with("https://")) {
            let (url, after) = split_url(rest);
            let linked = out.ends_with("](");
            if linked {
                out.push_str(url);
            } else {
                out.extend(["<", url, ">"]);
            }
            rest = after;
            continue;
        }
        match c {
            '[' if !in_code && link_length(rest).is_none() => out.push_str("\\["),
            ']' if !in_code && !rest.starts_with("](http") => out.push_str("\\]"),
            '<' if !in_code => out.push_str("\\<"),
            '>' if !in_code && !out.is_empty() => out.push_str("\\>"),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// The URL at the start, and what follows it; punctuation at its end belongs to the sentence.
fn split_url(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || "<>\"'`)]|\\".contains(c))
        .unwrap_or(text.len());
    let url = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    text.split_at(url.len())
}

/// The length of `[text](http...)` at the start, if it is one.
fn link_length(text: &str) -> Option<usize> {
    let middle = 1 + text[1..].find(['[', ']'])?;
    text[middle..].starts_with("](http").then_some(())?;
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
            ("<p>one</p><ul><li>two</li></ul>", "one\n\n- two"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }
}
