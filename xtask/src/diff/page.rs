//! The review as a page of Markdown.

use super::compare::{Difference, Subject};
use super::surface::Part;
use super::verdict::{Breaks, Bump, Finding};
use super::{Document, Review};
use crate::problem::ProblemKind;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The page.
#[must_use]
pub fn page(review: &Review) -> String {
    let name = review.crate_name.as_deref().unwrap_or("A client");
    let mut text = format!("# {name}: what the new document means for callers\n\n");
    documents(review, &mut text);
    summary(review, &mut text);
    left_out(&review.new, &mut text);
    operations(review, &mut text);
    types(review, &mut text);
    mentions(review, &mut text);
    releases(review, &mut text);
    if !review.changelog.is_empty() {
        let _ = write!(
            text,
            "\n## Entry for CHANGELOG.md, under Unreleased\n\n```markdown\n{}```\n",
            review.changelog
        );
    }
    text
}

/// A subject in words.
#[must_use]
pub fn item(subject: &Subject) -> String {
    match subject {
        Subject::Client => "`AUTH`".to_owned(),
        Subject::Operation(name) => format!("method `{name}`"),
        Subject::Type(name) => format!("type `{name}`"),
    }
}

/// A part in words.
#[must_use]
pub fn part_name(part: &Part) -> String {
    match part {
        Part::Item => "the item".to_owned(),
        Part::Member(name) => format!("member `{name}`"),
        Part::Variant(name) => format!("variant `{name}`"),
        Part::Setter(name) => format!("argument `{name}`"),
        Part::Function(name) => format!("function `{name}`"),
        Part::Trait(name) => format!("trait `{name}`"),
        Part::Answer => "the answer".to_owned(),
        Part::Failure => "the body of failures".to_owned(),
        Part::Fact(name) => format!("`{name}`"),
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
    row("document", &|document| format!("`{}`", document.name));
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

fn summary(review: &Review, text: &mut String) {
    let Some(bump) = review.bump else {
        text.push_str("\n**Nothing differs for callers.**\n");
        return;
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
    let _ = writeln!(
        text,
        "\n**{word}** ({bump}): {} changes break compilation, {} break calls at run time, {} add or allow something, {} \
         are of behaviour or words.",
        breaks(Breaks::Compilation),
        breaks(Breaks::Calls),
        bumps(Bump::Minor),
        bumps(Bump::Patch)
    );
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
        .map(|problem| format!("- {}\n", problem.to_string().replace('\n', " ")))
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
    text.push_str(&section(
        "Operations",
        review.findings.iter().filter(|finding| {
            matches!(
                finding.change.subject,
                Subject::Operation(_) | Subject::Client
            )
        }),
    ));
}

fn types(review: &Review, text: &mut String) {
    text.push_str(&section(
        "Types",
        review
            .findings
            .iter()
            .filter(|finding| matches!(finding.change.subject, Subject::Type(_))),
    ));
}

/// Added and removed subjects in lists, the others with their changes in tables, and those of words by name.
fn section<'a>(title: &str, findings: impl Iterator<Item = &'a Finding>) -> String {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let mut changed: BTreeMap<&Subject, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let subject = &finding.change.subject;
        match &finding.change.difference {
            Difference::SubjectAdded { address } => added.push(line(subject, address)),
            Difference::SubjectRemoved { address } => removed.push(line(subject, address)),
            _ => changed.entry(subject).or_default().push(finding),
        }
    }
    let mut text = String::new();
    for (words, list) in [("added", added), ("removed: breaking", removed)] {
        if !list.is_empty() {
            let _ = write!(
                text,
                "\n## {title} {words} ({})\n\n{}",
                list.len(),
                list.concat()
            );
        }
    }
    let is_words = |finding: &&Finding| finding.verdict.meaning == "other documentation";
    let words: Vec<String> = changed
        .iter()
        .filter(|(_, findings)| findings.iter().all(|finding| is_words(&finding)))
        .map(|(subject, _)| format!("`{}`", name(subject)))
        .collect();
    changed.retain(|_, findings| {
        findings.retain(|finding| !is_words(finding));
        !findings.is_empty()
    });
    if !changed.is_empty() {
        let _ = write!(
            text,
            "\n## {title} changed ({})\n\n| {} | what | was | is | for a caller |\n|---|---|---|---|---|\n",
            changed.len(),
            if title == "Types" { "type" } else { "method" }
        );
        for (subject, findings) in &mut changed {
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.bump));
            let mut shown = format!("`{}`", name(subject));
            for finding in findings {
                let _ = writeln!(text, "| {shown} {}", row(finding));
                shown.clear();
            }
        }
    }
    if !words.is_empty() {
        let _ = write!(
            text,
            "\n## {title} with other documentation only ({})\n\n{}\n",
            words.len(),
            words.join(", ")
        );
    }
    text
}

fn name(subject: &Subject) -> &str {
    match subject {
        Subject::Client => "AUTH",
        Subject::Operation(name) | Subject::Type(name) => name,
    }
}

fn line(subject: &Subject, address: &str) -> String {
    if address.is_empty() {
        format!("- `{}`\n", name(subject))
    } else {
        format!("- `{}`: `{address}`\n", name(subject))
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
    format!("`{}{dots}`", short.replace('|', "\\|"))
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

fn mentions(review: &Review, text: &mut String) {
    if review.mentions.is_empty() {
        return;
    }
    let mut files: BTreeMap<&str, BTreeMap<(&str, bool), Vec<String>>> = BTreeMap::new();
    for mention in &review.mentions {
        let names = files.entry(&mention.file).or_default();
        let lines = names.entry((&mention.name, mention.breaking)).or_default();
        lines.push(mention.line.to_string());
    }
    text.push_str(
        "\n## Hand-written code that names what differs\n\nBold: a change of it breaks callers. The facade is `crates/insightcloudsec/src`.\n\n",
    );
    for (file, names) in files {
        let names: Vec<String> = names
            .into_iter()
            .map(|((name, breaking), lines)| {
                let bold = if breaking { "**" } else { "" };
                format!("{bold}`{name}`{bold} {}", lines.join(", "))
            })
            .collect();
        let _ = writeln!(text, "- `{file}`: {}", names.join("; "));
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
