//! Crates of hostile documents, as the program writes them, and what cargo and rustc say to them.

use super::document::document;
use super::odd::text;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::visit::Visit;
use xtask::text::is_odd;

/// Writes the crate of a document with the program itself, and gives its folder.
pub(crate) fn generate(name: &str, document: &Value) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    let folder = root.join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&root).unwrap();
    let file = root.join(format!("{name}.json"));
    fs::write(&file, document.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["generate", "--crate", name, "--spec"])
        .arg(&file)
        .arg("--out")
        .arg(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Runs cargo on a crate; all of them share their dependencies.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"),
        )
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {log}", folder.display());
}

/// The files of a crate that the generator wrote.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != "Cargo.lock")
        .map(|entry| {
            (
                entry.path().to_owned(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// All string literals of the code.
#[derive(Default)]
struct Literals(BTreeSet<String>);

impl<'ast> Visit<'ast> for Literals {
    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.0.insert(literal.value());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            for token in list.tokens.clone() {
                if let Ok(literal) = syn::parse2::<syn::LitStr>(token.into()) {
                    self.0.insert(literal.value());
                }
            }
        }
    }
}

/// Cargo and rustc take the crate, its files hold no odd character, and what goes over the wire is exact.
fn check(seed: u64) {
    let say = |place: &str| text(seed, place);
    let folder = generate(&format!("odd-{seed}"), &document(&say));
    let mut literals = Literals::default();
    for (path, text) in files(&folder) {
        let odd = text.chars().find(|c| is_odd(*c));
        assert_eq!(odd, None, "{}", path.display());
        if path.extension().is_some_and(|extension| extension == "rs") {
            literals.visit_file(&syn::parse_file(&text).unwrap());
        }
    }
    for place in [
        "member", "values", "either", "one", "two", "three", "query", "part", "field", "key",
    ] {
        let wire = say(place);
        assert!(literals.0.contains(&wire), "seed {seed}, {place}: {wire:?}");
    }
    cargo(&folder, &["check"]);
}

#[test]
fn odd_characters_everywhere_make_crates_that_compile() {
    for seed in 0..2 {
        check(seed);
    }
}

#[test]
#[ignore = "takes minutes"]
fn odd_characters_of_many_seeds_make_crates_that_compile() {
    for seed in 2..60 {
        check(seed);
    }
}
