//! The service on a port: everything put together, and taken down in order.
//!
//! Starting: the port answers at once; while the log is restored from the disk, health says NOT_SERVING and calls are
//! refused with UNAVAILABLE (NOT_READY).
//!
//! Stopping: health says NOT_SERVING, new streams are refused with UNAVAILABLE, open streams end with a token to go on
//! from, the transport waits for calls to end, and after `drain_seconds_max` whatever connection is left is cut. A client
//! that never reads cannot hold it.

pub mod connection;
pub mod health;
pub mod scrape;

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use fineprint_proto::v1::event_ingest_service_server::{self, EventIngestServiceServer};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};
use tonic::{codec::CompressionEncoding, transport};
use tonic_health::ServingStatus;
use tonic_web::GrpcWebLayer;

use crate::{
    clock,
    config::{self, Config},
    limits::Limits,
    metrics::Metrics,
    rpc::{complete::CompleteErrorsLayer, gate::Gate, ingest::Ingest, query::Reader, reading, reading::ReadingService},
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
    /// The log, where it was there at once.
    store: Option<Store>,
    starting: JoinHandle<Result<Store, JournalError>>,
    limits: Limits,
    drain: Drain,
}

/// How long the start of the log is waited for before calls are answered without it.
const START_PATIENCE: Duration = Duration::from_millis(200);

/// The services, each behind its gate.
#[derive(Clone, Debug, Default)]
struct Gates {
    reader: Gate<Reader>,
    reading: Gate<ReadingService>,
    ingest: Gate<EventIngestServiceServer<Ingest>>,
}

impl Gates {
    /// Lets calls through to a log.
    fn open(&self, store: &Store, limits: &Limits, drain: &Drain) {
        let metrics = Arc::new(Metrics::default());
        let reader = Reader::new(store.clone(), limits.clone(), drain.clone(), Arc::clone(&metrics));
        let ingest = Ingest::new(store.clone(), limits.clone(), drain.clone(), metrics);
        let bytes_max = usize::try_from(limits.ingest_bytes_max).unwrap_or(usize::MAX);
        self.reader.open(reader.clone());
        self.reading.open(ReadingService::new(reader, limits.request_bytes_max));
        self.ingest.open(
            EventIngestServiceServer::new(ingest)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd)
                .max_decoding_message_size(bytes_max),
        );
    }
}

impl Server {
    /// Binds the address of the configuration and begins to start the log.
    ///
    /// # Errors
    /// [`Error`], one line that names the thing and what to do.
    pub async fn bind(config: &Config) -> Result<Self, Error> {
        config.check()?;
        let journal: Box<dyn Journal> = match &config.data_dir {
            Some(folder) => {
                let folder = folder.clone();
                // A file that was not closed in order is mended first, which takes its time.
                let opening = tokio::task::spawn_blocking(move || DiskJournal::open(&folder));
                Box::new(opening.await.map_err(|_| Error::Broken)??)
            }
            None => Box::new(MemoryJournal),
        };
        Self::bind_over(config, journal).await
    }

    /// The same over a journal of one's own.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub async fn bind_over(config: &Config, journal: Box<dyn Journal>) -> Result<Self, Error> {
        config.check()?;
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => Error::InUse { address },
            _ => Error::Bind { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| Error::Bind { address, source })?;
        let options = Options { limits: config.limits.clone(), retention: config.retention.clone() };
        // What is restored from the disk takes its time.
        let mut starting = tokio::task::spawn_blocking(move || Store::start(options, journal, Arc::new(clock::now)));
        let store = match timeout(START_PATIENCE, &mut starting).await {
            Ok(started) => Some(started.map_err(|_| Error::Broken)??),
            Err(_) => None,
        };
        Ok(Self { listener, address, store, starting, limits: config.limits.clone(), drain: Drain::default() })
    }

    /// Where it listens; with the port that was taken for port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The log, where it was there at once.
    #[must_use]
    pub const fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Serves until `shutdown` is ready, then stops in order.
    ///
    /// # Errors
    /// [`Error::Journal`] where the log does not start, [`Error::Reflection`] or [`Error::Transport`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        let Self { listener, address, mut store, mut starting, limits, drain } = self;
        let (health, health_service) = tonic_health::server::health_reporter();
        let all_are = async |status| {
            for service in [reading::SERVICE_NAME, event_ingest_service_server::SERVICE_NAME, ""] {
                health.set_service_status(service, status).await;
            }
        };
        let gates = Gates::default();
        match &store {
            Some(store) => {
                gates.open(store, &limits, &drain);
                all_are(ServingStatus::Serving).await;
                tracing::info!(epoch = %store.epoch(), "query-service listening on {address}");
            }
            None => {
                all_are(ServingStatus::NotServing).await;
                tracing::info!("restoring the log; calls at {address} are answered with NOT_READY");
            }
        }
        let routes = builder(&limits)
            .layer(ScrapeLayer(gates.reader.clone()))
            .layer(GrpcWebLayer::new())
            .layer(CompleteErrorsLayer)
            .add_service(health_service)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(gates.reading.clone())
            .add_service(gates.ingest.clone());
        let cut = Cut::default();
        let connections = Connections::new(listener, limits.connections_max, cut.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = routes.serve_with_incoming_shutdown(connections.incoming(), async {
            // Either the signal or the end of who would give it.
            drop(stopped.await);
        });
        tokio::pin!(serving);
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                served = &mut serving => {
                    served?;
                    break;
                }
                started = &mut starting, if store.is_none() => {
                    let started = started.map_err(|_| Error::Broken)??;
                    gates.open(&started, &limits, &drain);
                    all_are(ServingStatus::Serving).await;
                    tracing::info!(epoch = %started.epoch(), "query-service listening on {address}");
                    store = Some(started);
                }
                () = &mut shutdown => {
                    tracing::info!("draining");
                    all_are(ServingStatus::NotServing).await;
                    drain.begin();
                    drop(stop);
                    let patience = Duration::from_secs(limits.drain_seconds_max);
                    match timeout(patience, &mut serving).await {
                        Ok(served) => served?,
                        Err(_) => {
                            tracing::warn!(seconds = limits.drain_seconds_max, "cutting the connections that are left");
                            cut.all();
                            serving.await?;
                        }
                    }
                    break;
                }
            }
        }
        // A log that is still being restored has taken nothing in; its process may end as it is.
        let Some(store) = store else { return Ok(()) };
        if tokio::task::spawn_blocking(move || store.stop()).await.is_err() {
            tracing::error!("the log did not stop in order");
        }
        Ok(())
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
