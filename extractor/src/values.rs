//! Masked expressions in, typed values out: money and dates. Unresolved is a value, never a guess.

pub mod currency;
pub mod date;
pub mod money;
pub(crate) mod number;
