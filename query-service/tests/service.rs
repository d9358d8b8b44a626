//! The service through a real client: requests and what they are refused for, streams, pages, shutdown. The rest of the
//! error table stands in `errors.rs` and `storage.rs`.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1::{
    self,
    event_ingest_service_client::EventIngestServiceClient,
    event_query_service_client::EventQueryServiceClient,
    stream_events_request::{Start, Stop},
    stream_events_response::Body,
};
use query_service::{
    config::Config,
    limits::Limits,
    log::{Epoch, Position, Sequence},
    server::Server,
    store::Retention,
};
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::{Code, Request, Status, transport::Channel};
use tonic_types::StatusExt as _;

#[path = "service/answers.rs"]
mod answers;
#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between tests")]
mod plain;
#[path = "support/rows.rs"]
mod rows;

use plain::event;
use rows::check_row;

/// A service on a port of its own.
struct Service {
    address: SocketAddr,
    store: query_service::store::Store,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), query_service::server::Error>>,
}

impl Service {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::listening_at(SocketAddr::from(([127, 0, 0, 1], 0)));
        change(&mut config);
        let server = Server::bind(&config).await.expect("bound");
        let (address, store) = (server.address(), server.store().expect("a log").clone());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        Self { address, store, stop: Some(stop), running }
    }

    async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).expect("an address");
        endpoint.connect().await.expect("connected")
    }

    async fn reader(&self) -> EventQueryServiceClient<Channel> {
        EventQueryServiceClient::new(self.channel().await).max_decoding_message_size(64 << 20)
    }

    async fn producer(&self) -> EventIngestServiceClient<Channel> {
        EventIngestServiceClient::new(self.channel().await)
    }

    /// Takes in the events of these numbers.
    async fn fill(&self, numbers: impl IntoIterator<Item = u64>) {
        let events: Vec<v1::Event> = numbers.into_iter().map(event).collect();
        let mut producer = self.producer().await;
        for events in events.chunks(500) {
            let request = v1::IngestEventBatchRequest { events: events.to_vec() };
            producer.ingest_event_batch(request).await.expect("taken in");
        }
    }

    /// Stops it and waits until it has.
    async fn stop(mut self) {
        drop(self.stop.take());
        self.running.await.expect("no panic").expect("stopped in order");
    }
}

fn from(start: Start) -> v1::StreamEventsRequest {
    v1::StreamEventsRequest { start: Some(start), ..v1::StreamEventsRequest::default() }
}

fn follow() -> v1::StreamEventsRequest {
    v1::StreamEventsRequest { follow: true, ..v1::StreamEventsRequest::default() }
}

/// Everything that a stream gives until it ends.
async fn read(
    service: &Service,
    request: impl tonic::IntoRequest<v1::StreamEventsRequest>,
) -> Result<Vec<v1::StreamEventsResponse>, Status> {
    let mut stream = service.reader().await.stream_events(request).await?.into_inner();
    let mut messages = Vec::new();
    while let Some(message) = within(stream.message()).await? {
        messages.push(message);
    }
    Ok(messages)
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work).await.expect("in time")
}

fn sequences(messages: &[v1::StreamEventsResponse]) -> Vec<u64> {
    messages
        .iter()
        .filter_map(|message| match &message.body {
            Some(Body::Event(event)) => Some(event.sequence),
            _ => None,
        })
        .collect()
}

fn end(messages: &[v1::StreamEventsResponse]) -> (v1::EndReason, u64) {
    match messages.last().and_then(|message| message.body.as_ref()) {
        Some(Body::End(end)) => (end.reason(), end.delivered_count),
        other => panic!("not an end: {other:?}"),
    }
}

fn metadata(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    details.error_info().and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}

#[tokio::test]
async fn every_method_of_the_descriptor_answers() {
    let service = Service::start().await;
    let pool = prost_reflect::DescriptorPool::decode(fineprint_proto::FILE_DESCRIPTOR_SET).expect("descriptors");
    let described = pool.get_service_by_name("fineprint.v1.EventQueryService").expect("the service");
    let mut grpc = tonic::client::Grpc::new(service.channel().await);
    for method in described.methods() {
        grpc.ready().await.expect("ready");
        let path = format!("/fineprint.v1.EventQueryService/{}", method.name()).parse().expect("a path");
        let codec = tonic_prost::ProstCodec::<(), ()>::default();
        let answer = grpc.server_streaming(Request::new(()), path, codec).await;
        assert_ne!(answer.err().map(|status| status.code()), Some(Code::Unimplemented), "{}", method.name());
    }
    grpc.ready().await.expect("ready");
    let path = "/fineprint.v1.EventQueryService/Nothing".parse().expect("a path");
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let status = grpc.unary::<(), (), _>(Request::new(()), path, codec).await.expect_err("no such method");
    check_row(&status, Code::Unimplemented, "UNKNOWN_METHOD", &[]);
    service.stop().await;
}

