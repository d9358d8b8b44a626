//! Faults in the middle of a submission: nothing is lost, nothing comes twice.

use acceptance::proxy::Proxy;
use acceptance::{pair, samples};
use fineprint_proto::v1::{StreamEventsRequest, SubmitDocumentsRequest, SubmitDocumentsResponse};
use std::collections::BTreeSet;
use std::time::Duration;
use tonic::Streaming;

const DOCUMENTS: u32 = 1_000;
const FREEZE: Duration = Duration::from_secs(10);

/// Reads `count` answers and notes the ids of their events.
async fn read(
    answers: &mut Streaming<SubmitDocumentsResponse>,
    count: u32,
    ids: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    for _ in 0..count {
        let answer = answers.message().await?.ok_or_else(|| anyhow::anyhow!("the extractor ended the stream early"))?;
        anyhow::ensure!(answer.error.is_none(), "{}: {:?}", answer.document_id, answer.error);
        ids.extend(answer.events.into_iter().map(|event| event.event_id));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_held_exactly_once_after_freeze_cut_and_restart() -> anyhow::Result<()> {
    let first = pair::query_service()?;
    let proxy = Proxy::start(first.address()).await?;
    let extractor = pair::extractor(&proxy.url())?;
    let requests =
        (0..DOCUMENTS).map(|i| SubmitDocumentsRequest { document: Some(samples::document(i)), min_confidence: 0.0 });
    let mut client = pair::extractor_client(&extractor.url()).await?;
    let mut answers = client.submit_documents(tokio_stream::iter(requests.collect::<Vec<_>>())).await?.into_inner();
    let mut ids = BTreeSet::new();

    read(&mut answers, 200, &mut ids).await?;
    first.freeze()?;
    // Answers that were on their way may still come; then there is silence until the thaw.
    let mut come = 200;
    let frozen = tokio::time::timeout(FREEZE, async {
        loop {
            read(&mut answers, 1, &mut ids).await?;
            come += 1;
        }
        #[allow(unreachable_code, reason = "gives the block its type")]
        anyhow::Ok(())
    });
    match frozen.await {
        Err(_) => {}
        Ok(ended) => return ended,
    }
    assert!(come < DOCUMENTS, "the submission ended before the service froze");
    first.thaw()?;

    let until = |part: u32, come: u32| part.saturating_sub(come);
    let more = until(400, come);
    read(&mut answers, more, &mut ids).await?;
    come += more;
    let before = proxy.connection_count();
    proxy.cut();
    let more = until(600, come);
    read(&mut answers, more, &mut ids).await?;
    come += more;
    assert!(proxy.connection_count() > before, "the extractor connected again after the cut");

    // Its memory is empty afterwards, which its new epoch tells.
    first.kill()?;
    let second = pair::query_service()?;
    proxy.lead_to(second.address());
    read(&mut answers, DOCUMENTS - come, &mut ids).await?;
    assert!(answers.message().await?.is_none(), "one answer a document");

    let (events, _) = pair::events(&second.url(), StreamEventsRequest::default()).await?;
    let held: Vec<&str> = events.iter().map(|event| event.event_id.as_str()).collect();
    let once: BTreeSet<String> = held.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(held.len(), once.len(), "an event is held twice");
    assert!(ids.len() >= DOCUMENTS as usize, "only {} events were told", ids.len());
    let lost: Vec<&String> = ids.difference(&once).take(5).collect();
    assert!(lost.is_empty(), "{} events are lost, among them {lost:?}", ids.difference(&once).count());
    assert_eq!(once, ids, "the service holds events that no answer told");
    let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>());
    Ok(())
}
