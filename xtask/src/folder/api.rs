//! `api.toml`: what a crate is made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::toml_problem::toml_problem;
use crate::crate_names;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Source, Span};

/// `api.toml`.
#[derive(Clone, Debug)]
pub struct ApiToml {
    /// Name of the crate.
    pub crate_name: String,
    /// Title of the API, as the crate's documentation has it.
    pub title: String,
    /// How a request proves who it is.
    pub auth: AuthFamily,
    /// Where the vendor publishes the document.
    pub published: Option<String>,
    /// Where the document is from.
    pub provenance: Provenance,
    /// The crate that embeds the document to serve it, for tests and examples.
    pub mock: Option<String>,
    /// The folder of the crate that tests all operations, and gets functions that call each.
    pub calls: Option<String>,
    /// The crate that re-exports this one, and hands on its features.
    pub facade: Option<String>,
    /// Rules switched on or off for this document, by name. Rules that are not named keep their default.
    pub rules: BTreeMap<String, bool>,
    /// The text.
    pub source: Arc<Source>,
    /// The hash of the document, and where it stands.
    pub(super) sha256: Option<(String, Span)>,
    /// The hash of each file that the document refers to, by its path below the folder, and where it stands.
    pub(super) files: BTreeMap<String, (String, Span)>,
}

/// How a request proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthFamily {
    /// `InsightCloudSec`: header `Api-Key`, or a session in header `X-Auth-Token`.
    #[serde(rename = "insightcloudsec")]
    InsightCloudSec,
    /// Rapid7 Insight Platform: header `X-Api-Key`.
    Rapid7Platform,
    /// What the security schemes of the document say.
    Document,
}

/// Where a document is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// What sort of origin.
    pub kind: ProvenanceKind,
    /// Where it was obtained.
    pub url: Option<String>,
    /// Day of retrieval, as `2026-11-21`.
    pub retrieved: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: Option<String>,
}

impl Provenance {
    /// Nothing but the sort of origin is known.
    #[must_use]
    pub const fn of(kind: ProvenanceKind) -> Self {
        Self {
            kind,
            url: None,
            retrieved: None,
            sha256: None,
        }
    }
}

/// What sort of origin a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvenanceKind {
    /// Written by us, from public clients.
    Compiled,
    /// Served by an instance of the product.
    Instance,
    /// Published by the vendor.
    Published,
    /// A file that somebody gave.
    File,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "crate")]
    crate_name: Spanned<String>,
    title: String,
    auth: AuthFamily,
    published: Option<String>,
    provenance: RawProvenance,
    mock: Option<Spanned<String>>,
    calls: Option<Spanned<String>>,
    facade: Option<Spanned<String>>,
    #[serde(default)]
    rules: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProvenance {
    kind: ProvenanceKind,
    url: Option<String>,
    retrieved: Option<String>,
    sha256: Option<Spanned<String>>,
    #[serde(default)]
    files: BTreeMap<String, Spanned<String>>,
}

impl ApiToml {
    /// Parses the file.
    ///
    /// # Errors
    ///
    /// A syntax error, a field that is missing or not known, a crate name or a hash that is none.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let raw: Raw =
            toml::from_str(&source.text).map_err(|error| vec![toml_problem(source, &error)])?;
        let mut problems = Vec::new();
        check_names(&raw, source, &mut problems);
        let hashes = raw.provenance.sha256.iter();
        for hash in hashes.chain(raw.provenance.files.values()) {
            if !is_sha256(hash.as_ref()) {
                problems.push(
                    Problem::error(
                        ProblemKind::InvalidValue,
                        "`sha256` is not 64 hexadecimal digits",
                    )
                    .in_file(source)
                    .span(hash.span()),
                );
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let with_span = |hash: Spanned<String>| {
            let span = hash.span();
            (hash.into_inner(), span)
        };
        let sha256 = raw.provenance.sha256.map(with_span);
        let files = raw.provenance.files.into_iter();
        Ok(Self {
            crate_name: raw.crate_name.into_inner(),
            title: raw.title,
            auth: raw.auth,
            published: raw.published,
            provenance: Provenance {
                kind: raw.provenance.kind,
                url: raw.provenance.url,
                retrieved: raw.provenance.retrieved,
                sha256: sha256.as_ref().map(|(hash, _)| hash.clone()),
            },
            sha256,
            files: files.map(|(name, hash)| (name, with_span(hash))).collect(),
            mock: raw.mock.map(Spanned::into_inner),
            calls: raw.calls.map(Spanned::into_inner),
            facade: raw.facade.map(Spanned::into_inner),
            rules: raw.rules,
            source: Arc::clone(source),
        })
    }
}

/// Checks the names that become those of files: of crates, and of the folder that gets the calls.
fn check_names(raw: &Raw, source: &Arc<Source>, problems: &mut Vec<Problem>) {
    let mut refuse = |span: Span, message: String, help: &'static str| {
        let problem = Problem::error(ProblemKind::InvalidName, message).in_file(source);
        problems.push(problem.span(span).help(help));
    };
    if let Err(error) = crate_names::check_generated(raw.crate_name.as_ref()) {
        refuse(raw.crate_name.span(), error.to_string(), error.help());
    }
    for name in [&raw.mock, &raw.facade].into_iter().flatten() {
        if let Err(error) = crate_names::check(name.as_ref()) {
            refuse(name.span(), error.to_string(), error.help());
        }
    }
    if let Some(calls) = &raw.calls
        && !calls.as_ref().split('/').all(crate_names::is_portable)
    {
        let message = format!("`{}` is not a folder of the workspace", calls.as_ref());
        let help = "a path such as `tests`, of names that every system can hold";
        refuse(calls.span(), message, help);
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
