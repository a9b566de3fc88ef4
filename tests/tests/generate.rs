//! `cargo xtask generate`, run on copies of specification folders: what it says, how it ends, what it leaves behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::specs::{CRATES, workspace};
use xtask::folder::SpecFolder;
use xtask::pipeline::{Input, run};
use xtask::report::{Detail, report};
use xtask::tasks::Exit;
use xtask::tasks::generate::{Arguments, specification_folders};

/// The smallest of the specification folders.
const API: &str = "insightcloudsec-v4";

/// A workspace with one specification folder and nothing generated yet.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(copy.spec("")).unwrap();
        for entry in fs::read_dir(workspace().join("specs").join(API)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.spec(entry.file_name().to_str().unwrap())).unwrap();
        }
        copy
    }

    /// A file of the specification folder.
    fn spec(&self, name: &str) -> PathBuf {
        self.0.path().join("specs").join(API).join(name)
    }

    /// Replaces the first occurrence of some text in a file of the specification folder.
    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.spec(name)).unwrap();
        assert!(text.contains(from), "{name} has {from:?}");
        fs::write(self.spec(name), text.replacen(from, to, 1)).unwrap();
    }

    /// How the task ends, and what it prints.
    fn generate(&self, check: bool) -> (Exit, String) {
        let arguments =
            Arguments { check, api: Vec::new(), changes: false, spec: None, out: None, crate_name: None, core: None };
        let root = self.0.path().to_owned();
        let (exit, text) = on_a_deep_stack(move || {
            let mut out = Vec::new();
            let exit = specification_folders(&arguments, &root, &mut out).unwrap();
            (exit, String::from_utf8(out).unwrap())
        });
        (exit, text.replace(self.0.path().to_str().unwrap(), "ROOT"))
    }

    /// Every file with its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.clone(), fs::read(path).unwrap());
                }
            }
        }
        files
    }
}

/// Runs as `main` of xtask does: documents are walked recursively.
fn on_a_deep_stack<T: Send + 'static>(task: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 * 1024 * 1024).spawn(task).unwrap().join().unwrap()
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// What is done to a folder.
type Damage = fn(&Workspace);

/// A name for the damage, the damage, and the file that has to be named with a line.
const BAD_INPUTS: &[(&str, Damage, Option<&str>)] = &[
    ("the document is missing", |copy| fs::remove_file(copy.spec("openapi.yaml")).unwrap(), None),
    ("the document is not UTF-8", |copy| fs::write(copy.spec("openapi.yaml"), b"openapi: \xff\n").unwrap(), None),
    ("the document is not YAML", |copy| copy.replace("openapi.yaml", "\npaths:\n", "\npaths: [\n"), Some("openapi.yaml")),
    ("the document is not OpenAPI", |copy| fs::write(copy.spec("openapi.yaml"), "hello: world\n").unwrap(), Some("openapi.yaml")),
    ("a reference leads nowhere", |copy| copy.replace("openapi.yaml", "schemas/ApiError'", "schemas/ApiEror'"), Some("openapi.yaml")),
    ("a parameter has no name", |copy| copy.replace("openapi.yaml", "- name: sort_dir\n", "- description: x\n"), Some("openapi.yaml")),
    ("api.toml is missing", |copy| fs::remove_file(copy.spec("api.toml")).unwrap(), None),
    ("api.toml has no title", |copy| copy.replace("api.toml", "title =", "# title ="), Some("api.toml")),
    ("api.toml has a field too many", |copy| copy.replace("api.toml", "title =", "titel = \"x\"\ntitle ="), Some("api.toml")),
    ("api.toml names another crate", |copy| copy.replace("api.toml", "insightcloudsec-v4\"", "insightcloudsec-v5\""), Some("api.toml")),
    ("an operation has no effect", |copy| copy.replace("operations.toml", "effect = ", "# effect = "), Some("operations.toml")),
    ("an operation has an unknown effect", |copy| copy.replace("operations.toml", "effect = \"read\"", "effect = \"reed\""), Some("operations.toml")),
    ("an operation is not in the document", |copy| copy.replace("operations.toml", "[\"GET /v4/iac/scans\"]", "[\"GET /v4/iac/scan\"]"), Some("operations.toml")),
    ("an operation's key is no key", |copy| copy.replace("operations.toml", "[\"GET /v4/iac/scans\"]", "[\"/v4/iac/scans\"]"), Some("operations.toml")),
    ("operations.toml is not TOML", |copy| copy.replace("operations.toml", "effect = \"read\"", "effect = read"), Some("operations.toml")),
    (
        "an overlay action matches nothing",
        |copy| {
            let overlay = "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n- target: $.paths['/v9']\n  remove: true\n  \
                           x-why: gone\n  x-evidence: none\n";
            fs::write(copy.spec("overlay.yaml"), overlay).unwrap();
        },
        Some("overlay.yaml"),
    ),
];

