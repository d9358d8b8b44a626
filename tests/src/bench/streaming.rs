//! Events a second of `StreamEvents`, beside a bare tonic loop that sends the same bytes.
//!
//! Both servers are processes of their own; the same client drains both, message by message, without decoding. Rounds
//! alternate, so that a busy machine slows both alike; each round gives a ratio, and the middle one counts.

use super::{feed, median};
use crate::bare::{BARE_PATH, BARE_UNARY_PATH, Bare, Raw, batch, drain, unbatch};
use crate::pair;
use crate::process::Service;
use anyhow::{Context, ensure};
use bytes::Bytes;
use fineprint_proto::v1::stream_events_request::Start;
use fineprint_proto::v1::{GetStatusRequest, StreamEventsRequest};
use prost::Message;
use std::path::Path;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Channel;

/// The path of the method that is measured.
pub(super) const STREAM_PATH: &str = "/fineprint.v1.EventQueryService/StreamEvents";

/// Rounds of each kind; each gives a ratio, and the middle one is told.
const ROUNDS: usize = 11;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    /// Events in the log.
    pub events: u32,
    /// Events a second out of the service.
    pub service_per_second: f64,
    /// Messages a second out of the bare loop.
    pub bare_per_second: f64,
    /// The first over the second, round by round.
    pub ratio: f64,
    /// Seconds to the first event of a selective filter.
    pub first_event_seconds: f64,
    /// Seconds of a unary call of the bare service, in the same run.
    pub unary_seconds: f64,
    /// Memory that the process took for the events, and their encoded bytes.
    pub stored_bytes: Option<(u64, u64)>,
}

/// A filter that about one event in a thousand matches.
const SELECTIVE_FILTER: &str = "type = FINE AND country = RU AND target:Google";

/// Bytes of a stream that a client takes before it has read them, where it asks for nothing else.
const WINDOW_BYTES: u32 = 65_535;

/// Calls of each kind.
const CALLS: usize = 301;

/// Seconds from the call of `path` to its message of number `count`.
async fn seconds_to(
    client: &mut tonic::client::Grpc<Channel>,
    path: &'static str,
    request: Bytes,
    count: usize,
) -> anyhow::Result<f64> {
    client.ready().await?;
    let start = std::time::Instant::now();
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(path);
    let mut stream = client.server_streaming(tonic::Request::new(request), path, Raw).await?.into_inner();
    for _ in 0..count {
        stream.message().await?.context("the stream ended early")?;
    }
    let seconds = start.elapsed().as_secs_f64();
    // The rest is read: calls given up by the hundred end the connection, and would still be at work in the next one.
    while stream.message().await?.is_some() {}
    Ok(seconds)
}

/// Seconds to the first event of a selective filter at `service`, and of a unary call at `bare`.
async fn first_event(service: &str, bare: &str) -> anyhow::Result<(f64, f64)> {
    let request = StreamEventsRequest { filter: SELECTIVE_FILTER.to_owned(), ..StreamEventsRequest::default() };
    let request = Bytes::from(request.encode_to_vec());
    let connect = async |url: &str| -> anyhow::Result<_> {
        // The window that HTTP/2 gives where a client asks for no other.
        let endpoint =
            tonic::transport::Endpoint::from_shared(url.to_owned())?.initial_stream_window_size(WINDOW_BYTES);
        Ok(tonic::client::Grpc::new(endpoint.connect().await?))
    };
    let (mut service, mut bare) = (connect(service).await?, connect(bare).await?);
    let (mut first, mut unary) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        // The first message tells that the stream began.
        first.push(seconds_to(&mut service, STREAM_PATH, request.clone(), 2).await?);
        unary.push(seconds_to(&mut bare, BARE_UNARY_PATH, Bytes::new(), 1).await?);
    }
    Ok((median(&mut first), median(&mut unary)))
}

/// Streams on one connection.
const CONNECTION_STREAMS: u32 = 200;

