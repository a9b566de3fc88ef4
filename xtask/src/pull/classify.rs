//! Which specification folder a document belongs to, told by its operations.

use crate::bundle::bundle;
use crate::folder::OperationKey;
use crate::lower::lower;
use crate::schema::operations;
use crate::source::Document;
use std::collections::BTreeSet;
use std::fmt;

/// An API that documents are told by.
#[derive(Clone, Debug)]
pub struct Known {
    /// Name of the folder.
    pub name: String,
    /// Operations that are known of it, whatever document they came from.
    pub operations: BTreeSet<OperationKey>,
}

impl Known {
    /// The version at the end of the name, as `v2`, which paths begin with.
    fn version(&self) -> Option<&str> {
        let (_, last) = self.name.rsplit_once('-')?;
        let number = last.strip_prefix('v')?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(last)
    }

    fn has_version_of(&self, key: &OperationKey) -> bool {
        self.version().is_some_and(|version| {
            let first = key.path().split('/').nth(1);
            first == Some(version)
        })
    }
}

/// How a document fits an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Name of the folder.
    pub name: String,
    /// Operations of the document.
    pub operations: usize,
    /// Those of them that are known.
    pub known: usize,
    /// Those of them whose path begins with the version of the API.
    pub versioned: usize,
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            operations,
            known,
            versioned,
        } = self;
        write!(
            f,
            "{name}: {operations} operations, {known} of them known, {versioned} below the version's path"
        )
    }
}

/// The operations of a document, each with the path of its server in front; of two under one key, one.
#[must_use]
pub fn keys(document: &Document) -> BTreeSet<OperationKey> {
    let mut document = document.clone();
    // What is wrong with it, a diagnosis says.
    let _ = bundle(&mut document);
    let _ = lower(&mut document);
    operations(&document.root)
        .into_iter()
        .map(|operation| OperationKey::new(operation.method, operation.path))
        .collect()
}

/// The API that a document is of: one that knows an operation of it, or whose version most of its paths begin with.
#[must_use]
pub fn classify(document: &Document, known: &[Known]) -> Option<Fit> {
    let keys = keys(document);
    let fits = known.iter().map(|api| Fit {
        name: api.name.clone(),
        operations: keys.len(),
        known: keys.intersection(&api.operations).count(),
        versioned: keys.iter().filter(|key| api.has_version_of(key)).count(),
    });
    fits.filter(|fit| fit.known > 0 || fit.versioned * 2 > fit.operations)
        .max_by_key(|fit| (fit.versioned + fit.known, fit.known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load_text;
    use serde_json::{Value, json};
    use std::path::Path;

    fn known() -> Vec<Known> {
        let api = |name: &str, keys: &[&str]| Known {
            name: name.to_owned(),
            operations: keys.iter().map(|key| key.parse().unwrap()).collect(),
        };
        vec![
            api(
                "ics-v2",
                &[
                    "GET /v2/public/clouds/list",
                    "GET /v2/public/resource/{}/detail",
                    "GET /private/x",
                ],
            ),
            api("ics-v3", &["GET /v3/iac/scans"]),
            api("other", &["GET /things"]),
        ]
    }

    fn fit(document: &Value) -> Option<(String, usize, usize)> {
        let document = load_text(Path::new("a.json"), document.to_string()).unwrap();
        classify(&document, &known()).map(|fit| (fit.name, fit.known, fit.versioned))
    }

    fn paths(paths: &[&str]) -> Value {
        paths
            .iter()
            .map(|path| ((*path).to_owned(), json!({ "get": { "responses": {} } })))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    #[test]
    fn documents_are_told_by_their_operations() {
        let open = |server: &str, list: &[&str]| json!({ "openapi": "3.0.3", "servers": [{ "url": server }], "paths": paths(list) });
        let swagger = json!({
            "swagger": "2.0", "basePath": "/v2", "host": "example.com",
            "paths": paths(&["/public/resource/{x}/detail", "/public/resource/{resource_id}/detail"]),
        });
        for (document, expected) in [
            (swagger, Some(("ics-v2".to_owned(), 1, 1))),
            (
                open("https://x.example/v3", &["/iac/scans"]),
                Some(("ics-v3".to_owned(), 1, 1)),
            ),
            (
                open("/", &["/v3/new/a", "/v3/new/b", "/private/x"]),
                Some(("ics-v3".to_owned(), 0, 2)),
            ),
            (
                open("/", &["/v2/new", "/v2/public/clouds/list"]),
                Some(("ics-v2".to_owned(), 1, 2)),
            ),
            (
                open("/", &["/things", "/pets"]),
                Some(("other".to_owned(), 1, 0)),
            ),
            (open("/v2", &["/pets"]), Some(("ics-v2".to_owned(), 0, 1))),
            (open("/", &["/pets", "/v23/x", "/public/clouds/list"]), None),
            (open("/", &[]), None),
        ] {
            assert_eq!(fit(&document), expected, "{document}");
        }
    }
}
