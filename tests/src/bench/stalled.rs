//! What readers that stop reading cost while events come in at a fixed pace: the producer, the memory of the process, and
//! themselves.
//!
//! Two runs of a service that keeps a bounded number of events: one without readers, one with readers that read the first
//! message of a stream over everything and then nothing more, until the events have come in. Then they go on (some of them,
//! where they are many), and must get every event or a gap that tells exactly what is missing.

use super::{Pace, feed, median, quantile};
use crate::pair;
use crate::process::Service;
use anyhow::{Context, bail, ensure};
use fineprint_proto::v1::event_query_service_client::EventQueryServiceClient;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{StreamEventsRequest, StreamEventsResponse};
use prost::Message;
use std::time::Duration;
use tonic::Streaming;

/// Events come in so fast, and in batches of so many.
const PACE: Pace = Pace { events_per_second: 50_000, batch_events: 500 };

/// Bytes of a stream that a reader's end of the connection takes although nobody reads.
const WINDOW_BYTES: u32 = 65_535;

/// Readers that go on at the end: each reads everything that is held.
const GO_ON_MAX: usize = 40;

/// Seconds of events that the service keeps.
const HELD_SECONDS: u32 = 2;

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Events a second that were taken in.
    pub events_per_second: f64,
    /// Seconds to the answer of a batch: half of them have it after so long.
    pub answer_p50: f64,
    /// So have 99 of 100.
    pub answer_p99: f64,
    /// Seconds of processor time of the service for a second.
    pub load: f64,
    /// Memory that the process took while events came in, beyond what it had before, in bytes.
    pub grown_bytes: Option<f64>,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Stalled {
    /// Without readers.
    pub without: Run,
    /// With readers that stopped.
    pub with: Run,
    /// Most bytes that were taken out of the log for one of them, beyond what its end of the connection takes.
    pub waiting_bytes: u64,
    /// Events that each got afterwards, in the middle.
    pub delivered: u64,
    /// Events that each was told to be missing, in the middle.
    pub missing: u64,
}

/// Measures two runs of `seconds`, the second with `readers` readers.
///
/// # Errors
/// The service does not start or answer, or a reader misses an event that no gap tells.
pub async fn measure(readers: u32, seconds: u32) -> anyhow::Result<Stalled> {
    let count = PACE.events_per_second * seconds;
    let held = PACE.events_per_second * HELD_SECONDS;
    let start = || {
        let (retention, limit) = (held.to_string(), format!("streams_max={}", readers.max(1)));
        pair::query_service_with(&["--retention-events", &retention, "--limit", &limit])
    };
    let service = start()?;
    let without = run(&service, count).await?;
    drop(service);

    let service = start()?;
    let mut stopped = Vec::new();
    for _ in 0..readers {
        let endpoint = tonic::transport::Endpoint::from_shared(service.url())?
            .initial_stream_window_size(WINDOW_BYTES)
            .initial_connection_window_size(WINDOW_BYTES);
        let mut client = EventQueryServiceClient::new(endpoint.connect().await?);
        let request = StreamEventsRequest { follow: true, ..StreamEventsRequest::default() };
        let mut stream = client.stream_events(request).await?.into_inner();
        stream.message().await?.context("the stream ended early")?;
        stopped.push(stream);
    }
    let with = run(&service, count).await?;
    let (mut waiting_bytes, mut delivered, mut missing) = (0, Vec::new(), Vec::new());
    for stream in stopped.into_iter().take(GO_ON_MAX) {
        let rest = rest_of(stream, count).await?;
        waiting_bytes = waiting_bytes.max(rest.before_gap_bytes.saturating_sub(u64::from(WINDOW_BYTES)));
        delivered.push(rest.delivered as f64);
        missing.push(rest.missing as f64);
    }
    // Medians of whole numbers.
    let (delivered, missing) = (median(&mut delivered) as u64, median(&mut missing) as u64);
    Ok(Stalled { without, with, waiting_bytes, delivered, missing })
}

/// Ingests `count` events at the pace.
async fn run(service: &Service, count: u32) -> anyhow::Result<Run> {
    let (before, processor) = (service.resident_bytes(), service.processor_seconds());
    let url = service.url();
    let feeding = feed::ingest(&url, feed::batches(0..count, PACE.batch_events), Some(PACE));
    tokio::pin!(feeding);
    let mut resident = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let mut fed = loop {
        tokio::select! {
            fed = &mut feeding => break fed?,
            _ = ticks.tick() => resident.extend(service.resident_bytes()),
        }
    };
    // The log has come to its bound in the later half.
    let mut late: Vec<f64> = resident.split_off(resident.len() / 2).into_iter().map(|bytes| bytes as f64).collect();
    let grown_bytes = before.filter(|_| !late.is_empty()).map(|before| median(&mut late) - before as f64);
    let processor = service.processor_seconds().zip(processor).map_or(0.0, |(after, before)| after - before);
    Ok(Run {
        events_per_second: f64::from(count) / fed.seconds,
        answer_p50: quantile(&mut fed.answer_seconds, 0.5),
        answer_p99: quantile(&mut fed.answer_seconds, 0.99),
        load: processor / fed.seconds,
        grown_bytes,
    })
}

/// What a reader got once it went on.
#[derive(Debug, Default)]
struct Rest {
    delivered: u64,
    missing: u64,
    /// Bytes of the events before the first gap, as they stood on the wire.
    before_gap_bytes: u64,
}

/// Reads up to the event of number `count`.
async fn rest_of(mut stream: Streaming<StreamEventsResponse>, count: u32) -> anyhow::Result<Rest> {
    /// Bytes before each message on the wire.
    const PREFIX_BYTES: u64 = 5;
    let mut rest = Rest::default();
    let mut last = 0;
    while last < u64::from(count) {
        let message = stream.message().await?.context("the stream ended early")?;
        let message_bytes = message.encoded_len() as u64 + PREFIX_BYTES;
        match message.body {
            Some(Body::Event(event)) => {
                ensure!(event.sequence == last + 1, "event {} after {last}", event.sequence);
                last = event.sequence;
                rest.delivered += 1;
                if rest.missing == 0 {
                    rest.before_gap_bytes += message_bytes;
                }
            }
            Some(Body::Gap(gap)) => {
                let follows = gap.first_sequence == last + 1 && gap.last_sequence >= gap.first_sequence;
                ensure!(follows, "a gap from {} to {} after {last}", gap.first_sequence, gap.last_sequence);
                rest.missing += gap.last_sequence - last;
                last = gap.last_sequence;
            }
            Some(Body::End(end)) => bail!("the stream ended: {end:?}"),
            _ => {}
        }
    }
    ensure!(rest.missing > 0, "the readers were not overtaken: let the events come in for longer");
    Ok(rest)
}
