//! Kills `generate`, `pull` and `repair` at every system call that could leave something half done, and repairs.
//!
//! `strace` makes the kills, in a process that runs this test program again for [`child`] alone:
//! `cargo test -p xtask --test kills -- --ignored`.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too, and says how much it tried"
)]

#[path = "kills/place.rs"]
mod place;
#[allow(dead_code, reason = "the tests of `pull` use the rest")]
#[path = "pull/server.rs"]
mod server;

use place::{Place, Task};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// System calls that change what is on the disk, or could be the last before one does.
const CALLS: [&str; 14] = [
    "openat",
    "creat",
    "write",
    "pwrite64",
    "writev",
    "copy_file_range",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "rmdir",
    "unlink",
    "unlinkat",
];

/// No process comes near to so many calls of one kind.
const MOST_CALLS: usize = 5_000;

/// Tells the test program what to do in the process that is killed.
const TASK: &str = "XTASK_KILLS_TASK";

#[test]
#[ignore = "run by the others, in a process of its own"]
fn child() {
    if let Ok(task) = std::env::var(TASK) {
        Task::parse(&task).succeed();
    }
}

/// Runs a task; with a call and a number, in a process that is killed at that call. Says whether it was.
fn is_killed(task: &Task, kill: Option<(&str, usize)>) -> bool {
    let program = std::env::current_exe().unwrap();
    let mut command = match kill {
        None => Command::new(&program),
        Some((call, number)) => {
            let mut command = Command::new("strace");
            let inject = format!("inject={call}:signal=KILL:when={number}");
            let trace = format!("trace={call}");
            command.args(["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]);
            command.arg(&program);
            command
        }
    };
    let output = command
        .args(["--ignored", "--exact", "child"])
        .env(TASK, task.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let is_killed = output.status.signal() == Some(9);
    assert!(is_killed || output.status.success(), "{output:?}");
    is_killed
}

/// Kills a task everywhere.
fn kill_everywhere(name: &str, place: &Place) {
    place.reset();
    assert!(!is_killed(&place.task(), None));
    let whole = place.whole();
    let mut states = BTreeSet::new();
    let mut kills = 0;
    for call in CALLS {
        let all = 1..MOST_CALLS;
        let last = all.into_iter().find(|number| {
            place.reset();
            let is_killed = is_killed(&place.task(), Some((call, *number)));
            if is_killed {
                states.insert(place.assert_repairable(&whole, &format!("{call} {number}")));
            }
            !is_killed
        });
        kills += last.unwrap() - 1;
    }
    println!("{name}: {kills} kills, then {states:?}");
    assert_eq!(states, place.expected_states(), "{name}");
}

#[test]
#[ignore = "needs strace, and minutes"]
fn generate_is_killed_everywhere() {
    kill_everywhere("generate", &Place::workspace());
}

#[test]
#[ignore = "needs strace, and minutes"]
fn generate_out_is_killed_everywhere() {
    kill_everywhere("generate --out, new", &Place::new_crate());
    kill_everywhere("generate --out, again", &Place::crate_again());
}

#[test]
#[ignore = "needs strace, and minutes"]
fn pull_is_killed_everywhere() {
    kill_everywhere("pull", &Place::pull());
}

#[test]
#[ignore = "needs strace, and minutes"]
fn repair_is_killed_everywhere() {
    let place = Place::workspace();
    place.reset();
    // In the middle of the renames, of which the first is that of the journal.
    assert!(is_killed(&place.task(), Some(("rename", 5))));
    kill_everywhere("repair", &place.repairing());
}
