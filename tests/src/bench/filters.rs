//! How fast a selective filter is answered by the log's index, beside SQLite in memory with indexes (built with the
//! feature `sqlite`) and beside two scans of our own, over the same events in the same run.
//!
//! The log is the real one, filled through its writer and sealed as it seals. Every answer is drained: the bytes of each
//! matching event are read. Nothing goes through a transport. The scans are those of a log without an index: one that
//! holds every event decoded and puts each to the compiled filter, which is the fastest that a scan can be and takes
//! several times the memory; and one that holds encoded bytes, as the log does, and decodes each event first.

use anyhow::{bail, ensure};
use fineprint_proto::v1;
use prost::Message;
use query_service::clock;
use query_service::event::{StoredEvent, Timestamp};
use query_service::filter::{Predicate, compile};
use query_service::limits::Limits;
use query_service::log::{Part, Snapshot};
use query_service::query::{Candidates, Query};
use query_service::store::{MemoryJournal, NewEvent, Options, Retention, Store};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[path = "../../../query-service/testing/samples.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with tests of the query service")]
mod samples;
#[cfg(feature = "sqlite")]
mod sqlite;

/// Events in a batch of the loading.
const BATCH_EVENTS: u64 = 500;

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

/// One question, answered in each way.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The question as a filter.
    pub filter: &'static str,
    /// Events that match.
    pub found: usize,
    /// Drained by the index.
    pub by_index: Duration,
    /// The first match by the index.
    pub first: Duration,
    /// Drained by a scan of decoded events.
    pub by_scan: Duration,
    /// Drained by a scan that decodes.
    pub by_decoding_scan: Duration,
    /// Drained by SQLite; `None` where it is not built in.
    pub by_sqlite: Option<Duration>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Filters {
    /// Segments of the log.
    pub segments: usize,
    /// Bytes that the log takes for the events, index included, over their encoded bytes.
    pub held_ratio: f64,
    /// The questions.
    pub answers: Vec<Answered>,
}

/// The sample events in every form that a question is put to.
struct Loaded {
    store: Store,
    decoded: Vec<StoredEvent>,
    #[cfg(feature = "sqlite")]
    database: sqlite::Database,
}

/// Fills a log, and everything that it is compared with.
async fn load(events_count: u64, limits: Limits) -> anyhow::Result<Loaded> {
    let options = Options { limits, retention: Retention::default() };
    let store = Store::start(options, Box::new(MemoryJournal), Arc::new(clock::now))?;
    let mut decoded = Vec::new();
    #[cfg(feature = "sqlite")]
    let mut database = sqlite::Database::new()?;
    for first in (1..=events_count).step_by(BATCH_EVENTS as usize) {
        let mut batch = Vec::new();
        for number in first..(first + BATCH_EVENTS).min(events_count + 1) {
            let wire = samples::event(1, number);
            let Ok(event) = StoredEvent::try_from(&wire) else { bail!("event {number} is not valid") };
            let encoded = v1::Event { sequence: 0, ingest_time: None, ..wire }.encode_to_vec();
            #[cfg(feature = "sqlite")]
            database.insert(&event, &encoded)?;
            decoded.push(event.clone());
            batch.push(NewEvent { event, encoded });
        }
        store.append(batch).await?;
    }
    // Waits until what is full is sealed.
    store.stop();
    #[cfg(feature = "sqlite")]
    database.finish()?;
    #[cfg(feature = "sqlite")]
    return Ok(Loaded { store, decoded, database });
    #[cfg(not(feature = "sqlite"))]
    Ok(Loaded { store, decoded })
}

