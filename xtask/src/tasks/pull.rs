//! `cargo xtask pull`: a newer document into its folder, with its provenance.

mod work;

use super::{Exit, diagnose, print_problems, workspace};
use crate::folder::{Knowledge, Provenance, ProvenanceKind};
use crate::problem::{Problem, ProblemKind};
use crate::pull::{self, Discovery, Fit, Found, Key, Known, Replacement};
use crate::source::{Document, Format, sha256};
use std::io::{self, Write};
use std::path::Path;
use url::Url;
use work::print_work;

/// The variable that holds the key of the instance, as for the clients.
pub const KEY_VARIABLE: &str = "INSIGHTCLOUDSEC_API_KEY";

/// Fetch the documents that the clients are made from, and put them into `specs/`
///
/// What was found is checked, diagnosed and only then put into place: all documents, or none. `--instance` finds the
/// documents behind any usual page of API documentation; the key is taken from the variable `INSIGHTCLOUDSEC_API_KEY`
/// and goes to that server only.
///
/// Exit code: 0 when all were put into place or are there already, 1 when nothing was changed for an error.
#[derive(Debug, Clone, clap::Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["instance", "published", "from"])))]
pub struct Arguments {
    /// The address of an instance, as `https://acme.example`
    #[arg(long, value_name = "URL")]
    pub instance: Option<String>,
    /// The documents that the vendor publishes: `published` in `api.toml`
    #[arg(long)]
    pub published: bool,
    /// A document, or an address that leads to some; no key is sent
    #[arg(long, value_name = "FILE|URL")]
    pub from: Option<String>,
    /// The page of the documentation, or a document, below the address of the instance
    #[arg(
        long,
        value_name = "PATH",
        default_value = "docs",
        requires = "instance"
    )]
    pub docs: String,
    /// Only this specification folder; may be repeated
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
    /// Replace nothing; say what would be replaced
    #[arg(long)]
    pub dry_run: bool,
    /// Put a document into place although the diagnosis finds errors
    #[arg(long)]
    pub accept_errors: bool,
}

/// Runs the task.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn pull(arguments: &Arguments, out: &mut dyn Write) -> io::Result<Exit> {
    let key = std::env::var(KEY_VARIABLE).ok();
    pull_into(&workspace(), arguments, key.as_deref(), out)
}

/// The task for the workspace at `root`.
///
/// # Errors
///
/// Only when `out` cannot be written to.
pub fn pull_into(
    root: &Path,
    arguments: &Arguments,
    key: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let pulled = match obtain(root, arguments, key) {
        Ok(pulled) => pulled,
        Err(problems) => return failed(&problems, out),
    };
    for document in &pulled {
        writeln!(out, "{}", document.line())?;
    }
    let (same, new): (Vec<Pulled>, Vec<Pulled>) = pulled.into_iter().partition(Pulled::is_in_place);
    for document in &same {
        writeln!(
            out,
            "{}: the same bytes as before, nothing to replace (SHA-256 {})",
            document.fit.name, document.sha256
        )?;
    }
    let mut has_errors = false;
    for document in &new {
        match review(root, document, out) {
            Ok(exit) => has_errors |= exit != Exit::Success,
            Err(error) => return failed(&[unwritable(&error)], out),
        }
    }
    if has_errors && !arguments.accept_errors {
        writeln!(
            out,
            "nothing replaced: the diagnosis found errors; --accept-errors puts the documents into place all the same"
        )?;
        return Ok(Exit::Failure);
    }
    let replacements: Result<Vec<_>, Problem> = new.iter().map(Pulled::replacements).collect();
    let replacements: Vec<Replacement> = match replacements {
        Ok(all) => all.into_iter().flatten().collect(),
        Err(problem) => return failed(&[problem], out),
    };
    if !arguments.dry_run
        && let Err(error) = pull::replace(&replacements)
    {
        let problem = Problem::error(ProblemKind::Unwritable, error.to_string());
        return failed(&[problem], out);
    }
    let verb = if arguments.dry_run {
        "would replace"
    } else {
        "replaced"
    };
    for Replacement { path, .. } in &replacements {
        let path = path.strip_prefix(root).unwrap_or(path);
        writeln!(out, "{verb} {}", path.display())?;
    }
    for document in &new {
        print_work(
            &document.fit.name,
            &document.knowledge,
            &document.document,
            out,
        )?;
    }
    Ok(Exit::Success)
}

