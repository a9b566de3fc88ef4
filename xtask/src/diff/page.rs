//! The review as a page of Markdown.

use super::compare::{Difference, Subject};
use super::surface::Part;
use super::verdict::{Breaks, Bump, Finding};
use super::{Document, Review};
use crate::markdown::{code_block, code_span, inline};
use crate::problem::ProblemKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The page.
#[must_use]
pub fn page(review: &Review) -> String {
    let name = review.crate_name.as_deref().unwrap_or("A client");
    let mut text = format!("# {name}: what the new document means for callers\n\n");
    documents(review, &mut text);
    let _ = writeln!(text, "\n{}", summary(review));
    left_out(&review.new, &mut text);
    operations(review, &mut text);
    types(review, &mut text);
    mentions(review, &mut text);
    releases(review, &mut text);
    if !review.changelog.is_empty() {
        let _ = write!(
            text,
            "\n## Entry for CHANGELOG.md, under Unreleased\n\n{}\n",
            code_block("markdown", &review.changelog)
        );
    }
    text
}

/// A part in words.
#[must_use]
pub fn part_name(part: &Part) -> String {
    match part {
        Part::Item => "itself".to_owned(),
        Part::Member(name) => format!("member {}", code_span(name)),
        Part::Variant(name) => format!("variant {}", code_span(name)),
        Part::Setter(name) => format!("argument {}", code_span(name)),
        Part::Function(name) => format!("function {}", code_span(name)),
        Part::Trait(name) => format!("trait {}", code_span(name)),
        Part::Answer => "the answer".to_owned(),
        Part::Failure => "the body of failures".to_owned(),
        Part::Fact(name) => code_span(name),
        Part::Features => "features".to_owned(),
        Part::BuilderFeatures => "features of the builder".to_owned(),
        Part::Wire => "the form on the wire".to_owned(),
    }
}

fn documents(review: &Review, text: &mut String) {
    text.push_str("| | old | new |\n|---|---|---|\n");
    let mut row = |label: &str, of: &dyn Fn(&Document) -> String| {
        let _ = writeln!(
            text,
            "| {label} | {} | {} |",
            of(&review.old),
            of(&review.new)
        );
    };
    row("document", &|document| code_span(&document.name));
    row("sha256", &|document| {
        format!(
            "`{}`",
            document.sha256.get(..16).unwrap_or(&document.sha256)
        )
    });
    row("operations", &|document| document.operations.to_string());
    row("methods", &|document| document.methods.to_string());
    row("types", &|document| document.types.to_string());
}

fn count(findings: &[Finding], test: impl Fn(&Finding) -> bool) -> usize {
    findings.iter().filter(|finding| test(finding)).count()
}

/// All findings in a sentence or two.
#[must_use]
pub fn summary(review: &Review) -> String {
    let Some(bump) = review.bump else {
        return "**Nothing differs for callers.**".to_owned();
    };
    let all = &review.findings;
    let breaks = |breaks| count(all, |finding| finding.verdict.breaks == breaks);
    let bumps = |bump| {
        count(all, |finding| {
            finding.verdict.breaks == Breaks::Nothing && finding.verdict.bump == bump
        })
    };
    let word = match bump {
        Bump::Major => "Breaking",
        Bump::Minor => "Compatible, with additions",
        Bump::Patch => "Compatible, nothing new",
    };
    format!(
        "**{word}** ({bump}). Changes that break compilation: {}; that break calls at run time: {}; that add or allow \
         something: {}; of behaviour or words: {}.",
        breaks(Breaks::Compilation),
        breaks(Breaks::Calls),
        bumps(Bump::Minor),
        bumps(Bump::Patch)
    )
}

/// Operations without a method, and knowledge that fits no longer.
fn left_out(document: &Document, text: &mut String) {
    let skipped = document.operations - document.methods.min(document.operations);
    let said: Vec<String> = document
        .problems
        .iter()
        .filter(|problem| {
            problem.is_error()
                || matches!(
                    problem.kind,
                    ProblemKind::StaleOverlay
                        | ProblemKind::UnknownOperation
                        | ProblemKind::MissingField
                )
        })
        .map(|problem| format!("- {}\n", inline(&problem.to_string())))
        .collect();
    if skipped == 0 && said.is_empty() {
        return;
    }
    let _ = write!(
        text,
        "\n## To look at first\n\n{skipped} operations of the new document have no method.\n\n{}",
        said.concat()
    );
}

