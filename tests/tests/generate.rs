//! `cargo xtask generate`, run on copies of specification folders: what it says, how it ends, what it leaves behind.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

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
use xtask::tasks::record::record_in;
use xtask::tasks::repair::repair_folder;

/// The smallest of the specification folders.
const API: &str = "insightcloudsec-v4";

/// A manifest that people edit.
const FACADE: &str = "\
[package] # ours
name = \"insightcloudsec\"

[features]
# All of them.
default = [\"v4\"]
v4 = [\"insightcloudsec-v4/full\"]
";

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
        fs::create_dir_all(copy.facade().parent().unwrap()).unwrap();
        fs::write(copy.facade(), FACADE).unwrap();
        copy
    }

    /// A file of the specification folder.
    fn spec(&self, name: &str) -> PathBuf {
        self.0.path().join("specs").join(API).join(name)
    }

    /// A generated file of the client.
    fn generated(&self, name: &str) -> PathBuf {
        let folder = self.0.path().join("crates").join(API);
        folder.join("src/generated").join(name)
    }

    /// The manifest of the crate that hands on features.
    fn facade(&self) -> PathBuf {
        self.0.path().join("crates/insightcloudsec/Cargo.toml")
    }

    /// Replaces the first occurrence of some text in a file of the specification folder, and records that it is meant.
    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.spec(name)).unwrap();
        assert!(text.contains(from), "{name} has {from:?}");
        fs::write(self.spec(name), text.replacen(from, to, 1)).unwrap();
        self.record();
    }

    /// Records the hash of the document, if it can be read.
    fn record(&self) {
        record_in(self.0.path(), &[], &mut Vec::new()).unwrap();
    }

    /// How the task ends, and what it prints.
    fn generate(&self, check: bool) -> (Exit, String) {
        let arguments = Arguments {
            check,
            api: Vec::new(),
            changes: false,
            json: false,
            root: None,
            spec: None,
            out: None,
            crate_name: None,
            accept_stale: false,
            core: None,
        };
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
    std::thread::Builder::new()
        .stack_size(512 * 1024 * 1024)
        .spawn(task)
        .unwrap()
        .join()
        .unwrap()
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// What is done to a file of the folder.
enum Damage {
    Removed,
    Is(&'static [u8]),
    Has(&'static str, &'static str),
}

use Damage::{Has, Is, Removed};

impl Damage {
    fn apply(&self, copy: &Workspace, file: &str) {
        match self {
            Self::Removed => fs::remove_file(copy.spec(file)).unwrap(),
            Self::Is(content) => {
                fs::write(copy.spec(file), content).unwrap();
                copy.record();
            }
            Self::Has(from, to) => copy.replace(file, from, to),
        }
    }
}

const STALE_OVERLAY: &[u8] = b"\
overlay: 1.0.0
info: {title: x, version: '1'}
actions:
- target: $.paths['/v9']
  remove: true
  x-why: nobody calls it
  x-evidence: none
";

/// What is wrong, the file at fault, its damage, and whether there is a line to name.
const BAD_INPUTS: &[(&str, &str, Damage, bool)] = &[
    ("the document is missing", "openapi.yaml", Removed, false),
    (
        "the document is not UTF-8",
        "openapi.yaml",
        Is(b"openapi: \xff\n"),
        false,
    ),
    (
        "the document is not YAML",
        "openapi.yaml",
        Has("\npaths:\n", "\npaths: [\n"),
        true,
    ),
    (
        "the document is not OpenAPI",
        "openapi.yaml",
        Is(b"hello: world\n"),
        false,
    ),
    ("api.toml is missing", "api.toml", Removed, false),
    (
        "api.toml has no title",
        "api.toml",
        Has("title =", "# title ="),
        true,
    ),
    (
        "api.toml has a field too many",
        "api.toml",
        Has("title =", "titel = 'x'\ntitle ="),
        true,
    ),
    (
        "api.toml names another crate",
        "api.toml",
        Has("-v4\"", "-v5\""),
        false,
    ),
    (
        "an operation has no effect",
        "operations.toml",
        Has("effect =", "# effect ="),
        true,
    ),
    (
        "an operation has an unknown effect",
        "operations.toml",
        Has("\"read\"", "\"reed\""),
        true,
    ),
    (
        "an operation is not in the document",
        "operations.toml",
        Has("iac/scans\"]", "iac/scan\"]"),
        true,
    ),
    (
        "the key of an operation is none",
        "operations.toml",
        Has("[\"GET /", "[\"/"),
        true,
    ),
    (
        "operations.toml is not TOML",
        "operations.toml",
        Has("\"read\"", "read"),
        true,
    ),
    (
        "an overlay action matches nothing",
        "overlay.yaml",
        Is(STALE_OVERLAY),
        true,
    ),
];

#[test]
fn bad_input_is_reported_with_its_place_and_nothing_is_written() {
    let mut reports = String::new();
    for (name, file, damage, has_line) in BAD_INPUTS {
        let copy = Workspace::new();
        damage.apply(&copy, file);
        let before = copy.files();
        let (exit, text) = copy.generate(false);
        assert_eq!(exit.code(), 1, "{name}: {text}");
        assert_eq!(copy.files(), before, "{name}: something is written");
        let place = format!("ROOT/specs/{API}/{file}:");
        let at = text
            .split(&place)
            .nth(1)
            .and_then(|rest| rest.chars().next());
        let names_line = at.is_some_and(|c| c.is_ascii_digit());
        assert_eq!(names_line, *has_line, "{name}: a line of {file} in: {text}");
        writeln!(reports, "## {name}\n\n{text}").unwrap();
    }
    snapshot("bad-inputs", &without_hashes(&reports));
}

#[test]
fn a_copy_generates_checks_and_goes_stale() {
    let copy = Workspace::new();
    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Success, "{text}");
    assert!(
        text.contains("15 operations in, 15 methods out, 0 skipped"),
        "{text}"
    );
    let generated = copy.files();
    assert!(
        generated.contains_key(
            &copy
                .0
                .path()
                .join("crates")
                .join(API)
                .join("src/generated/client.rs")
        )
    );

    let (exit, text) = copy.generate(true);
    assert_eq!(exit.code(), 0, "{text}");

    copy.replace("openapi.yaml", "summary: ", "summary: Quickly ");
    let changed = copy.files();
    let (exit, text) = copy.generate(true);
    assert_eq!(exit.code(), 4, "{text}");
    assert!(text.contains("run: cargo xtask generate"), "{text}");
    assert!(
        text.contains("is stale") && text.contains("Quickly"),
        "{text}"
    );
    assert_eq!(copy.files(), changed, "a check writes nothing");

    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Success, "{text}");
    assert_ne!(copy.files(), changed);
    assert_eq!(copy.generate(true).0, Exit::Success);
}

