//! A sealed segment: the encoded events end to end in one buffer, with the index over them. It never changes.

use bytes::{Bytes, BytesMut};

use super::{OpenSegment, Sequence};
use crate::{
    event::Timestamp,
    index::{IndexBuilder, SegmentIndex},
};

/// A sealed segment.
#[derive(Debug)]
pub struct Segment {
    base: Sequence,
    data: Bytes,
    ends: Box<[u32]>,
    ingest_times: Box<[Timestamp]>,
    index: SegmentIndex,
    held_bytes: u64,
}

impl Segment {
    /// Seals what an open segment holds; it must not be written any more.
    #[must_use]
    pub fn seal(open: &OpenSegment) -> Self {
        let length = open.len() as usize;
        let mut data = BytesMut::with_capacity(usize::try_from(open.encoded_bytes()).unwrap_or(0));
        let mut ends = Vec::with_capacity(length);
        let mut ingest_times = Vec::with_capacity(length);
        let mut builder = IndexBuilder::new();
        for record in (0..open.len()).filter_map(|ordinal| open.record(ordinal)) {
            data.extend_from_slice(&record.bytes);
            ends.push(u32::try_from(data.len()).unwrap_or(u32::MAX));
            ingest_times.push(record.event.ingest_time);
            builder.add(&record.event);
        }
        let (ends, ingest_times, index) = (ends.into_boxed_slice(), ingest_times.into_boxed_slice(), builder.finish());
        let columns = size_of_val(&*ends) + size_of_val(&*ingest_times);
        let held_bytes = (data.len() + columns + index.resident_bytes()) as u64;
        Self { base: open.base(), data: data.freeze(), ends, ingest_times, index, held_bytes }
    }

    /// Sequence of the first event.
    #[must_use]
    pub const fn base(&self) -> Sequence {
        self.base
    }

    /// Events held.
    #[must_use]
    pub fn len(&self) -> u32 {
        // A segment is bounded by `segment_events_max`, far below 2^32.
        self.ends.len() as u32
    }

    /// Whether it holds no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The index over its events.
    #[must_use]
    pub const fn index(&self) -> &SegmentIndex {
        &self.index
    }

    /// The event at an ordinal, encoded; it keeps the whole segment in memory.
    #[must_use]
    pub fn bytes(&self, ordinal: u32) -> Option<Bytes> {
        Some(self.data.slice(self.range(ordinal)?))
    }

    fn range(&self, ordinal: u32) -> Option<std::ops::Range<usize>> {
        let end = *self.ends.get(ordinal as usize)? as usize;
        let start = match ordinal.checked_sub(1) {
            Some(before) => *self.ends.get(before as usize)? as usize,
            None => 0,
        };
        Some(start..end)
    }

    /// The event at an ordinal, encoded.
    #[must_use]
    pub fn slice(&self, ordinal: u32) -> Option<&[u8]> {
        self.data.get(self.range(ordinal)?)
    }

    /// When each event came in, in order.
    #[must_use]
    pub const fn ingest_times(&self) -> &[Timestamp] {
        &self.ingest_times
    }

    /// Encoded bytes of its events.
    #[must_use]
    pub fn encoded_bytes(&self) -> u64 {
        self.data.len() as u64
    }

    /// Bytes of memory that it takes, index included.
    #[must_use]
    pub const fn held_bytes(&self) -> u64 {
        self.held_bytes
    }
}
