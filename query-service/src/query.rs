//! A compiled filter: what a reader asks, ready to be put to segments.

use crate::{
    event::Timestamp,
    filter::{self, Predicate},
    limits::STEP_EVENTS,
    log::{Part, Record, Segment, Sequence},
    plan::{Plan, Selection},
};

/// A compiled filter.
#[derive(Debug)]
pub struct Query {
    predicate: Predicate,
    plan: Plan,
    warnings: Vec<String>,
    is_everything: bool,
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
    /// Compiles a filter. `now` is the moment that relative times count from.
    ///
    /// # Errors
    /// [`filter::Error`], which tells the byte.
    pub fn compile(text: &str, now: Timestamp) -> Result<Self, filter::Error> {
        let expression = filter::parse(text)?;
        let predicate = filter::check(&expression, now)?;
        Ok(Self {
            plan: Plan::build(&predicate),
            is_everything: predicate.canonical().is_empty(),
            predicate,
            warnings: expression.warnings(),
        })
    }

    /// The filter as it was understood, fully parenthesised; empty where every event matches.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.predicate.canonical()
    }

    /// What in the filter may not mean what it seems to.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
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
        let visible = head.next().get().saturating_sub(part.base().get()).min(u64::from(part.len()));
        if self.is_everything {
            return Ok(visible);
        }
        let mut count = 0;
        match part {
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
