//! The literals of a script: strings, objects and arrays, without running it.
//!
//! Pages of API documentation name their document in a call or an assignment. This reader knows enough of JavaScript to
//! find these, and reads anything else as [`Literal::Other`].

mod tokens;

use std::collections::BTreeMap;
use std::ops::Range;
use tokens::{Kind, Token, tokens};

/// Deepest nesting of literals: what is below is [`Literal::Other`].
const MAX_DEPTH: usize = 100;

/// How often each piece of a script is looked at, on average, before the rest is left unread.
const MOST_READINGS: usize = 100;

/// How often each byte of a script is copied, on average, to where a name stands for it.
const MOST_COPIES: usize = 16;

/// A value that stands in a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// A string, its escapes resolved.
    Text(String),
    /// An object and the bytes it takes in the script.
    Object(Vec<(String, Literal)>, Range<usize>),
    /// An array.
    Array(Vec<Literal>),
    /// Anything else.
    Other,
}

impl Literal {
    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members, _) => members
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

impl Literal {
    /// About the bytes that a copy takes.
    fn size(&self) -> usize {
        let inside = match self {
            Self::Text(text) => text.len(),
            Self::Object(members, _) => {
                let sizes = members
                    .iter()
                    .map(|(name, value)| name.len() + value.size());
                sizes.sum()
            }
            Self::Array(items) => items.iter().map(Self::size).sum(),
            Self::Other => 0,
        };
        inside + 1
    }
}

/// A literal, and where it stands.
#[derive(Debug)]
pub(super) struct Found {
    /// The function that it is the first argument of, as `Redoc.init`; empty elsewhere.
    pub(super) called: String,
    /// The literal.
    pub(super) value: Literal,
}

/// All strings and objects of a script that are not part of another object, in order.
///
/// A name that was given a literal before stands for it.
pub(super) fn literals(script: &str) -> Vec<Found> {
    let tokens = tokens(script);
    let mut reader = Reader {
        tokens: &tokens,
        closing: closing(&tokens),
        at: 0,
        work: tokens.len().saturating_mul(MOST_READINGS),
        named: BTreeMap::new(),
        copies: script.len().saturating_mul(MOST_COPIES),
    };
    let mut found = Vec::new();
    while reader.at < tokens.len() && reader.work > 0 {
        let start = reader.at;
        let called = reader.call_before(start);
        let value = match reader.kind(start) {
            Some(Kind::Text(_) | Kind::Punctuation('{' | '[')) => reader.value(0),
            Some(Kind::Word(word)) if !called.is_empty() => reader.copy(word),
            _ => None,
        };
        let Some(value) = value else {
            reader.at = start + 1;
            continue;
        };
        if let Some(name) = reader.assigned_before(start) {
            reader.named.insert(name, value.clone());
        }
        // A block is no object: what is in it comes next.
        reader.at = reader.at.max(start + 1);
        found.push(Found { called, value });
    }
    found
}

/// The closing bracket of each opening one, by position.
fn closing(tokens: &[Token]) -> BTreeMap<usize, usize> {
    let mut pairs = BTreeMap::new();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punctuation('(' | '[' | '{') => open.push(at),
            Kind::Punctuation(')' | ']' | '}') => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    pairs
}

struct Reader<'a> {
    tokens: &'a [Token],
    closing: BTreeMap<usize, usize>,
    at: usize,
    /// Steps that are left: what looks like an object is read again from within where it turns out to be a block.
    work: usize,
    /// Literals by the name they were assigned to.
    named: BTreeMap<String, Literal>,
    /// Bytes of them that may still be copied: names that stand for names double with each.
    copies: usize,
}

