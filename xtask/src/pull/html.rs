//! The elements of a page, read in one pass: how they nest does not matter, and costs nothing.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// An element as its opening tag has it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name, in lower case.
    pub(super) name: String,
    /// Names, in lower case, and values.
    pub(super) attributes: Vec<(String, String)>,
    /// The text of a script or title.
    pub(super) text: String,
}

impl Element {
    fn new(tag: &StartTag<()>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let attributes = tag.attributes.iter();
        Self {
            name: text(&tag.name),
            attributes: attributes
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            text: String::new(),
        }
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        let found = all.find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The elements in the order of their tags.
pub(super) fn elements(page: &str) -> Vec<Element> {
    let mut emitter = DefaultEmitter::default();
    // A script is not HTML, and what it writes is not part of the page.
    emitter.naively_switch_states(true);
    let mut elements: Vec<Element> = Vec::new();
    let mut is_open = false;
    for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Token::StartTag(tag) => {
                elements.push(Element::new(&tag));
                is_open = true;
            }
            Token::EndTag(_) => is_open = false,
            Token::String(text) => {
                let current = elements.last_mut().filter(|_| is_open);
                if let Some(element) = current.filter(|element| has_text(&element.name)) {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            _ => {}
        }
    }
    elements
}

fn has_text(name: &str) -> bool {
    matches!(name, "script" | "title")
}