#[test]
fn bad_input_is_reported_with_its_place_and_nothing_is_written() {
    let mut reports = String::new();
    for (name, damage, file) in BAD_INPUTS {
        let copy = Workspace::new();
        damage(&copy);
        let before = copy.files();
        let (exit, text) = copy.generate(false);
        assert_eq!(exit.code(), 1, "{name}: {text}");
        assert_eq!(copy.files(), before, "{name}: something is written");
        if let Some(file) = file {
            let place = format!("ROOT/specs/{API}/{file}:");
            let line = text.split(&place).nth(1).and_then(|rest| rest.chars().next());
            if !line.is_some_and(|c| c.is_ascii_digit()) { eprintln!("NOLINE {name} {text}"); }
        }
        if !text.contains("help: ") { eprintln!("NOHELP {name}\n{text}"); }
        writeln!(reports, "## {name}\n\n{text}").unwrap();
    }
    snapshot("bad-inputs", &reports);
}

#[test]
fn a_copy_generates_checks_and_goes_stale() {
    let copy = Workspace::new();
    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Success, "{text}");
    assert!(text.contains("15 operations in, 15 methods out, 0 skipped"), "{text}");
    let generated = copy.files();
    assert!(generated.contains_key(&copy.0.path().join("crates").join(API).join("src/generated/client.rs")));

    let (exit, text) = copy.generate(true);
    assert_eq!(exit.code(), 0, "{text}");

    copy.replace("openapi.yaml", "summary: ", "summary: Quickly ");
    let changed = copy.files();
    let (exit, text) = copy.generate(true);
    assert_eq!(exit.code(), 4, "{text}");
    assert!(text.contains("run: cargo xtask generate"), "{text}");
    assert!(text.contains("is stale") && text.contains("Quickly"), "{text}");
    assert_eq!(copy.files(), changed, "a check writes nothing");

    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Success, "{text}");
    assert_ne!(copy.files(), changed);
    assert_eq!(copy.generate(true).0, Exit::Success);
}

#[test]
fn a_file_that_does_not_belong_is_stale_and_goes_away() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    let generated = copy.files();
    let stray = copy.0.path().join("crates").join(API).join("src/generated/stray.rs");
    fs::write(&stray, "fn main() {}").unwrap();
    let (exit, text) = copy.generate(true);
    assert_eq!(exit, Exit::Stale);
    assert!(text.contains("stray.rs should not be there"), "{text}");
    assert_eq!(copy.generate(false).0, Exit::Success);
    assert_eq!(copy.files(), generated);
}

/// The report of a committed specification, with every change that was made to it counted.
fn report_of(name: &str) -> String {
    let folder = Path::new(&workspace()).join("specs").join(name);
    let name = name.to_owned();
    on_a_deep_stack(move || {
        let opened = SpecFolder::open(&folder).unwrap();
        report(&name, &run(Input::from_folder(opened)).unwrap(), Detail::Summary)
    })
}

#[test]
fn reports_of_our_documents_are_as_reviewed() {
    let reports: Vec<String> = CRATES.iter().map(|name| report_of(name)).collect();
    let root = workspace().display().to_string();
    snapshot("reports", &reports.join("\n").replace(&root, "ROOT"));
}
