//! A script cut into words, strings and punctuation.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// One piece of a script.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The bytes that it takes.
    pub(super) span: Range<usize>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word(String),
    /// A string, or a template without substitutions; escapes are resolved.
    Text(String),
    /// A bracket, comma, operator.
    Punctuation(char),
    /// A number, a regular expression, a template with substitutions.
    Other,
}

/// The pieces, without white space and comments. What is never closed ends with the script.
pub(super) fn tokens(script: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        script,
        rest: script.char_indices().peekable(),
        tokens: Vec::new(),
    };
    while scanner.step() {}
    scanner.tokens
}

struct Scanner<'a> {
    script: &'a str,
    rest: Peekable<CharIndices<'a>>,
    tokens: Vec<Token>,
}

/// Words after which a slash begins a regular expression.
const BEFORE_EXPRESSION: [&str; 7] = ["return", "typeof", "case", "in", "of", "delete", "void"];

impl Scanner<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, c)| *c)
    }

    fn position(&mut self) -> usize {
        self.rest.peek().map_or(self.script.len(), |(at, _)| *at)
    }

    /// Reads one piece; whether there was any.
    fn step(&mut self) -> bool {
        let Some((start, c)) = self.rest.next() else {
            return false;
        };
        let kind = match c {
            c if c.is_whitespace() => return true,
            '/' => match self.peek() {
                Some('/') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.rest.next();
                    }
                    return true;
                }
                Some('*') => {
                    self.block_comment();
                    return true;
                }
                _ if self.divides() => Some(Kind::Punctuation('/')),
                _ => self.regular_expression(),
            },
            '\'' | '"' => self.string(c),
            '`' => self.template(),
            c if c.is_ascii_digit() => {
                while self
                    .peek()
                    .is_some_and(|c| c.is_ascii_alphanumeric() || c == '.')
                {
                    self.rest.next();
                }
                Some(Kind::Other)
            }
            c if is_word(c) => {
                while self.peek().is_some_and(is_word) {
                    self.rest.next();
                }
                let end = self.position();
                let word = self.script.get(start..end).unwrap_or_default();
                Some(Kind::Word(word.to_owned()))
            }
            c => Some(Kind::Punctuation(c)),
        };
        let end = self.position();
        if let Some(kind) = kind {
            self.tokens.push(Token {
                kind,
                span: start..end,
            });
        }
        true
    }

    fn block_comment(&mut self) {
        let mut last = ' ';
        self.rest.next();
        for (_, c) in self.rest.by_ref() {
            if last == '*' && c == '/' {
                return;
            }
            last = c;
        }
    }

    /// Whether a slash here divides: after a value it does.
    fn divides(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            Some(Kind::Word(word)) => !BEFORE_EXPRESSION.contains(&word.as_str()),
            Some(Kind::Text(_) | Kind::Other) => true,
            Some(Kind::Punctuation(c)) => matches!(c, ')' | ']' | '}'),
            None => false,
        }
    }

    fn regular_expression(&mut self) -> Option<Kind> {
        let mut in_class = false;
        while let Some((_, c)) = self.rest.next() {
            match c {
                '\\' => {
                    self.rest.next();
                }
                '[' => in_class = true,
                ']' => in_class = false,
                // No expression goes over the end of a line: it was none.
                '\n' => return Some(Kind::Other),
                '/' if !in_class => {
                    while self.peek().is_some_and(|c| c.is_ascii_alphabetic()) {
                        self.rest.next();
                    }
                    return Some(Kind::Other);
                }
                _ => {}
            }
        }
        None
    }

    fn string(&mut self, quote: char) -> Option<Kind> {
        let mut text = String::new();
        while let Some((_, c)) = self.rest.next() {
            match c {
                c if c == quote => return Some(Kind::Text(text)),
                '\\' => self.escape(&mut text),
                '\n' => return None,
                c => text.push(c),
            }
        }
        None
    }

    fn template(&mut self) -> Option<Kind> {
        let mut text = String::new();
        let mut substitutes = false;
        let mut open = 0_usize;
        while let Some((_, c)) = self.rest.next() {
            match c {
                '`' if open == 0 && substitutes => return Some(Kind::Other),
                '`' if open == 0 => return Some(Kind::Text(text)),
                '\\' => self.escape(&mut text),
                '$' if self.peek() == Some('{') => {
                    substitutes = true;
                    open += 1;
                    self.rest.next();
                }
                '{' if open > 0 => open += 1,
                '}' if open > 0 => open -= 1,
                c => text.push(c),
            }
        }
        None
    }

    fn escape(&mut self, text: &mut String) {
        let Some((_, c)) = self.rest.next() else {
            return;
        };
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'x' => self.code(text, 2),
            'u' if self.peek() == Some('{') => {
                self.rest.next();
                self.code(text, 6);
                if self.peek() == Some('}') {
                    self.rest.next();
                }
            }
            'u' => self.code(text, 4),
            // A line that goes on.
            '\n' => {}
            c => text.push(c),
        }
    }

    /// A character by its number, of at most so many digits. Halves of a surrogate pair are left out.
    fn code(&mut self, text: &mut String, digits: usize) {
        let mut number = 0;
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                break;
            };
            number = number * 16 + digit;
            self.rest.next();
        }
        text.extend(char::from_u32(number));
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
