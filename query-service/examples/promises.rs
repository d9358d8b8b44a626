//! The seven promises of a stream over very many deliveries: random ingest, readers that stall, leave and come back with
//! their token, retention that overtakes them, and restarts of the log, in memory and from the disk.
//!
//!     cargo run --release -p query-service --example promises -- [--deliveries N] [--seed S]
//!
//! Runs world after world until N events (10,000,000) were delivered. Every delivery is checked as it comes; the first
//! broken promise ends the run with the seed of its world, and `--seed` with it does the same acts again. (What the log's
//! own threads do meanwhile, and so when exactly retention removes something, is theirs.)

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use fineprint_proto::v1;
use futures::StreamExt as _;
use query_service::{
    clock,
    limits::Limits,
    log::{Epoch, Position},
    query::{Queries, Query},
    store::{DiskJournal, Journal, MemoryJournal, NewEvent, Options, Retention, Store},
    stream::{Drain, EndReason, GapReason, Request, Start, Subscription, Update},
};

#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with tests")]
mod plain;

/// Random numbers that a seed gives anew (`SplitMix64`).
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    const fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }
}

/// Filters, and which sequences match them: each `n`th, from the sequence that `n` divides.
const FILTERS: [(&str, u64); 4] =
    [("", 1), ("type = FINE", 3), ("country = RU", 50), ("type = FINE AND country = RU", 150)];

fn event(sequence: u64) -> NewEvent {
    let countries = vec![if sequence.is_multiple_of(50) { "RU" } else { "DE" }.to_owned()];
    plain::new_event(&v1::Event { countries, ..plain::event(sequence) })
}

/// What happened, over all worlds.
#[derive(Debug, Default)]
struct Told {
    worlds: u64,
    appended: u64,
    deliveries: u64,
    gaps: u64,
    missing: u64,
    resumed: u64,
    restarts: u64,
}

/// A reader, and what it knows of what it was sent.
struct Reader {
    filter: usize,
    stream: Option<Subscription>,
    /// Where it goes on.
    position: Option<Position>,
    /// Everything before this sequence was sent or told as missing, or does not match.
    next: u64,
}

impl Reader {
    /// Every match before `end` was sent: the next one is not before it.
    fn behind(&self, end: u64, promise: &str) -> anyhow::Result<()> {
        let missed = self.next.next_multiple_of(FILTERS[self.filter].1);
        ensure!(missed >= end, "{promise}: {missed} was not sent before {end}");
        Ok(())
    }

    fn open(&mut self, store: &Store, drain: &Drain, queries: &Queries) -> anyhow::Result<()> {
        let (query, _) = Query::compile(FILTERS[self.filter].0, clock::now())?;
        let start = self.position.map_or(Start::Earliest, Start::After);
        let request = Request {
            query: queries.shared(query),
            progress_interval: Duration::from_secs(60),
            ..plain::request("", start)
        };
        self.stream = Some(Subscription::begin(store.clone(), request, drain.clone())?);
        Ok(())
    }

