//! What is said on standard error: progress, notes, and an error a line.

use crate::Outcome;
use anstyle::{AnsiColor, Style};
use extractor::document::{Problem, ProblemCode};
use extractor::inputs::Failure;
use fineprint_proto::v1;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default();

/// Prints an error on standard error.
pub(crate) fn error(message: &str) {
    anstream::eprintln!("{ERROR}error:{ERROR:#} {}", one_line(message));
}

/// Prints a note on standard error.
pub(crate) fn note(message: &str) {
    anstream::eprintln!("{NOTE}note:{NOTE:#} {}", one_line(message));
}

fn one_line(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Counts what went well and what did not, and says so.
pub(crate) struct Report {
    bar: ProgressBar,
    failures: usize,
    undated: usize,
    long: usize,
}

impl Report {
    /// A report over about `count` documents.
    pub(crate) fn new(count: u64) -> Self {
        let bar = if count < 2 { ProgressBar::hidden() } else { ProgressBar::new(count) };
        if let Ok(style) = ProgressStyle::with_template("{bar:30.cyan} {pos}/{len} documents, {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, failures: 0, undated: 0, long: 0 }
    }

    /// One document more is done.
    pub(crate) fn advance(&self) {
        if self.bar.length().is_some_and(|length| self.bar.position() >= length) {
            self.bar.inc_length(1);
        }
        self.bar.inc(1);
    }

    /// Says something about the input.
    pub(crate) fn note(&self, message: &str) {
        self.bar.suspend(|| note(message));
    }

    /// A document that could not be read.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        self.failures += 1;
        self.bar.suspend(|| error(&failure.to_string()));
    }

    /// What was not as meant in the document `subject`.
    pub(crate) fn problems(&mut self, subject: &str, problems: &[Problem]) {
        for problem in problems {
            match problem.code {
                ProblemCode::NoPublicationDate => self.undated += 1,
                ProblemCode::LongSentence => self.long += 1,
                ProblemCode::ReplacedBytes | ProblemCode::NoText => {
                    debug_assert!(is_failure(problem));
                    self.failure(&Failure { subject: subject.to_owned(), message: problem.message.clone() });
                }
            }
        }
    }

    /// What a service told of the document `subject`.
    pub(crate) fn wire_problems(&mut self, subject: &str, problems: &[v1::Problem]) {
        for problem in problems {
            match problem.code() {
                v1::ProblemCode::NoPublicationDate => self.undated += 1,
                v1::ProblemCode::LongSentence => self.long += 1,
                v1::ProblemCode::ReplacedBytes | v1::ProblemCode::NoText | v1::ProblemCode::Unspecified => {
                    self.failure(&Failure { subject: subject.to_owned(), message: problem.message.clone() });
                }
            }
        }
    }

    /// Runs `print` while the progress bar is out of the way of a terminal.
    pub(crate) fn pause<T>(&self, print: impl FnOnce() -> T) -> T {
        if std::io::stdout().is_terminal() { self.bar.suspend(print) } else { print() }
    }

    /// Removes the progress bar.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Says what is left to say.
    pub(crate) fn finish(&self) -> Outcome {
        if self.undated > 0 {
            let subject =
                if self.undated == 1 { "1 document has" } else { &format!("{} documents have", self.undated) };
            note(&format!("{subject} no publication date: relative dates stay unset (--published DATE gives one)"));
        }
        if self.long > 0 {
            note(&format!("{} sentences are longer than the limit and were read in parts", self.long));
        }
        if self.failures > 0 { Outcome::Partial } else { Outcome::Whole }
    }
}

/// Whether a problem means that a document was not read as its author wrote it.
pub(crate) fn is_failure(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::ReplacedBytes | ProblemCode::NoText)
}
