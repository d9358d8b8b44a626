//! Methods that answer at once: masks, pages, single events, counts, facets, and the metrics.

use super::*;

#[tokio::test]
async fn masks_leave_out_the_other_fields_in_streams_and_lists() {
    let service = Service::start().await;
    service.fill([3]).await;
    let paths = vec!["event_id".to_owned(), "evidence.quote".to_owned()];
    let read_mask = Some(prost_types::FieldMask { paths });
    let request = v1::StreamEventsRequest { read_mask: read_mask.clone(), ..v1::StreamEventsRequest::default() };
    let expected = v1::Event {
        event_id: event(3).event_id,
        evidence: Some(v1::Evidence { quote: "quote 3".to_owned(), ..v1::Evidence::default() }),
        ..v1::Event::default()
    };
    let messages = read(&service, request).await.expect("a stream");
    assert_eq!(messages[1].body, Some(Body::Event(expected.clone())));
    let request = v1::ListEventsRequest { read_mask: read_mask.clone(), ..v1::ListEventsRequest::default() };
    let page = service.reader().await.list_events(request).await.expect("a page").into_inner();
    assert_eq!(page.events, std::slice::from_ref(&expected));
    let request = v1::GetEventRequest { event_id: event(3).event_id, read_mask };
    let got = service.reader().await.get_event(request).await.expect("the event").into_inner();
    assert_eq!(got.event, Some(expected));
    service.stop().await;
}

