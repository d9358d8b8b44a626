//! The service on a port of its own, in front of a query service that notes what it is given.

use extractor::config::Config;
use extractor::limits;
use extractor::pipeline::Extractor;
use extractor::rpc::{health, server::Server};
use fineprint_proto::google::r#type::Date;
use fineprint_proto::v1::event_ingest_service_server::{EventIngestService, EventIngestServiceServer};
use fineprint_proto::v1::extractor_service_client::ExtractorServiceClient;
use fineprint_proto::v1::input_document::Content;
use fineprint_proto::v1::{
    Durability, EventType, ExtractEventsRequest, IngestEventBatchRequest, IngestEventBatchResponse,
    IngestEventsRequest, IngestEventsResponse, IngestOutcome, IngestResult, InputDocument, ProblemCode,
    SubmitDocumentsRequest,
};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::StatusExt as _;

const STORY: &str = "A court in Moscow fined Google 15 million rubles on 16 June 2022 for refusing to store data.";

static EXTRACTOR: LazyLock<Arc<Extractor>> = LazyLock::new(|| Arc::new(Extractor::embedded().expect("its own data")));

/// A query service that holds ids.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<BTreeSet<String>>>);

#[tonic::async_trait]
impl EventIngestService for Log {
    type IngestEventsStream = ReceiverStream<Result<IngestEventsResponse, Status>>;

