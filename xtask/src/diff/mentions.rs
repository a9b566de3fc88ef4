//! Where hand-written code names what differs: the facade first of all, whose users get the change through it.

use super::compare::{Difference, Subject};
use super::surface::Part;
use super::verdict::{Breaks, Finding};
use crate::problem::{Problem, ProblemKind};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// A line of hand-written code, or of a guide, that names a method or type that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mention {
    /// Path from the root of the workspace, with `/`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// The method or type.
    pub name: String,
    /// Whether a change of it breaks callers.
    pub breaking: bool,
}

/// What is looked through besides crates, below the root.
const PLACES: [&str; 2] = ["README.md", "tests"];

/// All mentions in the crates of these names and in what shows their use, by file and line. A line is told by the word
/// alone, so that one may be about something else.
///
/// # Errors
///
/// A file that cannot be read.
pub fn find(root: &Path, crates: &[&str], findings: &[Finding]) -> Result<Vec<Mention>, Problem> {
    let names = names(findings);
    let mut mentions = BTreeSet::new();
    let crates = crates.iter().map(|name| root.join("crates").join(name));
    for place in crates.chain(PLACES.map(|place| root.join(place))) {
        let files = WalkDir::new(place).sort_by_file_name();
        for entry in files.into_iter().filter_entry(is_hand_written) {
            // A place that a workspace lacks has no mentions.
            let Ok(entry) = entry else { continue };
            if entry.file_type().is_file() && is_text(&entry) {
                search(root, entry.path(), &names, &mut mentions)?;
            }
        }
    }
    Ok(mentions.into_iter().collect())
}

/// The names that a caller has written, and whether a change breaks it.
fn names(findings: &[Finding]) -> BTreeMap<String, bool> {
    let mut names = BTreeMap::new();
    for finding in findings {
        let name = match (&finding.change.subject, &finding.change.difference) {
            // Nobody has named what is new.
            (_, Difference::SubjectAdded { .. }) | (Subject::Client | Subject::Feature(_), _) => {
                continue;
            }
            // Code is the same whatever the features; manifests are not.
            (
                _,
                Difference::Changed {
                    part: Part::Features | Part::BuilderFeatures,
                    ..
                },
            ) => continue,
            (_, Difference::Renamed { from }) => from,
            (Subject::Operation(name) | Subject::Type(name), _) => name,
        };
        let quiet = matches!(
            &finding.change.difference,
            Difference::Changed {
                part: Part::Fact(_) | Part::Wire,
                ..
            }
        );
        let breaking = finding.verdict.breaks != Breaks::Nothing;
        if breaking || !quiet {
            *names.entry(name.clone()).or_insert(false) |= breaking;
        }
    }
    names
}

fn is_hand_written(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    !matches!(
        &*name,
        "generated" | "target" | "snapshots" | "recorded" | "CHANGELOG.md"
    )
}

fn is_text(entry: &DirEntry) -> bool {
    let extension = entry.path().extension();
    extension.is_some_and(|extension| extension == "rs" || extension == "md")
}

fn search(
    root: &Path,
    path: &Path,
    names: &BTreeMap<String, bool>,
    mentions: &mut BTreeSet<Mention>,
) -> Result<(), Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read {}: {error}", path.display());
        Problem::error(ProblemKind::Unreadable, message)
    })?;
    let file = path.strip_prefix(root).unwrap_or(path);
    let file = file.to_string_lossy().replace('\\', "/");
    for (index, line) in text.lines().enumerate() {
        for (before, word) in words(line) {
            let Some((name, breaking)) = names.get_key_value(word) else {
                continue;
            };
            // A word of everyday speech counts where it is called or quoted.
            let is_plain = word.chars().all(char::is_lowercase);
            if !is_plain || matches!(before, Some('.' | '"' | '`')) {
                mentions.insert(Mention {
                    file: file.clone(),
                    line: index + 1,
                    name: name.clone(),
                    breaking: *breaking,
                });
            }
        }
    }
    Ok(())
}

/// The words of a line, each with the character before it.
fn words(line: &str) -> impl Iterator<Item = (Option<char>, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.split(move |c: char| !is_part(c))
        .filter(|word| !word.is_empty())
        .map(|word| {
            let start = word.as_ptr() as usize - line.as_ptr() as usize;
            (line[..start].chars().next_back(), word)
        })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_come_with_what_stands_before_them() {
        let found: Vec<_> = words("ics.login(\"x_1\") ä").collect();
        assert_eq!(
            found,
            [
                (None, "ics"),
                (Some('.'), "login"),
                (Some('"'), "x_1"),
                (Some(' '), "ä")
            ]
        );
    }
}
