//! What readers see: the segments, and how far the log went when they looked.

use std::sync::Arc;

use super::{OpenSegment, Segment, Sequence};
use crate::event::Timestamp;

/// Sequences whose events the storage could not give back after a restart, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The first of them.
    pub first: Sequence,
    /// The last of them.
    pub last: Sequence,
}

/// One segment of a view.
#[derive(Clone, Debug)]
pub enum Part {
    /// Nothing but the knowledge that there were events.
    Lost(Lost),
    /// It may still grow, or waits to be sealed.
    Open(Arc<OpenSegment>),
    /// It never changes.
    Sealed(Arc<Segment>),
}

impl Part {
    /// Sequence of its first event.
    #[must_use]
    pub fn base(&self) -> Sequence {
        match self {
            Self::Lost(lost) => lost.first,
            Self::Open(open) => open.base(),
            Self::Sealed(segment) => segment.base(),
        }
    }

    /// Sequences that it stands for, as far as readers see them.
    #[must_use]
    pub fn len(&self) -> u32 {
        match self {
            Self::Lost(lost) => u32::try_from(lost.last.next().get() - lost.first.get()).unwrap_or(u32::MAX),
            Self::Open(open) => open.len(),
            Self::Sealed(segment) => segment.len(),
        }
    }

    /// Whether readers see nothing of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When the event at an ordinal came in.
    #[must_use]
    pub fn ingest_time(&self, ordinal: u32) -> Option<Timestamp> {
        match self {
            Self::Lost(_) => None,
            Self::Open(open) => open.record(ordinal).map(|record| record.event.ingest_time),
            Self::Sealed(segment) => segment.ingest_times().get(ordinal as usize).copied(),
        }
    }

    /// The event at an ordinal, encoded.
    #[must_use]
    pub fn bytes(&self, ordinal: u32) -> Option<bytes::Bytes> {
        match self {
            Self::Lost(_) => None,
            Self::Open(open) => open.record(ordinal).map(|record| record.bytes.clone()),
            Self::Sealed(segment) => segment.bytes(ordinal),
        }
    }

    /// Encoded bytes of its events.
    #[must_use]
    pub fn encoded_bytes(&self) -> u64 {
        match self {
            Self::Lost(_) => 0,
            Self::Open(open) => open.encoded_bytes(),
            Self::Sealed(segment) => segment.encoded_bytes(),
        }
    }

    /// Bytes of memory that its events take, index included.
    #[must_use]
    pub fn held_bytes(&self) -> u64 {
        match self {
            Self::Lost(_) => 0,
            Self::Open(open) => open.held_bytes(),
            Self::Sealed(segment) => segment.held_bytes(),
        }
    }
}

/// One event of the log, by reference to its segment, which it keeps in memory: for the moment of copying it only.
#[derive(Clone, Debug)]
pub struct EventRef {
    part: Part,
    ordinal: u32,
}

impl EventRef {
    /// The event at an ordinal of a segment.
    #[must_use]
    pub const fn new(part: Part, ordinal: u32) -> Self {
        Self { part, ordinal }
    }

    /// Its sequence.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.part.base().get() + u64::from(self.ordinal))
    }

    /// The event, encoded.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.part {
            Part::Lost(_) => &[],
            Part::Open(open) => open.record(self.ordinal).map_or(&[], |record| &record.bytes),
            Part::Sealed(segment) => segment.slice(self.ordinal).unwrap_or_default(),
        }
    }
}

/// The segments of the log in order; the last one is open. A new view replaces it where segments come, are sealed or go.
#[derive(Clone, Debug)]
pub struct View {
    /// The segments; never empty, without gaps between them.
    pub(crate) parts: Vec<Part>,
}

/// The log as it was at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    view: Arc<View>,
    head: Sequence,
}

impl Snapshot {
    /// What a view shows now.
    #[must_use]
    pub fn of(view: Arc<View>) -> Self {
        let head = view
            .parts
            .last()
            .map_or(Sequence::ZERO, |part| Sequence::new(part.base().get() + u64::from(part.len())).previous());
        Self { view, head }
    }

    /// Last sequence of the log; 0 where nothing was ever appended.
    #[must_use]
    pub const fn head(&self) -> Sequence {
        self.head
    }

    /// First sequence that the log holds; the one after [`Self::head`] where it holds none.
    #[must_use]
    pub fn earliest(&self) -> Sequence {
        self.view.parts.first().map_or(Sequence::FIRST, Part::base)
    }

    /// Events held.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        let lost: u64 = self.lost().map(|lost| lost.last.next().get() - lost.first.get()).sum();
        self.head.next().get().saturating_sub(self.earliest().get()).saturating_sub(lost)
    }

    /// What the storage could not give back, in order.
    pub fn lost(&self) -> impl Iterator<Item = Lost> {
        self.view.parts.iter().filter_map(|part| match part {
            Part::Lost(lost) => Some(*lost),
            Part::Open(_) | Part::Sealed(_) => None,
        })
    }

    /// What the storage could not give back, where a sequence lies in it.
    #[must_use]
    pub fn lost_at(&self, sequence: Sequence) -> Option<Lost> {
        self.lost().find(|lost| lost.first <= sequence && sequence <= lost.last)
    }

    /// The segments in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.view.parts
    }

    /// The segment that holds a sequence and the sequence's ordinal in it.
    #[must_use]
    pub fn find(&self, sequence: Sequence) -> Option<(&Part, u32)> {
        if sequence > self.head {
            return None;
        }
        let after = self.view.parts.partition_point(|part| part.base() <= sequence);
        let part = self.view.parts.get(after.checked_sub(1)?)?;
        let ordinal = u32::try_from(sequence.get() - part.base().get()).ok()?;
        (ordinal < part.len()).then_some((part, ordinal))
    }

    /// The event at a sequence, encoded.
    #[must_use]
    pub fn bytes(&self, sequence: Sequence) -> Option<bytes::Bytes> {
        let (part, ordinal) = self.find(sequence)?;
        part.bytes(ordinal)
    }

    /// The first sequence whose event came in at `time` or later; the one after the head where there is none yet.
    #[must_use]
    pub fn first_at(&self, time: Timestamp) -> Sequence {
        let tail = self.head.next();
        for part in &self.view.parts {
            let length =
                part.len().min(u32::try_from(tail.get().saturating_sub(part.base().get())).unwrap_or(u32::MAX));
            let before = |ordinal: u32| part.ingest_time(ordinal).is_some_and(|at| at < time);
            if length == 0 || matches!(part, Part::Lost(_)) || before(length - 1) {
                continue;
            }
            let (mut low, mut high) = (0, length - 1);
            while low < high {
                let middle = low + (high - low) / 2;
                if before(middle) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return Sequence::new(part.base().get() + u64::from(low));
        }
        tail
    }
}