/// Bytes of memory of one stream that waits for events, with `count` of them open; `None` where the system does not tell.
///
/// # Errors
/// The service does not start or answer.
pub async fn idle_stream_bytes(count: u32) -> anyhow::Result<Option<f64>> {
    let service = pair::query_service_with(&["--limit", &format!("streams_max={}", count.max(1))])?;
    feed::rate(&service.url(), 0..feed::BATCH_EVENTS).await?;
    let before = service.resident_bytes();
    let mut open = Vec::new();
    for first in (0..count).step_by(CONNECTION_STREAMS as usize) {
        let mut client = pair::query_client(&service.url()).await?;
        for _ in first..count.min(first + CONNECTION_STREAMS) {
            let start = Some(Start::FromNow(true));
            let request = StreamEventsRequest { follow: true, start, ..StreamEventsRequest::default() };
            let mut stream = client.stream_events(request).await?.into_inner();
            // Begun and caught up: from here on it waits.
            for _ in 0..2 {
                stream.message().await?.context("the stream ended early")?;
            }
            open.push(stream);
        }
    }
    let after = service.resident_bytes();
    Ok(before.zip(after).map(|(before, after)| after.saturating_sub(before) as f64 / f64::from(count.max(1))))
}

/// Serves the messages of `file` (each after its length as four bytes) until the process ends; prints its address.
///
/// # Errors
/// The file cannot be read or no port can be bound.
pub async fn serve_bare(file: &Path) -> anyhow::Result<()> {
    let messages = unbatch(Bytes::from(std::fs::read(file)?));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let incoming = TcpListenerStream::new(listener);
    tonic::transport::Server::builder().add_service(Bare::new(messages)).serve_with_incoming(incoming).await?;
    Ok(())
}

/// A process that serves the bare loop with the messages of `file`.
///
/// # Errors
/// It does not start.
pub fn bare_service(file: &Path) -> anyhow::Result<Service> {
    let path = file.to_str().context("the file's name is no text")?;
    Service::start("bench", &["--bare", path], "listening on")
}

/// Measures with `count` events in the log.
///
/// # Errors
/// A service does not start or answer, or the two streams differ in length.
pub async fn measure(count: u32) -> anyhow::Result<Streaming> {
    let service = pair::query_service()?;
    let empty = service.resident_bytes();
    feed::rate(&service.url(), 0..count).await?;
    let mut client = pair::query_client(&service.url()).await?;
    let encoded_bytes = client.get_status(GetStatusRequest {}).await?.into_inner().event_bytes;
    let full = service.resident_bytes();
    let stored_bytes = empty.zip(full).map(|(empty, full)| (full.saturating_sub(empty), encoded_bytes));
    let request = Bytes::from(StreamEventsRequest::default().encode_to_vec());

    let file = tempfile::NamedTempFile::new()?;
    let mut messages = Vec::new();
    drain(&service.url(), STREAM_PATH, request.clone(), |message| messages.push(message)).await?;
    ensure!(messages.len() >= count as usize, "only {} messages for {count} events", messages.len());
    std::fs::write(file.path(), batch(&messages))?;
    let bare = bare_service(file.path())?;

    let (mut service_rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let from_bare = drain(&bare.url(), BARE_PATH, Bytes::new(), drop).await?;
        let from_service = drain(&service.url(), STREAM_PATH, request.clone(), drop).await?;
        ensure!(from_bare.messages == from_service.messages, "the two streams differ in length");
        bare_rates.push(f64::from(count) / from_bare.seconds);
        service_rates.push(f64::from(count) / from_service.seconds);
        ratios.push(from_bare.seconds / from_service.seconds);
    }
    let (first_event_seconds, unary_seconds) = first_event(&service.url(), &bare.url()).await?;
    Ok(Streaming {
        events: count,
        service_per_second: median(&mut service_rates),
        bare_per_second: median(&mut bare_rates),
        ratio: median(&mut ratios),
        first_event_seconds,
        unary_seconds,
        stored_bytes,
    })
}
