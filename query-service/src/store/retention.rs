//! What the log keeps: bounds by events, bytes and age, kept by whole segments from the old end.

use std::time::Duration;

use crate::{event::Timestamp, log::Part};

/// Bounds of what is kept; what is unset does not bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Events.
    pub events_max: Option<u64>,
    /// Bytes of memory, index included.
    pub bytes_max: Option<u64>,
    /// Time since an event came in.
    pub age_max: Option<Duration>,
}

impl Retention {
    /// How many segments at the old end must go. The newest segment always stays.
    pub(super) fn surplus(&self, parts: &[Part], now: Timestamp, held: impl Fn(&Part) -> u64) -> usize {
        let mut events: u64 = parts.iter().map(|part| u64::from(part.len())).sum();
        let mut bytes: u64 = parts.iter().map(&held).sum();
        let oldest_time =
            self.age_max.map(|age| now.0.saturating_sub(i64::try_from(age.as_nanos()).unwrap_or(i64::MAX)));
        let mut count = 0;
        for (index, part) in parts.iter().enumerate().take(parts.len().saturating_sub(1)) {
            match part {
                // A segment that waits to be sealed stays until it is.
                Part::Open(_) => break,
                // What was lost is known for as long as the events before it and behind it.
                Part::Lost(_) => {
                    events -= u64::from(part.len());
                    continue;
                }
                Part::Sealed(_) => {}
            }
            let newest = part.len().checked_sub(1).and_then(|last| part.ingest_time(last));
            let too_old = oldest_time.zip(newest).is_some_and(|(oldest, newest)| newest.0 < oldest);
            let too_many = self.events_max.is_some_and(|bound| events > bound);
            let too_large = self.bytes_max.is_some_and(|bound| bytes > bound);
            if !(too_old || too_many || too_large) {
                break;
            }
            events -= u64::from(part.len());
            bytes = bytes.saturating_sub(held(part));
            count = index + 1;
        }
        count
    }

    /// Age at which an open segment is sealed although it is not full, so that age can remove it.
    pub(super) fn roll_age(&self) -> Option<Duration> {
        self.age_max.map(|age| age / 8)
    }
}
