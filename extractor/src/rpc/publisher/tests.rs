//! The publisher against a query service that fails in every way.

use super::*;
use crate::outbox::Bounds;
use fineprint_proto::v1::event_ingest_service_server::{EventIngestService, EventIngestServiceServer};
use fineprint_proto::v1::{IngestEventBatchRequest, IngestEventBatchResponse};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response};

const BOUNDS: Bounds =
    Bounds { pending_events_max: 10_000, pending_bytes_max: 1 << 30, kept_events_max: 10_000, kept_bytes_max: 1 << 30 };

/// How a connection goes, after it answered a number of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// All is answered.
    None,
    /// The stream ends with an error; the batch is not taken.
    Refuse(usize),
    /// The batch is taken, and the stream ends before the answer.
    DieAfterTaking(usize),
    /// The batch is taken, and no answer comes any more.
    Silence(usize),
    /// The log is empty from then on, with another epoch, and the stream ends.
    StartAnew(usize),
}

#[derive(Debug, Default)]
struct Log {
    epoch: u32,
    ids: Vec<String>,
    batches: usize,
    largest_batch: usize,
}

impl Log {
    fn append(&mut self, events: &[Event]) -> Vec<IngestResult> {
        self.largest_batch = self.largest_batch.max(events.len());
        let held: HashMap<String, usize> = self.ids.iter().cloned().zip(1..).collect();
        events
            .iter()
            .map(|event| {
                let refused = event.event_id.starts_with("bad");
                let outcome = match (refused, held.contains_key(&event.event_id)) {
                    (true, _) => IngestOutcome::Refused,
                    (false, true) => IngestOutcome::Duplicate,
                    (false, false) => {
                        self.ids.push(event.event_id.clone());
                        IngestOutcome::Appended
                    }
                };
                let error =
                    refused.then(|| tonic_types::pb::Status { message: "is bad".to_owned(), ..Default::default() });
                IngestResult { event_id: event.event_id.clone(), outcome: outcome.into(), sequence: 1, error }
            })
            .collect()
    }
}

/// A query service whose connections go as told, one after the other, and well from then on.
#[derive(Clone, Debug)]
struct Fake {
    log: Arc<Mutex<Log>>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

#[tonic::async_trait]
impl EventIngestService for Fake {
    type IngestEventsStream = ReceiverStream<Result<IngestEventsResponse, Status>>;

