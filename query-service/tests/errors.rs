//! Errors that come from what happens to the service and not from what it is asked, through a real client: before the
//! first message of a stream and after it. A reader that stops reading is here too, for what it may cost.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use fineprint_proto::v1::{
    self, event_ingest_service_client::EventIngestServiceClient, event_ingest_service_server::EventIngestServiceServer,
    event_query_service_client::EventQueryServiceClient, stream_events_request::Start, stream_events_response::Body,
};
use query_service::{
    clock,
    config::Config,
    limits::{Limits, UNREAD_BYTES_MAX},
    log::Sequence,
    metrics::Metrics,
    rpc::{
        complete::CompleteErrorsLayer,
        ingest::Ingest,
        query::Reader,
        reading::{self, ReadingService},
    },
    server::{Server, health},
    store::{
        Durability, Journal, JournalError, MemoryJournal, Options, Recovered, Retention, Store, journal::JournalRecord,
    },
    stream::Drain,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Status, Streaming, transport::Channel};
use tonic_types::StatusExt as _;

#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between tests")]
mod plain;
#[path = "support/rows.rs"]
mod rows;

use rows::check_row;

/// A journal that fails while it is told to.
struct Failing {
    fails: Arc<AtomicBool>,
    with: fn() -> JournalError,
}

impl Journal for Failing {
    fn durability(&self) -> Durability {
        Durability::Synced
    }

    fn recover(&mut self) -> Result<Recovered, JournalError> {
        MemoryJournal.recover()
    }

    fn append(&mut self, _records: &[JournalRecord]) -> Result<(), JournalError> {
        if self.fails.load(Ordering::Acquire) { Err((self.with)()) } else { Ok(()) }
    }

    fn evict(&mut self, _through: Sequence) -> Result<(), JournalError> {
        Ok(())
    }
}

/// The services of the process over a log of the test's own.
struct Service {
    address: SocketAddr,
    store: Store,
    drain: Drain,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Service {
    async fn start(journal: impl Journal + 'static, limits: Limits, retention: Retention) -> Self {
        let options = Options { limits: limits.clone(), retention };
        let store = Store::start(options, Box::new(journal), Arc::new(clock::now)).expect("a log");
        let (drain, metrics) = (Drain::default(), Arc::new(Metrics::default()));
        let reader = Reader::new(store.clone(), limits.clone(), drain.clone(), Arc::clone(&metrics));
        let ingest = Ingest::new(store.clone(), limits.clone(), drain.clone(), metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let serving = tonic::transport::Server::builder()
            .layer(CompleteErrorsLayer)
            .add_service(ReadingService::new(reader, limits.request_bytes_max))
            .add_service(EventIngestServiceServer::new(ingest))
            .serve_with_incoming(TcpListenerStream::new(listener));
        Self { address, store, drain, serving: tokio::spawn(serving) }
    }

    async fn in_memory() -> Self {
        Self::start(MemoryJournal, Limits::default(), Retention::default()).await
    }

    /// A connection that takes `WINDOW_BYTES` of a stream that nobody reads, and no more.
    async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).expect("an address");
        let endpoint = endpoint.initial_stream_window_size(WINDOW_BYTES).initial_connection_window_size(WINDOW_BYTES);
        endpoint.connect().await.expect("connected")
    }

    async fn reader(&self) -> EventQueryServiceClient<Channel> {
        EventQueryServiceClient::new(self.channel().await)
    }

    async fn producer(&self) -> EventIngestServiceClient<Channel> {
        EventIngestServiceClient::new(self.channel().await)
    }

    async fn fill(&self, numbers: std::ops::RangeInclusive<u64>) {
        let mut producer = self.producer().await;
        let events: Vec<v1::Event> = numbers.map(event).collect();
        for events in events.chunks(500) {
            let request = v1::IngestEventBatchRequest { events: events.to_vec() };
            producer.ingest_event_batch(request).await.expect("taken in");
        }
    }

    fn stop(self) {
        self.serving.abort();
        self.store.stop();
    }
}

/// Bytes that the client of these tests takes without reading.
const WINDOW_BYTES: u32 = 65_535;
/// Bytes of an event's reason here.
const REASON_BYTES: usize = 1_000;

fn event(number: u64) -> v1::Event {
    v1::Event { reason: "x".repeat(REASON_BYTES), ..plain::event(number) }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work).await.expect("in time")
}

