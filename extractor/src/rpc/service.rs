//! The methods of `ExtractorService`.

use super::status::Error;
use super::submit;
use super::workers::Workers;
use crate::limits;
use crate::outbox::Outbox;
use fineprint_proto::v1::extractor_service_server::ExtractorService;
use fineprint_proto::v1::{
    Event, ExtractEventsRequest, ExtractEventsResponse, SubmitDocumentsRequest, SubmitDocumentsResponse,
};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

/// Answers that wait for the client of a submission to read them.
const ANSWERS_WAITING: usize = 16;

/// The service.
#[derive(Debug)]
pub(super) struct Service {
    workers: Workers,
    outbox: Outbox<Event>,
    submissions: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Service {
    /// A service over these threads and this outbox; `stop` ends its submissions.
    pub(super) fn new(workers: Workers, outbox: Outbox<Event>, stop: CancellationToken) -> Self {
        Self { workers, outbox, submissions: Arc::new(Semaphore::new(limits::SUBMISSIONS_MAX)), stop }
    }
}

#[tonic::async_trait]
impl ExtractorService for Service {
    async fn extract_events(
        &self,
        request: Request<ExtractEventsRequest>,
    ) -> Result<Response<ExtractEventsResponse>, Status> {
        let ExtractEventsRequest { document, min_confidence } = request.into_inner();
        let document = document.ok_or(Error::NoDocument)?;
        let done = self.workers.give(document, min_confidence).await.done().await?;
        Ok(Response::new(ExtractEventsResponse { events: done.events, problems: done.problems }))
    }

    type SubmitDocumentsStream = ReceiverStream<Result<SubmitDocumentsResponse, Status>>;

    async fn submit_documents(
        &self,
        request: Request<Streaming<SubmitDocumentsRequest>>,
    ) -> Result<Response<Self::SubmitDocumentsStream>, Status> {
        if self.stop.is_cancelled() {
            return Err(Error::Draining.into());
        }
        let permit = self.submissions.clone().try_acquire_owned().map_err(|_| Error::TooManySubmissions)?;
        let (answers, stream) = mpsc::channel(ANSWERS_WAITING);
        let running =
            submit::run(request.into_inner(), self.workers.clone(), self.outbox.clone(), self.stop.clone(), answers);
        tokio::spawn(async move {
            running.await;
            drop(permit);
        });
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}
