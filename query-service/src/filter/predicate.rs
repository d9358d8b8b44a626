//! A filter with its meaning: a test that an event passes or not.

use crate::event::StoredEvent;

/// What a filter means. Testing an event allocates nothing.
#[derive(Clone, Debug)]
pub struct Predicate {
    canonical: Box<str>,
}

impl Predicate {
    /// The predicate of the empty filter: every event passes.
    #[must_use]
    pub fn all() -> Self {
        Self { canonical: "".into() }
    }

    /// Whether an event passes.
    #[must_use]
    pub fn matches(&self, _event: &StoredEvent) -> bool {
        true
    }

    /// The filter as it was understood, fully parenthesised. Filters with the same canonical form match the same
    /// events, so that it serves as the key of shared work.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}
