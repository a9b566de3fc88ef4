//! The front page of the crate's documentation: every operation, by tag.

use super::Naming;
use super::files::Files;
use super::prose::escape;
use crate::folder::{Confidence, Stability};
use crate::model::{Api, Operation};
use std::fmt::Write as _;

/// Writes `docs.md`, which `lib.rs` includes.
pub(super) fn write(api: &Api, naming: &Naming, files: &mut Files) {
    let mut text = String::new();
    if let Some(description) = &api.description {
        let _ = write!(text, "{}\n\n", escape(description));
    }
    let module = naming.crate_name.replace('-', "_");
    let _ = write!(
        text,
        "A [`Client`] is made from a [`rapid7_core::Connection`] built with [`AUTH`]:\n\n\
         ```no_run\n\
         use rapid7_core::{{Connection, Credentials}};\n\n\
         let credentials = Credentials::api_key(\"the key\");\n\
         let connection = Connection::builder({module}::AUTH, \"https://acme.example\", credentials).build()?;\n\
         let client = {module}::Client::new(connection);\n\
         # Ok::<(), rapid7_core::BuildError>(())\n\
         ```\n\n\
         # Operations\n\n\
         {} operations. *Confidence* says how well the evidence supports an operation as it is described; \
         *prototype* ones may change without notice.\n",
        api.operations.len()
    );
    for (index, tag) in api.tags.iter().enumerate() {
        let operations: Vec<&Operation> = api
            .operations
            .iter()
            .filter(|operation| operation.tag == index)
            .collect();
        if operations.is_empty() {
            continue;
        }
        let _ = write!(text, "\n## {}\n\n", escape(&tag.name));
        if let Some(description) = &tag.description {
            let _ = write!(text, "{}\n\n", escape(description));
        }
        text.push_str("| method | what it does | stability | confidence |\n|---|---|---|---|\n");
        for operation in operations {
            let _ = writeln!(text, "{}", row(operation));
        }
    }
    files.add_plain("docs.md", text);
}

fn row(operation: &Operation) -> String {
    let stability = match operation.facts.stability {
        Stability::Public => "public",
        Stability::Prototype => "prototype",
        Stability::Other => "",
    };
    let confidence = match operation.facts.confidence {
        Some(Confidence::High) => "high",
        Some(Confidence::Medium) => "medium",
        Some(Confidence::Low) => "low",
        None => "",
    };
    let summary = escape(&operation.summary).replace('|', "\\|");
    format!(
        "| [`{0}`](Client::{0}) | {summary} | {stability} | {confidence} |",
        operation.name
    )
}
