//! Obtains the documents that the clients are made from.
//!
//! ```text
//! fetch -> leads of the page -> documents -> which API each is of -> put into its folder
//! ```
//!
//! Everything is fetched and understood before the first file is replaced.

mod classify;
mod discover;
mod fetch;
mod html;
mod leads;
mod mask;
mod script;
mod store;

pub use classify::{Fit, Known, classify, keys};
pub use discover::{Discovery, Found};
pub use fetch::{FetchError, Key};
pub use mask::Secrets;
pub(crate) use store::place;
pub use store::provenance_text;

use crate::folder::{AuthFamily, Knowledge};
use crate::load::load_text;
use crate::problem::{Problem, ProblemKind};
use fetch::{Fetcher, shown};
use std::path::Path;
use url::Url;

/// Finds the documents that the page at an address leads to, or that are there themselves.
///
/// The key goes to the origin of the address only, and nothing is fetched from another one. What the discovery says in
/// words is without secrets.
///
/// # Errors
///
/// The address itself cannot be fetched.
pub fn find(address: &Url, key: Option<Key>, secrets: &Secrets) -> Result<Discovery, FetchError> {
    discover::discover(&Fetcher::new(address, key, secrets)?, address)
}

/// The page of an instance: `docs` below its address, which may have a path of its own.
///
/// # Errors
///
/// A text that is no address.
pub fn docs_address(instance: &str, docs: &str) -> Result<Url, Problem> {
    let mut url = address(instance)?;
    url.set_query(None);
    url.set_fragment(None);
    let docs = docs.trim_matches('/');
    let base = url.path().trim_end_matches('/').to_owned();
    // Users copy the address from the browser.
    if base.ends_with(&format!("/{docs}")) {
        return Ok(url);
    }
    url.set_path(&format!("{base}/{docs}"));
    Ok(url)
}

/// An address on the web.
///
/// # Errors
///
/// A text that is none.
pub fn address(text: &str) -> Result<Url, Problem> {
    Url::parse(text).map_err(|error| {
        Problem::error(ProblemKind::InvalidValue, format!("no address: {error}"))
            .help("give it whole, as https://acme.example")
    })
}

/// Words in the name of a parameter whose value is a secret.
const SECRET_WORDS: [&str; 9] = [
    "key",
    "token",
    "secret",
    "pass",
    "auth",
    "sig",
    "code",
    "session",
    "credential",
];

/// What is secret in the text of an address: user name, password, and parameters that are called like secrets.
#[must_use]
pub fn credentials(address: &str) -> Vec<String> {
    let Ok(url) = Url::parse(address) else {
        return Vec::new();
    };
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut all = Vec::new();
    let user = decoded(url.username());
    match url.password().map(decoded) {
        Some(password) => all.extend([format!("{user}:{password}"), password]),
        None => all.push(user),
    }
    for (name, value) in url.query_pairs() {
        let name = name.to_ascii_lowercase();
        if SECRET_WORDS.iter().any(|word| name.contains(word)) {
            all.push(value.into_owned());
        }
    }
    all
}

/// An address as provenance records it: without query, user name and password.
#[must_use]
pub fn recorded(url: &Url) -> String {
    shown(url)
}

/// A document from a file.
///
/// # Errors
///
/// What [`crate::load::load`] says, and a text that is no document.
pub fn read(path: &Path) -> Result<(String, crate::source::Document), Problem> {
    let text = crate::load::read(path)?;
    let document = load_text(path, text.clone())?;
    Ok((text, document))
}

/// An API by what is known of it.
#[must_use]
pub fn known(knowledge: &Knowledge) -> Known {
    Known {
        name: knowledge.api.crate_name.clone(),
        operations: knowledge.operations.entries.keys().cloned().collect(),
    }
}

/// Whether instances of the product serve the document.
#[must_use]
pub fn is_of_the_product(knowledge: &Knowledge) -> bool {
    knowledge.api.auth == AuthFamily::InsightCloudSec
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_below_the_path_of_the_instance() {
        for (instance, expected) in [
            ("https://acme.example", "https://acme.example/docs"),
            ("https://acme.example/", "https://acme.example/docs"),
            (
                "https://acme.example/ics/?a=b#c",
                "https://acme.example/ics/docs",
            ),
            ("https://acme.example/docs", "https://acme.example/docs"),
            ("https://acme.example/docs/", "https://acme.example/docs/"),
            ("http://localhost:8001", "http://localhost:8001/docs"),
        ] {
            let url = docs_address(instance, "docs").unwrap();
            assert_eq!(url.as_str(), expected, "{instance}");
        }
        assert!(docs_address("acme.example", "docs").is_err());
    }
}
