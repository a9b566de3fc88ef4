//! The compiler with a meter: cargo runs this program as `RUSTC_WORKSPACE_WRAPPER`, and each run leaves a record.

use crate::text::Terminal;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Environment variable with the file to which records are appended; set, it makes this program a wrapper.
pub const RECORDS: &str = "XTASK_WEIGH_RECORDS";

/// Exit code when the compiler cannot be run or measured.
const BROKEN: u8 = 102;

/// What one run of the compiler took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of processor time, the kernel's included, all threads together.
    pub cpu: f64,
    /// Most memory in use at one time, in bytes.
    pub memory: u64,
}

impl Cost {
    /// Of two runs the one with less processor time, and the peak memory of both.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        let least = if other.cpu < self.cpu { other } else { self };
        Self {
            memory: self.memory.max(other.memory),
            ..least
        }
    }
}

/// One line of the file of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// As rustc is told it, with underscores.
    #[serde(rename = "crate")]
    pub crate_name: String,
    /// What it took.
    #[serde(flatten)]
    pub cost: Cost,
}

/// Runs the compiler that the arguments name if the environment asks for it; gives the exit code then.
#[must_use]
pub fn run_if_asked() -> Option<u8> {
    let records = std::env::var_os(RECORDS)?;
    let code = run(Path::new(&records)).unwrap_or_else(|error| {
        // Cargo shows what a compiler writes there.
        let _ = writeln!(
            Terminal::new(io::stderr()),
            "cannot measure the compiler: {error}"
        );
        BROKEN
    });
    Some(code)
}

fn run(records: &Path) -> io::Result<u8> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments
        .next()
        .ok_or_else(|| io::Error::other("no compiler is named"))?;
    let arguments: Vec<OsString> = arguments.collect();
    let started = Instant::now();
    let status = Command::new(program).args(&arguments).status()?;
    let wall = started.elapsed().as_secs_f64();
    if let Some(crate_name) = crate_name(&arguments) {
        let (cpu, memory) = children()?;
        let cost = Cost { wall, cpu, memory };
        let mut line = serde_json::to_string(&Record { crate_name, cost })?;
        line.push('\n');
        // One write, so that lines of compilers that end together do not mix.
        let mut file = OpenOptions::new().create(true).append(true).open(records)?;
        file.write_all(line.as_bytes())?;
    }
    // A compiler that a signal ended has no code; it is no success in any case.
    let code = status.code().unwrap_or(i32::from(BROKEN));
    Ok(u8::try_from(code).unwrap_or(BROKEN))
}

/// The value of `--crate-name`; cargo's questions to the compiler have none, or `___`.
fn crate_name(arguments: &[OsString]) -> Option<String> {
    let at = arguments
        .iter()
        .position(|argument| argument == "--crate-name")?;
    let name = arguments.get(at + 1)?.to_str()?;
    (name != "___").then(|| name.to_owned())
}

/// Processor seconds and peak memory of the processes that have ended: the compiler, and the linker that it ran.
#[cfg(unix)]
fn children() -> io::Result<(f64, u64)> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    #[allow(
        clippy::cast_precision_loss,
        reason = "no compiler runs for 2^52 seconds"
    )]
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    let memory = u64::try_from(usage.max_rss()).unwrap_or_default() * unit;
    Ok((
        seconds(usage.user_time()) + seconds(usage.system_time()),
        memory,
    ))
}

#[cfg(not(unix))]
fn children() -> io::Result<(f64, u64)> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Unix tells what a process took",
    ))
}

/// Reads records; what is not one is an error that names its line.
///
/// # Errors
///
/// The number of the line, from 1, and what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Record>, String> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| format!("line {} of the records: {error}", index + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_are_written() {
        let record = Record {
            crate_name: "refined".to_owned(),
            cost: Cost {
                wall: 1.5,
                cpu: 2.25,
                memory: 3 << 30,
            },
        };
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(
            parse(&format!("{line}\n{line}\n")),
            Ok(vec![record.clone(), record])
        );
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn a_broken_record_is_named_by_its_line() {
        let text = "{\"crate\":\"a\",\"wall\":1.0,\"cpu\":1.0,\"memory\":1}\n{\"crate\":\"a\"";
        let message = parse(text).unwrap_err();
        assert!(message.starts_with("line 2 of the records: "), "{message}");
        let missing = parse("{\"crate\":\"a\",\"wall\":1.0,\"cpu\":1.0}").unwrap_err();
        assert!(missing.contains("memory"), "{missing}");
    }

    #[test]
    fn questions_of_cargo_are_no_crates() {
        let arguments = |text: &str| -> Vec<OsString> { text.split(' ').map(Into::into).collect() };
        let name = |text: &str| crate_name(&arguments(text));
        assert_eq!(
            name("--crate-name refined --edition=2024 src/lib.rs"),
            Some("refined".to_owned())
        );
        assert_eq!(name("- --crate-name ___ --print=file-names"), None);
        assert_eq!(name("-vV"), None);
        assert_eq!(name("--crate-name"), None);
    }
}
