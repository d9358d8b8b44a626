//! Events on their way into a service, as fast as it takes them or at a given pace.
//!
//! Batches are encoded beforehand or by a thread of their own, and go out as the bytes that they are: what is measured is
//! the service.

use super::Pace;
use crate::bare::Raw;
use crate::samples;
use anyhow::{Context, ensure};
use bytes::Bytes;
use fineprint_proto::v1::{IngestEventsRequest, IngestEventsResponse, IngestOutcome};
use prost::Message;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::http::uri::PathAndQuery;

/// The path of the method that takes events in.
pub const INGEST_PATH: &str = "/fineprint.v1.EventIngestService/IngestEvents";

/// Events in a batch, where the pace tells nothing else.
pub const BATCH_EVENTS: u32 = 500;

/// Batches without an answer: below the credit that the service gives at first.
pub const BATCHES_UNDER_WAY_MAX: usize = 8;

/// Batches that are encoded ahead of those under way.
const BATCHES_AHEAD_MAX: usize = 64;

/// What became of batches.
#[derive(Clone, Debug, Default)]
pub struct Fed {
    /// From the first batch to the last answer.
    pub seconds: f64,
    /// From each batch to its answer, in order.
    pub answer_seconds: Vec<f64>,
}

/// The sample events with these numbers as requests of ingest.
pub fn batches(numbers: Range<u32>, batch_events: u32) -> impl Iterator<Item = Bytes> + Send + 'static {
    let end = numbers.end;
    numbers.step_by(batch_events.max(1) as usize).zip(1..).map(move |(first, batch_number)| {
        let events = (first..end.min(first.saturating_add(batch_events))).map(samples::event).collect();
        Bytes::from(IngestEventsRequest { batch_number, events }.encode_to_vec())
    })
}

/// Sends `batches` to the method at `path`, which answers each; `sending` is told of each batch before it goes out, and
/// `answered` of each answer.
///
/// # Errors
/// The service cannot be reached, fails, or leaves a batch without an answer.
pub async fn feed(
    url: &str,
    path: &'static str,
    batches: impl Iterator<Item = Bytes> + Send + 'static,
    pace: Option<Pace>,
    mut sending: impl FnMut(usize) + Send + 'static,
    mut answered: impl FnMut(Bytes) -> anyhow::Result<()>,
) -> anyhow::Result<Fed> {
    let channel = tonic::transport::Endpoint::from_shared(url.to_owned())?.connect().await?;
    let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(usize::MAX);
    client.ready().await?;
    let (ahead, mut encoded) = mpsc::channel(BATCHES_AHEAD_MAX);
    let encoding =
        std::thread::spawn(move || batches.take_while(|batch| ahead.blocking_send(batch.clone()).is_ok()).count());
    let permits = Arc::new(Semaphore::new(BATCHES_UNDER_WAY_MAX));
    let gate = Arc::clone(&permits);
    let (sender, receiver) = mpsc::channel(1);
    // As many as are under way: each has a permit.
    let (sent, mut sent_times) = mpsc::channel(BATCHES_UNDER_WAY_MAX);
    let start = Instant::now();
    let feeder = tokio::spawn(async move {
        let mut ticks = pace.map(|pace| tokio::time::interval(pace.interval()));
        let mut count = 0;
        while let Some(batch) = encoded.recv().await {
            if let Some(ticks) = &mut ticks {
                ticks.tick().await;
            }
            let Ok(permit) = gate.acquire().await else { break };
            permit.forget();
            sending(count);
            count += 1;
            if sent.send(Instant::now()).await.is_err() || sender.send(batch).await.is_err() {
                break;
            }
        }
    });
    let request = tonic::Request::new(ReceiverStream::new(receiver));
    let mut answers = client.streaming(request, PathAndQuery::from_static(path), Raw).await?.into_inner();
    let mut answer_seconds = Vec::new();
    while let Some(answer) = answers.message().await? {
        let sent = sent_times.recv().await.context("an answer to nothing")?;
        answer_seconds.push(sent.elapsed().as_secs_f64());
        permits.add_permits(1);
        answered(answer)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    feeder.await?;
    let expected = encoding.join().map_err(|_| anyhow::anyhow!("the batches could not be encoded"))?;
    ensure!(answer_seconds.len() == expected, "{} of {expected} batches were answered", answer_seconds.len());
    Ok(Fed { seconds, answer_seconds })
}

/// Sends `batches` of new events to the query service at `url`.
///
/// # Errors
/// As [`feed`], or the service does not append an event.
pub async fn ingest(
    url: &str,
    batches: impl Iterator<Item = Bytes> + Send + 'static,
    pace: Option<Pace>,
) -> anyhow::Result<Fed> {
    feed(url, INGEST_PATH, batches, pace, drop, appended).await
}

/// Checks that an answer of ingest tells of appended events alone.
///
/// # Errors
/// Another outcome, or other bytes.
pub fn appended(answer: Bytes) -> anyhow::Result<()> {
    let answer = IngestEventsResponse::decode(answer)?;
    let appended = answer.results.iter().all(|result| result.outcome() == IngestOutcome::Appended);
    ensure!(appended, "batch {} was not appended whole: {:?}", answer.batch_number, answer.results.first());
    Ok(())
}

/// Ingests the sample events with these numbers, encoded beforehand; events a second.
///
/// # Errors
/// As [`ingest`].
pub async fn rate(url: &str, numbers: Range<u32>) -> anyhow::Result<f64> {
    let count = f64::from(numbers.end - numbers.start);
    let batches: Vec<Bytes> = batches(numbers, BATCH_EVENTS).collect();
    Ok(count / ingest(url, batches.into_iter(), None).await?.seconds)
}

impl Pace {
    fn interval(self) -> Duration {
        Duration::from_secs_f64(f64::from(self.batch_events) / f64::from(self.events_per_second))
    }
}
