//! The operations and schemas of the served documents.

use std::collections::HashMap;
use std::sync::OnceLock;

use hyper::Method;
use serde_json::{Map, Value};

use crate::router::Segment;

/// The documents that the generator leaves beside this crate's code.
const DOCUMENTS: [(Version, &str); 3] = [
    (
        Version::V2,
        include_str!("generated/insightcloudsec-v2.json"),
    ),
    (
        Version::V3,
        include_str!("generated/insightcloudsec-v3.json"),
    ),
    (
        Version::V4,
        include_str!("generated/insightcloudsec-v4.json"),
    ),
];

/// Which of the three documents; it decides how errors look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    V2,
    V3,
    V4,
}

impl Version {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }
}

/// Everything the documents say, read once per process.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) operations: Vec<Operation>,
    schemas: HashMap<Version, Map<String, Value>>,
}

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) version: Version,
    /// Unique within its document only.
    pub(crate) id: String,
    /// The group that its document puts it in.
    #[cfg(test)]
    pub(crate) tag: String,
    pub(crate) method: Method,
    /// With parameter names in braces.
    pub(crate) path: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) path_parameters: Vec<Parameter>,
    pub(crate) query: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// Documented results, 2xx first as they stand there.
    pub(crate) results: Vec<OperationResult>,
    /// Whether it answers without credentials.
    pub(crate) open: bool,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

#[derive(Debug)]
pub(crate) struct OperationResult {
    pub(crate) status: u16,
    /// Media types and schemas; none is an empty body.
    pub(crate) content: Vec<(String, Value)>,
}

impl Operation {
    /// Version and id, unique over all documents: `v2.list_clouds`.
    pub(crate) fn key(&self) -> String {
        format!("{}.{}", self.version.name(), self.id)
    }
}

impl Catalog {
    /// The catalog of the embedded documents, or what is wrong with them.
    pub(crate) fn embedded() -> Result<&'static Self, &'static str> {
        static CATALOG: OnceLock<Result<Catalog, String>> = OnceLock::new();
        CATALOG
            .get_or_init(Self::read)
            .as_ref()
            .map_err(String::as_str)
    }

    fn read() -> Result<Self, String> {
        let mut operations = Vec::new();
        let mut schemas = HashMap::new();
        for (version, text) in DOCUMENTS {
            let document: Value = serde_json::from_str(text)
                .map_err(|error| format!("the {} document is not JSON: {error}", version.name()))?;
            read_operations(version, &document, &mut operations);
            let named = object(&document["components"]["schemas"])
                .cloned()
                .unwrap_or_default();
            schemas.insert(version, named);
        }
        Ok(Self {
            operations,
            schemas,
        })
    }

    /// The operation of an id, in the first document that has it, or of version and id.
    pub(crate) fn find(&self, name: &str) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|one| one.id == name || one.key() == name)
    }

    /// The schema of a name, such as `Cloud`.
    pub(crate) fn schema(&self, version: Version, name: &str) -> &Value {
        self.schemas
            .get(&version)
            .and_then(|named| named.get(name))
            .unwrap_or(&Value::Null)
    }

    /// The schema itself, or the one it refers to.
    pub(crate) fn resolve<'a>(&'a self, version: Version, schema: &'a Value) -> &'a Value {
        match schema["$ref"]
            .as_str()
            .and_then(|reference| reference.rsplit('/').next())
        {
            Some(name) => self.schema(version, name),
            None => schema,
        }
    }
}

fn read_operations(version: Version, document: &Value, operations: &mut Vec<Operation>) {
    for (path, item) in object(&document["paths"]).into_iter().flatten() {
        for (method, operation) in object(item).into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let Ok(method) = Method::from_bytes(method.to_ascii_uppercase().as_bytes()) else {
                continue;
            };
            operations.push(Operation {
                version,
                id: id.to_owned(),
                #[cfg(test)]
                tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
                method,
                path: path.clone(),
                segments: Segment::of_template(path),
                path_parameters: read_parameters(document, operation, "path"),
                query: read_parameters(document, operation, "query"),
                body: read_body(&operation["requestBody"]),
                results: read_results(&operation["responses"]),
                open: is_open(operation),
            });
        }
    }
}

/// An empty alternative, or none at all, means that credentials are not needed.
fn is_open(operation: &Value) -> bool {
    operation["security"]
        .as_array()
        .is_some_and(|alternatives| {
            alternatives.is_empty()
                || alternatives
                    .iter()
                    .any(|needed| object(needed).is_some_and(Map::is_empty))
        })
}

/// The parameters of one place, `path` or `query`; no document has others.
fn read_parameters(document: &Value, operation: &Value, place: &str) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for given in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = match given["$ref"].as_str() {
            Some(reference) => document
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or(given),
            None => given,
        };
        if parameter["in"] == place
            && let Some(name) = parameter["name"].as_str()
        {
            parameters.push(Parameter {
                name: name.to_owned(),
                required: parameter["required"] == true,
                schema: parameter["schema"].clone(),
            });
        }
    }
    parameters
}

fn read_body(body: &Value) -> Option<RequestBody> {
    let schema = body.pointer("/content/application~1json/schema")?;
    Some(RequestBody {
        required: body["required"] == true,
        schema: schema.clone(),
    })
}

fn read_results(responses: &Value) -> Vec<OperationResult> {
    let mut results = Vec::new();
    for (status, response) in object(responses).into_iter().flatten() {
        let Ok(status) = status.parse() else { continue };
        let content = object(&response["content"]).into_iter().flatten();
        let content: Vec<_> = content
            .map(|(kind, media)| (kind.clone(), media["schema"].clone()))
            .collect();
        // 4xx and 5xx refer to shared errors and have no content of their own, but for verdicts.
        if status < 300 || !content.is_empty() {
            results.push(OperationResult { status, content });
        }
    }
    results
}

pub(crate) fn object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_operations_are_read() {
        let catalog = Catalog::embedded().unwrap();
        assert_eq!(catalog.operations.len(), 207);
        let open: Vec<_> = catalog
            .operations
            .iter()
            .filter(|one| one.open)
            .map(Operation::key)
            .collect();
        assert_eq!(open, ["v2.login", "v3.scan_iac"]);
        assert!(catalog.operations.iter().all(|one| !one.results.is_empty()));
    }
}