/// Waits for something that comes about by itself.
async fn eventually(mut look: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !look() {
        assert!(Instant::now() < deadline, "it did not come about");
        tokio::task::yield_now().await;
    }
}

fn request(on_fall_behind: v1::FallBehindPolicy) -> v1::StreamEventsRequest {
    let on_fall_behind = on_fall_behind.into();
    v1::StreamEventsRequest { follow: true, on_fall_behind, ..v1::StreamEventsRequest::default() }
}

const LAST: u64 = 6_000;
const HELD: u64 = 500;

/// A stream whose reader stopped after `started`, and which retention has overtaken since.
async fn stalled(on_fall_behind: v1::FallBehindPolicy) -> (Service, Streaming<v1::StreamEventsResponse>) {
    let limits = Limits { segment_events_max: 64, ..Limits::default() };
    let retention = Retention { events_max: Some(HELD), ..Retention::default() };
    let service = Service::start(MemoryJournal, limits, retention).await;
    let mut stream =
        service.reader().await.stream_events(request(on_fall_behind)).await.expect("a stream").into_inner();
    within(stream.message()).await.expect("no error").expect("started");
    service.fill(1..=LAST).await;
    eventually(|| service.store.snapshot().earliest().get() > LAST - HELD - 64).await;
    (service, stream)
}

#[tokio::test]
async fn a_reader_that_is_overtaken_fails_where_it_asked_to() {
    let (service, mut stream) = stalled(v1::FallBehindPolicy::Fail).await;
    let mut last = 0;
    let status = loop {
        match within(stream.message()).await {
            Ok(Some(v1::StreamEventsResponse { body: Some(Body::Event(event)), .. })) => {
                assert_eq!(event.sequence, last + 1);
                last = event.sequence;
            }
            Ok(Some(_)) => {}
            Ok(None) => panic!("ended in order"),
            Err(status) => break status,
        }
    };
    let keys = ["last_token", "first_sequence", "last_sequence"];
    let mut metadata = check_row(&status, Code::Aborted, "SLOW_CONSUMER", &keys);
    assert_eq!(metadata["first_sequence"], (last + 1).to_string());

    // From its token it goes on, and what is missing is told.
    let request = v1::StreamEventsRequest {
        start: Some(Start::AfterToken(metadata.remove("last_token").expect("a token"))),
        on_position_lost: v1::PositionLostPolicy::SkipWithGap.into(),
        limit: 1,
        ..v1::StreamEventsRequest::default()
    };
    let mut stream = service.reader().await.stream_events(request).await.expect("a stream").into_inner();
    within(stream.message()).await.expect("no error").expect("started");
    let gap = within(stream.message()).await.expect("no error").expect("a gap");
    let Some(Body::Gap(gap)) = gap.body else { panic!("no gap: {gap:?}") };
    assert_eq!(gap.first_sequence, last + 1);
    let event = within(stream.message()).await.expect("no error").expect("an event");
    let Some(Body::Event(event)) = event.body else { panic!("no event: {event:?}") };
    assert_eq!(event.sequence, gap.last_sequence + 1);
    service.stop();
}

#[tokio::test]
async fn a_reader_that_stops_costs_32_kib_at_most_and_then_gets_everything_or_an_exact_gap() {
    let (service, mut stream) = stalled(v1::FallBehindPolicy::SkipWithGap).await;
    let (mut next, mut bytes, mut missing) = (1, 0, 0);
    while next <= LAST {
        let message = within(stream.message()).await.expect("no error").expect("not over");
        match message.body {
            Some(Body::Event(event)) => {
                assert_eq!(event.sequence, next);
                next += 1;
                if missing == 0 {
                    bytes += REASON_BYTES;
                }
            }
            Some(Body::Gap(gap)) => {
                assert_eq!(gap.first_sequence, next, "the gap begins where the events end");
                assert!(gap.last_sequence <= service.store.snapshot().earliest().previous().get(), "{gap:?}");
                missing += gap.last_sequence + 1 - next;
                next = gap.last_sequence + 1;
            }
            _ => {}
        }
    }
    assert!(missing > 0, "it was not overtaken");
    // What the service had taken out of the log for it: what the client's window takes, and what waits for the window.
    assert!(bytes <= WINDOW_BYTES as usize + UNREAD_BYTES_MAX, "{bytes} bytes were under way");
    service.stop();
}

