//! The one thread that writes: takes the batches that wait as a group, keeps the group safe in the journal, then makes
//! it visible and answers.

use std::{
    sync::{Arc, atomic::Ordering, mpsc::SyncSender},
    thread::{self, JoinHandle},
};

use bytes::Bytes;
use fineprint_proto::v1;
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};

use super::{
    AppendError, Appended, Command, Journal, JournalError, NewEvent, Recovered, Shared, journal::JournalRecord,
};
use crate::{
    event::{StoredEvent, Timestamp},
    index::SEGMENT_EVENTS_MAX,
    limits::Limits,
    log::{Lost, OpenSegment, Part, Record, Sequence, View},
    store::Retention,
};

/// Events after which a group is closed although more batches wait.
const GROUP_EVENTS_MAX: usize = 16_384;

/// Events of one segment.
pub(super) fn segment_capacity(limits: &Limits) -> u32 {
    u32::try_from(limits.segment_events_max.clamp(1, SEGMENT_EVENTS_MAX as u64)).unwrap_or(1)
}

/// Makes segments small enough that retention by whole segments comes close to its bounds.
pub(super) fn fit_segments(limits: &mut Limits, retention: &Retention) {
    if let Some(events) = retention.events_max {
        limits.segment_events_max = limits.segment_events_max.min((events / 8).max(1));
    }
    if let Some(bytes) = retention.bytes_max {
        // Before it is sealed, an event takes some four times its encoded bytes.
        limits.segment_bytes_max = limits.segment_bytes_max.min((bytes / 128).max(64 << 10));
    }
}

pub(super) fn start(
    shared: Arc<Shared>,
    journal: Box<dyn Journal>,
    recovered: Recovered,
    commands: mpsc::Receiver<Command>,
    keeper: SyncSender<Arc<OpenSegment>>,
) -> Result<JoinHandle<()>, JournalError> {
    let mut writer = Writer::new(shared, journal, keeper);
    writer.restore(recovered)?;
    thread::Builder::new()
        .name("log-writer".to_owned())
        .spawn(move || writer.run(commands))
        .map_err(JournalError::Thread)
}

struct Writer {
    shared: Arc<Shared>,
    journal: Box<dyn Journal>,
    keeper: SyncSender<Arc<OpenSegment>>,
    open: Arc<OpenSegment>,
    tail: Sequence,
    last_time: Timestamp,
    evicted: Sequence,
}

/// A batch whose records wait for the journal.
struct Waiting {
    reply: oneshot::Sender<Result<Vec<Appended>, AppendError>>,
    appended: Vec<Appended>,
}

/// An event of a group that waits for the journal.
struct Fresh {
    event: StoredEvent,
    bytes: Bytes,
}

impl Writer {
    fn new(shared: Arc<Shared>, journal: Box<dyn Journal>, keeper: SyncSender<Arc<OpenSegment>>) -> Self {
        let view = shared.view.load();
        let open = match view.parts.last() {
            Some(Part::Open(open)) => Arc::clone(open),
            _ => Arc::new(OpenSegment::new(Sequence::FIRST, segment_capacity(&shared.options.limits))),
        };
        drop(view);
        let tail = open.base();
        Self { shared, journal, keeper, tail, open, last_time: Timestamp::EPOCH, evicted: tail.previous() }
    }