#[tokio::test]
async fn bad_requests_are_told_with_every_violation() {
    let service = Service::start().await;
    let wrong = |change: fn(&mut v1::StreamEventsRequest)| {
        let mut request = v1::StreamEventsRequest::default();
        change(&mut request);
        request
    };
    let rows: Vec<(v1::StreamEventsRequest, &str, Vec<&str>)> = vec![
        (wrong(|request| "tipe = FINE".clone_into(&mut request.filter)), "INVALID_FILTER", vec!["filter"]),
        (wrong(|request| request.filter = "(".repeat(100)), "FILTER_TOO_COMPLEX", vec!["filter"]),
        (wrong(|request| request.filter = "a ".repeat(2_049)), "FILTER_TOO_COMPLEX", vec!["filter"]),
        (
            wrong(|request| {
                let paths = ["titel".to_owned(), "type".to_owned(), "document.x".to_owned()].to_vec();
                request.read_mask = Some(prost_types::FieldMask { paths });
            }),
            "INVALID_MASK",
            vec!["read_mask.paths[0]", "read_mask.paths[2]"],
        ),
        (from(Start::AfterToken("garbage".to_owned())), "INVALID_TOKEN", vec!["after_token"]),
        (
            wrong(|request| {
                request.start = Some(Start::FromNow(true));
                request.newest_first = true;
                request.progress_interval = Some(prost_types::Duration { seconds: 61, nanos: 0 });
                request.max_duration = Some(prost_types::Duration { seconds: -1, nanos: 0 });
                request.on_position_lost = 99;
            }),
            "INCOMPATIBLE_FIELDS",
            vec!["from_now", "newest_first", "max_duration", "progress_interval", "on_position_lost"],
        ),
        (
            v1::StreamEventsRequest { stop: Some(Stop::UntilSequence(3)), ..from(Start::FromSequence(5)) },
            "INCOMPATIBLE_FIELDS",
            vec!["until_sequence"],
        ),
        (from(Start::FromSequence(0)), "INCOMPATIBLE_FIELDS", vec!["from_sequence"]),
        (from(Start::Last(0)), "INCOMPATIBLE_FIELDS", vec!["last"]),
    ];
    for (request, reason, fields) in rows {
        let status = read(&service, request).await.expect_err(reason);
        check_row(&status, Code::InvalidArgument, reason, &[]);
        let details = status.get_error_details();
        let told: Vec<String> = details
            .bad_request()
            .map(|bad| bad.field_violations.iter().map(|violation| violation.field.clone()).collect())
            .unwrap_or_default();
        for field in fields {
            assert!(told.iter().any(|told| told == field), "{field} is not in {told:?}");
        }
    }
    let status =
        read(&service, wrong(|request| "tipe = FINE".clone_into(&mut request.filter))).await.expect_err("wrong");
    assert_eq!((metadata(&status, "offset").as_str(), metadata(&status, "nearest").as_str()), ("0", "type"));
    service.stop().await;
}

