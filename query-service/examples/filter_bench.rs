//! How fast a selective filter is answered: by the index, by a full scan, and (with `--features sqlite`) by SQLite in
//! memory with indexes, over the same events in the same run.
//!
//!     cargo run --release -p query-service --features sqlite --example filter_bench [EVENTS]
//!
//! Every answer is drained: the bytes of each matching event are read. Each line is the best of several runs.

use fineprint_proto::v1;
use prost::Message;
use query_service::event::{StoredEvent, Timestamp};
use query_service::filter::{Predicate, compile};
use query_service::index::{IndexBuilder, SEGMENT_EVENTS_MAX, SegmentIndex};
use query_service::limits::Limits;
use query_service::plan::Plan;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[path = "../testing/samples.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with tests")]
mod samples;
#[cfg(feature = "sqlite")]
#[path = "filter_bench/sqlite.rs"]
mod sqlite;

/// Questions: as a filter, and as SQLite would best be asked (see `sqlite.rs` for the tables).
const QUESTIONS: &[(&str, &str)] = &[
    (
        "type = BLOCK AND reported = true",
        "SELECT bytes FROM events WHERE type = 9 AND reported = 1 ORDER BY id",
    ),
    (
        "type = FINE AND country = RU AND occurred >= 2023",
        "SELECT bytes FROM events JOIN countries ON countries.event = events.id AND countries.code = 'RU'
         WHERE events.type = 1 AND events.first_day >= 20230101 ORDER BY events.id",
    ),
    (
        "type = BLOCK AND target:\"Google\" AND confidence >= 0.5",
        "SELECT bytes FROM events WHERE events.type = 9 AND events.confidence >= 0.5 AND events.id IN
         (SELECT event FROM parties WHERE role = 2 AND name IN ('google', 'google llc', 'google play')) ORDER BY events.id",
    ),
    (
        "amount.RUB >= 15000000 AND actor = \"Roskomnadzor\"",
        "SELECT bytes FROM events WHERE id IN (SELECT event FROM amounts WHERE currency = 'RUB' AND value >= 15000000)
         AND id IN (SELECT event FROM parties WHERE role = 1 AND name = 'roskomnadzor') ORDER BY id",
    ),
    (
        "custom_type = LEAK AND source = TASS",
        "SELECT bytes FROM events WHERE custom_type = 'LEAK' AND source = 'tass' ORDER BY id",
    ),
];

/// A sealed segment: its bytes end to end, and its index.
struct Segment {
    data: Vec<u8>,
    ends: Vec<usize>,
    index: SegmentIndex,
}

