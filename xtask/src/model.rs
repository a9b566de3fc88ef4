//! The API as the later stages see it: operations with their parameters, bodies and answers.
//!
//! Read from a normalized document and the committed knowledge of its operations.

use crate::change::Change;
use crate::folder::{
    AuthFamily, BodyNote, Effect, OperationEntry, OperationKey, OperationsToml, PagingEntry,
    Stability,
};
use crate::names::{type_name, unique, value_name};
use crate::normalize::media_types::{ALSO, essence, is_json};
use crate::problem::{Problem, ProblemKind};
use crate::schema::{OperationRef, flag, operation_pointer, operations, schemas_of, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a client crate is generated from.
#[derive(Debug, Clone)]
pub struct Api {
    /// Title for the crate's documentation.
    pub title: String,
    /// The document's own description.
    pub description: Option<String>,
    /// The document's own version.
    pub version: String,
    /// How the client authenticates.
    pub auth: Auth,
    /// Tags in the order of the document, those without operations left out.
    pub tags: Vec<Tag>,
    /// Operations in the order of the document.
    pub operations: Vec<Operation>,
}

/// Authentication of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// Where the key goes.
    pub key: KeyPlacement,
    /// Login path and session header, where the API has sessions.
    pub session: Option<(String, String)>,
}

/// Where a key goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlacement {
    /// A header of this name.
    Header(String),
    /// A query parameter of this name.
    Query(String),
    /// A cookie of this name.
    Cookie(String),
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// The document names no scheme that a client can use.
    None,
}

/// A group of operations: one file of the generated crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// As it stands in the document.
    pub name: String,
    /// Rust module.
    pub module: String,
    /// The document's words about it.
    pub description: Option<String>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Method and erased path.
    pub key: OperationKey,
    /// Method of the client.
    pub name: String,
    /// Builder type.
    pub builder: String,
    /// `operationId` of the document, or the derived one.
    pub id: String,
    /// Upper-case method.
    pub method: String,
    /// Path template; its parameter names are the wire names of [`Self::parameters`].
    pub path: String,
    /// Index into [`Api::tags`].
    pub tag: usize,
    /// One line.
    pub summary: String,
    /// Further words.
    pub description: Option<String>,
    /// The document advises against it.
    pub deprecated: bool,
    /// What is known of it beyond the document.
    pub facts: OperationEntry,
    /// It may be called without credentials, with them, or must be.
    pub access: Access,
    /// In the order of the document.
    pub parameters: Vec<Parameter>,
    /// Request body.
    pub body: Option<RequestBody>,
    /// Answers that are results, by status.
    pub results: Vec<Response>,
    /// Answers that are failures, by status.
    pub errors: Vec<Response>,
}

/// Which credentials an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Needs them.
    Credentials,
    /// Gets none.
    Anonymous,
    /// Sends them if there are any.
    Optional,
    /// Needs a session; a key won't do.
    Session,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterPlace {
    /// Into a segment of the path.
    Path,
    /// Into the query string.
    Query(Style),
    /// Into a header.
    Header,
    /// Into the `Cookie` header.
    Cookie,
}

/// How a list or an object stands in a query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a=1&a=2`
    Form,
    /// `a=1,2`
    Comma,
    /// `a=1%202`
    Space,
    /// `a=1|2`
    Pipe,
    /// `a[x]=1&a[y]=2`
    DeepObject,
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Setter of the builder.
    pub name: String,
    /// Name on the wire.
    pub wire_name: String,
    /// Where it goes.
    pub place: ParameterPlace,
    /// Whether a call fails without it.
    pub required: bool,
    /// The document's words.
    pub description: Option<String>,
    /// Its schema.
    pub schema: Value,
}

/// A request body.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// How it is written.
    pub content: Content,
    /// The media type sent.
    pub media_type: String,
    /// Media types that the server accepts besides.
    pub also: Vec<String>,
    /// Whether a call fails without it.
    pub required: bool,
    /// The document's words.
    pub description: Option<String>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// JSON of this schema.
    Json(Value),
    /// A form of this schema.
    Form(Value),
    /// Anything else, as bytes.
    Raw,
    /// Nothing.
    Empty,
    /// Nobody has documented it.
    Unknown,
}

