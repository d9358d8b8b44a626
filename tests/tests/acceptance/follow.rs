//! `fineprint query --follow` across the end of the service that it follows.

use acceptance::process::Service;
use acceptance::proxy::Proxy;
use acceptance::{pair, samples};
use fineprint_proto::v1::IngestEventBatchRequest;
use fineprint_proto::v1::event_ingest_service_client::EventIngestServiceClient;
use std::ops::Range;
use std::time::Duration;

/// Longest time until a line is printed.
const LINE_TIME_MAX: Duration = Duration::from_secs(30);

async fn ingest(url: &str, numbers: Range<u32>) -> anyhow::Result<()> {
    let request = IngestEventBatchRequest { events: numbers.map(samples::event).collect() };
    EventIngestServiceClient::connect(url.to_owned()).await?.ingest_event_batch(request).await?;
    Ok(())
}

/// The sequences that a follower has printed.
fn sequences(follower: &Service) -> anyhow::Result<Vec<u64>> {
    let lines = follower.seen().iter().filter(|line| line.starts_with('{'));
    lines
        .map(|line| {
            let event: serde_json::Value = serde_json::from_str(line)?;
            let sequence = event["sequence"].as_str().unwrap_or_default();
            Ok(sequence.parse()?)
        })
        .collect()
}

fn follow(proxy: &Proxy) -> anyhow::Result<Service> {
    // What it prints first is the first event.
    let arguments = ["query", "--follow", "--format", "jsonl", "--server", &proxy.url()];
    Service::start("fineprint", &arguments, r#""sequence":"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_goes_on_behind_what_it_has_printed() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let service = pair::query_service_keeping(folder.path())?;
    let proxy = Proxy::start(service.address()).await?;
    ingest(&service.url(), 0..10).await?;
    let mut follower = follow(&proxy)?;
    follower.wait_for_line(r#""sequence":"10""#, LINE_TIME_MAX)?;

    service.kill()?;
    follower.wait_for_line("connecting again", LINE_TIME_MAX)?;
    let service = pair::query_service_keeping(folder.path())?;
    ingest(&service.url(), 10..20).await?;
    proxy.lead_to(service.address());
    follower.wait_for_line(r#""sequence":"20""#, LINE_TIME_MAX)?;
    assert_eq!(sequences(&follower)?, (1..=20).collect::<Vec<_>>());

    // A log that began anew has other events under the same sequences: that is said, and they are printed.
    service.terminate()?;
    let service = pair::query_service()?;
    ingest(&service.url(), 100..103).await?;
    proxy.lead_to(service.address());
    follower.wait_for_line("began anew", LINE_TIME_MAX)?;
    follower.wait_for_line(&format!("{:032x}", 103), LINE_TIME_MAX)?;
    assert_eq!(sequences(&follower)?, (1..=20).chain(1..=3).collect::<Vec<_>>());
    follower.kill()
}
