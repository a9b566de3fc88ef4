//! Reads a document, JSON or YAML, within limits that no input can make it exceed.

pub mod files;
pub(crate) mod json;
pub(crate) mod locate;
pub(crate) mod yaml;

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use self::files::Files;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Document, Format, Source, Span, sha256};

/// Largest file that is read: 100 MiB.
pub const MAX_BYTES: usize = 100 * 1024 * 1024;

/// Deepest nesting of objects and arrays, aliases expanded. It is `serde_json`'s own, and the deepest of a hundred
/// published documents had 33; whatever walks a loaded document may recurse.
pub const MAX_DEPTH: usize = 127;

/// Upper bound for what all aliases of a YAML text stand for together: 64 MiB, counting 32 bytes a value and its text.
pub const MAX_ALIAS_BYTES: usize = 64 * 1024 * 1024;

/// Upper bound for the JSON pointers to all values together: 1 GiB. What is said of a value names its pointer, so a
/// key of a megabyte with a thousand values below it would take a gigabyte.
pub const MAX_POINTER_BYTES: usize = 1024 * 1024 * 1024;

/// Reads a document from a file.
///
/// The notation is told from the text, not from the file's extension. A byte order mark is dropped.
///
/// # Errors
///
/// [`ProblemKind::Unreadable`], [`ProblemKind::TooLarge`], [`ProblemKind::TooDeep`], [`ProblemKind::Syntax`], or
/// [`ProblemKind::Unsupported`] for YAML that has no JSON counterpart.
pub fn load(path: &Path) -> Result<Document, Problem> {
    load_text(path, read(path)?)
}

/// Reads a document from a file, and the files that it refers to: those below `root`, or below the document's folder.
///
/// # Errors
///
/// As [`load`], and [`ProblemKind::Unreadable`] when `root` is no folder that holds the document.
pub fn load_with_files(path: &Path, root: Option<&Path>) -> Result<Document, Problem> {
    let mut document = load(path)?;
    document.files = Arc::new(Files::read(&document, root)?);
    Ok(document)
}

/// As [`load_with_files`] will read a document that is to be put at `path`.
///
/// # Errors
///
/// As [`load_text`].
pub(crate) fn load_text_with_files(path: &Path, text: String) -> Result<Document, Problem> {
    let mut document = load_text(path, text)?;
    document.files = Arc::new(Files::read(&document, None)?);
    Ok(document)
}

/// Reads a document from a text; `path` is only named in problems.
///
/// # Errors
///
/// As [`load`], without [`ProblemKind::Unreadable`].
pub fn load_text(path: &Path, text: String) -> Result<Document, Problem> {
    // Of the bytes as they are, byte order mark included.
    let sha256 = sha256(text.as_bytes());
    let document = without_mark(path, text)?;
    Ok(Document { sha256, ..document })
}

fn without_mark(path: &Path, text: String) -> Result<Document, Problem> {
    let text = match text.strip_prefix('\u{feff}') {
        Some(stripped) => stripped.to_owned(),
        None => text,
    };
    if text.len() > MAX_BYTES {
        return Err(too_large(path));
    }
    let (format, parsed) = parse(path, &text);
    if matches!(&parsed, Err(error) if error.unindented)
        && let Cow::Owned(indented) = yaml::indented(&text)
    {
        let (format, parsed) = parse(path, &indented);
        return finish(path, indented, format, parsed);
    }
    finish(path, text, format, parsed)
}

fn finish(
    path: &Path,
    text: String,
    format: Format,
    parsed: Result<Value, LoadError>,
) -> Result<Document, Problem> {
    let source = Arc::new(Source::new(path, text, format));
    match parsed {
        Ok(root) => check_pointers(Document::new(root, source)),
        Err(error) => Err(error.into_problem(&source)),
    }
}

fn check_pointers(document: Document) -> Result<Document, Problem> {
    if pointer_bytes(&document.root, 0) <= MAX_POINTER_BYTES {
        return Ok(document);
    }
    let message = format!(
        "the pointers to all values take more than {} MiB: long keys hold too much",
        MAX_POINTER_BYTES / 1024 / 1024
    );
    Err(Problem::error(ProblemKind::TooLarge, message).in_file(&document.source))
}

/// The length of the pointers to all values below one whose own is this long. [`MAX_DEPTH`] bounds the recursion.
fn pointer_bytes(value: &Value, own: usize) -> usize {
    let below: usize = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| pointer_bytes(value, own + 1 + key.len()))
            .sum(),
        Value::Array(items) => items.iter().map(|item| pointer_bytes(item, own + 2)).sum(),
        _ => 0,
    };
    own + below
}

/// Reads a file as UTF-8 text.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    let unreadable = |reason: &str| {
        Problem::error(
            ProblemKind::Unreadable,
            format!("cannot read {}: {reason}", path.display()),
        )
    };
    let file = File::open(path).map_err(|error| unreadable(&error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error.to_string()))?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(path));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unreadable(&format!("not UTF-8 (byte {at})")).help("save the file as UTF-8")
    })
}

fn too_large(path: &Path) -> Problem {
    Problem::error(
        ProblemKind::TooLarge,
        format!(
            "{} is larger than {} MiB",
            path.display(),
            MAX_BYTES / 1024 / 1024
        ),
    )
}

/// What is wrong with a text, before it has a [`Source`].
#[derive(Debug)]
pub(crate) struct LoadError {
    kind: ProblemKind,
    span: Span,
    message: String,
    help: Option<&'static str>,
    /// The text may be right with this line indented.
    unindented: bool,
}

impl LoadError {
    pub(crate) fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
            help: None,
            unindented: false,
        }
    }

    pub(crate) fn too_deep(span: Span) -> Self {
        Self::new(
            ProblemKind::TooDeep,
            span,
            format!("nested deeper than {MAX_DEPTH} levels"),
        )
    }

    fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    fn into_problem(self, source: &Arc<Source>) -> Problem {
        let mut problem = Problem::error(self.kind, self.message)
            .in_file(source)
            .span(self.span);
        problem.help = self.help.map(Into::into);
        problem
    }
}

/// Tells the notation and parses. What starts like JSON is JSON, unless only YAML makes sense of it.
fn parse(path: &Path, text: &str) -> (Format, Result<Value, LoadError>) {
    let named_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let start = text.trim_start();
    match start.bytes().next() {
        None => {
            let error = LoadError::new(ProblemKind::Syntax, 0..0, "the file is empty");
            (Format::Text, Err(error))
        }
        Some(b'<')
            if start[1..]
                .starts_with(|c: char| matches!(c, '!' | '?') || c.is_ascii_alphabetic()) =>
        {
            let at = text.len() - start.len();
            let error = LoadError::new(
                ProblemKind::Syntax,
                at..at + 1,
                "this is HTML or XML, neither JSON nor YAML",
            )
            .help("a login page is often saved in place of the document: download it again");
            (Format::Text, Err(error))
        }
        Some(b'{' | b'[') => match json::parse(text) {
            Err(error) if error.kind == ProblemKind::Syntax && !named_json => {
                match yaml::parse(text) {
                    Ok(tree) => (Format::Yaml, Ok(tree.to_value())),
                    // Of two errors, the one about the notation that was most likely meant.
                    Err(_) if start[1..].trim_start().starts_with(['"', '{', '[']) => {
                        (Format::Json, Err(error))
                    }
                    Err(error) => (Format::Yaml, Err(error)),
                }
            }
            parsed => (Format::Json, parsed),
        },
        Some(_) => (Format::Yaml, yaml::parse(text).map(|tree| tree.to_value())),
    }
}

#[cfg(test)]
mod tests;
