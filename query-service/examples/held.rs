//! What the log takes in memory for the events that it holds, and whether it keeps the bound of bytes that it is given.
//!
//!     cargo run --release -p query-service --example held -- [--events N] [--retention-bytes B] [--limit NAME=VALUE]
//!
//! Loads N events (1,000,000) as ingest does, decoded and appended in batches, then prints the memory that the process
//! took beside their encoded bytes. With `--retention-bytes` it also prints the most that it took at any time beside
//! the bound, and that what is left is found by a filter as by a count of everything.

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, bail, ensure};
use fineprint_proto::v1;
use prost::Message as _;
use query_service::{
    clock,
    event::StoredEvent,
    limits::Limits,
    log::Part,
    query::{Candidates, Query},
    store::{MemoryJournal, NewEvent, Options, Retention, Store},
};

#[path = "../testing/samples.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with tests")]
mod samples;

/// Events in a batch.
const BATCH_EVENTS: u64 = 500;

/// Batches that are on their way at once.
const BATCHES_UNDER_WAY_MAX: usize = 16;

fn new_event(number: u64) -> anyhow::Result<NewEvent> {
    let wire = v1::Event { sequence: 0, ingest_time: None, ..samples::event(1, number) };
    let encoded = wire.encode_to_vec();
    let decoded = v1::Event::decode(&*encoded)?;
    let Ok(event) = StoredEvent::try_from(&decoded) else { bail!("event {number} is not valid") };
    Ok(NewEvent { event, encoded })
}

/// Memory of this process now; `None` where the system does not tell.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

/// How many events of the log a filter finds, by the index of each segment.
fn count(store: &Store, filter: &str) -> anyhow::Result<u64> {
    let (query, _) = Query::compile(filter, clock::now())?;
    let snapshot = store.snapshot();
    let each = snapshot.parts().iter().map(|part| match part {
        Part::Lost(_) => 0,
        Part::Open(open) => {
            let found = (0..open.len()).filter_map(|ordinal| open.record(ordinal));
            found.filter(|record| query.matches(record)).count() as u64
        }
        Part::Sealed(segment) => match query.candidates(segment) {
            Candidates::All => u64::from(segment.len()),
            Candidates::Some(selection) => {
                selection.count(|ordinal| segment.slice(u32::from(ordinal)).unwrap_or_default()) as u64
            }
        },
    });
    Ok(each.sum())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (mut events, mut bytes_max, mut limits) = (1_000_000, None, Limits::default());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{argument} needs a value"))?;
        let number = || value.replace('_', "").parse().with_context(|| format!("{argument} needs a number"));
        match argument.as_str() {
            "--events" => events = number()?,
            "--retention-bytes" => bytes_max = Some(number()?),
            "--limit" => limits.set(&value)?,
            other => bail!("unknown argument {other}: use --events N, --retention-bytes B or --limit NAME=VALUE"),
        }
    }
    let retention = Retention { bytes_max, ..Retention::default() };
    let options = Options { retention, limits };
    let store = Store::start(options, Box::new(MemoryJournal), Arc::new(clock::now))?;
    let empty = resident_bytes().unwrap_or(0);
    let (start, mut most, mut most_held) = (Instant::now(), empty, 0);
    let mut under_way = std::collections::VecDeque::new();
    for (batch, first) in (1..=events).step_by(BATCH_EVENTS as usize).enumerate() {
        let numbers = first..(first + BATCH_EVENTS).min(events + 1);
        under_way.push_back(store.submit(numbers.map(new_event).collect::<anyhow::Result<_>>()?).await?);
        if under_way.len() >= BATCHES_UNDER_WAY_MAX
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.answer().await?;
        }
        if batch.is_multiple_of(40) {
            most = most.max(resident_bytes().unwrap_or(0));
            most_held = most_held.max(store.held_bytes());
        }
    }
    for batch in under_way {
        batch.answer().await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    store.stop();
    let full = resident_bytes().unwrap_or(0).max(empty);
    let snapshot = store.snapshot();
    let encoded: u64 = snapshot.parts().iter().map(Part::encoded_bytes).sum();
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let ratio = |one: u64, other: u64| one as f64 / other.max(1) as f64;
    println!("{events} events in {seconds:.1} s, {} held of {} encoded bytes", snapshot.event_count(), encoded);
    println!(
        "  resident  {:>8.1} MiB, {:.2} of the encoded bytes",
        mebibytes(full - empty),
        ratio(full - empty, encoded)
    );
    let held = store.held_bytes();
    println!("  accounted {:>8.1} MiB, {:.2} of the encoded bytes", mebibytes(held), ratio(held, encoded));
    println!("  at most   {:>8.1} MiB resident while loading", mebibytes(most - empty));
    if let Some(bound) = bytes_max {
        println!("  bound     {:>8.1} MiB", mebibytes(bound));
        println!(
            "  ratio     {:>8.2} of the bound accounted at most, {:.2} resident at most, {:.2} resident at the end",
            ratio(most_held, bound),
            ratio(most - empty, bound),
            ratio(full - empty, bound)
        );
    }
    let (fines, others) = (count(&store, "type = FINE")?, count(&store, "NOT type = FINE")?);
    ensure!(fines + others == snapshot.event_count(), "{fines} fines and {others} others are not all events");
    println!("  {fines} fines found");
    Ok(())
}
