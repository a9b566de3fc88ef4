//! `cargo xtask generate --spec --out`: what is written to a folder once, what each time, and whose folder it may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;
use xtask::pipeline::STACK_BYTES;
use xtask::tasks::Exit;
use xtask::tasks::generate::{Arguments, generate};
use xtask::tasks::repair::repair_folder;

/// A document with an operation for each tag.
fn document(tags: &[&str]) -> String {
    let paths = tags.iter().enumerate().map(|(index, tag)| {
        format!(
            "  /a{index}:\n    get: {{operationId: a{index}, tags: ['{tag}'], responses: {{'200': {{description: d, \
             content: {{application/json: {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}}}}}}}\n"
        )
    });
    let paths: String = paths.collect();
    format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}")
}

/// A folder for a document, and for the crate beside it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The crate's folder.
    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.out().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.out().join(path)).unwrap()
    }

    fn generate(&self, name: &str, tags: &[&str]) -> (Exit, String) {
        let spec = self.0.path().join("openapi.yaml");
        fs::write(&spec, document(tags)).unwrap();
        let arguments = Arguments {
            check: false,
            api: Vec::new(),
            changes: false,
            json: false,
            root: None,
            spec: Some(spec),
            out: Some(self.out()),
            crate_name: Some(name.to_owned()),
            accept_stale: false,
            core: None,
        };
        let work = move || {
            let mut out = Vec::new();
            let exit = generate(&arguments, &mut out).unwrap();
            (exit, String::from_utf8(out).unwrap())
        };
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
        worker.spawn(work).unwrap().join().unwrap()
    }

    /// The crate is refused for this reason, and nothing is written.
    fn refuses(&self, name: &str, expected: &str) {
        let before = tree(&self.out());
        let (exit, text) = self.generate(name, &["a"]);
        assert_eq!(exit, Exit::Failure, "{text}");
        assert!(text.contains(expected), "{expected}: {text}");
        assert_eq!(tree(&self.out()), before);
    }

    fn succeeds(&self, name: &str, tags: &[&str]) {
        let (exit, text) = self.generate(name, tags);
        assert_eq!(exit, Exit::Success, "{text}");
    }
}

/// Everything below a folder, with the content of files; links are not followed.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let entries = WalkDir::new(folder).into_iter().flatten();
    let content = |entry: &walkdir::DirEntry| {
        let is_file = entry.file_type().is_file();
        is_file.then(|| fs::read(entry.path()).unwrap())
    };
    entries
        .map(|entry| (entry.path().to_owned(), content(&entry)))
        .collect()
}

#[test]
fn what_people_edit_is_written_once() {
    let place = Place::new();
    place.succeeds("pets", &["one", "two"]);
    let manifest = place.read("Cargo.toml");
    assert!(manifest.contains("\none = []\ntwo = []\n"), "{manifest}");
    // Whoever publishes it says under which licence.
    assert!(!manifest.contains("license"), "{manifest}");

    let edited = manifest
        .replace("version = \"0.1.0\"", "version = \"3.1.4\" # ours")
        .replace("[dependencies]\n", "[dependencies]\nlog = \"0.4\"\n")
        .replace("\ntwo = []\n", "\ntwo = []\nwith-log = [\"dep:log\"]\n");
    place.write("Cargo.toml", &edited);
    let lib = format!("{}\nmod by_hand;\n", place.read("src/lib.rs"));
    place.write("src/lib.rs", &lib);
    for (path, text) in [
        ("src/by_hand.rs", "pub fn by_hand() {}\n"),
        ("README.md", "# Ours\n"),
        ("tests/mine.rs", "#[test]\nfn mine() {}\n"),
    ] {
        place.write(path, text);
    }
    let before = tree(&place.out());
    place.succeeds("pets", &["one", "two"]);
    assert_eq!(place.read("Cargo.toml"), edited);
    assert_eq!(tree(&place.out()), before);

    // Another document changes what is generated, and of the manifest the features alone.
    place.succeeds("pets", &["one", "three"]);
    let expected = edited
        .replace("    \"two\",\n", "    \"three\",\n")
        .replace("\ntwo = []\n", "\nthree = []\n");
    assert_eq!(place.read("Cargo.toml"), expected);
    let is_by_hand = |path: &Path| {
        let generated = place.out().join("src/generated");
        path != place.out().join("Cargo.toml") && !path.starts_with(generated)
    };
    let mut after = tree(&place.out());
    after.retain(|path, _| is_by_hand(path));
    let by_hand = before.into_iter().filter(|(path, _)| is_by_hand(path));
    assert_eq!(after, by_hand.collect());
    assert!(place.out().join("src/generated/three.rs").exists());
    assert!(!place.out().join("src/generated/two.rs").exists());
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    for files in [
        &["Cargo.toml", "src/lib.rs"][..],
        &["src/generated/mod.rs"],
        &["src/generated/a.rs"],
        &["README.md"],
        &["notes/deep/er.txt"],
        &[".hidden"],
        &[".git/HEAD", "thesis.tex"],
    ] {
        let place = Place::new();
        for file in files {
            place.write(file, "// by hand\n");
        }
        let message = format!("{} holds ", place.out().display());
        place.refuses("pets", &message);
    }
    let place = Place::new();
    fs::write(place.out(), "a file").unwrap();
    place.refuses("pets", &format!("cannot read {}", place.out().display()));
}

