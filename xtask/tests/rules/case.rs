//! One line of a before/after table.

use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use xtask::folder::{OperationsToml, TypesToml};
use xtask::normalize::Facts;
use xtask::source::{Format, Source};

/// Gives the cases of a rule.
pub(crate) type Table = fn() -> Vec<Case>;

/// What a rule makes of one document.
pub(crate) struct Case {
    /// What the case is about.
    pub(crate) name: &'static str,
    /// The document.
    pub(crate) before: Value,
    /// The document after the rule.
    pub(crate) after: Value,
    /// The reported changes, as they print.
    pub(crate) changes: Vec<&'static str>,
    operations: OperationsToml,
    types: TypesToml,
}

impl Case {
    /// A case in which the rule does something.
    pub(crate) fn new(
        name: &'static str,
        before: Value,
        after: Value,
        changes: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self {
            name,
            before,
            after,
            changes: changes.into_iter().collect(),
            operations: OperationsToml::empty(Path::new("operations.toml")),
            types: TypesToml::default(),
        }
    }

    /// A document that the rule leaves as it is.
    pub(crate) fn unchanged(name: &'static str, document: Value) -> Self {
        Self::new(name, document.clone(), document, [])
    }

    /// With this `operations.toml`.
    pub(crate) fn operations(mut self, text: &str) -> Self {
        let source = Source::new("operations.toml", text, Format::Text);
        self.operations = OperationsToml::parse(&Arc::new(source)).unwrap();
        self
    }

    /// With these locked type names, by place.
    pub(crate) fn types(mut self, locked: &[(&str, &str)]) -> Self {
        let locked = locked
            .iter()
            .map(|(place, name)| ((*place).to_owned(), (*name).to_owned()));
        self.types.by_location = locked.collect();
        self
    }

    /// What the rule may consult.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            operations: &self.operations,
            types: &self.types,
        }
    }
}

/// A document of these path items and named schemas.
pub(crate) fn document(paths: &Value, schemas: &Value) -> Value {
    json!({ "paths": paths, "components": { "schemas": schemas } })
}

/// A reference to a named schema.
pub(crate) fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A JSON body of this schema.
pub(crate) fn json(schema: &Value) -> Value {
    json!({ "content": { "application/json": { "schema": schema } } })
}

/// An operation that answers this schema.
pub(crate) fn answers(schema: &Value) -> Value {
    json!({ "responses": { "200": json(schema) } })
}

/// An operation that takes this schema and answers nothing.
pub(crate) fn takes(schema: &Value) -> Value {
    json!({ "requestBody": json(schema), "responses": { "204": {} } })
}
