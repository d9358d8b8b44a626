//! A document in, its events out: the whole path.

use acceptance::{pair, process, samples};
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{
    EndReason, EventType, StreamEventsRequest, SubmitDocumentsRequest, stream_events_request::Start,
};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_submitted_shows_up_in_a_stream_that_follows() -> anyhow::Result<()> {
    let query = pair::query_service()?;
    let extractor = pair::extractor(&query.url())?;
    let request = StreamEventsRequest {
        filter: "type = FINE".into(),
        start: Some(Start::FromNow(true)),
        follow: true,
        limit: 1,
        ..StreamEventsRequest::default()
    };
    let mut stream = pair::query_client(&query.url()).await?.stream_events(request).await?.into_inner();
    let first = stream.message().await?.and_then(|m| m.body);
    assert!(matches!(first, Some(Body::Started(_))), "{first:?}");

    let document = SubmitDocumentsRequest { document: Some(samples::document(0)), min_confidence: 0.0 };
    let mut answers = pair::extractor_client(&extractor.url())
        .await?
        .submit_documents(tokio_stream::once(document))
        .await?
        .into_inner();
    let answer = answers.message().await?.expect("one document, one answer");
    assert_eq!((answer.error.clone(), answer.duplicate_count), (None, 0));
    assert_eq!(answer.published_count as usize, answer.events.len());

    let (events, end) = pair::rest(stream).await?;
    assert_eq!(end.reason(), EndReason::Limit);
    let event = events.first().expect("the fine");
    assert_eq!((events.len(), event.r#type()), (1, EventType::Fine));
    assert_eq!(event.amounts.first().map(|m| (m.currency_code.as_str(), m.units)), Some(("RUB", 1000)));
    assert!(
        answer.events.iter().any(|e| e.event_id == event.event_id),
        "the stream and the answer tell the same event"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_submitted_twice_adds_nothing() -> anyhow::Result<()> {
    let query = pair::query_service()?;
    let extractor = pair::extractor(&query.url())?;
    let mut client = pair::extractor_client(&extractor.url()).await?;
    let document = || SubmitDocumentsRequest { document: Some(samples::document(0)), min_confidence: 0.0 };
    let both = tokio_stream::iter([document(), document()]);
    let mut answers = client.submit_documents(both).await?.into_inner();
    let first = answers.message().await?.expect("the first answer");
    let second = answers.message().await?.expect("the second answer");
    assert!(first.published_count > 0);
    assert_eq!((first.duplicate_count, second.published_count, second.duplicate_count), (0, 0, first.published_count));
    let (events, _) = pair::events(&query.url(), StreamEventsRequest::default()).await?;
    assert_eq!(events.len(), first.published_count as usize);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn up_reads_the_seeds_and_keeps_serving() -> anyhow::Result<()> {
    let arguments = ["up", "seeds", "--query-listen", "127.0.0.1:0", "--extractor-listen", "127.0.0.1:0"];
    let mut up = process::Service::start("fineprint", &arguments, "query-service listening on")?;
    up.wait_for_line("grpcurl -plaintext", Duration::from_secs(120))?;
    let (events, end) =
        pair::events(&up.url(), StreamEventsRequest { filter: "type = FINE".into(), ..StreamEventsRequest::default() })
            .await?;
    assert_eq!(end.reason(), EndReason::Head);
    for (target, currency, units) in [
        ("Apple", "RUB", 2_000_000),
        ("Threema", "RUB", 800_000),
        ("Meta", "EUR", 1_200_000_000),
        ("TikTok", "GBP", 12_700_000),
        ("Amazon", "EUR", 746_000_000),
    ] {
        let found = events.iter().any(|event| {
            let party = event.participants.iter().any(|p| p.entity.as_ref().is_some_and(|e| e.name.contains(target)));
            party && event.amounts.iter().any(|m| m.currency_code == currency && m.units == units)
        });
        assert!(found, "no fine of {units} {currency} on {target} among {} fines", events.len());
    }
    assert!(up.terminate()?, "up ends with success when told to");
    Ok(())
}
