//! The `fineprint` command: documents in, events out, on the terminal.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 all went well, 1 something could
//! not be done (the rest was), 2 the command line is wrong.

mod args;
mod explain;
mod extract;
mod frames;
mod output;
mod report;

use args::{Cli, Command, FramesCommand};
use clap::Parser;
use std::io;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Whole,
    /// Something could not be done, and was told on standard error; the rest was done.
    Partial,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Extract(args) => extract::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Frames(FramesCommand::Check(args)) => frames::run_check(args),
    };
    match result {
        Ok(Outcome::Whole) => ExitCode::SUCCESS,
        Ok(Outcome::Partial) => ExitCode::FAILURE,
        // The reader of a pipe that has seen enough is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