#[test]
fn a_reference_that_leads_nowhere_is_any_value_and_reported() {
    let copy = Workspace::new();
    copy.replace("openapi.yaml", "/CloudFindingPage'", "/CloudFindingsPage'");
    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Success, "{text}");
    let place = format!("/specs/{API}/openapi.yaml:");
    assert!(
        text.contains("dangling-reference") && text.contains(&place),
        "{text}"
    );
    assert!(
        text.contains("CloudFindingsPage") && text.contains("lost:"),
        "{text}"
    );
    assert!(text.contains("15 methods out, 0 skipped"), "{text}");
}

#[test]
fn a_generated_file_that_does_not_belong_is_stale_and_goes_away() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    let generated = copy.files();
    fs::copy(copy.generated("client.rs"), copy.generated("stray.rs")).unwrap();
    let (exit, text) = copy.generate(true);
    assert_eq!(exit, Exit::Stale);
    assert!(text.contains("stray.rs should not be there"), "{text}");
    assert_eq!(copy.generate(false).0, Exit::Success);
    assert_eq!(copy.files(), generated);
}

#[test]
fn a_hand_written_file_among_generated_ones_is_an_error_and_stays() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    for name in ["stray.rs", "client.rs", "docs.md"] {
        let whole = fs::read(copy.generated(name));
        fs::write(copy.generated(name), "fn main() {}").unwrap();
        let before = copy.files();
        for check in [true, false] {
            let (exit, text) = copy.generate(check);
            assert_eq!(exit, Exit::Failure, "{text}");
            let message = format!("/src/generated/{name} was not written by the generator");
            assert!(text.contains(&message), "{text}");
            assert_eq!(copy.files(), before);
        }
        match whole {
            Ok(whole) => fs::write(copy.generated(name), whole).unwrap(),
            Err(_) => fs::remove_file(copy.generated(name)).unwrap(),
        }
    }
}