    /// Puts what the journal gave back into the log.
    fn restore(&mut self, recovered: Recovered) -> Result<(), JournalError> {
        for record in recovered.records {
            let JournalRecord { sequence, bytes } = match record {
                Ok(record) => record,
                Err(JournalError::Corrupt { last, .. }) => {
                    // What is missing before the damage belongs to it.
                    self.lose(last);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if sequence > self.tail {
                self.lose(sequence.previous());
            }
            let decoded = v1::Event::decode(bytes.clone()).ok();
            let Some(event) = decoded.and_then(|decoded| StoredEvent::try_from(&decoded).ok()) else {
                self.lose(sequence);
                continue;
            };
            let (id, time) = (event.event_id, event.ingest_time);
            self.last_time = self.last_time.max(time);
            self.shared.ids.write().push(id, sequence);
            self.write(event, bytes);
            self.tail = sequence.next();
        }
        self.publish();
        Ok(())
    }

    /// Notes that the events from the tail up to and including a sequence are lost, and goes on behind them.
    fn lose(&mut self, last: Sequence) {
        let lost = Lost { first: self.tail, last };
        tracing::error!(
            "the log is damaged at sequences {} to {}; restore the data directory from a copy, or go on without them",
            lost.first,
            lost.last
        );
        self.open.publish();
        if !self.open.is_empty() {
            self.roll();
        }
        let open = Arc::new(OpenSegment::new(last.next(), segment_capacity(&self.shared.options.limits)));
        self.shared.view.rcu(|view| {
            let mut parts = view.parts.clone();
            // The open segment, which is empty.
            parts.pop();
            match parts.last_mut() {
                Some(Part::Lost(before)) => before.last = last,
                _ => parts.push(Part::Lost(lost)),
            }
            parts.push(Part::Open(Arc::clone(&open)));
            View { parts }
        });
        self.open = open;
        self.shared.ids.write().skip(lost.first, last);
        self.tail = last.next();
    }

    fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(command) = commands.blocking_recv() {
            let mut waiting = Vec::new();
            let mut fresh = Vec::new();
            let mut roll = self.take(command, &mut waiting, &mut fresh);
            while fresh.len() < GROUP_EVENTS_MAX
                && let Ok(command) = commands.try_recv()
            {
                roll |= self.take(command, &mut waiting, &mut fresh);
            }
            self.commit(waiting, fresh);
            if roll && !self.open.is_empty() {
                self.roll();
            }
            self.forget_evicted();
        }
    }

    /// Takes one command into the group; tells whether it asks for a new segment.
    fn take(&mut self, command: Command, waiting: &mut Vec<Waiting>, fresh: &mut Vec<Fresh>) -> bool {
        let (events, reply) = match command {
            Command::Append { events, reply } => (events, reply),
            Command::Roll => return true,
        };
        self.last_time = self.last_time.max((self.shared.clock)());
        let mut ids = self.shared.ids.write();
        let appended = events
            .into_iter()
            .map(|NewEvent { mut event, encoded }| {
                let id = event.event_id;
                if let Some(sequence) = ids.get(id) {
                    return Appended::Duplicate(sequence);
                }
                let sequence = self.tail;
                self.tail = sequence.next();
                ids.push(id, sequence);
                event.sequence = sequence.get();
                event.ingest_time = self.last_time;
                fresh.push(Fresh { event, bytes: placed(&encoded, sequence, self.last_time) });
                Appended::New(sequence)
            })
            .collect();
        waiting.push(Waiting { reply, appended });
        false
    }

    /// Keeps a group safe, makes it visible and answers.
    fn commit(&mut self, waiting: Vec<Waiting>, fresh: Vec<Fresh>) {
        let first = Sequence::new(self.tail.get() - fresh.len() as u64);
        let records: Vec<JournalRecord> = (first.get()..)
            .zip(&fresh)
            .map(|(sequence, fresh)| JournalRecord { sequence: Sequence::new(sequence), bytes: fresh.bytes.clone() })
            .collect();
        if !records.is_empty()
            && let Err(error) = self.journal.append(&records)
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the journal refused a group of events");
            self.shared.failed.store(true, Ordering::Relaxed);
            self.tail = first;
            self.shared.ids.write().truncate(first);
            let error = Arc::new(error);
            for Waiting { reply, .. } in waiting {
                // A caller that is gone wants no answer; so in the other replies below.
                drop(reply.send(Err(AppendError::Journal(Arc::clone(&error)))));
            }
            return;
        }
        self.shared.failed.store(false, Ordering::Relaxed);
        drop(records);
        let count = fresh.len() as u64;
        for Fresh { event, bytes, .. } in fresh {
            self.write(event, bytes);
        }
        self.publish();
        self.shared.counts.appended_events.fetch_add(count, Ordering::Relaxed);
        for Waiting { reply, appended } in waiting {
            let duplicates = appended.iter().filter(|appended| matches!(appended, Appended::Duplicate(_))).count();
            self.shared.counts.duplicate_events.fetch_add(duplicates as u64, Ordering::Relaxed);
            drop(reply.send(Ok(appended)));
        }
    }

