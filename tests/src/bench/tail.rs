//! From a producer to many readers: how long an event takes, beside a bare tonic loop that fans out the same bytes.
//!
//! Events come in batches at a fixed pace; every reader has a connection of its own and reads message by message without
//! decoding. What is measured is the time from before a batch is sent to its last event at each reader. Rounds alternate
//! between the two services.

use super::{Pace, feed, median, quantile, streaming};
use crate::bare::{BARE_PUBLISH_PATH, BARE_TAIL_PATH, Raw, batch};
use crate::{pair, samples};
use anyhow::{Context, ensure};
use bytes::Bytes;
use fineprint_proto::v1::stream_events_request::Start;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{StreamEventsRequest, StreamEventsResponse};
use prost::Message;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;
use tonic::codegen::http::uri::PathAndQuery;

/// Events come in so fast, and in batches of so many.
const PACE: Pace = Pace { events_per_second: 10_000, batch_events: 100 };

/// Share of the batches of a round, at its begin, that are not measured.
const WARM_UP: f64 = 0.1;

/// A resume token, as long as all of them are.
const TOKEN: &str = "AQAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Seconds from a producer to a reader.
#[derive(Clone, Copy, Debug)]
pub struct Delay {
    /// Half of the batches are there after so long.
    pub p50: f64,
    /// So are 99 of 100.
    pub p99: f64,
}

/// What was measured: of each figure the middle one of the rounds.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    /// Through the query service.
    pub service: Delay,
    /// Through the bare loop.
    pub bare: Delay,
    /// 99 of 100 over 99 of 100, round by round.
    pub ratio: f64,
}

/// Measures `rounds` rounds of `seconds` with `readers` readers.
///
/// # Errors
/// A service does not start or answer, or loses an event.
pub async fn measure(readers: u32, seconds: u32, rounds: u32) -> anyhow::Result<Tail> {
    let service = pair::query_service()?;
    let file = tempfile::NamedTempFile::new()?;
    let bare = streaming::bare_service(file.path())?;
    let follow =
        StreamEventsRequest { follow: true, start: Some(Start::FromNow(true)), ..StreamEventsRequest::default() };
    let follow = Bytes::from(follow.encode_to_vec());
    let count = PACE.events_per_second * seconds;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let numbers = round * count..(round + 1) * count;
        let path = streaming::STREAM_PATH;
        let begun = readers_of(&service.url(), path, &follow, readers, count).await?;
        let batches = feed::batches(numbers.clone(), PACE.batch_events);
        ours.push(run(begun, &service.url(), feed::INGEST_PATH, batches, feed::appended).await?);
        let begun = readers_of(&bare.url(), BARE_TAIL_PATH, &Bytes::new(), readers, count).await?;
        let answered = |answer: Bytes| {
            ensure!(answer.is_empty(), "not an answer of the bare loop");
            Ok(())
        };
        theirs.push(run(begun, &bare.url(), BARE_PUBLISH_PATH, bare_batches(numbers), answered).await?);
    }
    let middle = |delays: &[Delay]| Delay {
        p50: median(&mut delays.iter().map(|delay| delay.p50).collect::<Vec<_>>()),
        p99: median(&mut delays.iter().map(|delay| delay.p99).collect::<Vec<_>>()),
    };
    let mut ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(one, other)| one.p99 / other.p99).collect();
    Ok(Tail { service: middle(&ours), bare: middle(&theirs), ratio: median(&mut ratios) })
}

/// The same events as the messages that the query service would send, in batches for the bare loop.
fn bare_batches(numbers: std::ops::Range<u32>) -> impl Iterator<Item = Bytes> + Send + 'static {
    let message = |number| {
        let body = Some(Body::Event(samples::event(number)));
        Bytes::from(StreamEventsResponse { resume_token: TOKEN.to_owned(), body }.encode_to_vec())
    };
    let end = numbers.end;
    numbers
        .step_by(PACE.batch_events as usize)
        .map(move |first| batch(&(first..end.min(first + PACE.batch_events)).map(message).collect::<Vec<_>>()))
}

