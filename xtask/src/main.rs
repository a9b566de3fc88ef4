//! `cargo xtask`: the maintainers' tasks.

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;
use xtask::limit::limit_memory;
use xtask::pipeline::STACK_BYTES;
use xtask::tasks::{
    Exit, PANICKED, conformance, corpus, diagnose, diff, find, generate, mutate, pull, record,
    repair, weigh,
};
use xtask::text::Terminal;
use xtask::weigh::wrapper;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Maintainers' tasks of the client crates"
)]
struct Arguments {
    /// The most memory that this process may have, beside its stack: `corpus` sets it for those that it starts
    #[arg(long, value_name = "MIB", hide = true)]
    memory_limit: Option<u64>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Generate(generate::Arguments),
    Find(find::Arguments),
    Diagnose(diagnose::Arguments),
    Diff(diff::Arguments),
    Corpus(corpus::Arguments),
    Conformance(conformance::Arguments),
    Mutate(mutate::Arguments),
    Pull(pull::Arguments),
    Record(record::Arguments),
    Repair(repair::Arguments),
    Weigh(weigh::Arguments),
}

fn main() -> ExitCode {
    // Cargo calls this program in place of the compiler, with the compiler's own arguments.
    if let Some(code) = wrapper::run_if_asked() {
        return ExitCode::from(code);
    }
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("<unnamed>");
        let mut errors = Terminal::new(io::stderr().lock());
        // Nobody reads what cannot be written.
        let _ = writeln!(errors, "thread '{name}' {panic}").and_then(|()| errors.flush());
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let worker = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || run(&arguments));
    let ended = worker.map(std::thread::JoinHandle::join);
    match ended {
        Ok(Ok(Ok(exit))) => ExitCode::from(exit.code()),
        // The panic has been printed.
        Ok(Err(_)) => ExitCode::from(PANICKED),
        // Nobody reads what is written.
        _ => ExitCode::from(Exit::Failure.code()),
    }
}

/// Prints what is wrong with the command line, or the help that it asks for.
fn usage(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let written = if error.use_stderr() {
        let mut errors = Terminal::new(io::stderr().lock());
        errors
            .write_all(text.as_bytes())
            .and_then(|()| errors.flush())
    } else {
        let mut out = Terminal::new(io::stdout().lock());
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    };
    match (written, u8::try_from(error.exit_code())) {
        (Ok(()), Ok(code)) => ExitCode::from(code),
        _ => ExitCode::from(Exit::Failure.code()),
    }
}

fn run(arguments: &Arguments) -> std::io::Result<Exit> {
    if let Some(mib) = arguments.memory_limit {
        limit_memory(mib, STACK_BYTES as u64)?;
    }
    let mut out = Terminal::new(io::stdout().lock());
    let exit = match &arguments.task {
        Task::Generate(arguments) => generate::generate(arguments, &mut out),
        Task::Find(arguments) => find::find(arguments, &mut out),
        Task::Diagnose(arguments) => diagnose::diagnose(arguments, &mut out),
        Task::Diff(arguments) => diff::diff(arguments, &mut out),
        Task::Corpus(arguments) => corpus::corpus(arguments, &mut out),
        Task::Conformance(arguments) => conformance::conformance(arguments, &mut out),
        Task::Mutate(arguments) => mutate::mutate(arguments, &mut out),
        Task::Pull(arguments) => pull::pull(arguments, &mut out),
        Task::Record(arguments) => record::record(arguments, &mut out),
        Task::Repair(arguments) => repair::repair(arguments, &mut out),
        Task::Weigh(arguments) => weigh::weigh(arguments, &mut out),
    };
    out.flush()?;
    exit
}
