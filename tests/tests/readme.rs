//! What `README.md` shows and counts is true.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too; the example is a program for a terminal"
)]

use insightcloudsec::Credentials;
use insightcloudsec_mock::{Mock, Reply};

// The `rust` block of README.md.
include!("readme/program.rs");

const README: &str = include_str!("../../README.md");

const OPERATIONS: [&str; 3] = [
    include_str!("../../specs/insightcloudsec-v2/operations.toml"),
    include_str!("../../specs/insightcloudsec-v3/operations.toml"),
    include_str!("../../specs/insightcloudsec-v4/operations.toml"),
];

/// The text between two marks, without them.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap();
    let (found, _) = rest.split_once(end).unwrap();
    found
}

#[test]
fn the_example_is_the_one_compiled_here() {
    let shown = between(README, "```rust\n", "```\n");
    assert_eq!(
        shown,
        include_str!("readme/program.rs"),
        "README.md and tests/tests/readme/program.rs differ"
    );
}

fn connect(mock: &Mock, key: &str) -> InsightCloudSec {
    InsightCloudSec::builder(mock.url(), Credentials::api_key(key))
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_example_lists_clouds_with_the_key() {
    let mock = Mock::builder().clouds(3).start().await.unwrap();
    let names = cloud_names(&connect(&mock, mock.api_key())).await.unwrap();
    assert_eq!(names.len(), 3);
    let requests = mock.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].operation.as_deref(), Some("list_clouds"));
    assert_eq!(requests[0].header("api-key"), Some(mock.api_key()));
}

#[tokio::test]
async fn the_example_tells_errors_apart_and_shows_no_secret() {
    for (status, expected) in [
        (
            401,
            "get another key: list_clouds (GET /v2/public/clouds/list): ",
        ),
        (500, "list_clouds (GET /v2/public/clouds/list): "),
    ] {
        let mock = Mock::start().await.unwrap();
        let body = serde_json::json!({"error_message": "hunter2"});
        let script = mock.on("list_clouds");
        script.respond(Reply::json(status, body)).unwrap();
        let error = cloud_names(&connect(&mock, "k3y")).await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(!format!("{error} {error:?}").contains("k3y"), "{error:?}");
    }
}

#[test]
fn the_counts_are_those_of_the_specifications() {
    let count = |text: &str, line: &str| text.lines().filter(|known| *known == line).count();
    let operations = |text: &str| text.lines().filter(|line| line.starts_with("[\"")).count();
    let of_all = |line: &str| {
        OPERATIONS
            .iter()
            .map(|text| count(text, line))
            .sum::<usize>()
    };
    let prose = README.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut claims = vec![
        format!(
            "{} high, {} medium, {} low confidence",
            of_all("confidence = \"high\""),
            of_all("confidence = \"medium\""),
            of_all("confidence = \"low\""),
        ),
        format!(
            "what {} of the {} operations answer, {} of v4's {} among them",
            of_all("body = \"unknown\""),
            OPERATIONS.iter().copied().map(operations).sum::<usize>(),
            count(OPERATIONS[2], "body = \"unknown\""),
            operations(OPERATIONS[2]),
        ),
    ];
    for (version, text) in [2, 3, 4].into_iter().zip(OPERATIONS) {
        claims.push(format!(
            "crates/insightcloudsec-v{version}) | client of API v{version}"
        ));
        claims.push(format!("| {} |", operations(text)));
    }
    claims.push(format!(
        "all on by default | {} |",
        OPERATIONS.iter().copied().map(operations).sum::<usize>()
    ));
    for claim in claims {
        assert!(prose.contains(&claim), "README.md does not say: {claim}");
    }
}
