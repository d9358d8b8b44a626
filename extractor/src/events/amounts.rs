//! The sum of an act: which money expression belongs to it, and in which currencies it is told.

use crate::{
    events::{Amount, AmountBound, reading::Reading},
    mask::MaskedValue,
    values::money,
};

/// A sum as the text gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// As told first, then in other currencies.
    pub(super) amounts: Vec<Amount>,
    /// Whether it is a bound.
    pub(super) bound: AmountBound,
    /// Whether each target has it for itself.
    pub(super) each: bool,
}

/// The sum that the masked word `word` tells; bare dollars are those of `home`.
pub(super) fn sum(reading: &Reading<'_>, sentence: usize, word: usize, home: Option<&str>) -> Option<Sum> {
    let mask = reading.trees[sentence].words[word].mask?;
    let MaskedValue::Money(expression) = &reading.masks[mask].value else { return None };
    let amounts: Vec<Amount> =
        money::resolve(expression, home).into_iter().map(|(value, currency)| Amount { value, currency }).collect();
    if amounts.is_empty() {
        return None;
    }
    let bound = match expression.bound {
        money::Bound::Exact => AmountBound::Exact,
        money::Bound::About => AmountBound::Approximate,
        money::Bound::AtMost => AmountBound::Maximum,
        money::Bound::AtLeast | money::Bound::Upto(_) => AmountBound::Minimum,
    };
    Some(Sum { amounts, bound, each: expression.each })
}
