//! The client of the query service: takes events out of the outbox, sends them in batches within the credit, and hands
//! the acknowledgements back.
//!
//! A connection that fails, or that answers nothing for too long, is given up, and another one is made after a pause that
//! grows and varies. The events without an acknowledgement are then sent again: the query service knows them by their
//! ids. On a new connection one batch goes ahead of the others, since its answer tells the credit and the epoch.

use crate::limits;
use crate::outbox::{Numbered, Outbox, Outcome};
use fineprint_proto::v1::event_ingest_service_client::EventIngestServiceClient;
use fineprint_proto::v1::{Durability, Event, IngestEventsRequest, IngestEventsResponse, IngestOutcome, IngestResult};
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, Streaming};

/// Events of the first batch on a connection, before the credit is known.
const FIRST_BATCH_EVENTS: usize = 64;

/// Batches that are handed to the connection ahead of its sending them.
const SENDING_BATCHES: usize = 4;

/// Why a connection was given up.
#[derive(Debug, thiserror::Error)]
enum Lost {
    /// It could not be made.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The query service or the transport ended it.
    #[error("{}: {}", .0.code(), .0.message())]
    Ended(Box<Status>),
    /// The stream ended without an error.
    #[error("the query service ended the stream")]
    Closed,
    /// A batch was not answered in time.
    #[error("a batch was not answered within {} ms", .0.as_millis())]
    Silent(Duration),
    /// An answer does not fit what was sent.
    #[error("the answer to batch {0} does not fit the batch")]
    Unfitting(u64),
    /// The log began anew.
    #[error("the query service started with an empty log; events of running submissions are sent again")]
    NewEpoch,
}

impl From<Status> for Lost {
    fn from(status: Status) -> Self {
        Self::Ended(Box::new(status))
    }
}

/// Checks that `url` can be the address of a query service.
///
/// # Errors
/// What is wrong with it.
pub fn endpoint(url: &str) -> Result<Endpoint, String> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|error| error.to_string())?;
    if !matches!(endpoint.uri().scheme_str(), Some("http")) || endpoint.uri().host().is_none() {
        return Err("write it as in http://127.0.0.1:50051".to_owned());
    }
    Ok(endpoint
        .connect_timeout(Duration::from_millis(limits::CONNECT_MS_MAX))
        .http2_keep_alive_interval(Duration::from_millis(limits::KEEPALIVE_MS))
        .keep_alive_timeout(Duration::from_millis(limits::KEEPALIVE_MS))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true))
}