#[tokio::test]
async fn positions_that_the_log_does_not_have_are_out_of_range() {
    let service = Service::with(|config| {
        config.retention = Retention { events_max: Some(80), ..Retention::default() };
    })
    .await;
    service.fill(1..=400).await;
    let earliest = eventually(|| {
        let earliest = service.store.snapshot().earliest().get();
        (earliest > 1).then_some(earliest)
    })
    .await;
    let keys = ["requested", "earliest_sequence", "head_sequence", "earliest_token"];
    let status = read(&service, from(Start::FromSequence(1))).await.expect_err("evicted");
    check_row(&status, Code::OutOfRange, "POSITION_EVICTED", &keys);
    let token = metadata(&status, "earliest_token");
    let messages = read(&service, from(Start::AfterToken(token))).await.expect("the earliest token is good");
    assert!(sequences(&messages).first().is_some_and(|first| *first >= earliest));

    let status = read(&service, from(Start::FromSequence(402))).await.expect_err("ahead");
    check_row(&status, Code::OutOfRange, "POSITION_AHEAD", &keys);
    let ahead = Position { epoch: service.store.epoch(), sequence: Sequence::new(401) };
    let status = read(&service, from(Start::AfterToken(ahead.token_text()))).await.expect_err("ahead");
    check_row(&status, Code::OutOfRange, "POSITION_AHEAD", &keys);

    let foreign = Position { epoch: Epoch::new(7), sequence: Sequence::new(1) }.token_text();
    let status = read(&service, from(Start::AfterToken(foreign.clone()))).await.expect_err("another log");
    check_row(&status, Code::OutOfRange, "EPOCH_CHANGED", &["requested", "epoch", "earliest_token"]);

    // Asked for, a gap tells the same and the stream goes on.
    let skip =
        |start| v1::StreamEventsRequest { on_position_lost: v1::PositionLostPolicy::SkipWithGap.into(), ..from(start) };
    let messages = read(&service, skip(Start::FromSequence(1))).await.expect("a stream");
    let Some(Body::Gap(gap)) = &messages[1].body else { panic!("no gap: {:?}", messages[1]) };
    assert_eq!((gap.first_sequence, gap.reason()), (1, v1::GapReason::Retention));
    let events = sequences(&messages);
    assert_eq!(events, (gap.last_sequence + 1..=400).collect::<Vec<_>>());
    let messages = read(&service, skip(Start::AfterToken(foreign))).await.expect("a stream");
    let Some(Body::Gap(gap)) = &messages[1].body else { panic!("no gap: {:?}", messages[1]) };
    assert_eq!((gap.first_sequence, gap.last_sequence, gap.reason()), (0, 0, v1::GapReason::EpochChanged));
    service.stop().await;
}

/// Waits for something that comes about by itself.
async fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not come about");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_restart_without_storage_is_another_epoch() {
    let service = Service::start().await;
    service.fill(1..=3).await;
    let token = read(&service, v1::StreamEventsRequest::default()).await.expect("a stream")[1].resume_token.clone();
    service.stop().await;
    let service = Service::start().await;
    let status = read(&service, from(Start::AfterToken(token))).await.expect_err("another log");
    check_row(&status, Code::OutOfRange, "EPOCH_CHANGED", &["earliest_token"]);
    service.stop().await;
}

#[tokio::test]
async fn streams_over_the_bound_are_refused_until_one_ends() {
    let service = Service::with(|config| config.limits.streams_max = 1).await;
    let mut first = service.reader().await.stream_events(follow()).await.expect("a stream").into_inner();
    within(first.message()).await.expect("started");
    let status = read(&service, follow()).await.expect_err("one too many");
    check_row(&status, Code::ResourceExhausted, "TOO_MANY_STREAMS", &["limit", "value"]);
    let details = status.get_error_details();
    assert!(details.quota_failure().is_some() && details.retry_info().is_some());
    drop(first);
    let deadline = Instant::now() + Duration::from_secs(20);
    while read(&service, v1::StreamEventsRequest::default()).await.is_err() {
        assert!(Instant::now() < deadline, "the place was not given back");
    }
    service.stop().await;
}

#[tokio::test]
async fn deadlines_are_kept_before_and_within_a_stream() {
    let service = Service::start().await;
    service.fill(1..=2).await;
    let mut request = Request::new(follow());
    // Only the server enforces this one: the client's own timer is not set by the header.
    request.metadata_mut().insert("grpc-timeout", "300m".parse().expect("ascii"));
    let mut stream = service.reader().await.stream_events(request).await.expect("a stream").into_inner();
    let mut count = 0;
    let status = loop {
        match within(stream.message()).await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("ended without an error"),
            Err(status) => break status,
        }
    };
    assert!(count >= 3, "started, two events");
    check_row(&status, Code::DeadlineExceeded, "DEADLINE_EXCEEDED", &[]);
    service.stop().await;
}

