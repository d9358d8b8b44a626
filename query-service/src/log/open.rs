//! The segment that is written: slots that one writer fills in order and readers read without a lock.
//!
//! A record is visible once `OpenSegment::publish` has told a length past it; what is visible never changes.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use bytes::Bytes;

use super::Sequence;
use crate::event::StoredEvent;

/// One event of the log, while its segment is open.
#[derive(Debug)]
pub struct Record {
    /// The event as `fineprint.v1.Event`, `sequence` and `ingest_time` included.
    pub bytes: Bytes,
    /// The event as filters see it.
    pub event: StoredEvent,
}

/// The segment that is written.
#[derive(Debug)]
pub struct OpenSegment {
    base: Sequence,
    slots: Box<[OnceLock<Box<Record>>]>,
    written: AtomicU32,
    visible: AtomicU32,
    encoded_bytes: AtomicU64,
    held_bytes: AtomicU64,
}

/// Bytes that a record takes beside its event.
const RECORD_BYTES: u64 = (size_of::<Record>() + size_of::<usize>() * 4) as u64;

impl OpenSegment {
    /// An empty segment whose first event will have the sequence `base` and which takes `capacity` events.
    #[must_use]
    pub fn new(base: Sequence, capacity: u32) -> Self {
        Self {
            base,
            slots: (0..capacity).map(|_| OnceLock::new()).collect(),
            written: AtomicU32::new(0),
            visible: AtomicU32::new(0),
            encoded_bytes: AtomicU64::new(0),
            held_bytes: AtomicU64::new(0),
        }
    }

    /// Sequence of the first event.
    #[must_use]
    pub const fn base(&self) -> Sequence {
        self.base
    }

    /// Events that readers see.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.visible.load(Ordering::Acquire)
    }

    /// Whether readers see no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Encoded bytes of the events written.
    #[must_use]
    pub fn encoded_bytes(&self) -> u64 {
        self.encoded_bytes.load(Ordering::Relaxed)
    }

    /// Bytes of memory that the events written take.
    #[must_use]
    pub fn held_bytes(&self) -> u64 {
        self.held_bytes.load(Ordering::Relaxed)
    }

    /// Whether the segment takes no further event.
    #[must_use]
    pub fn is_full(&self, bytes_max: u64) -> bool {
        self.written.load(Ordering::Relaxed) as usize == self.slots.len() || self.encoded_bytes() >= bytes_max
    }

    /// Writes the next record, not yet visible; gives its ordinal. The writer alone calls this, on a segment that is
    /// not full.
    pub(crate) fn write(&self, record: Record) -> u32 {
        let ordinal = self.written.load(Ordering::Relaxed);
        let encoded_bytes = record.bytes.len() as u64;
        let held_bytes = encoded_bytes + record.event.resident_bytes() as u64 + RECORD_BYTES;
        self.encoded_bytes.fetch_add(encoded_bytes, Ordering::Relaxed);
        self.held_bytes.fetch_add(held_bytes, Ordering::Relaxed);
        let slot = self.slots[ordinal as usize].set(Box::new(record));
        debug_assert!(slot.is_ok(), "each slot is written once");
        self.written.store(ordinal + 1, Ordering::Relaxed);
        ordinal
    }

    /// Makes everything written visible.
    pub(crate) fn publish(&self) {
        self.visible.store(self.written.load(Ordering::Relaxed), Ordering::Release);
    }

    /// The record at an ordinal, if it is visible.
    #[must_use]
    pub fn record(&self, ordinal: u32) -> Option<&Record> {
        if ordinal >= self.len() {
            return None;
        }
        self.slots.get(ordinal as usize)?.get().map(AsRef::as_ref)
    }
}
