//! A log under a bound of bytes: many events go in, and the memory of the process is watched; then it must answer.

use super::feed;
use crate::pair;
use anyhow::{Context, ensure};
use fineprint_proto::v1::stream_events_request::Start;
use fineprint_proto::v1::{CountEventsRequest, GetStatusRequest, StreamEventsRequest};
use std::time::{Duration, Instant};

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Bounded {
    /// Events taken in a second.
    pub events_per_second: f64,
    /// Events that the log held at the end.
    pub held: u64,
    /// Their encoded bytes.
    pub encoded_bytes: u64,
    /// Bytes that the service counts for them.
    pub counted_bytes: u64,
    /// Memory of the whole process at the end.
    pub resident_bytes: Option<u64>,
    /// The most that it had.
    pub peak_bytes: Option<u64>,
    /// Seconds of a count of all events by a filter.
    pub count_seconds: f64,
    /// Seconds to the newest event of a filter.
    pub newest_seconds: f64,
}

/// Loads `count` events into a service that may take `bytes_max` bytes for them, and asks it.
///
/// # Errors
/// The service does not start, or answers wrongly.
pub async fn measure(count: u32, bytes_max: u64) -> anyhow::Result<Bounded> {
    let service = pair::query_service_with(&["--retention-bytes", &bytes_max.to_string()])?;
    let fed = feed::ingest(&service.url(), feed::batches(0..count, feed::BATCH_EVENTS), None).await?;
    let mut client = pair::query_client(&service.url()).await?;
    // The last segments may still be sealed, and removed.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let status = client.get_status(GetStatusRequest {}).await?.into_inner();
    ensure!(status.head_sequence == u64::from(count), "{} of {count} events came in", status.head_sequence);

    let start = Instant::now();
    let mut counts = [0; 2];
    for (found, filter) in counts.iter_mut().zip(["type = FINE", "NOT type = FINE"]) {
        let request = CountEventsRequest { filter: filter.to_owned() };
        *found = client.count_events(request).await?.into_inner().count;
    }
    let count_seconds = start.elapsed().as_secs_f64() / 2.0;
    let all: u64 = counts.iter().sum();
    ensure!(all == status.event_count, "{counts:?} fines and others are not the {} events held", status.event_count);

    let start = Instant::now();
    let filter = "type = FINE AND amount.RUB > 0".to_owned();
    let newest = StreamEventsRequest { filter, newest_first: true, limit: 1, ..StreamEventsRequest::default() };
    let (events, _) = pair::events(&service.url(), newest).await?;
    let newest_seconds = start.elapsed().as_secs_f64();
    let newest = events.first().context("no fine was found")?.sequence;
    let expected = (1..=u64::from(count)).rev().find(|sequence| (sequence - 1) % 100 == 0);
    ensure!(Some(newest) == expected, "the newest fine is {expected:?}, found {newest}");

    let first = StreamEventsRequest {
        start: Some(Start::FromSequence(status.earliest_sequence)),
        limit: 1_000,
        ..StreamEventsRequest::default()
    };
    let (events, _) = pair::events(&service.url(), first).await?;
    let follow = events.iter().zip(status.earliest_sequence..).all(|(event, sequence)| event.sequence == sequence);
    ensure!(follow && events.len() == 1_000, "the oldest events do not come in order");
    Ok(Bounded {
        events_per_second: f64::from(count) / fed.seconds,
        held: status.event_count,
        encoded_bytes: status.event_bytes,
        counted_bytes: status.held_bytes,
        resident_bytes: service.resident_bytes(),
        peak_bytes: service.peak_bytes(),
        count_seconds,
        newest_seconds,
    })
}
