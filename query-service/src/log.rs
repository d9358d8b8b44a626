//! The log: events in order of arrival, in segments, held in memory.
//!
//! ```text
//!   evicted        sealed segments            open segment
//!  1 ······· e-1 | e ······· | ········· | ······· head |
//!                  earliest                         head   tail = head + 1, the next to be written
//! ```
//!
//! Sequences count from 1 without gaps. One writer appends ([`crate::store`]); readers take a [`Snapshot`], which never
//! changes, without a lock. A segment takes up to `segment_events_max` events or `segment_bytes_max` bytes (decoded events
//! take several times what they take once sealed), is then sealed (bytes put together, posting lists built) and never
//! changes again. Retention removes whole segments from the old end. Where the storage lost events, the log knows which.

pub mod epoch;
pub mod open;
pub mod segment;
pub mod snapshot;

use std::fmt;

pub use epoch::{Epoch, Position, PositionError};
pub use open::{OpenSegment, Record};
pub use segment::Segment;
pub use snapshot::{EventRef, Lost, Part, Snapshot, View};

/// Position of an event in the log: from 1, without gaps. 0 stands before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first event.
    pub const ZERO: Self = Self(0);
    /// The first event.
    pub const FIRST: Self = Self(1);

    /// The position with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position after it; the largest number stays.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The position before it; 0 stays.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
