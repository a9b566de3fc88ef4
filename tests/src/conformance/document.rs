//! The operations of an OpenAPI 3.0 document, as far as requests and statuses of answers go.

use serde_json::Value;

/// References that lead to references, at most.
const MAX_HOPS: usize = 16;

/// A document, and what it says of its operations.
pub struct Document {
    root: Value,
    /// In the order of the paths.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// In capitals: `GET`.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Those of the path item too.
    pub parameters: Vec<Parameter>,
    /// The JSON body of the request.
    pub body: Option<Body>,
    /// Alternatives, each the names of the headers that credentials go into; one without names takes none.
    pub security: Vec<Vec<String>>,
    /// Status and media types of each documented answer.
    pub answers: Vec<(u16, Vec<String>)>,
}

/// A parameter of the request.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name on the wire.
    pub name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub place: String,
    /// Whether the request must have it.
    pub required: bool,
    /// Schema of its value.
    pub schema: Value,
}

/// The JSON body of a request.
#[derive(Debug, Clone)]
pub struct Body {
    /// Whether the request must have it.
    pub required: bool,
    /// Schema of its value.
    pub schema: Value,
}

impl Document {
    /// Reads the operations.
    ///
    /// # Errors
    ///
    /// What the driver cannot make requests for: a reference that leads nowhere, a body that is not JSON, a parameter
    /// or scheme of an unknown form.
    pub fn new(root: Value) -> Result<Self, String> {
        let mut document = Self {
            root,
            operations: Vec::new(),
        };
        let mut operations = Vec::new();
        for (path, item) in members(&document.root["paths"]) {
            for method in [
                "get", "put", "post", "delete", "options", "head", "patch", "trace",
            ] {
                if let Some(operation) = item.get(method) {
                    let read = document.operation(path, item, method, operation);
                    operations.push(read.map_err(|fault| format!("{method} {path}: {fault}"))?);
                }
            }
        }
        document.operations = operations;
        Ok(document)
    }

    /// What a value is or refers to.
    ///
    /// # Errors
    ///
    /// The reference leads nowhere, or in circles.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> Result<&'a Value, String> {
        let mut value = value;
        for _ in 0..MAX_HOPS {
            let Some(reference) = value["$ref"].as_str() else {
                return Ok(value);
            };
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer));
            value = target.ok_or_else(|| format!("`{reference}` leads nowhere"))?;
        }
        Err("references lead in circles".to_owned())
    }

    fn operation(
        &self,
        path: &str,
        item: &Value,
        method: &str,
        operation: &Value,
    ) -> Result<Operation, String> {
        let parameters = items(&item["parameters"]).chain(items(&operation["parameters"]));
        let parameters = parameters.map(|parameter| self.parameter(parameter));
        let security = operation.get("security").unwrap_or(&self.root["security"]);
        let security = items(security).map(|alternative| self.headers(alternative));
        let mut answers = Vec::new();
        for (status, answer) in members(&operation["responses"]) {
            let types = members(&self.resolve(answer)?["content"]);
            let types = types.map(|(media_type, _)| media_type.clone()).collect();
            let status = status.parse();
            answers.push((status.map_err(|_| "a range of statuses")?, types));
        }
        Ok(Operation {
            id: text(&operation["operationId"])?,
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters: parameters.collect::<Result<_, _>>()?,
            body: self.body(operation)?,
            security: security.collect::<Result<_, _>>()?,
            answers,
        })
    }

    fn parameter(&self, parameter: &Value) -> Result<Parameter, String> {
        let parameter = self.resolve(parameter)?;
        let name = text(&parameter["name"])?;
        let schema = parameter.get("schema");
        let schema = schema.ok_or_else(|| format!("parameter `{name}` has no schema"))?;
        Ok(Parameter {
            place: text(&parameter["in"])?,
            required: parameter["required"] == true,
            schema: schema.clone(),
            name,
        })
    }

    fn body(&self, operation: &Value) -> Result<Option<Body>, String> {
        let Some(body) = operation.get("requestBody") else {
            return Ok(None);
        };
        let body = self.resolve(body)?;
        let schema = body["content"]["application/json"].get("schema");
        Ok(Some(Body {
            required: body["required"] == true,
            schema: schema.ok_or("the body is not JSON")?.clone(),
        }))
    }

    /// The headers that the schemes of an alternative stand for.
    fn headers(&self, alternative: &Value) -> Result<Vec<String>, String> {
        let header = |name: &String| {
            let scheme = self.resolve(&self.root["components"]["securitySchemes"][name])?;
            match (scheme["type"].as_str(), scheme["in"].as_str()) {
                (Some("apiKey"), Some("header")) => text(&scheme["name"]),
                _ => Err(format!("scheme `{name}` is no key in a header")),
            }
        };
        members(alternative).map(|(name, _)| header(name)).collect()
    }
}

/// The members of an object; none of what is no object.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The items of an array; none of what is no array.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("a text was expected, not {value}"))
}
