//! The service on a port: everything put together, and taken down in order.
//!
//! Stopping: health says NOT_SERVING, new streams are refused with UNAVAILABLE, open streams end with a token to go on
//! from, the transport waits for calls to end, and after `drain_seconds_max` whatever connection is left is cut. A client
//! that never reads cannot hold it.

pub mod connection;
pub mod health;
pub mod scrape;

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use fineprint_proto::v1::event_ingest_service_server::{self, EventIngestServiceServer};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tonic::{codec::CompressionEncoding, transport};
use tonic_health::ServingStatus;
use tonic_web::GrpcWebLayer;

use crate::{
    clock,
    config::{self, Config},
    limits::Limits,
    metrics::Metrics,
    rpc::{complete::CompleteErrorsLayer, ingest::Ingest, query::Reader, reading, reading::ReadingService},
    store::{DiskJournal, Journal, JournalError, MemoryJournal, Options, Store},
    stream::Drain,
};
use connection::{Connections, Cut};
use scrape::ScrapeLayer;

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
    /// The log could not start.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The log's start broke an invariant of its own.
    #[error("the log did not start; the log of the service tells more")]
    Broken,
    /// Reflection could not be built.
    #[error("the descriptors for reflection are damaged: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the transport failed: {0}")]
    Transport(#[from] transport::Error),
}

/// The service, bound to its address and ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    store: Store,
    limits: Limits,
    drain: Drain,
}

impl Server {
    /// Starts the log and binds the address of the configuration.
    ///
    /// # Errors
    /// [`Error`], one line that names the thing and what to do.
    pub async fn bind(config: &Config) -> Result<Self, Error> {
        config.check()?;
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => Error::InUse { address },
            _ => Error::Bind { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| Error::Bind { address, source })?;
        let options = Options { limits: config.limits.clone(), retention: config.retention.clone() };
        let data_dir = config.data_dir.clone();
        // What is restored from the disk takes its time.
        let starting = tokio::task::spawn_blocking(move || {
            let journal: Box<dyn Journal> = match data_dir {
                Some(folder) => Box::new(DiskJournal::open(&folder)?),
                None => Box::new(MemoryJournal),
            };
            Store::start(options, journal, Arc::new(clock::now))
        });
        let store = starting.await.map_err(|_| Error::Broken)??;
        Ok(Self { listener, address, store, limits: config.limits.clone(), drain: Drain::default() })
    }

    /// Where it listens; with the port that was taken for port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The log.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Serves until `shutdown` is ready, then stops in order.
    ///
    /// # Errors
    /// [`Error::Reflection`] or [`Error::Transport`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        let Self { listener, address, store, limits, drain } = self;
        let (health, health_service) = tonic_health::server::health_reporter();
        let services = [reading::SERVICE_NAME, event_ingest_service_server::SERVICE_NAME];
        for service in services {
            health.set_service_status(service, ServingStatus::Serving).await;
        }
        let metrics = Arc::new(Metrics::default());
        let reader = Reader::new(store.clone(), limits.clone(), drain.clone(), Arc::clone(&metrics));
        let ingest = Ingest::new(store.clone(), limits.clone(), drain.clone(), metrics);
        let bytes = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
        let routes = builder(&limits)
            .layer(ScrapeLayer(reader.clone()))
            .layer(GrpcWebLayer::new())
            .layer(CompleteErrorsLayer)
            .add_service(health_service)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(ReadingService::new(reader, limits.request_bytes_max))
            .add_service(
                EventIngestServiceServer::new(ingest)
                    .accept_compressed(CompressionEncoding::Gzip)
                    .accept_compressed(CompressionEncoding::Zstd)
                    .max_decoding_message_size(bytes(limits.ingest_bytes_max)),
            );
        let cut = Cut::default();
        let connections = Connections::new(listener, limits.connections_max, cut.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = routes.serve_with_incoming_shutdown(connections.incoming(), async {
            // Either the signal or the end of who would give it.
            drop(stopped.await);
        });
        tokio::pin!(serving);
        tracing::info!(epoch = %store.epoch(), "query-service listening on {address}");
        let served = tokio::select! {
            served = &mut serving => served,
            () = shutdown => {
                tracing::info!("draining");
                for service in services {
                    health.set_service_status(service, ServingStatus::NotServing).await;
                }
                health.set_service_status("", ServingStatus::NotServing).await;
                drain.begin();
                drop(stop);
                let patience = Duration::from_secs(limits.drain_seconds_max);
                match timeout(patience, &mut serving).await {
                    Ok(served) => served,
                    Err(_) => {
                        tracing::warn!(seconds = limits.drain_seconds_max, "cutting the connections that are left");
                        cut.all();
                        serving.await
                    }
                }
            }
        };
        let stopping = store.clone();
        if tokio::task::spawn_blocking(move || stopping.stop()).await.is_err() {
            tracing::error!("the log did not stop in order");
        }
        Ok(served?)
    }
}

/// The transport with its bounds.
fn builder(limits: &Limits) -> transport::Server {
    let small = |limit: u64| u32::try_from(limit).unwrap_or(u32::MAX);
    let count = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    transport::Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(small(limits.connection_streams_max))
        .initial_stream_window_size(small(limits.stream_window_bytes))
        .initial_connection_window_size(small(limits.connection_window_bytes))
        .http2_adaptive_window(Some(false))
        .http2_keepalive_interval(Some(Duration::from_secs(limits.keepalive_interval_seconds)))
        .http2_keepalive_timeout(Some(Duration::from_secs(limits.keepalive_timeout_seconds)))
        .http2_max_header_list_size(small(limits.header_bytes_max))
        .http2_max_pending_accept_reset_streams(Some(count(limits.pending_resets_max)))
        .http2_max_local_error_reset_streams(Some(count(limits.local_resets_max)))
}

/// Reflection with everything that clients need to read messages and error details.
fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(fineprint_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name(reading::SERVICE_NAME)
        .with_service_name(event_ingest_service_server::SERVICE_NAME)
        .with_service_name("grpc.health.v1.Health")
        .with_service_name("grpc.reflection.v1.ServerReflection")
        .with_service_name("grpc.reflection.v1alpha.ServerReflection")
}
