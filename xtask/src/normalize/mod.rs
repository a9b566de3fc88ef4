//! General repairs of a document, one file a rule.
//!
//! A rule brings the document nearer to the form that the later stages read: OpenAPI 3.0, operations whole in
//! themselves, every Rust type a named component. Each is idempotent and reports what it changed.

use crate::change::Change;
use crate::folder::{OperationsToml, TypesToml};
use crate::problem::{Problem, ProblemKind};
use serde_json::Value;
use std::collections::BTreeMap;

mod aliases;
mod all_of;
mod answers;
mod authentication;
mod cycles;
mod directions;
pub(crate) mod enums;
pub(crate) mod formats;
pub mod media_types;
pub mod multipart;
mod nullable;
mod path_parameters;
mod references;
pub(crate) mod scalars;
mod secrets;
mod shapes;
pub mod type_names;
mod unions;

/// What rules may consult besides the document: the committed knowledge about this API.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What is known of each operation.
    pub operations: &'a OperationsToml,
    /// The lock of type names.
    pub types: &'a TypesToml,
}

/// One repair.
pub struct Rule {
    /// File name of the rule, used in reports.
    pub name: &'static str,
    /// Why the document cannot stay as it is.
    pub why: &'static str,
    /// Later stages read what it leaves: `[rules]` of `api.toml` cannot switch it off.
    pub needed: bool,
    /// Applies the repair.
    pub apply: fn(&mut Value, Facts<'_>) -> Vec<Change>,
}

/// All rules, in the order in which they run.
pub const RULES: &[Rule] = &[
    Rule {
        name: "references",
        why: "an operation is read whole: parameters, bodies and answers stand where they are used",
        needed: true,
        apply: references::apply,
    },
    Rule {
        name: "authentication",
        why: "credentials and content headers belong to the connection, not to each call",
        needed: false,
        apply: authentication::apply,
    },
    Rule {
        name: "path_parameters",
        why: "a path template and its parameters have to name the same things",
        needed: true,
        apply: path_parameters::apply,
    },
    Rule {
        name: "media_types",
        why: "one body has one Rust type: JSON where there is a choice",
        needed: true,
        apply: media_types::apply,
    },
    Rule {
        name: "shapes",
        why: "a schema says one thing that Rust has a type for",
        needed: true,
        apply: shapes::apply,
    },
    Rule {
        name: "enums",
        why: "values joined by commas in one string are several values",
        needed: true,
        apply: enums::apply,
    },
    Rule {
        name: "cycles",
        why: "a schema that is a part of itself has no shape, and the generator would never end",
        needed: true,
        apply: cycles::apply,
    },
    Rule {
        name: "all_of",
        why: "a composed object is one struct",
        needed: true,
        apply: all_of::apply,
    },
    Rule {
        name: "unions",
        why: "the alternatives of a union are types, each once, and more than one",
        needed: true,
        apply: unions::apply,
    },
    // Before the aliases: what a union's name stood for may be a scalar now.
    Rule {
        name: "scalars",
        why: "a value that comes in several forms and means one thing is one type",
        needed: false,
        apply: scalars::apply,
    },
    Rule {
        name: "aliases",
        why: "a named scalar, array or map needs no Rust type of its own",
        needed: false,
        apply: aliases::apply,
    },
    Rule {
        name: "nullable",
        why: "a type is not null, a place that holds it may be",
        needed: true,
        apply: nullable::apply,
    },
    // After the rules that bring members together, before those that read them.
    Rule {
        name: "multipart",
        why: "the members of a multipart body are the parts of a form, and files are no JSON",
        needed: true,
        apply: multipart::apply,
    },
    // After the aliases: a secret may be a reference to a named string.
    Rule {
        name: "secrets",
        why: "what is secret gets a type that never prints",
        needed: false,
        apply: secrets::apply,
    },
    Rule {
        name: "directions",
        why: "requests are strict and answers are lenient, so a type used both ways may have to be two",
        needed: true,
        apply: directions::apply,
    },
    Rule {
        name: "answers",
        why: "answers deviate from their documents: members may be missing or null",
        needed: false,
        apply: answers::apply,
    },
    Rule {
        name: "formats",
        why: "no format, length, pattern or bound may refuse a value that Rust can hold",
        needed: false,
        apply: formats::apply,
    },
    Rule {
        name: "type_names",
        why: "every Rust type is named in one place, before generation",
        needed: true,
        apply: type_names::apply,
    },
];

/// Runs the rules, but for those that `switches` turns off.
pub fn normalize(
    root: &mut Value,
    facts: Facts<'_>,
    switches: &BTreeMap<String, bool>,
) -> Vec<Change> {
    RULES
        .iter()
        .filter(|rule| rule.needed || switches.get(rule.name) != Some(&false))
        .flat_map(|rule| (rule.apply)(root, facts))
        .collect()
}

/// Switches that name no rule, or one that cannot be switched off.
#[must_use]
pub fn check_switches(switches: &BTreeMap<String, bool>) -> Vec<Problem> {
    let optional: Vec<&str> = RULES
        .iter()
        .filter(|rule| !rule.needed)
        .map(|rule| rule.name)
        .collect();
    switches
        .keys()
        .filter(|name| !optional.contains(&name.as_str()))
        .map(|name| {
            let message =
                format!("`[rules]` names `{name}`, which is no rule that can be switched");
            Problem::error(ProblemKind::UnknownField, message)
                .help(format!("one of {}", optional.join(", ")))
        })
        .collect()
}

/// What a rule has just brought in from elsewhere in the document: it waits for the next round, since it might bring in
/// itself without end.
#[derive(Default)]
struct Fresh(Option<String>);

impl Fresh {
    fn put(&mut self, pointer: &str) {
        self.0 = Some(pointer.to_owned());
    }

    /// Whether the place is below the last one that was put.
    fn holds(&self, pointer: &str) -> bool {
        let below = |last: &String| Some(pointer.strip_prefix(last)?.starts_with('/'));
        self.0.as_ref().and_then(below).unwrap_or(false)
    }
}

/// A change that keeps all information.
fn lossless(rule: &'static str, pointer: &str, operation: Option<&str>, what: String) -> Change {
    Change {
        rule,
        pointer: pointer.to_owned(),
        operation: operation.map(str::to_owned),
        what,
        loss: None,
    }
}

/// A change after which the client can do or hold less than the document describes.
fn lossy(
    rule: &'static str,
    pointer: &str,
    operation: Option<&str>,
    what: String,
    loss: impl Into<String>,
) -> Change {
    Change {
        loss: Some(loss.into()),
        ..lossless(rule, pointer, operation, what)
    }
}
