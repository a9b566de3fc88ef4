use super::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// Steps until the process ends, as far as the code under test can tell.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

pub(super) fn step() {
    match LEFT.get() {
        Some(0) => resume_unwind(Box::new("killed")),
        left => LEFT.set(left.map(|left| left - 1)),
    }
}

/// Whether the work ends before this many steps; the rest of it is never done.
fn ends_within(steps: usize, work: impl FnOnce()) -> bool {
    LEFT.set(Some(steps));
    let ended = catch_unwind(AssertUnwindSafe(work)).is_ok();
    LEFT.set(None);
    ended
}

fn change(path: &str, content: Option<&str>) -> Change {
    Change {
        path: path.into(),
        content: content.map(|text| text.as_bytes().to_vec()),
    }
}

/// A file of each kind: replaced, made, deleted, deleted with its folder, the same; and a folder for a file.
fn changes() -> Vec<Change> {
    vec![
        change("api/openapi.yaml", Some("new")),
        change("api/api.toml", Some("hash of new")),
        change("api/swagger.json", None),
        change("src/generated/deep/er/made.rs", Some("made")),
        change("src/generated/old/gone.rs", None),
        change("same", Some("same")),
    ]
}

fn old() -> BTreeMap<PathBuf, String> {
    [
        ("api/openapi.yaml", "old"),
        ("api/api.toml", "hash of old"),
        ("api/swagger.json", "old"),
        ("src/generated/old/gone.rs", "gone"),
        ("same", "same"),
        ("mine", "mine"),
    ]
    .map(|(path, text)| (path.into(), text.to_owned()))
    .into()
}

fn new(changes: &[Change]) -> BTreeMap<PathBuf, String> {
    let mut files = old();
    for Change { path, content } in changes.iter().cloned() {
        match content {
            Some(bytes) => files.insert(path, String::from_utf8(bytes).unwrap()),
            None => files.remove(&path),
        };
    }
    files
}

fn folder() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in old() {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn tree(root: &Path) -> BTreeMap<PathBuf, String> {
    let entries = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    entries
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// How many steps a write has.
fn steps(changes: &[Change]) -> usize {
    (0..1000)
        .find(|steps| {
            let root = folder();
            ends_within(*steps, || commit(root.path(), changes).unwrap())
        })
        .unwrap()
}

#[test]
fn a_write_that_is_killed_at_any_step_is_found_and_repaired() {
    let mut states = Vec::new();
    for killed_after in 0..steps(&changes()) {
        let root = folder();
        let root = root.path();
        assert!(!ends_within(killed_after, || commit(root, &changes()).unwrap()));
        let state = interrupted(root);
        if state.is_some() {
            let message = commit(root, &changes()).unwrap_err().to_string();
            assert!(message.contains("run: cargo xtask repair /"), "{message}");
        } else {
            assert_eq!(
                tree(root),
                if killed_after == 0 {
                    old()
                } else {
                    new(&changes())
                }
            );
        }
        assert_eq!(repair(root).unwrap(), state);
        let is_new = matches!(state, Some(Interrupted::Between | Interrupted::After));
        assert_eq!(
            tree(root),
            if is_new { new(&changes()) } else { old() },
            "{killed_after}"
        );
        assert!(!root.join("src/generated/old").exists() || !is_new);
        assert_eq!(interrupted(root), None);
        states.push(state);
    }
    states.dedup();
    let expected = [
        None,
        Some(Interrupted::Before),
        Some(Interrupted::Between),
        Some(Interrupted::After),
    ];
    assert_eq!(states, expected);
}

#[test]
fn a_repair_that_is_killed_is_repaired() {
    // One of each kind.
    let changes = &changes()[1..4];
    let [old, new] = [old(), new(changes)];
    for killed_after in 0..steps(changes) {
        for again_after in 0.. {
            let root = folder();
            let root = root.path();
            assert!(!ends_within(killed_after, || commit(root, changes).unwrap()));
            let state = interrupted(root);
            let ended = ends_within(again_after, || {
                repair(root).unwrap();
            });
            repair(root).unwrap();
            let is_new = matches!(state, Some(Interrupted::Between | Interrupted::After));
            assert_eq!(
                &tree(root),
                if is_new { &new } else { &old },
                "{killed_after}"
            );
            if ended {
                break;
            }
        }
    }
}

#[test]
fn a_file_that_was_edited_after_the_kill_is_not_overwritten() {
    let between = (0..steps(&changes())).find_map(|steps| {
        let root = folder();
        ends_within(steps, || commit(root.path(), &changes()).unwrap());
        let is_between = interrupted(root.path()) == Some(Interrupted::Between);
        is_between.then_some(root)
    });
    let root = between.unwrap();
    let edited = root.path().join("api/openapi.yaml");
    fs::write(&edited, "edited").unwrap();
    let error = repair(root.path()).unwrap_err();
    assert!(matches!(error, WriteError::Edited { .. }), "{error}");
    assert_eq!(fs::read_to_string(&edited).unwrap(), "edited");
    fs::write(&edited, "old").unwrap();
    repair(root.path()).unwrap();
    assert_eq!(tree(root.path()), new(&changes()));
}

#[test]
fn a_write_that_is_under_way_is_left_alone() {
    let root = folder();
    let transaction = root.path().join(TRANSACTION);
    fs::create_dir(&transaction).unwrap();
    let lock = File::create(transaction.join("lock")).unwrap();
    lock.lock().unwrap();
    for error in [
        commit(root.path(), &changes()).unwrap_err(),
        repair(root.path()).map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, WriteError::Running { .. }), "{error}");
    }
    assert!(transaction.exists());
    drop(lock);
    assert_eq!(repair(root.path()).unwrap(), Some(Interrupted::Before));
    assert_eq!(tree(root.path()), old());
}

#[test]
fn a_place_that_is_no_file_changes_nothing() {
    let root = folder();
    fs::create_dir_all(root.path().join("d/e")).unwrap();
    for blocked in ["d", "mine/f"] {
        let mut set = changes();
        set.push(change(blocked, Some("x")));
        let error = commit(root.path(), &set).unwrap_err();
        assert!(matches!(error, WriteError::InTheWay { .. }), "{error}");
        assert_eq!(tree(root.path()), old());
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let (root, elsewhere) = (folder(), tempfile::tempdir().unwrap());
    let link = |to: &str| std::os::unix::fs::symlink(elsewhere.path(), root.path().join(to));
    link("api/linked").unwrap();
    link("dangling").unwrap();
    for path in ["api/linked/x", "api/linked", "dangling"] {
        let error = commit(root.path(), &[change(path, Some("x"))]).unwrap_err();
        assert!(matches!(error, WriteError::Link { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

/// A journal that somebody else wrote is held to the same rules.
#[test]
fn a_journal_leads_nowhere_else() {
    let root = folder();
    let transaction = root.path().join(TRANSACTION);
    fs::create_dir(&transaction).unwrap();
    for (journal, expected) in [
        (
            r#"[{"path": "../x", "old": null, "new": null}]"#,
            "leads out",
        ),
        ("[", "cannot read"),
        (
            r#"[{"path": "lost", "old": null, "new": "00"}]"#,
            "cannot replace",
        ),
    ] {
        fs::write(transaction.join(JOURNAL), journal).unwrap();
        let error = repair(root.path()).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let root = folder();
    let path = root.path().join("api/api.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    commit(root.path(), &changes()).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
}
