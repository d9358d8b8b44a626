//! Finds events of a sealed segment by their fields.
//!
//! Comes in: the events of a segment, in order, through [`IndexBuilder::add`]. Goes out: a [`SegmentIndex`], immutable,
//! which answers with sets of ordinals (position in the segment). The index is a function of the events alone:
//! building it again gives the same index. It knows nothing of filters.

use crate::event::StoredEvent;

mod ordinals;

pub use ordinals::{OrdinalSet, Ordinals};

/// Most events that a segment may hold.
pub const SEGMENT_EVENTS_MAX: usize = 65_536;

/// Gathers the events of a segment that is still growing.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    first_sequence: u64,
    events_count: usize,
}

impl IndexBuilder {
    /// An index of no event yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next event; its ordinal is the number of those before it. Events beyond [`SEGMENT_EVENTS_MAX`] are
    /// refused with `false`.
    pub fn add(&mut self, event: &StoredEvent) -> bool {
        if self.events_count == SEGMENT_EVENTS_MAX {
            return false;
        }
        if self.events_count == 0 {
            self.first_sequence = event.sequence;
        }
        self.events_count += 1;
        true
    }

    /// Seals the segment.
    #[must_use]
    pub fn finish(self) -> SegmentIndex {
        SegmentIndex { first_sequence: self.first_sequence, events_count: self.events_count }
    }
}

/// The index of a sealed segment.
#[derive(Debug)]
pub struct SegmentIndex {
    first_sequence: u64,
    events_count: usize,
}

impl SegmentIndex {
    /// Sequence of the event with ordinal 0; 0 where the segment is empty.
    #[must_use]
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// Events in the segment.
    #[must_use]
    pub fn events_count(&self) -> usize {
        self.events_count
    }

    /// Bytes that the index occupies, what it points to included.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        size_of::<Self>()
    }
}
