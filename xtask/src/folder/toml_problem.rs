//! Errors of the TOML parser as problems.

use std::sync::Arc;

use crate::problem::{Problem, ProblemKind};
use crate::source::Source;

/// Turns an error into a problem at its line; what is allowed moves from the message into the help.
pub(super) fn toml_problem(source: &Arc<Source>, error: &toml::de::Error) -> Problem {
    // The parser adds the keys that led there on lines of their own.
    let message = error.message().lines().next().unwrap_or_default();
    let (message, allowed) = match (
        message.split_once(", expected "),
        message.strip_prefix("wanted "),
    ) {
        (Some((message, allowed)), _) => (message, Some(allowed)),
        (None, Some(allowed)) => ("the value is of the wrong type", Some(allowed)),
        (None, None) => (message, values_of_missing(message)),
    };
    let kind = match message {
        _ if message.starts_with("unknown field") => ProblemKind::UnknownField,
        _ if message.starts_with("missing field") => ProblemKind::MissingField,
        _ if message.starts_with("unknown variant") => ProblemKind::InvalidValue,
        _ if message.starts_with("invalid type") || message.ends_with("wrong type") => {
            ProblemKind::WrongType
        }
        _ if message.starts_with("duplicate key") => ProblemKind::DuplicateKey,
        _ => ProblemKind::Syntax,
    };
    let mut problem = Problem::error(
        kind,
        message.replacen("unknown variant", "unknown value", 1),
    )
    .in_file(source);
    problem.span = error.span();
    problem.help = allowed.map(|allowed| format!("expected {allowed}").into());
    problem
}

/// What a missing field may hold, where that is a choice.
fn values_of_missing(message: &str) -> Option<&'static str> {
    Some(match message.strip_prefix("missing field ")? {
        "`auth`" => "`insightcloudsec`, `rapid7-platform` or `document`",
        "`kind`" => "`compiled`, `instance`, `published` or `file`",
        "`effect`" => "`read`, `idempotent` or `write`",
        "`stability`" => "`public`, `prototype` or `other`",
        "`style`" => "`offset-body`, `page-query`, `cursor-body`, `cursor-query` or `page-answer`",
        _ => return None,
    })
}
