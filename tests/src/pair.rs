//! The two services for real, and what tests ask of them.

use crate::process::Service;
use anyhow::Context;
use fineprint_proto::v1::event_query_service_client::EventQueryServiceClient;
use fineprint_proto::v1::extractor_service_client::ExtractorServiceClient;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{Event, StreamEnd, StreamEventsRequest, StreamEventsResponse};
use std::path::Path;
use tonic::{Streaming, transport::Channel};

/// What a service prints before the address that it serves on.
const ADDRESS_TOLD_AFTER: &str = "listening on";

/// A query service on a free port of the loopback.
///
/// # Errors
/// It does not start.
pub fn query_service() -> anyhow::Result<Service> {
    query_service_with(&[])
}

/// A query service with `arguments` of its own, on a free port of the loopback.
///
/// # Errors
/// It does not start.
pub fn query_service_with(arguments: &[&str]) -> anyhow::Result<Service> {
    let arguments: Vec<&str> = ["--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
    Service::start("query-service", &arguments, ADDRESS_TOLD_AFTER)
}

/// A query service that keeps its log in `folder`, on a free port of the loopback.
///
/// # Errors
/// It does not start.
pub fn query_service_keeping(folder: &Path) -> anyhow::Result<Service> {
    query_service_with(&["--data-dir", folder.to_str().context("the folder's name is no text")?])
}

/// An extractor on a free port of the loopback that publishes to the query service at `url`.
///
/// # Errors
/// It does not start.
pub fn extractor(url: &str) -> anyhow::Result<Service> {
    Service::start("extractor", &["--listen", "127.0.0.1:0", "--query-service", url], ADDRESS_TOLD_AFTER)
}

/// A client of the query service at `url`.
///
/// # Errors
/// It cannot be reached.
pub async fn query_client(url: &str) -> anyhow::Result<EventQueryServiceClient<Channel>> {
    EventQueryServiceClient::connect(url.to_owned())
        .await
        .with_context(|| format!("cannot reach the query service at {url}"))
}

/// A client of the extractor at `url`.
///
/// # Errors
/// It cannot be reached.
pub async fn extractor_client(url: &str) -> anyhow::Result<ExtractorServiceClient<Channel>> {
    ExtractorServiceClient::connect(url.to_owned())
        .await
        .with_context(|| format!("cannot reach the extractor at {url}"))
}

/// Every event that the query service at `url` streams for `request`, and how the stream ended.
///
/// # Errors
/// The service cannot be reached, or the stream ends with an error or without `end`.
pub async fn events(url: &str, request: StreamEventsRequest) -> anyhow::Result<(Vec<Event>, StreamEnd)> {
    rest(query_client(url).await?.stream_events(request).await?.into_inner()).await
}

/// Every event that a stream still sends, and how it ended.
///
/// # Errors
/// The stream ends with an error or without `end`.
pub async fn rest(mut stream: Streaming<StreamEventsResponse>) -> anyhow::Result<(Vec<Event>, StreamEnd)> {
    let (mut events, mut end) = (Vec::new(), None);
    while let Some(message) = stream.message().await? {
        match message.body {
            Some(Body::Event(event)) => events.push(event),
            Some(Body::End(told)) => end = Some(told),
            _ => {}
        }
    }
    Ok((events, end.context("the stream ended without telling why")?))
}
