//! A compiled filter: what a reader asks, ready to be put to segments.

use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use crate::{
    event::Timestamp,
    filter::{self, Predicate},
    index::OrdinalSet,
    limits::STEP_EVENTS,
    log::{OpenSegment, Part, Record, Segment, Sequence},
    plan::{Plan, Selection},
};

/// A compiled filter. Readers whose filters mean the same share one, and with it the work on the tail.
#[derive(Debug)]
pub struct Query {
    predicate: Predicate,
    plan: Plan,
    is_everything: bool,
    tail: Mutex<Tail>,
}

/// Which events of the newest segment match, as far as any reader has asked.
#[derive(Debug, Default)]
struct Tail {
    /// First sequence of the segment.
    base: Sequence,
    /// Ordinals that were looked at.
    looked: Range<u32>,
    /// Those of them that match, in order.
    matches: VecDeque<u32>,
}

/// What one segment holds for a query.
#[derive(Debug)]
pub enum Candidates {
    /// Every event matches.
    All,
    /// Some do.
    Some(Selection),
}

impl Query {
    /// Compiles a filter; gives what in it may not mean what it seems to beside. `now` is the moment that relative times
    /// count from.
    ///
    /// # Errors
    /// [`filter::Error`], which tells the byte.
    pub fn compile(text: &str, now: Timestamp) -> Result<(Self, Vec<String>), filter::Error> {
        let expression = filter::parse(text)?;
        let predicate = filter::check(&expression, now)?;
        let query = Self {
            plan: Plan::build(&predicate),
            is_everything: predicate.is_all(),
            predicate,
            tail: Mutex::default(),
        };
        Ok((query, expression.warnings()))
    }

    /// The filter as it was understood, fully parenthesised; empty where every event matches.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.predicate.canonical()
    }

    /// How the events are looked for, for people.
    #[must_use]
    pub fn explain(&self) -> String {
        self.plan.explain()
    }

    /// Whether every event matches.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// Whether an event of an open segment matches.
    #[must_use]
    pub fn matches(&self, record: &Record) -> bool {
        self.is_everything || self.predicate.matches(&record.event)
    }

    /// The first match of an open segment from ordinal `first` to `last`, both included. What one reader has looked at
    /// is known to all that share the query.
    #[must_use]
    pub fn next_match(&self, open: &OpenSegment, first: u32, last: u32) -> Option<u32> {
        if self.is_everything {
            return Some(first);
        }
        let is_match = |ordinal: &u32| open.record(*ordinal).is_some_and(|record| self.matches(record));
        let mut tail = self.tail.lock();
        if open.base() > tail.base {
            *tail = Tail { base: open.base(), looked: first..first, matches: VecDeque::new() };
        }
        // A reader of an older segment, or of the part before the others, looks for itself.
        if open.base() < tail.base || first < tail.looked.start {
            drop(tail);
            return (first..=last).find(is_match);
        }
        if first > tail.looked.end {
            // Nobody has come this far: the others are behind, and look for themselves.
            tail.looked = first..first;
            tail.matches.clear();
        }
        if last >= tail.looked.end {
            let fresh = tail.looked.end..=last;
            tail.matches.extend(fresh.filter(is_match));
            tail.looked.end = last + 1;
        }
        let at = tail.matches.partition_point(|ordinal| *ordinal < first);
        tail.matches.get(at).copied().filter(|ordinal| *ordinal <= last)
    }

    /// The matches of a sealed segment.
    #[must_use]
    pub fn resolve(&self, segment: &Segment) -> OrdinalSet {
        if self.is_everything {
            return segment.index().all();
        }
        self.plan.select(segment.index()).resolve(|ordinal| segment.slice(u32::from(ordinal)).unwrap_or_default())
    }

    /// What a sealed segment holds.
    #[must_use]
    pub fn candidates(&self, segment: &Segment) -> Candidates {
        if self.is_everything { Candidates::All } else { Candidates::Some(self.plan.select(segment.index())) }
    }
}

impl Query {
    /// Counts the matches of one segment up to `head`. `check` is asked now and then whether to go on.
    ///
    /// # Errors
    /// What `check` gives.
    pub fn count<E>(&self, part: &Part, head: Sequence, check: impl Fn() -> Result<(), E>) -> Result<u64, E> {
        check()?;
        // Counted is what is held.
        if let Part::Lost(_) = part {
            return Ok(0);
        }
        let visible = head.next().get().saturating_sub(part.base().get()).min(u64::from(part.len()));
        if self.is_everything {
            return Ok(visible);
        }
        let mut count = 0;
        match part {
            Part::Lost(_) => {}
            Part::Open(open) => {
                for ordinal in 0..u32::try_from(visible).unwrap_or(u32::MAX) {
                    if ordinal.is_multiple_of(STEP_EVENTS as u32) {
                        check()?;
                    }
                    count += u64::from(open.record(ordinal).is_some_and(|record| self.matches(record)));
                }
            }
            Part::Sealed(segment) => {
                let selection = self.plan.select(segment.index());
                if selection.is_exact() {
                    return Ok(selection.candidates().len() as u64);
                }
                for (looked, ordinal) in selection.candidates().iter().enumerate() {
                    if looked.is_multiple_of(STEP_EVENTS) {
                        check()?;
                    }
                    let encoded = segment.slice(u32::from(ordinal));
                    count += u64::from(encoded.is_some_and(|encoded| selection.confirm(ordinal, encoded)));
                }
            }
        }
        Ok(count)
    }
}

/// The queries that readers have now, by what they mean.
#[derive(Debug, Default)]
pub struct Queries(Mutex<HashMap<String, Weak<Query>>>);

/// Entries after which those that nobody uses are removed.
const ENTRIES_BETWEEN_REMOVALS: usize = 256;

impl Queries {
    /// The query that means the same as this one, if a reader has it; else this one, from now on shared.
    #[must_use]
    pub fn shared(&self, query: Query) -> Arc<Query> {
        let mut queries = self.0.lock();
        if let Some(known) = queries.get(query.canonical()).and_then(Weak::upgrade) {
            return known;
        }
        if queries.len() >= ENTRIES_BETWEEN_REMOVALS && queries.len().is_power_of_two() {
            queries.retain(|_, query| query.strong_count() > 0);
        }
        let query = Arc::new(query);
        queries.insert(query.canonical().to_owned(), Arc::downgrade(&query));
        query
    }
}