#[tokio::test]
async fn a_service_that_stops_takes_no_new_calls() {
    let service = Service::in_memory().await;
    let (requests, stream) = tokio::sync::mpsc::channel(1);
    let batch = |batch_number| v1::IngestEventsRequest { batch_number, events: vec![event(batch_number)] };
    requests.send(batch(1)).await.expect("taken");
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let mut answers = service.producer().await.ingest_events(stream).await.expect("a stream").into_inner();
    within(answers.message()).await.expect("no error").expect("an answer");
    service.drain.begin();

    let after = within(answers.message()).await.expect_err("draining");
    let streamed =
        service.reader().await.stream_events(v1::StreamEventsRequest::default()).await.expect_err("draining");
    let unary = v1::IngestEventBatchRequest { events: vec![event(2)] };
    let unary = service.producer().await.ingest_event_batch(unary).await.expect_err("draining");
    let opened = service.producer().await.ingest_events(tokio_stream::iter([batch(1)])).await.expect_err("draining");
    for status in [after, streamed, unary, opened] {
        check_row(&status, Code::Unavailable, "DRAINING", &[]);
        assert!(status.get_error_details().retry_info().is_some());
    }
    service.stop();
}

/// A storage that fails while events come in: what is answered, and that the next try goes well.
async fn check_storage(with: fn() -> JournalError, code: Code, reason: &str) {
    let fails = Arc::new(AtomicBool::new(false));
    let journal = Failing { fails: Arc::clone(&fails), with };
    let service = Service::start(journal, Limits::default(), Retention::default()).await;
    let unary = async |number| {
        let request = v1::IngestEventBatchRequest { events: vec![event(number)] };
        service.producer().await.ingest_event_batch(request).await
    };
    let (requests, stream) = tokio::sync::mpsc::channel(1);
    let batch = |batch_number| v1::IngestEventsRequest { batch_number, events: vec![event(batch_number)] };
    requests.send(batch(1)).await.expect("taken");
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let mut answers = service.producer().await.ingest_events(stream).await.expect("a stream").into_inner();
    within(answers.message()).await.expect("no error").expect("an answer");

    fails.store(true, Ordering::Release);
    requests.send(batch(2)).await.expect("taken");
    let after = within(answers.message()).await.expect_err(reason);
    for status in [after, unary(2).await.expect_err(reason)] {
        check_row(&status, code, reason, &[]);
    }
    // Readers go on with what there is, and what was refused is not among it.
    let request = v1::CountEventsRequest::default();
    assert_eq!(service.reader().await.count_events(request).await.expect("a count").into_inner().count, 1);
    fails.store(false, Ordering::Release);
    let answer = unary(2).await.expect("taken in").into_inner();
    assert_eq!((answer.results[0].outcome(), answer.results[0].sequence), (v1::IngestOutcome::Appended, 2));
    service.stop();
}

#[tokio::test]
async fn a_storage_that_fails_is_told_and_goes_on() {
    let failed = || JournalError::Storage("the disk is gone".into());
    check_storage(failed, Code::Unavailable, "STORAGE_FAILED").await;
    let full = || JournalError::Full("no room".into());
    check_storage(full, Code::ResourceExhausted, "STORAGE_FULL").await;
}

/// A journal that, once it is let, gives back the events 1 to 9, of which 4 and 5 are damaged and 8 is missing.
struct Restoring {
    go: mpsc::Receiver<()>,
}

impl Journal for Restoring {
    fn durability(&self) -> Durability {
        Durability::Synced
    }

