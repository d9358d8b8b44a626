//! A walk over the log that finds the events of a query, oldest or newest first.
//!
//! A scan holds a cursor and weak references only: however long it rests, it keeps no segment in memory. It works in
//! steps of bounded length; a step that finds nothing gives the thread back.

use std::sync::{Arc, Weak};

use super::GapReason;
use crate::{
    limits::STEP_EVENTS,
    log::{EventRef, Lost, OpenSegment, Part, Segment, Sequence, Snapshot},
    plan::Selection,
    query::{Candidates, Query},
};

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

/// What a step of a scan came to.
#[derive(Debug)]
pub enum Found {
    /// The next event that matches.
    Match(EventRef),
    /// Nothing yet; the scan goes on with the next step.
    Nothing,
    /// The bound, or the head of the log, is reached.
    End,
    /// These events, from the cursor on, are not held; the scan goes on behind them with the next step.
    Missing {
        /// First sequence missing.
        first: Sequence,
        /// Last sequence missing.
        last: Sequence,
        /// Why: retention, or damage.
        reason: GapReason,
    },
}

#[derive(Debug)]
enum Held {
    // What may match is asked of the segment once.
    Open(Weak<OpenSegment>),
    Sealed(Weak<Segment>, Candidates),
}

/// The segment under the cursor.
#[derive(Debug)]
struct Current {
    base: u64,
    length: u32,
    held: Held,
}

/// A walk over the log.
#[derive(Debug)]
pub struct Scan {
    query: Arc<Query>,
    direction: Direction,
    /// The next sequence to look at.
    cursor: u64,
    /// The last sequence to look at; for a descending scan the lowest.
    bound: u64,
    current: Option<Current>,
}

impl Scan {
    /// A scan upwards from `from` to `to`, both included.
    #[must_use]
    pub const fn ascending(query: Arc<Query>, from: Sequence, to: Sequence) -> Self {
        Self { query, direction: Direction::Ascending, cursor: from.get(), bound: to.get(), current: None }
    }

    /// A scan downwards from `from` to `to`, both included.
    #[must_use]
    pub const fn descending(query: Arc<Query>, from: Sequence, to: Sequence) -> Self {
        Self { query, direction: Direction::Descending, cursor: from.get(), bound: to.get(), current: None }
    }

    /// The next sequence to look at.
    #[must_use]
    pub const fn cursor(&self) -> Sequence {
        Sequence::new(self.cursor)
    }

    /// Moves the bound of an ascending scan.
    pub const fn set_bound(&mut self, bound: Sequence) {
        self.bound = bound.get();
    }

    /// Whether the bound is behind the cursor.
    #[must_use]
    pub const fn is_at_bound(&self) -> bool {
        match self.direction {
            Direction::Ascending => self.cursor > self.bound,
            Direction::Descending => self.cursor < self.bound || self.cursor == 0,
        }
    }

    /// Goes one step. `snapshot` is asked for where the scan needs to look for a segment.
    pub fn step(&mut self, snapshot: impl FnOnce() -> Snapshot) -> Found {
        if self.is_at_bound() {
            return Found::End;
        }
        if let Some(current) = self.current.take() {
            return match (&current.held, self.direction) {
                (Held::Open(open), Direction::Ascending) => match open.upgrade() {
                    Some(open) => self.step_open(current, &open),
                    None => Found::Nothing,
                },
                (Held::Open(open), Direction::Descending) => match open.upgrade() {
                    Some(open) => self.step_open_down(current, &open),
                    None => Found::Nothing,
                },
                (Held::Sealed(segment, _), _) => match segment.upgrade() {
                    Some(segment) => self.step_sealed(current, &segment),
                    None => Found::Nothing,
                },
            };
        }
        self.enter(&snapshot())
    }

