//! Folders to kill tasks in, and what must be true of them afterwards.

use super::server::{Server, page, yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;
use xtask::diff::sides::Sides;
use xtask::pipeline::STACK_BYTES;
use xtask::tasks::generate::{Arguments, generate, specification_folders};
use xtask::tasks::pull::{self, pull_into};
use xtask::tasks::record::record_in;
use xtask::tasks::repair::repair_folder;
use xtask::tasks::{Exit, diagnose};

/// What a process is to do; the rest of it, in the text of the command line, is the folder.
pub(crate) enum Task {
    Generate(PathBuf),
    Out(PathBuf),
    Pull(PathBuf, String),
    Repair(PathBuf),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generate(root) => write!(f, "generate|{}", root.display()),
            Self::Out(root) => write!(f, "out|{}", root.display()),
            Self::Pull(root, address) => write!(f, "pull|{}|{address}", root.display()),
            Self::Repair(root) => write!(f, "repair|{}", root.display()),
        }
    }
}

impl Task {
    pub(crate) fn parse(text: &str) -> Self {
        let parts: Vec<&str> = text.split('|').collect();
        match parts.as_slice() {
            ["generate", root] => Self::Generate(root.into()),
            ["out", root] => Self::Out(root.into()),
            ["pull", root, address] => Self::Pull(root.into(), (*address).to_owned()),
            ["repair", root] => Self::Repair(root.into()),
            _ => panic!("{text}"),
        }
    }

    pub(crate) fn succeed(self) {
        let (exit, text) = self.told();
        assert_eq!(exit, Exit::Success, "{text}");
    }

    /// How it ends, and what it prints.
    fn told(self) -> (Exit, String) {
        deep(move || {
            let mut out = Vec::new();
            let exit = match self {
                Self::Generate(root) => specification_folders(&arguments(None), &root, &mut out),
                Self::Out(root) => generate(&arguments(Some(&root)), &mut out),
                Self::Pull(root, address) => {
                    let mut arguments = pull_arguments();
                    arguments.instance = Some(address);
                    pull_into(&root, &arguments, None, &mut out)
                }
                Self::Repair(root) => repair_folder(&root, &mut out),
            };
            (exit.unwrap(), String::from_utf8(out).unwrap())
        })
    }
}

/// Runs as `main` of xtask does: documents are walked recursively.
fn deep<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
    worker.spawn(work).unwrap().join().unwrap()
}

fn arguments(out: Option<&Path>) -> Arguments {
    Arguments {
        check: false,
        api: Vec::new(),
        changes: false,
        json: false,
        root: None,
        spec: out.map(|out| out.with_extension("yaml")),
        out: out.map(Path::to_owned),
        crate_name: out.map(|_| "pets".to_owned()),
        accept_stale: false,
        core: None,
    }
}

fn pull_arguments() -> pull::Arguments {
    pull::Arguments {
        instance: None,
        published: false,
        from: None,
        docs: "docs".to_owned(),
        api: Vec::new(),
        dry_run: false,
        accept_errors: false,
    }
}

/// A document of an API with an operation for each tag.
fn document(version: &str, tags: &[&str]) -> String {
    let paths = tags.iter().map(|tag| {
        format!(
            "  /{version}/{tag}:\n    get: {{operationId: {tag}, tags: [{tag}], responses: {{'200': {{description: d, \
             content: {{application/json: {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}}}}}}}\n"
        )
    });
    let paths: String = paths.collect();
    format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}")
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A specification folder whose hash is not recorded yet.
fn put_specification(root: &Path, version: &str, tags: &[&str]) {
    let folder = root.join(format!("specs/x-{version}"));
    let api = format!(
        "# ours\ncrate = \"x-{version}\"\ntitle = \"X\"\nauth = \"insightcloudsec\"\nmock = \"mock\"\ncalls = \"calls\"\n\
         facade = \"facade\"\n\n[provenance]\nkind = \"file\"\n"
    );
    put(&folder.join("api.toml"), &api);
    put(&folder.join("openapi.yaml"), &document(version, tags));
}

type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// All files, without those of `target`, where nothing counts.
fn tree(root: &Path) -> Tree {
    let entries = WalkDir::new(root).into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    let relative = files.map(|entry| {
        let path = entry.path().strip_prefix(root).unwrap().to_owned();
        (path, fs::read(entry.path()).unwrap())
    });
    relative
        .filter(|(path, _)| !path.starts_with("target"))
        .collect()
}