/// Answers every question over `events_count` events in a log of these limits.
///
/// # Errors
/// The log does not take the events, or two ways of answering differ.
pub async fn measure(events_count: u64, limits: Limits) -> anyhow::Result<Filters> {
    let loaded = load(events_count, limits).await?;
    let snapshot = loaded.store.snapshot();
    let encoded: u64 = snapshot.parts().iter().map(Part::encoded_bytes).sum();
    let mut answers = Vec::new();
    for (filter, sql) in QUESTIONS {
        let (query, _) = Query::compile(filter, Timestamp::EPOCH)?;
        let predicate = compile(filter, Timestamp::EPOCH)?;
        let (found, by_index) = best(20, || drain(&snapshot, &query, usize::MAX));
        let (_, first) = best(20, || drain(&snapshot, &query, 1));
        let (scanned, by_scan) = best(5, || scan(&snapshot, &loaded.decoded, &predicate));
        let (decoded, by_decoding_scan) = best(2, || decoding_scan(&snapshot, &predicate));
        ensure!(found == scanned && found == decoded, "{filter}: {found}, {scanned} and {decoded} matches");
        #[cfg(feature = "sqlite")]
        let by_sqlite = {
            let (rows, by_sqlite) = best(5, || loaded.database.drain(sql).unwrap_or_default());
            ensure!(rows == found, "{sql}: {rows} rows, not {found}");
            Some(by_sqlite)
        };
        #[cfg(not(feature = "sqlite"))]
        let by_sqlite = {
            let _asked_of_sqlite_only = sql;
            None
        };
        answers.push(Answered { filter, found, by_index, first, by_scan, by_decoding_scan, by_sqlite });
    }
    let held_ratio = super::ratio(loaded.store.held_bytes(), encoded);
    Ok(Filters { segments: snapshot.parts().len(), held_ratio, answers })
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

/// Reads bytes as a client would have to.
fn read(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte)).sum()
}

/// Reads the bytes of the first `count` matches; how many there are.
fn drain(snapshot: &Snapshot, query: &Query, count: usize) -> usize {
    let (mut found, mut sum) = (0, 0);
    for part in snapshot.parts() {
        if found >= count {
            break;
        }
        let mut take = |bytes: &[u8]| {
            found += 1;
            sum += read(bytes);
        };
        match part {
            Part::Lost(_) => {}
            Part::Open(open) => {
                let records = (0..open.len()).filter_map(|ordinal| open.record(ordinal));
                records.filter(|record| query.matches(record)).take(count).for_each(|record| take(&record.bytes));
            }
            Part::Sealed(segment) => match query.candidates(segment) {
                Candidates::All => {
                    (0..segment.len()).filter_map(|ordinal| segment.slice(ordinal)).take(count).for_each(take);
                }
                Candidates::Some(selection) => {
                    let bytes = |ordinal: u16| segment.slice(u32::from(ordinal)).unwrap_or_default();
                    let matches =
                        selection.candidates().iter().filter(|ordinal| selection.confirm(*ordinal, bytes(*ordinal)));
                    matches.take(count).for_each(|ordinal| take(bytes(ordinal)));
                }
            },
        }
    }
    black_box(sum);
    found
}

/// Puts every decoded event to the filter, and reads the bytes of those that match; how many there are.
fn scan(snapshot: &Snapshot, decoded: &[StoredEvent], predicate: &Predicate) -> usize {
    let (mut found, mut sum) = (0, 0);
    let mut rest = decoded;
    for part in snapshot.parts() {
        let (own, behind) = rest.split_at(rest.len().min(part.len() as usize));
        rest = behind;
        for (ordinal, _) in (0..).zip(own).filter(|(_, event)| predicate.matches(event)) {
            found += 1;
            sum += part.bytes(ordinal).map_or(0, |bytes| read(&bytes));
        }
    }
    black_box(sum);
    found
}

/// Decodes every event, puts it to the filter, and reads the bytes of those that match; how many there are.
fn decoding_scan(snapshot: &Snapshot, predicate: &Predicate) -> usize {
    let (mut found, mut sum) = (0, 0);
    for part in snapshot.parts() {
        for bytes in (0..part.len()).filter_map(|ordinal| part.bytes(ordinal)) {
            let event = v1::Event::decode(&*bytes).unwrap_or_default();
            if StoredEvent::try_from(&event).is_ok_and(|event| predicate.matches(&event)) {
                found += 1;
                sum += read(&bytes);
            }
        }
    }
    black_box(sum);
    found
}