/// One documented answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Its body.
    pub content: Content,
    /// Media type of the body.
    pub media_type: Option<String>,
    /// The document's words.
    pub description: Option<String>,
}

/// What reading the model found besides the API itself.
#[derive(Debug, Default)]
pub struct Findings {
    /// Operations left out, each with its reason, and other problems.
    pub problems: Vec<Problem>,
    /// What was decided for want of knowledge.
    pub changes: Vec<Change>,
    /// Operations that `operations.toml` does not know yet.
    pub new_entries: Vec<(OperationKey, OperationEntry)>,
    /// How many operations were left out.
    pub skipped: usize,
}

/// Reads the model from a normalized document.
#[must_use]
pub fn read(root: &Value, family: AuthFamily, known: &OperationsToml) -> (Api, Findings) {
    let mut findings = Findings::default();
    let mut names = Names::default();
    let mut tags = Vec::new();
    // Locked names are taken first: a new operation must not push one aside.
    for (entry, _) in known.entries.values() {
        names.methods.insert(entry.name.clone());
    }
    let mut read = Vec::new();
    for reference in operations(root) {
        match operation(root, reference, known, &mut names, &mut tags, &mut findings) {
            Ok(operation) => read.push(operation),
            Err(problem) => {
                findings.skipped += 1;
                findings.problems.push(problem);
            }
        }
    }
    describe_tags(root, &mut tags);
    let info = root.get("info").unwrap_or(&Value::Null);
    let api = Api {
        title: text(info, "title").unwrap_or_else(|| "Untitled API".to_owned()),
        description: text(info, "description"),
        version: text(info, "version").unwrap_or_default(),
        auth: auth(root, family),
        tags,
        operations: read,
    };
    (api, findings)
}

#[derive(Default)]
struct Names {
    methods: BTreeSet<String>,
    builders: BTreeSet<String>,
    keys: BTreeSet<OperationKey>,
}

fn operation(
    root: &Value,
    reference: OperationRef<'_>,
    known: &OperationsToml,
    names: &mut Names,
    tags: &mut Vec<Tag>,
    findings: &mut Findings,
) -> Result<Operation, Problem> {
    let OperationRef {
        path,
        method,
        value,
    } = reference;
    let key = OperationKey::new(method, path);
    if !names.keys.insert(key.clone()) {
        let message = format!("{key} stands twice in the document, under two parameter names");
        return Err(Problem::error(ProblemKind::DuplicateOperation, message)
            .operation(key.to_string())
            .pointer(operation_pointer(path, method))
            .help("remove one of the two with an overlay action"));
    }
    let id = text(value, "operationId").unwrap_or_else(|| derived_id(method, path));
    let facts = if let Some(entry) = known.get(&key) {
        entry.clone()
    } else {
        let entry = derived_entry(method, path, unique(value_name(&id), &mut names.methods));
        findings.new_entries.push((key.clone(), entry.clone()));
        entry
    };
    let (results, errors) = responses(value, &facts);
    Ok(Operation {
        builder: unique(type_name(&facts.name), &mut names.builders),
        name: facts.name.clone(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: tag_index(value, tags),
        summary: text(value, "summary").map_or_else(
            || key.to_string(),
            |summary| summary.trim_end_matches('.').to_owned(),
        ),
        description: text(value, "description"),
        deprecated: flag(value, "deprecated"),
        access: access(root, value, &facts),
        parameters: parameters(value),
        body: request_body(value),
        results,
        errors,
        id,
        key,
        facts,
    })
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
fn derived_entry(method: &str, path: &str, name: String) -> OperationEntry {
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
    OperationEntry::new(name, effect, stability)
}

fn tag_index(operation: &Value, tags: &mut Vec<Tag>) -> usize {
    let name = operation
        .pointer("/tags/0")
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .unwrap_or("default")
        .to_owned();
    if let Some(index) = tags.iter().position(|tag| tag.name == name) {
        return index;
    }
    let mut taken: BTreeSet<String> = tags.iter().map(|tag| tag.module.clone()).collect();
    // Names of files that every generated crate has.
    taken.extend(["types", "operations", "client", "shared"].map(str::to_owned));
    tags.push(Tag {
        module: unique(value_name(&name), &mut taken),
        name,
        description: None,
    });
    tags.len() - 1
}

fn describe_tags(root: &Value, tags: &mut [Tag]) {
    let described = root.get("tags").and_then(Value::as_array);
    for value in described.into_iter().flatten() {
        let tag = tags
            .iter_mut()
            .find(|tag| Some(&tag.name) == text(value, "name").as_ref());
        if let Some(tag) = tag {
            tag.description = text(value, "description");
        }
    }
}

fn parameters(operation: &Value) -> Vec<Parameter> {
    let mut taken = BTreeSet::from(["body".to_owned()]);
    operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| parameter(value, &mut taken))
        .collect()
}

fn parameter(value: &Value, taken: &mut BTreeSet<String>) -> Option<Parameter> {
    let wire_name = value.get("name")?.as_str()?.to_owned();
    let place = match text(value, "in")?.as_str() {
        "path" => ParameterPlace::Path,
        "query" => ParameterPlace::Query(style(value)),
        "header" => ParameterPlace::Header,
        "cookie" => ParameterPlace::Cookie,
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
        required: place == ParameterPlace::Path || flag(value, "required"),
        place,
        description: text(value, "description"),
        schema: schema
            .cloned()
            .unwrap_or_else(|| serde_json::json!({ "type": "string" })),
    })
}

