//! `api.toml`: what a crate is made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::toml_problem::toml_problem;
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
    /// Where the hash stands.
    pub(super) sha256_span: Option<Span>,
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
    mock: Option<String>,
    calls: Option<String>,
    facade: Option<String>,
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
        if !is_crate_name(raw.crate_name.as_ref()) {
            let message = format!("`{}` is not the name of a crate", raw.crate_name.as_ref());
            problems.push(
                Problem::error(ProblemKind::InvalidName, message)
                    .in_file(source)
                    .span(raw.crate_name.span())
                    .help("lower-case letters, digits and `-`, a letter first"),
            );
        }
        if let Some(hash) = &raw.provenance.sha256
            && !is_sha256(hash.as_ref())
        {
            problems.push(
                Problem::error(
                    ProblemKind::InvalidValue,
                    "`sha256` is not 64 hexadecimal digits",
                )
                .in_file(source)
                .span(hash.span()),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            crate_name: raw.crate_name.into_inner(),
            title: raw.title,
            auth: raw.auth,
            published: raw.published,
            sha256_span: raw.provenance.sha256.as_ref().map(Spanned::span),
            provenance: Provenance {
                kind: raw.provenance.kind,
                url: raw.provenance.url,
                retrieved: raw.provenance.retrieved,
                sha256: raw.provenance.sha256.map(Spanned::into_inner),
            },
            mock: raw.mock,
            calls: raw.calls,
            facade: raw.facade,
            rules: raw.rules,
            source: Arc::clone(source),
        })
    }
}

fn is_crate_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
