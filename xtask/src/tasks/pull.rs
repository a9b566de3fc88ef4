//! `cargo xtask pull`: a newer document into its folder, with its provenance.

mod obtain;
mod work;

use super::{Exit, diagnose, print_problems, workspace};
use crate::diff::page::{page, summary};
use crate::diff::review;
use crate::diff::sides::Sides;
use crate::folder::{Hashes, Knowledge, Provenance};
use crate::load;
use crate::problem::{Problem, ProblemKind};
use crate::pull::{self, Fit, Secrets};
use crate::source::{Document, Format, Source};
use crate::write::{self, Change, WriteError};
use obtain::{Obtained, obtain};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use work::print_work;

/// The variable that holds the key of the instance, as for the clients.
pub const KEY_VARIABLE: &str = "INSIGHTCLOUDSEC_API_KEY";

/// Variables that may hold the password of a proxy.
const PROXY_VARIABLES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

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
    let secrets = secrets(arguments, key);
    let Obtained {
        pulled,
        passed_over,
    } = match obtain(root, arguments, key, &secrets) {
        Ok(obtained) => obtained,
        Err(problems) => return failed(&problems, out),
    };
    for what in passed_over {
        writeln!(out, "passed over: {what}")?;
    }
    for document in &pulled {
        writeln!(out, "{}", document.line())?;
    }
    let (same, new): (Vec<Pulled>, Vec<Pulled>) = pulled.into_iter().partition(Pulled::is_in_place);
    for document in &same {
        writeln!(
            out,
            "{}: the same bytes as before, nothing to replace (SHA-256 {})",
            document.fit.name, document.document.sha256
        )?;
    }
    let mut has_errors = false;
    for document in &new {
        match look_at(root, document, out) {
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
    put_into_place(root, &new, arguments.dry_run, out)
}

/// What the task neither prints nor stores: the key, and what addresses and the settings of a proxy hold.
fn secrets(arguments: &Arguments, key: Option<&str>) -> Secrets {
    let proxies = PROXY_VARIABLES
        .iter()
        .filter_map(|name| std::env::var(name).ok());
    let addresses = [&arguments.instance, &arguments.from];
    let addresses = addresses.into_iter().flatten().cloned();
    let held: Vec<String> = proxies
        .chain(addresses)
        .flat_map(|text| pull::credentials(&text))
        .collect();
    Secrets::new(key.into_iter().chain(held.iter().map(String::as_str)))
}

/// Replaces all documents, or none.
fn put_into_place(
    root: &Path,
    new: &[Pulled],
    dry_run: bool,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let changes: Result<Vec<_>, Problem> =
        new.iter().map(|document| document.changes(root)).collect();
    let changes: Vec<Change> = match changes {
        Ok(all) => all.into_iter().flatten().collect(),
        Err(problem) => return failed(&[problem], out),
    };
    if !dry_run && let Err(error) = write::commit(root, &changes) {
        if matches!(error, WriteError::Incomplete { .. }) {
            print_problems(&[error.into()], out)?;
            return Ok(Exit::Failure);
        }
        return failed(&[error.into()], out);
    }
    let verb = if dry_run { "would replace" } else { "replaced" };
    for Change { path, .. } in &changes {
        writeln!(out, "{verb} {}", path.display())?;
    }
    for Pulled {
        fit,
        knowledge,
        document,
        ..
    } in new
    {
        print_work(&fit.name, knowledge, document, out)?;
    }
    Ok(Exit::Success)
}

fn failed(problems: &[Problem], out: &mut dyn Write) -> io::Result<Exit> {
    print_problems(problems, out)?;
    writeln!(out, "nothing replaced")?;
    Ok(Exit::Failure)
}

fn unwritable(error: &impl std::fmt::Display) -> Problem {
    Problem::error(ProblemKind::Unwritable, error.to_string())
}

/// A document on its way into a folder.
struct Pulled {
    fit: Fit,
    knowledge: Knowledge,
    document: Document,
    text: String,
    by: String,
    provenance: Provenance,
}

impl Pulled {
    fn line(&self) -> String {
        let Self { fit, by, text, .. } = self;
        let place = match self.place() {
            "" => String::new(),
            place => format!(": {place}"),
        };
        format!("{fit}; {} bytes, by {by}{place}", text.len())
    }

    /// The address that it is from; empty for a file.
    fn place(&self) -> &str {
        self.provenance.url.as_deref().unwrap_or_default()
    }

    /// Whether the folder has this document, and its hash.
    fn is_in_place(&self) -> bool {
        let current = self.knowledge.document_path();
        let bytes = current.and_then(|path| std::fs::read(path).ok());
        let recorded = self.knowledge.api.provenance.sha256.as_ref();
        bytes.is_some_and(|bytes| bytes == self.text.as_bytes())
            && recorded.is_some_and(|recorded| recorded.eq_ignore_ascii_case(&self.document.sha256))
    }

    /// What is to change below `root`.
    fn changes(&self, root: &Path) -> Result<Vec<Change>, Problem> {
        let Knowledge { dir, api, .. } = &self.knowledge;
        let is_json = self.document.source.format == Format::Json;
        let (path, obsolete) = pull::place(dir, self.knowledge.document_path(), is_json);
        let document = load::load_text_with_files(&path, self.text.clone())?;
        let api_toml = pull::provenance_text(&api.source, &self.provenance)?;
        let api_toml = Source::new(dir.join("api.toml"), api_toml, Format::Text);
        let text = Hashes::of(&document).record(&api_toml)?;
        let mut changes = vec![
            (path, Some(self.text.clone().into_bytes())),
            (api_toml.path, Some(text.into_bytes())),
        ];
        changes.extend(obsolete.map(|path| (path, None)));
        let below = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
        let changes = changes.into_iter().map(|(path, content)| Change {
            path: below(path),
            content,
        });
        Ok(changes.collect())
    }
}

/// Says all about a document before it is put into place. It lies where it can be looked at afterwards, too.
fn look_at(root: &Path, pulled: &Pulled, out: &mut dyn Write) -> io::Result<Exit> {
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
    if pulled.knowledge.document_path().is_some() {
        compare(root, pulled, &file, out)?;
    }
    Ok(exit)
}

/// What the new document means for callers of the crate, as `cargo xtask diff` says it, on a page beside the document.
///
/// A document that no client can be made of is not compared: the diagnosis has said why.
fn compare(root: &Path, pulled: &Pulled, new: &Path, out: &mut dyn Write) -> io::Result<()> {
    let name = &pulled.fit.name;
    let old = &pulled.knowledge.dir;
    let old = old.strip_prefix(root).unwrap_or(old).display().to_string();
    let sides = Sides::read(&old, &new.display().to_string(), root);
    let review = match sides.and_then(|sides| review(&sides, root)) {
        Ok(review) => review,
        Err(problems) => {
            print_problems(&problems, out)?;
            return writeln!(
                out,
                "{name}: not compared with the document that it replaces"
            );
        }
    };
    let path = new.with_file_name("review.md");
    std::fs::write(&path, page(&review))?;
    let path = path.strip_prefix(root).unwrap_or(&path);
    writeln!(out, "{name}: {}", summary(&review))?;
    writeln!(out, "{name}: change by change in {}", path.display())
}
