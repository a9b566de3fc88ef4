//! What is to be done after a document was replaced.

use crate::bundle::bundle;
use crate::folder::{Knowledge, OperationKey};
use crate::overlay;
use crate::problem::render;
use crate::pull::keys;
use crate::source::Document;
use std::io::{self, Write};

/// Says what the new document leaves of the overlay and of what is known of its operations.
pub(super) fn print_work(
    name: &str,
    knowledge: &Knowledge,
    document: &Document,
    out: &mut dyn Write,
) -> io::Result<()> {
    let present = keys(document);
    let known = &knowledge.operations.entries;
    let new: Vec<&OperationKey> = present
        .iter()
        .filter(|key| !known.contains_key(key))
        .collect();
    let absent: Vec<&OperationKey> = known.keys().filter(|key| !present.contains(key)).collect();
    writeln!(
        out,
        "{name}: {} operations keep their names; {} are new and get derived ones; {} known ones are not in the document, \
         their entries stay",
        present.len() - new.len(),
        new.len(),
        absent.len()
    )?;
    print_overlay(name, knowledge, document, out)?;
    writeln!(
        out,
        "{name}: next, cargo xtask generate --api {name}; new entries of operations.toml are only safe defaults"
    )
}

/// Overlay actions that the document no longer needs, or that miss it, each with the reason why it was there.
fn print_overlay(
    name: &str,
    knowledge: &Knowledge,
    document: &Document,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(overlay) = &knowledge.overlay else {
        return Ok(());
    };
    let mut document = document.clone();
    let _ = bundle(&mut document);
    let problems = match overlay::apply_what_matches(overlay, &mut document) {
        Ok((_, stale)) => stale,
        Err(problems) => problems,
    };
    if problems.is_empty() {
        return writeln!(out, "{name}: every action of the overlay still applies");
    }
    writeln!(
        out,
        "{name}: {} actions of the overlay to look at; `generate --accept-stale` goes on without the stale ones",
        problems.len()
    )?;
    out.write_all(render(&problems, false).as_bytes())
}
