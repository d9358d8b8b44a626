//! The filter language: text to expression to predicate.
//!
//! [`parse`] reads AIP-160 into an [`Expression`] that says what was written, [`check`] gives it meaning against the
//! [`crate::schema`] and yields a [`Predicate`]; [`compile`] does both. Errors point at the byte. Nothing here knows how
//! events are stored.

pub mod ast;
mod lexer;
mod parse;
mod print;
mod warnings;
mod literal;
mod pattern;
mod check;
mod predicate;
mod canonical;
mod error;

pub use ast::Expression;
pub use check::check;
pub use error::{Error, Problem};
pub use literal::Moment;
pub use parse::parse;
pub use pattern::{Pattern, Phrase};
pub use predicate::{Node, PartyTest, Predicate, Shown, Test};
pub(crate) use predicate::{date_holds, instant_holds};

use crate::event::Timestamp;

/// The grammar, as EBNF.
pub const GRAMMAR: &str = include_str!("filter/grammar.ebnf");
/// Longest filter, in bytes.
pub const FILTER_BYTES_MAX: usize = 4_096;
/// Deepest nesting of parentheses.
pub const FILTER_DEPTH_MAX: usize = 32;
/// Most terms (comparisons, words and calls) in one filter.
pub const FILTER_TERMS_MAX: usize = 128;
/// Most regular expressions in one filter.
pub const FILTER_REGEXES_MAX: usize = 8;
/// Most memory that one regular expression may compile to, in bytes.
pub const FILTER_REGEX_BYTES_MAX: usize = 1_048_576;

/// Reads and checks a filter. `now` is the moment that `ago("24h")` counts from.
///
/// # Errors
/// As [`parse`] and [`check`].
pub fn compile(text: &str, now: Timestamp) -> Result<Predicate, Error> {
    check(&parse(text)?, now)
}

#[cfg(test)]
mod tests;