impl<'a> Reader<'a> {
    fn kind(&self, at: usize) -> Option<&'a Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn is(&self, at: usize, c: char) -> bool {
        matches!(self.kind(at), Some(Kind::Punctuation(there)) if *there == c)
    }

    fn takes(&mut self, c: char) -> bool {
        let is = self.is(self.at, c);
        self.at += usize::from(is);
        is
    }

    /// The words, joined by dots, before the bracket that opens right before a token.
    fn call_before(&self, at: usize) -> String {
        let mut words = Vec::new();
        let mut end = match at.checked_sub(1) {
            Some(bracket) if self.is(bracket, '(') => bracket,
            _ => return String::new(),
        };
        while let Some(Kind::Word(word)) = end.checked_sub(1).and_then(|at| self.kind(at)) {
            words.push(word.as_str());
            match end.checked_sub(2) {
                Some(dot) if self.is(dot, '.') => end = dot,
                _ => break,
            }
        }
        words.reverse();
        words.join(".")
    }

    fn assigned_before(&self, at: usize) -> Option<String> {
        let equals = at.checked_sub(1).filter(|at| self.is(*at, '='))?;
        match self.kind(equals.checked_sub(1)?)? {
            Kind::Word(word) => Some(word.clone()),
            _ => None,
        }
    }

    /// The literal that a name stands for.
    fn copy(&mut self, name: &str) -> Option<Literal> {
        let value = self.named.get(name)?;
        self.copies = self.copies.checked_sub(value.size())?;
        Some(value.clone())
    }

    /// The value that begins here; `None` and no step where an object turns out to be a block.
    fn value(&mut self, depth: usize) -> Option<Literal> {
        self.work = self.work.saturating_sub(1);
        if depth > MAX_DEPTH || self.work == 0 {
            return None;
        }
        let first = match self.kind(self.at)? {
            Kind::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Literal::Text(text)
            }
            Kind::Word(word) => {
                let known = self.copy(word);
                self.at += 1;
                self.rest_of_word(known)
            }
            Kind::Punctuation('{') => self.object(depth)?,
            Kind::Punctuation('[') => self.array(depth)?,
            Kind::Punctuation(_) => return None,
            Kind::Other => {
                self.at += 1;
                Literal::Other
            }
        };
        self.joined(first, depth)
    }

    /// `window.location.origin` is the address that a path is relative to anyway.
    fn rest_of_word(&mut self, known: Option<Literal>) -> Literal {
        let mut value = known.unwrap_or(Literal::Other);
        while self.is(self.at, '.') {
            value = match self.kind(self.at + 1) {
                Some(Kind::Word(word)) if word == "origin" => Literal::Text(String::new()),
                _ => Literal::Other,
            };
            self.at += 2;
        }
        value
    }

    /// Strings added up.
    fn joined(&mut self, first: Literal, depth: usize) -> Option<Literal> {
        let mut whole = first;
        while self.takes('+') {
            let next = self.value(depth + 1)?;
            whole = match (whole, next) {
                (Literal::Text(a), Literal::Text(b)) => Literal::Text(a + &b),
                _ => Literal::Other,
            };
        }
        Some(whole)
    }

    fn object(&mut self, depth: usize) -> Option<Literal> {
        let opening = self.at;
        let start = self.tokens.get(opening)?.span.start;
        self.closing.get(&opening)?;
        self.at += 1;
        let mut members = Vec::new();
        while !self.is(self.at, '}') {
            let Some((name, value)) = self.member(depth) else {
                self.at = opening;
                return None;
            };
            members.push((name, value));
            if !self.takes(',') && !self.is(self.at, '}') {
                self.at = opening;
                return None;
            }
        }
        let end = self.tokens.get(self.at)?.span.end;
        self.at += 1;
        Some(Literal::Object(members, start..end))
    }

    fn member(&mut self, depth: usize) -> Option<(String, Literal)> {
        let name = match self.kind(self.at)? {
            Kind::Text(text) | Kind::Word(text) => text.clone(),
            Kind::Other => String::new(),
            Kind::Punctuation('.') => {
                // `...rest`
                self.skip();
                return Some((String::new(), Literal::Other));
            }
            Kind::Punctuation(_) => return None,
        };
        self.at += 1;
        if self.is(self.at, ',') || self.is(self.at, '}') {
            let value = self.copy(&name).unwrap_or(Literal::Other);
            return Some((name, value));
        }
        if self.is(self.at, '(') {
            // A method has a body; what has none is a call, and this a block.
            let body = self.closing.get(&self.at)? + 1;
            self.at = self.closing.get(&body)? + 1;
            return Some((name, Literal::Other));
        }
        if !self.takes(':') {
            return None;
        }
        let value = self.element(depth);
        Some((name, value))
    }

    fn array(&mut self, depth: usize) -> Option<Literal> {
        let opening = self.at;
        self.closing.get(&opening)?;
        self.at += 1;
        let mut items = Vec::new();
        while !self.is(self.at, ']') {
            if self.at >= self.tokens.len() {
                self.at = opening;
                return None;
            }
            items.push(self.element(depth));
            if !self.takes(',') && !self.is(self.at, ']') {
                self.at = opening;
                return None;
            }
        }
        self.at += 1;
        Some(Literal::Array(items))
    }

    /// A value up to the comma or bracket after it; an expression that is no literal is passed over.
    fn element(&mut self, depth: usize) -> Literal {
        let start = self.at;
        let value = self.value(depth + 1);
        let ends = [',', '}', ']'].iter().any(|c| self.is(self.at, *c));
        match value {
            Some(value) if ends => value,
            _ => {
                self.at = start;
                self.skip();
                Literal::Other
            }
        }
    }

    /// Goes to the comma or the closing bracket that ends what begins here.
    fn skip(&mut self) {
        while let Some(kind) = self.kind(self.at) {
            match kind {
                Kind::Punctuation('(' | '[' | '{') => match self.closing.get(&self.at) {
                    Some(closing) => self.at = *closing,
                    None => return,
                },
                Kind::Punctuation(')' | ']' | '}' | ',') => return,
                _ => {}
            }
            self.work = self.work.saturating_sub(1);
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn shown(script: &str) -> Vec<String> {
        literals(script)
            .into_iter()
            .map(|found| format!("{}({})", found.called, show(&found.value)))
            .collect()
    }

    fn show(value: &Literal) -> String {
        match value {
            Literal::Text(text) => format!("{text:?}"),
            Literal::Other => "?".to_owned(),
            Literal::Array(items) => {
                let items: Vec<String> = items.iter().map(show).collect();
                format!("[{}]", items.join(", "))
            }
            Literal::Object(members, _) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", show(value)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }

    #[test]
    fn literals_are_read_where_they_stand() {
        for (script, expected) in [
            (
                "Redoc.init('a.yaml', {}, x)",
                vec!["Redoc.init(\"a.yaml\")", "({})"],
            ),
            (
                "window.ui = SwaggerUIBundle({ url: \"/o.json\", deep: true, presets: [A.b, C], f(){ return {a: 1} }, })",
                vec!["SwaggerUIBundle({url: \"/o.json\", deep: ?, presets: [?, ?], f: ?})"],
            ),
            (
                "const spec = '/a.json'; go({ url: spec, n: -1, spec })",
                vec![
                    "(\"/a.json\")",
                    "go({url: \"/a.json\", n: ?, spec: \"/a.json\"})",
                ],
            ),
            (
                "f({url: window.location.origin + '/a' + `/b`, other: origin() + 'x', g: (a, b) => ({c: a})})",
                vec!["f({url: \"/a/b\", other: ?, g: ?})"],
            ),
            (
                "if (a) { b('x'); /* 'no' */ } // 'no'\nlet r = /['\"]/g; c(\"it\\'s\\u0041\\x42\\n\")",
                vec!["b(\"x\")", "c(\"it'sAB\\n\")"],
            ),
            (
                "x({ ...rest, [key]: 1, url: 'a' })",
                vec!["([?])", "(\"a\")"],
            ),
            (
                "x({ a: 1 / 2, b: 'c' }); y = 3 / 4; z('/')",
                vec!["x({a: ?, b: \"c\"})", "z(\"/\")"],
            ),
            ("`a${b}c`; f(`plain`)", vec!["f(\"plain\")"]),
            ("'never closed", vec![]),
            ("f({ a: [1, 2", vec![]),
        ] {
            assert_eq!(shown(script), expected, "{script}");
        }
    }

    #[test]
    fn the_bytes_of_an_object_are_known() {
        let script = "const s = {\"spec\": {\"data\": {\"openapi\": \"3.0.0\"}}};";
        let found = literals(script);
        let data = found[0].value.get("spec").unwrap().get("data").unwrap();
        let Literal::Object(_, span) = data else {
            panic!("{data:?}")
        };
        assert_eq!(&script[span.clone()], "{\"openapi\": \"3.0.0\"}");
    }

    #[test]
    fn deep_and_broken_scripts_end() {
        let deep = "[".repeat(100_000);
        assert!(shown(&deep).is_empty());
        let objects = "{a:".repeat(30_000);
        assert!(shown(&objects).is_empty());
        let closed = format!("f({objects}{})", "}".repeat(30_000));
        assert_eq!(shown(&closed).len(), 1);
        let mut doubled = String::new();
        for index in 0..1000 {
            let _ = write!(doubled, "b{}='x'+b{index}+b{index};", index + 1);
        }
        let size: usize = literals(&doubled)
            .iter()
            .map(|found| found.value.size())
            .sum();
        assert!(size < 40 * doubled.len(), "{size}");
        let blocks = format!("{}{}", "{a:1,".repeat(30_000), "b c}".repeat(30_000));
        assert!(shown(&blocks).is_empty());
    }
}
