//! What a change means for a caller of the crate.
//!
//! Judged is the Rust surface as it is generated. Structs and enums are `#[non_exhaustive]`, so that no caller outside
//! of the crate can write a struct literal or a `match` without `_`: members and variants may be added. Values go in
//! through builders, whose setters take `impl TryInto<T>`: a new one is an addition, another `T` is not, since a caller
//! may pass whatever converted into the old one. What is required is checked when a request is sent, so that a new
//! requirement compiles and fails later. Features are judged for callers that turn on those that they need and no more:
//! what is no longer there with one of them breaks, although callers of the whole crate notice nothing.

use super::compare::{Change, Difference, Subject};
use super::surface::{Form, Part};
use serde::Serialize;
use std::fmt;

/// How much a change asks of the next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// Nothing is gone and nothing is new.
    Patch,
    /// Something is new, and what was there works as before.
    Minor,
    /// A caller that was right may be wrong now.
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// When a caller notices a change that breaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Never.
    Nothing,
    /// It no longer compiles.
    Compilation,
    /// It compiles, and a call fails or is refused.
    Calls,
}

/// What a change means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What it asks of the version.
    pub bump: Bump,
    /// What it breaks.
    pub breaks: Breaks,
    /// For a caller, in words.
    pub meaning: String,
}

/// A change and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// What it means.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Judges all changes.
#[must_use]
pub fn judge(changes: Vec<Change>) -> Vec<Finding> {
    let judged = changes.into_iter().map(|change| Finding {
        verdict: verdict(&change),
        change,
    });
    judged.collect()
}

fn patch(meaning: impl Into<String>) -> Verdict {
    Verdict {
        bump: Bump::Patch,
        breaks: Breaks::Nothing,
        meaning: meaning.into(),
    }
}

fn minor(meaning: impl Into<String>) -> Verdict {
    Verdict {
        bump: Bump::Minor,
        ..patch(meaning)
    }
}

fn breaks(breaks: Breaks, meaning: impl Into<String>) -> Verdict {
    Verdict {
        bump: Bump::Major,
        breaks,
        meaning: meaning.into(),
    }
}

fn compilation(meaning: impl Into<String>) -> Verdict {
    breaks(Breaks::Compilation, meaning)
}

fn calls(meaning: impl Into<String>) -> Verdict {
    breaks(Breaks::Calls, meaning)
}

/// What one change means.
#[must_use]
pub fn verdict(change: &Change) -> Verdict {
    match (&change.subject, &change.difference) {
        (Subject::Client, _) => calls(
            "credentials are sent otherwise; connections have to be built with the new `AUTH`",
        ),
        (Subject::Feature(_), Difference::SubjectRemoved { .. }) => {
            compilation("cargo refuses manifests that name it")
        }
        (Subject::Feature(_), _) => minor("a new feature"),
        (Subject::Operation(_), Difference::SubjectAdded { .. }) => minor("a new method"),
        (Subject::Type(_), Difference::SubjectAdded { .. }) => minor("a new type"),
        (_, Difference::SubjectRemoved { .. }) => compilation("what names it no longer compiles"),
        (_, Difference::Renamed { from }) => {
            compilation(format!("calls of `{from}` have to be renamed"))
        }
        (_, Difference::Moved { .. }) => minor("the same method calls another address"),
        (_, Difference::Added { part, new }) => added(part, new),
        (_, Difference::Removed { part, old }) => removed(part, old),
        (_, Difference::Changed { part, old, new }) => changed(part, old, new),
    }
}

fn added(part: &Part, new: &Form) -> Verdict {
    match part {
        Part::Member(_) => minor("a new member to read"),
        Part::Variant(_) => minor("a value that was `Unknown` or `Other` has a variant now"),
        Part::Setter(name) if new.required => calls(format!(
            "requests without `{name}` fail before they are sent, with `InvalidInput`"
        )),
        Part::Setter(_) => minor("a new optional argument"),
        Part::Function(_) => minor("a new function"),
        Part::Trait(_) => minor("a new trait"),
        Part::Item
        | Part::Answer
        | Part::Failure
        | Part::Fact(_)
        | Part::Features
        | Part::BuilderFeatures
        | Part::Wire => patch("known now"),
    }
}

