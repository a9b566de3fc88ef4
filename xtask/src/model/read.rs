//! Reads the model from a normalized document.

use super::access::{access, auth};
use super::forms::{multipart, styles};
use super::styles::{simple_style, style};
use super::tags::{Tags, one_line};
use super::{Api, Auth, Content, Operation, Parameter, ParameterPlace, RequestBody, Response};
use crate::folder::{
    AuthFamily, BodyNote, Effect, OperationEntry, OperationKey, OperationsToml, Stability,
};
use crate::names::{Taken, type_name, unique, value_name};
use crate::normalize::media_types::{ALSO, JSON, essence, is_json};
use crate::problem::{Problem, ProblemKind};
use crate::schema::{OperationRef, flag, operation_pointer, operations, text};
use crate::text::visible;
use serde_json::Value;
use std::collections::BTreeSet;

/// What reading the model found besides the API itself.
#[derive(Debug, Default)]
pub struct Findings {
    /// Operations left out, each with its reason, and other problems.
    pub problems: Vec<Problem>,
    /// Operations that `operations.toml` does not know yet.
    pub new_entries: Vec<(OperationKey, OperationEntry)>,
}

/// Reads the model from a normalized document.
#[must_use]
pub fn read(root: &Value, family: AuthFamily, known: &OperationsToml) -> (Api, Findings) {
    let (auth, problems) = auth(root, family, known);
    let mut reader = Reader::new(root, auth, known);
    reader.findings.problems = problems;
    let mut read = Vec::new();
    for reference in operations(root) {
        match reader.operation(reference) {
            Ok(operation) => read.push(operation),
            Err(problem) => reader.findings.problems.push(problem),
        }
    }
    let tags = reader.tags.finish(root, &mut read);
    let info = root.get("info").unwrap_or(&Value::Null);
    let api = Api {
        title: text(info, "title").map_or_else(
            || "Untitled API".to_owned(),
            |text| visible(&one_line(&text)),
        ),
        description: text(info, "description"),
        auth: reader.auth,
        tags,
        operations: read,
    };
    (api, reader.findings)
}

/// Methods that only the builders of paged operations have.
const PAGED: [&str; 3] = ["items", "pages", "request"];

