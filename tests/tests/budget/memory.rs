//! The peak of memory, of a process of its own for each body.

use std::process::Command;

use rapid7_core::TransportErrorKind;
use tests::server::Server;

use crate::shapes::SHAPES;
use crate::{MIB, answer, builder, kind, long_bodies};

/// The default limit, and the most bytes that a call may take with it.
const DEFAULT: u64 = 512 * MIB as u64;
const MAX_PEAK: u64 = 1024 * MIB as u64;

/// The same for bodies that are too short for the default. Besides the values, there are the body and the texts in it.
const SHORT_BODY: usize = 2 * MIB;
const SMALL: u64 = 16 * MIB as u64;
const MAX_SMALL_PEAK: u64 = 40 * MIB as u64;

/// Names the shape for a process that makes the call, and says where.
const SHAPE: &str = "RAPID7_TEST_SHAPE";
const URL: &str = "RAPID7_TEST_URL";

/// What a call came to.
#[derive(Debug)]
struct Outcome {
    /// Memory at the peak above that before the call, in bytes.
    peak: u64,
    end: String,
}

/// Makes a call in a process of its own.
async fn call(shape: &str, url: &str) -> Outcome {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "memory::child", "--ignored", "--nocapture"])
        .env(SHAPE, shape)
        .env(URL, url);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.split_once("peak "));
    let (peak, end) = line.and_then(|(_, rest)| rest.split_once(' ')).unwrap();
    Outcome {
        peak: peak.parse().unwrap(),
        end: end.to_owned(),
    }
}

/// A field of `/proc/self/status`, in bytes.
fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap();
    kib.parse::<u64>().unwrap() * 1024
}

#[test]
#[ignore = "the other test runs it, in a process of its own"]
fn child() {
    let (shape, url) = (std::env::var(SHAPE).unwrap(), std::env::var(URL).unwrap());
    let shape = SHAPES.iter().find(|known| known.name == shape).unwrap();
    let mut builder = builder(&url);
    if long_bodies().is_none() {
        builder = builder.max_decoded_bytes(SMALL);
    }
    let connection = builder.build().unwrap();
    let before = status("VmRSS");
    let end = match (shape.call)(&connection) {
        Ok(()) => "decoded".to_owned(),
        Err(error) => format!("{:?}", kind(&error)),
    };
    println!("\npeak {} {end}", status("VmHWM").saturating_sub(before));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_takes_more_than_the_limit_says() {
    let (limit, max_peak) = match long_bodies() {
        None => (SMALL, MAX_SMALL_PEAK),
        Some(_) => (DEFAULT, MAX_PEAK),
    };
    let length = long_bodies().unwrap_or(SHORT_BODY);
    for shape in SHAPES {
        for is_packed in [false, true] {
            let text = shape.text(length);
            let server = Server::always(answer(&text, is_packed)).await;
            let outcome = call(shape.name, &server.url).await;
            println!("{}, packed {is_packed}: {outcome:?}", shape.name);
            assert!(outcome.peak <= max_peak, "{}: {outcome:?}", shape.name);
            let expected = format!("{:?}", TransportErrorKind::TooMuchMemory { limit });
            assert_eq!(outcome.end, expected, "{}", shape.name);
        }
    }
}