fn operations(review: &Review, text: &mut String) {
    let is_feature = |subject: &Subject| matches!(subject, Subject::Feature(_));
    text.push_str(&section("Features", &review.findings, is_feature));
    let is_operation =
        |subject: &Subject| !is_feature(subject) && !matches!(subject, Subject::Type(_));
    text.push_str(&section("Methods", &review.findings, is_operation));
}

fn types(review: &Review, text: &mut String) {
    let is_type = |subject: &Subject| matches!(subject, Subject::Type(_));
    text.push_str(&section("Types", &review.findings, is_type));
}

/// Subjects from which on a change that is the same in all of them is told once.
const ALIKE: usize = 5;

/// The findings about subjects of one kind, by how they are told.
#[derive(Default)]
struct Section<'a> {
    added: Vec<String>,
    removed: Vec<String>,
    /// Names by the cells that say what changed.
    alike: BTreeMap<String, Vec<&'a str>>,
    changed: BTreeMap<&'a Subject, Vec<&'a Finding>>,
    words: BTreeSet<&'a str>,
}

impl<'a> Section<'a> {
    fn of(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut section = Self::default();
        let mut rows: BTreeMap<String, Vec<&'a Finding>> = BTreeMap::new();
        for finding in findings {
            let subject = &finding.change.subject;
            match &finding.change.difference {
                Difference::SubjectAdded { address } => section.added.push(line(subject, address)),
                Difference::SubjectRemoved { address } => {
                    section.removed.push(line(subject, address));
                }
                _ if finding.verdict.meaning == "other documentation" => {
                    section.words.insert(name(subject));
                }
                _ => rows.entry(row(finding)).or_default().push(finding),
            }
        }
        for (row, findings) in rows {
            if findings.len() >= ALIKE {
                let names = findings.iter().map(|finding| name(&finding.change.subject));
                section.alike.insert(row, names.collect());
            } else {
                for finding in findings {
                    let subject = &finding.change.subject;
                    section.changed.entry(subject).or_default().push(finding);
                }
            }
        }
        for findings in section.changed.values_mut() {
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.bump));
        }
        section
    }
}

fn section(title: &str, findings: &[Finding], is_of: impl Fn(&Subject) -> bool) -> String {
    let section = Section::of(
        findings
            .iter()
            .filter(|finding| is_of(&finding.change.subject)),
    );
    let mut text = String::new();
    for (words, list) in [
        ("added", section.added),
        ("removed: breaking", section.removed),
    ] {
        if !list.is_empty() {
            let _ = write!(
                text,
                "\n## {title} {words} ({})\n\n{}",
                list.len(),
                list.concat()
            );
        }
    }
    if !section.alike.is_empty() {
        let _ = write!(
            text,
            "\n## {title} changed alike\n\n| what | was | is | for a caller | where |\n|---|---|---|---|---|\n"
        );
        for (row, names) in section.alike {
            let _ = writeln!(text, "{row} {}: {} |", names.len(), quoted(names));
        }
    }
    if !section.changed.is_empty() {
        let _ = write!(
            text,
            "\n## {title} changed ({})\n\n| | what | was | is | for a caller |\n|---|---|---|---|---|\n",
            section.changed.len(),
        );
        for (subject, findings) in section.changed {
            let mut shown = code_span(name(subject));
            for finding in findings {
                let _ = writeln!(text, "| {shown} {}", row(finding));
                shown.clear();
            }
        }
    }
    if !section.words.is_empty() {
        let _ = write!(
            text,
            "\n## {title} with other documentation ({})\n\n{}\n",
            section.words.len(),
            quoted(section.words)
        );
    }
    text
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(code_span).collect();
    names.join(", ")
}

fn name(subject: &Subject) -> &str {
    match subject {
        Subject::Client => "AUTH",
        Subject::Feature(name) | Subject::Operation(name) | Subject::Type(name) => name,
    }
}

fn line(subject: &Subject, address: &str) -> String {
    if address.is_empty() {
        format!("- {}\n", code_span(name(subject)))
    } else {
        format!("- {}: {}\n", code_span(name(subject)), code_span(address))
    }
}

