//! One document for each folder that was asked for, or the reasons why there is none.

use super::{Arguments, KEY_VARIABLE, Pulled};
use crate::folder::{Knowledge, Provenance, ProvenanceKind};
use crate::problem::{Problem, ProblemKind};
use crate::pull::{self, Discovery, FetchError, Fit, Key, Known, Secrets};
use crate::source::{Document, sha256};
use crate::tasks::generate::folders;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// The documents that were asked for.
pub(super) struct Obtained {
    /// At most one for each folder.
    pub(super) pulled: Vec<Pulled>,
    /// What else was found, in words.
    pub(super) passed_over: Vec<String>,
}

/// Obtains them.
pub(super) fn obtain(
    root: &Path,
    arguments: &Arguments,
    key: Option<&str>,
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    // Refuses a name that no folder has.
    let wanted = folders(&root.join("specs"), &arguments.api).map_err(one)?;
    let all: Vec<Knowledge> = folders(&root.join("specs"), &[])
        .map_err(one)?
        .iter()
        .map(|folder| Knowledge::open(folder))
        .collect::<Result<_, _>>()?;
    let is_wanted = |folder: &&Knowledge| wanted.contains(&folder.dir);
    let wanted: Vec<&Knowledge> = all.iter().filter(is_wanted).collect();
    match (&arguments.instance, &arguments.from) {
        (Some(instance), _) => {
            from_instance(&all, &wanted, (instance, &arguments.docs), key, secrets)
        }
        (None, Some(from)) if from.contains("://") => from_address(&all, &wanted, from, secrets),
        (None, Some(file)) => from_file(&wanted, Path::new(file), secrets),
        (None, None) => published(&all, &wanted, secrets),
    }
}

/// Refuses a document that holds a secret, or is at an address that does: both would be committed.
fn check_secrets(pulled: &Pulled, secrets: &Secrets) -> Result<(), Problem> {
    let Some(place) = held_at(pulled, secrets) else {
        return Ok(());
    };
    let from = match pulled.place() {
        "" => String::new(),
        address => format!("; it is from {}", secrets.mask(address)),
    };
    let message = format!(
        "the document of {} holds the key {place}: it is not stored{from}",
        pulled.fit.name
    );
    let problem = Problem::error(ProblemKind::InvalidValue, message);
    Err(problem.help(
        "take the key out of what the server serves, and replace it: others may have read it",
    ))
}