    async fn ingest_events(
        &self,
        request: Request<Streaming<IngestEventsRequest>>,
    ) -> Result<Response<Self::IngestEventsStream>, Status> {
        let fault = self.faults.lock().expect("a lock").pop_front().unwrap_or(Fault::None);
        let (sender, receiver) = mpsc::channel(100);
        let log = self.log.clone();
        let mut requests = request.into_inner();
        tokio::spawn(async move {
            let mut answered = 0;
            while let Some(Ok(batch)) = requests.next().await {
                let gone = || Status::unavailable("gone");
                match fault {
                    Fault::Refuse(count) if count == answered => return drop(sender.send(Err(gone())).await),
                    Fault::StartAnew(count) if count == answered => {
                        let epoch = log.lock().expect("a lock").epoch + 1;
                        *log.lock().expect("a lock") = Log { epoch, ..Log::default() };
                        return drop(sender.send(Err(gone())).await);
                    }
                    _ => {}
                }
                let (results, epoch) = {
                    let mut log = log.lock().expect("a lock");
                    log.batches += 1;
                    (log.append(&batch.events), format!("epoch-{}", log.epoch))
                };
                match fault {
                    Fault::DieAfterTaking(count) if count == answered => return,
                    Fault::Silence(count) if count == answered => return std::future::pending().await,
                    _ => {}
                }
                let answer = IngestEventsResponse {
                    batch_number: batch.batch_number,
                    results,
                    durability: Durability::Memory.into(),
                    credit_events: 70,
                    epoch,
                };
                if sender.send(Ok(answer)).await.is_err() {
                    return;
                }
                answered += 1;
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn ingest_event_batch(
        &self,
        _: Request<IngestEventBatchRequest>,
    ) -> Result<Response<IngestEventBatchResponse>, Status> {
        Err(Status::unimplemented("batches come as a stream"))
    }
}

fn event(name: String) -> (Event, usize) {
    (Event { event_id: name, ..Event::default() }, 100)
}

/// Publishes 300 documents of two events to a service with `faults`; gives what the log then holds.
async fn published(faults: &[Fault]) -> Log {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let fake = Fake { log: Arc::default(), faults: Arc::new(Mutex::new(faults.iter().copied().collect())) };
    let server = tonic::transport::Server::builder().add_service(EventIngestServiceServer::new(fake.clone()));
    let serving = tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));

    let outbox = Outbox::new(BOUNDS);
    let stop = CancellationToken::new();
    let endpoint = endpoint(&format!("http://{address}")).expect("an address");
    let patience = Duration::from_millis(300);
    let publishing = tokio::spawn(publish(outbox.clone(), endpoint, patience, stop.clone()));
    let submission = outbox.submission();
    let mut tickets = Vec::new();
    for number in 0..300 {
        tickets.push(submission.put(vec![event(format!("{number}a")), event(format!("{number}b"))]).await);
    }
    for ticket in &tickets {
        let outcomes = submission.settled(ticket).await.expect("settled");
        assert_eq!(outcomes.len(), 2);
    }
    submission.finished().await.expect("finished");
    assert_eq!(outbox.pending_count(), 0);
    stop.cancel();
    publishing.await.expect("the publisher ends");
    serving.abort();
    let log = std::mem::take(&mut *fake.log.lock().expect("a lock"));
    assert!(fake.faults.lock().expect("a lock").is_empty(), "every fault happened");
    log
}

#[tokio::test]
async fn every_event_arrives_exactly_once_whatever_fails() {
    use Fault::{DieAfterTaking, None, Refuse, Silence, StartAnew};
    let mut expected: Vec<String> = (0..300).flat_map(|n| [format!("{n}a"), format!("{n}b")]).collect();
    expected.sort();
    for faults in [
        &[None][..],
        &[Refuse(0), Refuse(0), Refuse(3)],
        &[DieAfterTaking(0), DieAfterTaking(2)],
        &[Silence(0), Silence(3)],
        &[StartAnew(0)],
        &[StartAnew(4), DieAfterTaking(1), StartAnew(2)],
        &[Silence(2), StartAnew(1), Refuse(0), DieAfterTaking(5)],
    ] {
        let log = published(faults).await;
        let mut held = log.ids;
        held.sort();
        assert_eq!(held, expected, "{faults:?}");
        assert!(log.largest_batch <= 70, "the credit is kept: {}", log.largest_batch);
    }
}

#[tokio::test]
async fn a_service_that_comes_late_gets_everything() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let outbox = Outbox::new(BOUNDS);
    let stop = CancellationToken::new();
    let endpoint = endpoint(&format!("http://{address}")).expect("an address");
    let publishing = tokio::spawn(publish(outbox.clone(), endpoint, Duration::from_secs(5), stop.clone()));
    let submission = outbox.submission();
    let ticket = submission.put(vec![event("a".to_owned()), event("bad".to_owned())]).await;
    assert!(tokio::time::timeout(Duration::from_millis(200), submission.settled(&ticket)).await.is_err());
    let listener = TcpListener::bind(address).await.expect("the port is free");
    let fake = Fake { log: Arc::default(), faults: Arc::default() };
    let server = tonic::transport::Server::builder().add_service(EventIngestServiceServer::new(fake.clone()));
    let serving = tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let outcomes = submission.settled(&ticket).await.expect("settled");
    assert_eq!(outcomes, [Outcome::Appended, Outcome::Refused("event bad: is bad".to_owned())]);
    assert_eq!(fake.log.lock().expect("a lock").ids, ["a"]);
    stop.cancel();
    publishing.await.expect("the publisher ends");
    serving.abort();
}

#[test]
fn a_pause_grows_and_stays_within_its_bounds() {
    for failures in 0..40 {
        let pause = backoff(failures).as_millis();
        let step = u128::from((limits::BACKOFF_FIRST_MS << failures.min(16)).min(limits::BACKOFF_MS_MAX));
        assert!((step / 2..=step).contains(&pause), "{failures}: {pause}");
    }
}

#[test]
fn an_address_that_is_none_is_told() {
    for url in ["127.0.0.1:50051", "ftp://a", "http://", "", "http://a b"] {
        assert!(endpoint(url).is_err(), "{url}");
    }
    assert!(endpoint("http://127.0.0.1:50051").is_ok());
}
