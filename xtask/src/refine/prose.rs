//! Doc comments.

use crate::markdown::{Fence, escape, words};
use crate::text::visible;
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
    let lines = wrap(&visible(text));
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

/// The lines of a text, long ones broken at spaces; code and tables stay as they are.
fn wrap(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut fenced: Option<Fence> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let in_code = fenced.is_some();
        fenced = match fenced {
            None => Fence::open(line).map(|(fence, _)| fence),
            Some(fence) => Some(fence).filter(|fence| !fence.is_closed_by(line)),
        };
        if in_code || line.chars().count() <= WIDTH || trimmed.starts_with(['|', '#', '`']) {
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
    for word in words(line) {
        if is_empty {
            current.push_str(word);
            is_empty = false;
        } else if current.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut current, " ".repeat(indent)));
            start_line(word, &mut current);
        } else {
            current.push(' ');
            current.push_str(word);
        }
    }
    out.push(current);
}

/// A word at the start of a line, where it could begin a list, a heading, a quote or a block of code.
fn start_line(word: &str, line: &mut String) {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = digits.len() < word.len() && matches!(digits, "." | ")");
    let (before, mark) = if is_number {
        word.split_at(word.len() - 1)
    } else {
        ("", word)
    };
    line.push_str(before);
    if is_number || mark.starts_with(['-', '*', '+', '#', '>', '|', '=', '~']) {
        line.push('\\');
    }
    line.push_str(mark);
}
