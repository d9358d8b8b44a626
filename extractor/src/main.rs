//! The extractor as a process: settings, logs, signals, exit codes.

use clap::Parser as _;
use extractor::config::{Arguments, Config, LogFormat};
use extractor::pipeline::{Extractor, Options};
use extractor::rpc::{health, server::Server};
use std::error::Error;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Exit code where the settings are wrong.
const BAD_SETTINGS: u8 = 64;

/// Reading and answering make and drop many small things on many threads; this allocator takes much less time for them
/// than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(&arguments) {
        Ok(config) => config,
        Err(error) => return fail(&error, BAD_SETTINGS),
    };
    if arguments.check_config {
        return match check_config(&config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&*error, BAD_SETTINGS),
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, 1),
    };
    if arguments.health {
        return match runtime.block_on(health::check(config.listen)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        };
    }
    if let Err(error) = start_logs(&config) {
        return fail(&*error, BAD_SETTINGS);
    }
    match runtime.block_on(serve(&config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error, 1),
    }
}

/// Checks what only loading tells, and prints the settings in force.
fn check_config(config: &Config) -> Result<(), Box<dyn Error>> {
    load(config)?;
    std::io::Write::write_all(&mut std::io::stdout(), config.to_toml()?.as_bytes())?;
    Ok(())
}

fn load(config: &Config) -> Result<Extractor, extractor::pipeline::Error> {
    Extractor::new(&Options { frames: config.frames.clone(), gazetteer: config.gazetteer.clone() })
}

/// Sends logs to standard error.
fn start_logs(config: &Config) -> Result<(), Box<dyn Error + Send + Sync>> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| format!("log filter {:?}: {error}", config.log))?;
    let colours = std::io::stderr().is_terminal();
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Human => logs.try_init()?,
        LogFormat::Json => logs.json().try_init()?,
    }
    Ok(())
}

async fn serve(config: &Config) -> Result<(), Box<dyn Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let extractor = Arc::new(load(config)?);
    let server = Server::bind(config, &extractor).await?;
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await?;
    Ok(())
}

/// Tells an error in one line.
fn fail(error: &dyn Error, code: u8) -> ExitCode {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !line.contains(&told) {
            line = format!("{line}: {told}");
        }
        source = cause.source();
    }
    eprintln!("extractor: {}", line.replace('\n', " "));
    ExitCode::from(code)
}