#[tokio::test]
async fn pages_are_stable_while_events_come_in() {
    let service = Service::with(|config| config.limits.segment_events_max = 16).await;
    service.fill(1..=100).await;
    for (order_by, rising) in [("", true), ("sequence desc", false)] {
        let mut reader = service.reader().await;
        let mut request = v1::ListEventsRequest {
            filter: "type = FINE".to_owned(),
            page_size: 10,
            order_by: order_by.to_owned(),
            ..v1::ListEventsRequest::default()
        };
        let before = service.store.head().get();
        let mut expected: Vec<u64> = (1..=before).filter(|number| number.is_multiple_of(3)).collect();
        if !rising {
            expected.reverse();
        }
        let mut found = Vec::new();
        loop {
            let page = reader.list_events(request.clone()).await.expect("a page").into_inner();
            assert!(!page.events.is_empty() && page.events.len() <= 10);
            found.extend(page.events.iter().map(|event| event.sequence));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
            let head = service.store.head().get();
            service.fill(head + 1..=head + 7).await;
        }
        assert_eq!(found, expected);
        let foreign = v1::ListEventsRequest { filter: "type = BLOCK".to_owned(), ..request.clone() };
        let status = reader.list_events(foreign).await.expect_err("another request's token");
        check_row(&status, Code::InvalidArgument, "TOKEN_MISMATCH", &[]);
        let garbage = v1::ListEventsRequest { page_token: "x".to_owned(), ..request.clone() };
        check_row(
            &reader.list_events(garbage).await.expect_err("garbage"),
            Code::InvalidArgument,
            "INVALID_TOKEN",
            &[],
        );
        let negative = v1::ListEventsRequest { page_size: -1, ..request };
        check_row(
            &reader.list_events(negative).await.expect_err("below 0"),
            Code::InvalidArgument,
            "INVALID_FIELD",
            &[],
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn single_events_counts_and_status() {
    let service = Service::start().await;
    service.fill(1..=30).await;
    let mut reader = service.reader().await;
    let request = v1::GetEventRequest { event_id: event(7).event_id, read_mask: None };
    let got = reader.get_event(request).await.expect("the event").into_inner().event.expect("an event");
    assert_eq!((got.sequence, got.event_id), (7, event(7).event_id));
    let request = v1::GetEventRequest { event_id: event(99).event_id, read_mask: None };
    let status = reader.get_event(request).await.expect_err("no such event");
    check_row(&status, Code::NotFound, "EVENT_NOT_FOUND", &["event_id"]);
    let request = v1::CountEventsRequest { filter: "type = FINE".to_owned() };
    assert_eq!(reader.count_events(request).await.expect("a count").into_inner().count, 10);
    let status = reader.get_status(v1::GetStatusRequest {}).await.expect("the status").into_inner();
    assert_eq!((status.earliest_sequence, status.head_sequence, status.event_count), (1, 30, 30));
    assert_eq!(status.durability(), v1::Durability::Memory);
    let names: Vec<&str> = status.limits.iter().map(|limit| limit.name.as_str()).collect();
    for entry in Limits::default().table() {
        assert!(names.contains(&entry.name), "{}", entry.name);
    }
    let schema = reader.get_filter_schema(v1::GetFilterSchemaRequest {}).await.expect("the schema").into_inner();
    assert!(schema.fields.iter().any(|field| field.path == "type" && field.values.iter().any(|value| value == "FINE")));
    assert!(!schema.grammar.is_empty());
    let request = v1::ValidateFilterRequest { filter: "type=FINE".to_owned() };
    let valid = reader.validate_filter(request).await.expect("a valid filter").into_inner();
    assert_eq!(valid.canonical_filter, "type = FINE");
    service.stop().await;
}

#[tokio::test]
async fn facets_count_by_value_month_and_currency() {
    let service = Service::with(|config| config.limits.segment_events_max = 16).await;
    let events = (1..=40).map(|number| {
        let mut event = event(number);
        if number.is_multiple_of(4) {
            event.countries = vec!["RU".to_owned(), "DE".to_owned()];
            event.occurred = Some(Date { year: 2022, month: 3, day: i32::try_from(number % 28).unwrap_or(0) });
            event.amounts = vec![Money { currency_code: "RUB".to_owned(), units: 10, nanos: 500_000_000 }];
        }
        event
    });
    let request = v1::IngestEventBatchRequest { events: events.collect() };
    service.producer().await.ingest_event_batch(request).await.expect("taken in");
    let facet = async |filter: &str, field: &str| {
        let request = v1::FacetEventsRequest { filter: filter.to_owned(), field: field.to_owned(), value_count: 0 };
        let answer = service.reader().await.facet_events(request).await?.into_inner();
        let values: Vec<(String, u64)> = answer.values.iter().map(|value| (value.value.clone(), value.count)).collect();
        Ok::<_, Status>((answer, values))
    };
    let pair = |value: &str, count| (value.to_owned(), count);
    let (answer, values) = facet("", "type").await.expect("a facet");
    assert_eq!(values, [pair("BLOCK", 27), pair("FINE", 13)]);
    assert_eq!((answer.event_count, answer.missing_count, answer.distinct_count), (40, 0, 2));
    let (answer, values) = facet("type = FINE", "country").await.expect("a facet");
    assert_eq!(values, [pair("DE", 3), pair("RU", 3)]);
    assert_eq!((answer.event_count, answer.missing_count), (13, 10));
    let (answer, values) = facet("", "occurred").await.expect("a facet");
    assert_eq!(values, [pair("2022-03", 10)]);
    assert_eq!(answer.missing_count, 30);
    let (answer, values) = facet("", "amount").await.expect("a facet");
    assert_eq!((values.as_slice(), answer.missing_count), ([pair("RUB", 10)].as_slice(), 30));
    let sum = answer.values[0].sum.as_ref().expect("a sum");
    assert_eq!((sum.units, sum.nanos), (105, 0));
    for field in ["quote", "nothing"] {
        let status = facet("", field).await.expect_err("not countable");
        check_row(&status, Code::InvalidArgument, "INVALID_FIELD", &[]);
    }
    service.stop().await;
}

#[tokio::test]
async fn prometheus_is_answered_on_the_same_port() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let service = Service::start().await;
    service.fill(1..=3).await;
    read(&service, v1::StreamEventsRequest::default()).await.expect("a stream");
    let mut connection = tokio::net::TcpStream::connect(service.address).await.expect("connected");
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    connection.write_all(request).await.expect("asked");
    let mut answer = String::new();
    within(connection.read_to_string(&mut answer)).await.expect("answered");
    for line in ["HTTP/1.1 200 OK", "fineprint_query_head_sequence 3", "fineprint_query_stream_events_total 3"] {
        assert!(answer.contains(line), "no `{line}` in {answer}");
    }
    drop(connection);
    service.stop().await;
}
