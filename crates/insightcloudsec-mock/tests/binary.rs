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

#[test]
fn it_prints_what_a_client_needs_and_serves() {
    let mut serving = binary(&["--port", "0", "--seed", "7"]).spawn().unwrap();
    let lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    let values: Vec<String> = lines
        .take(4)
        .map(|line| line.unwrap().split_whitespace().last().unwrap().to_owned())
        .collect();
    let (url, key) = (&values[0], &values[1]);
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let head = "GET /v2/public/clouds/list HTTP/1.1\r\nhost: mock\r\nconnection: close";
    write!(stream, "{head}\r\nApi-Key: {key}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[test]
fn options_it_does_not_know_end_it() {
    for arguments in [&["--prot", "1"][..], &["--port"], &["--port", "many"]] {
        let output = binary(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage:"));
    }
    assert!(binary(&["--help"]).output().unwrap().status.success());
}
