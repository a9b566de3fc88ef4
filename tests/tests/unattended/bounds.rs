//! Servers that give too little, too late or too much: the call ends, and memory stays.
//!
//! The client runs in a process of its own, whose memory can be measured.

use super::{read, small_mock};
use insightcloudsec::{Credentials, Error, InsightCloudSec};
use insightcloudsec_mock::{Mock, Reply};
use std::process::Command;
use std::time::{Duration, Instant};

/// Longest time of a call that is not left at its default.
const TIMEOUT: Duration = Duration::from_secs(3);
/// For a busy machine to notice that time is up.
const SLACK: Duration = Duration::from_secs(2);
/// Most memory of a call, in kilobytes.
const MEMORY: u64 = 100_000;
const TEN_GIGABYTES: u64 = 10_000_000_000;
const MEBIBYTE: usize = 1024 * 1024;

/// How a call ended in the other process.
#[derive(Debug)]
struct Ending {
    cause: String,
    took: Duration,
    /// Most kilobytes in use above those before the call; `None` where the system does not tell.
    memory: Option<u64>,
}

/// Makes one call and prints how it ended.
#[tokio::test]
#[ignore = "run by the tests below, in a process whose memory is measured"]
async fn call_in_this_process() {
    let set = |name| std::env::var(name).unwrap();
    let mut builder =
        InsightCloudSec::builder(set("BOUNDS_URL"), Credentials::api_key(set("BOUNDS_KEY")));
    if std::env::var("BOUNDS_ARE_SHORT").is_ok() {
        // Longer than the silence of a server that sends a byte a second.
        builder = builder
            .timeout(TIMEOUT)
            .read_timeout(Duration::from_millis(1500));
    }
    let ics = builder.build().unwrap();
    // Opens what stays open.
    read(&ics, 1).await.unwrap();
    let before = start_measuring();
    let start = Instant::now();
    let error = read(&ics, 0).await.unwrap_err();
    let (took, after) = (start.elapsed(), memory("VmHWM:"));
    let grown = before
        .zip(after)
        .map(|(before, after)| after.saturating_sub(before));
    let cause = match &error {
        Error::Transport { error, .. } => format!("{:?}", error.kind()),
        error => {
            let (status, body) = (error.status().unwrap(), error.raw_body().unwrap());
            format!("status {}, {} bytes", status.as_u16(), body.len())
        }
    };
    let grown = grown.map_or_else(String::new, |grown| grown.to_string());
    println!("\nending: {}; {grown}; {cause}", took.as_millis());
}

/// Kilobytes in use; the highest mark begins here, or where it cannot be set, at that of the start.
fn start_measuring() -> Option<u64> {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    memory("VmRSS:")
}

/// A line of what Linux tells of this process, in kilobytes.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Lets a process of its own call a mock that answers thus.
async fn ending(reply: Reply, is_short: bool) -> Ending {
    let mock = small_mock().await;
    mock.on("list_clouds").respond(reply).unwrap();
    let output = tokio::task::spawn_blocking(move || client_of(&mock, is_short).output());
    let output = output.await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("ending: "));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    let mut parts = line.splitn(3, "; ");
    let mut part = || parts.next().unwrap();
    Ending {
        took: Duration::from_millis(part().parse().unwrap()),
        memory: part().parse().ok(),
        cause: part().to_owned(),
    }
}

fn client_of(mock: &Mock, is_short: bool) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "bounds::call_in_this_process"]);
    command.args(["--ignored", "--nocapture"]);
    command.env("BOUNDS_URL", mock.url());
    command.env("BOUNDS_KEY", mock.api_key());
    if is_short {
        command.env("BOUNDS_ARE_SHORT", "1");
    }
    command
}

async fn check(name: &str, reply: Reply, is_short: bool, cause: &str, within: Duration) {
    let ending = ending(reply, is_short).await;
    println!(
        "{name}: {} after {:.1} s, {} kB",
        ending.cause,
        ending.took.as_secs_f64(),
        ending
            .memory
            .map_or("unknown".to_owned(), |kilobytes| kilobytes.to_string())
    );
    assert_eq!(ending.cause, cause, "{name}");
    assert!(ending.took < within, "{name}: {:?}", ending.took);
    assert!(ending.memory.is_none_or(|kilobytes| kilobytes < MEMORY));
    assert!(ending.memory.is_some() || !cfg!(target_os = "linux"));
}

#[tokio::test]
async fn too_little_too_late() {
    let second = Duration::from_secs(1);
    let slowly = |reply: Reply| reply.text("a long text ".repeat(100)).trickled(1, second);
    for (name, reply) in [
        ("no answer", Reply::hang()),
        ("a byte a second", slowly(Reply::status(200))),
        ("a failure, a byte a second", slowly(Reply::status(500))),
    ] {
        check(name, reply, true, "Timeout", TIMEOUT + SLACK).await;
    }
}

#[tokio::test]
async fn too_much() {
    let too_large = format!("TooLarge {{ limit: {} }}", 64 * MEBIBYTE);
    let failure = format!("status 500, {MEBIBYTE} bytes");
    let bomb = || Reply::gzip_bomb(TEN_GIGABYTES);
    let within = Duration::from_secs(60);
    for (name, reply, cause) in [
        ("without end", Reply::endless(), &too_large),
        ("10 GB in gzip", bomb(), &too_large),
        (
            "a failure without end",
            Reply::endless().with_status(500),
            &failure,
        ),
        (
            "a failure of 10 GB in gzip",
            bomb().with_status(500),
            &failure,
        ),
    ] {
        check(name, reply, false, cause, within).await;
    }
}
