//! The methods of `EventIngestService`, over the store.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use fineprint_proto::v1::{self, event_ingest_service_server::EventIngestService};
use futures::{Stream, StreamExt as _, stream};
use prost::Message as _;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};

use super::{
    status::{self, Error, Fault, Violation},
    wire,
};
use crate::{
    event::{self, StoredEvent},
    limits::Limits,
    metrics::Metrics,
    store::{Appended, NewEvent, Store, Submitted},
    stream::Drain,
};

/// Takes events into the log.
#[derive(Debug)]
pub struct Ingest {
    store: Store,
    limits: Arc<Limits>,
    drain: Drain,
    streams: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Ingest {
    /// Takes events into a store.
    #[must_use]
    pub fn new(store: Store, limits: Limits, drain: Drain, metrics: Arc<Metrics>) -> Self {
        let permits = usize::try_from(limits.ingest_streams_max).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { store, limits: Arc::new(limits), drain, streams: Arc::new(Semaphore::new(permits)), metrics }
    }
}

/// What is known of an event before the log has answered.
enum Checked {
    /// It is on its way into the log.
    Sent { event_id: String },
    /// It was refused.
    Refused(v1::IngestResult),
}

/// A batch that the log has not answered yet.
struct Underway {
    events: Vec<Checked>,
    submitted: Submitted,
}

/// Checks the events of a batch and gives the good ones to the log.
async fn submit(store: &Store, limits: &Limits, metrics: &Metrics, events: Vec<v1::Event>) -> Result<Underway, Error> {
    if events.len() as u64 > limits.batch_events_max {
        return Err(Error::OverLimit {
            what: "events in one batch",
            name: "batch_events_max",
            limit: limits.batch_events_max,
            value: events.len() as u64,
        });
    }
    let mut good = Vec::with_capacity(events.len());
    let mut checked = Vec::with_capacity(events.len());
    for event in events {
        let event_id = event.event_id.clone();
        match check(event, limits) {
            Ok(event) => {
                good.push(event);
                checked.push(Checked::Sent { event_id });
            }
            Err(error) => checked.push(Checked::Refused(v1::IngestResult {
                event_id,
                outcome: v1::IngestOutcome::Refused.into(),
                sequence: 0,
                error: Some(status::as_message(&error.into())),
            })),
        }
    }
    metrics.refused((checked.len() - good.len()) as u64);
    Ok(Underway { events: checked, submitted: store.submit(good).await? })
}

/// Checks one event.
fn check(mut event: v1::Event, limits: &Limits) -> Result<NewEvent, Error> {
    event.sequence = 0;
    event.ingest_time = None;
    let length = event.encoded_len() as u64;
    if length > limits.event_bytes_max {
        return Err(Error::OverLimit {
            what: "encoded bytes of one event",
            name: "event_bytes_max",
            limit: limits.event_bytes_max,
            value: length,
        });
    }
    match StoredEvent::try_from(&event) {
        Ok(stored) => Ok(NewEvent { event: stored, encoded: event.encode_to_vec() }),
        Err(event::Error::Invalid(violations)) => {
            let violations =
                violations.into_iter().map(|violation| Violation::new(violation.field, violation.description));
            Err(Error::Invalid(Fault::InvalidEvent, violations.collect()))
        }
    }
}

/// Waits for the log's answer to a batch.
async fn results(underway: Underway) -> Result<Vec<v1::IngestResult>, Error> {
    let mut appended = underway.submitted.answer().await?.into_iter();
    underway
        .events
        .into_iter()
        .map(|checked| match checked {
            Checked::Refused(result) => Ok(result),
            Checked::Sent { event_id } => {
                let (outcome, sequence) = match appended.next().ok_or(Error::Broken)? {
                    Appended::New(sequence) => (v1::IngestOutcome::Appended, sequence),
                    Appended::Duplicate(sequence) => (v1::IngestOutcome::Duplicate, sequence),
                };
                Ok(v1::IngestResult { event_id, outcome: outcome.into(), sequence: sequence.get(), error: None })
            }
        })
        .collect()
}

/// One producer's stream.
struct Producer {
    store: Store,
    limits: Arc<Limits>,
    drain: Drain,
    requests: Streaming<v1::IngestEventsRequest>,
    metrics: Arc<Metrics>,
    last_batch: u64,
    underway_events: Arc<AtomicU64>,
    is_over: bool,
}

impl Producer {
    /// The next batch, once it is on its way into the log; `None` at the end.
    async fn next(&mut self) -> Option<Result<(u64, u64, Underway), Error>> {
        if self.is_over {
            return None;
        }
        let next = self.take().await;
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }

    async fn take(&mut self) -> Option<Result<(u64, u64, Underway), Error>> {
        let request = tokio::select! {
            biased;
            () = self.drain.begun() => return Some(Err(Error::Draining)),
            request = self.requests.next() => match request? {
                Ok(request) => request,
                Err(status) => return Some(Err(Error::Client(Box::new(status)))),
            },
        };
        let expected = self.last_batch + 1;
        if request.batch_number != expected {
            let description = format!("expected {expected}, found {}; batches count 1, 2, 3", request.batch_number);
            return Some(Err(Error::field(Fault::BatchOutOfOrder, "batch_number", description)));
        }
        self.last_batch = expected;
        let count = request.events.len() as u64;
        let value = self.underway_events.fetch_add(count, Ordering::Relaxed) + count;
        let limit = self.limits.credit_events_max;
        if value > limit {
            let (what, name) = ("events without an answer", "credit_events_max");
            return Some(Err(Error::OverLimit { what, name, limit, value }));
        }
        let underway = submit(&self.store, &self.limits, &self.metrics, request.events).await;
        Some(underway.map(|underway| (expected, count, underway)))
    }
}

#[tonic::async_trait]
impl EventIngestService for Ingest {
    type IngestEventsStream = Pin<Box<dyn Stream<Item = Result<v1::IngestEventsResponse, Status>> + Send>>;

    async fn ingest_events(
        &self,
        request: Request<Streaming<v1::IngestEventsRequest>>,
    ) -> Result<Response<Self::IngestEventsStream>, Status> {
        if self.drain.is_begun() {
            return Err(Error::Draining.into());
        }
        let permit = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| Error::TooMany {
            what: "ingest streams",
            name: "ingest_streams_max",
            limit: self.limits.ingest_streams_max,
        })?;
        let underway_events = Arc::new(AtomicU64::new(0));
        let producer = Producer {
            store: self.store.clone(),
            limits: Arc::clone(&self.limits),
            drain: self.drain.clone(),
            requests: request.into_inner(),
            metrics: Arc::clone(&self.metrics),
            last_batch: 0,
            underway_events: Arc::clone(&underway_events),
            is_over: false,
        };
        let (epoch, durability) = (wire::epoch(self.store.epoch()), wire::durability(self.store.durability()));
        let credit_events = u32::try_from(self.limits.credit_events_max).unwrap_or(u32::MAX);
        // One batch after the other goes to the log; their answers are waited for together, and given in order.
        let batches =
            stream::unfold(
                producer,
                |mut producer| async move { producer.next().await.map(|batch| (batch, producer)) },
            );
        let answers = batches
            .map(move |batch| {
                let (epoch, underway_events) = (epoch.clone(), Arc::clone(&underway_events));
                async move {
                    let (batch_number, count, underway) = batch?;
                    let results = results(underway).await?;
                    underway_events.fetch_sub(count, Ordering::Relaxed);
                    Ok(v1::IngestEventsResponse {
                        batch_number,
                        results,
                        durability: durability.into(),
                        credit_events,
                        epoch,
                    })
                }
            })
            .buffered(usize::try_from(self.limits.append_queue_batches_max).unwrap_or(1).max(1))
            .map(move |answer: Result<_, Error>| {
                let _open = &permit;
                answer.map_err(Status::from)
            });
        Ok(Response::new(Box::pin(until_error(answers))))
    }

    async fn ingest_event_batch(
        &self,
        request: Request<v1::IngestEventBatchRequest>,
    ) -> Result<Response<v1::IngestEventBatchResponse>, Status> {
        if self.drain.is_begun() {
            return Err(Error::Draining.into());
        }
        let underway = submit(&self.store, &self.limits, &self.metrics, request.into_inner().events).await?;
        Ok(Response::new(v1::IngestEventBatchResponse {
            results: results(underway).await?,
            durability: wire::durability(self.store.durability()).into(),
            epoch: wire::epoch(self.store.epoch()),
        }))
    }
}

/// Ends a stream behind its first error.
fn until_error<T>(answers: impl Stream<Item = Result<T, Status>>) -> impl Stream<Item = Result<T, Status>> {
    answers.scan(false, |failed, answer| {
        let over = *failed;
        *failed = answer.is_err();
        std::future::ready((!over).then_some(answer))
    })
}
