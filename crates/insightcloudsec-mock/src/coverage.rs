//! Which operations have data: the table in `OPERATIONS.md`, kept true by the test below.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::{Catalog, Operation, Version};
use crate::state::handler;

/// Where the table begins; the words before it are written by hand.
const BEGIN: &str = "<!-- The rest is written by `UPDATE_OPERATIONS=1 cargo test -p insightcloudsec-mock --lib coverage`. -->\n";

#[test]
fn the_table_of_operations_is_what_the_router_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/OPERATIONS.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (head, table) = text.split_once(BEGIN).unwrap();
    let expected = tables(Catalog::embedded().unwrap());
    if std::env::var_os("UPDATE_OPERATIONS").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{expected}")).unwrap();
        return;
    }
    assert!(
        table == expected,
        "OPERATIONS.md is stale; run: UPDATE_OPERATIONS=1 cargo test -p insightcloudsec-mock --lib coverage"
    );
}

fn tables(catalog: &Catalog) -> String {
    let mut text = String::new();
    for version in [Version::V2, Version::V3, Version::V4] {
        let operations = catalog.operations.iter();
        let operations: Vec<_> = operations.filter(|one| one.version == version).collect();
        let (with_data, sampled): (Vec<&Operation>, Vec<&Operation>) = operations
            .iter()
            .partition(|operation| handler(operation).is_some());
        write!(
            text,
            "\n# {}: {} operations, {} with data, {} sampled\n\n| | With data | Sampled |\n|---|---|---|\n",
            version.name(),
            operations.len(),
            with_data.len(),
            sampled.len()
        )
        .unwrap();
        let mut groups: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
        for operation in operations {
            let group = groups.entry(&operation.tag).or_default();
            group[usize::from(handler(operation).is_none())].push(&operation.id);
        }
        for (tag, columns) in groups {
            let [with_data, sampled] = columns.map(|mut ids| {
                // The order of the document is lost or kept depending on features of `serde_json`.
                ids.sort_unstable();
                let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
                ids.join(", ")
            });
            writeln!(text, "| {tag} | {with_data} | {sampled} |").unwrap();
        }
    }
    text
}
