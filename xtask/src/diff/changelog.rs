//! The entry of `CHANGELOG.md`, in the form of Keep a Changelog.

use super::compare::{Difference, Subject};
use super::page::part_name;
use super::surface::Part;
use super::verdict::{Breaks, Bump, Finding};
use crate::markdown::{code_span, words};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Columns of a line.
const WIDTH: usize = 120;

/// The sections, in the order of the form, each with what it says before the names.
const SECTIONS: [(&str, &str); 6] = [
    ("Added", ""),
    ("Changed", "**breaking**: "),
    ("Changed", "**breaking at run time**: "),
    ("Changed", ""),
    ("Deprecated", ""),
    ("Removed", "**breaking**: "),
];

/// What callers have to know, as bullets under headings; empty where they need not know anything.
#[must_use]
pub fn entry(crate_name: Option<&str>, findings: &[Finding]) -> String {
    let mut bullets: BTreeMap<usize, Words> = BTreeMap::new();
    for finding in findings {
        if let Some((section, words)) = place(finding) {
            let subject = &finding.change.subject;
            bullets.entry(section).or_default().add(words, subject);
        }
    }
    let name = crate_name.map_or_else(String::new, |name| format!("`{name}`: "));
    let mut text = String::new();
    let mut heading = "";
    for (section, words) in bullets {
        let (title, lead) = SECTIONS[section];
        if heading != title {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = write!(text, "{gap}### {title}\n\n");
            heading = title;
        }
        text += &wrapped(&format!("- {name}{lead}{}.", words.join()));
    }
    text
}

/// What a bullet says, with the subjects of which it says the same.
#[derive(Default)]
struct Words {
    /// Whole subjects, by kind.
    whole: BTreeMap<&'static str, BTreeSet<String>>,
    /// Parts, by their words.
    parts: BTreeMap<String, BTreeSet<String>>,
}

impl Words {
    fn add(&mut self, words: String, subject: &Subject) {
        if words.is_empty() {
            let (kind, name) = match subject {
                Subject::Client => ("constant", "AUTH"),
                Subject::Feature(name) => ("feature", name.as_str()),
                Subject::Operation(name) => ("method", name.as_str()),
                Subject::Type(name) => ("type", name.as_str()),
            };
            let names = self.whole.entry(kind).or_default();
            names.insert(format!("`{name}`"));
        } else {
            self.parts.entry(words).or_default().insert(name(subject));
        }
    }

    fn join(self) -> String {
        let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
        let whole = self.whole.into_iter().map(|(kind, names)| {
            let several = if names.len() > 1 { "s" } else { "" };
            format!("{kind}{several} {}", list(names))
        });
        // Parts of one subject together, parts of many by what is said of them.
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (words, subjects) in self.parts {
            of.entry(list(subjects)).or_default().push(words);
        }
        let parts = of
            .into_iter()
            .map(|(subjects, words)| format!("{subjects}: {}", words.join(", ")));
        whole.chain(parts).collect::<Vec<_>>().join("; ")
    }
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Client => "`AUTH`".to_owned(),
        Subject::Feature(name) | Subject::Operation(name) | Subject::Type(name) => {
            format!("`{name}`")
        }
    }
}

/// The section of a change, and its words; none about a subject as a whole.
fn place(finding: &Finding) -> Option<(usize, String)> {
    let verdict = &finding.verdict;
    let words = match &finding.change.difference {
        Difference::SubjectAdded { .. } => return Some((0, String::new())),
        Difference::SubjectRemoved { .. } => return Some((5, String::new())),
        Difference::Renamed { from } => return Some((1, format!("was {}", code_span(from)))),
        Difference::Moved { from, to } => {
            return Some((
                3,
                format!("calls {}, not {}", code_span(to), code_span(from)),
            ));
        }
        Difference::Added { part, .. } if verdict.breaks == Breaks::Nothing => {
            // What follows from an addition elsewhere.
            let follows = matches!(part, Part::Trait(_) | Part::Fact(_) | Part::Wire);
            return (!follows).then(|| (0, part_name(part)));
        }
        Difference::Removed { part, .. } if verdict.breaks == Breaks::Compilation => {
            return Some((5, part_name(part)));
        }
        // Of a type, that follows from the operations.
        Difference::Changed {
            part: Part::Features | Part::BuilderFeatures,
            ..
        } if matches!(finding.change.subject, Subject::Type(_)) => return None,
        Difference::Changed { part, old, new } if old.signature != new.signature => format!(
            "{} is {}, was {}",
            part_name(part),
            code_span(&new.signature),
            code_span(&old.signature)
        ),
        Difference::Changed {
            part: Part::Item, ..
        } => String::new(),
        Difference::Added { part, .. }
        | Difference::Removed { part, .. }
        | Difference::Changed { part, .. } => part_name(part),
    };
    match (verdict.breaks, verdict.bump) {
        (Breaks::Compilation, _) => Some((1, words)),
        (Breaks::Calls, _) => Some((2, with_meaning(&words, &verdict.meaning))),
        (Breaks::Nothing, Bump::Patch) => None,
        (Breaks::Nothing, _) if words.is_empty() => Some((4, words)),
        (Breaks::Nothing, _) => Some((3, with_meaning(&words, &verdict.meaning))),
    }
}

fn with_meaning(words: &str, meaning: &str) -> String {
    if words.is_empty() {
        meaning.to_owned()
    } else {
        format!("{words} ({meaning})")
    }
}

/// A bullet whose further lines are indented.
fn wrapped(bullet: &str) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in words(bullet) {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            text += "\n  ";
            column = 2;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += width;
    }
    text + "\n"
}