    /// Holds an update to the promises.
    fn check(&mut self, position: Position, update: &Update, store: &Store, told: &mut Told) -> anyhow::Result<()> {
        let evicted = || store.snapshot().earliest().previous().get();
        match update {
            Update::Event(event) => {
                let (sequence, every) = (event.sequence().get(), FILTERS[self.filter].1);
                ensure!(sequence >= self.next, "ordered, unique: {sequence} after {}", self.next.saturating_sub(1));
                ensure!(sequence.is_multiple_of(every), "reliable: {sequence} does not match");
                self.behind(sequence, "reliable")?;
                let digits: Option<&[u8]> = event.bytes().get(2..34);
                let id = digits
                    .unwrap_or_default()
                    .iter()
                    .fold(0, |id, digit| id << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or_default()));
                ensure!(id == sequence, "unique: event {id} has sequence {sequence}");
                self.next = sequence + 1;
                told.deliveries += 1;
            }
            Update::Gap { first, last, reason: GapReason::Retention } => {
                let (first, last) = (first.get(), last.get());
                ensure!(
                    self.next <= first && first <= last,
                    "accounted: gap {first}-{last} after {}",
                    self.next.saturating_sub(1)
                );
                self.behind(first, "accounted")?;
                ensure!(last <= evicted(), "accounted: gap to {last}, but only {} is removed", evicted());
                self.next = last + 1;
                told.gaps += 1;
                told.missing += last - first + 1;
            }
            Update::Gap { reason: GapReason::EpochChanged | GapReason::Damage, .. } => {
                ensure!(self.next == position.sequence.get() + 1, "accounted: the epoch changed within a stream");
            }
            Update::Started { start, earliest, .. } => match self.position {
                None => {
                    ensure!(start == earliest, "resumable: begins at {start}, not at {earliest}");
                    self.next = start.get();
                }
                // The log began anew; a gap tells so too.
                Some(before) if before.epoch != position.epoch => self.next = position.sequence.get() + 1,
                Some(_) => {}
            },
            Update::Progress { scanned: through, .. } | Update::CaughtUp { head: through } => {
                self.behind(through.get() + 1, "bookmarkable")?;
                self.next = self.next.max(through.get() + 1);
            }
            Update::End { reason, .. } => ensure!(*reason == EndReason::Draining, "ended by itself: {reason:?}"),
        }
        // What a token is after was sent, so that what follows it is the rest.
        self.behind(position.sequence.get() + 1, "resumable")?;
        self.position = Some(position);
        Ok(())
    }

    /// Reads at most `count` updates; tells whether there was nothing more.
    async fn read(&mut self, count: u64, store: &Store, told: &mut Told) -> anyhow::Result<bool> {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        for _ in 0..count {
            let mut idle = false;
            let next = loop {
                let Some(stream) = &mut self.stream else { return Ok(true) };
                woken.0.store(false, Ordering::Release);
                match stream.poll_next_unpin(&mut Context::from_waker(&waker)) {
                    Poll::Ready(next) => break next,
                    // A stream that only gives the thread back wakes itself, and the runtime lets nothing be ready that
                    // has been asked too often since the last rest: only then silent, it waits.
                    Poll::Pending => {
                        tokio::task::yield_now().await;
                        if idle && !woken.0.load(Ordering::Acquire) {
                            return Ok(true);
                        }
                        idle = true;
                    }
                }
            };
            let Some(next) = next else {
                self.stream = None;
                return Ok(true);
            };
            let (position, update) = next?;
            self.check(position, &update, store, told)?;
        }
        Ok(false)
    }
}

/// Whether a stream asked to be looked at again.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// One log with its readers.
struct World {
    random: Random,
    segment_events: u64,
    retention_events: Option<u64>,
    folder: Option<tempfile::TempDir>,
    store: Store,
    drain: Drain,
    queries: Queries,
    readers: Vec<Reader>,
    /// Last sequence of each batch of this log.
    batch_ends: Vec<u64>,
}

fn start(segment_events: u64, events_max: Option<u64>, folder: Option<&tempfile::TempDir>) -> anyhow::Result<Store> {
    let limits = Limits { segment_events_max: segment_events, ..Limits::default() };
    let retention = Retention { events_max, ..Retention::default() };
    let journal: Box<dyn Journal> = match folder {
        Some(folder) => Box::new(DiskJournal::open(folder.path())?),
        None => Box::new(MemoryJournal),
    };
    Ok(Store::start(Options { limits, retention }, journal, Arc::new(clock::now))?)
}

impl World {
    fn new(seed: u64) -> anyhow::Result<Self> {
        let mut random = Random(seed);
        let folder = if random.one_in(4) { Some(tempfile::tempdir()?) } else { None };
        let largest = [4, 64, 1_000, 20_000][random.within(0..4) as usize];
        let segment_events = random.within(1..largest);
        let retention_events = random.one_in(2).then(|| segment_events * random.within(1..12));
        let readers = (0..random.within(1..60))
            .map(|_| Reader {
                filter: random.within(0..9).saturating_sub(5) as usize,
                stream: None,
                position: None,
                next: 0,
            })
            .collect();
        let store = start(segment_events, retention_events, folder.as_ref())?;
        Ok(Self {
            random,
            segment_events,
            retention_events,
            folder,
            store,
            drain: Drain::default(),
            queries: Queries::default(),
            readers,
            batch_ends: Vec::new(),
        })
    }

    async fn run(mut self, told: &mut Told) -> anyhow::Result<()> {
        let acts = self.random.within(10..300);
        // Thousands of segments, not hundreds of thousands: each new one copies the list of those before it.
        let batch_max = [3, 40, 1_000][self.random.within(0..3) as usize].min(self.segment_events * 20);
        for _ in 0..acts {
            match self.random.within(0..100) {
                0..40 => self.append(batch_max, told).await?,
                40..94 => {
                    for at in 0..self.readers.len() {
                        // The others stall.
                        if self.random.one_in(2) {
                            let count = if self.random.one_in(2) { u64::MAX } else { self.random.within(1..2_000) };
                            self.read(at, count, told).await?;
                        }
                    }
                }
                94..99 => self.leave(told),
                _ => self.restart(told).await?,
            }
        }
        for at in 0..self.readers.len() {
            self.read(at, u64::MAX, told).await?;
            let (head, next) = (self.store.head().get(), self.readers[at].next);
            self.readers[at].behind(head + 1, "reliable").with_context(|| format!("at the end, at {next}"))?;
        }
        self.stop().await
    }

