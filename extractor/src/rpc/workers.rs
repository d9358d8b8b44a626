//! Extraction on threads of its own, behind a bounded queue: it is arithmetic, and has no place on the threads that
//! serve connections.

use super::status::Error;
use crate::document::{Document, Problem};
use crate::emit;
use crate::limits;
use crate::pipeline::Extractor;
use fineprint_proto::v1;
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// A document that was read.
#[derive(Debug)]
pub(super) struct Done {
    /// The document's id, as given or as made.
    pub(super) document_id: String,
    /// Its events, in order of the text.
    pub(super) events: Vec<v1::Event>,
    /// What could not be read as meant.
    pub(super) problems: Vec<v1::Problem>,
}

struct Job {
    input: v1::InputDocument,
    min_confidence: f64,
    answer: oneshot::Sender<Result<Done, Error>>,
}

/// A document under way; gives its result.
pub(super) struct Underway(oneshot::Receiver<Result<Done, Error>>);

impl Underway {
    /// Waits for the result.
    pub(super) async fn done(self) -> Result<Done, Error> {
        self.0.await.unwrap_or(Err(Error::Defect))
    }
}

/// The threads. They end when the last clone is dropped.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    jobs: mpsc::Sender<Job>,
}

impl Workers {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub(super) fn start(extractor: &Arc<Extractor>, threads: usize) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(limits::WORK_DOCUMENTS_MAX);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.max(1) {
            let (receiver, extractor) = (receiver.clone(), extractor.clone());
            std::thread::Builder::new()
                .name(format!("extract-{number}"))
                .stack_size(limits::WORKER_STACK_BYTES)
                .spawn(move || labour(&receiver, &extractor))?;
        }
        Ok(Self { jobs: sender })
    }

    /// Gives a document to the threads; waits for room in their queue.
    pub(super) async fn give(&self, input: v1::InputDocument, min_confidence: f64) -> Underway {
        let (answer, receiver) = oneshot::channel();
        if let Err(rejected) = self.jobs.send(Job { input, min_confidence, answer }).await {
            // No thread is left; who waits is told.
            drop(rejected.0.answer.send(Err(Error::Defect)));
        }
        Underway(receiver)
    }
}

fn labour(jobs: &Mutex<mpsc::Receiver<Job>>, extractor: &Extractor) {
    loop {
        // The lock is held while waiting: one thread waits for the queue, the others for the lock.
        let next = jobs.lock().blocking_recv();
        let Some(job) = next else { return };
        if job.answer.is_closed() {
            continue;
        }
        let result = catch_unwind(AssertUnwindSafe(|| extract(extractor, &job.input, job.min_confidence)));
        let result = result.unwrap_or_else(|_| {
            tracing::error!(document = %job.input.document_id, "extraction met a defect");
            Err(Error::Defect)
        });
        // Who asked may be gone by now.
        drop(job.answer.send(result));
    }
}

fn extract(extractor: &Extractor, input: &v1::InputDocument, min_confidence: f64) -> Result<Done, Error> {
    if !(0.0..=1.0).contains(&min_confidence) {
        return Err(Error::BadConfidence(min_confidence));
    }
    let (document, mut problems): (Document, Vec<Problem>) = emit::read_document(input)?;
    let extraction = extractor.extract(&document);
    Problem::add(&mut problems, extraction.problems);
    let sure = extraction.events.iter().filter(|event| event.confidence >= min_confidence);
    let events: Vec<v1::Event> = sure.map(|event| emit::to_proto(event, &document)).collect();
    tracing::debug!(document = %document.id, events = events.len(), problems = problems.len(), "extracted");
    Ok(Done { document_id: document.id, events, problems: problems.iter().map(emit::problem_to_proto).collect() })
}
