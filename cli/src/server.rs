//! Connections to running services, and what to say where there are none.

use anyhow::anyhow;
use std::time::Duration;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// How long a service may take to accept a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Connects to the `service` at `url`, which was given with `flag`.
pub(crate) async fn connect(url: &str, service: &str, flag: &str) -> anyhow::Result<Channel> {
    let endpoint = Endpoint::from_shared(url.to_owned())
        .ok()
        .filter(|endpoint| endpoint.uri().scheme_str() == Some("http"))
        .ok_or_else(|| anyhow!("{url} is no address of a service; write it as in http://127.0.0.1:50051"))?;
    endpoint.connect_timeout(CONNECT_TIME_MAX).connect().await.map_err(|error| {
        let cause = root_cause(&error);
        anyhow!("no {service} answers at {url}: {cause}; start one with `fineprint up`, or name another with {flag}")
    })
}

/// A status in words.
pub(crate) fn told(status: &Status) -> String {
    if status.message().is_empty() { status.code().to_string() } else { status.message().to_owned() }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
