//! One submission: documents in, an answer for each, in order, once its events are safe in the query service.
//!
//! Three steps run side by side, each behind a bounded queue: reading the requests, putting the events into the outbox,
//! and waiting for their acknowledgement. A full outbox so slows the reading, and nothing else.

use super::status::Error;
use super::workers::{Done, Underway, Workers};
use crate::limits;
use crate::outbox::{Outbox, Outcome, Submission, Ticket};
use fineprint_proto::v1::{Event, SubmitDocumentsRequest, SubmitDocumentsResponse};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// Documents between two steps.
const STEP_DOCUMENTS: usize = limits::SUBMISSION_DOCUMENTS_MAX / 2;

/// A document whose events are in the outbox.
struct Waiting {
    answer: SubmitDocumentsResponse,
    ticket: Option<Ticket>,
}

/// What became of a request before it reached the threads.
enum Taken {
    /// It is being extracted.
    Underway(String, Underway),
    /// It is refused; the stream goes on.
    Refused(String, Error),
    /// The stream ends here.
    End(Status),
}

/// Runs a submission to its end; answers go to `answers`.
pub(super) async fn run(
    requests: Streaming<SubmitDocumentsRequest>,
    workers: Workers,
    outbox: Outbox<Event>,
    stop: CancellationToken,
    answers: mpsc::Sender<Result<SubmitDocumentsResponse, Status>>,
) {
    let submission = Arc::new(outbox.submission());
    let (to_outbox, taken) = mpsc::channel(STEP_DOCUMENTS);
    let (to_answers, waiting) = mpsc::channel(STEP_DOCUMENTS);
    let reading = read(requests, workers, stop, to_outbox);
    let putting = put(taken, &submission, to_answers);
    let answering = answer(waiting, &submission, &answers);
    // Where the client is gone nobody reads answers any more: the other steps are dropped with it.
    tokio::select! {
        ((), (), ()) = async { tokio::join!(reading, putting, answering) } => {}
        () = answers.closed() => {}
    }
}

/// Takes requests and gives their documents to the threads.
async fn read(
    mut requests: Streaming<SubmitDocumentsRequest>,
    workers: Workers,
    stop: CancellationToken,
    to_outbox: mpsc::Sender<Taken>,
) {
    loop {
        let request = tokio::select! {
            biased;
            () = stop.cancelled() => Err(Error::Draining.into()),
            request = requests.message() => request,
        };
        let taken = match request {
            Ok(None) => return,
            Err(status) => Taken::End(status),
            Ok(Some(SubmitDocumentsRequest { document: None, .. })) => Taken::Refused(String::new(), Error::NoDocument),
            Ok(Some(SubmitDocumentsRequest { document: Some(document), min_confidence })) => {
                let id = document.document_id.clone();
                Taken::Underway(id, workers.give(document, min_confidence).await)
            }
        };
        let is_end = matches!(taken, Taken::End(_));
        if to_outbox.send(taken).await.is_err() || is_end {
            return;
        }
    }
}

/// Puts the events of each document into the outbox, in order.
async fn put(
    mut taken: mpsc::Receiver<Taken>,
    submission: &Submission<Event>,
    to_answers: mpsc::Sender<Result<Waiting, Status>>,
) {
    while let Some(taken) = taken.recv().await {
        let waiting = match taken {
            Taken::End(status) => Err(status),
            Taken::Refused(id, error) => Ok(refused(id, &error)),
            Taken::Underway(id, underway) => Ok(match underway.done().await.and_then(check_sizes) {
                Err(error) => refused(id, &error),
                Ok((done, sizes)) => {
                    let items = done.events.iter().cloned().zip(sizes).collect();
                    let ticket = Some(submission.put(items).await);
                    let Done { document_id, events, problems } = done;
                    let answer = SubmitDocumentsResponse { document_id, events, problems, ..Default::default() };
                    Waiting { answer, ticket }
                }
            }),
        };
        if to_answers.send(waiting).await.is_err() {
            return;
        }
    }
}

fn check_sizes(done: Done) -> Result<(Done, Vec<usize>), Error> {
    let sizes: Vec<usize> = done.events.iter().map(prost::Message::encoded_len).collect();
    match sizes.iter().find(|&&bytes| bytes > limits::EVENT_BYTES_MAX) {
        Some(&bytes) => Err(Error::EventTooLarge { bytes }),
        None => Ok((done, sizes)),
    }
}

fn refused(document_id: String, error: &Error) -> Waiting {
    let answer = SubmitDocumentsResponse { document_id, error: Some(error.to_message()), ..Default::default() };
    Waiting { answer, ticket: None }
}

/// Waits for the acknowledgement of each document and answers, in order; at the end waits until all of the submission
/// is safe in the epoch of then.
async fn answer(
    mut waiting: mpsc::Receiver<Result<Waiting, Status>>,
    submission: &Submission<Event>,
    answers: &mpsc::Sender<Result<SubmitDocumentsResponse, Status>>,
) {
    let mut end = None;
    while let Some(next) = waiting.recv().await {
        let answered = match next {
            Err(status) => {
                end = Some(status);
                break;
            }
            Ok(Waiting { answer, ticket: None }) => Ok(answer),
            Ok(Waiting { answer, ticket: Some(ticket) }) => {
                submission.settled(&ticket).await.map(|told| tell(answer, &told))
            }
        };
        let is_lost = answered.is_err();
        if answers.send(answered.map_err(|error| Error::from(error).into())).await.is_err() || is_lost {
            return;
        }
    }
    let finished = submission.finished().await;
    let status = finished.map_err(|error| Status::from(Error::from(error))).err().or(end);
    if let Some(status) = status {
        // Where the client is gone there is nobody to tell.
        drop(answers.send(Err(status)).await);
    }
}

fn tell(mut answer: SubmitDocumentsResponse, outcomes: &[Outcome]) -> SubmitDocumentsResponse {
    let mut refusals = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Appended => answer.published_count += 1,
            Outcome::Duplicate => answer.duplicate_count += 1,
            Outcome::Refused(reason) => refusals.push(reason),
        }
    }
    if let Some(first) = refusals.first() {
        let error = Error::Refused { count: refusals.len(), first: (*first).clone() };
        tracing::error!(document = %answer.document_id, "{error}");
        answer.error = Some(error.to_message());
    }
    answer
}
