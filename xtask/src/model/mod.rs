//! The API as the later stages see it: operations with their parameters, bodies and answers.
//!
//! Read from a normalized document and the committed knowledge of its operations.

use crate::folder::{OperationEntry, OperationKey};
use serde_json::Value;
use std::collections::BTreeSet;

mod access;
mod facts;
mod forms;
pub(crate) mod outcome;
mod paging;
mod read;
pub(crate) mod schemes;
mod styles;
mod tags;

pub use facts::check_facts;
pub use outcome::Outcome;
pub use paging::{check_paging, without_unfit_paging};
pub use read::{Findings, read};

/// What a client crate is generated from.
#[derive(Debug, Clone)]
pub struct Api {
    /// Title for the crate's documentation.
    pub title: String,
    /// The document's own description.
    pub description: Option<String>,
    /// How the client authenticates.
    pub auth: Auth,
    /// Tags in the order of the document, those without operations left out.
    pub tags: Vec<Tag>,
    /// Operations in the order of the document.
    pub operations: Vec<Operation>,
}

impl Api {
    /// The tags that have operations, each with its place in [`Self::tags`].
    pub fn used_tags(&self) -> impl Iterator<Item = (usize, &Tag)> {
        let used: BTreeSet<usize> = self.operations.iter().map(|each| each.tag).collect();
        let tags = self.tags.iter().enumerate();
        tags.filter(move |(index, _)| used.contains(index))
    }

    /// The places of the operations of each tag, in order.
    #[must_use]
    pub fn by_tag(&self) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new(); self.tags.len()];
        for (at, operation) in self.operations.iter().enumerate() {
            if let Some(places) = places.get_mut(operation.tag) {
                places.push(at);
            }
        }
        places
    }

    /// The cargo features of the crate, one a tag, sorted by name; `default` and `full` are not among them.
    #[must_use]
    pub fn features(&self) -> Vec<String> {
        let features: BTreeSet<&String> = self.used_tags().map(|(_, tag)| &tag.feature).collect();
        features.into_iter().cloned().collect()
    }
}

/// Authentication of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// Where the key goes.
    pub key: KeyPlacement,
    /// Login path and session header, where the API has sessions.
    pub session: Option<(String, String)>,
    /// The related API whose keys are UUIDs, where this one's are not.
    pub uuid_keys_of: Option<&'static str>,
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
    /// Several keys, each at a place of its own.
    All(Vec<KeyPlacement>),
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
    /// Cargo feature that compiles its operations.
    pub feature: String,
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
    /// Static that describes it.
    pub constant: String,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Needs them.
    Credentials,
    /// Gets none.
    Anonymous,
    /// Sends them if there are any.
    Optional,
    /// Needs a session; a key won't do.
    Session,
    /// Needs a session, whose token also goes into this query parameter.
    SessionQuery(String),
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterPlace {
    /// Into a segment of the path.
    Path(Style),
    /// Into the query string.
    Query(Style),
    /// Into a header.
    Header(Style),
    /// Into the `Cookie` header.
    Cookie(Style),
}

/// How a list or an object is written, shown as it stands in a query string; as `rapid7_core::Style`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a=1&a=2`
    Form,
    /// `a=1,2`
    Comma,
    /// `a=1%202`
    Space,
    /// `a=1%092`
    Tab,
    /// `a=1|2`
    Pipe,
    /// `a[x]=1&a[y]=2`
    DeepObject,
    /// `.1,2` in a path.
    Label,
    /// `.1.2` in a path.
    LabelExploded,
    /// `;a=1,2` in a path.
    Matrix,
    /// `;a=1;a=2` in a path.
    MatrixExploded,
    /// The text of JSON.
    Json,
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
    /// Whether a query holds its reserved characters as they are.
    pub reserved: bool,
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
    /// A form of this schema, and the members that are not written as a form writes them by itself.
    Form(Value, Vec<(String, Style)>),
    /// A form in parts.
    Multipart(Multipart),
    /// Anything else, as bytes.
    Raw,
    /// Nothing.
    Empty,
    /// Nobody has documented it.
    Unknown,
}

impl Content {
    /// The schemas that stand for Rust types.
    #[must_use]
    pub fn schemas(&self) -> Vec<&Value> {
        match self {
            Self::Json(schema) | Self::Form(schema, _) => vec![schema],
            Self::Multipart(form) => form
                .parts
                .iter()
                .filter(|part| matches!(part.kind, PartKind::Value(_)))
                .map(|part| &part.schema)
                .collect(),
            Self::Raw | Self::Empty | Self::Unknown => Vec::new(),
        }
    }
}

/// A form in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Multipart {
    /// In the order of the document.
    pub parts: Vec<Part>,
    /// The setter of parts with other names, where there may be some.
    pub open: Option<String>,
}

/// One part of a form, or several of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Setter of the builder.
    pub name: String,
    /// Name on the wire.
    pub wire_name: String,
    /// Whether a form is incomplete without it.
    pub required: bool,
    /// How it is written.
    pub kind: PartKind,
    /// The content types that it may have; the one is sent, of several the caller chooses.
    pub content_types: Vec<String>,
    /// The document's words.
    pub description: Option<String>,
    /// Its schema.
    pub schema: Value,
}

/// How a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// As a file; `many`: a part for each.
    File {
        /// Takes a list.
        many: bool,
    },
    /// As a file or a text that the caller makes.
    Any {
        /// Takes a list.
        many: bool,
    },
    /// As text or JSON, by what it is, or in this style.
    Value(Option<Style>),
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
    /// Media types in which it can be had besides.
    pub also: Vec<String>,
    /// The document's words.
    pub description: Option<String>,
}
