//! `operations.toml`: what is known of each operation beyond the document.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::OperationKey;
use super::toml_problem::toml_problem;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Format, Source, Span};

/// What an operation does to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It changes nothing.
    Read,
    /// Sending it twice ends as sending it once.
    Idempotent,
    /// Sending it twice may do it twice.
    Write,
}

/// How far the vendor stands behind an operation, by the namespace in its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stability {
    /// Under `public`.
    Public,
    /// Under `prototype`.
    Prototype,
    /// Neither.
    Other,
}

/// How sure we are that an operation is as described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Seen in several independent places, or in a recorded answer.
    High,
    /// Seen in one place that is in use.
    Medium,
    /// Inferred.
    Low,
}

/// How the rows of a list come in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagingStyle {
    /// Offset and limit as members of the request body.
    OffsetBody,
    /// Page number and page size as query parameters.
    PageQuery,
    /// A cursor as member of the request body.
    CursorBody,
    /// A cursor as query parameter.
    CursorQuery,
    /// The answer says which page it is, and of how many.
    PageAnswer,
}

impl PagingStyle {
    /// As it stands in `operations.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OffsetBody => "offset-body",
            Self::PageQuery => "page-query",
            Self::CursorBody => "cursor-body",
            Self::CursorQuery => "cursor-query",
            Self::PageAnswer => "page-answer",
        }
    }
}

/// What is known of an answer body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyNote {
    /// Nobody has documented it.
    Unknown,
}

/// Paging of one operation: names of request parameters or members, and of answer members.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PagingEntry {
    /// How the pages come.
    pub style: PagingStyle,
    /// In the request: rows a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// In the request: rows to skip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// In the request: number of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// In the request: rows a page, beside `page`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<String>,
    /// In the request: where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// In the answer: the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// In the answer: number of rows of all pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// In the answer: the cursor of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The answer has a cursor of the next page, and nobody has recorded the name of the member.
    #[serde(default, skip_serializing_if = "is_false")]
    pub next_unknown: bool,
    /// In the answer: number of pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_pages: Option<String>,
}

/// What is known of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OperationEntry {
    /// Name of the Rust method.
    pub name: String,
    /// What it does to the server.
    pub effect: Effect,
    /// How far the vendor stands behind it.
    pub stability: Stability,
    /// How sure we are of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Where it was seen, as `repository: path`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Level of administration that it takes, in free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// How its rows come in pages; absent when they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<PagingEntry>,
    /// Whether the answer depends on the login session, so that a key is not enough.
    #[serde(default, skip_serializing_if = "is_false")]
    pub session_only: bool,
    /// Whether it takes no credentials.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    /// What is known of the answer body, when the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyNote>,
    /// Statuses outside 200 to 299 that carry a result and are no failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<u16>,
    /// Statuses besides 401 by which the server says that the session has ended, so that logging in anew helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session_ended: Vec<u16>,
    /// Wire names of members and parameters that hold secrets; `$answer` when the whole bare body is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

