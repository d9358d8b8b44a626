//! The measurements behind the figures of the README: [`reading`] of texts; of the query service [`streaming`],
//! [`filters`], [`tail`], [`stalled`], [`bounded`] and [`ingest`]. Each figure stands beside what it is compared with, from
//! the same run.

pub mod bounded;
pub mod feed;
pub mod filters;
pub mod ingest;
pub mod reading;
pub mod stalled;
pub mod streaming;
pub mod tail;

/// How fast events come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Events a second.
    pub events_per_second: u32,
    /// Events in each batch.
    pub batch_events: u32,
}

/// The middle of `values`; 0 where there are none.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value that `share` of `values` lie below; 0 where there are none.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    // Rounded down: below the number of values.
    let at = (values.len() as f64 * share) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

/// One number over another.
pub(crate) fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other.max(1) as f64
}
