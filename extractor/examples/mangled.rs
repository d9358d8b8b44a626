//! Reads mangled texts made from the sample documents and holds what comes out against the promises of the pipeline: no
//! panic, every span on characters of the text, and the same bytes from one thread and from many.
//!
//!     cargo run --release -p extractor --example mangled -- [--texts N] [--seed S] [--threads T] [--samples DIR]
//!
//! Reads 10,000 texts unless told, from a seed of the clock, which it prints: the same seed gives the same texts. Then
//! reads a few texts of a megabyte. A text that breaks a promise is written to standard error with its number.

#[path = "../testing/mangled.rs"]
mod mangled;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail, ensure};
use extractor::{document::InputForm, pipeline::Extractor};

fn main() -> Result<()> {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let (mut texts, mut seed, mut threads) = (10_000_u64, clock, 4);
    let mut folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"));
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--texts" => texts = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--threads" => threads = value.parse()?,
            "--samples" => folder = value.into(),
            _ => bail!("unknown flag {argument}: use --texts, --seed, --threads or --samples"),
        }
    }
    let samples = mangled::samples(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    ensure!(!samples.is_empty(), "no .txt, .md, .html or .jsonl lies in {}", folder.display());
    println!("{texts} texts of seed {seed}");
    let extractor = Extractor::embedded()?;

    let clock = Instant::now();
    let one = read_all(&extractor, &samples, seed, texts, 1);
    let alone = clock.elapsed();
    let clock = Instant::now();
    let many = read_all(&extractor, &samples, seed, texts, threads);
    println!("one thread {:.1} s, {threads} threads {:.1} s", alone.as_secs_f64(), clock.elapsed().as_secs_f64());
    let mut broken = 0;
    for (number, (one, many)) in one.iter().zip(&many).enumerate() {
        let problem = match (one, many) {
            (Err(problem), _) => problem.as_str(),
            (one, many) if one != many => "one thread and many give different results",
            _ => continue,
        };
        broken += 1;
        let (form, bytes) = mangled::text(&samples, seed, number as u64);
        eprintln!("text {number} of seed {seed}: {problem}\n{form:?} {:?}\n", String::from_utf8_lossy(&bytes));
    }
    let told = one.iter().filter(|result| result.as_ref().is_ok_and(|(_, events)| *events)).count();
    println!("{broken} of {texts} break a promise; {told} tell events");

    let clock = Instant::now();
    for (number, giant) in mangled::giants().iter().enumerate() {
        if let Err(problem) = guarded(&extractor, InputForm::Text, giant) {
            broken += 1;
            eprintln!("giant {number}: {problem}");
        }
    }
    println!("texts of a megabyte read in {:.1} s", clock.elapsed().as_secs_f64());
    ensure!(broken == 0, "{broken} texts break a promise");
    Ok(())
}

/// What came of a text: a hash of it, and whether there were events.
type Outcome = Result<(blake3::Hash, bool), String>;

fn read_all(
    extractor: &Extractor,
    samples: &[(InputForm, Vec<u8>)],
    seed: u64,
    texts: u64,
    threads: usize,
) -> Vec<Outcome> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= texts {
                return done;
            }
            let (form, bytes) = mangled::text(samples, seed, number);
            done.push((number, guarded(extractor, form, &bytes)));
        }
    };
    let mut all: Vec<(u64, Outcome)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, outcome)| outcome).collect()
}

fn guarded(extractor: &Extractor, form: InputForm, bytes: &[u8]) -> Outcome {
    let read = catch_unwind(AssertUnwindSafe(|| mangled::read(extractor, form, bytes)));
    let told = read.map_err(|_| "it panics".to_owned())??;
    Ok((blake3::hash(told.as_bytes()), told.contains("trigger_span")))
}