/// The cells after the first.
fn row(finding: &Finding) -> String {
    let (what, was, is) = match &finding.change.difference {
        Difference::Renamed { from } => (
            "name".to_owned(),
            from.clone(),
            name(&finding.change.subject).to_owned(),
        ),
        Difference::Moved { from, to } => ("address".to_owned(), from.clone(), to.clone()),
        Difference::Added { part, new } => (part_name(part), String::new(), new.shown(part)),
        Difference::Removed { part, old } => (part_name(part), old.shown(part), String::new()),
        Difference::Changed { part, old, new } => {
            if old.signature == new.signature && old.required == new.required {
                let (old, new) = differing(&old.behaviour, &new.behaviour);
                (part_name(part), old, new)
            } else {
                (part_name(part), old.shown(part), new.shown(part))
            }
        }
        Difference::SubjectAdded { .. } | Difference::SubjectRemoved { .. } => Default::default(),
    };
    let mark = match finding.verdict.breaks {
        Breaks::Nothing => "",
        Breaks::Compilation => "**breaking**: ",
        Breaks::Calls => "**breaking at run time**: ",
    };
    format!(
        "| {what} | {} | {} | {mark}{} |",
        cell(&was),
        cell(&is),
        finding.verdict.meaning
    )
}

/// Longest text of a cell.
const CELL: usize = 120;

fn cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let short: String = text.chars().take(CELL).collect();
    let dots = if short.len() < text.len() { " .." } else { "" };
    code_span(&(short + dots))
}

/// Two texts from where they begin to differ on, when they are long.
fn differing(old: &str, new: &str) -> (String, String) {
    if old.len().max(new.len()) <= CELL {
        return (old.to_owned(), new.to_owned());
    }
    let same = old
        .chars()
        .zip(new.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let from = |text: &str| text.chars().skip(same.saturating_sub(20)).collect();
    (from(old), from(new))
}

/// The crate whose users get everything through it.
const FACADE: &str = "crates/insightcloudsec/";

/// Lines of the facade and of what users read, and how many there are elsewhere.
fn mentions(review: &Review, text: &mut String) {
    if review.mentions.is_empty() {
        return;
    }
    let mut near: BTreeMap<&str, BTreeMap<(&str, bool), Vec<String>>> = BTreeMap::new();
    let mut far: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for mention in &review.mentions {
        let file = mention.file.as_str();
        if file.starts_with(FACADE) || !file.contains('/') {
            let names = near.entry(file).or_default();
            let lines = names.entry((&mention.name, mention.breaking)).or_default();
            lines.push(mention.line.to_string());
        } else {
            let place = file.split_inclusive('/').take(2).map(str::len).sum();
            let (lines, files) = far.entry(&file[..place]).or_default();
            *lines += 1;
            files.insert(file);
        }
    }
    text.push_str("\n## Hand-written code that names what differs\n\nBold: a change of it breaks callers.\n\n");
    for (file, names) in near {
        let names = names.into_iter().map(|((name, breaking), lines)| {
            let bold = if breaking { "**" } else { "" };
            let word = if lines.len() == 1 { "line" } else { "lines" };
            format!("{bold}`{name}`{bold} {word} {}", lines.join(", "))
        });
        let names: Vec<String> = names.collect();
        let _ = writeln!(text, "- `{file}`: {}", names.join("; "));
    }
    for (place, (lines, files)) in far {
        let _ = writeln!(text, "- `{place}`, lines: {lines}, files: {}", files.len());
    }
}

fn releases(review: &Review, text: &mut String) {
    if review.releases.is_empty() {
        return;
    }
    text.push_str("\n## Versions\n\n| crate | now | next | why |\n|---|---|---|---|\n");
    for release in &review.releases {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            release.name, release.from, release.to, release.reason
        );
    }
    if review
        .releases
        .iter()
        .all(|release| release.from == release.to)
    {
        text.push_str("\nThe version now is not released yet, and takes the change in.\n");
    } else if let Some(release) = review.releases.iter().find(|release| release.inherits) {
        let _ = writeln!(
            text,
            "\nSet `{}` in `Cargo.toml`: `version` of `[workspace.package]`, and of the crates under `[workspace.dependencies]`.",
            release.to
        );
    }
}