/// What the files are when a task did nothing, and when it did all.
pub(crate) struct Whole {
    old: Tree,
    new: Tree,
}

/// What a kill left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Nothing to repair: wholly old or wholly new.
    Whole,
    /// In need of repair, which makes all old.
    Old,
    /// In need of repair, which makes all new: some files are old.
    Between,
    /// In need of repair, and all files are new.
    New,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Generate,
    Out,
    Pull,
    Repair,
}

/// A folder that starts anew for each kill.
pub(crate) struct Place {
    folder: TempDir,
    kind: Kind,
    server: Option<Server>,
    before: Tree,
    /// What the files were before the write that is to be repaired.
    oldest: Option<Tree>,
}

impl Place {
    fn with(kind: Kind) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            kind,
            server: None,
            before: Tree::new(),
            oldest: None,
        }
    }

    /// Crates of two documents that changed: files are replaced, made and deleted.
    pub(crate) fn workspace() -> Self {
        let mut place = Self::with(Kind::Generate);
        let root = place.root();
        let facade = "[package]\nname = \"facade\"\n\n[features]\n";
        put(&root.join("crates/facade/Cargo.toml"), facade);
        for tags in [["one", "two"], ["one", "three"]] {
            put_specification(&root, "v2", &tags);
            put_specification(&root, "v3", &tags);
            record_in(&root, &[], &mut Vec::new()).unwrap();
            if tags[1] == "two" {
                Task::Generate(root.clone()).succeed();
            }
        }
        place.before = tree(&root);
        place
    }

    /// A crate of its own that is not there yet.
    pub(crate) fn new_crate() -> Self {
        let place = Self::with(Kind::Out);
        put(
            &place.root().with_extension("yaml"),
            &document("v2", &["one"]),
        );
        place
    }

    /// A crate of its own whose document changed.
    pub(crate) fn crate_again() -> Self {
        let mut place = Self::with(Kind::Out);
        let root = place.root();
        let spec = root.with_extension("yaml");
        put(&spec, &document("v2", &["one", "two"]));
        Task::Out(root.clone()).succeed();
        put(&root.join("src/by_hand.rs"), "// by hand\n");
        put(&spec, &document("v2", &["one", "three"]));
        place.before = tree(&root);
        place
    }

    /// An instance that serves newer documents.
    pub(crate) fn pull() -> Self {
        let mut place = Self::with(Kind::Pull);
        let root = place.root();
        for version in ["v2", "v3"] {
            put_specification(&root, version, &["one"]);
        }
        // A name that promises JSON, for what is not: it is deleted.
        let json = "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"paths\": {\"/v3/one\": {\"get\": \
                    {\"operationId\": \"one\", \"responses\": {\"204\": {\"description\": \"\"}}}}}}";
        fs::remove_file(root.join("specs/x-v3/openapi.yaml")).unwrap();
        put(&root.join("specs/x-v3/openapi.json"), json);
        record_in(&root, &[], &mut Vec::new()).unwrap();
        let html = "<redoc spec-url=two.yaml></redoc><redoc spec-url=three.yaml></redoc>";
        place.server = Some(Server::new(&[
            ("/docs", page(html)),
            ("/two.yaml", yaml(&document("v2", &["one", "two"]))),
            ("/three.yaml", yaml(&document("v3", &["one", "two"]))),
        ]));
        place.before = tree(&root);
        place
    }

    /// The state that a kill left, to repair it. What was before that kill is the oldest state.
    pub(crate) fn repairing(mut self) -> Self {
        self.oldest = Some(std::mem::take(&mut self.before));
        self.before = tree(&self.root());
        self.kind = Kind::Repair;
        self
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub(crate) fn task(&self) -> Task {
        let root = self.root();
        match (self.kind, &self.server) {
            (Kind::Pull, Some(server)) => Task::Pull(root, server.address().to_owned()),
            (Kind::Out, _) => Task::Out(root),
            (Kind::Repair, _) => Task::Repair(root),
            _ => Task::Generate(root),
        }
    }

    /// Everything as it was before the task.
    pub(crate) fn reset(&self) {
        let root = self.root();
        let _ = fs::remove_dir_all(&root);
        for (path, bytes) in &self.before {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// To be called after the task did all.
    pub(crate) fn whole(&self) -> Whole {
        let old = self.oldest.as_ref().unwrap_or(&self.before).clone();
        let mut new = tree(&self.root());
        // The day may change while the test runs: see `same_day`.
        new.values_mut().for_each(same_day);
        assert_ne!(old, new);
        Whole { old, new }
    }

    pub(crate) fn expected_states(&self) -> BTreeSet<State> {
        match self.kind {
            // It never undoes what others had begun.
            Kind::Repair => [State::Whole, State::Between, State::New].into(),
            _ => [State::Whole, State::Old, State::Between, State::New].into(),
        }
    }

    /// After a kill: no file is half written, the next commands tell what to do, and that makes all files old or new.
    pub(crate) fn assert_repairable(&self, whole: &Whole, kill: &str) -> State {
        let root = self.root();
        let mut left = tree(&root);
        left.values_mut().for_each(same_day);
        let temporary = |path: &PathBuf| path.to_string_lossy().starts_with(".xtask-transaction");
        let is_whole = left.keys().all(|path| !temporary(path));
        let state = if is_whole && !has_transaction(&root) {
            assert!(left == whole.old || left == whole.new, "{kill}: not whole");
            return State::Whole;
        } else {
            left.retain(|path, _| !temporary(path));
            for (path, bytes) in &left {
                let versions = [whole.old.get(path), whole.new.get(path)];
                assert!(
                    versions.contains(&Some(bytes)),
                    "{kill}: {}",
                    path.display()
                );
            }
            self.assert_told(kill)
        };
        let (exit, text) = Task::Repair(root.clone()).told();
        assert_eq!(exit, Exit::Success, "{kill}: {text}");
        let mut repaired = tree(&root);
        repaired.values_mut().for_each(same_day);
        let expected = if state == State::Old {
            &whole.old
        } else {
            &whole.new
        };
        assert!(repaired == *expected, "{kill}: {state:?} is not repaired");
        assert!(!has_transaction(&root), "{kill}");
        state
    }

    /// Every command names the state and the command that repairs it, and changes nothing.
    fn assert_told(&self, kill: &str) -> State {
        let root = self.root();
        let before = tree(&root);
        let mut states = BTreeSet::new();
        for text in self.commands() {
            let command = format!("; run: cargo xtask repair {}\n", root.display());
            assert!(text.contains(&command), "{kill}: {text}");
            states.insert(if text.contains("all files are old") {
                State::Old
            } else if text.contains("some files are old, some are new") {
                State::Between
            } else if text.contains("all files are new") {
                State::New
            } else {
                panic!("{kill}: {text}")
            });
        }
        assert_eq!(states.len(), 1, "{kill}");
        assert!(tree(&root) == before, "{kill}");
        states.pop_first().unwrap()
    }

    /// What the commands say that fail.
    fn commands(&self) -> Vec<String> {
        let root = self.root();
        let failed = |(exit, text): (Exit, String)| {
            assert_eq!(exit, Exit::Failure, "{text}");
            text
        };
        if self.kind == Kind::Out {
            return vec![failed(Task::Out(root).told())];
        }
        let mut told = vec![failed(Task::Generate(root.clone()).told())];
        let mut run = |command: &dyn Fn(&mut Vec<u8>) -> std::io::Result<Exit>| {
            let mut out = Vec::new();
            let exit = command(&mut out).unwrap();
            told.push(failed((exit, String::from_utf8(out).unwrap())));
        };
        let check = Arguments {
            check: true,
            ..arguments(None)
        };
        run(&|out| specification_folders(&check, &root, out));
        let pull = pull::Arguments {
            published: true,
            ..pull_arguments()
        };
        run(&|out| pull_into(&root, &pull, None, out));
        run(&|out| record_in(&root, &[], out));
        let diagnosed = diagnose::Arguments {
            file: root.join("specs/x-v2/openapi.yaml"),
            json: false,
            changes: false,
            deny_warnings: false,
        };
        run(&|out| diagnose::diagnose(&diagnosed, out));
        let specification = root.join("specs/x-v2").display().to_string();
        let problems = Sides::read(&specification, &specification, &root).unwrap_err();
        told.push(format!("{}\n", problems[0].message));
        told
    }
}

fn has_transaction(root: &Path) -> bool {
    [".xtask-transaction", ".xtask-transaction.done"]
        .iter()
        .any(|name| root.join(name).exists())
}

/// `api.toml` has the day of retrieval, which may be another than a minute ago.
fn same_day(bytes: &mut Vec<u8>) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if text.contains("\nretrieved = ") {
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some(("retrieved", _)) => "retrieved = a day",
            _ => line,
        });
        *bytes = lines.collect::<Vec<_>>().join("\n").into_bytes();
    }
}