fn failed(problems: &[Problem], out: &mut dyn Write) -> io::Result<Exit> {
    print_problems(problems, out)?;
    writeln!(out, "nothing replaced")?;
    Ok(Exit::Failure)
}

fn unwritable(error: &io::Error) -> Problem {
    Problem::error(ProblemKind::Unwritable, error.to_string())
}

/// A document on its way into a folder.
struct Pulled {
    fit: Fit,
    knowledge: Knowledge,
    document: Document,
    text: String,
    sha256: String,
    by: String,
    provenance: Provenance,
}

impl Pulled {
    fn line(&self) -> String {
        let from = self.provenance.url.as_deref().unwrap_or_default();
        let Self { fit, by, text, .. } = self;
        format!("{fit}; {} bytes, by {by}: {from}", text.len())
            .trim_end_matches([':', ' '])
            .to_owned()
    }

    /// Whether the folder has this document, and its hash where one is recorded.
    fn is_in_place(&self) -> bool {
        let current = self.knowledge.document_path();
        let bytes = current.and_then(|path| std::fs::read(path).ok());
        let recorded = self.knowledge.api.provenance.sha256.as_ref();
        bytes.is_some_and(|bytes| bytes == self.text.as_bytes())
            && recorded.is_none_or(|recorded| recorded.eq_ignore_ascii_case(&self.sha256))
    }

    fn replacements(&self) -> Result<Vec<Replacement>, Problem> {
        let Knowledge { dir, api, .. } = &self.knowledge;
        let is_json = self.document.source.format == Format::Json;
        let (path, obsolete) = pull::place(dir, self.knowledge.document_path(), is_json);
        let mut all = vec![
            Replacement {
                path,
                bytes: Some(self.text.clone().into_bytes()),
            },
            Replacement {
                path: dir.join("api.toml"),
                bytes: Some(pull::provenance_text(&api.source, &self.provenance)?.into_bytes()),
            },
        ];
        all.extend(obsolete.map(|path| Replacement { path, bytes: None }));
        Ok(all)
    }
}

/// Says all about a document before it is put into place. It lies where it can be looked at afterwards, too.
fn review(root: &Path, pulled: &Pulled, out: &mut dyn Write) -> io::Result<Exit> {
    let folder = root.join("target/pull").join(&pulled.fit.name);
    std::fs::create_dir_all(&folder)?;
    let json = pulled.document.source.format == Format::Json;
    let file = folder.join(if json { "openapi.json" } else { "openapi.yaml" });
    std::fs::write(&file, &pulled.text)?;
    let arguments = diagnose::Arguments {
        file: file.clone(),
        json: false,
        changes: false,
        deny_warnings: false,
    };
    let exit = diagnose::diagnose(&arguments, out)?;
    if let Some(current) = pulled.knowledge.document_path() {
        compare(&current, &file, out)?;
    }
    Ok(exit)
}

/// What the new document means for callers of the crate: `cargo xtask diff OLD NEW`.
fn compare(old: &Path, new: &Path, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "to compare: cargo xtask diff {} {}",
        old.display(),
        new.display()
    )
}

