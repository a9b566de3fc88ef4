//! What `README.md` shows and counts is true.

use tests::server::{Reply, Server};

// The `rust` block of README.md begins.
use insightcloudsec_v2::{AUTH, Client};
use rapid7_core::{Connection, Credentials};

async fn cloud_names(url: &str, key: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let connection = Connection::builder(AUTH, url, Credentials::api_key(key)).build()?;
    let client = Client::new(connection);
    let clouds = match client.list_clouds().send().await {
        Ok(answer) => answer.into_inner().clouds,
        Err(error) if error.is_unauthorized() => return Err("the key is not accepted".into()),
        // Names the operation, the status and the cause; never a key or a body.
        Err(error) => return Err(error.into()),
    };
    let names = clouds.into_iter().filter_map(|cloud| cloud.name);
    Ok(names.collect())
}
// The `rust` block of README.md ends.

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
    let begin = "// The `rust` block of README.md begins.\n";
    let end = "// The `rust` block of README.md ends.\n";
    let compiled = between(include_str!("readme.rs"), begin, end);
    assert_eq!(
        shown, compiled,
        "README.md and tests/tests/readme.rs differ"
    );
}

#[tokio::test]
async fn the_example_lists_clouds_with_the_key() {
    let body = r#"{"clouds": [{"name": "a"}, {"name": null}, {"name": "b"}]}"#;
    let server = Server::always(Reply::json(200, body)).await;
    assert_eq!(cloud_names(&server.url, "k3y").await.unwrap(), ["a", "b"]);
    let seen = server.last();
    assert_eq!(seen.method, "GET");
    assert_eq!(seen.target, "/v2/public/clouds/list");
    assert_eq!(seen.header("api-key"), Some("k3y"));
}

#[tokio::test]
async fn the_example_tells_errors_apart_and_shows_no_secret() {
    for (status, expected) in [
        (401, "the key is not accepted"),
        (500, "list_clouds (GET /v2/public/clouds/list): "),
    ] {
        let body = r#"{"error_message": "hunter2"}"#;
        let server = Server::always(Reply::json(status, body)).await;
        let error = cloud_names(&server.url, "k3y").await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("k3y"), "{text}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
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
    for claim in claims {
        assert!(prose.contains(&claim), "README.md does not say: {claim}");
    }
}
