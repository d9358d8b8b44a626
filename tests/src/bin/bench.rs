//! Prints the ratios that the README quotes.
//!
//!     cargo run --release -p acceptance --bin bench -- [PATH...] [--events N] [--streams N] [--words N]
//!
//! Reading speed is measured over each PATH (the seed documents where none is given), streaming over `--events` events
//! (200,000), each beside its peer in the same run; memory of idle streams over `--streams` of them (2,000).

use acceptance::bench::{reading, streaming};
use acceptance::repository;
use anyhow::{Context, bail};
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let (mut paths, mut events, mut streams, mut words_max) = (Vec::new(), 200_000, 2_000, 60_000);
    let mut arguments = std::env::args().skip(1);
    let runtime = tokio::runtime::Runtime::new()?;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--bare" => return runtime.block_on(streaming::serve_bare(&PathBuf::from(value()?))),
            "--events" => events = value()?.parse().context("--events needs a number")?,
            "--streams" => streams = value()?.parse().context("--streams needs a number")?,
            "--words" => words_max = value()?.parse().context("--words needs a number")?,
            flag if flag.starts_with('-') => bail!("unknown flag {flag}: use --events N, --streams N or --words N"),
            path => paths.push(PathBuf::from(path)),
        }
    }
    if paths.is_empty() {
        paths.push(repository::root().join("seeds"));
    }
    if cfg!(debug_assertions) {
        eprintln!("built without optimisation: the figures mean little; add --release");
    }

    for path in paths {
        let texts = reading::texts(&path, words_max)?;
        let (speed, found) = reading::ours(&texts)?;
        let (ours, start) = (speed.words_per_second(), speed.start_seconds);
        println!(
            "reading {}: {} texts, {:.0} words, {found} events, one core",
            path.display(),
            texts.len(),
            speed.words
        );
        println!("  fineprint {ours:>10.0} words/s, start-up {start:.3} s");
        match reading::spacy(&texts)? {
            Some(peer) => {
                println!("  spaCy sm  {:>10.0} words/s, start-up {:.3} s", peer.words_per_second(), peer.start_seconds);
                println!(
                    "  ratio     {:>10.2} x, start-up {:.3} x",
                    ours / peer.words_per_second(),
                    start / peer.start_seconds
                );
            }
            None => println!("  spaCy's small model is not installed here: no ratio"),
        }
    }

    let told = runtime.block_on(streaming::measure(events))?;
    println!("streaming {} events, unfiltered, one stream", told.events);
    println!("  ingest       {:>10.0} events/s, in memory", told.ingest_per_second);
    println!("  StreamEvents {:>10.0} events/s", told.service_per_second);
    println!("  bare tonic   {:>10.0} events/s, the same bytes", told.bare_per_second);
    println!("  ratio        {:>10.2}", told.ratio);
    println!("first event of a filter that 1 event in 1,000 passes, {} events held", told.events);
    println!("  StreamEvents {:>10.0} us", told.first_event_seconds * 1e6);
    println!("  bare unary   {:>10.0} us", told.unary_seconds * 1e6);
    println!("  ratio        {:>10.2}", told.first_event_seconds / told.unary_seconds);
    if let Some((resident, encoded)) = told.stored_bytes {
        println!("stored event: {:.2} resident bytes for an encoded byte", resident as f64 / encoded.max(1) as f64);
    }
    println!("ingest, synced {:>8.0} events/s", runtime.block_on(streaming::ingest_synced(events / 4))?);
    if let Some(bytes) = runtime.block_on(streaming::idle_stream_bytes(streams))? {
        println!("idle stream: {:.1} KiB each, {streams} open", bytes / 1024.0);
    }
    Ok(())
}
