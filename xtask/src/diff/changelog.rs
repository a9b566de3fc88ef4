//! The entry of `CHANGELOG.md`, in the form of Keep a Changelog.

use super::compare::Difference;
use super::page::{item, part_name};
use super::surface::Part;
use super::verdict::{Breaks, Bump, Finding};
use std::collections::BTreeMap;
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
    let mut bullets: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for finding in findings {
        if let Some((section, words)) = place(finding) {
            let words_of_section = bullets.entry(section).or_default();
            if !words_of_section.contains(&words) {
                words_of_section.push(words);
            }
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
        text += &wrapped(&format!("- {name}{lead}{}.", words.join("; ")));
    }
    text
}

/// The section of a change, and its words.
fn place(finding: &Finding) -> Option<(usize, String)> {
    let subject = item(&finding.change.subject);
    let words = match &finding.change.difference {
        Difference::SubjectAdded { .. } => return Some((0, subject)),
        Difference::SubjectRemoved { .. } => return Some((5, subject)),
        Difference::Renamed { from } => return Some((1, format!("`{from}` is {subject}"))),
        Difference::Moved { from, to } => {
            return Some((3, format!("{subject} calls `{to}`, not `{from}`")));
        }
        Difference::Added { part, .. } if finding.verdict.breaks == Breaks::Nothing => {
            // What follows from an addition elsewhere.
            let follows = matches!(part, Part::Trait(_) | Part::Fact(_) | Part::Wire);
            return (!follows).then(|| (0, format!("{} of {subject}", part_name(part))));
        }
        Difference::Removed { part, .. } if finding.verdict.breaks == Breaks::Compilation => {
            return Some((5, format!("{} of {subject}", part_name(part))));
        }
        Difference::Added { part, .. } | Difference::Removed { part, .. } => {
            format!("{} of {subject}", part_name(part))
        }
        Difference::Changed { part, old, new } => {
            let part = match part {
                Part::Item => subject,
                part => format!("{} of {subject}", part_name(part)),
            };
            if old.signature == new.signature {
                part
            } else {
                format!("{part} is `{}`, was `{}`", new.signature, old.signature)
            }
        }
    };
    let verdict = &finding.verdict;
    match (verdict.breaks, verdict.bump) {
        (Breaks::Compilation, _) => Some((1, words)),
        (Breaks::Calls, _) => Some((2, format!("{words}, {}", verdict.meaning))),
        (Breaks::Nothing, Bump::Patch) => None,
        (Breaks::Nothing, _) if verdict.meaning.contains("advises against") => Some((4, words)),
        (Breaks::Nothing, _) => Some((3, format!("{words}, {}", verdict.meaning))),
    }
}

/// A bullet whose further lines are indented.
fn wrapped(bullet: &str) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in bullet.split(' ') {
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