    async fn ingest_events(
        &self,
        request: Request<Streaming<IngestEventsRequest>>,
    ) -> Result<Response<Self::IngestEventsStream>, Status> {
        let (sender, receiver) = mpsc::channel(8);
        let (log, mut requests) = (self.0.clone(), request.into_inner());
        tokio::spawn(async move {
            while let Some(Ok(batch)) = requests.next().await {
                let mut results = Vec::new();
                for event in batch.events {
                    let is_new = log.lock().expect("a lock").insert(event.event_id.clone());
                    let outcome = if is_new { IngestOutcome::Appended } else { IngestOutcome::Duplicate };
                    results.push(IngestResult {
                        event_id: event.event_id,
                        outcome: outcome.into(),
                        sequence: 1,
                        error: None,
                    });
                }
                let answer = IngestEventsResponse {
                    batch_number: batch.batch_number,
                    results,
                    durability: Durability::Memory.into(),
                    credit_events: 100,
                    epoch: "one".to_owned(),
                };
                if sender.send(Ok(answer)).await.is_err() {
                    return;
                }
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

/// A running extractor with the log behind it.
struct Pair {
    client: ExtractorServiceClient<Channel>,
    address: SocketAddr,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

async fn pair() -> Pair {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let query = listener.local_addr().expect("an address");
    let log = Log::default();
    let server = tonic::transport::Server::builder().add_service(EventIngestServiceServer::new(log.clone()));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let mut config = Config::listening_at(SocketAddr::from(([127, 0, 0, 1], 0)), format!("http://{query}"));
    config.threads = 2;
    let server = Server::bind(&config, &EXTRACTOR).await.expect("bound");
    let address = server.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move { server.run(async { drop(stopped.await) }).await.expect("ends in order") });
    let client = ExtractorServiceClient::connect(format!("http://{address}")).await.expect("connected");
    Pair { client, address, log, stop: Some(stop), running }
}

fn document(id: &str, text: &str) -> InputDocument {
    let content = Some(Content::Text(text.to_owned()));
    InputDocument { document_id: id.to_owned(), content, ..InputDocument::default() }
}

fn submission(id: &str, text: &str) -> SubmitDocumentsRequest {
    SubmitDocumentsRequest { document: Some(document(id, text)), min_confidence: 0.0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_and_nothing_is_published() {
    let mut pair = pair().await;
    let request = ExtractEventsRequest { document: Some(document("a", STORY)), min_confidence: 0.0 };
    let answer = pair.client.extract_events(request).await.expect("an answer").into_inner();
    let fine = answer.events.iter().find(|event| event.r#type() == EventType::Fine).expect("the fine");
    assert_eq!(
        fine.amounts.first().map(|money| (money.units, money.currency_code.as_str())),
        Some((15_000_000, "RUB"))
    );
    assert_eq!(fine.document.as_ref().map(|document| document.document_id.as_str()), Some("a"));
    let codes: Vec<ProblemCode> = answer.problems.iter().map(|problem| problem.code()).collect();
    assert_eq!(codes, [ProblemCode::NoPublicationDate]);
    assert!(pair.log.0.lock().expect("a lock").is_empty());
    let sure = ExtractEventsRequest { document: Some(document("a", STORY)), min_confidence: 1.0 };
    assert!(pair.client.extract_events(sure).await.expect("an answer").into_inner().events.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_request_is_told_with_its_reason_and_field() {
    let mut pair = pair().await;
    let dated = |year, month, day| InputDocument { published: Some(Date { year, month, day }), ..document("a", STORY) };
    let large = "x ".repeat(limits::DOCUMENT_BYTES_MAX / 2 + 1);
    for (input, confidence, code, reason, field) in [
        (None, 0.0, Code::InvalidArgument, "INVALID_DOCUMENT", Some("document")),
        (Some(document("a", " ")), 0.0, Code::InvalidArgument, "INVALID_DOCUMENT", Some("document.content")),
        (Some(dated(2022, 2, 30)), 0.0, Code::InvalidArgument, "INVALID_DOCUMENT", Some("document.published")),
        (Some(document("a", STORY)), 1.5, Code::InvalidArgument, "INVALID_CONFIDENCE", Some("min_confidence")),
        (Some(document("a", STORY)), f64::NAN, Code::InvalidArgument, "INVALID_CONFIDENCE", Some("min_confidence")),
        (Some(document("a", &large)), 0.0, Code::ResourceExhausted, "DOCUMENT_TOO_LARGE", Some("document.content")),
    ] {
        let request = ExtractEventsRequest { document: input, min_confidence: confidence };
        let status = pair.client.extract_events(request).await.expect_err(reason);
        assert_eq!(status.code(), code, "{status}");
        let details = status.get_error_details();
        assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some(reason));
        let told = details.bad_request().and_then(|bad| bad.field_violations.first()).map(|v| v.field.as_str());
        assert_eq!(told, field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_answered_in_order_and_a_bad_document_does_not_end_it() {
    let mut pair = pair().await;
    let second = STORY.replace("Google", "Telegram");
    let requests = [
        submission("a", STORY),
        submission("b", " "),
        SubmitDocumentsRequest { document: None, min_confidence: 0.0 },
        submission("c", &second),
        submission("a", STORY),
        submission("d", "Nothing happened."),
    ];
    let answers = pair.client.submit_documents(tokio_stream::iter(requests)).await.expect("a stream").into_inner();
    let answers: Vec<_> = answers.map(|answer| answer.expect("an answer")).collect().await;
    let ids: Vec<&str> = answers.iter().map(|answer| answer.document_id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "", "c", "a", "d"]);
    let failed: Vec<bool> = answers.iter().map(|answer| answer.error.is_some()).collect();
    assert_eq!(failed, [false, true, true, false, false, false]);
    let events = u32::try_from(answers[0].events.len()).expect("few");
    assert!(events > 0);
    assert_eq!((answers[0].published_count, answers[0].duplicate_count), (events, 0));
    assert_eq!((answers[4].published_count, answers[4].duplicate_count), (0, events));
    assert_eq!((answers[5].published_count, answers[5].events.len()), (0, 0));
    let told: BTreeSet<String> = answers.iter().flat_map(|a| &a.events).map(|event| event.event_id.clone()).collect();
    assert_eq!(*pair.log.0.lock().expect("a lock"), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_answers_what_it_took_and_says_so() {
    let mut pair = pair().await;
    health::check(pair.address).await.expect("it serves");
    let (requests, stream) = mpsc::channel(4);
    requests.send(submission("a", STORY)).await.expect("open");
    let mut answers = pair.client.submit_documents(ReceiverStream::new(stream)).await.expect("a stream").into_inner();
    let first = answers.next().await.expect("an answer").expect("no error");
    assert_eq!(first.document_id, "a");
    drop(pair.stop.take());
    let end = answers.next().await.expect("an end").expect_err("it stops");
    assert_eq!(end.code(), Code::Unavailable);
    assert_eq!(end.get_error_details().error_info().map(|info| info.reason.as_str()), Some("DRAINING"));
    drop((requests, answers, pair.client));
    pair.running.await.expect("it ends");
    assert!(health::check(pair.address).await.is_err(), "nobody listens any more");
    assert!(!pair.log.0.lock().expect("a lock").is_empty());
}