    /// Gives `each` the matches that come next in the segment under the cursor, up to `last`, until it does not take one.
    /// Where many are copied at once: [`Self::step`] would hold and let go the segment for each. Upwards only, and as
    /// bounded as a step is.
    pub fn take_matches(&mut self, last: Sequence, mut each: impl FnMut(Sequence, &[u8]) -> bool) {
        let last = last.get().min(self.bound);
        if self.direction == Direction::Descending || self.cursor > last {
            return;
        }
        let Some(mut current) = self.current.take() else { return };
        let base = current.base;
        let mut take = |ordinal: u32, encoded: &[u8]| each(Sequence::new(base + u64::from(ordinal)), encoded);
        let last = u32::try_from(last - base).unwrap_or(u32::MAX);
        let (first, _) = self.window(base, current.length);
        match &current.held {
            Held::Open(open) => {
                let Some(open) = open.upgrade() else { return };
                current.length = open.len();
                let last = last.min(current.length.saturating_sub(1)).min(first.saturating_add(STEP_EVENTS as u32 - 1));
                let mut next = first;
                while next <= last
                    && let Some(ordinal) = self.query.next_match(&open, next, last)
                    && let Some(record) = open.record(ordinal)
                    && take(ordinal, &record.bytes)
                {
                    next = ordinal + 1;
                }
                self.cursor = base + u64::from(next);
            }
            Held::Sealed(segment, candidates) => {
                let Some(segment) = segment.upgrade() else { return };
                let last = last.min(current.length.saturating_sub(1));
                let mut take = |ordinal: u32| {
                    let taken = segment.slice(ordinal).is_some_and(|encoded| take(ordinal, encoded));
                    if taken {
                        self.cursor = base + u64::from(ordinal) + 1;
                    }
                    taken
                };
                match candidates {
                    Candidates::All => {
                        let _took_all = (first..=last).take(STEP_EVENTS).all(&mut take);
                    }
                    Candidates::Some(selection) => {
                        let (first, last) = (u16::try_from(first), u16::try_from(last));
                        if let (Ok(first), Ok(last)) = (first, last) {
                            let mut looked = selection.candidates().range(first, last).take(STEP_EVENTS);
                            let _took_all =
                                looked.all(|ordinal| !is_match(selection, &segment, ordinal) || take(ordinal.into()));
                        }
                    }
                }
            }
        }
        if self.cursor < base + u64::from(current.length) || matches!(current.held, Held::Open(_)) {
            self.current = Some(current);
        }
    }

    /// Looks for the segment under the cursor.
    fn enter(&mut self, snapshot: &Snapshot) -> Found {
        let cursor = Sequence::new(self.cursor);
        if cursor > snapshot.head() {
            return match self.direction {
                Direction::Ascending => Found::End,
                Direction::Descending => {
                    self.cursor = snapshot.head().get();
                    Found::Nothing
                }
            };
        }
        let earliest = snapshot.earliest();
        if cursor < earliest {
            let first = cursor;
            return match self.direction {
                Direction::Ascending => {
                    self.cursor = earliest.get();
                    let last = earliest.previous().min(Sequence::new(self.bound));
                    Found::Missing { first, last, reason: GapReason::Retention }
                }
                Direction::Descending => {
                    let first = Sequence::new(self.bound);
                    self.cursor = 0;
                    Found::Missing { first, last: cursor, reason: GapReason::Retention }
                }
            };
        }
        let Some((part, _)) = snapshot.find(cursor) else { return Found::End };
        let held = match part {
            Part::Lost(lost) => return self.pass(*lost),
            Part::Open(open) => Held::Open(Arc::downgrade(open)),
            Part::Sealed(segment) => Held::Sealed(Arc::downgrade(segment), self.query.candidates(segment)),
        };
        self.current = Some(Current { base: part.base().get(), length: part.len(), held });
        Found::Nothing
    }

    /// Passes over what is lost, from the cursor on.
    fn pass(&mut self, lost: Lost) -> Found {
        let (cursor, bound) = (Sequence::new(self.cursor), Sequence::new(self.bound));
        let (first, last) = match self.direction {
            Direction::Ascending => (cursor, lost.last.min(bound)),
            Direction::Descending => (lost.first.max(bound), cursor),
        };
        self.cursor = match self.direction {
            Direction::Ascending => last.next().get(),
            Direction::Descending => first.previous().get(),
        };
        Found::Missing { first, last, reason: GapReason::Damage }
    }