fn removed(part: &Part, old: &Form) -> Verdict {
    match part {
        Part::Member(_) => compilation("what reads it no longer compiles"),
        Part::Variant(_) => {
            compilation("what names it no longer compiles; the value is `Unknown` or `Other`")
        }
        Part::Setter(_) => compilation("what sets it no longer compiles"),
        Part::Trait(name) if name == "Default" => compilation(
            "there is no empty value any more, since something is required: `builder()` makes one",
        ),
        Part::Trait(name) if name.starts_with("From<") => {
            compilation("a value of that type is no longer converted")
        }
        Part::Function(_) if old.signature.contains("paging::") => {
            compilation("the list is no longer read page by page")
        }
        Part::Function(_) | Part::Trait(_) => compilation("what uses it no longer compiles"),
        Part::Item
        | Part::Answer
        | Part::Failure
        | Part::Fact(_)
        | Part::Features
        | Part::BuilderFeatures
        | Part::Wire => patch("no longer known"),
    }
}

fn changed(part: &Part, old: &Form, new: &Form) -> Verdict {
    if let Part::Fact(name) = part {
        return fact(name, &old.behaviour, &new.behaviour);
    }
    if matches!(part, Part::Features | Part::BuilderFeatures) {
        return features(&old.signature, &new.signature);
    }
    if old.signature != new.signature {
        return signature(part, old, new);
    }
    match (old.required, new.required) {
        (false, true) => {
            return calls("requests without it fail before they are sent, with `InvalidInput`");
        }
        (true, false) => return minor("may be left out now"),
        _ => {}
    }
    if old.behaviour == new.behaviour {
        return patch("other documentation");
    }
    match part {
        Part::Item if new.behaviour == "deprecated" => {
            minor("callers get a warning: the document advises against it")
        }
        Part::Item if old.behaviour == "deprecated" => patch("no longer deprecated"),
        Part::Setter(_) => patch("written otherwise in the request"),
        _ => patch("read or written otherwise, under the same name in Rust"),
    }
}

fn signature(part: &Part, old: &Form, new: &Form) -> Verdict {
    match part {
        Part::Item if new.signature == format!("exhaustive {}", old.signature) => {
            compilation("no longer `#[non_exhaustive]`")
        }
        Part::Item if old.signature == format!("exhaustive {}", new.signature) => {
            compilation("`#[non_exhaustive]`: a `match` needs `_`, a literal is no longer possible")
        }
        Part::Item => compilation("another kind of item"),
        Part::Member(_) if new.signature == format!("Option<{}>", old.signature) => {
            compilation("may be missing: what reads it has to handle `None`")
        }
        Part::Member(_) if old.signature == format!("Option<{}>", new.signature) => {
            compilation("always there: what handles `None` no longer compiles")
        }
        Part::Member(_) => compilation("what reads it gets another type"),
        Part::Variant(_) => compilation("holds another value"),
        Part::Setter(_) => compilation("what converts into the old type may not into the new one"),
        Part::Answer => compilation("`send` gives another type"),
        Part::Failure => compilation("the typed body of failures is another"),
        Part::Function(_)
        | Part::Trait(_)
        | Part::Fact(_)
        | Part::Features
        | Part::BuilderFeatures
        | Part::Wire => compilation("another signature"),
    }
}

/// The features with which something is there.
fn features(old: &str, new: &str) -> Verdict {
    let new: Vec<&str> = new.split(", ").collect();
    if old.split(", ").all(|name| new.contains(&name)) {
        minor("there with more features")
    } else {
        compilation("not there for callers that turn on the old feature alone")
    }
}

/// What the runtime does by the table of operations.
fn fact(name: &str, old: &str, new: &str) -> Verdict {
    match (name, old, new) {
        ("effect", "Read", _) => calls(
            "refused by connections that are `read_only`, and retried only when it surely was not processed",
        ),
        ("effect", _, "Read") => minor("allowed by connections that are `read_only`, and retried"),
        ("effect", _, "Idempotent") => minor("retried after any failure of the connection"),
        ("effect", _, _) => patch("retried only when it surely was not processed"),
        ("stability", _, "Prototype") => calls("refused by connections that are `deny_prototype`"),
        ("stability", "Prototype", _) => minor("allowed by connections that are `deny_prototype`"),
        ("access", old, new) if new.starts_with("Session") && !old.starts_with("Session") => {
            calls("needs a login session: a key no longer does")
        }
        ("access", "Anonymous", _) => patch("sent with credentials now"),
        ("access", _, _) => patch("sent with other credentials"),
        ("success", _, _) => patch("other statuses count as success"),
        ("paging", _, _) => patch("pages are asked for otherwise"),
        _ => patch("other documentation"),
    }
}

/// The largest bump of all findings; none when there are none.
#[must_use]
pub fn bump(findings: &[Finding]) -> Option<Bump> {
    findings.iter().map(|finding| finding.verdict.bump).max()
}