#[test]
fn a_folder_that_is_as_good_as_empty_is_taken() {
    let place = Place::new();
    fs::create_dir_all(place.out().join("src/generated")).unwrap();
    place.succeeds("pets", &["a"]);

    let place = Place::new();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write(".gitignore", "/target\n");
    place.succeeds("pets", &["a"]);
    assert_eq!(place.read(".gitignore"), "/target\n");
    assert_eq!(place.read(".git/HEAD"), "ref: refs/heads/main\n");
}

#[test]
fn names_that_are_not_those_of_a_crate_are_refused() {
    let place = Place::new();
    for name in [
        "self",
        "crate",
        "super",
        "std",
        "test",
        "con",
        "lpt1",
        "rapid7-core",
        "rapid7_core",
        "serde",
        "A",
        "../up",
    ] {
        place.refuses(name, &format!("`{name}` "));
    }
    assert!(!place.out().exists());
}

#[test]
fn a_crate_of_another_name_is_refused() {
    let place = Place::new();
    place.succeeds("pets", &["a"]);
    place.refuses("shops", "holds the crate `pets`, not `shops`");
    place.write("Cargo.toml", "[package");
    place.refuses("pets", "Cargo.toml is not TOML");
}

#[test]
fn a_file_among_the_generated_ones_is_refused_by_its_name() {
    for file in ["mine.rs", "types/mine.rs", "a.rs", "notes.txt"] {
        let place = Place::new();
        place.succeeds("pets", &["a"]);
        let path = format!("src/generated/{file}");
        place.write(&path, "// by hand\n");
        place.refuses("pets", &format!("{path} was not written by the generator"));
    }
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.succeeds("pets", &["a"]);
    let elsewhere = place.0.path().join("elsewhere");
    let generated = place.out().join("src/generated");
    fs::rename(&generated, &elsewhere).unwrap();
    symlink(&elsewhere, &generated).unwrap();
    let before = tree(&elsewhere);
    place.refuses("pets", "src/generated is a symbolic link");
    let (exit, _) = place.generate("pets", &["another"]);
    assert_eq!(exit, Exit::Failure);
    assert_eq!(tree(&elsewhere), before);
}

#[test]
fn an_interrupted_write_is_told_and_repaired() {
    let place = Place::new();
    // What a process leaves that is killed at its first file.
    place.write(".xtask-transaction/0", "half");
    let command = format!("run: cargo xtask repair {}", place.out().display());
    place.refuses("pets", &command);
    let mut out = Vec::new();
    repair_folder(&place.out(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.contains("nothing was replaced, all files are old"),
        "{out}"
    );
    place.succeeds("pets", &["a"]);
}
