//! Documents in, events out, without a server.
//!
//! Documents are read and extracted on several threads, and printed in the order of the input: the output is the same
//! bytes on any number of threads.

use crate::Outcome;
use crate::args::{ExtractArgs, SourceArgs};
use crate::output::Printer;
use crate::report::Report;
use anyhow::Context;
use extractor::document::Problem;
use extractor::emit;
use extractor::inputs::{Failure, Inputs, Raw};
use extractor::pipeline::{Extractor, Options};
use fineprint_proto::v1;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Documents that are read but not yet printed, at most: what bounds the memory.
const UNDER_WAY_MAX: usize = 64;

/// Stack of a worker, in bytes: pages and sentences nest.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// What one document gave.
type Done = Result<(Vec<v1::Event>, Vec<Problem>), Failure>;

/// Runs `fineprint extract`.
pub(crate) fn run(args: &ExtractArgs) -> anyhow::Result<Outcome> {
    let extractor = Arc::new(load(&args.source)?);
    let inputs = args.source.open();
    let mut report = Report::new(inputs.source_count() as u64);
    for note in inputs.notes() {
        report.note(note);
    }
    let mut printer = Printer::new(args.format);
    let threads = match args.threads {
        Some(threads) => threads.get().into(),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    each(inputs, &extractor, args.min_confidence, threads, |subject, done| {
        report.advance();
        match done {
            Err(failure) => report.failure(&failure),
            Ok((events, problems)) => {
                report.problems(subject, &problems);
                for event in events {
                    report.pause(|| printer.event(event))?;
                }
            }
        }
        Ok(())
    })?;
    report.clear();
    printer.finish()?;
    Ok(report.finish())
}

/// The extractor with the frames and names that were asked for.
pub(crate) fn load(source: &SourceArgs) -> anyhow::Result<Extractor> {
    let options = Options { frames: source.reading.frames.clone(), gazetteer: source.reading.gazetteer.clone() };
    Extractor::new(&options).context("cannot load the frames and names")
}

/// Extracts every document of `inputs` and gives each, in order, to `take`.
fn each(
    inputs: Inputs,
    extractor: &Arc<Extractor>,
    min_confidence: f64,
    threads: usize,
    mut take: impl FnMut(&str, Done) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let window = Arc::new(Window::default());
    let (to_workers, work) = sync_channel::<(usize, Result<Raw, Failure>)>(threads);
    let (to_printer, done) = sync_channel::<(usize, String, Done)>(threads);
    // The workers alone hold this end, so that the feeder finds it closed when they are gone.
    let work = Arc::new(Mutex::new(work));
    for _ in 0..threads {
        let (work, to_printer, extractor) = (work.clone(), to_printer.clone(), extractor.clone());
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || labour(&work, &to_printer, &extractor, min_confidence))?;
    }
    drop((work, to_printer));
    let feeding = window.clone();
    std::thread::Builder::new().spawn(move || feed(inputs, &to_workers, &feeding))?;
    // Nobody is joined: where the printing fails, a feeder may still wait for standard input.
    let result = in_order(&done, &window, &mut take);
    window.close();
    result
}

fn feed(inputs: Inputs, to_workers: &SyncSender<(usize, Result<Raw, Failure>)>, window: &Window) {
    for item in inputs.enumerate() {
        if !window.enter() || to_workers.send(item).is_err() {
            return;
        }
    }
}

fn labour(
    work: &Mutex<Receiver<(usize, Result<Raw, Failure>)>>,
    to_printer: &SyncSender<(usize, String, Done)>,
    extractor: &Extractor,
    min_confidence: f64,
) {
    loop {
        let received = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((index, item)) = received else { return };
        let subject = item.as_ref().map_or_else(|failure| failure.subject.clone(), |raw| raw.subject.clone());
        let done = item.and_then(|raw| one(raw, extractor, min_confidence));
        if to_printer.send((index, subject, done)).is_err() {
            return;
        }
    }
}

/// Extracts one document. A defect in the extractor costs this document alone.
fn one(raw: Raw, extractor: &Extractor, min_confidence: f64) -> Done {
    let subject = raw.subject.clone();
    let result = catch_unwind(AssertUnwindSafe(move || {
        let (document, mut problems) = raw.decode()?;
        let extraction = extractor.extract(&document);
        Problem::add(&mut problems, extraction.problems);
        let events = extraction.events.iter().filter(|event| event.confidence >= min_confidence);
        Ok((events.map(|event| emit::to_proto(event, &document)).collect(), problems))
    }));
    result.unwrap_or_else(|_| {
        let message =
            "could not be read because of a defect in fineprint; please report it with the document".to_owned();
        Err(Failure { subject, message })
    })
}

fn in_order(
    done: &Receiver<(usize, String, Done)>,
    window: &Window,
    take: &mut impl FnMut(&str, Done) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let (mut next, mut early) = (0, BTreeMap::new());
    for (index, subject, item) in done {
        early.insert(index, (subject, item));
        while let Some((subject, item)) = early.remove(&next) {
            take(&subject, item)?;
            next += 1;
            window.leave();
        }
    }
    Ok(())
}

/// How many documents are under way; the feeder waits where there are too many.
#[derive(Default)]
struct Window {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Window {
    /// Waits for room; false where the printing ended.
    fn enter(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .changed
            .wait_while(state, |(count, closed)| *count >= UNDER_WAY_MAX && !*closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        !state.1
    }

    fn leave(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        self.changed.notify_all();
    }

    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.changed.notify_all();
    }
}