impl Segment {
    fn bytes(&self, ordinal: u16) -> &[u8] {
        let ordinal = usize::from(ordinal);
        &self.data[if ordinal == 0 { 0 } else { self.ends[ordinal - 1] }..self.ends[ordinal]]
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events_count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let mut segments = Vec::new();
    let mut sealing = Duration::ZERO;
    #[cfg(feature = "sqlite")]
    let mut database = sqlite::Database::new()?;
    let mut sequence = 1;
    let mut last_events: Vec<StoredEvent> = Vec::new();
    while sequence <= events_count {
        // Segments as the log would seal them.
        let mut end = (sequence + SEGMENT_EVENTS_MAX as u64).min(events_count + 1);
        let mut data = Vec::new();
        let mut ends = Vec::new();
        let mut events = Vec::new();
        for event in (sequence..end).map(|sequence| samples::event(1, sequence)) {
            event.encode(&mut data)?;
            ends.push(data.len());
            let stored = StoredEvent::try_from(&event)?;
            #[cfg(feature = "sqlite")]
            database.insert(&stored, &data[ends.iter().rev().nth(1).copied().unwrap_or(0)..])?;
            events.push(stored);
            if data.len() as u64 >= Limits::default().segment_bytes_max {
                end = sequence + events.len() as u64;
                break;
            }
        }
        let start = Instant::now();
        let mut builder = IndexBuilder::new();
        events.iter().for_each(|event| assert!(builder.add(event)));
        let index = builder.finish();
        sealing += start.elapsed();
        segments.push(Segment { data, ends, index });
        if events.len() >= last_events.len() {
            last_events = events;
        }
        sequence = end;
    }
    #[cfg(feature = "sqlite")]
    database.finish()?;

    let encoded: usize = segments.iter().map(|segment| segment.data.len()).sum();
    let index: usize = segments.iter().map(|segment| segment.index.resident_bytes()).sum();
    println!(
        "{events_count} events of {} bytes, index {} bytes an event ({:.2} of the encoded bytes), built at {:.2} µs an event",
        encoded as u64 / events_count,
        index as u64 / events_count,
        index as f64 / encoded as f64,
        sealing.as_secs_f64() * 1e6 / events_count as f64,
    );
    if let Some(first) = segments.first() {
        for (part, bytes) in first.index.parts_bytes() {
            println!("  {part:<16} {:>6.1} bytes an event", bytes as f64 / first.index.events_count() as f64);
        }
    }
    for (filter, sql) in QUESTIONS {
        let predicate = compile(filter, Timestamp::EPOCH)?;
        let plan = Plan::build(&predicate);
        let (found, by_plan) = best(20, || drain(&segments, &plan));
        let (_, first) = best(20, || first_match(&segments, &plan));
        let (scanned, by_scan) = best(2, || scan(&segments, &predicate));
        assert_eq!(found, scanned, "{filter}");
        let (_, in_memory) = best(5, || last_events.iter().filter(|event| predicate.matches(event)).count());
        println!("{filter}\n  {:.2} % match ({found} events)", found as f64 * 100.0 / events_count as f64);
        println!("  index      {:>9.3} ms, the first after {:.3} ms", millis(by_plan), millis(first));
        println!("  full scan  {:>9.3} ms, {:.0} × the index", millis(by_scan), ratio(by_scan, by_plan));
        println!(
            "  predicate  {:>9.1} ns an event of a growing segment",
            in_memory.as_secs_f64() * 1e9 / last_events.len() as f64
        );
        #[cfg(feature = "sqlite")]
        {
            let (rows, by_sqlite) = best(5, || database.drain(sql).unwrap_or_default());
            assert_eq!(rows, found, "{sql}");
            println!("  SQLite     {:>9.3} ms, {:.1} × the index", millis(by_sqlite), ratio(by_sqlite, by_plan));
        }
        #[cfg(not(feature = "sqlite"))]
        let _asked_with_sqlite_only = sql;
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn best<T>(runs: usize, mut run: impl FnMut() -> T) -> (T, Duration) {
    let mut timed = || {
        let start = Instant::now();
        let result = run();
        (result, start.elapsed())
    };
    let mut fastest = timed();
    for _ in 1..runs {
        let next = timed();
        if next.1 < fastest.1 {
            fastest = next;
        }
    }
    fastest
}

/// Reads the bytes of every match; how many there are.
fn drain(segments: &[Segment], plan: &Plan) -> usize {
    let mut count = 0;
    let mut read: u64 = 0;
    for segment in segments {
        let selection = plan.select(&segment.index);
        for ordinal in selection.candidates().iter() {
            let bytes = segment.bytes(ordinal);
            if selection.confirm(ordinal, bytes) {
                count += 1;
                read += bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            }
        }
    }
    black_box(read);
    count
}

fn first_match(segments: &[Segment], plan: &Plan) -> Option<u16> {
    segments.iter().find_map(|segment| {
        let selection = plan.select(&segment.index);
        selection.candidates().iter().find(|ordinal| selection.confirm(*ordinal, segment.bytes(*ordinal)))
    })
}

/// Decodes every event and tests it.
fn scan(segments: &[Segment], predicate: &Predicate) -> usize {
    let each = |segment: &Segment| {
        let ordinals = (0..=u16::MAX).take(segment.ends.len());
        ordinals
            .filter(|ordinal| {
                let event = v1::Event::decode(segment.bytes(*ordinal)).unwrap_or_default();
                StoredEvent::try_from(&event).is_ok_and(|event| predicate.matches(&event))
            })
            .count()
    };
    segments.iter().map(each).sum()
}
