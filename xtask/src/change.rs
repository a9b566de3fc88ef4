//! One repair that was made to a document, as the report shows it.

use std::fmt;

use serde::Serialize;

/// A change that an overlay action or a normalization rule made to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// File name of the rule, without extension, or `overlay`.
    pub rule: &'static str,
    /// JSON pointer to the changed value, as it was before the change.
    pub pointer: String,
    /// The operation it belongs to (`GET /v2/x`), when it belongs to one.
    pub operation: Option<String>,
    /// One line: what was there, and what is there now.
    pub what: String,
    /// What information is gone. `None` for a lossless change.
    pub loss: Option<String>,
}

impl Change {
    /// A lossless change at `pointer`.
    pub fn new(rule: &'static str, pointer: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            rule,
            pointer: pointer.into(),
            operation: None,
            what: what.into(),
            loss: None,
        }
    }

    /// Names the operation that the change belongs to.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Says what information the change loses.
    #[must_use]
    pub fn loss(mut self, loss: impl Into<String>) -> Self {
        self.loss = Some(loss.into());
        self
    }

    /// Whether the document still says all that it said before.
    #[must_use]
    pub fn is_lossless(&self) -> bool {
        self.loss.is_none()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.rule)?;
        match &self.operation {
            Some(operation) => write!(f, "{operation}: ")?,
            None => write!(f, "{}: ", self.pointer)?,
        }
        f.write_str(&self.what)?;
        if let Some(loss) = &self.loss {
            write!(f, " (lost: {loss})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_and_names_the_loss() {
        let change = Change::new(
            "x_nullable",
            "/components/schemas/A",
            "x-nullable: now nullable",
        );
        assert!(change.is_lossless());
        assert_eq!(
            change.to_string(),
            "x_nullable: /components/schemas/A: x-nullable: now nullable"
        );
        let change = Change::new("cookies", "/paths/~1a/get", "cookie parameter `s`: removed")
            .operation("GET /a")
            .loss("the parameter cannot be sent");
        assert_eq!(
            change.to_string(),
            "cookies: GET /a: cookie parameter `s`: removed (lost: the parameter cannot be sent)"
        );
    }
}
