//! Events out: as a table that fits the terminal, as JSON lines, or as CSV.

mod json;
mod table;
mod words;

use fineprint_proto::v1;
use std::io::{self, Write};

use table::{render, terminal_width};
use words::line;

/// How events are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A table that fits the terminal.
    #[default]
    Table,
    /// One `fineprint.v1.Event` a line, as canonical proto3 JSON.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

/// Prints events on standard output; colours on a terminal alone.
pub(crate) struct Printer {
    out: anstream::AutoStream<io::StdoutLock<'static>>,
    format: Format,
    /// A table is laid out over all of its rows.
    rows: Vec<v1::Event>,
    csv_began: bool,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        let out = anstream::AutoStream::auto(io::stdout().lock());
        Self { out, format, rows: Vec::new(), csv_began: false }
    }

    /// Prints `event`, or keeps it for the table.
    pub(crate) fn event(&mut self, event: v1::Event) -> io::Result<()> {
        match self.format {
            Format::Table => {
                self.rows.push(event);
                Ok(())
            }
            Format::Jsonl => writeln!(self.out, "{}", json::event(&event)?),
            Format::Csv => {
                self.csv_header()?;
                let record = words::record(&event);
                self.csv_record(&record)
            }
        }
    }

    /// Prints `event` at once, for streams without end: a line for each in place of a table.
    pub(crate) fn event_now(&mut self, event: v1::Event) -> io::Result<()> {
        if self.format == Format::Table {
            writeln!(self.out, "{}", line(&event, terminal_width()))?;
        } else {
            self.event(event)?;
        }
        self.out.flush()
    }

    /// Prints what is kept and flushes.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self.format {
            Format::Table => {
                let rows = std::mem::take(&mut self.rows);
                if rows.is_empty() {
                    writeln!(self.out, "no events")?;
                } else {
                    writeln!(self.out, "{}", render(&rows, terminal_width()))?;
                }
            }
            Format::Csv => self.csv_header()?,
            Format::Jsonl => {}
        }
        self.out.flush()
    }

    /// Prints a line of words.
    pub(crate) fn say(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out, "{words}")?;
        self.out.flush()
    }

    fn csv_header(&mut self) -> io::Result<()> {
        if self.csv_began {
            return Ok(());
        }
        self.csv_began = true;
        self.csv_record(&words::COLUMNS.map(str::to_owned))
    }

    fn csv_record(&mut self, record: &[String]) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(&mut self.out);
        writer.write_record(record)?;
        writer.flush()
    }
}
