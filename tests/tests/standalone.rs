//! A program of a user: a package outside of this workspace that depends on one client and the runtime alone.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use serde_json::json;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tests::server::{Reply, Seen, Server};
use tests::specs::workspace;

const PROGRAM: &str = r#"
use insightcloudsec_v3::{AUTH, Client};
use rapid7_core::{Connection, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("the base URL is missing")?;
    for credentials in [Credentials::api_key("k3y"), Credentials::login("ada", "pa55word")] {
        let client = Client::new(Connection::builder(AUTH, &url, credentials).build()?);
        let page = client.query_resources().send().await?;
        let configs = client.list_iac_configs().send().await?;
        println!("{} resources, {} scan configurations", page.resources.len(), configs.len());
    }
    Ok(())
}
"#;

fn manifest(root: &Path) -> String {
    let dependency = |name: &str| {
        let path = root.join("crates").join(name).display().to_string();
        format!("{name} = {{ path = {} }}", toml::Value::from(path))
    };
    format!(
        r#"[package]
name = "standalone"
version = "0.0.0"
edition = "2024"

[dependencies]
{}
{}
tokio = {{ version = "1", features = ["macros", "rt"] }}

# That of the workspace, so that what is built for it serves here too.
[profile.dev]
debug = "line-tables-only"

[workspace]
"#,
        dependency("insightcloudsec-v3"),
        dependency("rapid7-core"),
    )
}

/// Writes the package; always in the same place, since build results are kept by place.
fn write_package(root: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let folder =
        std::env::temp_dir().join(format!("insightcloudsec-standalone-{:x}", hasher.finish()));
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("src/main.rs"), PROGRAM).unwrap();
    std::fs::write(folder.join("Cargo.toml"), manifest(root)).unwrap();
    // With the versions of the workspace there is nothing to look up.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

fn run(folder: &Path, url: &str) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--target-dir"])
        .arg(target)
        .args(["--", url])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn answer(seen: &Seen) -> Reply {
    match (
        seen.target.as_str(),
        seen.header("api-key"),
        seen.header("x-auth-token"),
    ) {
        ("/v2/public/user/login", None, None) => Reply::json(200, json!({"session_id": "s3ssion"})),
        ("/v3/public/resource/query", Some("k3y"), None)
        | ("/v3/public/resource/query", None, Some("s3ssion")) => Reply::json(
            200,
            json!({"resources": [{"resource_type": "instance", "instance": {}}]}),
        ),
        ("/v3/iac/configs", Some("k3y"), None) | ("/v3/iac/configs", None, Some("s3ssion")) => {
            Reply::json(200, json!([{"id": 1}, {"id": 2}]))
        }
        _ => Reply::json(401, json!({"error_message": "who are you"})),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_outside_of_the_workspace_calls_with_a_key_and_with_a_log_in() {
    let server = Server::with(answer).await;
    let folder = write_package(&workspace().canonicalize().unwrap());
    let url = server.url.clone();
    let output = tokio::task::spawn_blocking(move || run(&folder, &url))
        .await
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let line = "1 resources, 2 scan configurations\n";
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        line.repeat(2),
        "{stderr}"
    );

    let seen = server.seen();
    let targets: Vec<&str> = seen.iter().map(|request| request.target.as_str()).collect();
    let calls = ["/v3/public/resource/query", "/v3/iac/configs"];
    assert_eq!(targets[..2], calls);
    assert_eq!(targets[2], "/v2/public/user/login");
    assert_eq!(targets[3..], calls);
    assert_eq!(
        seen[2].json(),
        json!({"username": "ada", "password": "pa55word"})
    );
}
