//! The filter language: text to expression to predicate.
//!
//! [`parse`] reads AIP-160 into an [`Expression`] that says what was written, [`check`] gives it meaning against the
//! [`crate::schema`] and yields a [`Predicate`]; [`compile`] does both. Errors point at the byte.

mod error;
mod predicate;

pub use error::{Error, Problem};
pub use predicate::Predicate;

use crate::event::Timestamp;

/// Longest filter, in bytes.
pub const FILTER_BYTES_MAX: usize = 4_096;
/// Deepest nesting of parentheses, negations and calls.
pub const FILTER_DEPTH_MAX: usize = 32;
/// Most restrictions in one filter.
pub const FILTER_TERMS_MAX: usize = 128;
/// Most regular expressions in one filter.
pub const FILTER_REGEXES_MAX: usize = 8;
/// Most memory of one compiled regular expression, in bytes.
pub const FILTER_REGEX_BYTES_MAX: usize = 1_048_576;

/// A filter as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {}

impl Expression {
    /// What in the filter may not mean what it seems to.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Reads a filter.
///
/// # Errors
/// [`Error::InvalidFilter`] where it is not written as the grammar says, [`Error::FilterTooComplex`] over a limit.
pub fn parse(text: &str) -> Result<Expression, Error> {
    if text.len() > FILTER_BYTES_MAX {
        let message = format!("the filter has {} bytes; at most {FILTER_BYTES_MAX} are read", text.len());
        return Err(Error::FilterTooComplex(Box::new(Problem::at(text, FILTER_BYTES_MAX..text.len(), message))));
    }
    match text.trim_ascii() {
        "" => Ok(Expression {}),
        term => {
            let start = text.len() - text.trim_ascii_start().len();
            let message = "expected the end of the filter".to_owned();
            Err(Error::InvalidFilter(Box::new(Problem::at(text, start..start + term.len(), message))))
        }
    }
}

/// Gives an expression its meaning. `now` is the moment that `ago("24h")` counts from.
///
/// # Errors
/// [`Error::InvalidFilter`] on an unknown field, a wrong value and the like; [`Error::FilterTooComplex`] on too many or
/// too large regular expressions.
pub fn check(_expression: &Expression, _now: Timestamp) -> Result<Predicate, Error> {
    Ok(Predicate::all())
}

/// Reads and checks a filter. `now` is the moment that `ago("24h")` counts from.
///
/// # Errors
/// As [`parse`] and [`check`].
pub fn compile(text: &str, now: Timestamp) -> Result<Predicate, Error> {
    check(&parse(text)?, now)
}
