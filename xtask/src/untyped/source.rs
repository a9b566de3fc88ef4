//! The operations of a document as it was read, of any version.

use crate::schema::{METHODS, resolve};
use serde_json::{Map, Value};

/// An operation with the schemas that it holds directly.
pub(super) struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    /// Place, name and schema.
    pub parameters: Vec<(&'a str, &'a str, &'a Value)>,
    /// Fields of a Swagger 2.0 form.
    pub form: Vec<(&'a str, &'a Value)>,
    pub bodies: Vec<Body<'a>>,
}

/// A request body, or the body of an answer.
pub(super) struct Body<'a> {
    /// Of an answer.
    pub status: Option<&'a str>,
    /// By media type; one with an empty name in Swagger 2.0, where all media types share it.
    pub schemas: Vec<(&'a str, &'a Value)>,
}

/// All operations in the order of the document.
pub(super) fn operations(root: &Value) -> Vec<Operation<'_>> {
    let paths = root.get("paths").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let item = resolve(root, item).and_then(Value::as_object);
        for (method, operation) in item.into_iter().flatten() {
            if METHODS.contains(&method.as_str())
                && let (Some(item), Some(operation)) = (item, operation.as_object())
            {
                let mut read = Operation {
                    path,
                    method,
                    parameters: Vec::new(),
                    form: Vec::new(),
                    bodies: Vec::new(),
                };
                read.parameters(root, item);
                read.parameters(root, operation);
                read.bodies(root, operation);
                found.push(read);
            }
        }
    }
    found
}

impl<'a> Operation<'a> {
    fn parameters(&mut self, root: &'a Value, holder: &'a Map<String, Value>) {
        let parameters = holder.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let Some(parameter) = resolve(root, parameter) else {
                continue;
            };
            let word = |key: &str| parameter.get(key).and_then(Value::as_str);
            let (Some(place), Some(name)) = (word("in"), word("name")) else {
                continue;
            };
            match place {
                "body" => {
                    let schema = parameter.get("schema").map(|schema| ("", schema));
                    self.body(None, schema.into_iter().collect());
                }
                "formData" => self.form.push((name, parameter)),
                _ => {
                    // The operation's own replaces the one of its path.
                    self.parameters
                        .retain(|(other, same, _)| (*other, *same) != (place, name));
                    self.parameters.push((place, name, schema_of(parameter)));
                }
            }
        }
    }

    fn bodies(&mut self, root: &'a Value, operation: &'a Map<String, Value>) {
        let request = operation.get("requestBody");
        if let Some(request) = request.and_then(|request| resolve(root, request)) {
            self.body(None, schemas(request));
        }
        let answers = operation.get("responses").and_then(Value::as_object);
        for (status, answer) in answers.into_iter().flatten() {
            if let Some(answer) = resolve(root, answer) {
                self.body(Some(status), schemas(answer));
            }
        }
    }

    fn body(&mut self, status: Option<&'a str>, schemas: Vec<(&'a str, &'a Value)>) {
        if !schemas.is_empty() {
            self.bodies.push(Body { status, schemas });
        }
    }
}

/// In Swagger 2.0 a parameter is its own schema.
fn schema_of(parameter: &Value) -> &Value {
    let in_content = || {
        let content = parameter.get("content")?.as_object()?;
        content.values().next()?.get("schema")
    };
    parameter
        .get("schema")
        .or_else(in_content)
        .unwrap_or(parameter)
}

fn schemas(holder: &Value) -> Vec<(&str, &Value)> {
    let content = holder.get("content").and_then(Value::as_object);
    let by_type = content.into_iter().flatten().filter_map(|(name, value)| {
        let schema = value.get("schema")?;
        Some((name.as_str(), schema))
    });
    let shared = holder.get("schema").map(|schema| ("", schema));
    by_type.chain(shared).collect()
}