    fn recover(&mut self) -> Result<Recovered, JournalError> {
        self.go.recv().expect("the test goes on");
        let record = |number| {
            let ingest_time = Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 });
            let event = v1::Event { sequence: number, ingest_time, ..plain::event(number) };
            let bytes = prost::Message::encode_to_vec(&event).into();
            Ok(JournalRecord { sequence: Sequence::new(number), bytes })
        };
        let (first, last) = (Sequence::new(4), Sequence::new(5));
        let records = [record(1), record(2), record(3), Err(JournalError::Corrupt { first, last })];
        let records = records.into_iter().chain([record(6), record(7), record(9)]);
        let epoch = query_service::log::Epoch::new(7);
        Ok(Recovered { epoch, first: Sequence::FIRST, records: Box::new(records) })
    }

    fn append(&mut self, _records: &[JournalRecord]) -> Result<(), JournalError> {
        Ok(())
    }

    fn evict(&mut self, _through: Sequence) -> Result<(), JournalError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_that_is_being_restored_is_not_ready() {
    let (let_go, go) = mpsc::channel();
    let config = Config::listening_at(SocketAddr::from(([127, 0, 0, 1], 0)));
    let server = Server::bind_over(&config, Box::new(Restoring { go })).await.expect("bound");
    let address = server.address();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { drop(stopped.await) }));
    let channel =
        Channel::from_shared(format!("http://{address}")).expect("an address").connect().await.expect("connected");
    let mut reader = EventQueryServiceClient::new(channel.clone());
    let mut producer = EventIngestServiceClient::new(channel);
    let unary = v1::IngestEventBatchRequest { events: vec![event(20)] };
    for status in [
        reader.stream_events(v1::StreamEventsRequest::default()).await.expect_err("not ready"),
        reader.get_status(v1::GetStatusRequest {}).await.expect_err("not ready"),
        producer.ingest_event_batch(unary.clone()).await.expect_err("not ready"),
        producer.ingest_events(tokio_stream::pending()).await.expect_err("not ready"),
    ] {
        check_row(&status, Code::Unavailable, "NOT_READY", &[]);
        assert!(status.get_error_details().retry_info().is_some());
    }
    assert!(health::check(address, reading::SERVICE_NAME).await.is_err());

    let_go.send(()).expect("waited for");
    let deadline = Instant::now() + Duration::from_secs(30);
    while reader.get_status(v1::GetStatusRequest {}).await.is_err() {
        assert!(Instant::now() < deadline, "it never was ready");
    }
    health::check(address, reading::SERVICE_NAME).await.expect("healthy");
    let answer = producer.ingest_event_batch(unary).await.expect("taken in").into_inner();
    assert_eq!(answer.results[0].sequence, 10);
    drop(stop);
    running.await.expect("no panic").expect("stopped in order");
}

/// What a stream gives: the sequences of its events, its gaps as ranges, and the error that it ends with.
async fn told(service: &Service, request: v1::StreamEventsRequest) -> (Vec<u64>, Vec<(u64, u64)>, Option<Status>) {
    let (mut sequences, mut gaps) = (Vec::new(), Vec::new());
    let mut stream = match service.reader().await.stream_events(request).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return (sequences, gaps, Some(status)),
    };
    loop {
        match within(stream.message()).await {
            Ok(Some(v1::StreamEventsResponse { body: Some(Body::Event(event)), .. })) => sequences.push(event.sequence),
            Ok(Some(v1::StreamEventsResponse { body: Some(Body::Gap(gap)), .. })) => {
                assert_eq!(gap.reason(), v1::GapReason::Damage);
                gaps.push((gap.first_sequence, gap.last_sequence));
            }
            Ok(Some(_)) => {}
            Ok(None) => return (sequences, gaps, None),
            Err(status) => return (sequences, gaps, Some(status)),
        }
    }
}

/// Reads on behind every damage: what comes between them, and the ranges.
async fn check_damage(service: &Service, mut request: v1::StreamEventsRequest, runs: &[&[u64]], lost: &[(u64, u64)]) {
    let keys = ["first_sequence", "last_sequence", "last_token", "next_token"];
    for (index, run) in runs.iter().enumerate() {
        let (sequences, gaps, status) = told(service, request.clone()).await;
        assert_eq!((sequences.as_slice(), gaps.as_slice()), (*run, &[][..]), "{request:?}");
        let Some((first, last)) = lost.get(index) else {
            assert!(status.is_none(), "{status:?}");
            return;
        };
        let metadata = check_row(&status.expect("damage"), Code::DataLoss, "STORAGE_CORRUPT", &keys);
        assert_eq!((&metadata["first_sequence"], &metadata["last_sequence"]), (&first.to_string(), &last.to_string()));
        // The last token stands before the damage, the next one behind it.
        let again = v1::StreamEventsRequest {
            start: Some(Start::AfterToken(metadata["last_token"].clone())),
            ..request.clone()
        };
        let (sequences, _, status) = told(service, again).await;
        assert!(sequences.is_empty());
        check_row(&status.expect("damage"), Code::DataLoss, "STORAGE_CORRUPT", &keys);
        request.start = Some(Start::AfterToken(metadata["next_token"].clone()));
    }
}

