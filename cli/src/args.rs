//! The command line.

use crate::output::Format;
use clap::{Args, Parser, Subcommand, ValueEnum};
use extractor::inputs::{Form, Inputs};
use extractor::values::date::PartialDate;
use std::net::SocketAddr;
use std::num::NonZeroU8;
use std::path::PathBuf;

/// Reads news and tells who fined, blocked, banned, sued, sanctioned, left or refused whom.
#[derive(Debug, Parser)]
#[command(name = "fineprint", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start both services in one process, read documents, print their events and follow the stream
    Up(UpArgs),
    /// Read documents and print the events in them, without a server
    Extract(ExtractArgs),
    /// Tell why a text gives the events that it gives: tree, slots, and the frames tried on each trigger
    Explain(ExplainArgs),
    /// Work with frame files
    #[command(subcommand)]
    Frames(FramesCommand),
    /// Send documents to a running extractor, which publishes their events
    Submit(SubmitArgs),
    /// Ask a running query service for events
    Query(QueryArgs),
}

/// `fineprint explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A text, or the path of a file that holds one
    #[arg(value_name = "TEXT|PATH")]
    pub(crate) text: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// When the text was published
    #[arg(long, value_name = "DATE")]
    pub(crate) published: Option<PartialDate>,
    /// Read the frames of this directory in place of those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) frames: Option<PathBuf>,
    /// Read the names of this directory in place of those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) gazetteer: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FramesCommand {
    /// Load the frames and run the examples inside them
    Check(FramesCheckArgs),
}

/// `fineprint frames check`.
#[derive(Debug, Args)]
pub(crate) struct FramesCheckArgs {
    /// Directory of frame files; those built in where not given
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// `fineprint up`.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// Files (.txt .md .html .htm .jsonl), directories of them, or - for standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Address of the query service; port 0 takes any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    pub(crate) query_listen: SocketAddr,
    /// Address of the extractor; port 0 takes any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50052")]
    pub(crate) extractor_listen: SocketAddr,
    /// Listen at addresses that others can reach, without encryption or credentials
    #[arg(long)]
    pub(crate) insecure: bool,
}

/// `fineprint submit`.
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    /// Files (.txt .md .html .htm .jsonl), directories of them, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: FormArgs,
    /// Leave out events that are less sure than this, from 0 to 1
    #[arg(long, value_name = "X", default_value = "0", value_parser = parse_share)]
    pub(crate) min_confidence: f64,
    /// Address of the extractor
    #[arg(long, value_name = "URL", env = "FINEPRINT_EXTRACTOR", default_value = "http://127.0.0.1:50052")]
    pub(crate) extractor: String,
}

/// `fineprint query`.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// Which events, as in 'type = FINE AND amount.RUB >= 1000000'; all where not given
    pub(crate) filter: Option<String>,
    /// Go on with events as they come in, also after the service was away
    #[arg(long)]
    pub(crate) follow: bool,
    /// End after this many events; 0 means no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) limit: u64,
    /// How to print the events; a table of a stream that follows is a line for each
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Address of the query service
    #[arg(
        long,
        visible_alias = "address",
        value_name = "URL",
        env = "FINEPRINT_QUERY_SERVICE",
        default_value = "http://127.0.0.1:50051"
    )]
    pub(crate) server: String,
}

/// `fineprint extract`.
#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// How to print the events
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Leave out events that are less sure than this, from 0 to 1
    #[arg(long, value_name = "X", default_value = "0", value_parser = parse_share)]
    pub(crate) min_confidence: f64,
    /// How many threads read; all processors where not given. The output is the same
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroU8>,
}

/// Where documents come from and what they are read with.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// Files (.txt .md .html .htm .jsonl), directories of them, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How documents are read.
#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
    #[command(flatten)]
    pub(crate) form: FormArgs,
    /// Read the frames of this directory in place of those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) frames: Option<PathBuf>,
    /// Read the names of this directory in place of those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) gazetteer: Option<PathBuf>,
}

/// What documents are.
#[derive(Debug, Args)]
pub(crate) struct FormArgs {
    /// What the input is; told by the ending of each file, and text on standard input, where not given
    #[arg(long, value_enum)]
    pub(crate) input: Option<InputArg>,
    /// When documents without a date of their own were published
    #[arg(long, value_name = "DATE")]
    pub(crate) published: Option<PartialDate>,
}

impl SourceArgs {
    /// The documents.
    pub(crate) fn open(&self) -> Inputs {
        self.reading.open(&self.paths)
    }
}

impl ReadingArgs {
    /// The documents of `paths`.
    pub(crate) fn open(&self, paths: &[PathBuf]) -> Inputs {
        self.form.open(paths)
    }
}

impl FormArgs {
    /// The documents of `paths`.
    pub(crate) fn open(&self, paths: &[PathBuf]) -> Inputs {
        let form = self.input.map(|input| match input {
            InputArg::Text => Form::Text,
            InputArg::Html => Form::Html,
            InputArg::Jsonl => Form::JsonLines,
        });
        Inputs::open(paths, form, self.published)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InputArg {
    /// Plain text
    Text,
    /// An HTML page
    Html,
    /// JSON lines: {"id", "title", "text", "published", "url", "publisher"}
    Jsonl,
}

fn parse_share(told: &str) -> Result<f64, String> {
    match told.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("is no number from 0 to 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
