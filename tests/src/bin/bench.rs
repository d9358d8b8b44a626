//! Prints the ratios that the README quotes.
//!
//!     cargo run --release -p acceptance --features sqlite --bin bench -- [PATH...] [--only PARTS] [--small] [--NAME N...]
//!
//! PARTS, of reading, streaming, filters, tail, ingest, idle, bounded and stalled, with commas between them, are measured,
//! or all of them. Reading is measured over each PATH (the seed documents where none is given). How much, and how long,
//! is told by the table `SIZES`; `--small` takes its smaller column, which shows that it all works. Each figure stands
//! beside what it is compared with, in the same run.

use acceptance::bench::{bounded, filters, ingest, reading, stalled, streaming, tail};
use acceptance::repository;
use anyhow::{Context, bail};
use query_service::limits::Limits;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Name, in full, small, and what it is.
const SIZES: &[(&str, u64, u64, &str)] = &[
    ("words", 60_000, 15_000, "words of the files of a PATH together, and of each of its compressed files"),
    ("events", 1_000_000, 100_000, "events that streaming is measured over"),
    ("filter-events", 1_000_000, 50_000, "events that filters are measured over"),
    ("readers", 100, 100, "readers of the tail"),
    ("tail-seconds", 10, 2, "seconds of a round of the tail"),
    ("tail-rounds", 5, 1, "rounds of the tail"),
    ("ingest-events", 400_000, 50_000, "events of ingest, half as many to the disk"),
    ("streams", 10_000, 1_000, "streams that idle"),
    ("bounded-events", 10_000_000, 300_000, "events that pass a bound of bytes"),
    ("bounded-bytes", 2_000_000_000, 60_000_000, "the bound"),
    ("stall-seconds", 60, 4, "seconds that readers are stalled"),
    ("stall-readers", 400, 100, "readers that are stalled"),
];

/// Measures one part and prints it.
type Part = fn(&Runtime, &Settings) -> anyhow::Result<()>;

/// What can be measured, in the order of measuring.
const PARTS: &[(&str, Part)] = &[
    ("reading", read),
    ("streaming", stream),
    ("filters", filter),
    ("tail", follow),
    ("ingest", take_in),
    ("idle", idle),
    ("bounded", bound),
    ("stalled", stall),
];

/// What to measure, and how.
struct Settings {
    paths: Vec<PathBuf>,
    sizes: BTreeMap<&'static str, u64>,
    limits: Limits,
}

impl Settings {
    fn size(&self, name: &str) -> u64 {
        self.sizes.get(name).copied().unwrap_or_default()
    }

    fn small_size(&self, name: &str) -> anyhow::Result<u32> {
        u32::try_from(self.size(name)).with_context(|| format!("--{name} is too large"))
    }
}

fn main() -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let sizes = SIZES.iter().map(|(name, full, _, _)| (*name, *full)).collect();
    let mut settings = Settings { paths: Vec::new(), sizes, limits: Limits::default() };
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        let Some(flag) = argument.strip_prefix("--") else {
            settings.paths.push(PathBuf::from(argument));
            continue;
        };
        match flag {
            "bare" => return runtime.block_on(streaming::serve_bare(&PathBuf::from(value()?))),
            "help" => {
                println!("bench [PATH…] with {}", usage());
                return Ok(());
            }
            "small" => settings.sizes = SIZES.iter().map(|(name, _, small, _)| (*name, *small)).collect(),
            "only" => only = Some(value()?),
            "limit" => settings.limits.set(&value()?)?,
            flag => match SIZES.iter().find(|(name, ..)| *name == flag) {
                Some((name, ..)) => {
                    let number = value()?.replace('_', "").parse();
                    settings.sizes.insert(*name, number.with_context(|| format!("--{flag} needs a number"))?);
                }
                None => bail!("unknown flag --{flag}; use {}", usage()),
            },
        }
    }
    if settings.paths.is_empty() {
        settings.paths.push(repository::root().join("seeds"));
    }
    if cfg!(debug_assertions) {
        eprintln!("built without optimisation: the figures mean little; add --release");
    }
    let wanted: Option<Vec<&str>> = only.as_deref().map(|only| only.split(',').collect());
    if let Some(unknown) = wanted.iter().flatten().find(|name| PARTS.iter().all(|(part, _)| part != *name)) {
        bail!("unknown part {unknown}; use {}", PARTS.iter().map(|(part, _)| *part).collect::<Vec<_>>().join(", "));
    }
    for (part, measure) in PARTS {
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(part)) {
            measure(&runtime, &settings).with_context(|| format!("measuring {part}"))?;
        }
    }
    Ok(())
}

fn usage() -> String {
    let sizes = SIZES.iter().map(|(name, full, _, what)| format!("\n  --{name} N  {what} ({full})"));
    let parts: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
    let parts = parts.join(",");
    format!("--only PARTS (of {parts}), --small, --limit NAME=VALUE (of filters), or{}", sizes.collect::<String>())
}

fn read(_: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let words_max = usize::try_from(settings.size("words"))?;
    for path in &settings.paths {
        for group in reading::groups(path, words_max)? {
            let (ours, peer) = reading::side_by_side(&group.texts)?;
            println!(
                "reading {}: {} texts, {:.0} words, {:.0} events, one core",
                group.name,
                group.texts.len(),
                ours.words,
                ours.events
            );
            tell("fineprint", &ours);
            match peer {
                Some(peer) => {
                    tell("spaCy sm", &peer);
                    println!(
                        "  ratio     {:>10.2} x        start-up {:.3} x  memory {:>5.2} x",
                        ours.words_per_second() / peer.words_per_second(),
                        ours.start_seconds / peer.start_seconds,
                        ours.memory_bytes / peer.memory_bytes
                    );
                }
                None => println!("  spaCy's small model is not installed here: no ratio"),
            }
        }
    }
    Ok(())
}

