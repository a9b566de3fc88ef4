//! One line of a before/after table.

use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use xtask::folder::{OperationsToml, TypesToml};
use xtask::normalize::Facts;
use xtask::source::{Format, Source};

/// Gives the cases of a rule.
pub type Table = fn() -> Vec<Case>;

/// What a rule makes of one document.
pub struct Case {
    /// What the case is about.
    pub name: &'static str,
    /// The document.
    pub before: Value,
    /// The document after the rule.
    pub after: Value,
    /// The reported changes, as they print.
    pub changes: Vec<&'static str>,
    operations: OperationsToml,
    types: TypesToml,
}

impl Case {
    /// A case in which the rule does something.
    pub fn new(
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
    pub fn unchanged(name: &'static str, document: Value) -> Self {
        Self::new(name, document.clone(), document, [])
    }

    /// With this `operations.toml`.
    pub fn operations(mut self, text: &str) -> Self {
        let source = Source::new("operations.toml", text, Format::Text);
        self.operations = OperationsToml::parse(&Arc::new(source)).unwrap();
        self
    }

    /// With these locked type names, by place.
    pub fn types(mut self, locked: &[(&str, &str)]) -> Self {
        let locked = locked
            .iter()
            .map(|(place, name)| ((*place).to_owned(), (*name).to_owned()));
        self.types.by_location = locked.collect();
        self
    }

    /// What the rule may consult.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            operations: &self.operations,
            types: &self.types,
        }
    }
}

/// A document of these path items and named schemas.
pub fn document(paths: &Value, schemas: &Value) -> Value {
    json!({ "paths": paths, "components": { "schemas": schemas } })
}

/// A document of these named schemas, each of which `GET /a` answers with.
pub fn answered(schemas: &Value) -> Value {
    document(&json!({ "/a": { "get": answering(schemas) } }), schemas)
}

/// A document of these named schemas, each of which `POST /a` takes.
pub fn requested(schemas: &Value) -> Value {
    let operation = json!({ "requestBody": bodies(schemas), "responses": {} });
    document(&json!({ "/a": { "post": operation } }), schemas)
}

fn answering(schemas: &Value) -> Value {
    json!({ "responses": { "200": bodies(schemas) } })
}

/// One body that reaches all of the schemas.
fn bodies(schemas: &Value) -> Value {
    let names = schemas.as_object().unwrap().keys();
    let references: Vec<Value> = names.map(|name| to(name)).collect();
    json(&json!({ "type": "array", "items": { "not": { "oneOf": references } } }))
}

/// A reference to a named schema.
pub fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A JSON body of this schema.
pub fn json(schema: &Value) -> Value {
    json!({ "content": { "application/json": { "schema": schema } } })
}

/// An operation that answers this schema.
pub fn answers(schema: &Value) -> Value {
    json!({ "responses": { "200": json(schema) } })
}

/// An operation that takes this schema and answers nothing.
pub fn takes(schema: &Value) -> Value {
    json!({ "requestBody": json(schema), "responses": { "204": {} } })
}
