//! Both services in one process: documents in, the table of their events out, then the stream as it comes.

use crate::Outcome;
use crate::args::UpArgs;
use crate::output::{Format, Printer};
use crate::query::missing;
use crate::report::{self, Report};
use crate::server::{self, told};
use crate::submit::submit;
use anyhow::{Context, anyhow};
use extractor::pipeline::{Extractor, Options};
use fineprint_proto::v1::event_query_service_client::EventQueryServiceClient;
use fineprint_proto::v1::stream_events_response::Body;
use fineprint_proto::v1::{PositionLostPolicy, StreamEventsRequest, StreamEventsResponse};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Streaming;

/// A service that runs beside the terminal.
struct Running {
    address: SocketAddr,
    /// Dropped to stop the service.
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    /// Stops the service in order and waits for its end.
    async fn stop(&mut self) -> anyhow::Result<()> {
        self.stop.take();
        (&mut self.ended).await?
    }
}

/// Runs `fineprint up` until `shutdown`.
pub(crate) async fn run(args: &UpArgs, shutdown: impl Future<Output = ()>) -> anyhow::Result<Outcome> {
    let options = Options { frames: args.reading.frames.clone(), gazetteer: args.reading.gazetteer.clone() };
    let extractor = Arc::new(Extractor::new(&options).context("cannot load the frames and names")?);
    let mut query = start_query(args).await?;
    let mut extract = start_extractor(args, &url(query.address), &extractor).await?;
    let mut printer = Printer::new(Format::Table);
    printer.say(&format!("query-service listening on {}", query.address))?;
    printer.say(&format!("extractor listening on {}", extract.address))?;

    tokio::pin!(shutdown);
    let at = (query.address, extract.address);
    let result = tokio::select! {
        result = follow(args, at.0, at.1, &mut printer) => result,
        ended = &mut query.ended => ended?.and(Err(anyhow!("the query service ended"))),
        ended = &mut extract.ended => ended?.and(Err(anyhow!("the extractor ended"))),
        () = &mut shutdown => {
            report::note("stopping");
            // The extractor first: what it holds still finds the query service.
            extract.stop().await?;
            query.stop().await?;
            return Ok(Outcome::Whole);
        }
    };
    // Ends that are no shutdown are failures, a closed pipe among them.
    result.map(|never| match never {})
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

async fn start_query(args: &UpArgs) -> anyhow::Result<Running> {
    let mut config = query_service::config::Config::listening_at(args.query_listen);
    config.insecure = args.insecure;
    let server =
        query_service::server::Server::bind(&config).await.map_err(|error| flagged(&error, "--query-listen"))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let address = server.address();
    let ended =
        tokio::spawn(async move { server.run(async { drop(stopped.await) }).await.context("the query service") });
    Ok(Running { address, stop: Some(stop), ended })
}

async fn start_extractor(args: &UpArgs, query: &str, extractor: &Arc<Extractor>) -> anyhow::Result<Running> {
    let mut config = extractor::config::Config::listening_at(args.extractor_listen, query.to_owned());
    config.insecure = args.insecure;
    let server = extractor::rpc::server::Server::bind(&config, extractor)
        .await
        .map_err(|error| flagged(&error, "--extractor-listen"))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let address = server.address();
    let ended = tokio::spawn(async move { server.run(async { drop(stopped.await) }).await.context("the extractor") });
    Ok(Running { address, stop: Some(stop), ended })
}

/// An error of a service with the flag that this command has for its address.
fn flagged(error: &dyn std::error::Error, flag: &str) -> anyhow::Error {
    anyhow!("{}", error.to_string().replace("--listen", flag))
}

/// Submits the documents, prints the events as a table and follows the stream without end.
async fn follow(
    args: &UpArgs,
    query: SocketAddr,
    extractor: SocketAddr,
    printer: &mut Printer,
) -> anyhow::Result<std::convert::Infallible> {
    if !args.paths.is_empty() {
        let inputs = args.reading.open(&args.paths);
        let mut report = Report::new(inputs.source_count() as u64);
        for note in inputs.notes() {
            report.note(note);
        }
        let channel = server::connect(&url(extractor), "extractor", "--extractor-listen").await?;
        let submitted = submit(inputs, channel, 0.0, &mut report).await;
        report.clear();
        submitted?;
        report.finish();
    }
    let channel = server::connect(&url(query), "query service", "--query-listen").await?;
    let request = StreamEventsRequest {
        follow: true,
        on_position_lost: PositionLostPolicy::SkipWithGap.into(),
        ..StreamEventsRequest::default()
    };
    let stream = EventQueryServiceClient::new(channel).stream_events(request).await;
    let mut stream = stream.map_err(|status| anyhow!(told(&status)))?.into_inner();
    let mut is_live = false;
    loop {
        match next(&mut stream).await?.body {
            Some(Body::Event(event)) if is_live => printer.event_now(event)?,
            Some(Body::Event(event)) => printer.event(event)?,
            Some(Body::Gap(gap)) => report::note(&missing(&gap)),
            Some(Body::CaughtUp(_)) if !is_live => {
                is_live = true;
                if !args.paths.is_empty() {
                    printer.finish()?;
                }
                for line in invitations(query, extractor) {
                    printer.say(&line)?;
                }
            }
            _ => {}
        }
    }
}

async fn next(stream: &mut Streaming<StreamEventsResponse>) -> anyhow::Result<StreamEventsResponse> {
    let message = stream.message().await.map_err(|status| anyhow!(told(&status)))?;
    message.ok_or_else(|| anyhow!("the query service ended the stream"))
}

/// What to type in another terminal.
fn invitations(query: SocketAddr, extractor: SocketAddr) -> [String; 4] {
    [
        "Ask and submit from another terminal; Ctrl-C stops both services.".to_owned(),
        format!(
            "  grpcurl -plaintext -d '{{\"filter\": \"type = FINE AND amount.RUB >= 1000000\"}}' {query} \
             fineprint.v1.EventQueryService/StreamEvents"
        ),
        format!(
            "  grpcurl -plaintext -d '{{\"document\": {{\"text\": \"A court in Moscow fined Google 15 million rubles.\"}}}}' \
             {extractor} fineprint.v1.ExtractorService/SubmitDocuments"
        ),
        "New events show up here as they come.".to_owned(),
    ]
}
