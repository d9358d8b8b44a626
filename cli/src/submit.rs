//! Documents to a running extractor, which publishes their events.

use crate::Outcome;
use crate::args::SubmitArgs;
use crate::output::Printer;
use crate::report::Report;
use crate::server::{self, told};
use anyhow::{Context, anyhow};
use extractor::document::InputForm;
use extractor::emit::date_to_proto;
use extractor::inputs::{Failure, Inputs, Raw};
use fineprint_proto::v1::extractor_service_client::ExtractorServiceClient;
use fineprint_proto::v1::input_document::Content;
use fineprint_proto::v1::{InputDocument, SubmitDocumentsRequest, SubmitDocumentsResponse};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

/// Documents that are read ahead of the extractor.
const READ_AHEAD: usize = 32;

/// What a submission came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    /// Documents that were taken.
    pub(crate) documents: u64,
    /// Events that the query service holds anew.
    pub(crate) published: u64,
    /// Events that it held already.
    pub(crate) duplicates: u64,
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { documents, published, duplicates } = self;
        write!(f, "{documents} documents: {published} events published, {duplicates} held already")
    }
}

/// Runs `fineprint submit`.
pub(crate) async fn run(args: &SubmitArgs) -> anyhow::Result<Outcome> {
    let channel = server::connect(&args.extractor, "extractor", "--extractor").await?;
    let inputs = args.reading.open(&args.paths);
    let mut report = Report::new(inputs.source_count() as u64);
    for note in inputs.notes() {
        report.note(note);
    }
    let submitted = submit(inputs, channel, args.min_confidence, &mut report).await;
    report.clear();
    let totals = submitted.with_context(|| format!("the extractor at {}", args.extractor))?;
    Printer::new(crate::output::Format::Table).say(&totals.to_string())?;
    Ok(report.finish())
}

/// Submits every document of `inputs` over `channel` and waits for each to be safe in the query service. What cannot be
/// read or is refused goes to `report`, and the rest goes on.
pub(crate) async fn submit(
    inputs: Inputs,
    channel: Channel,
    min_confidence: f64,
    report: &mut Report,
) -> anyhow::Result<Totals> {
    let mut client = ExtractorServiceClient::new(channel).max_decoding_message_size(usize::MAX);
    let (requests, stream) = mpsc::channel(READ_AHEAD);
    let (failures, mut failed) = mpsc::channel::<Failure>(READ_AHEAD);
    let subjects = Arc::new(Mutex::new(VecDeque::new()));
    let under_way = subjects.clone();
    // A thread that nobody waits for: it may be reading standard input when the submission fails.
    std::thread::Builder::new().spawn(move || {
        for item in inputs {
            let sent = match item.and_then(request) {
                Err(failure) => failures.blocking_send(failure).is_ok(),
                Ok((subject, document)) => {
                    under_way.lock().unwrap_or_else(PoisonError::into_inner).push_back(subject);
                    requests.blocking_send(SubmitDocumentsRequest { document: Some(document), min_confidence }).is_ok()
                }
            };
            if !sent {
                return;
            }
        }
    })?;
    let answers = client.submit_documents(ReceiverStream::new(stream)).await;
    let mut answers = answers.map_err(|status| anyhow!(told(&status)))?.into_inner();
    let mut totals = Totals::default();
    let mut is_failing = true;
    loop {
        tokio::select! {
            failure = failed.recv(), if is_failing => match failure {
                Some(failure) => {
                    report.advance();
                    report.failure(&failure);
                }
                None => is_failing = false,
            },
            answer = answers.message() => {
                let Some(answer) = answer.map_err(|status| anyhow!(told(&status)))? else { break };
                let subject = subjects.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                report.advance();
                take(subject.as_deref().unwrap_or(&answer.document_id), &answer, &mut totals, report);
            }
        }
    }
    while let Some(failure) = failed.recv().await {
        report.advance();
        report.failure(&failure);
    }
    Ok(totals)
}

fn take(subject: &str, answer: &SubmitDocumentsResponse, totals: &mut Totals, report: &mut Report) {
    if let Some(error) = &answer.error {
        // Messages of the service name the field; here the file is what counts.
        let message = error.message.strip_prefix("document ").unwrap_or(&error.message).to_owned();
        return report.failure(&Failure { subject: subject.to_owned(), message });
    }
    totals.documents += 1;
    totals.published += u64::from(answer.published_count);
    totals.duplicates += u64::from(answer.duplicate_count);
    report.wire_problems(subject, &answer.problems);
}

/// The message for a document. Text in another character set is read here, since the wire takes UTF-8 alone.
fn request(raw: Raw) -> Result<(String, InputDocument), Failure> {
    let subject = raw.subject.clone();
    let document = if raw.form() == InputForm::Html || raw.text().is_some() {
        let (bytes, form, metadata) = raw.into_parts();
        let content = match form {
            InputForm::Html => Content::Html(bytes.into()),
            InputForm::Text => Content::Text(String::from_utf8_lossy(&bytes).into_owned()),
        };
        InputDocument {
            document_id: metadata.id,
            content: Some(content),
            title: metadata.title,
            uri: metadata.uri,
            publisher: metadata.publisher,
            published: metadata.published.map(date_to_proto),
        }
    } else {
        let (document, problems) = raw.decode()?;
        if let Some(problem) = problems.iter().find(|problem| crate::report::is_failure(problem)) {
            return Err(Failure { subject, message: problem.message.clone() });
        }
        InputDocument {
            document_id: document.id,
            content: Some(Content::Text(document.text)),
            published: document.published.map(date_to_proto),
            ..InputDocument::default()
        }
    };
    Ok((subject, document))
}