/// Readers that have begun.
struct Readers {
    begun: Instant,
    /// When each batch was sent, in nanoseconds since `begun`.
    sent: Arc<Vec<AtomicU64>>,
    /// The seconds of each reader, batch by batch.
    tasks: JoinSet<anyhow::Result<Vec<f64>>>,
}

/// Begins `readers` streams of `path`, which end after `count` events.
async fn readers_of(
    url: &str,
    path: &'static str,
    request: &Bytes,
    readers: u32,
    count: u32,
) -> anyhow::Result<Readers> {
    let begun = Instant::now();
    let batches_count = count.div_ceil(PACE.batch_events);
    let sent: Arc<Vec<AtomicU64>> = Arc::new((0..batches_count).map(|_| AtomicU64::new(0)).collect());
    let mut tasks = JoinSet::new();
    for _ in 0..readers {
        let channel = tonic::transport::Endpoint::from_shared(url.to_owned())?.connect().await?;
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await?;
        let request = tonic::Request::new(request.clone());
        let mut stream = client.server_streaming(request, PathAndQuery::from_static(path), Raw).await?.into_inner();
        // It listens once it has told so; what is no event is not counted below.
        stream.message().await?.context("the stream ended early")?;
        let sent = Arc::clone(&sent);
        tasks.spawn(async move {
            // The connection lasts as long as its client.
            let _client = client;
            let mut delays = Vec::with_capacity(sent.len());
            let mut seen = 0;
            while seen < count {
                let message = stream.message().await?.context("the stream ended early")?;
                if !is_event(&message) {
                    continue;
                }
                seen += 1;
                if seen.is_multiple_of(PACE.batch_events) {
                    let sent = sent[delays.len()].load(Ordering::Relaxed);
                    // Nanoseconds of a round are far below 2^52.
                    delays.push((begun.elapsed().as_nanos() as f64 - sent as f64) / 1e9);
                }
            }
            Ok(delays)
        });
    }
    Ok(Readers { begun, sent, tasks })
}

/// Whether a message carries an event: its field stands behind the token.
fn is_event(message: &[u8]) -> bool {
    const EVENT_KEY: u8 = 3 << 3 | 2;
    message.get(2 + TOKEN.len()) == Some(&EVENT_KEY)
}

/// One round: the readers read what `batches` bring.
async fn run(
    readers: Readers,
    url: &str,
    path: &'static str,
    batches: impl Iterator<Item = Bytes> + Send + 'static,
    answered: impl FnMut(Bytes) -> anyhow::Result<()>,
) -> anyhow::Result<Delay> {
    let Readers { begun, sent, mut tasks } = readers;
    let sending = move |number: usize| {
        let now = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(sent) = sent.get(number) {
            sent.store(now, Ordering::Relaxed);
        }
    };
    feed::feed(url, path, batches, Some(PACE), sending, answered).await?;
    let mut all = Vec::new();
    while let Some(delays) = tasks.join_next().await {
        let delays = delays??;
        // Rounded down: below the number of batches.
        let warm = (delays.len() as f64 * WARM_UP) as usize;
        all.extend_from_slice(delays.get(warm..).unwrap_or_default());
    }
    Ok(Delay { p50: quantile(&mut all, 0.5), p99: quantile(&mut all, 0.99) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fineprint_proto::v1::StreamCaughtUp;

    #[test]
    fn events_are_told_from_other_messages() {
        for (body, expected) in
            [(Body::Event(samples::event(1)), true), (Body::CaughtUp(StreamCaughtUp::default()), false)]
        {
            let message = StreamEventsResponse { resume_token: TOKEN.to_owned(), body: Some(body) };
            assert_eq!(is_event(&message.encode_to_vec()), expected);
        }
    }
}