#[test]
fn an_interrupted_write_is_refused_until_it_is_repaired() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    let whole = copy.files();
    let specification = format!("specs/{API}/.openapi.yaml.new");
    for (left, state) in [
        (".xtask-transaction/0", "all files are old"),
        (".xtask-transaction.done/journal", "all files are new"),
        (specification.as_str(), "is left over"),
        ("crates/insightcloudsec/.Cargo.toml.old", "is left over"),
        ("tests/src/.generated.new/half.rs", "is left over"),
    ] {
        let path = copy.0.path().join(left);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "half").unwrap();
        for check in [true, false] {
            let (exit, text) = copy.generate(check);
            assert_eq!(exit, Exit::Failure, "{left}: {text}");
            let names_command = text.contains("; run: cargo xtask repair ROOT\n");
            assert!(text.contains(state) && names_command, "{left}: {text}");
        }
        assert_eq!(
            repair_folder(copy.0.path(), &mut Vec::new()).unwrap(),
            Exit::Success
        );
        assert_eq!(copy.files(), whole, "{left}");
    }
    assert_eq!(copy.generate(true).0, Exit::Success);
}

/// A report that stays the same when the document is edited.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| match word.char_indices().next_back() {
            Some((end, last)) if is_hash(&word[..end]) => format!("HASH{last}"),
            _ => word.to_owned(),
        })
        .collect()
}

/// The generator would take over a crate that people wrote.
#[test]
fn a_crate_that_is_not_generated_is_refused() {
    let copy = Workspace::new();
    let folder = copy.0.path().join("crates").join(API);
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(
        folder.join("Cargo.toml"),
        format!("[package]\nname = \"{API}\"\n"),
    )
    .unwrap();
    fs::write(folder.join("src/lib.rs"), "pub fn by_hand() {}\n").unwrap();
    let before = copy.files();
    let (exit, text) = copy.generate(false);
    assert_eq!(exit, Exit::Failure, "{text}");
    let message = format!("ROOT/crates/{API} holds Cargo.toml, and the generator did not make it");
    assert!(text.contains(&message), "{text}");
    assert_eq!(copy.files(), before);
}

#[test]
fn a_document_that_is_not_the_recorded_one_is_refused_until_it_is_recorded() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    let mut document = fs::read_to_string(copy.spec("openapi.yaml")).unwrap();
    document.push_str("# by hand\n");
    fs::write(copy.spec("openapi.yaml"), document).unwrap();
    let before = copy.files();
    for check in [true, false] {
        let (exit, text) = copy.generate(check);
        assert_eq!(exit, Exit::Failure, "{text}");
        let command = format!("run `cargo xtask record --api {API}`");
        assert!(
            text.contains("openapi.yaml has the hash ") && text.contains(&command),
            "{text}"
        );
        assert_eq!(copy.files(), before);
    }
    copy.record();
    assert_eq!(copy.generate(false).0, Exit::Success);
}

/// The report of a committed specification, with every change that was made to it counted.
fn report_of(name: &str) -> String {
    let folder = Path::new(&workspace()).join("specs").join(name);
    let name = name.to_owned();
    on_a_deep_stack(move || {
        let opened = SpecFolder::open(&folder).unwrap();
        report(
            &name,
            &run(Input::from_folder(opened)).unwrap(),
            Detail::Summary,
        )
    })
}

#[test]
fn reports_of_our_documents_are_as_reviewed() {
    let reports: Vec<String> = CRATES.iter().map(|name| report_of(name)).collect();
    let root = workspace().display().to_string();
    snapshot("reports", &reports.join("\n").replace(&root, "ROOT"));
}

