//! Every operation that the tables call paged can be read as a stream, and no other.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use rapid7_core::{Operation, Paging};
use tests::specs::CRATES;
use tests::surface::Surface;

const TABLES: [&[&Operation]; 3] = [
    insightcloudsec_v2::OPERATIONS,
    insightcloudsec_v3::OPERATIONS,
    insightcloudsec_v4::OPERATIONS,
];

/// Paged operations, how they page, and what their rows are.
fn streams(crate_name: &str, table: &[&Operation]) -> Vec<(String, Paging, String)> {
    let surface = Surface::of(crate_name);
    let mut streams = Vec::new();
    for operation in table {
        let shown = &surface.operations[operation.name];
        let place = format!("{crate_name}: {}", operation.name);
        assert_eq!(
            shown.stream.is_some(),
            operation.paging.is_some(),
            "{place}: a stream goes with paging"
        );
        if let (Some(paging), Some(stream)) = (operation.paging, &shown.stream) {
            assert_eq!(stream.page, shown.answer, "{place}: a page is an answer");
            assert_eq!(stream.error, shown.error, "{place}: failures are the same");
            streams.push((place, paging, stream.item.to_string()));
        }
    }
    streams
}

#[test]
fn every_paged_operation_is_a_stream() {
    let mut count = 0;
    let mut untyped = 0;
    for (crate_name, table) in CRATES.into_iter().zip(TABLES) {
        for (place, paging, item) in streams(crate_name, table) {
            println!("{place} -> {item}: {paging:?}");
            count += 1;
            untyped += usize::from(item == "Value");
        }
    }
    println!("{count} streams, {untyped} of undocumented items");
    assert_eq!((count, untyped), (20, 3));
}

/// Whether the request says which page it wants, and the answer whether there are more, by known names.
fn is_complete(paging: &Paging) -> bool {
    match paging {
        Paging::OffsetBody { offset, .. } => offset.is_some(),
        Paging::PageQuery { page, .. } => page.is_some(),
        Paging::CursorBody { cursor, next, .. } | Paging::CursorQuery { cursor, next, .. } => {
            cursor.is_some() && next.is_some()
        }
        Paging::PageAnswer { .. } => false,
    }
}

#[test]
fn lists_that_cannot_be_read_to_their_end_are_known() {
    let all = CRATES.into_iter().zip(TABLES);
    let all = all.flat_map(|(crate_name, table)| streams(crate_name, table));
    let incomplete: Vec<String> = all
        .filter(|(_, paging, _)| !is_complete(paging))
        .map(|(place, ..)| place)
        .collect();
    assert_eq!(
        incomplete,
        [
            "insightcloudsec-v3: list_principal_permissions",
            "insightcloudsec-v4: list_cloud_findings",
        ]
    );
}
