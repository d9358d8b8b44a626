//! Questions to a running query service.

use crate::Outcome;
use crate::args::QueryArgs;
use crate::output::Printer;
use crate::report;
use crate::server::{self, told};
use anyhow::anyhow;
use fineprint_proto::v1::event_query_service_client::EventQueryServiceClient;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{EndReason, PositionLostPolicy, StreamEventsRequest, StreamGap};

/// Runs `fineprint query`.
pub(crate) async fn run(args: &QueryArgs) -> anyhow::Result<Outcome> {
    let channel = server::connect(&args.server, "query service", "--server").await?;
    let mut client = EventQueryServiceClient::new(channel);
    let request = StreamEventsRequest {
        filter: args.filter.clone().unwrap_or_default(),
        follow: args.follow,
        limit: args.limit,
        on_position_lost: PositionLostPolicy::SkipWithGap.into(),
        ..StreamEventsRequest::default()
    };
    let fail = |status: tonic::Status| anyhow!("{}", told(&status));
    let mut stream = client.stream_events(request).await.map_err(fail)?.into_inner();
    let mut printer = Printer::new(args.format);
    while let Some(message) = stream.message().await.map_err(fail)? {
        match message.body {
            Some(Body::Started(started)) => started.warnings.iter().for_each(|warning| report::note(warning)),
            Some(Body::Event(event)) if args.follow => printer.event_now(event)?,
            Some(Body::Event(event)) => printer.event(event)?,
            Some(Body::Gap(gap)) => report::note(&missing(&gap)),
            Some(Body::End(end)) if end.reason() == EndReason::Draining => {
                report::note("the query service is stopping; ask again later");
            }
            _ => {}
        }
    }
    if !args.follow {
        printer.finish()?;
    }
    Ok(Outcome::Whole)
}

/// A gap in words.
pub(crate) fn missing(gap: &StreamGap) -> String {
    format!("events {} to {} are no longer held and are missing here", gap.first_sequence, gap.last_sequence)
}
