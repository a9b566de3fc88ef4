//! One line of a before/after table.

use serde_json::{Value, json};

/// What lowering makes of one document.
pub(crate) struct Case {
    /// What the case is about.
    pub(crate) name: &'static str,
    /// The document.
    pub(crate) before: Value,
    /// The document afterwards.
    pub(crate) after: Value,
    /// The reported changes, as they print.
    pub(crate) changes: Vec<&'static str>,
}

impl Case {
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
        }
    }

    /// A case of one schema in a 3.1 document; each change begins with the place of the schema.
    pub(crate) fn schema(
        name: &'static str,
        before: &Value,
        after: &Value,
        changes: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self::new(name, v31(before), v30(&json!({ "A": after })), changes)
    }
}

/// A 3.1 document with this schema as `A`.
pub(crate) fn v31(schema: &Value) -> Value {
    with_version("3.1.0", &json!({ "A": schema }))
}

/// A lowered document with these schemas.
pub(crate) fn v30(schemas: &Value) -> Value {
    with_version("3.0.3", schemas)
}

fn with_version(version: &str, schemas: &Value) -> Value {
    json!({
        "openapi": version,
        "info": { "title": "t", "version": "1" },
        "paths": {},
        "components": { "schemas": schemas },
    })
}
