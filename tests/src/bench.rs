//! The measurements behind the figures of the README: [`streaming`] and [`reading`].

pub mod streaming;
pub mod reading;

/// The middle of `values`; 0 where there are none.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