fn stream(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let told = runtime.block_on(streaming::measure(settings.small_size("events")?))?;
    println!("streaming {} events, unfiltered, one stream", told.events);
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
    Ok(())
}

fn filter(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let events = settings.size("filter-events");
    let told = runtime.block_on(filters::measure(events, settings.limits.clone()))?;
    println!(
        "filters over {events} events in {} segments, which take {:.2} of their encoded bytes",
        told.segments, told.held_ratio
    );
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    for answered in told.answers {
        let over = |time: Duration| time.as_secs_f64() / answered.by_index.as_secs_f64();
        println!("  {}", answered.filter);
        println!("    {:.2} % match ({} events)", answered.found as f64 * 100.0 / events as f64, answered.found);
        let (all, first) = (millis(answered.by_index), millis(answered.first));
        println!("    index         {all:>9.3} ms, the first after {first:.3} ms");
        let tell = |name, time| println!("    {name:<13} {:>9.3} ms, {:.1} x the index", millis(time), over(time));
        tell("decoded scan", answered.by_scan);
        tell("decoding scan", answered.by_decoding_scan);
        match answered.by_sqlite {
            Some(time) => tell("SQLite", time),
            None => println!("    SQLite is not built in (--features sqlite): no ratio"),
        }
    }
    Ok(())
}

fn follow(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let [readers, seconds, rounds] = ["readers", "tail-seconds", "tail-rounds"].map(|name| settings.small_size(name));
    let (readers, seconds, rounds) = (readers?, seconds?, rounds?);
    let told = runtime.block_on(tail::measure(readers, seconds, rounds))?;
    println!("tail: 10,000 events/s to {readers} readers, {rounds} rounds of {seconds} s");
    for (name, delay) in [("StreamEvents", told.service), ("bare tonic", told.bare)] {
        println!("  {name:<12} p50 {:>8.2} ms, p99 {:>8.2} ms", delay.p50 * 1e3, delay.p99 * 1e3);
    }
    println!("  ratio of p99 {:>8.2}", told.ratio);
    Ok(())
}

fn take_in(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let told = runtime.block_on(ingest::measure(settings.small_size("ingest-events")?))?;
    println!("ingest over one stream");
    println!("  in memory    {:>10.0} events/s", told.in_memory);
    println!("  synced       {:>10.0} events/s", told.synced);
    match told.jetstream {
        Some(jetstream) => {
            println!("  JetStream    {jetstream:>10.0} events/s, file storage, sync always");
            println!("  ratio        {:>10.1}, synced", told.synced / jetstream);
        }
        None => println!("  no nats-server is installed here: no ratio"),
    }
    Ok(())
}

fn idle(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let streams = settings.small_size("streams")?;
    match runtime.block_on(streaming::idle_stream_bytes(streams))? {
        Some(bytes) => println!("idle stream: {:.1} KiB each, {streams} open", bytes / 1024.0),
        None => println!("idle stream: this system does not tell the memory of a process"),
    }
    Ok(())
}

fn bound(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let (events, bytes) = (settings.small_size("bounded-events")?, settings.size("bounded-bytes"));
    let told = runtime.block_on(bounded::measure(events, bytes))?;
    println!("{events} events under a bound of {bytes} bytes, {:.0} events/s", told.events_per_second);
    println!("  held at the end {:>12} events of {} encoded bytes", told.held, told.encoded_bytes);
    let over = |name: &str, found: Option<u64>| {
        if let Some(found) = found {
            println!("  {name:<15} {found:>12} bytes, {:.2} of the bound", found as f64 / bytes.max(1) as f64);
        }
    };
    over("counted", Some(told.counted_bytes));
    over("process", told.resident_bytes);
    over("process at most", told.peak_bytes);
    println!(
        "  answers         {:>12.1} ms for a count of all, {:.1} ms for the newest of a filter",
        told.count_seconds * 1e3,
        told.newest_seconds * 1e3
    );
    Ok(())
}

fn stall(runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let (readers, seconds) = (settings.small_size("stall-readers")?, settings.small_size("stall-seconds")?);
    let told = runtime.block_on(stalled::measure(readers, seconds))?;
    println!("50,000 events/s for {seconds} s, without readers and with {readers} that stopped reading");
    for (name, run) in [("without", told.without), ("stopped", told.with)] {
        println!(
            "  {name}  {:>8.0} events/s, answers p50 {:.2} ms, p99 {:.2} ms, {:.0} % of a processor",
            run.events_per_second,
            run.answer_p50 * 1e3,
            run.answer_p99 * 1e3,
            run.load * 100.0
        );
    }
    if let Some((without, with)) = told.without.grown_bytes.zip(told.with.grown_bytes) {
        let each = (with - without) / 1024.0 / f64::from(readers.max(1));
        println!(
            "  memory grew by {:.1} MiB and by {:.1} MiB: {each:.1} KiB a reader",
            mebibytes(without),
            mebibytes(with)
        );
    }
    println!("  at most {:.1} KiB of the log waited for one of them", told.waiting_bytes as f64 / 1024.0);
    println!("  afterwards each got {} events and a gap of exactly the {} others", told.delivered, told.missing);
    Ok(())
}

fn mebibytes(bytes: f64) -> f64 {
    bytes / f64::from(1 << 20)
}

fn tell(name: &str, speed: &reading::Speed) {
    println!(
        "  {name:<9} {:>10.0} words/s, start-up {:.3} s, memory {:>5.0} MB",
        speed.words_per_second(),
        speed.start_seconds,
        speed.memory_bytes / 1e6
    );
}
