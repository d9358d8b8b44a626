//! The service on a port: everything put together, and taken down in order.
//!
//! Stopping: health says NOT_SERVING, no more requests are read, documents that were taken are answered, events without
//! an acknowledgement get a last chance, and after a bound on the time whatever call is left is cut.

use super::publisher;
use super::service::Service;
use super::workers::Workers;
use crate::config::{self, Config};
use crate::limits;
use crate::outbox::{Bounds, Outbox};
use crate::pipeline::Extractor;
use fineprint_proto::v1::extractor_service_server::{self, ExtractorServiceServer};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_web::GrpcWebLayer;

/// Name of the service, as health and reflection know it.
pub const SERVICE_NAME: &str = extractor_service_server::SERVICE_NAME;

/// Why the service could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings do not go together.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The address is taken.
    #[error("{address} is in use; stop what listens there, or listen elsewhere with --listen")]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The address of the query service is none.
    #[error("the query service's address {url:?} is none: {reason}")]
    QueryService {
        /// The address as given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gives no threads.
    #[error("cannot start the extracting threads: {0}")]
    Threads(io::Error),
    /// Reflection could not be built.
    #[error("the descriptors for reflection are damaged: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the transport failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// The service, bound to its address and ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    query_service: tonic::transport::Endpoint,
    workers: Workers,
}

impl Server {
    /// Binds the address of the configuration and starts the extracting threads.
    ///
    /// # Errors
    /// [`Error`], one line that names the thing and what to do.
    pub async fn bind(config: &Config, extractor: &Arc<Extractor>) -> Result<Self, Error> {
        config.check()?;
        let address = config.listen;
        let query_service = publisher::endpoint(&config.query_service)
            .map_err(|reason| Error::QueryService { url: config.query_service.clone(), reason })?;
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => Error::InUse { address },
            _ => Error::Bind { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| Error::Bind { address, source })?;
        let workers = Workers::start(extractor, config.threads).map_err(Error::Threads)?;
        Ok(Self { listener, address, query_service, workers })
    }

    /// Where it listens; with the port that was taken for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready, then stops in order.
    ///
    /// # Errors
    /// [`Error::Reflection`] or [`Error::Transport`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        let Self { listener, address, query_service, workers } = self;
        let outbox = Outbox::new(Bounds {
            pending_events_max: limits::OUTBOX_EVENTS_MAX,
            pending_bytes_max: limits::OUTBOX_BYTES_MAX,
            kept_events_max: limits::KEPT_EVENTS_MAX,
            kept_bytes_max: limits::KEPT_BYTES_MAX,
        });
        let (draining, stop_publishing) = (CancellationToken::new(), CancellationToken::new());
        let publishing = tokio::spawn(publisher::publish(
            outbox.clone(),
            query_service,
            Duration::from_millis(limits::ANSWER_MS_MAX),
            stop_publishing.clone(),
        ));
        let (health, health_service) = tonic_health::server::health_reporter();
        health.set_service_status(SERVICE_NAME, ServingStatus::Serving).await;
        let service = ExtractorServiceServer::new(Service::new(workers, outbox.clone(), draining.clone()))
            .max_decoding_message_size(limits::REQUEST_BYTES_MAX)
            .accept_compressed(CompressionEncoding::Gzip)
            .accept_compressed(CompressionEncoding::Zstd)
            .send_compressed(CompressionEncoding::Gzip);
        let keepalive = Duration::from_millis(limits::KEEPALIVE_MS);
        let routes = tonic::transport::Server::builder()
            .accept_http1(true)
            .max_concurrent_streams(limits::CONNECTION_CALLS_MAX)
            .http2_keepalive_interval(Some(keepalive * 4))
            .http2_keepalive_timeout(Some(keepalive * 2))
            .layer(GrpcWebLayer::new())
            .add_service(health_service)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(service);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let serving = routes.serve_with_incoming_shutdown(incoming, draining.clone().cancelled_owned());
        tokio::pin!(serving);
        tracing::info!("extractor listening on {address}");
        let served = tokio::select! {
            served = &mut serving => served,
            () = shutdown => {
                tracing::info!(pending = outbox.pending_count(), "draining");
                health.set_service_status(SERVICE_NAME, ServingStatus::NotServing).await;
                health.set_service_status("", ServingStatus::NotServing).await;
                draining.cancel();
                let patience = Duration::from_millis(limits::DRAIN_MS_MAX);
                let ended = timeout(patience, async {
                    let served = (&mut serving).await;
                    outbox.drained().await;
                    served
                });
                ended.await.unwrap_or_else(|_| {
                    let pending = outbox.pending_count();
                    tracing::warn!(pending, "stopped with calls open or events without an acknowledgement");
                    Ok(())
                })
            }
        };
        stop_publishing.cancel();
        if publishing.await.is_err() {
            tracing::error!("the publisher did not stop in order");
        }
        Ok(served?)
    }
}

/// Reflection with everything that clients need to read messages and error details.
fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(fineprint_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name(SERVICE_NAME)
        .with_service_name("grpc.health.v1.Health")
        .with_service_name("grpc.reflection.v1.ServerReflection")
        .with_service_name("grpc.reflection.v1alpha.ServerReflection")
}
