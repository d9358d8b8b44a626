//! Events a second of `StreamEvents`, beside a bare tonic loop that sends the same bytes.
//!
//! Both servers are processes of their own; the same client drains both, message by message, without decoding. Rounds
//! alternate, so that a busy machine slows both alike; each round gives a ratio, and the middle one counts.

use super::median;
use crate::bare::{BARE_PATH, BARE_UNARY_PATH, Bare, Raw, drain};
use crate::process::Service;
use crate::{pair, samples};
use anyhow::{Context, ensure};
use bytes::{Buf, Bytes};
use fineprint_proto::v1::event_ingest_service_client::EventIngestServiceClient;
use fineprint_proto::v1::stream_events_request::Start;
use fineprint_proto::v1::{GetStatusRequest, IngestEventsRequest, IngestOutcome, StreamEventsRequest};
use prost::Message;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::transport::Channel;

/// The path of the method that is measured.
const STREAM_PATH: &str = "/fineprint.v1.EventQueryService/StreamEvents";

/// Events in a batch of ingest.
const BATCH_EVENTS: u32 = 500;

/// Batches of ingest without an answer.
const BATCHES_UNDER_WAY_MAX: usize = 8;

/// Rounds of each kind; each gives a ratio, and the middle one is told.
const ROUNDS: usize = 11;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    /// Events in the log.
    pub events: u32,
    /// Events a second into the service, in memory.
    pub ingest_per_second: f64,
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
        let channel = tonic::transport::Endpoint::from_shared(url.to_owned())?.connect().await?;
        Ok(tonic::client::Grpc::new(channel))
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

/// Events a second into a service that syncs every group of batches to the disk.
///
/// # Errors
/// The service does not start or answer.
pub async fn ingest_synced(count: u32) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let service = pair::query_service_keeping(folder.path())?;
    ingest(&service.url(), count).await
}

/// Streams on one connection.
const CONNECTION_STREAMS: u32 = 200;

/// Bytes of memory of one stream that waits for events, with `count` of them open; `None` where the system does not tell.
///
/// # Errors
/// The service does not start or answer.
pub async fn idle_stream_bytes(count: u32) -> anyhow::Result<Option<f64>> {
    let service = pair::query_service_limited(&[&format!("streams_max={}", count.max(1))])?;
    ingest(&service.url(), BATCH_EVENTS).await?;
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

/// Ingests `count` sample events into the service at `url` and answers with events a second.
async fn ingest(url: &str, count: u32) -> anyhow::Result<f64> {
    let mut client = EventIngestServiceClient::connect(url.to_owned()).await?;
    let batches: Vec<IngestEventsRequest> = (0..count)
        .step_by(BATCH_EVENTS as usize)
        .zip(1..)
        .map(|(first, batch_number)| IngestEventsRequest {
            batch_number,
            events: (first..count.min(first + BATCH_EVENTS)).map(samples::event).collect(),
        })
        .collect();
    let expected = batches.len();
    let start = std::time::Instant::now();
    // A batch goes out where fewer than this many have no answer: below the credit that the service gives at first.
    let permits = Arc::new(Semaphore::new(BATCHES_UNDER_WAY_MAX));
    let (sender, receiver) = mpsc::channel(1);
    let gate = Arc::clone(&permits);
    let feeder = tokio::spawn(async move {
        for batch in batches {
            let Ok(permit) = gate.acquire().await else { break };
            permit.forget();
            if sender.send(batch).await.is_err() {
                break;
            }
        }
    });
    let mut answers = client.ingest_events(ReceiverStream::new(receiver)).await?.into_inner();
    let mut answered = 0;
    while let Some(answer) = answers.message().await? {
        answered += 1;
        permits.add_permits(1);
        let appended = answer.results.iter().all(|result| result.outcome() == IngestOutcome::Appended);
        ensure!(appended, "batch {} was not appended whole: {:?}", answer.batch_number, answer.results.first());
    }
    feeder.await?;
    ensure!(answered == expected, "{answered} of {expected} batches were answered");
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// Serves the messages of `file` (each after its length as four bytes) until the process ends; prints its address.
///
/// # Errors
/// The file cannot be read or no port can be bound.
pub async fn serve_bare(file: &Path) -> anyhow::Result<()> {
    let mut rest = Bytes::from(std::fs::read(file)?);
    let mut messages = Vec::new();
    while rest.remaining() >= 4 {
        let length = rest.get_u32() as usize;
        messages.push(rest.split_to(length.min(rest.len())));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let incoming = TcpListenerStream::new(listener);
    tonic::transport::Server::builder().add_service(Bare::new(messages)).serve_with_incoming(incoming).await?;
    Ok(())
}

/// Measures with `count` events in the log.
///
/// # Errors
/// A service does not start or answer, or the two streams differ in length.
pub async fn measure(count: u32) -> anyhow::Result<Streaming> {
    let service = pair::query_service()?;
    let empty = service.resident_bytes();
    let ingest_per_second = ingest(&service.url(), count).await?;
    let mut client = pair::query_client(&service.url()).await?;
    let encoded_bytes = client.get_status(GetStatusRequest {}).await?.into_inner().event_bytes;
    let full = service.resident_bytes();
    let stored_bytes = empty.zip(full).map(|(empty, full)| (full.saturating_sub(empty), encoded_bytes));
    let request = Bytes::from(StreamEventsRequest::default().encode_to_vec());

    let file = tempfile::NamedTempFile::new()?;
    let mut writer = std::io::BufWriter::new(file.reopen()?);
    let mut messages = Vec::new();
    drain(&service.url(), STREAM_PATH, request.clone(), |message| messages.push(message)).await?;
    ensure!(messages.len() >= count as usize, "only {} messages for {count} events", messages.len());
    for message in &messages {
        writer.write_all(&u32::try_from(message.len())?.to_be_bytes())?;
        writer.write_all(message)?;
    }
    writer.flush()?;
    let path = file.path().to_str().context("the temporary file has no name")?;
    let bare = Service::start("bench", &["--bare", path], "listening on")?;

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
        ingest_per_second,
        service_per_second: median(&mut service_rates),
        bare_per_second: median(&mut bare_rates),
        ratio: median(&mut ratios),
        first_event_seconds,
        unary_seconds,
        stored_bytes,
    })
}
