//! The parts of a client crate that are written once, and edited by people afterwards.

use crate::markdown;
use crate::model::Api;
use crate::write::FileSet;
use std::path::Path;

pub mod features;

/// Where the runtime comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Core {
    /// A folder.
    Path(String),
    /// A version requirement.
    Version(String),
}

impl Core {
    /// A folder if there is one of that name, else a version requirement.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let path = Path::new(text);
        match path.canonicalize() {
            Ok(path) if path.is_dir() => Self::Path(path.display().to_string()),
            _ => Self::Version(text.to_owned()),
        }
    }
}

/// The texts that the licence expression of the workspace stands for.
const LICENCES: [(&str, &str); 2] = [
    ("LICENSE-APACHE", include_str!("../../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../../LICENSE-MIT")),
];

/// Manifest and `lib.rs` of a crate of its own, outside of this workspace.
///
/// It claims no licence: names and prose are those of the document, whose owner decides.
#[must_use]
pub fn standalone(crate_name: &str, api: &Api, core: &Core) -> FileSet {
    let title = &api.title;
    let core = match core {
        Core::Path(path) => format!("{{ path = {} }}", toml_edit::Value::from(path.as_str())),
        Core::Version(version) => toml_edit::Value::from(version.as_str()).to_string(),
    };
    let manifest = format!(
        r#"[package]
name = "{crate_name}"
version = "0.1.0"
edition = "2024"
rust-version = "1.88"
description = {description}

[package.metadata.docs.rs]
all-features = true

[lib]
doctest = false

[features]

[dependencies]
rapid7-core = {core}
serde = {{ version = "1.0.226", features = ["derive"] }}
serde_json = "1.0.150"

# A workspace of its own, wherever the folder lies.
[workspace]
"#,
        description = toml_edit::Value::from(format!("Client of the {title}")),
    );
    with_lib(manifest, crate_name, title, api)
}

/// Manifest, `lib.rs` and licences of a member of this workspace. A package holds only what is in its own folder.
#[must_use]
pub fn member(crate_name: &str, title: &str, api: &Api) -> FileSet {
    let manifest = format!(
        r#"[package]
name = "{crate_name}"
description = {description}
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
repository.workspace = true
readme = "../../README.md"

[package.metadata.docs.rs]
all-features = true

[lib]
# The prose is the document's, not code to try.
doctest = false

[features]

[dependencies]
rapid7-core = {{ workspace = true }}
serde = {{ workspace = true }}
serde_json = {{ workspace = true }}

[lints]
workspace = true
"#,
        description = toml_edit::Value::from(format!("Unofficial client of the {title}")),
    );
    let mut files = with_lib(manifest, crate_name, title, api);
    for (name, text) in LICENCES {
        files.insert(name, text);
    }
    files
}

fn with_lib(manifest: String, crate_name: &str, title: &str, api: &Api) -> FileSet {
    // The templates are TOML, as tests see.
    let manifest =
        features::set(&manifest, crate_name, &features::of_client(api)).unwrap_or(manifest);
    let lib = format!(
        r#"//! Client of the {}.
//!
#![doc = include_str!("generated/docs.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The front page links all operations.
#![cfg_attr(not(feature = "full"), allow(rustdoc::broken_intra_doc_links))]

#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    rustdoc::all,
    reason = "written by the generator from a document whose prose and names are not ours"
)]
#[rustfmt::skip]
mod generated;

pub use generated::{{AUTH, Client, OPERATIONS, SPECIFICATION, builder, operations, types}};
"#,
        markdown::plain(title)
    );
    let mut files = FileSet::default();
    files.insert("Cargo.toml", manifest);
    files.insert("src/lib.rs", lib);
    files
}
