//! Asks a service whether it serves, for the health checks of containers.

use super::publisher::root_cause;
use crate::limits;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

/// Why a service does not count as healthy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    #[error("the service at {address} is {status}; look at its log")]
    NotServing {
        /// The address.
        address: SocketAddr,
        /// What it says of itself.
        status: &'static str,
    },
}

/// Asks the service at `address`; an address of all interfaces is asked on the loopback.
///
/// # Errors
/// It does not answer in time, or does not serve.
pub async fn check(mut address: SocketAddr) -> Result<(), Error> {
    if address.ip().is_unspecified() {
        let loopback: IpAddr = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    let unreachable = |reason: String| Error::Unreachable { address, reason };
    let asked = async {
        let endpoint = super::publisher::endpoint(&format!("http://{address}")).map_err(unreachable)?;
        let channel = endpoint.connect().await.map_err(|error| unreachable(root_cause(&error)))?;
        let request = HealthCheckRequest { service: super::server::SERVICE_NAME.to_owned() };
        HealthClient::new(channel).check(request).await.map_err(|status| unreachable(status.message().to_owned()))
    };
    let patience = Duration::from_millis(limits::CONNECT_MS_MAX);
    let answer = tokio::time::timeout(patience, asked).await;
    let status =
        answer.map_err(|_| unreachable(format!("no answer in {} ms", patience.as_millis())))??.into_inner().status();
    match status {
        ServingStatus::Serving => Ok(()),
        ServingStatus::Unknown | ServingStatus::NotServing | ServingStatus::ServiceUnknown => {
            Err(Error::NotServing { address, status: status.as_str_name() })
        }
    }
}