    async fn append(&mut self, batch_max: u64, told: &mut Told) -> anyhow::Result<()> {
        // Each batch of a log on the disk is synced.
        let batches = if self.folder.is_some() { 1 } else { self.random.within(1..8) };
        for _ in 0..batches {
            let (first, count) = (self.store.head().get() + 1, self.random.within(1..batch_max + 1));
            let events = (first..first + count).map(event).collect();
            self.store.append(events).await?;
            self.batch_ends.push(first + count - 1);
            told.appended += count;
        }
        Ok(())
    }

    async fn read(&mut self, at: usize, count: u64, told: &mut Told) -> anyhow::Result<()> {
        let reader = &mut self.readers[at];
        if reader.stream.is_none() {
            reader.open(&self.store, &self.drain, &self.queries)?;
        }
        let rests = reader.read(count, &self.store, told).await?;
        if let Some(Position { sequence, .. }) = reader.position.filter(|_| rests && reader.filter == 0) {
            let is_end = sequence.get() == 0 || self.batch_ends.binary_search(&sequence.get()).is_ok();
            ensure!(is_end, "atomic: rests at {sequence}, within a batch");
        }
        Ok(())
    }

    /// A reader goes away: it comes back with its token, or another comes in its place.
    fn leave(&mut self, told: &mut Told) {
        let at = self.random.within(0..self.readers.len() as u64) as usize;
        let forgets = self.random.one_in(2);
        let reader = &mut self.readers[at];
        reader.stream = None;
        if forgets {
            *reader = Reader { filter: reader.filter, stream: None, position: None, next: 0 };
        } else {
            told.resumed += 1;
        }
    }

    async fn restart(&mut self, told: &mut Told) -> anyhow::Result<()> {
        let (epoch, head): (Epoch, u64) = (self.store.epoch(), self.store.head().get());
        self.drain.begin();
        // Open streams end with a token, whatever they had before them; a few have left before that.
        for at in 0..self.readers.len() {
            if self.random.one_in(3) {
                self.readers[at].stream = None;
            } else {
                self.readers[at].read(u64::MAX, &self.store, told).await?;
                ensure!(self.readers[at].stream.is_none(), "a drain did not end a stream");
            }
        }
        self.stop().await?;
        self.store = start(self.segment_events, self.retention_events, self.folder.as_ref())?;
        self.drain = Drain::default();
        if self.folder.is_some() {
            ensure!((self.store.epoch(), self.store.head().get()) == (epoch, head), "resumable: the log is another");
        } else {
            ensure!(self.store.epoch() != epoch, "resumable: the epoch is that of a log that is gone");
            self.batch_ends.clear();
        }
        told.restarts += 1;
        Ok(())
    }

    async fn stop(&self) -> anyhow::Result<()> {
        let store = self.store.clone();
        Ok(tokio::task::spawn_blocking(move || store.stop()).await?)
    }
}

fn main() -> anyhow::Result<()> {
    let (mut deliveries, mut seed) = (10_000_000, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || -> anyhow::Result<u64> {
            let text = arguments.next().with_context(|| format!("{argument} needs a number"))?;
            text.replace('_', "").parse().with_context(|| format!("{argument}: {text} is no number"))
        };
        match argument.as_str() {
            "--deliveries" => deliveries = value()?,
            "--seed" => seed = Some(value()?),
            other => bail!("unknown argument {other}: use --deliveries N or --seed S"),
        }
    }
    let seed = seed.unwrap_or_else(|| Epoch::random().get() >> 16);
    println!("seed {seed}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (mut told, began) = (Told::default(), Instant::now());
    while told.deliveries < deliveries {
        let world = seed + told.worlds;
        let run = async { World::new(world)?.run(&mut told).await };
        runtime.block_on(run).with_context(|| format!("a promise is broken; again with --seed {world}"))?;
        told.worlds += 1;
    }
    let Told { worlds, appended, deliveries, gaps, missing, resumed, restarts } = told;
    println!(
        "{deliveries} deliveries of {appended} events in {worlds} worlds, {:.1} s: {gaps} gaps of {missing} events told, \
         {resumed} readers came back, {restarts} restarts; no promise broken",
        began.elapsed().as_secs_f64()
    );
    Ok(())
}
