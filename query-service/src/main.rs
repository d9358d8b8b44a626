//! The query service as a process: settings, logs, signals, exit codes.

use std::process::ExitCode;

use clap::Parser as _;
use query_service::{
    config::{Arguments, Config},
    rpc::reading,
    server::{Server, health},
    telemetry,
};
use tokio::signal::unix::{SignalKind, signal};

/// Exit code where the settings are wrong.
const BAD_SETTINGS: u8 = 64;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(&arguments) {
        Ok(config) => config,
        Err(error) => return fail(&error, BAD_SETTINGS),
    };
    if arguments.check_config {
        return match std::io::Write::write_all(&mut std::io::stdout(), config.to_toml().as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, 1),
    };
    if arguments.health {
        return match runtime.block_on(health::check(config.listen, reading::SERVICE_NAME)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        };
    }
    if let Err(error) = telemetry::start(config.log_format, &config.log) {
        return fail(&*Box::<dyn std::error::Error>::from(error), BAD_SETTINGS);
    }
    let served = runtime.block_on(serve(&config));
    // A log that is still being restored is not waited for.
    runtime.shutdown_background();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error, 1),
    }
}

async fn serve(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::bind(config).await?;
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
fn fail(error: &dyn std::error::Error, code: u8) -> ExitCode {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !line.contains(&told) {
            line = format!("{line}: {told}");
        }
        source = cause.source();
    }
    eprintln!("query-service: {}", line.replace('\n', " "));
    ExitCode::from(code)
}
