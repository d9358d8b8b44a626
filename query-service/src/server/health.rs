//! Asks a service whether it serves, for the health checks of containers.

use std::{net::SocketAddr, time::Duration};

use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a service does not count as healthy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing answers.
    #[error("nothing answers at {address}: {reason}; is the service running?")]
    Unreachable {
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: String,
    },
    /// It answers, but does not serve.
    #[error("the service at {address} is {status}")]
    NotServing {
        /// The address.
        address: SocketAddr,
        /// What it says of itself.
        status: String,
    },
}

/// Asks the service at an address; an address of all interfaces is asked on the loopback.
///
/// # Errors
/// [`Error`].
pub async fn check(mut address: SocketAddr, service: &str) -> Result<(), Error> {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let unreachable = |reason: String| Error::Unreachable { address, reason };
    let asked = async {
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}"))
            .map_err(|error| unreachable(error.to_string()))?
            .connect()
            .await
            .map_err(|error| unreachable(root_cause(&error)))?;
        let request = HealthCheckRequest { service: service.to_owned() };
        HealthClient::new(channel).check(request).await.map_err(|status| unreachable(status.message().to_owned()))
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    let status =
        answer.map_err(|_| unreachable(format!("no answer in {} s", PATIENCE.as_secs())))??.into_inner().status();
    match status {
        ServingStatus::Serving => Ok(()),
        ServingStatus::Unknown | ServingStatus::NotServing | ServingStatus::ServiceUnknown => {
            Err(Error::NotServing { address, status: status.as_str_name().to_owned() })
        }
    }
}

/// What lies at the bottom of an error.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
