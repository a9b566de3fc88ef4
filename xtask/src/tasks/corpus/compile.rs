//! All generated crates checked by one run of cargo.

use super::attempt::Runner;
use super::unusable;
use crate::problem::{Problem, ProblemKind};
use crate::tasks::workspace;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use toml_edit::{DocumentMut, value};

/// Errors that are kept of one crate.
const ERRORS: usize = 3;

/// What cargo says of all crates.
#[derive(Debug, Default)]
pub(super) struct Compilation {
    /// By name.
    pub(super) crates: BTreeMap<String, Verdict>,
    /// Warnings in generated crates.
    pub(super) warnings: usize,
}

/// What cargo says of one crate.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) compiled: bool,
    /// How many errors there are.
    pub(super) errors: usize,
    /// The first of them, as rustc prints them.
    pub(super) first_errors: Vec<String>,
}

/// A line of `--message-format=json`.
#[derive(Debug, Deserialize)]
struct Line {
    reason: String,
    manifest_path: Option<PathBuf>,
    message: Option<Diagnostic>,
}

#[derive(Debug, Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Value>,
}

/// Checks the crates of these names, below `folder`.
///
/// # Errors
///
/// When the workspace cannot be written, or cargo fails before it comes to a crate.
pub(super) fn compile(folder: &Path, names: &[&str], jobs: usize) -> Result<Compilation, Problem> {
    let mut compilation = Compilation {
        crates: names
            .iter()
            .map(|name| ((*name).to_owned(), Verdict::default()))
            .collect(),
        warnings: 0,
    };
    if names.is_empty() {
        return Ok(compilation);
    }
    write_workspace(folder, names)?;
    let mut output = check(folder, jobs, &["--offline"])?;
    if !has_begun(&output) {
        // A dependency may never have been downloaded.
        output = check(folder, jobs, &[])?;
    }
    if !has_begun(&output) {
        let words = String::from_utf8_lossy(&output.stderr);
        let message = format!("cargo cannot check the crates: {}", words.trim());
        return Err(Problem::error(ProblemKind::Generator, message));
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Ok(said) = serde_json::from_str::<Line>(line) {
            compilation.take(said);
        }
    }
    Ok(compilation)
}

impl Compilation {
    fn take(&mut self, said: Line) {
        let name = said
            .manifest_path
            .as_deref()
            .and_then(Path::parent)
            .and_then(Path::file_name)
            .unwrap_or_default();
        let Some(verdict) = self.crates.get_mut(&*name.to_string_lossy()) else {
            return;
        };
        if said.reason == "compiler-artifact" {
            verdict.compiled = true;
        }
        let Some(message) = said.message else { return };
        let is_count = message.message.starts_with("aborting due to");
        if message.level.starts_with("error") && !is_count {
            verdict.errors += 1;
            if verdict.first_errors.len() < ERRORS {
                let text = message.rendered.unwrap_or(message.message);
                verdict.first_errors.push(text);
            }
        } else if message.level == "warning" && !message.spans.is_empty() {
            // Without a place it is the count of the others.
            self.warnings += 1;
        }
    }
}

/// Whether cargo came as far as to compile.
fn has_begun(output: &Output) -> bool {
    !output.stdout.is_empty()
}

/// A workspace of the crates, with the versions that our own lock file names.
fn write_workspace(folder: &Path, names: &[&str]) -> Result<(), Problem> {
    let mut manifest = DocumentMut::new();
    manifest["workspace"]["resolver"] = value("3");
    manifest["workspace"]["members"] = value(
        names
            .iter()
            .map(|name| format!("crates/{name}"))
            .collect::<toml_edit::Array>(),
    );
    for setting in ["debug", "incremental"] {
        manifest["profile"]["dev"][setting] = value(false);
    }
    write(&folder.join("Cargo.toml"), &manifest.to_string())?;
    let lock = workspace().join("Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock"))
        .map_err(|error| unusable(&lock.display().to_string(), &error))?;
    for name in names {
        let path = Runner::crate_folder(folder, name).join("Cargo.toml");
        let unreadable = |error: &dyn std::fmt::Display| {
            let message = format!("cannot use {}: {error}", path.display());
            Problem::error(ProblemKind::Unreadable, message)
        };
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
        let mut manifest: DocumentMut = text.parse().map_err(|error| unreadable(&error))?;
        // It is a member here, and no workspace of its own.
        manifest.remove("workspace");
        write(&path, &manifest.to_string())?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    fs::write(path, text).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Problem::error(ProblemKind::Unwritable, message)
    })
}

fn check(folder: &Path, jobs: usize, more: &[&str]) -> Result<Output, Problem> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    Command::new(&cargo)
        .args(["check", "--quiet", "--workspace", "--keep-going"])
        .args(["--message-format", "json", "--jobs", &jobs.to_string()])
        .args(more)
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .map_err(|error| unusable(&cargo.to_string_lossy(), &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn crates_are_told_apart_by_the_messages() {
        let names = ["corpus-a", "corpus-b", "corpus-c"];
        let mut compilation = Compilation {
            crates: names
                .map(|name| (name.to_owned(), Verdict::default()))
                .into(),
            warnings: 0,
        };
        let manifest = |name: &str| format!("/x/crates/{name}/Cargo.toml");
        let message = |name: &str, level: &str, text: &str, spans: Value| {
            json!({
                "reason": "compiler-message",
                "manifest_path": manifest(name),
                "message": { "level": level, "message": text, "rendered": format!("{text}\n"), "spans": spans },
            })
        };
        let artifact =
            |name: &str| json!({ "reason": "compiler-artifact", "manifest_path": manifest(name) });
        for said in [
            artifact("serde"),
            message("corpus-a", "warning", "unused", json!([{}])),
            message("corpus-a", "warning", "1 warning emitted", json!([])),
            artifact("corpus-a"),
            message("corpus-b", "error", "one", json!([{}])),
            message("corpus-b", "error", "two", json!([])),
            message("corpus-b", "error", "three", json!([{}])),
            message("corpus-b", "error", "four", json!([{}])),
            message(
                "corpus-b",
                "error",
                "aborting due to 4 previous errors",
                json!([]),
            ),
            json!({ "reason": "build-finished", "success": false }),
        ] {
            compilation.take(serde_json::from_value(said).unwrap());
        }
        let verdicts: Vec<_> = compilation
            .crates
            .values()
            .map(|verdict| {
                (
                    verdict.compiled,
                    verdict.errors,
                    verdict.first_errors.concat(),
                )
            })
            .collect();
        assert_eq!(
            verdicts,
            [
                (true, 0, String::new()),
                (false, 4, "one\ntwo\nthree\n".to_owned()),
                (false, 0, String::new()),
            ]
        );
        assert_eq!(compilation.warnings, 1);
    }
}
