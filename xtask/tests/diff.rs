//! `cargo xtask diff` in a workspace with a history: what is compared, and what the page says.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use xtask::diff::page::page;
use xtask::diff::sides::Sides;
use xtask::diff::verdict::Bump;
use xtask::diff::{Review, review};
use xtask::pipeline::STACK_BYTES;
use xtask::problem::{Problem, ProblemKind};
use xtask::tasks::record::record_in;

const SPECS: &str = "specs/client";
const DOCUMENT: &str = "specs/client/openapi.json";

/// A workspace of a client, which version 0.1.0 of is published, and a facade over it, all committed.
fn workspace() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let cut = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/cut");
    for name in ["api.toml", "openapi.json", "operations.toml"] {
        let text = fs::read_to_string(cut.join(name)).unwrap();
        write(root.path(), &format!("{SPECS}/{name}"), &text);
    }
    record_in(root.path(), &[], &mut Vec::new()).unwrap();
    let manifest = "[workspace]\n[workspace.package]\nversion = \"0.1.0\"\n";
    write(root.path(), "Cargo.toml", manifest);
    let client = "[package]\nname = \"client\"\nversion.workspace = true\n";
    write(root.path(), "crates/client/Cargo.toml", client);
    let facade = "[package]\nname = \"facade\"\nversion.workspace = true\n[dependencies]\nclient.workspace = true\n";
    write(root.path(), "crates/facade/Cargo.toml", facade);
    let source = "fn f(c: &client::Client) {\n    c.get_bot();\n    c.login();\n}\n// login\n";
    write(root.path(), "crates/facade/src/lib.rs", source);
    let other = "[package]\nname = \"other\"\nversion = \"3.0.0\"\n";
    write(root.path(), "crates/other/Cargo.toml", other);
    write(
        root.path(),
        "CHANGELOG.md",
        "## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n",
    );
    git(root.path(), &["init", "--quiet"]);
    commit(root.path());
    root
}

/// Commits everything.
fn commit(root: &Path) {
    git(root, &["add", "."]);
    let author = ["-c", "user.name=n", "-c", "user.email=n@example.com"];
    git(
        root,
        &[&author[..], &["commit", "--quiet", "-m", "all"]].concat(),
    );
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(root: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

/// Replaces text in the document on disk, and records that it is meant.
fn edit(root: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(root.join(DOCUMENT)).unwrap();
    assert!(text.contains(from), "{from}");
    write(root, DOCUMENT, &text.replacen(from, to, 1));
    record_in(root, &[], &mut Vec::new()).unwrap();
}

/// The review of two documents, each below the root unless it is a revision.
fn reviewed(root: &Path, old: &str, new: &str) -> Result<Review, Vec<Problem>> {
    let place = |name: &str| match root.join(name) {
        path if path.exists() => path.display().to_string(),
        _ => name.to_owned(),
    };
    let (old, new, root) = (place(old), place(new), root.to_owned());
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
    let work = move || Sides::read(&old, &new, &root).and_then(|sides| review(&sides, &root));
    worker.spawn(work).unwrap().join().unwrap()
}

/// What a commit holds does not change, and may be older than the hashes.
#[test]
fn a_commit_without_hashes_is_compared() {
    let root = workspace();
    let api = root.path().join(SPECS).join("api.toml");
    let recorded = fs::read_to_string(&api).unwrap();
    let lines = recorded.lines().filter(|line| !line.starts_with("sha256"));
    fs::write(&api, lines.collect::<Vec<_>>().join("\n")).unwrap();
    commit(root.path());
    let committed = format!("HEAD:{SPECS}");
    let problems = reviewed(root.path(), &committed, SPECS).unwrap_err();
    assert_eq!(problems[0].kind, ProblemKind::HashMismatch);
    fs::write(&api, recorded).unwrap();
    assert_eq!(reviewed(root.path(), &committed, SPECS).unwrap().bump, None);
}

#[test]
fn a_committed_folder_and_the_one_on_disk() {
    let root = workspace();
    let review = reviewed(root.path(), "HEAD:specs/client", SPECS).unwrap();
    assert_eq!(review.bump, None);
    assert!(review.releases.is_empty() && review.mentions.is_empty());
    assert_eq!(review.changelog, "");
    let page = page(&review);
    assert!(page.contains("**Nothing differs for callers.**"), "{page}");
}

#[test]
fn a_new_type_of_a_parameter_breaks_and_is_told_everywhere() {
    let root = workspace();
    let (from, to) = (
        "\"description\": \"Prefixed bot id.\",\n    \"schema\": {\n     \"type\": \"string\"",
        "\"description\": \"Prefixed bot id.\",\n    \"schema\": {\n     \"type\": \"integer\"",
    );
    edit(root.path(), from, to);
    // The document by its own path brings its folder, too.
    let review = reviewed(root.path(), "HEAD:specs/client/openapi.json", DOCUMENT).unwrap();
    assert_eq!(review.bump, Some(Bump::Major));
    let mentions: Vec<_> = review
        .mentions
        .iter()
        .map(|mention| (mention.file.as_str(), mention.line, mention.name.as_str()))
        .collect();
    assert_eq!(mentions, [("crates/facade/src/lib.rs", 2, "get_bot")]);
    let releases: Vec<_> = review
        .releases
        .iter()
        .map(|release| format!("{} {}", release.name, release.to))
        .collect();
    assert_eq!(releases, ["client 0.2.0", "facade 0.2.0"]);
    assert_eq!(
        review.changelog,
        "### Changed\n\n- `client`: **breaking**: `get_bot`: argument `bot_id` is `i64`, was `String`.\n"
    );
    let page = page(&review);
    let row =
        "| `get_bot` | argument `bot_id` | `String, required` | `i64, required` | **breaking**: ";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("Set `0.2.0` in `Cargo.toml`"), "{page}");
}

#[test]
fn a_document_by_itself_takes_the_place_of_the_other_one() {
    let root = workspace();
    edit(
        root.path(),
        "\"operationId\": \"get_bot\"",
        "\"operationId\": \"botGetPost\"",
    );
    fs::rename(root.path().join(DOCUMENT), root.path().join("new.json")).unwrap();
    let review = reviewed(root.path(), "HEAD:specs/client", "new.json").unwrap();
    // The name is known by method and path; the table has the id.
    assert_eq!(review.bump, Some(Bump::Patch), "{:#?}", review.findings);
    assert_eq!(review.crate_name.as_deref(), Some("client"));
    assert_eq!(review.releases[0].to.to_string(), "0.1.1");
    assert_eq!(review.changelog, "");
}

#[test]
fn what_cannot_be_read_is_a_problem() {
    let root = workspace();
    for (old, expected) in [
        ("missing", "there is no missing"),
        ("HEAD:specs/missing", "git cat-file"),
        ("HEAD:../outside", "../outside is no path"),
        ("no-such-revision:specs/client", "git rev-parse"),
        ("--help:specs/client", "git rev-parse"),
    ] {
        let problems = reviewed(root.path(), old, SPECS).unwrap_err();
        let said: Vec<_> = problems.iter().map(|problem| &problem.message).collect();
        assert!(said[0].starts_with(expected), "{said:#?}");
    }
    edit(root.path(), "{", "[");
    let problems = reviewed(root.path(), "HEAD:specs/client", SPECS).unwrap_err();
    assert_eq!(problems[0].kind, ProblemKind::Syntax, "{problems:#?}");
}
