//! `cargo xtask`: the maintainers' tasks.

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use xtask::limit::limit_memory;
use xtask::pipeline::STACK_BYTES;
use xtask::tasks::{
    Exit, PANICKED, conformance, corpus, diagnose, diff, find, generate, mutate, pull, record,
    repair, weigh,
};
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
    let arguments = Arguments::parse();
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

fn run(arguments: &Arguments) -> std::io::Result<Exit> {
    if let Some(mib) = arguments.memory_limit {
        limit_memory(mib, STACK_BYTES as u64)?;
    }
    let mut out = std::io::stdout().lock();
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
