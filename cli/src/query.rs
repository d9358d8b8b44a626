//! Questions to a running query service.
//!
//! With `--follow` a broken connection is no end: the service is called again, with growing pauses, and the stream goes on
//! behind the last message that was dealt with.

use crate::Outcome;
use crate::args::QueryArgs;
use crate::output::Printer;
use crate::report;
use crate::server::{self, told};
use anyhow::anyhow;
use fineprint_proto::v1::event_query_service_client::EventQueryServiceClient;
use fineprint_proto::v1::stream_events_request::Start;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{
    EndReason, GapReason, PositionLostPolicy, StreamEventsRequest, StreamEventsResponse, StreamGap,
};
use std::time::Duration;
use tonic::transport::Channel;
use tonic::{Code, Status};

/// Pause before the first try to connect again; each later one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// Longest silence of a stream: the service sends progress every ten seconds.
const SILENCE_MAX: Duration = Duration::from_secs(35);

/// How one call ended.
enum Ended {
    /// With everything that was asked for.
    Whole,
    /// Before that, and why.
    Lost(String),
}

/// A stream over as many calls as it takes.
struct Reading<'a> {
    args: &'a QueryArgs,
    client: EventQueryServiceClient<Channel>,
    printer: Printer,
    /// Position behind the last message that was dealt with.
    token: Option<String>,
    /// Events printed.
    count: u64,
    pause: Duration,
    /// Whether the user was told that the service is away.
    is_away: bool,
}

/// Runs `fineprint query`.
pub(crate) async fn run(args: &QueryArgs) -> anyhow::Result<Outcome> {
    let channel = server::connect(&args.server, "query service", "--server").await?;
    let mut reading = Reading {
        args,
        client: EventQueryServiceClient::new(channel),
        printer: Printer::new(args.format),
        token: None,
        count: 0,
        pause: PAUSE_MIN,
        is_away: false,
    };
    loop {
        match reading.call().await? {
            Ended::Whole => break,
            Ended::Lost(why) if !args.follow => return Err(anyhow!("{why}")),
            Ended::Lost(why) => reading.rest(&why).await,
        }
    }
    if !args.follow {
        reading.printer.finish()?;
    }
    Ok(Outcome::Whole)
}

impl Reading<'_> {
    /// Calls the service and prints what it streams.
    async fn call(&mut self) -> anyhow::Result<Ended> {
        let left = self.args.limit.saturating_sub(self.count);
        if self.args.limit > 0 && left == 0 {
            return Ok(Ended::Whole);
        }
        let request = StreamEventsRequest {
            filter: self.args.filter.clone().unwrap_or_default(),
            follow: self.args.follow,
            limit: left,
            start: self.token.clone().map(Start::AfterToken),
            on_position_lost: PositionLostPolicy::SkipWithGap.into(),
            ..StreamEventsRequest::default()
        };
        let mut stream = match self.client.stream_events(request).await {
            Ok(stream) => stream.into_inner(),
            Err(status) => return self.failed(&status),
        };
        loop {
            match tokio::time::timeout(SILENCE_MAX, stream.message()).await {
                Ok(Ok(Some(message))) => {
                    if let Some(ended) = self.message(message)? {
                        return Ok(ended);
                    }
                }
                Ok(Ok(None)) => return Ok(Ended::Lost("the query service ended the stream early".to_owned())),
                Ok(Err(status)) => return self.failed(&status),
                Err(_) => return Ok(Ended::Lost("the query service is silent".to_owned())),
            }
        }
    }

    /// Deals with a message; tells how the stream ended where it did.
    fn message(&mut self, message: StreamEventsResponse) -> anyhow::Result<Option<Ended>> {
        let is_first_call = self.token.is_none();
        self.pause = PAUSE_MIN;
        match message.body {
            Some(Body::Started(started)) if is_first_call => {
                started.warnings.iter().for_each(|warning| report::note(warning));
            }
            Some(Body::Started(_)) if std::mem::take(&mut self.is_away) => {
                report::note("the query service is back; going on where the stream broke off");
            }
            Some(Body::Event(event)) => {
                if self.args.follow {
                    self.printer.event_now(event)?;
                } else {
                    self.printer.event(event)?;
                }
                self.count += 1;
            }
            Some(Body::Gap(gap)) => report::note(&missing(&gap)),
            Some(Body::End(end)) if end.reason() == EndReason::Draining => {
                self.token = Some(message.resume_token);
                return Ok(Some(Ended::Lost("the query service is stopping; ask again later".to_owned())));
            }
            Some(Body::End(_)) => return Ok(Some(Ended::Whole)),
            _ => {}
        }
        self.token = Some(message.resume_token);
        Ok(None)
    }

    /// What an error means: a stream that had begun may go on, unless the request itself is refused.
    fn failed(&self, status: &Status) -> anyhow::Result<Ended> {
        let passes = matches!(
            status.code(),
            // How connections break is told by any of these.
            Code::Unavailable
                | Code::Unknown
                | Code::Internal
                | Code::Cancelled
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
        );
        if passes && self.token.is_some() {
            return Ok(Ended::Lost(told(status)));
        }
        Err(anyhow!("{}", told(status)))
    }

    /// Waits before the next call.
    async fn rest(&mut self, why: &str) {
        if !std::mem::replace(&mut self.is_away, true) {
            report::note(&format!("the stream broke off ({why}); connecting again"));
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
    }
}

/// A gap in words.
pub(crate) fn missing(gap: &StreamGap) -> String {
    if gap.reason() == GapReason::EpochChanged {
        return "the query service began anew without the events that it had; what follows is all that it has now"
            .into();
    }
    let why = if gap.reason() == GapReason::Damage { "were lost by a damaged storage" } else { "are no longer held" };
    format!("events {} to {} {why} and are missing here", gap.first_sequence, gap.last_sequence)
}