#[test]
fn manifests_have_a_feature_for_each_tag_and_keep_what_people_wrote() {
    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    let facade = fs::read_to_string(copy.facade()).unwrap();
    let tags = facade.strip_prefix(FACADE).unwrap();
    assert_eq!(
        tags.lines().skip(2).collect::<Vec<_>>(),
        [
            "v4-aws-configuration = [\"insightcloudsec-v4/aws-configuration\"]",
            "v4-iac = [\"insightcloudsec-v4/iac\"]",
            "v4-insights = [\"insightcloudsec-v4/insights\"]",
        ]
    );
    let client = copy.0.path().join("crates").join(API).join("Cargo.toml");
    let text = fs::read_to_string(&client).unwrap();
    let by_hand = text
        .replace("[package]\n", "[package] # ours\n")
        .replace("[features]\n", "[features]\nextra = []\n\n");
    fs::write(&client, &by_hand).unwrap();
    assert_eq!(copy.generate(true).0, Exit::Success);

    // The tag of one operation, in the document alone.
    copy.replace("openapi.yaml", "tags: [IaC]", "tags: [Plan scans]");
    let (exit, text) = copy.generate(true);
    assert_eq!(exit, Exit::Stale);
    for manifest in [API, "insightcloudsec"] {
        let line = format!("crates/{manifest}/Cargo.toml is stale");
        assert!(text.contains(&line), "{text}");
    }
    assert_eq!(copy.generate(false).0, Exit::Success);
    let written = fs::read_to_string(&client).unwrap();
    assert!(written.contains("\nplan-scans = []\n"), "{written}");
    assert!(written.starts_with("[package] # ours\n"), "{written}");
    assert!(
        written.contains("[features]\nextra = []\n\n# The tags of"),
        "{written}"
    );
    let facade = fs::read_to_string(copy.facade()).unwrap();
    let line = "\nv4-plan-scans = [\"insightcloudsec-v4/plan-scans\"]\n";
    assert!(
        facade.starts_with(FACADE) && facade.contains(line),
        "{facade}"
    );
}

#[test]
fn manifests_that_cannot_be_read_are_reported_and_nothing_is_written() {
    for (content, expected) in [
        (None, "cannot read ROOT/crates/insightcloudsec/Cargo.toml"),
        (
            Some("[features"),
            "crates/insightcloudsec/Cargo.toml is not TOML",
        ),
    ] {
        let copy = Workspace::new();
        match content {
            None => fs::remove_file(copy.facade()).unwrap(),
            Some(content) => fs::write(copy.facade(), content).unwrap(),
        }
        let before = copy.files();
        let (exit, text) = copy.generate(false);
        assert_eq!(exit, Exit::Failure);
        assert!(text.contains(expected), "{text}");
        assert_eq!(copy.files(), before);
    }
}

#[test]
fn the_folder_says_who_else_gets_files() {
    let copy = Workspace::new();
    let others = [
        "crates/insightcloudsec-mock/src/generated/insightcloudsec-v4.json",
        "tests/src/generated/insightcloudsec_v4.rs",
    ];
    let there = |copy: &Workspace| others.map(|file| copy.0.path().join(file).exists());
    copy.replace("api.toml", "mock = \"insightcloudsec-mock\"\n", "");
    copy.replace("api.toml", "calls = \"tests\"\n", "");
    assert_eq!(copy.generate(false).0, Exit::Success);
    assert_eq!(there(&copy), [false, false]);

    let copy = Workspace::new();
    assert_eq!(copy.generate(false).0, Exit::Success);
    assert_eq!(there(&copy), [true, true]);
    let calls = copy.0.path().join(others[1]);
    let edited = fs::read_to_string(&calls).unwrap() + "// edited\n";
    fs::write(&calls, edited).unwrap();
    let (exit, text) = copy.generate(true);
    assert_eq!(exit, Exit::Stale);
    assert!(
        text.contains("tests/src/generated/insightcloudsec_v4.rs is stale"),
        "{text}"
    );
}
