//! The one caller of the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::event::Timestamp;

/// The wall clock's time; 1970 where the clock stands before it.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