/// Publishes what the outbox holds until `stop`. Never gives up: while the query service is away, the events stay. A
/// connection on which a batch has no answer after `patience` counts as dead.
pub async fn publish(outbox: Outbox<Event>, endpoint: Endpoint, patience: Duration, stop: CancellationToken) {
    let mut failures = 0u32;
    loop {
        // A connection is made when there is something to send, not before.
        tokio::select! {
            () = stop.cancelled() => return,
            () = outbox.filled(outbox.resume_at()) => {}
        }
        let mut is_answered = false;
        let lost = tokio::select! {
            () = stop.cancelled() => return,
            lost = connection(&outbox, &endpoint, patience, &mut is_answered) => lost,
        };
        failures = if is_answered { 0 } else { failures.saturating_add(1) };
        let url = endpoint.uri();
        if matches!(lost, Lost::NewEpoch) {
            tracing::warn!(query_service = %url, "{lost}");
            continue;
        }
        let pause = backoff(failures);
        let pending = outbox.pending_count();
        match failures {
            0..=1 => tracing::warn!(query_service = %url, pending, "lost the query service: {lost}"),
            _ => tracing::debug!(query_service = %url, pending, failures, "the query service is away: {lost}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}

/// The pause before attempt number `failures`: between half of a doubling step and the whole of it, so that many clients
/// do not come back at once.
fn backoff(failures: u32) -> Duration {
    let step = limits::BACKOFF_FIRST_MS.saturating_mul(1 << failures.min(16)).min(limits::BACKOFF_MS_MAX);
    let random = RandomState::new().hash_one(failures);
    Duration::from_millis(step / 2 + random % (step / 2 + 1))
}

/// A batch without an answer.
struct Sent {
    number: u64,
    items: Vec<u64>,
    at: Instant,
}

/// One connection, from its making to its end. Sets `is_answered` once a batch was answered.
async fn connection(outbox: &Outbox<Event>, endpoint: &Endpoint, patience: Duration, is_answered: &mut bool) -> Lost {
    let channel = match endpoint.connect().await {
        Ok(channel) => channel,
        Err(error) => return Lost::Connect(root_cause(&error)),
    };
    match converse(outbox, channel, patience, is_answered).await {
        Ok(never) => match never {},
        Err(lost) => lost,
    }
}

async fn converse(
    outbox: &Outbox<Event>,
    channel: Channel,
    patience: Duration,
    is_answered: &mut bool,
) -> Result<std::convert::Infallible, Lost> {
    let mut client = EventIngestServiceClient::new(channel).max_decoding_message_size(limits::ANSWER_BYTES_MAX);
    let (sender, requests) = mpsc::channel::<IngestEventsRequest>(SENDING_BATCHES);
    let mut next = outbox.resume_at();
    let mut number = 0;
    let mut under_way: VecDeque<Sent> = VecDeque::new();
    let mut credit: Option<usize> = None;

    // The service may answer the call only after the first request: both are waited for together.
    let first = outbox.batch(next, FIRST_BATCH_EVENTS, limits::BATCH_BYTES_MAX);
    send(&sender, first, &mut next, &mut number, &mut under_way).await?;
    let opening = client.ingest_events(ReceiverStream::new(requests));
    let mut answers: Streaming<IngestEventsResponse> =
        tokio::time::timeout(patience, opening).await.map_err(|_| Lost::Silent(patience))??.into_inner();
    loop {
        let waiting: usize = under_way.iter().map(|sent| sent.items.len()).sum();
        let room = match credit {
            Some(credit) => credit.saturating_sub(waiting),
            None if under_way.is_empty() => FIRST_BATCH_EVENTS,
            None => 0,
        };
        let due = under_way.front().map(|sent| sent.at + patience);
        tokio::select! {
            biased;
            answer = answers.message() => {
                let answer = answer?.ok_or(Lost::Closed)?;
                *is_answered = true;
                credit = Some(usize::try_from(answer.credit_events).unwrap_or(usize::MAX).max(1));
                if take(outbox, answer, &mut under_way)? {
                    return Err(Lost::NewEpoch);
                }
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => return Err(Lost::Silent(patience)),
            // The batch is taken when there is a place for it, so that none is lost where another branch is first.
            (permit, ()) = async { (sender.reserve().await, outbox.filled(next).await) }, if room > 0 => {
                let permit = permit.map_err(|_| Lost::Closed)?;
                let batch = outbox.batch(next, room.min(limits::BATCH_EVENTS_MAX), limits::BATCH_BYTES_MAX);
                permit.send(request(batch, &mut next, &mut number, &mut under_way));
            }
        }
    }
}

async fn send(
    sender: &mpsc::Sender<IngestEventsRequest>,
    batch: Vec<Numbered<Event>>,
    next: &mut u64,
    number: &mut u64,
    under_way: &mut VecDeque<Sent>,
) -> Result<(), Lost> {
    sender.send(request(batch, next, number, under_way)).await.map_err(|_| Lost::Closed)
}

fn request(
    batch: Vec<Numbered<Event>>,
    next: &mut u64,
    number: &mut u64,
    under_way: &mut VecDeque<Sent>,
) -> IngestEventsRequest {
    *number += 1;
    let items: Vec<u64> = batch.iter().map(|(item, _)| *item).collect();
    *next = items.last().map_or(*next, |last| last + 1);
    under_way.push_back(Sent { number: *number, items, at: Instant::now() });
    let events = batch.into_iter().map(|(_, event)| Event::clone(&event)).collect();
    IngestEventsRequest { batch_number: *number, events }
}

/// Hands an answer to the outbox. True where the log began anew.
fn take(outbox: &Outbox<Event>, answer: IngestEventsResponse, under_way: &mut VecDeque<Sent>) -> Result<bool, Lost> {
    let is_durable = answer.durability() == Durability::Synced;
    let sent = under_way.pop_front().ok_or(Lost::Unfitting(answer.batch_number))?;
    if sent.number != answer.batch_number || sent.items.len() != answer.results.len() {
        return Err(Lost::Unfitting(answer.batch_number));
    }
    let outcomes: Option<Vec<(u64, Outcome)>> =
        sent.items.into_iter().zip(answer.results).map(|(item, result)| Some((item, outcome(result)?))).collect();
    let outcomes = outcomes.ok_or(Lost::Unfitting(answer.batch_number))?;
    // Batches that follow are on their way: each is due a while after this answer, not after its sending.
    let now = Instant::now();
    for sent in under_way {
        sent.at = now;
    }
    Ok(outbox.acknowledge(&answer.epoch, is_durable, outcomes))
}

fn outcome(result: IngestResult) -> Option<Outcome> {
    match result.outcome() {
        IngestOutcome::Appended => Some(Outcome::Appended),
        IngestOutcome::Duplicate => Some(Outcome::Duplicate),
        IngestOutcome::Refused => {
            let reason = result.error.map_or_else(|| "no reason given".to_owned(), |error| error.message);
            Some(Outcome::Refused(format!("event {}: {reason}", result.event_id)))
        }
        IngestOutcome::Unspecified => None,
    }
}

/// What lies at the bottom of an error.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