/// What is read so far.
struct Reader<'a> {
    root: &'a Value,
    auth: Auth,
    known: &'a OperationsToml,
    methods: Taken,
    builders: Taken,
    constants: Taken,
    keys: BTreeSet<OperationKey>,
    tags: Tags,
    findings: Findings,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Value, auth: Auth, known: &'a OperationsToml) -> Self {
        // Locked names are taken first: a new operation must not push one aside.
        let methods = known
            .entries
            .values()
            .map(|(entry, _)| entry.name.clone())
            .collect();
        Self {
            root,
            auth,
            known,
            methods,
            builders: Taken::default(),
            // The names of the table itself.
            constants: Taken::from_iter(["OPERATIONS", "BY_TAG"]),
            keys: BTreeSet::new(),
            tags: Tags::new(),
            findings: Findings::default(),
        }
    }

    fn operation(&mut self, reference: OperationRef<'_>) -> Result<Operation, Problem> {
        let OperationRef {
            path,
            method,
            value,
        } = reference;
        let key = self.key(method, path)?;
        let id = text(value, "operationId").unwrap_or_else(|| derived_id(method, path));
        let facts = self.facts(&key, reference, &id);
        let (results, errors) = responses(value, &facts);
        let mut taken = Taken::from_iter(["body"]);
        if facts.paging.is_some() {
            taken.extend(PAGED);
        }
        let mut parameters = parameters(value, &mut taken);
        let access = access(self.root, value, &facts, &self.auth, &mut parameters);
        let summary = text(value, "summary");
        Ok(Operation {
            builder: unique(type_name(&facts.name), &mut self.builders),
            constant: self.constant(&facts.name),
            name: facts.name.clone(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            tag: self.tags.index(value),
            summary: summary.map_or_else(
                || key.to_string(),
                |text| one_line(&text).trim_end_matches('.').to_owned(),
            ),
            description: text(value, "description"),
            deprecated: flag(value, "deprecated"),
            access,
            parameters,
            body: request_body(self.root, value, &mut taken),
            results,
            errors,
            id,
            key,
            facts,
        })
    }

    /// The name of the static: `RUN` for `run`, as for `run_` where no operation is called `run`.
    fn constant(&mut self, name: &str) -> String {
        let bare = name.trim_end_matches('_');
        let name = if self.methods.contains(bare) {
            name
        } else {
            bare
        };
        unique(name.to_uppercase(), &mut self.constants)
    }

    /// The key of an operation; two that differ only in names of path parameters are told apart by those.
    fn key(&mut self, method: &str, path: &str) -> Result<OperationKey, Problem> {
        let key = OperationKey::new(method, path);
        if self.keys.insert(key.clone()) {
            return Ok(key);
        }
        let exact = OperationKey::exact(method, path);
        let problem = Problem::error(
            ProblemKind::DuplicateOperation,
            format!("{key} stands in the document more than once"),
        )
        .operation(exact.to_string())
        .pointer(operation_pointer(path, method));
        if !self.keys.insert(exact.clone()) {
            return Err(problem.help("remove one of the two with an overlay action"));
        }
        let problem = problem.warning().help(
            "both get a method; the name of this one is not locked, and the server decides which it serves",
        );
        self.findings.problems.push(problem);
        Ok(exact)
    }

    /// The committed knowledge of the operation, or what can be said without.
    fn facts(
        &mut self,
        key: &OperationKey,
        reference: OperationRef<'_>,
        id: &str,
    ) -> OperationEntry {
        if let Some(entry) = self.known.get(key) {
            return entry.clone();
        }
        let name = unique(value_name(id), &mut self.methods);
        let has_result = describes_result(reference.value);
        let entry = derived_entry(reference.method, reference.path, name, has_result);
        if *key == OperationKey::new(reference.method, reference.path) {
            self.findings.new_entries.push((key.clone(), entry.clone()));
        }
        entry
    }
}

/// `GET /v2/bots/{id}/run` becomes `get_v2_bots_by_id_run`.
fn derived_id(method: &str, path: &str) -> String {
    let words: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.strip_prefix('{') {
            Some(name) => format!("by {}", name.trim_end_matches('}')),
            None => segment.to_owned(),
        })
        .collect();
    value_name(&format!("{method} {}", words.join(" ")))
}

/// Conservative facts for an operation that nobody has looked at: only `GET` and `HEAD` read.
fn derived_entry(method: &str, path: &str, name: String, has_result: bool) -> OperationEntry {
    let effect = match method {
        "get" | "head" | "options" | "trace" => Effect::Read,
        "put" | "delete" => Effect::Idempotent,
        _ => Effect::Write,
    };
    let segments: Vec<&str> = path.split('/').collect();
    let stability = if segments.contains(&"prototype") {
        Stability::Prototype
    } else if segments.contains(&"public") {
        Stability::Public
    } else {
        Stability::Other
    };
    OperationEntry {
        // A documented 200 without content says little: there may be a body all the same.
        body: (!has_result).then_some(BodyNote::Unknown),
        ..OperationEntry::new(name, effect, stability)
    }
}

fn parameters(operation: &Value, taken: &mut Taken) -> Vec<Parameter> {
    operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| parameter(value, taken))
        .collect()
}

fn parameter(value: &Value, taken: &mut Taken) -> Option<Parameter> {
    let wire_name = value.get("name")?.as_str()?.to_owned();
    let place = match text(value, "in")?.as_str() {
        "path" => ParameterPlace::Path(simple_style(value)),
        "query" => ParameterPlace::Query(style(value)),
        "header" => ParameterPlace::Header(simple_style(value)),
        "cookie" => ParameterPlace::Cookie(simple_style(value)),
        _ => return None,
    };
    let in_content = || {
        value
            .get("content")?
            .as_object()?
            .values()
            .next()?
            .get("schema")
    };
    let schema = value.get("schema").or_else(in_content);
    Some(Parameter {
        name: unique(value_name(&wire_name), taken),
        wire_name,
        required: matches!(place, ParameterPlace::Path(_)) || flag(value, "required"),
        place,
        reserved: flag(value, "allowReserved"),
        description: text(value, "description"),
        schema: schema
            .cloned()
            .unwrap_or_else(|| serde_json::json!({ "type": "string" })),
    })
}