/// Obtains one document for each folder that was asked for.
fn obtain(
    root: &Path,
    arguments: &Arguments,
    key: Option<&str>,
) -> Result<Vec<Pulled>, Vec<Problem>> {
    let folders = super::generate::folders(&root.join("specs"), &[]).map_err(one)?;
    let all: Vec<Knowledge> = folders
        .iter()
        .map(|folder| Knowledge::open(folder))
        .collect::<Result<_, _>>()?;
    for name in &arguments.api {
        if !all.iter().any(|folder| folder.api.crate_name == *name) {
            let names: Vec<&str> = all
                .iter()
                .map(|folder| folder.api.crate_name.as_str())
                .collect();
            let message = format!("there is no specification folder `{name}`");
            return Err(one(Problem::error(ProblemKind::Unreadable, message)
                .help(format!("there are: {}", names.join(", ")))));
        }
    }
    let is_wanted = |folder: &Knowledge| {
        arguments.api.is_empty() || arguments.api.contains(&folder.api.crate_name)
    };
    if let Some(instance) = &arguments.instance {
        let wanted = |folder: &Knowledge| is_wanted(folder) && pull::is_of_the_product(folder);
        return from_instance(&all, wanted, instance, &arguments.docs, key);
    }
    if let Some(from) = &arguments.from {
        return from_anywhere(&all, is_wanted, from);
    }
    let wanted: Vec<&Knowledge> = all.iter().filter(|folder| is_wanted(folder)).collect();
    published(&all, &wanted)
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

fn from_instance(
    all: &[Knowledge],
    wanted: impl Fn(&Knowledge) -> bool,
    instance: &str,
    docs: &str,
    key: Option<&str>,
) -> Result<Vec<Pulled>, Vec<Problem>> {
    let address = pull::docs_address(instance, docs).map_err(one)?;
    let key = key.map(Key::new).transpose().map_err(|error| {
        let message = format!("{KEY_VARIABLE}: {error}");
        one(Problem::error(ProblemKind::InvalidValue, message))
    })?;
    let discovery = find(&address, key)?;
    let (pulled, other) = sorted(all, discovery, ProvenanceKind::Instance)?;
    let names: Vec<&str> = all
        .iter()
        .filter(|folder| wanted(folder))
        .map(|folder| folder.api.crate_name.as_str())
        .collect();
    complete(pulled, &names, &other)
}

fn from_anywhere(
    all: &[Knowledge],
    wanted: impl Fn(&Knowledge) -> bool,
    from: &str,
) -> Result<Vec<Pulled>, Vec<Problem>> {
    let is_address = from.contains("://");
    let discovery = if is_address {
        find(&pull::address(from).map_err(one)?, None)?
    } else {
        let (text, document) = pull::read(Path::new(from)).map_err(one)?;
        return from_file(all, wanted, text, document);
    };
    let (pulled, other) = sorted(all, discovery, ProvenanceKind::File)?;
    let pulled: Vec<Pulled> = pulled
        .into_iter()
        .filter(|document| wanted(&document.knowledge))
        .collect();
    if pulled.is_empty() {
        return complete(pulled, &["any specification folder"], &other);
    }
    Ok(pulled)
}

fn from_file(
    all: &[Knowledge],
    wanted: impl Fn(&Knowledge) -> bool,
    text: String,
    document: Document,
) -> Result<Vec<Pulled>, Vec<Problem>> {
    let candidates: Vec<Knowledge> = all
        .iter()
        .filter(|folder| wanted(folder))
        .cloned()
        .collect();
    let Some(fit) = pull::classify(&document, &known(&candidates)) else {
        return Err(one(unknown_document(&document)));
    };
    let found = Found {
        text,
        document,
        url: Url::parse("file:///").map_err(|_| Vec::new())?,
        by: "the file itself".to_owned(),
    };
    let mut pulled = pulled(&candidates, fit, found, ProvenanceKind::File)?;
    // The path is of this machine and says nothing to others.
    pulled.provenance.url = None;
    Ok(vec![pulled])
}

/// The vendor's own addresses, each for one folder.
fn published(all: &[Knowledge], wanted: &[&Knowledge]) -> Result<Vec<Pulled>, Vec<Problem>> {
    let mut done = Vec::new();
    let mut problems = Vec::new();
    for folder in wanted {
        let name = folder.api.crate_name.as_str();
        let Some(published) = &folder.api.published else {
            continue;
        };
        let result = pull::address(published)
            .map_err(one)
            .and_then(|address| find(&address, None))
            .and_then(|discovery| sorted(all, discovery, ProvenanceKind::Published))
            .and_then(|(pulled, other)| complete(pulled, &[name], &other));
        match result {
            Ok(pulled) => done.extend(pulled),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() && done.is_empty() {
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

fn find(address: &Url, key: Option<Key>) -> Result<Discovery, Vec<Problem>> {
    pull::find(address, key).map_err(|error| {
        let help = match &error {
            pull::FetchError::Unauthorized {
                with_key: false, ..
            } => Some(format!(
                "set {KEY_VARIABLE} to a key of the instance, and use --instance"
            )),
            pull::FetchError::Unauthorized { .. } => Some(format!(
                "{KEY_VARIABLE} holds another key, or one that has expired"
            )),
            pull::FetchError::Redirected { .. } => {
                Some("check the address; where the other one is right, give it instead".to_owned())
            }
            _ => None,
        };
        let problem = Problem::error(ProblemKind::Unreadable, error.to_string());
        one(match help {
            Some(help) => problem.help(help),
            None => problem,
        })
    })
}

fn known(folders: &[Knowledge]) -> Vec<Known> {
    folders.iter().map(pull::known).collect()
}

/// The documents that are of a folder, at most one for each; and words about everything else that was found.
fn sorted(
    all: &[Knowledge],
    discovery: Discovery,
    kind: ProvenanceKind,
) -> Result<(Vec<Pulled>, Vec<String>), Vec<Problem>> {
    let mut other = discovery.failed;
    if discovery.found.is_empty() {
        other.extend(
            discovery
                .first
                .map(|first| format!("no document behind {first}")),
        );
    }
    let mut done: Vec<Pulled> = Vec::new();
    let mut problems = Vec::new();
    for found in discovery.found {
        let url = pull::recorded(&found.url);
        let Some(fit) = pull::classify(&found.document, &known(all)) else {
            other.push(format!("{url} is of another API"));
            continue;
        };
        if let Some(first) = done.iter().find(|document| document.fit.name == fit.name) {
            let first = first.provenance.url.clone().unwrap_or_default();
            let message = format!("two documents are of {}: {first} and {url}", fit.name);
            problems.push(Problem::error(ProblemKind::DocumentChoice, message).help(
                "choose one: its path below the instance with --docs, or its address with --from",
            ));
            continue;
        }
        done.push(pulled(all, fit, found, kind)?);
    }
    if problems.is_empty() {
        Ok((done, other))
    } else {
        Err(problems)
    }
}

fn pulled(
    folders: &[Knowledge],
    fit: Fit,
    found: Found,
    kind: ProvenanceKind,
) -> Result<Pulled, Vec<Problem>> {
    let folder = folders
        .iter()
        .find(|folder| folder.api.crate_name == fit.name);
    let knowledge = folder.cloned().ok_or_else(Vec::new)?;
    let sha256 = sha256(found.text.as_bytes());
    Ok(Pulled {
        fit,
        knowledge,
        provenance: Provenance {
            kind,
            url: Some(pull::recorded(&found.url)),
            retrieved: Some(today()),
            sha256: Some(sha256.clone()),
        },
        sha256,
        document: found.document,
        text: found.text,
        by: found.by,
    })
}

/// The day in UTC, as `2026-11-21`.
fn today() -> String {
    let now = jiff::Timestamp::now().to_string();
    now.get(..10).unwrap_or(&now).to_owned()
}

/// The documents of these folders; without one of them, an error that says what was there instead.
fn complete(
    pulled: Vec<Pulled>,
    names: &[&str],
    other: &[String],
) -> Result<Vec<Pulled>, Vec<Problem>> {
    let pulled: Vec<Pulled> = pulled
        .into_iter()
        .filter(|document| names.contains(&document.fit.name.as_str()))
        .collect();
    let is_there = |name: &&&str| pulled.iter().any(|document| document.fit.name == **name);
    let missing: Vec<&str> = names
        .iter()
        .filter(|name| !is_there(name))
        .copied()
        .collect();
    if missing.is_empty() {
        return Ok(pulled);
    }
    let mut reasons = vec![format!("no document of {} was found", missing.join(", "))];
    reasons.extend(other.iter().cloned());
    let message = reasons.join("; ");
    let found: Vec<&str> = pulled
        .iter()
        .map(|document| document.fit.name.as_str())
        .collect();
    let help = if found.is_empty() {
        "find the document with a browser, and give its address below the instance with --docs"
            .to_owned()
    } else {
        let apis: Vec<String> = found.iter().map(|name| format!("--api {name}")).collect();
        format!("take what is there with {}", apis.join(" "))
    };
    Err(one(
        Problem::error(ProblemKind::Unreadable, message).help(help)
    ))
}

fn unknown_document(document: &Document) -> Problem {
    let message = "the document is of no specification folder: it has no operation that is known, and its paths do not begin with a version that is";
    Problem::error(ProblemKind::DocumentChoice, message).in_file(&document.source)
}