impl OperationEntry {
    /// An entry with nothing known but these.
    #[must_use]
    pub fn new(name: String, effect: Effect, stability: Stability) -> Self {
        Self {
            name,
            effect,
            stability,
            confidence: None,
            evidence: Vec::new(),
            admin: None,
            paging: None,
            session_only: false,
            anonymous: false,
            body: None,
            success: Vec::new(),
            session_ended: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// `operations.toml`.
#[derive(Clone, Debug)]
pub struct OperationsToml {
    /// The operations: each with its entry and the line of its header, 0 for one that was appended.
    pub entries: BTreeMap<OperationKey, (OperationEntry, usize)>,
    /// The text as it was read.
    pub source: Arc<Source>,
    appended: Vec<OperationKey>,
}

impl OperationsToml {
    /// A file without operations.
    #[must_use]
    pub fn empty(path: &std::path::Path) -> Self {
        Self {
            entries: BTreeMap::new(),
            source: Arc::new(Source::new(path, "", Format::Text)),
            appended: Vec::new(),
        }
    }

    /// Parses the file.
    ///
    /// # Errors
    ///
    /// A syntax error; else one problem for each entry at fault.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let table =
            DeTable::parse(&source.text).map_err(|error| vec![toml_problem(source, &error)])?;
        let mut parsed = Self {
            entries: BTreeMap::new(),
            source: Arc::clone(source),
            appended: Vec::new(),
        };
        let mut names = BTreeMap::new();
        let mut problems = Vec::new();
        for (key, value) in table.into_inner() {
            let key_span = key.span();
            match parse_entry(source, &key, value) {
                Err(problem) => problems.push(problem),
                Ok((key, entry)) => {
                    if let Some(other) = names.insert(entry.name.clone(), key.clone()) {
                        let message =
                            format!("the name `{}` is already that of `{other}`", entry.name);
                        problems.push(
                            Problem::error(ProblemKind::DuplicateOperation, message)
                                .in_file(source)
                                .span(key_span.clone())
                                .operation(key.as_str()),
                        );
                    }
                    let line = source.line_column(key_span.start).0;
                    parsed.entries.insert(key, (entry, line));
                }
            }
        }
        if problems.is_empty() {
            Ok(parsed)
        } else {
            Err(problems)
        }
    }

    /// The entry of an operation.
    #[must_use]
    pub fn get(&self, key: &OperationKey) -> Option<&OperationEntry> {
        self.entries.get(key).map(|(entry, _)| entry)
    }

    /// Adds an operation that the file does not have; its text follows what is there, sorted among the added ones.
    ///
    /// Returns whether it was added: an operation that has an entry keeps it.
    pub fn append(&mut self, key: OperationKey, entry: OperationEntry) -> bool {
        if self.entries.contains_key(&key) {
            return false;
        }
        self.appended.push(key.clone());
        self.entries.insert(key, (entry, 0));
        true
    }

    /// Whether [`OperationsToml::append`] added something.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.appended.is_empty()
    }

    /// A problem at the header of an entry.
    pub fn problem_at(
        &self,
        key: &OperationKey,
        kind: ProblemKind,
        message: impl Into<String>,
    ) -> Problem {
        let problem = Problem::error(kind, message)
            .in_file(&self.source)
            .operation(key.as_str());
        match self.entries.get(key) {
            Some((_, line)) if *line > 0 => problem.span(self.header_span(*line)),
            _ => problem,
        }
    }

    fn header_span(&self, line: usize) -> Span {
        let start = self.source.line_start(line);
        let length = self
            .source
            .text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .map_or(0, str::len);
        start..start + length
    }
}

impl fmt::Display for OperationsToml {
    /// The text as it was read, comments and order kept, and the appended operations after it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.source.text.trim_end_matches('\n');
        f.write_str(text)?;
        if !text.is_empty() {
            f.write_str("\n")?;
        }
        let mut appended: Vec<&OperationKey> = self.appended.iter().collect();
        appended.sort();
        for (at, key) in appended.into_iter().enumerate() {
            let Some((entry, _)) = self.entries.get(key) else {
                continue;
            };
            if at > 0 || !text.is_empty() {
                f.write_str("\n")?;
            }
            writeln!(f, "[{}]", toml_edit::Value::from(key.as_str()))?;
            f.write_str(&entry_text(entry).ok_or(fmt::Error)?)?;
        }
        Ok(())
    }
}

/// The members of an entry, one a line.
fn entry_text(entry: &OperationEntry) -> Option<String> {
    let serde_json::Value::Object(members) = serde_json::to_value(entry).ok()? else {
        return None;
    };
    let mut text = String::new();
    for (name, value) in members {
        writeln!(text, "{name} = {}", toml_value(&value)?).ok()?;
    }
    Some(text)
}

/// A JSON value in TOML; `None` for null, which TOML has not.
fn toml_value(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => toml_edit::Value::from(value.as_str()).to_string(),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(toml_value).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Object(members) => {
            let members: Option<Vec<String>> = members
                .iter()
                .map(|(name, value)| Some(format!("{name} = {}", toml_value(value)?)))
                .collect();
            format!("{{ {} }}", members?.join(", "))
        }
    })
}

fn parse_entry(
    source: &Arc<Source>,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: Spanned<DeValue<'_>>,
) -> Result<(OperationKey, OperationEntry), Problem> {
    let text = key.as_ref();
    let invalid = |kind, message: String| {
        Problem::error(kind, message)
            .in_file(source)
            .span(key.span())
            .operation(text.as_ref())
    };
    let parsed: OperationKey = text.parse().map_err(|error: super::key::KeyError| {
        invalid(ProblemKind::InvalidValue, error.to_string())
    })?;
    if parsed.as_str() != text {
        return Err(invalid(
            ProblemKind::InvalidValue,
            format!("`{text}` names its path parameters"),
        )
        .help(format!(
            "write `{parsed}`: names of parameters may change with a new document"
        )));
    }
    let entry =
        OperationEntry::deserialize(toml::de::ValueDeserializer::from(value)).map_err(|error| {
            let mut problem = toml_problem(source, &error).operation(parsed.as_str());
            // A missing field has no place of its own but the header.
            if problem.span.is_none() || problem.kind == ProblemKind::MissingField {
                problem.span = Some(key.span());
            }
            problem
        })?;
    if !is_method_name(&entry.name) {
        return Err(invalid(
            ProblemKind::InvalidName,
            format!("`{}` is not the name of a method", entry.name),
        )
        .help("lower-case letters, digits and `_`, a letter first"));
    }
    if let Some(problem) = status_problem(&entry) {
        return Err(invalid(ProblemKind::InvalidValue, problem));
    }
    Ok((parsed, entry))
}

fn status_problem(entry: &OperationEntry) -> Option<String> {
    let mut all = entry.success.iter().chain(&entry.session_ended);
    if let Some(status) = all.find(|status| !(100..=599).contains(*status)) {
        return Some(format!("{status} is not an HTTP status"));
    }
    let both = entry
        .session_ended
        .iter()
        .find(|status| entry.success.contains(status) || (200..=299).contains(*status))?;
    Some(format!(
        "{both} is a result, and says that the session has ended"
    ))
}

fn is_method_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
