//! `cargo xtask`: the maintainers' tasks.

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use xtask::pipeline::STACK_BYTES;
use xtask::tasks::{Exit, find, generate, mutate};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Maintainers' tasks of the client crates"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Generate(generate::Arguments),
    Find(find::Arguments),
    Mutate(mutate::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let worker = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || run(&arguments));
    let ended = worker.map(std::thread::JoinHandle::join);
    match ended {
        Ok(Ok(Ok(exit))) => ExitCode::from(exit.code()),
        // The panic has been printed, or nobody reads what is written.
        _ => ExitCode::from(Exit::Failure.code()),
    }
}

fn run(arguments: &Arguments) -> std::io::Result<Exit> {
    let mut out = std::io::stdout().lock();
    let exit = match &arguments.task {
        Task::Generate(arguments) => generate::generate(arguments, &mut out),
        Task::Find(arguments) => find::find(arguments, &mut out),
        Task::Mutate(arguments) => mutate::mutate(arguments, &mut out),
    };
    out.flush()?;
    exit
}