#[tokio::test]
async fn damage_is_told_before_and_after_the_first_message_and_everything_else_is_there() {
    let (let_go, go) = mpsc::channel();
    let_go.send(()).expect("taken");
    let service = Service::start(Restoring { go }, Limits::default(), Retention::default()).await;
    let plain = v1::StreamEventsRequest::default();
    let from = |start| v1::StreamEventsRequest { start: Some(start), ..v1::StreamEventsRequest::default() };
    check_damage(&service, plain.clone(), &[&[1, 2, 3], &[6, 7], &[9]], &[(4, 5), (8, 8)]).await;
    check_damage(&service, from(Start::FromSequence(3)), &[&[3], &[6, 7], &[9]], &[(4, 5), (8, 8)]).await;
    check_damage(&service, from(Start::FromSequence(5)), &[&[], &[6, 7], &[9]], &[(4, 5), (8, 8)]).await;
    check_damage(&service, from(Start::Last(2)), &[&[], &[9]], &[(8, 8)]).await;
    let newest = v1::StreamEventsRequest { newest_first: true, ..plain.clone() };
    check_damage(&service, newest.clone(), &[&[9], &[7, 6], &[3, 2, 1]], &[(8, 8), (4, 5)]).await;

    let skip =
        |request| v1::StreamEventsRequest { on_position_lost: v1::PositionLostPolicy::SkipWithGap.into(), ..request };
    let fines = v1::StreamEventsRequest { filter: "type = FINE".to_owned(), ..plain.clone() };
    for (request, events, gaps) in [
        (plain, &[1, 2, 3, 6, 7, 9][..], &[(4, 5), (8, 8)][..]),
        (newest, &[9, 7, 6, 3, 2, 1], &[(8, 8), (4, 5)]),
        (from(Start::FromSequence(5)), &[6, 7, 9], &[(5, 5), (8, 8)]),
        (from(Start::Last(2)), &[7, 9], &[(8, 8)]),
        (fines, &[3, 6, 9], &[(4, 5), (8, 8)]),
    ] {
        let (sequences, told, status) = told(&service, skip(request)).await;
        assert_eq!((sequences.as_slice(), told.as_slice()), (events, gaps));
        assert!(status.is_none(), "{status:?}");
    }
    let status = service.reader().await.list_events(v1::ListEventsRequest::default()).await.expect_err("damage");
    check_row(&status, Code::DataLoss, "STORAGE_CORRUPT", &["first_sequence", "last_sequence"]);
    let count = service.reader().await.count_events(v1::CountEventsRequest::default()).await.expect("a count");
    assert_eq!(count.into_inner().count, 6);
    let status = service.reader().await.get_status(v1::GetStatusRequest {}).await.expect("a status").into_inner();
    let lost: Vec<_> = status.lost.iter().map(|lost| (lost.first_sequence, lost.last_sequence)).collect();
    assert_eq!((status.event_count, status.head_sequence, lost.as_slice()), (6, 9, &[(4, 5), (8, 8)][..]));
    // What was lost may be sent again.
    service.fill(4..=4).await;
    let (sequences, _, _) = told(&service, from(Start::FromSequence(9))).await;
    assert_eq!(sequences, [9, 10]);
    service.stop();
}

/// Calls until a call is one too many within its second.
async fn too_fast<T>(mut call: impl AsyncFnMut() -> Result<T, Status>) -> Status {
    within(async {
        loop {
            match call().await {
                Err(status) if status.code() == Code::ResourceExhausted => return status,
                Ok(_) | Err(_) => {}
            }
        }
    })
    .await
}

#[tokio::test]
async fn calls_that_come_too_fast_are_told_when_to_come_again() {
    let limits = Limits { calls_per_second_max: 1, ..Limits::default() };
    let service = Service::start(MemoryJournal, limits, Retention::default()).await;
    let reader = service.reader().await;
    let id = format!("{:032x}", 1);
    for status in [
        too_fast(async || reader.clone().stream_events(v1::StreamEventsRequest::default()).await).await,
        too_fast(async || reader.clone().count_events(v1::CountEventsRequest::default()).await).await,
        too_fast(async || {
            let request = v1::GetEventRequest { event_id: id.clone(), ..v1::GetEventRequest::default() };
            reader.clone().get_event(request).await
        })
        .await,
    ] {
        let metadata = check_row(&status, Code::ResourceExhausted, "RATE_LIMITED", &["limit", "value"]);
        assert_eq!(metadata["limit"], "calls_per_second_max");
        let details = status.get_error_details();
        assert!(details.retry_info().is_some() && details.quota_failure().is_some());
    }
    service.stop();
}