    /// Ordinals of a segment that are left, from the cursor to the bound, both included.
    fn window(&self, base: u64, length: u32) -> (u32, u32) {
        let clamp = |sequence: u64| u32::try_from(sequence.saturating_sub(base)).unwrap_or(u32::MAX);
        let last = length.saturating_sub(1);
        match self.direction {
            Direction::Ascending => (clamp(self.cursor), clamp(self.bound).min(last)),
            Direction::Descending => (clamp(self.bound), clamp(self.cursor).min(last)),
        }
    }

    fn step_open(&mut self, mut current: Current, open: &Arc<OpenSegment>) -> Found {
        // It may have grown since.
        let length = open.len();
        let (first, last) = self.window(current.base, length);
        if first >= length {
            return Found::Nothing;
        }
        let last = last.min(first.saturating_add(STEP_EVENTS as u32 - 1));
        let found = self.query.next_match(open, first, last);
        self.cursor = current.base + u64::from(found.unwrap_or(last)) + 1;
        current.length = length;
        self.current = Some(current);
        match found {
            Some(ordinal) => Found::Match(EventRef::new(Part::Open(Arc::clone(open)), ordinal)),
            None => Found::Nothing,
        }
    }

    fn step_open_down(&mut self, current: Current, open: &Arc<OpenSegment>) -> Found {
        let (first, last) = self.window(current.base, current.length);
        for (looked, ordinal) in (first..=last).rev().enumerate() {
            if looked == STEP_EVENTS {
                self.current = Some(current);
                return Found::Nothing;
            }
            self.cursor = current.base + u64::from(ordinal) - 1;
            if open.record(ordinal).is_some_and(|record| self.query.matches(record)) {
                if ordinal > first {
                    self.current = Some(current);
                }
                return Found::Match(EventRef::new(Part::Open(Arc::clone(open)), ordinal));
            }
        }
        Found::Nothing
    }

    fn step_sealed(&mut self, current: Current, segment: &Arc<Segment>) -> Found {
        let (first, last) = self.window(current.base, current.length);
        let Held::Sealed(_, candidates) = &current.held else { return Found::Nothing };
        let found = match candidates {
            Candidates::All => Next::Ordinal(if self.direction == Direction::Ascending { first } else { last }),
            Candidates::Some(selection) => next_of(selection, segment, self.direction, first, last),
        };
        let (ordinal, matched) = match found {
            Next::Ordinal(ordinal) => (ordinal, true),
            Next::Resting(ordinal) => (ordinal, false),
            Next::None => (if self.direction == Direction::Ascending { last } else { first }, false),
        };
        let at = current.base + u64::from(ordinal);
        let more = match self.direction {
            Direction::Ascending => {
                self.cursor = at + 1;
                ordinal < last
            }
            Direction::Descending => {
                self.cursor = at - 1;
                ordinal > first
            }
        };
        if more {
            self.current = Some(current);
        }
        if matched { Found::Match(EventRef::new(Part::Sealed(Arc::clone(segment)), ordinal)) } else { Found::Nothing }
    }
}

/// The next ordinal of a set.
enum Next {
    /// It matches.
    Ordinal(u32),
    /// Nothing up to this one; there are more.
    Resting(u32),
    /// No more.
    None,
}

/// Whether a candidate of a segment matches.
fn is_match(selection: &Selection, segment: &Segment, ordinal: u16) -> bool {
    selection.is_exact() || segment.slice(u32::from(ordinal)).is_some_and(|encoded| selection.confirm(ordinal, encoded))
}

fn next_of(selection: &Selection, segment: &Segment, direction: Direction, first: u32, last: u32) -> Next {
    let check = |(looked, ordinal): (usize, u16)| match is_match(selection, segment, ordinal) {
        true => Some(Next::Ordinal(u32::from(ordinal))),
        false if looked + 1 == STEP_EVENTS => Some(Next::Resting(u32::from(ordinal))),
        false => None,
    };
    let (Ok(first), Ok(last)) = (u16::try_from(first), u16::try_from(last)) else { return Next::None };
    let range = selection.candidates().range(first, last);
    let found = match direction {
        Direction::Ascending => range.enumerate().find_map(check),
        Direction::Descending => range.rev().enumerate().find_map(check),
    };
    found.unwrap_or(Next::None)
}