    fn write(&mut self, event: StoredEvent, bytes: Bytes) {
        if self.open.is_full(self.shared.options.limits.segment_bytes_max) {
            self.roll();
        }
        self.shared.counts.encoded_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.open.write(Record { bytes, event });
    }

    fn publish(&self) {
        self.open.publish();
        self.shared.head.send_if_modified(|head| {
            let new = self.tail.previous();
            let changed = *head != new;
            *head = new;
            changed
        });
    }

    /// Opens a new segment and hands the full one over to be sealed.
    fn roll(&mut self) {
        self.open.publish();
        let base = Sequence::new(self.open.base().get() + u64::from(self.open.len()));
        let open = Arc::new(OpenSegment::new(base, segment_capacity(&self.shared.options.limits)));
        self.shared.view.rcu(|view| {
            let mut parts = view.parts.clone();
            parts.push(Part::Open(Arc::clone(&open)));
            View { parts }
        });
        let full = std::mem::replace(&mut self.open, open);
        if self.keeper.send(full).is_err() {
            tracing::error!("the thread that seals segments is gone; segments stay open and take more memory");
        }
    }

    /// Tells the journal what retention removed.
    fn forget_evicted(&mut self) {
        let evicted = Sequence::new(self.shared.counts.evicted_sequence.load(Ordering::Acquire));
        if evicted > self.evicted {
            match self.journal.evict(evicted) {
                Ok(()) => self.evicted = evicted,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the journal could not forget old events");
                }
            }
        }
    }
}

/// An encoded event with its sequence and time added at the end: protobuf fields may stand in any order.
fn placed(encoded: &[u8], sequence: Sequence, time: Timestamp) -> Bytes {
    const SEQUENCE_KEY: u8 = 2 << 3;
    const INGEST_TIME_KEY: [u8; 2] = [0xa2, 0x01];
    let prost_types::Timestamp { seconds, nanos } = time.to_wire();
    let mut timestamp = [0; 24];
    let mut length = 0;
    let mut put = |byte: u8| {
        timestamp[length] = byte;
        length += 1;
    };
    if seconds != 0 {
        put(1 << 3);
        varint(seconds.cast_unsigned(), &mut put);
    }
    if nanos != 0 {
        put(2 << 3);
        varint(u64::from(nanos.unsigned_abs()), &mut put);
    }
    let mut bytes = Vec::with_capacity(encoded.len() + 1 + varint_length(sequence.get()) + 3 + length);
    bytes.extend_from_slice(encoded);
    bytes.push(SEQUENCE_KEY);
    varint(sequence.get(), &mut |byte| bytes.push(byte));
    bytes.extend_from_slice(&INGEST_TIME_KEY);
    // A timestamp has at most 18 bytes.
    bytes.push(length as u8);
    bytes.extend_from_slice(&timestamp[..length]);
    Bytes::from(bytes)
}

fn varint(mut number: u64, put: &mut impl FnMut(u8)) {
    while number >= 0x80 {
        // The low seven bits.
        put(number as u8 | 0x80);
        number >>= 7;
    }
    put(number as u8);
}

fn varint_length(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_and_time_are_added_to_the_encoded_event() {
        for (sequence, nanos) in [(1, 0), (127, 1), (128, 1_000_000_000), (u64::MAX, i64::MAX), (300, -1)] {
            let event = v1::Event { event_id: "id".to_owned(), reason: "why".to_owned(), ..v1::Event::default() };
            let bytes = placed(&event.encode_to_vec(), Sequence::new(sequence), Timestamp(nanos));
            let decoded = v1::Event::decode(bytes).expect("a valid event");
            let expected = v1::Event { sequence, ingest_time: Some(Timestamp(nanos).to_wire()), ..event };
            assert_eq!(decoded, expected);
        }
    }
}
