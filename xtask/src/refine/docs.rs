//! The front page of the crate's documentation: every operation, by tag.

use super::files::Files;
use super::paging::Streams;
use super::{Naming, Origin};
use crate::folder::{Confidence, Stability};
use crate::markdown::{cell, code_span, escape, inline};
use crate::model::schemes::wire_name;
use crate::model::{Api, Auth, KeyPlacement, Operation, Tag};
use crate::write::head;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Writes `docs.md`, which `lib.rs` includes.
pub(super) fn write(
    api: &Api,
    streams: &Streams,
    naming: &Naming,
    origin: &Origin,
    files: &mut Files,
) {
    // A comment to Markdown, by which the generator knows its file.
    let mut text = format!("<!-- {} -->\n\n", head(&naming.command));
    if let Some(description) = &api.description {
        let _ = write!(text, "{}\n\n", escape(description));
    }
    let module = naming.crate_name.replace('-', "_");
    let (credentials, where_to) = credentials(&api.auth);
    let _ = write!(
        text,
        "A [`Client`] is made from a [`rapid7_core::Connection`] built with [`AUTH`]:\n\n\
         ```no_run\n\
         use rapid7_core::{{Connection, Credentials}};\n\n\
         let credentials = {credentials};\n\
         let connection = Connection::builder({module}::AUTH, \"https://acme.example\", credentials).build()?;\n\
         let client = {module}::Client::new(connection);\n\
         # Ok::<(), rapid7_core::BuildError>(())\n\
         ```\n\n{where_to}{}\n\n\
         {}\
         # Operations\n\n\
         {} operations. *Confidence* says how well the evidence supports an operation as it is described; \
         *prototype* ones may change without notice.\n",
        origin.sentence(),
        features(api, &naming.crate_name),
        api.operations.len()
    );
    if !streams.is_empty() {
        text.push_str(
            "\nThe builders of *paged* ones have `items()`, which reads the whole list; \
             see [`rapid7_core::paging`].\n",
        );
    }
    for (tag, places) in api.tags.iter().zip(api.by_tag()) {
        let operations: Vec<&Operation> = places.iter().map(|at| &api.operations[*at]).collect();
        if operations.is_empty() {
            continue;
        }
        let _ = write!(text, "\n## {}\n\n", inline(&tag.name));
        if let Some(description) = &tag.description {
            let _ = write!(text, "{}\n\n", escape(description));
        }
        text.push_str("| method | what it does | stability | confidence |\n|---|---|---|---|\n");
        for operation in operations {
            let is_paged = streams.get(operation).is_some();
            let _ = writeln!(text, "{}", row(operation, is_paged));
        }
    }
    files.add_plain("docs.md", text);
}

/// The cargo features, one a tag.
fn features(api: &Api, crate_name: &str) -> String {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for operation in &api.operations {
        *counts.entry(operation.tag).or_default() += 1;
    }
    let mut tags: Vec<(usize, &Tag)> = api.used_tags().collect();
    let Some((_, first)) = tags.first() else {
        return String::new();
    };
    let mut text = format!(
        "# Features\n\n\
         A cargo feature for each group of operations, and `full`, the default, for all of them. A feature compiles its \
         operations, the types that they reach and builders of those that its requests hold. Features add up:\n\n\
         ```sh\n\
         cargo add {crate_name} --no-default-features --features {}\n\
         ```\n\n\
         | feature | operations | of |\n|---|---|---|\n",
        first.feature
    );
    tags.sort_by_key(|(_, tag)| &tag.feature);
    for (index, tag) in tags {
        let count = counts.get(&index).copied().unwrap_or_default();
        let name = cell(&tag.name);
        let _ = writeln!(text, "| `{}` | {count} | {name} |", tag.feature);
    }
    text + "\n"
}

/// The constructor of the credentials that the API takes, and where they go. With sessions, there is more than one.
fn credentials(auth: &Auth) -> (String, String) {
    let constructor = match &auth.key {
        KeyPlacement::Bearer => "Credentials::bearer(\"the token\")".to_owned(),
        KeyPlacement::Basic => "Credentials::basic(\"the user\", \"the password\")".to_owned(),
        KeyPlacement::All(keys) => {
            let pairs: Vec<String> = keys
                .iter()
                .map(|key| {
                    let name = wire_name(key).filter(|name| is_plain(name));
                    format!("({:?}, \"{}\")", name.unwrap_or("its name"), given(key))
                })
                .collect();
            format!("Credentials::keys([{}])", pairs.join(", "))
        }
        KeyPlacement::None => "Credentials::none()".to_owned(),
        _ => "Credentials::api_key(\"the key\")".to_owned(),
    };
    let where_to = match &auth.key {
        _ if auth.session.is_some() => String::new(),
        KeyPlacement::None => {
            "The description names no credentials that a client can send.\n\n".to_owned()
        }
        KeyPlacement::All(keys) => {
            let places: Vec<String> = keys.iter().map(place).collect();
            format!("All keys go with every call: {}.\n\n", places.join(", "))
        }
        key => format!(
            "Every call that takes credentials carries {}.\n\n",
            place(key)
        ),
    };
    (constructor, where_to)
}

/// Whether a name can stand in code that is compiled: none that could be code, or markup, itself.
fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>`()[]{};\\".contains(c) || c == ' ';
    name.chars().all(is_plain)
}

/// What stands for a credential in an example.
fn given(key: &KeyPlacement) -> &'static str {
    match key {
        KeyPlacement::Bearer => "the token",
        KeyPlacement::Basic => "the user:the password",
        _ => "the key",
    }
}

fn place(key: &KeyPlacement) -> String {
    match key {
        KeyPlacement::Header(name) => format!("the header {}", code_span(name)),
        KeyPlacement::Query(name) => format!("the query parameter {}", code_span(name)),
        KeyPlacement::Cookie(name) => format!("the cookie {}", code_span(name)),
        KeyPlacement::Bearer => "`Authorization: Bearer`".to_owned(),
        KeyPlacement::Basic => "`Authorization: Basic`".to_owned(),
        KeyPlacement::All(_) | KeyPlacement::None => String::new(),
    }
}

fn row(operation: &Operation, is_paged: bool) -> String {
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
    let summary = cell(&operation.summary);
    let paged = if is_paged { ", *paged*" } else { "" };
    format!(
        "| [`{0}`](Client::{0}) | {summary}{paged} | {stability} | {confidence} |",
        operation.name
    )
}