/// Where a document holds a secret, in words.
fn held_at(pulled: &Pulled, secrets: &Secrets) -> Option<String> {
    if let Some(start) = secrets.find(&pulled.text) {
        let (line, column) = pulled.document.source.line_column(start);
        return Some(format!("in line {line}, column {column}"));
    }
    if let Some(pointer) = secrets.find_in(&pulled.document.root) {
        return Some(format!("at `{pointer}`"));
    }
    let address = secrets.find(pulled.place());
    address.map(|_| "in its address".to_owned())
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

fn names(folders: &[&Knowledge]) -> Vec<String> {
    let names = folders.iter().map(|folder| folder.api.crate_name.clone());
    names.collect()
}

fn from_instance(
    all: &[Knowledge],
    wanted: &[&Knowledge],
    (instance, docs): (&str, &str),
    key: Option<&str>,
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    let address = pull::docs_address(instance, docs).map_err(one)?;
    let key = key.map(Key::new).transpose().map_err(|error| {
        let message = format!("{KEY_VARIABLE}: {error}");
        one(Problem::error(ProblemKind::InvalidValue, message))
    })?;
    let of_the_product: Vec<&Knowledge> = wanted
        .iter()
        .copied()
        .filter(|folder| pull::is_of_the_product(folder))
        .collect();
    let discovery = find(&address, key, secrets)?;
    let obtained = sort(
        all,
        &of_the_product,
        discovery,
        ProvenanceKind::Instance,
        secrets,
    )?;
    complete(obtained, &names(&of_the_product))
}

fn from_address(
    all: &[Knowledge],
    wanted: &[&Knowledge],
    from: &str,
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    let discovery = find(&pull::address(from).map_err(one)?, None, secrets)?;
    let obtained = sort(all, wanted, discovery, ProvenanceKind::File, secrets)?;
    if obtained.pulled.is_empty() {
        return complete(obtained, &["any specification folder".to_owned()]);
    }
    Ok(obtained)
}

/// The path is of this machine and says nothing to others: it is not recorded.
fn from_file(
    wanted: &[&Knowledge],
    file: &Path,
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    let (text, document) = pull::read(file).map_err(one)?;
    let folders: Vec<Knowledge> = wanted.iter().copied().cloned().collect();
    let Some((fit, knowledge)) = fit(&folders, &document) else {
        let message = "the document is of no specification folder: no operation of it is known, and its paths do not \
                       begin with a version that is";
        let problem = Problem::error(ProblemKind::DocumentChoice, message);
        return Err(one(problem.in_file(&document.source)));
    };
    let by = "the file itself".to_owned();
    let provenance = provenance(ProvenanceKind::File, None, &text);
    let pulled = Pulled {
        fit,
        knowledge,
        document,
        text,
        by,
        provenance,
    };
    check_secrets(&pulled, secrets).map_err(one)?;
    Ok(Obtained {
        pulled: vec![pulled],
        passed_over: Vec::new(),
    })
}

/// The vendor's own addresses, each for one folder.
fn published(
    all: &[Knowledge],
    wanted: &[&Knowledge],
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    let mut done = Obtained {
        pulled: Vec::new(),
        passed_over: Vec::new(),
    };
    let mut problems = Vec::new();
    for folder in wanted {
        let Some(published) = &folder.api.published else {
            continue;
        };
        let result = pull::address(published)
            .map_err(one)
            .and_then(|address| find(&address, None, secrets))
            .and_then(|discovery| {
                sort(
                    all,
                    &[folder],
                    discovery,
                    ProvenanceKind::Published,
                    secrets,
                )
            })
            .and_then(|obtained| complete(obtained, &names(&[folder])));
        match result {
            Ok(obtained) => {
                done.pulled.extend(obtained.pulled);
                done.passed_over.extend(obtained.passed_over);
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() && done.pulled.is_empty() {
        let message = "no specification folder says where its document is published";
        problems.push(
            Problem::error(ProblemKind::MissingField, message)
                .help("add `published = \"https://...\"` to `api.toml`"),
        );
    }
    if problems.is_empty() {
        Ok(done)
    } else {
        Err(problems)
    }
}

fn find(address: &Url, key: Option<Key>, secrets: &Secrets) -> Result<Discovery, Vec<Problem>> {
    pull::find(address, key, secrets).map_err(|error| {
        let message = secrets.mask(&error.to_string());
        let problem = Problem::error(ProblemKind::Unreadable, message);
        one(match help(&error) {
            Some(help) => problem.help(help),
            None => problem,
        })
    })
}

fn help(error: &FetchError) -> Option<String> {
    Some(match error {
        FetchError::Unauthorized {
            with_key: false, ..
        } => format!("set {KEY_VARIABLE} to a key of the instance, and use --instance"),
        FetchError::Unauthorized { .. } => {
            format!("{KEY_VARIABLE} holds another key, or one that has expired")
        }
        FetchError::Redirected { .. } => {
            "check the address; where the other one is right, give it instead".to_owned()
        }
        _ => return None,
    })
}

/// The API that a document is of, and its folder.
fn fit(folders: &[Knowledge], document: &Document) -> Option<(Fit, Knowledge)> {
    let known: Vec<Known> = folders.iter().map(pull::known).collect();
    let fit = pull::classify(document, &known)?;
    let folder = folders
        .iter()
        .find(|folder| folder.api.crate_name == fit.name);
    Some((fit, folder?.clone()))
}

fn provenance(kind: ProvenanceKind, url: Option<String>, text: &str) -> Provenance {
    // The day in UTC, as `2026-11-21`.
    let now = jiff::Timestamp::now().to_string();
    let day = now.split('T').next().unwrap_or(&now);
    Provenance {
        kind,
        url,
        retrieved: Some(day.to_owned()),
        sha256: Some(sha256(text.as_bytes())),
    }
}

/// What was found, by folder: the document of each that is wanted, and words about everything else.
fn sort(
    all: &[Knowledge],
    wanted: &[&Knowledge],
    discovery: Discovery,
    kind: ProvenanceKind,
    secrets: &Secrets,
) -> Result<Obtained, Vec<Problem>> {
    let mut passed_over = discovery.failed;
    if let Some(first) = discovery.first.filter(|_| discovery.found.is_empty()) {
        passed_over.push(format!("no document behind {first}"));
    }
    let mut by_folder: BTreeMap<String, Vec<Pulled>> = BTreeMap::new();
    for found in discovery.found {
        let url = pull::recorded(&found.url);
        let Some((fit, knowledge)) = fit(all, &found.document) else {
            passed_over.push(format!("{} is of another API", secrets.mask(&url)));
            continue;
        };
        let provenance = provenance(kind, Some(url), &found.text);
        by_folder.entry(fit.name.clone()).or_default().push(Pulled {
            fit,
            knowledge,
            document: found.document,
            text: found.text,
            by: found.by,
            provenance,
        });
    }
    let names = names(wanted);
    by_folder.retain(|name, _| names.contains(name));
    let found = by_folder.values().flatten();
    let mut problems: Vec<Problem> = found
        .filter_map(|pulled| check_secrets(pulled, secrets).err())
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut pulled = Vec::new();
    for candidates in by_folder.into_values() {
        match choose(candidates) {
            Ok((chosen, others)) => {
                pulled.extend(chosen);
                passed_over.extend(others);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(Obtained {
            pulled,
            passed_over,
        })
    } else {
        Err(problems)
    }
}

/// Of several documents of one API, the one that has at least twice as many known operations as any other.
fn choose(mut candidates: Vec<Pulled>) -> Result<(Option<Pulled>, Vec<String>), Problem> {
    candidates.sort_by_key(|pulled| std::cmp::Reverse(pulled.fit.known));
    let mut candidates = candidates.into_iter();
    let best = candidates.next();
    let others: Vec<Pulled> = candidates.collect();
    if let (Some(best), Some(second)) = (&best, others.first())
        && best.fit.known < (2 * second.fit.known).max(1)
    {
        let message = format!(
            "two documents are of {}: {} and {}",
            best.fit.name,
            best.place(),
            second.place()
        );
        return Err(Problem::error(ProblemKind::DocumentChoice, message).help(
            "choose one: its path below the instance with --docs, or its address with --from",
        ));
    }
    let words = others.iter().map(|other| {
        let Fit { name, known, .. } = &other.fit;
        format!(
            "{} is a smaller document of {name}, with {known} known operations",
            other.place()
        )
    });
    let words = words.collect();
    Ok((best, words))
}

/// The documents, if there is one for each of these; else an error that says what was there instead.
fn complete(obtained: Obtained, names: &[String]) -> Result<Obtained, Vec<Problem>> {
    let found: Vec<&str> = obtained
        .pulled
        .iter()
        .map(|document| document.fit.name.as_str())
        .collect();
    let missing: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !found.contains(name))
        .collect();
    if missing.is_empty() {
        return Ok(obtained);
    }
    let mut reasons = vec![format!("no document of {} was found", missing.join(", "))];
    reasons.extend(obtained.passed_over);
    let help = if found.is_empty() {
        "find the document with a browser, and give its address below the instance with --docs"
            .to_owned()
    } else {
        let apis: Vec<String> = found.iter().map(|name| format!("--api {name}")).collect();
        format!("take what is there with {}", apis.join(" "))
    };
    let problem = Problem::error(ProblemKind::Unreadable, reasons.join("; "));
    Err(one(problem.help(help)))
}