/// Sends an event between two good ones, as a batch of its own and in a stream: what is told of it, by the fields of its
/// violations, and that the others are taken in.
async fn check_refused(bad: v1::Event, code: Code, reason: &str, keys: &[&str], fields: &[&str]) {
    let service = Service::in_memory().await;
    let batch = |first| vec![event(first), bad.clone(), event(first + 1)];
    let unary = v1::IngestEventBatchRequest { events: batch(1) };
    let unary = service.producer().await.ingest_event_batch(unary).await.expect("an answer").into_inner().results;
    let request = v1::IngestEventsRequest { batch_number: 1, events: batch(3) };
    let mut answers =
        service.producer().await.ingest_events(tokio_stream::iter([request])).await.expect("a stream").into_inner();
    let streamed = within(answers.message()).await.expect("no error").expect("an answer").results;
    for (results, first) in [(unary, 1), (streamed, 3)] {
        let sequences: Vec<u64> = results.iter().map(|result| result.sequence).collect();
        assert_eq!(sequences, [first, 0, first + 1], "{reason}");
        assert_eq!(results[1].outcome(), v1::IngestOutcome::Refused);
        let error = results[1].error.as_ref().expect("an error");
        let details = prost::Message::encode_to_vec(error).into();
        let status = Status::with_details(Code::from_i32(error.code), error.message.clone(), details);
        check_row(&status, code, reason, keys);
        let details = status.get_error_details();
        let told = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
        let told: Vec<&str> = told.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(told, fields, "{reason}");
        assert_eq!(details.quota_failure().is_some(), code == Code::ResourceExhausted);
    }
    service.stop();
}

#[tokio::test]
async fn an_event_that_is_refused_is_told_alone() {
    let id = v1::Event { event_id: "short".to_owned(), ..event(9) };
    check_refused(id, Code::InvalidArgument, "INVALID_EVENT", &[], &["event_id"]).await;
    let several = v1::Event { confidence: 2.0, r#type: 0, ..event(9) };
    check_refused(several, Code::InvalidArgument, "INVALID_EVENT", &[], &["type", "confidence"]).await;
    let large = v1::Event { reason: "x".repeat(300 << 10), ..event(9) };
    check_refused(large, Code::ResourceExhausted, "LIMIT_EXCEEDED", &["limit", "value", "found"], &[]).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_every_kind_of_method() {
    let limits = Limits { request_bytes_max: 100, ..Limits::default() };
    let service = Service::start(MemoryJournal, limits, Retention::default()).await;
    for method in ["StreamEvents", "CountEvents"] {
        check_unread(&service, method, Number { filter: 1 }, "", Code::InvalidArgument, "MALFORMED_REQUEST").await;
        let long = v1::CountEventsRequest { filter: "x".repeat(200) };
        check_unread(&service, method, long, "", Code::ResourceExhausted, "LIMIT_EXCEEDED").await;
        let plain = v1::CountEventsRequest::default();
        check_unread(&service, method, plain, "deflate", Code::Unimplemented, "UNSUPPORTED").await;
    }
    service.stop();
}

/// Asks with a request and an encoding that the method cannot read.
async fn check_unread<Q: prost::Message + 'static>(
    service: &Service,
    method: &str,
    request: Q,
    encoding: &'static str,
    code: Code,
    reason: &str,
) {
    let mut grpc = tonic::client::Grpc::new(service.channel().await);
    grpc.ready().await.expect("ready");
    let path = format!("/fineprint.v1.EventQueryService/{method}").parse().expect("a path");
    let codec = tonic_prost::ProstCodec::<Q, ()>::default();
    let mut request = Request::new(request);
    if !encoding.is_empty() {
        request.metadata_mut().insert("grpc-encoding", encoding.parse().expect("ascii"));
    }
    let status = grpc.server_streaming(request, path, codec).await.expect_err(reason);
    check_row(&status, code, reason, &[]);
}

/// A request whose filter is a number.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Number {
    #[prost(uint64, tag = "1")]
    filter: u64,
}
