//! Measures how fast the extractor reads, and what takes its time.
//!
//!     cargo run --release -p extractor --example throughput -- [--words N] FILE[.gz]…
//!
//! Every 40 lines of a compressed file are a document, every other file is one; reading stops at N words (100,000).
//! Prints, for one thread and the best of three runs, in processor time where the system tells it: words a second of the
//! whole extraction, then microseconds a word of each step when every sentence is read.

use anyhow::{Context, Result, bail};
use extractor::coreference;
use extractor::document::{Document, InputForm, Metadata, decode};
use extractor::events;
use extractor::mask;
use extractor::model::Model;
use extractor::names;
use extractor::pipeline::Extractor;
use extractor::predicates::predicates;
use extractor::tokenize::tokenize;
use std::io::Read;
use std::time::Instant;

/// Lines of a compressed file that make a document.
const DOCUMENT_LINES: usize = 40;

fn main() -> Result<()> {
    let mut files = Vec::new();
    let mut words_max = 100_000;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--words" => words_max = arguments.next().context("--words needs a number")?.parse()?,
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        bail!("name at least one file of text (.gz or not)");
    }
    let mut documents = Vec::new();
    let mut words = 0;
    'files: for file in &files {
        for text in texts(file)? {
            if words >= words_max {
                break 'files;
            }
            words += text.split_whitespace().count();
            documents.push(decode(text.as_bytes(), InputForm::Text, Metadata::default())?.0);
        }
    }
    let (start, extractor) = timed(Extractor::embedded);
    let extractor = extractor?;
    println!("{} documents, {words} words; data read in {:.3} s", documents.len(), start);
    let words = f64::from(u32::try_from(words)?);
    let (seconds, found) = best(|| documents.iter().map(|d| extractor.extract(d).events.len()).sum::<usize>());
    println!("extract  {:>9.0} words/s, {found} events", words / seconds);

    let steps =
        [Steps::run(&extractor, &documents), Steps::run(&extractor, &documents), Steps::run(&extractor, &documents)];
    for (step, name) in NAMES.iter().enumerate() {
        let seconds = steps.iter().map(|run| run.0[step]).fold(f64::INFINITY, f64::min);
        println!("  {name:<12} {:>7.2} µs/word", seconds / words * 1e6);
    }
    Ok(())
}

/// The documents of a file.
fn texts(file: &str) -> Result<Vec<String>> {
    let bytes = std::fs::read(file).with_context(|| format!("{file} cannot be read"))?;
    if !file.ends_with(".gz") {
        return Ok(vec![String::from_utf8(bytes).with_context(|| format!("{file} holds no UTF-8 text"))?]);
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).with_context(|| file.to_owned())?;
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines.chunks(DOCUMENT_LINES).map(|part| part.join("\n\n")).collect())
}

/// The steps of a reading, in the order of the pipeline.
const NAMES: [&str; 9] =
    ["mask", "tokenise", "annotate", "predicates", "mentions", "chains", "frames", "candidates", "merge"];

/// Seconds that each step took.
struct Steps([f64; NAMES.len()]);

impl Steps {
    fn run(extractor: &Extractor, documents: &[Document]) -> Self {
        let model = Model::embedded();
        let mut seconds = [0.0; NAMES.len()];
        let mut add = |step: usize, time: f64| seconds[step] += time;
        for document in documents {
            let (time, masks) = timed(|| mask::find(&document.text));
            add(0, time);
            let stand_ins: Vec<_> = masks.clone();
            let (time, sentences) = timed(|| tokenize(&document.text, &document.blocks, &stand_ins));
            add(1, time);
            let (time, trees) = timed(|| model.annotate_all(&sentences));
            add(2, time);
            let (time, _) = timed(|| trees.iter().map(predicates).collect::<Vec<_>>());
            add(3, time);
            let (time, mentions) = timed(|| names::mentions(document, &trees, extractor.gazetteer()));
            add(4, time);
            let (time, _) = timed(|| coreference::resolve(document, &trees, mentions, extractor.gazetteer()));
            add(5, time);
            let (whole, read) = timed(|| extractor.read(document));
            add(6, whole);
            let reading = extractor.reading(document, &read);
            let (time, candidates) = timed(|| events::candidates(&reading, &read.matches));
            add(7, time);
            let (time, _) = timed(|| events::merge(&reading, candidates));
            add(8, time);
        }
        // What a reading takes beyond the steps before is the frames'.
        let before: f64 = seconds[..6].iter().sum();
        seconds[6] -= before;
        Self(seconds)
    }
}

/// Seconds of processor time of this thread so far, where the system tells them.
fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// What `work` took, in seconds, and gave.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let (clock, thread) = (Instant::now(), thread_seconds());
    let out = work();
    match (thread, thread_seconds()) {
        (Some(before), Some(after)) => (after - before, out),
        _ => (clock.elapsed().as_secs_f64(), out),
    }
}

/// The shortest of three runs, and what the last gave.
fn best<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let (first, _) = timed(&mut run);
    let (second, _) = timed(&mut run);
    let (third, out) = timed(&mut run);
    (first.min(second).min(third), out)
}
