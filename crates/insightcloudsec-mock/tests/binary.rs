//! The binary: what it prints, and that it serves.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_insightcloudsec-mock"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The answer to one request, from a process of its own.
fn answer(arguments: &[&str]) -> String {
    let mut serving = binary(arguments).spawn().unwrap();
    let lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let values: Vec<String> = lines
        .take(4)
        .map(|line| line.unwrap().split_whitespace().last().unwrap().to_owned())
        .collect();
    let (url, key) = (&values[0], &values[1]);
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let head = "GET /v2/public/clouds/list HTTP/1.1\r\nhost: mock\r\nconnection: close";
    write!(stream, "{head}\r\nApi-Key: {key}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // Some answers end with a reset.
    let _ = stream.read_to_end(&mut answer);
    serving.kill().unwrap();
    serving.wait().unwrap();
    String::from_utf8(answer).unwrap()
}

#[test]
fn it_prints_what_a_client_needs_and_serves() {
    let answer = answer(&["--port", "0", "--seed", "7"]);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.trim_end().ends_with('}'), "{answer}");
}

#[test]
fn it_fails_on_demand() {
    let answer = answer(&["--seed", "7", "--fault-rate", "1"]);
    let is_whole = answer.starts_with("HTTP/1.1 200 OK") && answer.trim_end().ends_with('}');
    assert!(!is_whole, "{answer}");
}

#[test]
fn options_it_does_not_know_end_it() {
    for arguments in [
        &["--prot", "1"][..],
        &["--port"],
        &["--port", "many"],
        &["--fault-rate", "15"],
    ] {
        let output = binary(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage:"));
    }
    assert!(binary(&["--help"]).output().unwrap().status.success());
}
