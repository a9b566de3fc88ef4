//! What the results of an operation have in common.

use super::{Content, Operation, Response};

/// What an operation answers when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome<'a> {
    /// Nobody says.
    Undocumented,
    /// No body.
    Nothing,
    /// One body, always.
    One(&'a Response),
    /// One body, or none.
    OneOrNothing(&'a Response),
    /// Another body by status, or a result outside of 2xx.
    ByStatus,
}

impl Operation {
    /// What the documented results come to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        let documented = &self.results;
        let outside = documented
            .iter()
            .any(|response| !response.status.starts_with('2') && response.status != "default");
        let bodies = distinct(documented, |content| *content != Content::Empty);
        let some_empty = documented
            .iter()
            .any(|response| response.content == Content::Empty);
        match bodies.as_slice() {
            [] if documented.is_empty() => Outcome::Undocumented,
            [] => Outcome::Nothing,
            [only] if !outside && some_empty => Outcome::OneOrNothing(only),
            [only] if !outside => Outcome::One(only),
            _ => Outcome::ByStatus,
        }
    }
}

/// The different bodies among the answers that `wanted` accepts.
pub(crate) fn distinct(
    responses: &[Response],
    wanted: impl Fn(&Content) -> bool,
) -> Vec<&Response> {
    let mut found: Vec<&Response> = Vec::new();
    for response in responses
        .iter()
        .filter(|response| wanted(&response.content))
    {
        if !found.iter().any(|known| known.content == response.content) {
            found.push(response);
        }
    }
    found
}
