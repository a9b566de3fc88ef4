//! Prism, a mock server of somebody else's making that checks requests against a document: installing and running it.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The newest that runs on Node 20. `.ci/run` has the same.
const VERSION: &str = "5.14.2";

/// A large document takes a few seconds on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(120);

/// What Prism prints in front of its address.
const LISTENING: &str = "listening on http://";

/// A Prism that serves one document; it ends with this value, or with the process that has it.
pub(super) struct Prism {
    process: Process,
    /// `host:port`.
    pub(super) address: String,
}

impl Prism {
    /// Starts it on a free port, and waits until it listens.
    ///
    /// # Errors
    ///
    /// It cannot be started, or ends or says nothing before it listens.
    pub(super) fn start(program: &Path, document: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["mock", "--errors", "--no-multiprocess"])
            .args(["--host", "127.0.0.1", "--port", "0"])
            .arg(document)
            .env("NODE_OPTIONS", node_options())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Process(command.spawn()?);
        let output = process.0.stdout.take();
        let output = output.ok_or_else(|| io::Error::other("prism has no output"))?;
        let address = wait_for_address(output)?;
        Ok(Self { process, address })
    }

    /// Whether it still runs.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.process.0.try_wait(), Ok(None))
    }
}

/// A process that is killed when the value goes.
pub(super) struct Process(pub(super) Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Loads the script that watches over the parent, before Prism's own.
fn node_options() -> OsString {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tasks/conformance/parent.cjs");
    let mut options = std::env::var_os("NODE_OPTIONS").unwrap_or_default();
    let path = script.to_string_lossy();
    let path = path.replace('\\', "\\\\").replace('"', "\\\"");
    options.push(format!(" --require \"{path}\""));
    options
}

/// Reads on after the address, so that Prism never waits for somebody to read its log.
fn wait_for_address(output: ChildStdout) -> io::Result<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let found = read_address(&mut output);
        let is_found = found.is_ok();
        // Nobody listens once the limit has passed.
        _ = sender.send(found);
        if is_found {
            _ = io::copy(&mut output, &mut io::sink());
        }
    });
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "prism does not listen");
    receiver.recv_timeout(START_LIMIT).map_err(late)?
}

fn read_address(output: &mut dyn BufRead) -> io::Result<String> {
    let mut log = String::new();
    loop {
        let start = log.len();
        if output.read_line(&mut log)? == 0 {
            return Err(io::Error::other(format!("prism ended: {}", log.trim())));
        }
        if let Some((_, rest)) = log[start..].split_once(LISTENING) {
            let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
            return Ok(rest.chars().take_while(|c| is_part(*c)).collect());
        }
    }
}

/// The program below `target/ci`, which is installed by npm unless it is there in our version.
///
/// It has a folder of its own, since npm removes from one what it was not asked for.
///
/// # Errors
///
/// npm cannot be started, or fails.
pub(super) fn installed(workspace: &Path) -> io::Result<PathBuf> {
    let folder = workspace.join("target/ci/prism");
    let modules = folder.join("node_modules");
    let program = modules.join(".bin").join(executable("prism"));
    if is_current(&modules) && program.exists() {
        return Ok(program);
    }
    std::fs::create_dir_all(&folder)?;
    let status = Command::new(executable("npm"))
        .arg("install")
        .arg("--prefix")
        .arg(&folder)
        .args(["--no-save", "--no-package-lock", "--no-audit", "--no-fund"])
        .arg("--loglevel=error")
        .arg(format!("@stoplight/prism-cli@{VERSION}"))
        .stdin(Stdio::null())
        .status()
        .map_err(|error| io::Error::new(error.kind(), format!("cannot start npm: {error}")))?;
    if status.success() {
        Ok(program)
    } else {
        Err(io::Error::other(format!(
            "npm could not install prism: {status}"
        )))
    }
}

fn is_current(modules: &Path) -> bool {
    let manifest = std::fs::read(modules.join("@stoplight/prism-cli/package.json"));
    let manifest = manifest
        .ok()
        .and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
    manifest.is_some_and(|manifest| manifest["version"] == VERSION)
}

/// npm puts a script of this name beside the one for Unix.
fn executable(name: &str) -> impl AsRef<OsStr> + AsRef<Path> {
    let suffix = if cfg!(windows) { ".cmd" } else { "" };
    OsString::from(format!("{name}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_pipeline() {
        let run = include_str!("../../../../.ci/run");
        assert!(run.contains(&format!("\nPRISM={VERSION}\n")), "{VERSION}");
    }

    #[test]
    fn the_address_is_read_from_the_log() {
        let mut log =
            "starting\n> start Prism is listening on http://127.0.0.1:4010\nmore\n".as_bytes();
        assert_eq!(read_address(&mut log).unwrap(), "127.0.0.1:4010");
        assert_eq!(log, b"more\n");
        let error = read_address(&mut "no such file\n".as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "prism ended: no such file");
    }

    #[test]
    fn a_program_that_ends_is_an_error() {
        let program = Path::new("/nonexistent/prism");
        assert!(Prism::start(program, Path::new("x.json")).is_err());
    }
}