#[tokio::test]
async fn a_stream_joins_history_and_tail_without_a_seam() {
    let service = Service::with(|config| config.limits.segment_events_max = 16).await;
    service.fill(1..=50).await;
    let request = v1::StreamEventsRequest { filter: "type = FINE".to_owned(), limit: 40, ..follow() };
    let mut stream = service.reader().await.stream_events(request).await.expect("a stream").into_inner();
    let mut messages = Vec::new();
    let mut next = 51;
    while let Some(message) = within(stream.message()).await.expect("no error") {
        if matches!(message.body, Some(Body::CaughtUp(_) | Body::Event(_))) && next < 200 {
            service.fill(next..next + 10).await;
            next += 10;
        }
        messages.push(message);
    }
    let events = sequences(&messages);
    assert_eq!(events, (1..).map(|number| number * 3).take(40).collect::<Vec<_>>());
    assert_eq!(end(&messages), (v1::EndReason::Limit, 40));
    let caught_up = messages.iter().filter(|message| matches!(message.body, Some(Body::CaughtUp(_)))).count();
    assert_eq!(caught_up, 1);
    assert!(matches!(messages[0].body, Some(Body::Started(_))));
    for message in &messages {
        assert!(Position::parse(&message.resume_token).is_ok(), "{message:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn streams_end_as_asked() {
    let service = Service::start().await;
    service.fill(1..=20).await;
    let base = v1::StreamEventsRequest::default;
    let head = read(&service, base()).await.expect("a stream");
    assert_eq!(end(&head), (v1::EndReason::Head, 20));
    let until = v1::StreamEventsRequest { stop: Some(Stop::UntilSequence(7)), ..follow() };
    assert_eq!(end(&read(&service, until).await.expect("a stream")), (v1::EndReason::Until, 7));
    let limit = v1::StreamEventsRequest { limit: 5, ..follow() };
    assert_eq!(end(&read(&service, limit).await.expect("a stream")), (v1::EndReason::Limit, 5));
    let max_duration = Some(prost_types::Duration { seconds: 0, nanos: 50_000_000 });
    let duration = v1::StreamEventsRequest { max_duration, ..follow() };
    assert_eq!(end(&read(&service, duration).await.expect("a stream")), (v1::EndReason::MaxDuration, 20));
    let falling = v1::StreamEventsRequest { newest_first: true, ..base() };
    let falling = read(&service, falling).await.expect("a stream");
    assert_eq!(end(&falling), (v1::EndReason::Earliest, 20));
    assert_eq!(sequences(&falling), (1..=20).rev().collect::<Vec<_>>());

    // Times: the one of event 11 begins or ends a stream there.
    let Some(Body::Event(eleventh)) = &head[11].body else { panic!("{:?}", head[11]) };
    let time = eleventh.ingest_time.expect("a time");
    let first = head.iter().find_map(|message| match &message.body {
        Some(Body::Event(event)) if event.ingest_time == Some(time) => Some(event.sequence),
        _ => None,
    });
    let first = first.expect("an event of that time");
    let messages = read(&service, from(Start::FromTime(time))).await.expect("a stream");
    assert_eq!(sequences(&messages), (first..=20).collect::<Vec<_>>());
    let until = v1::StreamEventsRequest { stop: Some(Stop::UntilTime(time)), ..base() };
    assert_eq!(sequences(&read(&service, until).await.expect("a stream")), (1..first).collect::<Vec<_>>());
    // A stop in the near future, which nothing comes up to.
    let soon = query_service::event::Timestamp(query_service::clock::now().0 + 200_000_000).to_wire();
    let until = v1::StreamEventsRequest { stop: Some(Stop::UntilTime(soon)), ..follow() };
    assert_eq!(end(&read(&service, until).await.expect("a stream")), (v1::EndReason::Until, 20));
    service.stop().await;
}

#[tokio::test]
async fn quiet_streams_tell_their_progress() {
    let service = Service::start().await;
    service.fill([1, 2, 4]).await;
    let request = v1::StreamEventsRequest {
        filter: "type = FINE".to_owned(),
        progress_interval: Some(prost_types::Duration { seconds: 1, nanos: 0 }),
        max_duration: Some(prost_types::Duration { seconds: 1, nanos: 500_000_000 }),
        ..follow()
    };
    let messages = read(&service, request).await.expect("a stream");
    let progress = messages.iter().find_map(|message| match &message.body {
        Some(Body::Progress(progress)) => Some((progress.scanned_sequence, message.resume_token.clone())),
        _ => None,
    });
    let (scanned, token) = progress.expect("progress");
    assert_eq!(scanned, 3);
    assert_eq!(Position::parse(&token).expect("a token").sequence, Sequence::new(3));
    service.stop().await;
}

#[tokio::test]
async fn a_bad_event_does_not_poison_its_batch() {
    let service = Service::with(|config| config.limits.event_bytes_max = 2_000).await;
    let mut large = event(4);
    large.reason = "x".repeat(3_000);
    let bad = v1::Event { event_id: "short".to_owned(), ..v1::Event::default() };
    let events = vec![event(1), bad, event(2), event(1), large, event(3)];
    let answer = service.producer().await.ingest_event_batch(v1::IngestEventBatchRequest { events }).await;
    let answer = answer.expect("an answer").into_inner();
    let outcomes: Vec<(v1::IngestOutcome, u64)> =
        answer.results.iter().map(|result| (result.outcome(), result.sequence)).collect();
    use v1::IngestOutcome::{Appended, Duplicate, Refused};
    assert_eq!(outcomes, [(Appended, 1), (Refused, 0), (Appended, 2), (Duplicate, 1), (Refused, 0), (Appended, 3)]);
    let error = answer.results[1].error.as_ref().expect("an error");
    assert_eq!(error.code, i32::from(Code::InvalidArgument));
    assert!(!error.details.is_empty());
    let error = answer.results[4].error.as_ref().expect("an error");
    assert_eq!(error.code, i32::from(Code::ResourceExhausted));
    service.stop().await;
}

#[tokio::test]
async fn producers_stream_batches_and_get_answers_in_order() {
    let service = Service::start().await;
    let batch = |number: u64, events: std::ops::Range<u64>| v1::IngestEventsRequest {
        batch_number: number,
        events: events.map(event).collect(),
    };
    let batches: Vec<_> = (1..=20).map(|number| batch(number, number * 100..number * 100 + 60)).collect();
    let answers = service.producer().await.ingest_events(tokio_stream::iter(batches)).await.expect("a stream");
    let mut answers = answers.into_inner();
    for number in 1..=20 {
        let answer = within(answers.message()).await.expect("no error").expect("an answer");
        assert_eq!((answer.batch_number, answer.results.len()), (number, 60));
        assert!(answer.credit_events > 0);
        assert_eq!(answer.epoch, service.store.epoch().to_string());
    }
    assert!(within(answers.message()).await.expect("no error").is_none());
    assert_eq!(service.store.head().get(), 1_200);

    for (batches, code, reason) in [
        (vec![batch(2, 0..1)], Code::InvalidArgument, "BATCH_OUT_OF_ORDER"),
        (vec![batch(1, 0..1_001)], Code::ResourceExhausted, "LIMIT_EXCEEDED"),
    ] {
        let answers = service.producer().await.ingest_events(tokio_stream::iter(batches)).await.expect("a stream");
        let status = within(answers.into_inner().message()).await.expect_err(reason);
        check_row(&status, code, reason, &[]);
    }
    service.stop().await;
}

#[tokio::test]
async fn a_drain_ends_open_streams_with_a_token_and_refuses_new_ones() {
    let service = Service::start().await;
    service.fill(1..=5).await;
    let mut reader = service.reader().await;
    let mut stream = reader.stream_events(follow()).await.expect("a stream").into_inner();
    loop {
        let message = within(stream.message()).await.expect("no error").expect("not over");
        if matches!(message.body, Some(Body::CaughtUp(_))) {
            break;
        }
    }
    let Service { stop, running, store, .. } = service;
    drop(stop);
    let message = within(stream.message()).await.expect("no error").expect("an end");
    let Some(Body::End(end)) = &message.body else { panic!("{message:?}") };
    assert_eq!(end.reason(), v1::EndReason::Draining);
    assert_eq!(Position::parse(&message.resume_token).expect("a token").sequence, Sequence::new(5));
    assert!(within(stream.message()).await.expect("OK").is_none());
    if let Err(status) = reader.stream_events(follow()).await
        && status.get_error_details().error_info().is_some()
    {
        check_row(&status, Code::Unavailable, "DRAINING", &[]);
    }
    within(running).await.expect("no panic").expect("stopped in order");
    assert!(store.append(Vec::new()).await.is_err(), "the log takes nothing any more");
}

#[tokio::test]
async fn a_client_that_never_reads_cannot_hold_the_drain() {
    let service = Service::with(|config| config.limits.drain_seconds_max = 1).await;
    let mut large = (1..=400).map(event).collect::<Vec<_>>();
    large.iter_mut().for_each(|event| event.reason = "x".repeat(20_000));
    let mut producer = service.producer().await;
    for events in large.chunks(100) {
        producer.ingest_event_batch(v1::IngestEventBatchRequest { events: events.to_vec() }).await.expect("taken in");
    }
    let mut stream = service.reader().await.stream_events(follow()).await.expect("a stream").into_inner();
    within(stream.message()).await.expect("started");
    let began = Instant::now();
    within(service.stop()).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(stream);
}