fn style(parameter: &Value) -> Style {
    let explode = parameter.get("explode").and_then(Value::as_bool);
    match text(parameter, "style").as_deref() {
        Some("deepObject") => Style::DeepObject,
        Some("spaceDelimited") if explode != Some(true) => Style::Space,
        Some("pipeDelimited") if explode != Some(true) => Style::Pipe,
        _ if explode == Some(false) => Style::Comma,
        _ => Style::Form,
    }
}

fn request_body(operation: &Value) -> Option<RequestBody> {
    let body = operation.get("requestBody")?;
    let (media_type, value) = body.get("content")?.as_object()?.iter().next()?;
    let also = body.get(ALSO).and_then(Value::as_array);
    Some(RequestBody {
        content: content(media_type, value),
        media_type: media_type.clone(),
        also: also
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        required: flag(body, "required"),
        description: text(body, "description"),
    })
}

fn content(media_type: &str, value: &Value) -> Content {
    let schema = || {
        value
            .get("schema")
            .cloned()
            .unwrap_or_else(|| serde_json::json!({}))
    };
    if is_json(media_type) {
        Content::Json(schema())
    } else if essence(media_type) == "*/*"
        && value
            .get("schema")
            .is_some_and(|schema| schema != &serde_json::json!({}))
    {
        // A framework that was not told the media type: what has a schema is JSON.
        Content::Json(schema())
    } else if essence(media_type) == "application/x-www-form-urlencoded" {
        Content::Form(schema())
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

fn response(status: &str, answer: &Value, facts: &OperationEntry) -> Response {
    let body = answer
        .get("content")
        .and_then(Value::as_object)
        .and_then(|content| content.iter().next());
    let undocumented = facts.body == Some(BodyNote::Unknown) && status.starts_with('2');
    Response {
        status: status.to_owned(),
        content: match body {
            Some((media_type, value)) => content(media_type, value),
            None if undocumented => Content::Unknown,
            None => Content::Empty,
        },
        media_type: body.map(|(media_type, _)| media_type.clone()),
        description: text(answer, "description"),
    }
}

fn access(root: &Value, operation: &Value, facts: &OperationEntry) -> Access {
    if facts.session_only {
        return Access::Session;
    }
    let security = operation.get("security").or_else(|| root.get("security"));
    let Some(alternatives) = security.and_then(Value::as_array) else {
        return if facts.anonymous {
            Access::Anonymous
        } else {
            Access::Credentials
        };
    };
    let none = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
    if facts.anonymous || alternatives.is_empty() {
        Access::Anonymous
    } else if alternatives.iter().any(none) {
        Access::Optional
    } else {
        Access::Credentials
    }
}

fn auth(root: &Value, family: AuthFamily) -> Auth {
    match family {
        AuthFamily::InsightCloudSec => Auth {
            key: KeyPlacement::Header("Api-Key".to_owned()),
            session: Some((
                "/v2/public/user/login".to_owned(),
                "X-Auth-Token".to_owned(),
            )),
        },
        AuthFamily::Rapid7Platform => Auth {
            key: KeyPlacement::Header("X-Api-Key".to_owned()),
            session: None,
        },
        AuthFamily::Document => Auth {
            key: document_key(root),
            session: None,
        },
    }
}

/// The first security scheme of the document that a client can use.
fn document_key(root: &Value) -> KeyPlacement {
    let schemes = root
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    schemes
        .into_iter()
        .flatten()
        .find_map(|(_, scheme)| {
            let name = text(scheme, "name");
            match (
                text(scheme, "type")?.as_str(),
                text(scheme, "in").as_deref(),
            ) {
                ("apiKey", Some("header")) => Some(KeyPlacement::Header(name?)),
                ("apiKey", Some("query")) => Some(KeyPlacement::Query(name?)),
                ("apiKey", Some("cookie")) => Some(KeyPlacement::Cookie(name?)),
                ("http", _) => match text(scheme, "scheme")?.to_ascii_lowercase().as_str() {
                    "bearer" => Some(KeyPlacement::Bearer),
                    "basic" => Some(KeyPlacement::Basic),
                    _ => None,
                },
                ("oauth2" | "openIdConnect", _) => Some(KeyPlacement::Bearer),
                _ => None,
            }
        })
        .unwrap_or(KeyPlacement::None)
}

impl Operation {
    /// The paging facts, if the operation pages.
    #[must_use]
    pub fn paging(&self) -> Option<&PagingEntry> {
        self.facts.paging.as_ref()
    }
}

/// Problems of the committed knowledge: operations that the document lacks, secrets that no member is called.
#[must_use]
pub fn check_facts(root: &Value, known: &OperationsToml) -> Vec<Problem> {
    let mut problems = Vec::new();
    let present: BTreeSet<OperationKey> = operations(root)
        .into_iter()
        .map(|operation| OperationKey::new(operation.method, operation.path))
        .collect();
    for (key, (entry, _)) in &known.entries {
        if !present.contains(key) {
            let message = format!("the document has no operation {key} (`{}`)", entry.name);
            problems.push(
                known
                    .problem_at(key, ProblemKind::UnknownOperation, message)
                    .help("remove the entry, or correct its method and path"),
            );
        }
    }
    for operation in operations(root) {
        let key = OperationKey::new(operation.method, operation.path);
        if let Some(entry) = known.get(&key) {
            for name in unmatched_secrets(root, operation.value, entry) {
                let message = format!("no parameter or member is named `{name}`");
                problems.push(known.problem_at(&key, ProblemKind::MissingField, message).help(
                    "a name under `secrets` is the wire name of a parameter or member, or `$answer`",
                ));
            }
        }
    }
    problems
}

fn unmatched_secrets<'a>(
    root: &Value,
    operation: &Value,
    entry: &'a OperationEntry,
) -> Vec<&'a str> {
    if entry.secrets.is_empty() {
        return Vec::new();
    }
    let reached = crate::usage::reached_from(root, operation, |_| true);
    let mut names = BTreeSet::from(["$answer".to_owned()]);
    let mut collect = |schema: &Value| {
        crate::schema::walk(schema, "", &mut |_, inner| {
            let members = inner.get("properties").and_then(Value::as_object);
            names.extend(members.into_iter().flatten().map(|(name, _)| name.clone()));
        });
    };
    for (.., schema) in schemas_of(operation) {
        collect(schema);
    }
    for name in reached {
        if let Some(schema) = crate::schema::components(root).and_then(|all| all.get(&name)) {
            collect(schema);
        }
    }
    for value in operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        names.extend(text(value, "name"));
    }
    entry
        .secrets
        .iter()
        .filter(|name| !names.contains(*name))
        .map(String::as_str)
        .collect()
}
