//! Ten operations of the committed documents, and how a case changes them.

use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use xtask::folder::{AuthFamily, OperationsToml, SpecFolder};
use xtask::load::load_text;
use xtask::pipeline::{Input, Output, run};
use xtask::source::{Format, Source};

/// A document and what is known of its operations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cut {
    pub(crate) document: Value,
    pub(crate) operations: String,
    pub(crate) auth: AuthFamily,
}

impl Cut {
    pub(crate) fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/cut");
        let folder = SpecFolder::open(&folder).unwrap();
        Self {
            document: folder.document.root,
            operations: folder.operations.source.text.clone(),
            auth: folder.api.auth,
        }
    }

    /// The code of it; in place of another one, names of types are locked as `cargo xtask diff` does.
    pub(crate) fn output(self, old: Option<&Output>) -> Output {
        let document = load_text(Path::new("openapi.json"), self.document.to_string()).unwrap();
        let source = Source::new("operations.toml", self.operations, Format::Text);
        let mut input = Input::from_document(document, "client");
        input.obtained = true;
        input.auth = self.auth;
        input.operations = OperationsToml::parse(&Arc::new(source)).unwrap();
        if let Some(old) = old {
            input.types = old.types.clone();
        }
        let output = run(input).unwrap();
        assert_eq!(output.skipped(), 0, "{:?}", output.problems);
        output
    }

    /// An operation, by its id.
    pub(crate) fn operation(&mut self, id: &str) -> &mut Value {
        let paths = self.document["paths"].as_object_mut().unwrap();
        paths
            .values_mut()
            .flat_map(|item| item.as_object_mut().unwrap().values_mut())
            .find(|operation| operation["operationId"] == id)
            .unwrap()
    }

    /// Gives an operation, by its id, another path or method.
    pub(crate) fn move_operation(&mut self, id: &str, method: &str, path: &str) {
        let operation = self.operation(id).clone();
        self.remove_operation(id);
        self.document["paths"][path][method] = operation;
    }

    pub(crate) fn remove_operation(&mut self, id: &str) {
        let paths = self.document["paths"].as_object_mut().unwrap();
        paths.retain(|_, item| {
            let item = item.as_object_mut().unwrap();
            item.retain(|_, operation| operation["operationId"] != id);
            !item.is_empty()
        });
    }

    /// A named schema.
    pub(crate) fn schema(&mut self, name: &str) -> &mut Value {
        let schema = &mut self.document["components"]["schemas"][name];
        assert!(!schema.is_null(), "{name}");
        schema
    }

    /// The schema of a member of a named one.
    pub(crate) fn member(&mut self, schema: &str, member: &str) -> &mut Value {
        &mut self.schema(schema)["properties"][member]
    }

    pub(crate) fn remove_member(&mut self, schema: &str, member: &str) {
        let schema = self.schema(schema);
        let members = schema["properties"].as_object_mut().unwrap();
        assert!(members.shift_remove(member).is_some(), "{member}");
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name != member);
        }
    }

    /// A named parameter.
    pub(crate) fn parameter(&mut self, name: &str) -> &mut Value {
        let parameter = &mut self.document["components"]["parameters"][name];
        assert!(!parameter.is_null(), "{name}");
        parameter
    }

    /// The schema of the JSON body of an answer.
    pub(crate) fn answer(&mut self, id: &str, status: &str) -> &mut Value {
        &mut self.operation(id)["responses"][status]["content"]["application/json"]["schema"]
    }

    /// Replaces the first occurrence after the entry of an operation in `operations.toml`, by the operation's name.
    pub(crate) fn fact(&mut self, name: &str, from: &str, to: &str) {
        let entry = self.operations.find(&format!("\"{name}\"")).unwrap();
        let entry = self.operations[..entry].rfind('[').unwrap();
        let at = entry + self.operations[entry..].find(from).unwrap();
        self.operations.replace_range(at..at + from.len(), to);
    }
}
