//! Brings a document of any version that the pipeline reads into one form: `OpenAPI` 3.0, every reference to a named
//! component, every path whole.
//!
//! The version a document declares says little about what stands in it, so each step looks for its constructs in all
//! documents: a `type: file` in 3.1 is read like one in 2.0. Only where the versions disagree about the same words does
//! a step ask for the `Version`.

use crate::change::Change;
use crate::problem::{Problem, ProblemKind};
use crate::source::Document;
use serde_json::Value;

mod nodes;
mod openapi31;
mod report;
mod schema_references;
mod servers;
mod set_aside;
mod shared_references;
mod swagger2;
mod target;

pub use report::Origins;
use report::Report;

/// The version that every document has afterwards.
const LOWERED: &str = "3.0.3";

/// What a document declares itself to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// `OpenAPI` 3.0.
    V30,
    /// `OpenAPI` 3.1.
    V31,
}

impl Version {
    fn of(root: &Value) -> Option<Self> {
        let starts = |key: &str, prefix: &str| match root.get(key) {
            Some(Value::String(text)) => text.starts_with(prefix),
            Some(Value::Number(number)) => number.to_string().starts_with(prefix),
            _ => false,
        };
        if starts("openapi", "3.0") {
            Some(Self::V30)
        } else if starts("openapi", "3.1") {
            Some(Self::V31)
        } else {
            starts("swagger", "2").then_some(Self::Swagger2)
        }
    }
}

type Step = fn(&mut Value, Version, &mut Report);

/// In this order: references are settled while all that they name is in its place, schemas are rewritten when each
/// stands where 3.0 has it, and the paths change when nothing points into them any more.
const STEPS: &[Step] = &[
    |root, _, _| drop_nulls(root),
    |root, _, report| shared_references::apply(root, report),
    schema_references::apply,
    swagger2::apply,
    openapi31::schemas,
    |root, _, report| servers::apply(root, report),
    openapi31::document,
    |root, _, report| set_aside::apply(root, report),
];

/// Lowers a document. A second run changes nothing.
///
/// The pointers of the changes are those of the document as it was.
///
/// # Errors
///
/// [`ProblemKind::NotOpenApi`] when the document declares no version that the pipeline reads; nothing is changed then.
pub fn lower(document: &mut Document) -> Result<Vec<Change>, Problem> {
    lower_traced(document).map(|(changes, _)| changes)
}

/// As [`lower`], and tells where everything came from: a later problem is shown in the document as it was.
///
/// # Errors
///
/// As [`lower`].
pub fn lower_traced(document: &mut Document) -> Result<(Vec<Change>, Origins), Problem> {
    let Some(version) = Version::of(&document.root) else {
        let message = "the document declares no version that can be brought to OpenAPI 3.0";
        return Err(Problem::error(ProblemKind::NotOpenApi, message)
            .at(document, "")
            .help("it needs `swagger: \"2.0\"`, or `openapi` with 3.0 or 3.1"));
    };
    let mut report = Report::default();
    for step in STEPS {
        step(&mut document.root, version, &mut report);
    }
    if let Some(members) = document.root.as_object_mut() {
        members.shift_remove("swagger");
        match members.get_mut("openapi") {
            Some(declared) => *declared = LOWERED.into(),
            // The version is the first thing that a reader looks for.
            None => drop(members.shift_insert(0, "openapi".to_owned(), LOWERED.into())),
        }
        // A document of 3.1 may be about webhooks only.
        members
            .entry("paths")
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    Ok(report.finish())
}

/// An empty `components:` of YAML is null, which is as good as none.
fn drop_nulls(root: &mut Value) {
    let Some(members) = root.as_object_mut() else {
        return;
    };
    members.retain(|_, value| !value.is_null());
    if let Some(components) = members.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|_, value| !value.is_null());
    }
}
