//! The `fineprint` command: documents in, events out, on the terminal.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 all went well, 1 something could
//! not be done (the rest was), 2 the command line is wrong.

mod args;
mod explain;
mod extract;
mod frames;
mod output;
mod query;
mod report;
mod server;
mod submit;
mod up;

use anyhow::Context as _;
use args::{Cli, Command, FramesCommand};
use clap::Parser;
use std::future::Future;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Reading and answering make and drop many small things on many threads; this allocator takes much less time for them
/// than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
        Command::Up(args) => on_runtime(async {
            start_logs()?;
            up::run(args, interrupted()?).await
        }),
        Command::Extract(args) => extract::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Frames(FramesCommand::Check(args)) => frames::run_check(args),
        Command::Submit(args) => on_runtime(submit::run(args)),
        Command::Query(args) => on_runtime(query::run(args)),
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

fn on_runtime(command: impl Future<Output = anyhow::Result<Outcome>>) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(command);
    // A thread that still reads standard input does not hold the process.
    runtime.shutdown_background();
    result
}

/// Waits for Ctrl-C, or for a request to terminate.
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Sends what the services warn of to standard error; `FINEPRINT_LOG` asks for more.
fn start_logs() -> anyhow::Result<()> {
    let told = std::env::var("FINEPRINT_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter = EnvFilter::try_new(&told).with_context(|| format!("FINEPRINT_LOG {told:?}"))?;
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    logs.try_init().map_err(|error| anyhow::anyhow!("cannot start the logs: {error}"))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
