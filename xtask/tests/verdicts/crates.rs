//! Crates of all cases in one scratch workspace, and what others say about them.

use super::Made;
use super::caller::caller;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output as Ended};
use xtask::diff::surface::Surface;
use xtask::package::features::{of_client, set};
use xtask::pipeline::Output;

const LIB: &str = "\
#![allow(missing_docs)]
mod generated;
pub use generated::{AUTH, Client, OPERATIONS, SPECIFICATION, builder, operations, types};
";

/// What is said of one direction of a case.
pub(crate) struct Truth {
    /// The lints of `cargo semver-checks` that want a major version.
    pub(crate) major: Option<String>,
    /// Those that want a minor one at least.
    pub(crate) minor: Option<String>,
    /// The first error of a caller of the old crate.
    pub(crate) caller: Option<String>,
}

/// The workspace.
pub(crate) struct Crates {
    root: PathBuf,
    cases: usize,
}

impl Crates {
    /// Writes the crate `base`, a crate for each case, and callers of the old ones against the new ones.
    pub(crate) fn write(base: &Output, surface: &Surface, cases: &[Made]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdicts");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let workspace = workspace.canonicalize().unwrap();
        write(&root.join("Cargo.toml"), &manifest(&workspace));
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        let crates = Self {
            root,
            cases: cases.len(),
        };
        crates.client("base", base);
        crates.caller("own-base", "base", surface);
        for (index, case) in cases.iter().enumerate() {
            let name = format!("case-{index}");
            crates.client(&name, &case.output);
            crates.caller(&format!("own-{index}"), &name, &case.surface);
            crates.caller(&format!("forth-{index}"), &name, surface);
            crates.caller(&format!("back-{index}"), "base", &case.surface);
        }
        crates.remove_others();
        crates
    }

    /// Removes crates of an earlier run that had more cases.
    fn remove_others(&self) {
        for index in self.cases.. {
            let names = ["case", "own", "forth", "back"].map(|name| format!("{name}-{index}"));
            let [case, ..] = &names;
            if !self.root.join(case).exists() {
                break;
            }
            for name in names {
                fs::remove_dir_all(self.root.join(name)).unwrap();
            }
        }
    }

    fn client(&self, name: &str, output: &Output) {
        let folder = self.root.join(name);
        let manifest = format!("{}\n[lib]\nname = \"client\"\n", member(name));
        let manifest = set(&manifest, name, &of_client(&output.api)).unwrap();
        write(&folder.join("Cargo.toml"), &manifest);
        write(&folder.join("src/lib.rs"), LIB);
        for (path, text) in &output.files.0 {
            write(&folder.join("src/generated").join(path), text);
        }
    }

    fn caller(&self, name: &str, of: &str, surface: &Surface) {
        let folder = self.root.join(name);
        let client = format!("client = {{ package = \"{of}\", path = \"../{of}\" }}\n");
        write(&folder.join("Cargo.toml"), &(member(name) + &client));
        write(&folder.join("src/lib.rs"), &caller(surface));
    }

    /// What `cargo semver-checks` and the compiler say of each case, forth and back.
    pub(crate) fn judge(&self, semver_checks: &OsStr) -> Vec<[Truth; 2]> {
        let errors = self.compile();
        self.document("base");
        (0..self.cases)
            .map(|index| {
                let case = format!("case-{index}");
                self.document(&case);
                let truth = |direction: &str, old: &str, new: &str| Truth {
                    major: self.compare(semver_checks, "minor", old, new),
                    minor: self.compare(semver_checks, "patch", old, new),
                    caller: errors.get(&format!("{direction}_{index}")).cloned(),
                };
                [truth("forth", "base", &case), truth("back", &case, "base")]
            })
            .collect()
    }

    /// The first error of each crate that does not compile, by its name in Rust.
    fn compile(&self) -> BTreeMap<String, String> {
        let arguments = [
            "check",
            "--workspace",
            "--keep-going",
            "--message-format=json",
        ];
        let ended = self.cargo(&arguments);
        let mut errors = BTreeMap::new();
        for line in String::from_utf8_lossy(&ended.stdout).lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
                let name = message["target"]["name"].as_str().unwrap().to_owned();
                let words = message["message"]["message"].as_str().unwrap();
                let words = words.replace('\n', " ").replace('|', "\\|");
                errors.entry(name).or_insert(words);
            }
        }
        // A caller that does not compile against its own crate would say nothing about another one.
        let own: Vec<_> = errors
            .iter()
            .filter(|(name, _)| !name.starts_with("forth_") && !name.starts_with("back_"))
            .collect();
        assert!(own.is_empty(), "{own:#?}");
        let log = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() || !errors.is_empty(), "{log}");
        errors
    }

    /// Leaves the rustdoc of a crate as JSON.
    fn document(&self, name: &str) {
        let ended = self.cargo(&[
            "rustdoc",
            "--quiet",
            "--lib",
            "--package",
            name,
            "--",
            "-Zunstable-options",
            "--output-format",
            "json",
            "--cap-lints",
            "allow",
        ]);
        let log = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{log}");
        // All libraries have one name, as versions of one crate have.
        let made = Self::target().join("doc/client.json");
        fs::rename(made, self.rustdoc(name)).unwrap();
    }

    /// The lints that fail for a release that is no more than `release`.
    fn compare(&self, program: &OsStr, release: &str, old: &str, new: &str) -> Option<String> {
        let ended = Command::new(program)
            .args(["semver-checks", "--color=never", "--release-type", release])
            .arg("--baseline-rustdoc")
            .arg(self.rustdoc(old))
            .arg("--current-rustdoc")
            .arg(self.rustdoc(new))
            .current_dir(&self.root)
            .output()
            .unwrap();
        if ended.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&ended.stdout);
        let lints: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("--- failure ")?.split(':').next())
            .collect();
        let log = String::from_utf8_lossy(&ended.stderr);
        assert!(!lints.is_empty(), "{old} to {new}: {text}\n{log}");
        Some(lints.join(", "))
    }

    fn rustdoc(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.json"))
    }

    fn target() -> PathBuf {
        // Beside the workspace, so that what is built once stays.
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdicts-target")
    }

    fn cargo(&self, arguments: &[&str]) -> Ended {
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", Self::target())
            .env("CARGO_INCREMENTAL", "0")
            // The format of rustdoc's JSON is not stable; cargo-semver-checks gets it in this way too.
            .env("RUSTC_BOOTSTRAP", "1")
            .output()
            .unwrap()
    }
}

fn manifest(workspace: &Path) -> String {
    let core = Value::from(workspace.join("crates/rapid7-core").display().to_string());
    format!(
        r#"[workspace]
resolver = "3"
members = ["*"]
exclude = ["*.json"]

[workspace.dependencies]
rapid7-core = {{ path = {core} }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"

[profile.dev]
debug = false
"#
    )
}

fn member(name: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
rapid7-core.workspace = true
serde.workspace = true
serde_json.workspace = true
"#
    )
}

fn write(path: &Path, text: &str) {
    // What stays the same keeps its time, and is not compiled again.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