fn request_body(root: &Value, operation: &Value, taken: &mut Taken) -> Option<RequestBody> {
    let body = operation.get("requestBody")?;
    let (media_type, value) = body.get("content")?.as_object()?.iter().next()?;
    let content = match content(media_type, value) {
        Content::Form(schema, _) => Content::Form(schema, styles(root, value)),
        content => multipart(value, taken).unwrap_or(content),
    };
    Some(RequestBody {
        content,
        media_type: media_type.clone(),
        also: also(body),
        required: flag(body, "required"),
        description: text(body, "description"),
    })
}

/// The media types that a rule set aside.
fn also(holder: &Value) -> Vec<String> {
    let names = holder.get(ALSO).and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

fn content(media_type: &str, value: &Value) -> Content {
    let schema = || {
        value
            .get("schema")
            .cloned()
            .unwrap_or_else(|| serde_json::json!({}))
    };
    if is_json(media_type) || flag(value, JSON) {
        Content::Json(schema())
    } else if essence(media_type) == "*/*"
        && value
            .get("schema")
            .is_some_and(|schema| schema != &serde_json::json!({}))
    {
        // A framework that was not told the media type: what has a schema is JSON.
        Content::Json(schema())
    } else if essence(media_type) == "application/x-www-form-urlencoded" {
        Content::Form(schema(), Vec::new())
    } else {
        Content::Raw
    }
}

/// The documented answers, results and failures apart.
fn responses(operation: &Value, facts: &OperationEntry) -> (Vec<Response>, Vec<Response>) {
    let documented = operation.get("responses").and_then(Value::as_object);
    let mut all: Vec<Response> = documented
        .into_iter()
        .flatten()
        .filter(|(status, _)| !status.starts_with("x-"))
        .map(|(status, answer)| response(status, answer, facts))
        .collect();
    all.sort_by(|a, b| a.status.cmp(&b.status));
    let is_result = |response: &Response| {
        response.status.starts_with(['1', '2'])
            || facts
                .success
                .iter()
                .any(|status| status.to_string() == response.status)
    };
    let has_result = all.iter().any(is_result);
    // `default` stands for the result where no other answer does.
    let (results, errors) = all
        .into_iter()
        .partition(|response| is_result(response) || (!has_result && response.status == "default"));
    (results, errors)
}

/// Statuses whose answers never have a body.
const NO_CONTENT: [&str; 2] = ["204", "205"];

/// Whether the document says what a successful answer holds, if only that it is nothing.
fn describes_result(operation: &Value) -> bool {
    let documented = operation.get("responses").and_then(Value::as_object);
    documented.into_iter().flatten().any(|(status, answer)| {
        let successful = status.starts_with('2') || status == "default";
        let described = answer.get("content").is_some() || NO_CONTENT.contains(&status.as_str());
        successful && described
    })
}

fn response(status: &str, answer: &Value, facts: &OperationEntry) -> Response {
    let body = answer
        .get("content")
        .and_then(Value::as_object)
        .and_then(|content| content.iter().next());
    let undocumented = facts.body == Some(BodyNote::Unknown)
        && status.starts_with('2')
        && !NO_CONTENT.contains(&status);
    Response {
        status: status.to_owned(),
        content: match body {
            Some((media_type, value)) => content(media_type, value),
            None if undocumented => Content::Unknown,
            None => Content::Empty,
        },
        media_type: body.map(|(media_type, _)| media_type.clone()),
        also: also(answer),
        description: text(answer, "description"),
    }
}
