//! What is wrong with an input, in a form that both a person and a program can read.

mod render;

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::source::{Document, Source, Span};
use crate::text::{shortened, visible};

pub use render::render;

macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal,)+) => {
        /// What sort of problem it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ProblemKind {
            $($(#[$doc])+ $variant,)+
        }

        impl ProblemKind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name, in kebab case, as reports print it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// A file is missing, cannot be read, or is not UTF-8.
    Unreadable = "unreadable",
    /// A file could not be written.
    Unwritable = "unwritable",
    /// An earlier write was interrupted, and has to be repaired first.
    Interrupted = "interrupted",
    /// The text is not what its format allows.
    Syntax = "syntax",
    /// The text nests deeper than [`crate::load::MAX_DEPTH`].
    TooDeep = "too-deep",
    /// The text, or what its aliases stand for, is larger than the limits allow.
    TooLarge = "too-large",
    /// One member name twice in one mapping: the last one wins.
    DuplicateKey = "duplicate-key",
    /// The document is not an `OpenAPI` document.
    NotOpenApi = "not-openapi",
    /// The version of `OpenAPI` is not one that the pipeline reads.
    UnsupportedVersion = "unsupported-version",
    /// A required member is missing.
    MissingField = "missing-field",
    /// A member that is not known here.
    UnknownField = "unknown-field",
    /// A value that is not one of those allowed.
    InvalidValue = "invalid-value",
    /// A value of the wrong JSON type.
    WrongType = "wrong-type",
    /// An entry about an operation that the document does not have.
    UnknownOperation = "unknown-operation",
    /// An overlay action that matches nothing.
    StaleOverlay = "stale-overlay",
    /// A document whose hash is not the one recorded.
    HashMismatch = "hash-mismatch",
    /// A specification folder has no document, or several.
    DocumentChoice = "document-choice",
    /// A reference to something that is not there.
    DanglingReference = "dangling-reference",
    /// Two operations of one method and path, or of one `operationId`.
    DuplicateOperation = "duplicate-operation",
    /// A path whose parameters do not agree with its template, or that is no path.
    InvalidPath = "invalid-path",
    /// A parameter that cannot be understood.
    InvalidParameter = "invalid-parameter",
    /// A security scheme that is used but not declared.
    UnknownSecurityScheme = "unknown-security-scheme",
    /// A name from which no Rust identifier can be made.
    InvalidName = "invalid-name",
    /// Something legal that the pipeline does not handle.
    Unsupported = "unsupported",
    /// An error or a panic inside the code generator.
    Generator = "generator",
    /// Committed output that no longer matches its inputs.
    StaleOutput = "stale-output",
}

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The pipeline cannot go on.
    Error,
    /// The pipeline goes on, but somebody should look.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong, with its place and, where known, its remedy.
#[derive(Clone, Debug)]
#[must_use = "a problem that nobody reports is lost"]
pub struct Problem {
    /// What sort of problem it is.
    pub kind: ProblemKind,
    /// How much it matters.
    pub severity: Severity,
    /// JSON pointer to the value at fault.
    pub pointer: Option<String>,
    /// Its place in the text; when `None`, the pointer is looked up in the source.
    pub span: Option<Span>,
    /// The text that holds it.
    pub source: Option<Arc<Source>>,
    /// The operation at fault: method and path, as `GET /v2/x`.
    pub operation: Option<Box<str>>,
    /// What is wrong: one sentence in lower case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<Box<str>>,
}

impl Problem {
    /// An error.
    pub fn error(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            severity: Severity::Error,
            pointer: None,
            span: None,
            source: None,
            operation: None,
            message: message.into(),
            help: None,
        }
    }

    /// The same problem as a warning.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The same problem as a note.
    pub fn note(mut self) -> Self {
        self.severity = Severity::Note;
        self
    }

    /// Puts the problem at a JSON pointer of a document.
    pub fn at(mut self, place: &impl HasSource, pointer: impl Into<String>) -> Self {
        let (source, pointer) = place.place(pointer.into());
        self.source = Some(source);
        self.pointer = Some(pointer);
        self
    }

    /// Names the place in the document by JSON pointer; the document itself is added later.
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Puts the problem into a file, without saying where.
    pub fn in_file(mut self, place: &impl HasSource) -> Self {
        self.source = Some(Arc::clone(place.source()));
        self
    }

    /// Puts the problem at a range of bytes of its source.
    pub fn span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Names the operation at fault.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into().into_boxed_str());
        self
    }

    /// Says what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into_boxed_str());
        self
    }

    /// Whether the pipeline cannot go on.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The place in the text, looked up by the pointer when no span was given.
    #[must_use]
    pub fn place(&self) -> Option<Span> {
        let source = self.source.as_ref()?;
        match (&self.span, &self.pointer) {
            (Some(span), _) => Some(span.clone()),
            (None, Some(pointer)) => source.locate(pointer),
            (None, None) => None,
        }
    }

    /// Line and column of [`Problem::place`], from 1.
    #[must_use]
    pub fn line_column(&self) -> Option<(usize, usize)> {
        let place = self.place()?;
        Some(self.source.as_ref()?.line_column(place.start))
    }
}

impl fmt::Display for Problem {
    /// `file:line: message (operation)`, and the help on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{}:", source.path.display())?;
            if let Some((line, _)) = self.line_column() {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&printable(&self.message))?;
        if let Some(operation) = &self.operation {
            write!(f, " ({})", printable(operation))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {}", printable(help))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let position = self.line_column();
        let mut out = serializer.serialize_struct("Problem", 9)?;
        out.serialize_field("kind", self.kind.as_str())?;
        out.serialize_field("severity", self.severity.as_str())?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("help", &self.help)?;
        out.serialize_field("operation", &self.operation)?;
        out.serialize_field("pointer", &self.pointer)?;
        let file = self
            .source
            .as_ref()
            .map(|source| source.path.display().to_string());
        out.serialize_field("file", &file)?;
        out.serialize_field("line", &position.map(|(line, _)| line))?;
        out.serialize_field("column", &position.map(|(_, column)| column))?;
        out.end()
    }
}

/// Several problems as one error.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Problem::is_error)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        Self(problems)
    }
}

/// Something that a problem can be found in.
pub trait HasSource {
    /// The text.
    fn source(&self) -> &Arc<Source>;

    /// The text that holds what is at a pointer, and the pointer in that text.
    fn place(&self, pointer: String) -> (Arc<Source>, String) {
        (Arc::clone(self.source()), pointer)
    }
}

impl HasSource for Arc<Source> {
    fn source(&self) -> &Arc<Source> {
        self
    }
}

impl HasSource for Document {
    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn place(&self, pointer: String) -> (Arc<Source>, String) {
        Document::place(self, &pointer)
    }
}

/// The text as a person reads it: visible, its long lines cut, and further lines indented.
pub(crate) fn printable(text: &str) -> String {
    visible(&shortened(text)).replace('\n', "\n  ")
}
